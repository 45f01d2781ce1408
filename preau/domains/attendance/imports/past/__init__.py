"""Absences that a school noted elsewhere before it came: tables of PRONOTE, of École Directe or of its own, whose columns somebody names."""
