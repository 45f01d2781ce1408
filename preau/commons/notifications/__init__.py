"""Notifications: what people are told, once, by the ways they chose."""
