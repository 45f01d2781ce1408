"""The official livret scolaire: what the ministry's files hold, written, read back and checked; nothing here asks a database."""
