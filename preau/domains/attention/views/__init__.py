"""Pages of the room: of those in charge, of families."""
