"""Incidents, punitions and sanctions: what happened, what the school decided, and for how long it is remembered."""
