"""Settling services, giving activities, carrying messages, taking what services say."""
