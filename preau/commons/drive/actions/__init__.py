"""What people do with their files."""
