"""Reading the catalogue: its pages, its search, the answers to its exercises."""
