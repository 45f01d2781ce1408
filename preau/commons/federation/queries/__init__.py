"""What is read of providers, of links, and of who is named."""
