"""Marks that a school gave elsewhere before it came: tables of PRONOTE, of École Directe or of its own, whose columns somebody names."""
