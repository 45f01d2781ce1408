"""who makes something together, where."""
