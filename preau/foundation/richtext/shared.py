"""A formatted text that several people write at once: a Yjs document, read by pycrdt. Its tree is the one that the editor of pages keeps
(ProseMirror's, by `y-tiptap`, under the name « default »); what leaves here is our canonical HTML.

A state and its updates are bytes of Yjs (version 1). Whatever order they come in, and however often, the text is the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText, get_update, merge_updates

from preau.foundation.richtext import cleaning, comparing, nodes
from preau.foundation.richtext.nodes import (
    Block,
    Break,
    Code,
    Formula,
    Inline,
    Items,
    Lines,
    Picture,
    Pre,
    Quote,
    Table,
    Text,
)

NAME = "default"
# How the editor calls our tags.
BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "codeBlock": "pre",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}
MARKS = {
    "bold": "strong",
    "italic": "em",
    "underline": "u",
    "strike": "s",
    "subscript": "sub",
    "superscript": "sup",
    "code": "code",
}
TAGS = {tag: mark for mark, tag in MARKS.items()}
# Deeper than anybody writes: what is below loses its form and keeps its words.
DEEPEST = 40
# Deeper than any page that people paste; an update that goes deeper was made to harm.
DEEPEST_SENT = 2_000
# Stands before the first word of a line, among the words that come before a passage (document.js says it too).
BEGINS = "\u2029"


class NotAnUpdate(Exception):
    """These bytes are not of Yjs, or are broken."""


def opened(state: bytes = b"", updates: Iterable[bytes] = ()) -> Any:
    """The document of a state and of what came after it. Raises NotAnUpdate."""
    doc: Any = Doc()
    for update in (state, *updates):
        if update:
            _apply(doc, update)
    return doc


def _apply(doc: Any, update: bytes) -> None:
    try:
        doc.apply_update(update)
    except (ValueError, TypeError) as error:
        raise NotAnUpdate from error
    except BaseException as error:
        # What the library of Rust did not expect is no `Exception`.
        if type(error).__name__ == "PanicException":
            raise NotAnUpdate from error
        raise


def check(update: bytes) -> None:
    """Raises NotAnUpdate for what may not be kept: broken bytes, or blocks in one another by the thousand."""
    level = [root_of(opened(update))]
    for _depth in range(DEEPEST_SENT):
        level = [child for node in level for child in node.children if not isinstance(child, XmlText)]
        if not level:
            return
    raise NotAnUpdate


def compact(state: bytes, updates: Sequence[bytes]) -> bytes:
    """One state of them all; nothing is left out, even what waits for an update that has not come. Of what was erased, its place stays and
    its words go."""
    doc = opened(state, updates)
    whole = merge_updates(*([state] if state else []), *updates)
    # A document that is read gives back what it could read; what waits is what goes beyond it.
    return bytes(merge_updates(doc.get_update(), get_update(whole, doc.get_state())))


def root_of(doc: Any) -> Any:
    return doc.get(NAME, type=XmlFragment)


# As HTML


def html_of(doc: Any) -> str:
    """Canonical HTML of the whole text."""
    return cleaning.clean("".join(_raw(child) for child in root_of(doc).children), pictures=True)


def _raw(node: Any, depth: int = 0) -> str:  # noqa: PLR0911 - one case a kind of node
    """The HTML of a node, for `cleaning` to read: every word of it is escaped."""
    if isinstance(node, XmlText):
        return "".join(_marked(piece, attrs or {}) for piece, attrs in node.diff() if isinstance(piece, str))
    if not isinstance(node, XmlElement):
        return ""
    name = node.tag
    if name == "hardBreak":
        return "<br>"
    if name == "formula":
        return nodes.as_typed(str(_told(node, "latex")))
    if name == "picture":
        return nodes.as_kept(Picture(str(_told(node, "file")), str(_told(node, "alt"))))
    if depth > DEEPEST:
        return _flat(node)
    inside = "".join(_raw(child, depth + 1) for child in node.children)
    if name == "heading":
        tag = "h4" if _level(node) >= 4 else "h3"
        return f"<{tag}>{inside}</{tag}>"
    tag = BLOCKS.get(str(name), "")
    return f"<{tag}>{inside}</{tag}>" if tag else inside


def _flat(node: Any) -> str:
    """The words under a node however deep they are, without a call for each level."""
    text, left = "", [node]
    while left:
        one = left.pop()
        if isinstance(one, XmlElement) and one.tag not in {"hardBreak", "formula", "picture"}:
            text += " "
            left += reversed(list(one.children))
        else:
            text += _raw(one)
    return text


def _told(node: Any, name: str) -> Any:
    return dict(node.attributes).get(name, "")


def _level(node: Any) -> float:
    try:
        return float(_told(node, "level"))
    except (TypeError, ValueError):
        return 3


def _marked(words: str, marks: dict[str, Any]) -> str:
    text = escape(words, quote=False)
    # Always in the same order, whatever order the marks come in; a link is around the others.
    for name, value in sorted(marks.items(), key=lambda mark: (mark[0].startswith("link"), mark[0])):
        # « bold--a1b2 »: two marks of one kind on the same words.
        kind = name.partition("--")[0]
        if kind == "link" and isinstance(value, dict):
            text = f'<a href="{escape(str(value.get("href", "")))}">{text}</a>'
        elif kind in MARKS and value is not None:
            text = f"<{MARKS[kind]}>{text}</{MARKS[kind]}>"
    return text


# Blocks, and what replaces some of them


def blocks_of(html: str) -> list[str]:
    """The blocks of a canonical text, each as HTML."""
    return [nodes.html_of([block]) for block in cleaning.read(html, pictures=True)]


@dataclass(frozen=True)
class _Group:
    """Children of the root, from `start` to `end`, that show as these blocks."""

    start: int
    end: int
    blocks: tuple[str, ...]


def _groups(root: Any) -> list[_Group]:
    """Children that show as one block (two lists that follow each other) stand together; what shows nothing goes with what is before it."""
    raws = [_raw(child) for child in root.children]
    runs: list[_Group] = []
    melting: set[int] = set()
    for at, raw in enumerate(raws):
        alone = tuple(blocks_of(raw))
        last = runs[-1] if runs else None
        if not alone and last:
            runs[-1] = _Group(last.start, at + 1, last.blocks)
        elif last and last.blocks and alone and _melts(last.blocks[-1], alone[0]):
            runs[-1] = _Group(last.start, at + 1, alone)
            melting.add(len(runs) - 1)
        else:
            runs.append(_Group(at, at + 1, alone))
    # Those that melt are read together once, when all of them are known.
    return [
        _Group(one.start, one.end, tuple(blocks_of("".join(raws[one.start : one.end]))))
        if rank in melting
        else one
        for rank, one in enumerate(runs)
    ]


def _melts(one: str, other: str) -> bool:
    """Two lists of one kind, or two quotes, are one where they follow each other."""
    return any(one.startswith(tag) and other.startswith(tag) for tag in ("<ul>", "<ol>", "<blockquote>"))


def replace(doc: Any, base: str, html: str) -> tuple[bytes, int]:
    """Write `html` where `base` was read: the blocks that differ between the two are replaced, the others stay as they are now, whoever wrote
    in them meanwhile. Both are canonical.

    Returns the update (b"" when nothing changes), and how many blocks had changed on both sides: each then stands beside the other.
    """
    before = doc.get_state()
    root = root_of(doc)
    with doc.transaction():
        changes, clashes = _write(root, blocks_of(base), cleaning.read(html, pictures=True))
    return (bytes(doc.get_update(before)) if changes else b""), clashes


def _write(root: Any, old: list[str], wanted: list[Block]) -> tuple[int, int]:
    """How many places changed, and how many blocks of `old` stood there no more."""
    groups = _groups(root)
    now = [block for group in groups for block in (group.blocks or ("",))]
    holder = [rank for rank, group in enumerate(groups) for _block in (group.blocks or ("",))]
    new = [nodes.html_of([block]) for block in wanted]
    # Where each block that was read stands now, if it is still the same; and what stands before it.
    stands: dict[int, int] = {}
    for kind, first, last, start, _end in comparing.changes(old, now):
        if kind == "equal":
            stands |= {first + step: start + step for step in range(last - first)}
    before = list(accumulate((stands.get(rank, -1) for rank in range(len(old))), max, initial=-1))
    clashes = 0
    changes = [code for code in comparing.changes(old, new) if code[0] != "equal"]
    for _kind, first, last, start, end in reversed(changes):
        there = [stands[rank] for rank in range(first, last) if rank in stands]
        gone = sorted({holder[rank] for rank in there})
        clashes += (last - first) - len(there)
        kept = _not_replaced(groups, gone, now, holder, set(there))
        at = _place(groups, holder, before[first], first, gone)
        for rank in reversed(gone):
            del root.children[groups[rank].start : groups[rank].end]
        _insert(root, at, [*wanted[start:end], *kept])
    return len(changes), clashes


def _not_replaced(
    groups: list[_Group], gone: list[int], now: list[str], holder: list[int], there: set[int]
) -> list[Block]:
    """Blocks that share a child of the root with one that is replaced: they are written again after it."""
    if not gone:
        return []
    near = range(bisect_left(holder, gone[0]), bisect_right(holder, gone[-1]))
    groups_gone = set(gone)
    lost = [rank for rank in near if holder[rank] in groups_gone and rank not in there]
    return cleaning.read("".join(now[rank] for rank in lost), pictures=True)


def _place(groups: list[_Group], holder: list[int], before: int, first: int, gone: list[int]) -> int:
    """Before which child of the root new blocks go: where the ones they replace begin, else after the nearest that stands before them."""
    if gone:
        return groups[gone[0]].start
    if before >= 0:
        return groups[holder[before]].end
    return 0 if first == 0 else _length(groups)


def _length(groups: list[_Group]) -> int:
    return groups[-1].end if groups else 0


def _insert(root: Any, at: int, blocks: Sequence[Block]) -> None:
    for block in blocks:
        _put(root, at, block)
        at += 1


def _put(parent: Any, at: int, block: Block) -> None:
    if isinstance(block, Lines):
        attributes = {} if block.tag == "p" else {"level": 3 if block.tag == "h3" else 4}
        _fill(_child(parent, at, "paragraph" if block.tag == "p" else "heading", attributes), block.inside)
    elif isinstance(block, Pre):
        _fill(_child(parent, at, "codeBlock"), [Text(block.words)])
    elif isinstance(block, Picture):
        _child(parent, at, "picture", {"file": block.key, "alt": block.alt})
    elif isinstance(block, Quote):
        _insert(_child(parent, at, "blockquote"), 0, block.blocks)
    elif isinstance(block, Items):
        whole = _child(parent, at, "bulletList" if block.tag == "ul" else "orderedList")
        for rank, item in enumerate(block.items):
            # The editor's items begin by a paragraph.
            begins = bool(item) and isinstance(item[0], Lines) and item[0].tag == "p"
            _insert(_child(whole, rank, "listItem"), 0, item if begins else [Lines("p", []), *item])
    else:
        _put_table(_child(parent, at, "table"), block)


def _put_table(whole: Any, table: Table) -> None:
    for rank, row in enumerate(table.rows):
        line = _child(whole, rank, "tableRow")
        for place, cell in enumerate(row):
            name = "tableHeader" if table.has_head and not rank else "tableCell"
            attributes = {"colspan": 1, "rowspan": 1}
            _fill(_child(_child(line, place, name, attributes), 0, "paragraph"), cell)


def _child(parent: Any, at: int, name: str, attributes: dict[str, Any] | None = None) -> Any:
    parent.children.insert(at, XmlElement(name, attributes or {}))
    return parent.children[at]


def _fill(place: Any, inside: Sequence[Inline]) -> None:
    text: Any = None
    for words, marks in _pieces(inside, {}):
        if isinstance(words, str):
            if text is None:
                place.children.append(XmlText(""))
                text = place.children[len(place.children) - 1]
            text.insert(len(text), words, marks or None)
        else:
            text = None
            attributes = {"latex": words.words} if isinstance(words, Formula) else {}
            place.children.append(XmlElement("formula" if attributes else "hardBreak", attributes))


def _pieces(inside: Sequence[Inline], marks: dict[str, Any]) -> Iterable[tuple[Any, dict[str, Any]]]:
    for node in inside:
        if isinstance(node, Text):
            yield node.words, marks
        elif isinstance(node, Code):
            yield node.words, marks | {"code": {}}
        elif isinstance(node, Break | Formula):
            yield node, marks
        elif node.tag == "a":
            yield from _pieces(node.inside, marks | {"link": {"href": node.href}})
        else:
            yield from _pieces(node.inside, marks | {TAGS[node.tag]: {}})


def begun(html: str) -> bytes:
    """The state of a new document that says this canonical text."""
    doc: Any = Doc()
    root = root_of(doc)
    with doc.transaction():
        _insert(root, 0, cleaning.read(html, pictures=True))
    return bytes(doc.get_update())


# Words of a passage


def swap(doc: Any, passage: str, prefix: str, words: str) -> bytes | None:
    """Put `words` in the place of a passage within one line: the one that comes after `prefix` where there are several.

    Returns the update; None when the passage is not there any more, or when nothing says which one it is.
    """
    found = places_of(doc, passage, prefix)
    if len(found) != 1:
        return None
    text, at = found[0]
    before = doc.get_state()
    content = words_of(text)
    start = len(content[:at].encode())
    marks = _marks_at(text, at)
    with doc.transaction():
        del text[start : start + len(passage.encode())]
        if words:
            text.insert(start, words, marks or None)
    return bytes(doc.get_update(before))


def places_of(doc: Any, passage: str, prefix: str = "") -> list[tuple[Any, int]]:
    """Where a passage stands: each text node, and the rank of its first sign there. Where there are several, those that come after
    `prefix`: the words before it, which `BEGINS` says are all that the line has."""
    if not passage:
        return []
    found = [(text, at) for text in _texts(root_of(doc)) for at in _all_in(words_of(text), passage)]
    if len(found) < 2 or not prefix:
        return found
    return [(text, at) for text, at in found if (BEGINS + words_of(text)[:at]).endswith(prefix)]


def words_of(text: Any) -> str:
    """The words of a text node."""
    return "".join(piece for piece, _attrs in text.diff() if isinstance(piece, str))


def _all_in(text: str, passage: str) -> Iterable[int]:
    at = text.find(passage)
    while at >= 0:
        yield at
        at = text.find(passage, at + 1)


def _marks_at(text: Any, at: int) -> dict[str, Any]:
    for piece, attrs in text.diff():
        if at < len(piece):
            return attrs or {}
        at -= len(piece)
    return {}


def _texts(node: Any) -> Iterable[Any]:
    left = list(reversed(list(node.children)))
    while left:
        one = left.pop()
        if isinstance(one, XmlText):
            yield one
        elif isinstance(one, XmlElement):
            left += reversed(list(one.children))
