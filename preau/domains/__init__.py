"""Floor 3: what a school does, one house a domain."""
