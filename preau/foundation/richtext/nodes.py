"""What a formatted text is made of, and how it is written as HTML. Every text in it is escaped here, and only here."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

MARKS = ("strong", "em", "u", "s", "sub", "sup")
LONGEST_FORMULA = 500


@dataclass(frozen=True)
class Text:
    words: str


@dataclass(frozen=True)
class Break:
    """A line that ends inside a paragraph."""


@dataclass(frozen=True)
class Code:
    words: str


@dataclass(frozen=True)
class Formula:
    """LaTeX, as it was typed."""

    words: str


@dataclass
class Span:
    """A mark, or a link when it has an address."""

    tag: str
    inside: list["Inline"] = field(default_factory=list)
    href: str = ""


Inline: TypeAlias = "Text | Break | Code | Formula | Span"


@dataclass
class Lines:
    """A paragraph or a heading: `tag` is p, h3 or h4."""

    tag: str
    inside: list[Inline]


@dataclass
class Pre:
    words: str


@dataclass
class Quote:
    blocks: list["Block"]


@dataclass
class Items:
    """A list, ordered or not: each item is blocks."""

    tag: str
    items: list[list["Block"]]


@dataclass
class Picture:
    """A picture by its key, which whoever keeps the text knows; `alt`: what it shows, for who does not see it."""

    key: str
    alt: str


@dataclass
class Table:
    """Rows of cells; the first row may be a head."""

    rows: list[list[list[Inline]]]
    has_head: bool = False


Block: TypeAlias = "Lines | Pre | Quote | Items | Picture | Table"


# As HTML

Draw = Callable[[str], str]
Frame = Callable[[Picture], str]


def as_typed(words: str) -> str:
    """A formula as it is kept."""
    return f'<span data-formula="{escape(words)}">{escape(words, quote=False)}</span>'


def as_kept(picture: Picture) -> str:
    """A picture as it is kept."""
    return f'<img data-file="{escape(picture.key)}" alt="{escape(picture.alt)}">'


def html_of(blocks: Sequence[Block], draw: Draw = as_typed, frame: Frame = as_kept) -> str:
    """`draw`: how a formula is written; `frame`: how a picture is."""
    return "".join(_block(block, draw, frame) for block in blocks)


def _block(block: Block, draw: Draw, frame: Frame) -> str:
    if isinstance(block, Lines):
        return f"<{block.tag}>{_inside(block.inside, draw)}</{block.tag}>"
    if isinstance(block, Pre):
        return f"<pre>{escape(block.words, quote=False)}</pre>"
    if isinstance(block, Quote):
        return f"<blockquote>{html_of(block.blocks, draw, frame)}</blockquote>"
    if isinstance(block, Items):
        items = "".join(f"<li>{_item(item, draw, frame)}</li>" for item in block.items)
        return f"<{block.tag}>{items}</{block.tag}>"
    if isinstance(block, Picture):
        return frame(block)
    return _table(block, draw)


def _item(blocks: Sequence[Block], draw: Draw, frame: Frame) -> str:
    """The first paragraph of an item stands in it by itself, unless another follows."""
    first, rest = blocks[0], blocks[1:]
    if isinstance(first, Lines) and first.tag == "p" and not any(isinstance(one, Lines) for one in rest):
        return _inside(first.inside, draw) + html_of(rest, draw, frame)
    return html_of(blocks, draw, frame)


def _table(table: Table, draw: Draw) -> str:
    head = table.rows[:1] if table.has_head else []
    header = "".join(f"<thead>{_row(row, 'th', draw)}</thead>" for row in head)
    body = "".join(_row(row, "td", draw) for row in table.rows[len(head) :])
    return f"<table>{header}<tbody>{body}</tbody></table>"


def _row(row: list[list[Inline]], tag: str, draw: Draw) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return f"<tr>{''.join(f'<{tag}{scope}>{_inside(cell, draw)}</{tag}>' for cell in row)}</tr>"


def _inside(nodes: Iterable[Inline], draw: Draw) -> str:
    return "".join(_inline(node, draw) for node in nodes)


def _inline(node: Inline, draw: Draw) -> str:
    if isinstance(node, Text):
        return escape(node.words, quote=False)
    if isinstance(node, Break):
        return "<br>"
    if isinstance(node, Code):
        return f"<code>{escape(node.words, quote=False)}</code>"
    if isinstance(node, Formula):
        return draw(node.words)
    if node.tag == "a":
        return f'<a href="{escape(node.href)}" rel="noopener noreferrer">{_inside(node.inside, draw)}</a>'
    return f"<{node.tag}>{_inside(node.inside, draw)}</{node.tag}>"


# Put in order: one way to write what looks the same


def tidy_inline(nodes: Iterable[Inline], *, breaks: bool = True) -> list[Inline]:
    """Neighbouring texts are one, runs of spaces are one space, none stands at either end or beside the end of a line."""
    return _trimmed(_Spaces(breaks=breaks).kept(nodes))


def tidy(blocks: Iterable[Block]) -> list[Block]:
    """Nothing empty; two lists of one kind, or two quotes, that follow each other are one; rows of one length."""
    out: list[Block] = []
    for block in blocks:
        if _holds_something(block):
            _hang(out, block)
    return out


def _hang(out: list[Block], block: Block) -> None:
    """Both are in order already: only where they meet is looked at, however many there are."""
    last = out[-1] if out else None
    if isinstance(block, Items) and isinstance(last, Items) and last.tag == block.tag:
        last.items.extend(block.items)
    elif isinstance(block, Quote) and isinstance(last, Quote):
        for one in block.blocks:
            _hang(last.blocks, one)
    else:
        out.append(block)


def _items(items: Iterable[list[Block]]) -> list[list[Block]]:
    return [item for item in map(tidy, items) if item]


def _holds_something(block: Block) -> bool:
    """Once it is in order, is there anything in it?"""
    if isinstance(block, Items):
        block.items = _items(block.items)
        return bool(block.items)
    if isinstance(block, Quote):
        block.blocks = tidy(block.blocks)
        return bool(block.blocks)
    if isinstance(block, Table):
        _tidy_table(block)
        return bool(block.rows)
    return True


def _tidy_table(table: Table) -> None:
    table.rows = [[_in_a_cell(cell) for cell in row] for row in table.rows if row]
    table.has_head = table.has_head and len(table.rows) > 1
    width = max(map(len, table.rows), default=0)
    if not any(cell for row in table.rows for cell in row):
        table.rows = []
    for row in table.rows:
        row.extend([] for _missing in range(width - len(row)))


def _in_a_cell(inside: list[Inline]) -> list[Inline]:
    """A bar ends a cell in the plain form: in a formula, it is called by its name."""
    out: list[Inline] = []
    for node in inside:
        if isinstance(node, Formula) and "|" in node.words:
            words = node.words.replace("\\|", "\\Vert ").replace("|", "\\vert ")
            node = Formula(" ".join(words.split())[:LONGEST_FORMULA].rstrip("\\ "))
        out.append(Span(node.tag, _in_a_cell(node.inside), node.href) if isinstance(node, Span) else node)
    return out


class _Spaces:
    """Spaces seen from left to right, through marks."""

    def __init__(self, *, breaks: bool) -> None:
        self.breaks, self.after_space = breaks, True

    def kept(self, nodes: Iterable[Inline]) -> list[Inline]:
        out: list[Inline] = []
        for node in nodes:
            for one in self._one(node):
                _join(out, one)
        return out

    def _one(self, node: Inline) -> Iterator[Inline]:
        if isinstance(node, Break) and not self.breaks:
            node = Text(" ")
        if isinstance(node, Text):
            words = re.sub(r"[ \t\r\n\f]+", " ", node.words)
            words = words[1:] if self.after_space and words.startswith(" ") else words
            if words:
                self.after_space = words.endswith(" ")
                yield Text(words)
        elif isinstance(node, Break):
            self.after_space = True
            yield node
        elif isinstance(node, Span):
            inside = self.kept(node.inside)
            # A mark around nothing is nothing; around a space alone, a space.
            if any(
                not isinstance(one, Break | Text) or (isinstance(one, Text) and one.words.strip(" "))
                for one in inside
            ):
                yield Span(node.tag, inside, node.href)
            else:
                yield from inside
        elif node.words:
            self.after_space = False
            yield node


def _join(out: list[Inline], node: Inline) -> None:
    last = out[-1] if out else None
    if isinstance(node, Text) and isinstance(last, Text):
        out[-1] = Text(last.words + node.words)
    elif isinstance(node, Break) and isinstance(last, Break):
        return
    elif isinstance(node, Code) and isinstance(last, Code):
        out[-1] = Code(last.words + node.words)
    elif isinstance(node, Span) and isinstance(last, Span) and (last.tag, last.href) == (node.tag, node.href):
        for one in node.inside:
            _join(last.inside, one)
    else:
        out.append(node)


def _trimmed(nodes: list[Inline]) -> list[Inline]:
    """No space before the end of a line or of the text; no break at either end."""
    while nodes and isinstance(nodes[0], Break):
        del nodes[0]
    _trim_end(nodes, last=True)
    return nodes


def _trim_end(nodes: list[Inline], *, last: bool) -> None:
    """`last`: nothing, or the end of a line, comes after these."""
    for rank in range(len(nodes) - 1, -1, -1):
        node = nodes[rank]
        if last and isinstance(node, Text):
            nodes[rank] = Text(node.words.rstrip(" "))
        elif isinstance(node, Span):
            _trim_end(node.inside, last=last)
        empty = (isinstance(nodes[rank], Text) and not getattr(nodes[rank], "words", "")) or (
            isinstance(node, Span) and not node.inside
        )
        if empty or (last and isinstance(node, Break)):
            del nodes[rank]
            continue
        last = isinstance(node, Break)
