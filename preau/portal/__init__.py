"""Floor 4: the home, the menu, the frame of every page. It gathers from the boards and owns no school data."""
