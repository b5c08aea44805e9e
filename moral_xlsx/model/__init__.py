"""Frozen values that every floor above passes around."""
