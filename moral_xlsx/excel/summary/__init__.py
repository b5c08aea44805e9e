"""The department's workbook: units, totals, ranking, due dates, progress, findings, files."""
