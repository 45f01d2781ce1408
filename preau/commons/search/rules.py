"""How often one may search, and how long one comes back to what was found."""

from datetime import timedelta

# As one types, a search is four or five questions; whoever would list the directory by its letters is slowed down.
MOST, WINDOW = 120, timedelta(minutes=5)
# How long the address of a page of results leads to them.
KEPT = timedelta(hours=12)
