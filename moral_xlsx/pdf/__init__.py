"""DOCX files into PDF."""
