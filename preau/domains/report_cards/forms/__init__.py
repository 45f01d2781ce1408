"""What people type for bulletins."""
