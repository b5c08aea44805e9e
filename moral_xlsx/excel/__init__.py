"""Workbooks: layout, template, guard, reader, write-back, summary and unit registry."""
