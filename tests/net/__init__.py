"""The net: every page as every person, in a real browser, through checkers that must first catch a known-bad page."""
