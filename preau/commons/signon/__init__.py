"""One sign-on, outward: which services people reach with their account here, what leaves for each, and the CAS server."""
