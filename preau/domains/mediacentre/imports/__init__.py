"""Lists of the GAR: read from a file, whole or refused; and where files come from."""
