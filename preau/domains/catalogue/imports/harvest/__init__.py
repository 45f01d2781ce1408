"""Reading the catalogues of others: OAI-PMH, feeds, tables, maps of sites. What they say is text, never trusted to be more."""
