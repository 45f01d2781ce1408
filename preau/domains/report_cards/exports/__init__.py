"""Papers of the house."""
