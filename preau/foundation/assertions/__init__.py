"""SAML 2.0 as a service provider speaks it: what a provider of identities publishes, what we ask it, what it answers.

Nothing here knows a database, a request or a person: texts in, checked facts out, or `Refused` with its reason. Whatever comes
from outside is small UTF-8 without any declaration, comment or instruction; and what is believed is read again from the very
bytes that a signature covers (`signatures.verified`), never from the document around them.
"""
