"""Suanshi 算市: a market for computing power, from a buyer's need to a settled bill."""
