"""What a provider publishes about itself, and what we publish about us."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlsplit

from preau.foundation.assertions.reading import moment, parsed, text_of, written
from preau.foundation.assertions.signatures import certificate, pem, verified
from preau.foundation.assertions.words import (
    DS,
    LONGEST_METADATA,
    MD,
    MDUI,
    PERSISTENT,
    POST,
    REDIRECT,
    SAMLP,
    XENC,
    XENC11,
    AssertionRefused,
    Reason,
)
from preau.foundation.assertions.writing import add, bytes_of, root

MOST_ENTITIES, MOST_KEYS = 5_000, 12
LONGEST_ADDRESS = 1_000
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
OPENED = (f"{XENC11}aes256-gcm", f"{XENC11}aes128-gcm", f"{XENC}aes256-cbc", f"{XENC}rsa-oaep-mgf1p")


@dataclass(frozen=True)
class Provider:
    """A provider of identities, as it describes itself. `sign_on`, `logout`, `logout_answer`: address by binding (REDIRECT or
    POST); `certificates`: PEM of every key that may sign, several while it changes them."""

    entity_id: str
    sign_on: Mapping[str, str]
    certificates: tuple[str, ...]
    logout: Mapping[str, str] = field(default_factory=dict)
    logout_answer: Mapping[str, str] = field(default_factory=dict)
    valid_until: datetime | None = None
    name: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "entity_id": self.entity_id,
            "sign_on": dict(self.sign_on),
            "certificates": list(self.certificates),
            "logout": dict(self.logout),
            "logout_answer": dict(self.logout_answer),
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
            "name": self.name,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        until = kept.get("valid_until")
        return cls(
            kept["entity_id"],
            kept["sign_on"],
            tuple(kept["certificates"]),
            kept.get("logout", {}),
            kept.get("logout_answer", {}),
            datetime.fromisoformat(until) if until else None,
            kept.get("name", ""),
        )


def read_metadata(
    raw: bytes, now: datetime, *, entity_id: str = "", pinned: str = "", may_be_plain: bool = False
) -> Provider:
    """The provider that this text describes. Raises AssertionRefused.

    `entity_id`: which one, when there are several; `pinned`: the certificate (PEM or base64) that must have signed the text;
    `may_be_plain`: addresses without https are let in (this machine alone, in development).
    """
    top = parsed(raw, LONGEST_METADATA)
    if pinned:
        top = verified(top, [pinned], LONGEST_METADATA)
    described = _chosen(top, entity_id)
    role = described.find(f"{{{MD}}}IDPSSODescriptor")
    if role is None or SAMLP not in (role.get("protocolSupportEnumeration") or "").split():
        raise AssertionRefused(Reason.NO_PROVIDER)
    until = _earliest(top, described, role)
    if until is not None and until <= now:
        raise AssertionRefused(Reason.TOO_LATE)
    name = described.get("entityID") or ""
    if not 0 < len(name) <= LONGEST_ADDRESS or name != name.strip():
        raise AssertionRefused(Reason.NO_PROVIDER)
    found = Provider(
        name,
        _addresses(role, "SingleSignOnService", may_be_plain),
        _keys(role),
        _addresses(role, "SingleLogoutService", may_be_plain),
        _addresses(role, "SingleLogoutService", may_be_plain, "ResponseLocation"),
        until,
        _title(role),
    )
    if REDIRECT not in found.sign_on:
        raise AssertionRefused(Reason.NO_ADDRESS)
    return found


def _chosen(top: Any, entity_id: str) -> Any:
    if top.tag == f"{{{MD}}}EntityDescriptor":
        entities = [top]
    elif top.tag == f"{{{MD}}}EntitiesDescriptor":
        entities = list(top.iter(f"{{{MD}}}EntityDescriptor"))
    else:
        raise AssertionRefused(Reason.NO_PROVIDER)
    if len(entities) > MOST_ENTITIES:
        raise AssertionRefused(Reason.TOO_LONG)
    found = [
        entity
        for entity in entities
        if entity.find(f"{{{MD}}}IDPSSODescriptor") is not None and entity_id in {"", entity.get("entityID")}
    ]
    if len(found) != 1:
        raise AssertionRefused(Reason.SEVERAL if found else Reason.NO_PROVIDER)
    return found[0]


def _earliest(*elements: Any) -> datetime | None:
    ends = [moment(element.get("validUntil")) for element in elements]
    return min((one for one in ends if one is not None), default=None)


def _keys(role: Any) -> tuple[str, ...]:
    """The keys that sign: those that say so, and those that say nothing. One too weak is left aside; none left is refused."""
    found: list[str] = []
    for descriptor in role.findall(f"{{{MD}}}KeyDescriptor"):
        if descriptor.get("use") in {None, "signing"}:
            for one in descriptor.iter(f"{{{DS}}}X509Certificate"):
                try:
                    found.append(pem(certificate(one.text or "")))
                except AssertionRefused:
                    continue
    if not 0 < len(found) <= MOST_KEYS:
        raise AssertionRefused(Reason.NO_KEY)
    return tuple(dict.fromkeys(found))


def _addresses(role: Any, name: str, may_be_plain: bool, which: str = "Location") -> dict[str, str]:
    found: dict[str, str] = {}
    for one in role.findall(f"{{{MD}}}{name}"):
        binding, address = one.get("Binding"), one.get(which)
        if binding in {REDIRECT, POST} and address and binding not in found:
            found[binding] = _sound(address, may_be_plain)
    return found


def _sound(address: str, may_be_plain: bool) -> str:
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError as failure:
        raise AssertionRefused(Reason.NO_ADDRESS) from failure
    schemes = {"https", "http"} if may_be_plain else {"https"}
    plain = (
        address.isascii() and address.isprintable() and " " not in address and len(address) <= LONGEST_ADDRESS
    )
    if (
        not plain
        or parts.scheme not in schemes
        or not parts.hostname
        or parts.username is not None
        or parts.fragment
    ):
        raise AssertionRefused(Reason.NO_ADDRESS)
    return address


def _title(role: Any) -> str:
    """The name that it shows, in French when it has one."""
    names = role.findall(f".//{{{MDUI}}}DisplayName")
    french = sorted(names, key=lambda name: name.get(LANGUAGE) != "fr")
    return text_of(french[0])[:100] if french else ""


@dataclass(frozen=True)
class Us:
    """What we say of ourselves to one provider. `certificates`: PEM, the one that signs first; `asked`: names of the facts that
    we wish, by the provider's own names."""

    entity_id: str
    acs: str
    logout: str
    certificates: Sequence[str]
    name: str
    site: str
    asked: Sequence[str] = ()
    wants_signed_assertion: bool = True


