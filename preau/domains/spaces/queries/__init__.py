"""Spaces as pages, cards, the search and the agenda show them."""
