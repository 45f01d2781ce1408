"""The routes of directory, as it tells the tests of them (tests/declared.py)."""
