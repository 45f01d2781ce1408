"""What the pages of exam papers show."""
