"""Timetables as people and other programs read them."""

from preau.domains.timetable.exports.changes import changes_csv, cover_csv
from preau.domains.timetable.exports.hours import hours_csv

__all__ = ["changes_csv", "cover_csv", "hours_csv"]
