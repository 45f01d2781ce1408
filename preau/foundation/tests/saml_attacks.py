"""What attackers send, each built from an answer that was honest. `ATTACKS`: name → (field SAMLResponse, why it is refused).

The eight wrappings are those of Somorovsky and others (« On Breaking SAML: Be Whoever You Want to Be », USENIX Security 2012):
the signed element is kept somewhere, so that the signature still holds, and another one stands where programs look.
"""

import base64
import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import xmlsec
from lxml import etree

from preau.foundation.assertions.keys import KeyPair
from preau.foundation.assertions.words import DS, SAML, SAMLP, STATUS, Reason
from preau.foundation.tests.saml_provider import Answer, Signing, encrypt, honest, key_of, sent, sign

EVIL = "la-directrice"
SIGNATURE, ASSERTION = f"{{{DS}}}Signature", f"{{{SAML}}}Assertion"
LATER, EARLIER = timedelta(hours=1), timedelta(hours=-1)


def attacks(answer: Answer, us: KeyPair, them: KeyPair) -> dict[str, tuple[str, Reason]]:
    """All of them, for the provider whose key is `them`, sent to `us`."""
    cases = {name: (sent(build(answer, them)), why) for name, (build, why) in WRAPPINGS.items()}
    cases |= {name: (sent(honest(build(answer), key=them)), why) for name, (build, why) in WRONG.items()}
    cases |= {name: (sent(build(answer, them)), why) for name, (build, why) in SIGNATURES.items()}
    cases |= {
        name: (base64.b64encode(build(answer, them)).decode(), why) for name, (build, why) in TEXTS.items()
    }
    cases |= {
        "encrypted for another": (
            sent(closed(answer, key_of("another").certificate, them)),
            Reason.CANNOT_OPEN,
        ),
        "encrypted, unsigned": (
            sent(answer.around(encrypt(answer.assertion(), us.certificate))),
            Reason.UNSIGNED,
        ),
        "CBC in an answer that is not signed": (
            sent(closed(answer, us.certificate, them, xmlsec.constants.TransformAes128Cbc, size=128)),
            Reason.WEAK_ALGORITHM,
        ),
        "RSA without OAEP": (
            sent(closed(answer, us.certificate, them, wrapping=xmlsec.constants.TransformRsaPkcs1)),
            Reason.WEAK_ALGORITHM,
        ),
        "two assertions, one of them encrypted": (sent(two_one_closed(answer, us, them)), Reason.SEVERAL),
        "not base64": ("<samlp:Response/>", Reason.NOT_BASE64),
        "empty": ("", Reason.NOT_XML),
        "huge": (base64.b64encode(b"<a>" + b" " * 300_000 + b"</a>").decode(), Reason.TOO_LONG),
        "huge, before it is decoded": ("A" * 1_000_000, Reason.TOO_LONG),
    }
    return cases


def evil(element: Any, number: str = "_evil") -> Any:
    """A copy under another name, in which the subject is somebody else."""
    copied = copy.deepcopy(element)
    copied.set("ID", number)
    for name in copied.iter(f"{{{SAML}}}NameID"):
        name.text = EVIL
    return copied


def unsigned(element: Any) -> Any:
    copied = copy.deepcopy(element)
    copied.remove(copied.find(SIGNATURE))
    return copied


def whole(answer: Answer, key: KeyPair) -> Any:
    """An honest answer that is signed as a whole, and its assertion too."""
    return sign(honest(answer, key=key), Signing(key))


def xsw1(answer: Answer, key: KeyPair) -> Any:
    """The signed answer inside the signature of another answer."""
    first = whole(answer, key)
    forged = evil(first)
    _only_outer(forged)
    forged.find(SIGNATURE).append(_plain(first))
    return forged


def xsw2(answer: Answer, key: KeyPair) -> Any:
    """The signed answer beside its signature, before it."""
    first = whole(answer, key)
    forged = evil(first)
    _only_outer(forged)
    forged.insert(list(forged).index(forged.find(SIGNATURE)), _plain(first))
    return forged


def _plain(first: Any) -> Any:
    """What the outer signature covers: all but itself."""
    return unsigned(first)


def _only_outer(forged: Any) -> None:
    """The forged assertion bears another name, and no signature that would betray it."""
    assertion = forged.find(ASSERTION)
    assertion.set("ID", "_evil_assertion")
    assertion.remove(assertion.find(SIGNATURE))