def our_metadata(us: Us, until: datetime) -> bytes:
    """Our description, to give to the provider. `until`: when it should be read again."""
    top = root(MD, "EntityDescriptor", {"entityID": us.entity_id, "validUntil": written(until)})
    role = add(
        top,
        MD,
        "SPSSODescriptor",
        AuthnRequestsSigned="true",
        protocolSupportEnumeration=SAMLP,
        WantAssertionsSigned="true" if us.wants_signed_assertion else "false",
    )
    for use in ("signing", "encryption"):
        for one in us.certificates:
            _describe(role, use, one)
    for binding in (REDIRECT, POST):
        add(role, MD, "SingleLogoutService", Binding=binding, Location=us.logout)
    add(role, MD, "NameIDFormat", PERSISTENT)
    add(
        role,
        MD,
        "AssertionConsumerService",
        Binding=POST,
        Location=us.acs,
        index="0",
        isDefault="true",
    )
    if us.asked:
        service = add(role, MD, "AttributeConsumingService", index="0", isDefault="true")
        add(service, MD, "ServiceName", us.name).set(LANGUAGE, "fr")
        for name in us.asked:
            add(service, MD, "RequestedAttribute", Name=name, NameFormat=_format_of(name))
    organisation = add(top, MD, "Organization")
    for tag, text in (
        ("OrganizationName", us.name),
        ("OrganizationDisplayName", us.name),
        ("OrganizationURL", us.site),
    ):
        add(organisation, MD, tag, text).set(LANGUAGE, "fr")
    return bytes_of(top)


def _format_of(name: str) -> str:
    kind = "uri" if ":" in name else "basic"
    return f"urn:oasis:names:tc:SAML:2.0:attrname-format:{kind}"


def _describe(role: Any, use: str, one: str) -> None:
    descriptor = add(role, MD, "KeyDescriptor", use=use)
    data = add(add(descriptor, DS, "KeyInfo"), DS, "X509Data")
    lines = [line for line in one.splitlines() if line and not line.startswith("-----")]
    add(data, DS, "X509Certificate", base64.b64encode(base64.b64decode("".join(lines))).decode())
    if use == "encryption":
        for algorithm in OPENED:
            add(descriptor, MD, "EncryptionMethod", Algorithm=algorithm)
