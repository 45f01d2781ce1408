"""What pages of bulletins read."""
