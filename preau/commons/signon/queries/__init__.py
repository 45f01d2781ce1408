"""What the pages and the protocols ask of the register."""
