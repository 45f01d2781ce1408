"""What the pages of the drive show."""
