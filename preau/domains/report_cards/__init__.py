"""Appreciations of a period, class councils, and the bulletins that come of them."""