def xsw3(answer: Answer, key: KeyPair) -> Any:
    """The forged assertion before the signed one."""
    root = honest(answer, key=key)
    signed = root.find(ASSERTION)
    root.insert(list(root).index(signed), unsigned(evil(signed)))
    return root


def xsw4(answer: Answer, key: KeyPair) -> Any:
    """The signed assertion inside the forged one."""
    root = honest(answer, key=key)
    signed = root.find(ASSERTION)
    forged = unsigned(evil(signed))
    root.replace(signed, forged)
    forged.append(signed)
    return root


def xsw5(answer: Answer, key: KeyPair) -> Any:
    """The forged assertion bears the signature; the one that it covers comes after."""
    root = honest(answer, key=key)
    signed = root.find(ASSERTION)
    root.replace(signed, evil(signed))
    root.append(unsigned(signed))
    return root


def xsw6(answer: Answer, key: KeyPair) -> Any:
    """The same, and the one that it covers inside the signature."""
    root = honest(answer, key=key)
    signed = root.find(ASSERTION)
    forged = evil(signed)
    root.replace(signed, forged)
    forged.find(SIGNATURE).append(unsigned(signed))
    return root


def xsw7(answer: Answer, key: KeyPair) -> Any:
    """The forged assertion among the extensions, where a schema lets anything stand."""
    root = honest(answer, key=key)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    extensions.append(unsigned(evil(root.find(ASSERTION))))
    root.insert(1, extensions)
    return root


def xsw8(answer: Answer, key: KeyPair) -> Any:
    """The signed assertion in an object of the signature, where a schema lets anything stand."""
    root = honest(answer, key=key)
    signed = root.find(ASSERTION)
    forged = evil(signed)
    root.replace(signed, forged)
    etree.SubElement(forged.find(SIGNATURE), f"{{{DS}}}Object").append(unsigned(signed))
    return root


def same_name(answer: Answer, key: KeyPair) -> Any:
    """The forged assertion under the name of the signed one."""
    root = honest(answer, key=key)
    signed = root.find(ASSERTION)
    root.insert(2, unsigned(evil(signed, signed.get("ID"))))
    return root


def same_name_alone(answer: Answer, key: KeyPair) -> Any:
    """The signed name is borne by the one assertion and by something that is no assertion."""
    root = honest(answer, key=key)
    extensions = etree.Element(f"{{{SAMLP}}}Extensions")
    etree.SubElement(extensions, "other", id=root.find(ASSERTION).get("ID"))
    root.insert(1, extensions)
    return root


def changed(answer: Answer, key: KeyPair) -> Any:
    root = honest(answer, key=key)
    next(root.iter(f"{{{SAML}}}NameID")).text = EVIL
    return root


def moved(answer: Answer, key: KeyPair) -> Any:
    """The signature of the assertion, moved to the answer."""
    root = honest(answer, key=key)
    root.insert(1, root.find(ASSERTION).find(SIGNATURE))
    return root


def of_all(answer: Answer, key: KeyPair) -> Any:
    """A signature that names nothing: it covers « the document »."""
    root = honest(answer, key=key)
    next(root.iter(f"{{{DS}}}Reference")).set("URI", "")
    return root


def two_references(answer: Answer, key: KeyPair) -> Any:
    root = honest(answer, key=key)
    reference = next(root.iter(f"{{{DS}}}Reference"))
    reference.addnext(copy.deepcopy(reference))
    return root


def by_xpath(answer: Answer, key: KeyPair) -> Any:
    """A transform that chooses what is covered."""
    root = honest(answer, key=key)
    transform = next(root.iter(f"{{{DS}}}Transform"))
    transform.set("Algorithm", "http://www.w3.org/TR/1999/REC-xpath-19991116")
    etree.SubElement(transform, f"{{{DS}}}XPath").text = "self::text()"
    return root


def stripped_of_digest(answer: Answer, key: KeyPair) -> Any:
    root = honest(answer, key=key)
    next(root.iter(f"{{{DS}}}DigestValue")).text = ""
    return root


def bearing_a_comment_of_digest(answer: Answer, key: KeyPair) -> Any:
    """Two digests (CVE-2024-45409 chose the one that nobody had signed)."""
    root = honest(answer, key=key)
    digest = next(root.iter(f"{{{DS}}}DigestValue"))
    digest.addnext(copy.deepcopy(digest))
    return root


def by_a_public_key(answer: Answer, key: KeyPair) -> Any:
    """HMAC, whose secret is the certificate that everybody has."""
    how = Signing(key, xmlsec.constants.TransformHmacSha256, secret=key.certificate.encode())
    return answer.around(sign(answer.assertion(), how))


