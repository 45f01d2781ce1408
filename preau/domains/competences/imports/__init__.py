"""Referentials that come in: a table, the socle that comes with Préau, the workflow of files."""
