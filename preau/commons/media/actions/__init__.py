"""Every write: what arrives, what is made of it, its words, and what goes."""