def by(method: Any, digest: Any = xmlsec.constants.TransformSha256) -> Callable[[Answer, KeyPair], Any]:
    return lambda answer, key: answer.around(sign(answer.assertion(), Signing(key, method, digest)))


def only_outside(answer: Answer, key: KeyPair) -> Any:
    return sign(answer.around(answer.assertion()), Signing(key))


def closed(answer: Answer, certificate: str, key: KeyPair, *how: Any, **more: Any) -> Any:
    return answer.around(encrypt(sign(answer.assertion(), Signing(key)), certificate, *how, **more))


def two(answer: Answer, key: KeyPair) -> Any:
    """Both signed by the provider itself."""
    other = answer.but(number="_other", subject=EVIL)
    return answer.around(*(sign(one.assertion(), Signing(key)) for one in (answer, other)))


def two_one_closed(answer: Answer, us: KeyPair, key: KeyPair) -> Any:
    root = closed(answer, us.certificate, key)
    root.append(sign(answer.but(number="_other").assertion(), Signing(key)))
    return root


def text(answer: Answer, key: KeyPair) -> bytes:
    raw: bytes = etree.tostring(honest(answer, key=key))
    return raw


def with_comment(answer: Answer, key: KeyPair) -> bytes:
    """Signed for « x.evil » by a provider where anybody may take that name; read « x » by who stops at the comment."""
    subject = f"{answer.subject}.evil"
    raw = text(answer.but(subject=subject), key)
    return raw.replace(subject.encode(), f"{answer.subject}<!---->.evil".encode())


def with_instruction(answer: Answer, key: KeyPair) -> bytes:
    return text(answer, key).replace(answer.subject.encode(), b"x<?y?>" + answer.subject.encode())


def with_raw_section(answer: Answer, key: KeyPair) -> bytes:
    return text(answer, key).replace(
        f">{answer.subject}<".encode(), f"><![CDATA[{answer.subject}]]><".encode()
    )


def with_entity_of_a_file(answer: Answer, key: KeyPair) -> bytes:
    """XXE: a file of the server as the name of somebody."""
    raw = text(answer, key).replace(f">{answer.subject}<".encode(), b">&file;<")
    return b'<!DOCTYPE r [<!ENTITY file SYSTEM "file:///etc/hostname">]>' + raw


def with_bomb(answer: Answer, key: KeyPair) -> bytes:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    raw = text(answer, key).replace(f">{answer.subject}<".encode(), b">&l9;<")
    return f'<!DOCTYPE r [<!ENTITY l0 "lol">{lines}]>'.encode() + raw


def with_outer_type(answer: Answer, key: KeyPair) -> bytes:
    return b'<!DOCTYPE r SYSTEM "https://mechant.test/x.dtd">' + text(answer, key)


def in_utf_16(answer: Answer, key: KeyPair) -> bytes:
    """A document type that whoever looks for « <! » in the bytes does not see."""
    return with_entity_of_a_file(answer, key).decode().encode("utf-16")


def in_utf_7(answer: Answer, key: KeyPair) -> bytes:
    return b'<?xml version="1.0" encoding="utf-7"?>+ADw-+ACE-DOCTYPE r+AD4-' + text(answer, key)


def cut(answer: Answer, key: KeyPair) -> bytes:
    return text(answer, key)[:-40]


def of_another_kind(answer: Answer, key: KeyPair) -> bytes:
    """What was signed for another use: the assertion alone."""
    raw: bytes = etree.tostring(sign(answer.assertion(), Signing(key)))
    return raw


def deep(answer: Answer, key: KeyPair) -> bytes:
    return b"<a>" * 5_000 + b"</a>" * 5_000


