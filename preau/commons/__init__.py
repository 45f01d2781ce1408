"""Floor 2: what several domains share. Each module here serves at least two of them and says in a sentence what it is."""
