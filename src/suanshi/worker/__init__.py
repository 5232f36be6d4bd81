"""The door through which time comes in: it takes due steps and has the flows carry them out."""
