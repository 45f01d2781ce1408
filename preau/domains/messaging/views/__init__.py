"""Messages: the boxes, writing, what is done with a message, and what adults watch."""
