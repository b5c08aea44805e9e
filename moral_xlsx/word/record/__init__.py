"""The group's record of one submission."""
