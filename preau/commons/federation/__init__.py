"""One sign-on, inward: the providers by which people come in with an account of elsewhere, and whose account it is here."""
