"""What pages show of words and of notebooks."""
