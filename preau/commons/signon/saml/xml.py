"""XML that others send, read without trust: no DTD, no entity, no network, a size, and times in one form."""

import re
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from preau.commons.signon.saml.names import XML_ID

LONGEST = 64 * 1024
DECLARED = re.compile(rb"""\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
INSTANT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z")
# An xs:ID is an NCName; of ours we only need that it is one word.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")
IDS = ("ID", "Id", "id", XML_ID)


class Malformed(Exception):
    """It is not a message that we read."""


def parse(raw: bytes, *, longest: int = LONGEST, comments: bool = False) -> Any:
    """The root of a document. `comments`: they are left out, in a file that people keep; a message has none. Raises Malformed."""
    declared = DECLARED.match(raw[:200])
    if not 0 < len(raw) <= longest or b"\0" in raw or b"<!DOCTYPE" in raw:
        raise Malformed("size or DTD")
    if declared and declared[1].lower() not in {b"utf-8", b"us-ascii"}:
        raise Malformed("encoding")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        collect_ids=False,
        remove_comments=comments,
        remove_pis=comments,
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as failure:
        raise Malformed("not XML") from failure
    info = root.getroottree().docinfo
    if info.internalDTD is not None or info.doctype:
        raise Malformed("DTD")
    _check(root)
    return root


def _check(root: Any) -> None:
    """Elements alone, whose identifiers are all different: a second one could be read where the first was signed."""
    seen: set[str] = set()
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise Malformed("comment, instruction or entity")
        for value in (node.get(name) for name in IDS):
            if value is None:
                continue
            if value in seen:
                raise Malformed("an identifier twice")
            seen.add(value)


def text_of(node: Any) -> str:
    """The whole text of an element that holds nothing else; « » when it is not there."""
    if node is None:
        return ""
    if len(node):
        raise Malformed("an element in a text")
    return (node.text or "").strip()


def instant(text: str) -> datetime:
    """« 2026-11-28T08:00:00Z ». Raises Malformed."""
    found = INSTANT.fullmatch(text)
    try:
        return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else _none()
    except ValueError as failure:
        raise Malformed("time") from failure


def _none() -> datetime:
    raise Malformed("time")


def said_at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def is_true(text: str | None) -> bool:
    return text in {"true", "1"}
