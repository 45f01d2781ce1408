"""Pages of confidential records: a few lines each."""
