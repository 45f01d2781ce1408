"""Verbs of the timetable."""
