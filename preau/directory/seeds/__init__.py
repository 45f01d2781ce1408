"""Invented schools and people: the world of the demonstration and of the tests, and academies that deliver AAF files."""
