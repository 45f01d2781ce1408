"""The agenda: all that the viewer has to do or to know, day by day, read from the `agenda` board; and its feed for calendars."""
