"""The report of one submission."""
