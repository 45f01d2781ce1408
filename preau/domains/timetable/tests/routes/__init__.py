"""The routes of timetable, as it tells the tests of them (tests/declared.py)."""
