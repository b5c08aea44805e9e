"""The console: every text and table that a command prints for people."""
