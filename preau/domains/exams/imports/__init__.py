"""Exam papers from files: a folder of papers, and indexes of papers that are elsewhere."""
