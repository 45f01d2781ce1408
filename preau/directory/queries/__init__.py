"""What pages read of the directory."""
