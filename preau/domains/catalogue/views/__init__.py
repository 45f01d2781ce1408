"""The pages of the catalogue, what other catalogues read of it, and where it is brought together."""
