"""Every write of the house."""
