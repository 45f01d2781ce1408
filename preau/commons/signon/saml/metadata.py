"""The file in which a service says what it is: everything that we need of it is read, or nothing is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import (
    BY_SOAP,
    CBC,
    DS,
    GCM,
    MD,
    PERSISTENT,
    POST,
    REDIRECT,
    SAMLP,
    TRANSIENT,
    tag,
)
from preau.commons.signon.saml.xml import Malformed, instant, is_true, parse, text_of

LONGEST = 256 * 1024
MOST_ADDRESSES, MOST_CERTIFICATES = 10, 5


class InvalidMetadata(Exception):
    """Why nothing of it is taken: `why` is « xml », « none », « several », « over », « addresses », « certificate », « kind »,
    « short », « many » or « entity »."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Described:
    """A service, as it describes itself. `receives`: {"url", "index"}, the one used by default first; `signing`,
    `encryption`: certificates. `logout`: where a browser brings the end of a session, by `logout_binding`, and where
    answers go; `soap`: where servers say it."""

    entity_id: str
    receives: Sequence[dict[str, Any]]
    signing: Sequence[str] = field(default_factory=list)
    encryption: str = ""
    cipher: str = "gcm"
    must_sign: bool = False
    transient: bool = False
    logout: str = ""
    logout_binding: str = ""
    logout_answer: str = ""
    soap: str = ""


def read(typed: bytes, now: datetime) -> Described:
    """Raises InvalidCertificate."""
    try:
        root = parse(typed, longest=LONGEST, comments=True)
        return _described(root, now)
    except Malformed as failure:
        raise InvalidMetadata("xml") from failure
    except certificates.InvalidCertificate as failure:
        raise InvalidMetadata("certificate" if failure.why == "unread" else failure.why) from failure


def _described(root: Any, now: datetime) -> Described:
    entity = tag(MD, "EntityDescriptor")
    found = [one for one in root.iter(entity) if _role(one) is not None]
    if not found:
        raise InvalidMetadata("none")
    if len(found) > 1:
        raise InvalidMetadata("several")
    for node in {root, found[0]}:
        if node.get("validUntil") and instant(node.get("validUntil")) <= now:
            raise InvalidMetadata("over")
    name, role = found[0].get("entityID", ""), _role(found[0])
    if not name:
        raise InvalidMetadata("entity")
    signing, encryption, cipher = _keys(role)
    browser = next((found for found in (_ends(role, POST), _ends(role, REDIRECT)) if found is not None), None)
    soap = _ends(role, BY_SOAP)
    forms = [text_of(one) for one in role.findall(tag(MD, "NameIDFormat"))]
    return Described(
        entity_id=name,
        receives=_receives(role),
        signing=signing,
        encryption=encryption,
        cipher=cipher,
        must_sign=is_true(role.get("AuthnRequestsSigned")),
        transient=TRANSIENT in forms and PERSISTENT not in forms,
        logout="" if browser is None else browser.get("Location", ""),
        logout_binding=""
        if browser is None
        else {POST: "post", REDIRECT: "redirect"}[browser.get("Binding")],
        logout_answer="" if browser is None else browser.get("ResponseLocation", ""),
        soap="" if soap is None else soap.get("Location", ""),
    )


def _role(entity: Any) -> Any:
    every = entity.findall(tag(MD, "SPSSODescriptor"))
    return next((one for one in every if SAMLP in one.get("protocolSupportEnumeration", "").split()), None)


def _receives(role: Any) -> list[dict[str, Any]]:
    """Where it takes answers by POST, the one by default first; the others are not spoken."""
    every = [one for one in role.findall(tag(MD, "AssertionConsumerService")) if one.get("Binding") == POST]
    if not 0 < len(every) <= MOST_ADDRESSES:
        raise InvalidMetadata("addresses")
    rows: list[dict[str, Any]] = []
    for one in every:
        index = one.get("index", "0")
        if not (index.isascii() and index.isdigit() and len(index) < 6):
            raise InvalidMetadata("addresses")
        # 0: the one by default; 1: it says nothing; 2: it says that it is not.
        rank = 1 if one.get("isDefault") is None else 0 if is_true(one.get("isDefault")) else 2
        rows.append({"url": one.get("Location", ""), "index": int(index), "rank": rank})
    if len({row["index"] for row in rows}) < len(rows):
        raise InvalidMetadata("addresses")
    ordered = sorted(rows, key=lambda row: (row["rank"], row["index"]))
    return [{"url": row["url"], "index": row["index"]} for row in ordered]


def _keys(role: Any) -> tuple[list[str], str, str]:
    """The certificates with which it signs, the one for which we hide, and how."""
    signing: list[str] = []
    encryption, cipher = "", "gcm"
    for one in role.findall(tag(MD, "KeyDescriptor")):
        held = one.findall(f".//{tag(DS, 'X509Certificate')}")
        read = [certificates.read(text_of(node)) for node in held]
        if one.get("use") in {None, "signing"}:
            signing += read
        if one.get("use") in {None, "encryption"} and read and not encryption:
            encryption = read[0]
            algorithms = {node.get("Algorithm") for node in one.findall(tag(MD, "EncryptionMethod"))}
            cipher = "cbc" if algorithms and GCM not in algorithms and CBC in algorithms else "gcm"
    signing = list(dict.fromkeys(signing))
    if len(signing) > MOST_CERTIFICATES:
        raise InvalidMetadata("many")
    return signing, encryption, cipher


def _ends(role: Any, binding: str) -> Any:
    every = role.findall(tag(MD, "SingleLogoutService"))
    return next((one for one in every if one.get("Binding") == binding and one.get("Location")), None)
