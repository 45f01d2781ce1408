"""The journal: who did or read what, kept in the same transaction, sealed so that a line removed shows."""
