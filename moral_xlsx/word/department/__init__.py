"""The department's report."""
