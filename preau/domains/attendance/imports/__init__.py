"""What a school brings of absences: those that it noted with another program."""
