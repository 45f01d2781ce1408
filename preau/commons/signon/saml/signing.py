"""What is written to services: signed (RSA, SHA-256, exclusive canonical XML), and hidden from the browser that carries it."""

import base64
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree

from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import CBC, DS, GCM, OAEP, RSA, XENC, tag

KEY_BYTES, BLOCK = 32, 16
ALGORITHM = f"{RSA}sha256"


@dataclass(frozen=True)
class Signer:
    """A key of ours that signs, opened, with its certificate."""

    private: RSAPrivateKey
    xml: Any
    certificate: str

    def sign(self, content: bytes) -> bytes:
        return self.private.sign(content, padding.PKCS1v15(), hashes.SHA256())


def signer(private: RSAPrivateKey, certificate: str) -> Signer:
    words = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    key = xmlsec.Key.from_memory(words, xmlsec.KeyFormat.PEM, None)
    key.load_cert_from_memory(certificates.pem(certificate), xmlsec.KeyFormat.CERT_PEM)
    return Signer(private, key, certificate)


def sign(root: Any, by: Signer, place: int) -> bytes:
    """The document of this root, signed as a whole by its ID; the signature is its child number `place`."""
    signature = xmlsec.template.create(root, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns="ds")
    root.insert(place, signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = by.xml
    context.sign(signature)
    return etree.tostring(root)


def redirected(address: str, words: Mapping[str, str], by: Signer) -> str:
    """An address that carries a message (Redirect binding): its XML deflated, and the whole query signed."""
    query = urlencode({**words, "SigAlg": ALGORITHM})
    signature = urlencode({"Signature": base64.b64encode(by.sign(query.encode())).decode()})
    return f"{address}{'&' if '?' in address else '?'}{query}&{signature}"


def deflated(xml: bytes) -> str:
    pump = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return base64.b64encode(pump.compress(xml) + pump.flush()).decode()


def hidden(xml: bytes, certificate: str, cipher: str) -> Any:
    """An EncryptedData that the holder of this certificate alone opens. `cipher`: « gcm », or « cbc » for older services."""
    key, iv = os.urandom(KEY_BYTES), os.urandom(12 if cipher == "gcm" else BLOCK)
    data = etree.Element(
        tag(XENC, "EncryptedData"), {"Type": f"{XENC}Element"}, nsmap={"xenc": XENC, "ds": DS}
    )
    etree.SubElement(data, tag(XENC, "EncryptionMethod"), {"Algorithm": GCM if cipher == "gcm" else CBC})
    info = etree.SubElement(data, tag(DS, "KeyInfo"))
    sealed = etree.SubElement(info, tag(XENC, "EncryptedKey"))
    method = etree.SubElement(sealed, tag(XENC, "EncryptionMethod"), {"Algorithm": OAEP})
    etree.SubElement(method, tag(DS, "DigestMethod"), {"Algorithm": f"{DS}sha1"})
    # OAEP with SHA-1 is what every service reads; nothing there rests on collisions.
    oaep = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303  # nosec B303
    _value(sealed, certificates.public_key(certificate).encrypt(key, oaep))
    _value(data, iv + _enciphered(key, iv, xml, cipher))
    return data


def _enciphered(key: bytes, iv: bytes, xml: bytes, cipher: str) -> bytes:
    if cipher == "gcm":
        return AESGCM(key).encrypt(iv, xml, None)
    short = BLOCK - len(xml) % BLOCK
    pump = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return pump.update(xml + os.urandom(short - 1) + bytes([short])) + pump.finalize()


def _value(parent: Any, held: bytes) -> None:
    value = etree.SubElement(etree.SubElement(parent, tag(XENC, "CipherData")), tag(XENC, "CipherValue"))
    value.text = base64.b64encode(held).decode()
