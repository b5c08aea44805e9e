"""The officer's own workbook: the result written into it, or what to mend listed in it."""