Build = Callable[[Answer, KeyPair], Any]
WRAPPINGS: dict[str, tuple[Build, Reason]] = {
    "XSW1": (xsw1, Reason.SEVERAL),
    "XSW2": (xsw2, Reason.SEVERAL),
    "XSW3": (xsw3, Reason.SEVERAL),
    "XSW4": (xsw4, Reason.SEVERAL),
    "XSW5": (xsw5, Reason.SEVERAL),
    "XSW6": (xsw6, Reason.SEVERAL),
    "XSW7": (xsw7, Reason.SEVERAL),
    "XSW8": (xsw8, Reason.SEVERAL),
}
SIGNATURES: dict[str, tuple[Build, Reason]] = {
    "not signed": (lambda answer, _: answer.around(answer.assertion()), Reason.UNSIGNED),
    "the answer signed, the assertion not": (only_outside, Reason.UNSIGNED),
    "signed by somebody else": (
        lambda answer, _: honest(answer, key=key_of("another")),
        Reason.WRONG_SIGNATURE,
    ),
    "changed after signing": (changed, Reason.WRONG_SIGNATURE),
    "the signature moved": (moved, Reason.ODD_SIGNATURE),
    "a signature of the whole document": (of_all, Reason.ODD_SIGNATURE),
    "two references": (two_references, Reason.ODD_SIGNATURE),
    "a transform by XPath": (by_xpath, Reason.ODD_SIGNATURE),
    "no digest": (stripped_of_digest, Reason.WRONG_SIGNATURE),
    "two digests": (bearing_a_comment_of_digest, Reason.ODD_SIGNATURE),
    "the same name twice": (same_name, Reason.SAME_ID),
    "the same name on something else": (same_name_alone, Reason.SAME_ID),
    "signed with SHA-1": (by(xmlsec.constants.TransformRsaSha1), Reason.WEAK_ALGORITHM),
    "digested with SHA-1": (
        by(xmlsec.constants.TransformRsaSha256, xmlsec.constants.TransformSha1),
        Reason.WEAK_ALGORITHM,
    ),
    "HMAC by the public certificate": (by_a_public_key, Reason.WEAK_ALGORITHM),
    "two assertions, both signed": (two, Reason.SEVERAL),
}
WRONG: dict[str, tuple[Callable[[Answer], Answer], Reason]] = {
    "for another audience": (lambda a: a.but(us="https://autre.test"), Reason.WRONG_AUDIENCE),
    "for another recipient": (lambda a: a.but(recipient="https://autre.test/acs"), Reason.WRONG_RECIPIENT),
    "for another destination": (
        lambda a: a.but(destination="https://autre.test/acs"),
        Reason.WRONG_DESTINATION,
    ),
    "in answer to another question": (lambda a: a.but(request="_autre"), Reason.WRONG_REQUEST),
    "in answer to another question, inside": (
        lambda a: a.but(confirmed_request="_autre"),
        Reason.WRONG_REQUEST,
    ),
    "in answer to none": (lambda a: a.but(request=""), Reason.WRONG_REQUEST),
    "by another provider": (lambda a: a.but(issuer="https://autre.test"), Reason.WRONG_ISSUER),
    "by another provider, outside": (
        lambda a: a.but(outer_issuer="https://autre.test"),
        Reason.WRONG_ISSUER,
    ),
    "over": (lambda a: a.but(ends=timedelta(minutes=-2)), Reason.TOO_LATE),
    "not begun": (lambda a: a.but(starts=timedelta(minutes=2)), Reason.TOO_EARLY),
    "kept since an hour": (lambda a: a.but(now=a.now + EARLIER, ends=LATER + LATER), Reason.TOO_LATE),
    "made tomorrow": (lambda a: a.but(now=a.now + LATER, starts=EARLIER + EARLIER), Reason.TOO_EARLY),
    "signed in tomorrow": (lambda a: a.but(signed_in=LATER), Reason.TOO_EARLY),
    "nobody": (lambda a: a.but(subject=" "), Reason.NO_SUBJECT),
    "refused there": (
        lambda a: a.but(
            status=f'<samlp:StatusCode Value="{STATUS}Responder"><samlp:StatusCode Value="{STATUS}AuthnFailed"/></samlp:StatusCode>'
        ),
        Reason.SAID_NO,
    ),
}
TEXTS: dict[str, tuple[Callable[[Answer, KeyPair], bytes], Reason]] = {
    "a comment in the name": (with_comment, Reason.FORBIDDEN_XML),
    "an instruction in the name": (with_instruction, Reason.FORBIDDEN_XML),
    "a raw section in the name": (with_raw_section, Reason.FORBIDDEN_XML),
    "an entity that reads a file": (with_entity_of_a_file, Reason.FORBIDDEN_XML),
    "an entity bomb": (with_bomb, Reason.FORBIDDEN_XML),
    "a document type elsewhere": (with_outer_type, Reason.FORBIDDEN_XML),
    "a document type in UTF-16": (in_utf_16, Reason.NOT_XML),
    "a document type in UTF-7": (in_utf_7, Reason.NOT_XML),
    "cut": (cut, Reason.NOT_XML),
    "an assertion alone": (of_another_kind, Reason.ODD_SHAPE),
    "too deep": (deep, Reason.NOT_XML),
}
