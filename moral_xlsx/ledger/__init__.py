"""The ledger: one SQLite file in which every round, submission and decision of a year stands."""
