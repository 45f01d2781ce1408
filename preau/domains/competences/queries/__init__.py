"""Reading competences: sheets, what a pupil knows, a class, referentials."""
