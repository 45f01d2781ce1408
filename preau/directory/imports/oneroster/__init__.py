"""OneRoster 1.1 and 1.2 as CSV (1EdTech): a folder of files, or the zip in which they are delivered."""
