"""The demonstration's share."""
