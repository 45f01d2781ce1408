"""Pages of evenings and of appointments."""
