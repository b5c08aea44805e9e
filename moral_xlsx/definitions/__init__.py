"""The forms, as data: one TOML file for each form of a fiscal year."""
