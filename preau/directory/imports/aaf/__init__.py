"""The annuaire académique fédérateur (AAF): second degree, and the first degree that says the same in other words."""
