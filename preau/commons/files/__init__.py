"""The one store of files that people send: kept by content, shown through whatever owns them, given back under guard."""
