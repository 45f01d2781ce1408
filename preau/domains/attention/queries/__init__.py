"""Facts and reviews as pages show them."""
