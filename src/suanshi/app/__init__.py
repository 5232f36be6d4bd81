"""Settings become a house: the only place that knows every part of the platform."""
