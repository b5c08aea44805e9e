"""Judging: conditions, scores, checks, levels, roll-up, due dates, comparisons."""
