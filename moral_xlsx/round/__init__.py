"""A round: receive, resolve, compare, decide, record, issue."""
