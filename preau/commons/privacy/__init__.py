"""What the platform holds about a person, shown to that person in plain words and given as a file."""
