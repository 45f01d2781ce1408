"""Every write on competences, one transaction each, with its line in the journal."""
