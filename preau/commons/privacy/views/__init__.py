"""« Mes données », what is asked about them, and those who answer."""
