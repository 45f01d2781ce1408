"""The routes of attendance, as it tells the tests of them (tests/declared.py)."""
