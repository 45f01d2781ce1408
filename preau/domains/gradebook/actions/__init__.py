"""Every write on marks, one transaction each, with its line in the journal."""
