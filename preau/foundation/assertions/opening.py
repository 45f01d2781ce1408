"""What was encrypted for us, opened: AES under a key that only our private key gives back (RSA-OAEP).

CBC says nothing of who wrote it: whoever changes its bytes and watches our answers reads it little by little (Jager and
Somorovsky, 2011), and the same holds of a GCM text relabelled as CBC. So CBC is opened only inside what was signed as a whole
(`is_sealed`), and every failure has the same name.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from preau.foundation.assertions.keys import KeyPair
from preau.foundation.assertions.reading import DECLARATION, at_most_one, only, parsed
from preau.foundation.assertions.words import (
    DS,
    LONGEST_MESSAGE,
    MORE,
    XENC,
    XENC11,
    AssertionRefused,
    Reason,
)

LENGTHS = {
    f"{XENC}aes128-cbc": 16,
    f"{XENC}aes192-cbc": 24,
    f"{XENC}aes256-cbc": 32,
    f"{XENC11}aes128-gcm": 16,
    f"{XENC11}aes192-gcm": 24,
    f"{XENC11}aes256-gcm": 32,
}
OAEP, OAEP_11 = f"{XENC}rsa-oaep-mgf1p", f"{XENC11}rsa-oaep"
# In OAEP the hash hides, it does not prove: SHA-1, which the standard names by default, weakens nothing there.
HASHES: dict[str, type[hashes.SHA1 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    f"{DS}sha1": hashes.SHA1,
    f"{XENC}sha256": hashes.SHA256,
    f"{MORE}sha384": hashes.SHA384,
    f"{XENC}sha512": hashes.SHA512,
}
MASKS: dict[str, type[hashes.SHA1 | hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    f"{XENC11}mgf1sha1": hashes.SHA1,
    f"{XENC11}mgf1sha256": hashes.SHA256,
    f"{XENC11}mgf1sha384": hashes.SHA384,
    f"{XENC11}mgf1sha512": hashes.SHA512,
}
MOST_KEYS, BLOCK, NONCE = 4, 16, 12


def opened(closed: Any, keys: Sequence[KeyPair], *, is_sealed: bool) -> Any:
    """The one element that an EncryptedAssertion or an EncryptedID holds. Raises AssertionRefused."""
    data = only(closed, f"{{{XENC}}}EncryptedData")
    method = _algorithm(data)
    if method not in LENGTHS:
        raise AssertionRefused(Reason.WEAK_ALGORITHM)
    if method.endswith("cbc") and not is_sealed:
        raise AssertionRefused(Reason.WEAK_ALGORITHM)
    text = _cipher(data)
    for key in _keys(closed, data, keys):
        if len(key) == LENGTHS[method]:
            plain = _plain(method, key, text)
            if plain is not None:
                return _read(plain, closed)
    raise AssertionRefused(Reason.CANNOT_OPEN)


def _algorithm(element: Any) -> str:
    return str(only(element, f"{{{XENC}}}EncryptionMethod").get("Algorithm") or "")


def _cipher(element: Any) -> bytes:
    value = only(only(element, f"{{{XENC}}}CipherData"), f"{{{XENC}}}CipherValue")
    try:
        return base64.b64decode("".join((value.text or "").split()), validate=True)
    except (ValueError, binascii.Error) as failure:
        raise AssertionRefused(Reason.CANNOT_OPEN) from failure


def _keys(closed: Any, data: Any, ours: Sequence[KeyPair]) -> Iterator[bytes]:
    """The keys that travelled with it, inside or beside it, and that one of ours opens."""
    info = at_most_one(data, f"{{{DS}}}KeyInfo")
    tag = f"{{{XENC}}}EncryptedKey"
    travelled = ([] if info is None else info.findall(tag)) + closed.findall(tag)
    if not 0 < len(travelled) <= MOST_KEYS:
        raise AssertionRefused(Reason.CANNOT_OPEN)
    for one in travelled:
        wrapping, cipher = _wrapping(one), _cipher(one)
        for pair in ours:
            try:
                yield pair.opened().decrypt(cipher, wrapping)
            except ValueError:
                continue


def _wrapping(key: Any) -> padding.OAEP:
    method = only(key, f"{{{XENC}}}EncryptionMethod")
    algorithm = method.get("Algorithm")
    digest = at_most_one(method, f"{{{DS}}}DigestMethod")
    mask = at_most_one(method, f"{{{XENC11}}}MGF")
    hashed = HASHES[f"{DS}sha1"] if digest is None else HASHES.get(digest.get("Algorithm"))
    masked = HASHES[f"{DS}sha1"] if mask is None else MASKS.get(mask.get("Algorithm"))
    if algorithm not in {OAEP, OAEP_11} or hashed is None or masked is None:
        raise AssertionRefused(Reason.WEAK_ALGORITHM)
    if algorithm == OAEP and mask is not None:
        raise AssertionRefused(Reason.ODD_SHAPE)
    return padding.OAEP(padding.MGF1(masked()), hashed(), None)


def _plain(method: str, key: bytes, text: bytes) -> bytes | None:
    """None when this key does not open it."""
    if method.endswith("gcm"):
        try:
            return AESGCM(key).decrypt(text[:NONCE], text[NONCE:], None)
        except (InvalidTag, ValueError):
            return None
    start, rest = text[:BLOCK], text[BLOCK:]
    if not rest or len(start) < BLOCK or len(rest) % BLOCK:
        return None
    opening = Cipher(AES(key), CBC(start)).decryptor()
    padded = opening.update(rest) + opening.finalize()
    return padded[: -padded[-1]] if 0 < padded[-1] <= BLOCK else None


def _read(plain: bytes, closed: Any) -> Any:
    """The element, with the namespaces of the place where it was closed."""
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise AssertionRefused(Reason.CANNOT_OPEN) from failure
    opening = DECLARATION.match(text)
    text = text[opening.end() :] if opening else text
    spaces = "".join(
        f" xmlns{':' + prefix if prefix else ''}={quoteattr(name)}" for prefix, name in closed.nsmap.items()
    )
    try:
        around = parsed(f"<inside{spaces}>{text}</inside>".encode(), 2 * LONGEST_MESSAGE)
    except AssertionRefused as refusal:
        if refusal.reason == Reason.NOT_XML:
            raise AssertionRefused(Reason.CANNOT_OPEN) from refusal
        raise
    if len(around) != 1:
        raise AssertionRefused(Reason.ODD_SHAPE)
    return around[0]
