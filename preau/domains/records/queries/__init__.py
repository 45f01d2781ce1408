"""Confidential records as lists and pages show them. What they say is opened by a page of one record, and by nothing else."""
