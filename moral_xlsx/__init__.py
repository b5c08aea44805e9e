"""Batch processor for the yearly assessment of moral organisations (องค์กรคุณธรรม)."""

__version__ = "0.1.0"
