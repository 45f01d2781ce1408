"""Resources as the pages of whoever assigns, and those of readers, show them."""
