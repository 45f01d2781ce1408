"""How often one may search."""

from datetime import timedelta

# As one types, a search is four or five questions; whoever would list the directory by its letters is slowed down.
MOST, WINDOW = 120, timedelta(minutes=5)
