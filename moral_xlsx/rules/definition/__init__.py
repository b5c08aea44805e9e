"""Definitions of forms: loaded, checked for mistakes, drafted for the next year."""
