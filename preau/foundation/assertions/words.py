"""Names of the standards, what is accepted of them, and why something is refused."""

from datetime import timedelta
from enum import StrEnum

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
MDUI = "urn:oasis:names:tc:SAML:metadata:ui"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
STATUS = "urn:oasis:names:tc:SAML:2.0:status:"

# Algorithms of signatures and digests. SHA-1, MD5, DSA and HMAC are in neither list: nothing falls back to them.
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
SIGNATURES = {
    f"{MORE}rsa-sha256": ("rsa", "sha256"),
    f"{MORE}rsa-sha384": ("rsa", "sha384"),
    f"{MORE}rsa-sha512": ("rsa", "sha512"),
    f"{MORE}ecdsa-sha256": ("ec", "sha256"),
    f"{MORE}ecdsa-sha384": ("ec", "sha384"),
    f"{MORE}ecdsa-sha512": ("ec", "sha512"),
}
OURS = f"{MORE}rsa-sha256"
DIGESTS = {f"{XENC}sha256": "sha256", f"{MORE}sha384": "sha384", f"{XENC}sha512": "sha512"}
SMALLEST_RSA = 2_048

# Ways of signing in with two proofs, as REFEDS and the standard name them: what is proposed to whoever settles a provider.
TWO_PROOFS = (
    "https://refeds.org/profile/mfa",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken",
)

LONGEST_MESSAGE = 256 * 1_024  # bytes of XML; an answer with forty facts is 20 kB
LONGEST_METADATA = 2 * 1_024 * 1_024
LONGEST_TEXT = 2_000  # characters of one value
MOST_VALUES = 400  # facts of one person, all values together
SKEW = timedelta(seconds=60)  # between two clocks
FRESH = timedelta(minutes=10)  # a message older than that was kept by somebody


class Reason(StrEnum):
    """Why something is refused: for journals and tests, never with what was in it."""

    TOO_LONG = "too_long"
    NOT_BASE64 = "not_base64"
    NOT_XML = "not_xml"
    FORBIDDEN_XML = "forbidden_xml"
    ODD_SHAPE = "odd_shape"
    SAME_ID = "same_id"
    SEVERAL = "several_assertions"
    UNSIGNED = "unsigned"
    ODD_SIGNATURE = "odd_signature"
    WEAK_ALGORITHM = "weak_algorithm"
    WRONG_SIGNATURE = "wrong_signature"
    NOT_ENCRYPTED = "not_encrypted"
    CANNOT_OPEN = "cannot_open"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_DESTINATION = "wrong_destination"
    WRONG_RECIPIENT = "wrong_recipient"
    WRONG_AUDIENCE = "wrong_audience"
    WRONG_REQUEST = "wrong_request"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    REPLAYED = "replayed"
    NO_SUBJECT = "no_subject"
    WRONG_CONTEXT = "wrong_context"
    SAID_NO = "said_no"
    NO_PROVIDER = "no_provider"
    NO_KEY = "no_key"
    NO_ADDRESS = "no_address"


class AssertionRefused(Exception):
    """`status`: the code that the provider gave, when it is the one that said no."""

    def __init__(self, reason: Reason, status: str = "") -> None:
        super().__init__(reason.value)
        self.reason, self.status = reason, status
