"""Pages of attendance: the roll, what families follow, what school life does."""
