"""Campaigns: school life writes to many families about absences, by letter, mail or text message, having looked at each doubt first."""
