"""Timetables that other programs wrote: read, named with the school's own words, compared with what is there, said, applied."""
