"""HTTP Basic (RFC 7617): a name and a secret in one header."""

import base64
import binascii

SCHEME = "basic "


def read(header: str) -> tuple[str, str] | None:
    """What an Authorization header says by Basic, in UTF-8; None when it says nothing that reads."""
    if header[: len(SCHEME)].lower() != SCHEME:
        return None
    try:
        credentials = base64.b64decode(header[len(SCHEME) :].strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, secret = credentials.partition(":")
    return (name, secret) if colon else None
