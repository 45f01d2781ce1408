"""Every write: surveys, answers, the urn, elections."""
