"""What people type in the cahier de textes."""
