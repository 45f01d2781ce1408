"""XML that others wrote, held to what SAML needs of XML: elements, attributes and texts, and nothing else."""

import base64
import binascii
import re
import zlib
from datetime import UTC, datetime
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from preau.foundation.assertions.words import LONGEST_MESSAGE, LONGEST_TEXT, AssertionRefused, Reason

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:Z|[+-]\d\d:\d\d)")
DECLARATION = re.compile(r"\s*<\?xml\s[^<>?]*\?>")
# Names under which documents, and the programs that read them, call an element.
IDS = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")


def decoded(text: str, longest: int = LONGEST_MESSAGE) -> bytes:
    """What a form field holds in base64."""
    if len(text) > longest * 3 // 2:
        raise AssertionRefused(Reason.TOO_LONG)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (ValueError, binascii.Error) as failure:
        raise AssertionRefused(Reason.NOT_BASE64) from failure


def inflated(packed: bytes, longest: int = LONGEST_MESSAGE) -> bytes:
    """What the redirect binding has packed (RFC 1951); never more than `longest` bytes are unpacked."""
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        raw = unpacking.decompress(packed, longest + 1)
    except zlib.error as failure:
        raise AssertionRefused(Reason.NOT_XML) from failure
    if len(raw) > longest:
        raise AssertionRefused(Reason.TOO_LONG)
    return raw


def parsed(raw: bytes, longest: int = LONGEST_MESSAGE) -> Any:
    """The root element.

    UTF-8 alone, so that what is looked at here is what the parser reads. In XML « <! » opens a document type, an entity, a
    comment or a raw section, and « <? » an instruction: no SAML program writes any of them, and every trick on texts needs one.
    """
    if len(raw) > longest:
        raise AssertionRefused(Reason.TOO_LONG)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise AssertionRefused(Reason.NOT_XML) from failure
    text = text.removeprefix("\ufeff")
    opening = DECLARATION.match(text)
    text = text[opening.end() :] if opening else text
    if "<!" in text or "<?" in text:
        raise AssertionRefused(Reason.FORBIDDEN_XML)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as failure:
        raise AssertionRefused(Reason.NOT_XML) from failure
    _no_name_twice(root)
    return root


def _no_name_twice(root: Any) -> None:
    """A signature names what it covers: a name that two elements bear covers nothing."""
    names: set[str] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):  # an entity that was never declared
            raise AssertionRefused(Reason.FORBIDDEN_XML)
        for name in filter(None, map(element.get, IDS)):
            if name in names:
                raise AssertionRefused(Reason.SAME_ID)
            names.add(name)


def only(parent: Any, tag: str) -> Any:
    """The one child of that name; refused when there is none, or more than one."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise AssertionRefused(Reason.ODD_SHAPE)
    return found[0]


def at_most_one(parent: Any, tag: str) -> Any | None:
    found = parent.findall(tag)
    if len(found) > 1:
        raise AssertionRefused(Reason.ODD_SHAPE)
    return found[0] if found else None


def text_of(element: Any) -> str:
    """All of its text: an element inside would hide a part of it from somebody."""
    if len(element):
        raise AssertionRefused(Reason.ODD_SHAPE)
    text: str = (element.text or "").strip()
    if len(text) > LONGEST_TEXT:
        raise AssertionRefused(Reason.TOO_LONG)
    return text


def name_of(element: Any) -> str:
    """The ID of a message or of an assertion."""
    name = element.get("ID") or ""
    if not NAME.fullmatch(name):
        raise AssertionRefused(Reason.ODD_SHAPE)
    return str(name)


def moment(written: str | None) -> datetime | None:
    """A date of XML Schema, with its zone; None when nothing is written."""
    if written is None:
        return None
    if not MOMENT.fullmatch(written):
        raise AssertionRefused(Reason.ODD_SHAPE)
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError) as failure:
        raise AssertionRefused(Reason.ODD_SHAPE) from failure


def written(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
