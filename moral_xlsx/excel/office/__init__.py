"""The workbooks of the ethics group's own: the unit registry."""
