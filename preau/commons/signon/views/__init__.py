"""Pages of the register and of one's own services; the CAS server."""
