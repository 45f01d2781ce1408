"""Pages of the digital resources: of whoever assigns them, and of those who open them."""
