"""Search: one box over all that the viewer may see, read from the `search` board. It keeps nothing, not even what was typed."""
