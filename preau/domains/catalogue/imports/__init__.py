"""Resources from files: the starter collection that comes with Préau, and the tree of the programmes."""
