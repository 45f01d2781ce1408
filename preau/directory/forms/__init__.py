"""What people bring and type in the directory."""
