"""SAML 2.0 as a service provider speaks it: what a provider of identities publishes, what we ask it, what it answers.

Nothing here knows a database, a request or a person: texts in, checked facts out, or `Refused` with its reason. Whatever comes
from outside is small UTF-8 without any declaration, comment or instruction; and what is believed is read again from the very
bytes that a signature covers (`signatures.verified`), never from the document around them.
"""

from preau.foundation.assertions.asking import Question, make_request
from preau.foundation.assertions.keys import KeyPair, make_key
from preau.foundation.assertions.leaving import (
    Between,
    Ended,
    Ending,
    make_end,
    make_ended,
    read_end,
    read_ended,
)
from preau.foundation.assertions.metadata import Provider, Us, our_metadata, read_metadata
from preau.foundation.assertions.responses import Coming, Expected, read_response
from preau.foundation.assertions.signatures import mark_of
from preau.foundation.assertions.words import Reason, Refused

__all__ = [
    "Between",
    "Coming",
    "Ended",
    "Ending",
    "Expected",
    "KeyPair",
    "Provider",
    "Question",
    "Reason",
    "Refused",
    "Us",
    "make_end",
    "make_ended",
    "make_key",
    "make_request",
    "mark_of",
    "our_metadata",
    "read_end",
    "read_ended",
    "read_metadata",
    "read_response",
]
