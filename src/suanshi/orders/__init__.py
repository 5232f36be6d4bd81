"""The contract: a quote with its price frozen, and the order that locks it."""
