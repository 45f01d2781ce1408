"""The routes of the gradebook, as it tells the tests of them (tests/declared.py)."""
