"""Cahier de textes: what was done in each lesson, what is to be done for the next, and what pupils hand in."""
