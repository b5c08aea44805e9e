"""A submitted workbook: guarded, scanned and read, without a guess."""
