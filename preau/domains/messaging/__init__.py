"""people write to each other, within what the school allows."""
