"""Long work: what a person asked for that takes more than a page, how far it is, and the way to stop it."""
