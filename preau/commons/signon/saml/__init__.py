"""SAML 2.0 on the wire: what is read, strictly, and what is written, signed. No row is known here."""
