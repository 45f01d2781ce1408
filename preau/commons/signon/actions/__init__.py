"""Writing the register, and what a protocol leaves."""
