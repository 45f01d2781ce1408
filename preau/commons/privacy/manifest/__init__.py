"""« Mes données » at the first visits; requests: who answers them, what is told and kept of them; the register of processing, and breaches."""

from preau.commons.privacy.manifest import contracts, copies, in_words, own, register, requests, terms

__all__ = ["contracts", "copies", "in_words", "own", "register", "requests", "terms"]
