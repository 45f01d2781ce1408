"""The grid of marks as a file to take away."""
