"""A class as a spreadsheet."""
