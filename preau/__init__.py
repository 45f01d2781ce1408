"""Préau: the digital workspace of school communities."""
