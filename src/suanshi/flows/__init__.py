"""What the business does, one story a file: list, quote, buy, run, bill, settle. Each loads, decides, and writes."""
