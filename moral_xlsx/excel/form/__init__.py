"""The workbook of a form: where everything in it stands, and how it is drawn."""
