"""What changes, each in one transaction, with its line of the journal."""
