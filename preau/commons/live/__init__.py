"""What moves on an open page: one process holds the streams, and says to ask again."""
