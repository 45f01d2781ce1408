"""The words of SAML 2.0, and of the XML that signs and hides."""

import re

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BY_SOAP = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
ANY_NAME = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
URI, BASIC = (f"urn:oasis:names:tc:SAML:2.0:attrname-format:{one}" for one in ("uri", "basic"))

# How somebody proved who they are: a password under TLS, or two proofs in this very session (REFEDS MFA).
ONE_PROOF = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
TWO_PROOFS = "https://refeds.org/profile/mfa"
# Less than what we say, and true too.
ALSO_TRUE = (
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
)

STATUS = "urn:oasis:names:tc:SAML:2.0:status:"

RSA = "http://www.w3.org/2001/04/xmldsig-more#rsa-"
SIGNED_BY = {f"{RSA}sha{size}": size for size in (256, 384, 512)}
DIGESTED_BY = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512",
}
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
GCM, CBC = "http://www.w3.org/2009/xmlenc11#aes256-gcm", f"{XENC}aes256-cbc"
OAEP = f"{XENC}rsa-oaep-mgf1p"

# What XML 1.0 cannot hold, not even escaped.
UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tag(space: str, name: str) -> str:
    return f"{{{space}}}{name}"
