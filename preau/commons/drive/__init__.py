"""Everyone's files, and those of a class, a team and a staff: folders, versions, sharing until a day, and who opened what."""
