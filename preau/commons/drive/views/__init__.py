"""The pages of the drive."""
