"""Marks that come from elsewhere: read, checked, said."""
