"""What the night counts, and what people decide: two things, in two modules."""
