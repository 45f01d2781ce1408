"""What people and workers do with campaigns."""
