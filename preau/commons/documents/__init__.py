"""Documents that people write together: their text, who writes it, its versions, what is said about it."""
