"""Pages of coming in by a provider, of links, and of those who settle providers."""
