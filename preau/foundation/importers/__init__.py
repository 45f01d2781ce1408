"""One workflow for files that a house takes in: brought, read, looked at, applied in one transaction, reported (docs/importers.md)."""
