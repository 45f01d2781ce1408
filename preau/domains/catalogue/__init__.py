"""The resources open to all: what they are, where they sit in the programmes, and how they are found and read."""
