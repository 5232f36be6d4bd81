"""The words everything is said in: money, units, spans of time, identifiers and refusals."""
