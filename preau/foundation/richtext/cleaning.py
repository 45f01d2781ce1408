"""From any HTML to ours: nh3 drops what is dangerous, then what is left is read into `nodes` and written anew.

Nothing that came in is copied out: tags and attributes are those of `nodes.html_of`, so that a parser that reads
otherwise than ours finds nothing to misread.
"""

import re
from html import unescape

import nh3

from preau.foundation.richtext import nodes
from preau.foundation.richtext.nodes import (
    LONGEST_FORMULA,
    MARKS,
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
    Span,
    Table,
    Text,
)

SAME = {
    "b": "strong",
    "i": "em",
    "ins": "u",
    "del": "s",
    "strike": "s",
    "h1": "h3",
    "h2": "h3",
    "h5": "h4",
    "h6": "h4",
}
NESTING = {"ul", "ol", "blockquote", "table"}
BLOCKS = {"p", "div", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "table", "tr", "td", "th"}
TAGS = BLOCKS | set(MARKS) | set(SAME) | {"br", "a", "code", "span", "thead", "tbody"}
DROPPED = {
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "iframe",
    "textarea",
    "select",
    "svg",
    "math",
    "object",
}
TAG = re.compile(r'<(/?)([a-z0-9]+)((?:\s+[a-z-]+="[^"]*")*)\s*>')
SOURCE = "image:"
KEY, LONGEST_ALT = re.compile(r"[A-Za-z0-9_-]{1,64}"), 300
ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
ADDRESS = re.compile(r"(?:https?://|mailto:|/(?![/\\]))[^\s<>\"]+", re.IGNORECASE)
LEVEL = re.compile(
    r"<(/?)(?:ul|ol|dl|blockquote|table|div|section|article|span|font|center|details)\b", re.IGNORECASE
)
MOST_LEVELS = 200
# Signs that no file of words may hold (XML 1.0).
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
# Lists in lists and quotes in quotes: deeper ones are brought back to this.
DEEPEST = 5
# Marks open at once, those that change nothing included.
MOST_MARKS = 30


def clean(html: str, *, pictures: bool = False) -> str:
    """The canonical form of a formatted text; whatever is not ours loses its form and keeps its words.

    `pictures`: those that a house keeps beside the text stay in it, by their key (« image:key » for a source); an address never does.
    """
    return nodes.html_of(read(html, pictures=pictures))


def read(html: str, *, pictures: bool = False) -> list[Block]:
    """The blocks of any HTML."""
    kept = nh3.clean(
        _shallow(UNSEEN.sub("", html)),
        tags=TAGS | {"img"} if pictures else TAGS,
        clean_content_tags=DROPPED,
        link_rel=None,
        attributes={"a": {"href"}, "span": {"data-formula"}, "img": {"data-file", "src", "alt"}},
        url_schemes={"http", "https", "mailto", "image"},
    )
    # Those that were written « &#1; » as well.
    kept = UNSEEN.sub("", kept)
    reader, at = _Reader(), 0
    for found in TAG.finditer(kept):
        reader.text(unescape(kept[at : found.start()]))
        at = found.end()
        tag = SAME.get(found[2], found[2])
        if found[1]:
            reader.close(tag)
        else:
            reader.open(tag, {name: unescape(value) for name, value in ATTRIBUTE.findall(found[3])})
    reader.text(unescape(kept[at:]))
    return reader.done()


def _shallow(html: str) -> str:
    """The same; but what goes deeper than anybody writes loses its tags, since each level costs a reader more."""
    depth = 0
    for found in LEVEL.finditer(html):
        depth = max(depth + (-1 if found[1] else 1), 0)
        if depth > MOST_LEVELS:
            return re.sub(r"<[^>]*>?", " ", html)
    return html


def address(href: str) -> str:
    """An address that a link may have, or "". Brackets and spaces would end it in the plain form."""
    href = re.sub(r"[\x00-\x20\x7f]", "", href)[:2000]
    href = href.replace("\\", "%5C").replace("(", "%28").replace(")", "%29")
    return href if ADDRESS.fullmatch(href) else ""


def alternative(words: str) -> str:
    """What a picture shows, on one line, without what would end it in the plain form."""
    words = " ".join(words.replace("[", "(").replace("]", ")").split())
    return words[:LONGEST_ALT].rstrip()


def formula(words: str) -> str:
    """LaTeX on one line, without what would end it in the plain form."""
    words = " ".join(re.sub(r"(?<!\\)\$", "", words).split())[:LONGEST_FORMULA]
    return words.rstrip("\\ ")


class _Reader:
    """Reads tags in order. `places` are the blocks being filled; `spans` the marks that are open in the present line."""

    def __init__(self) -> None:
        self.root: list[Block] = []
        self.places: list[tuple[str, list[Block], object]] = [("root", self.root, None)]
        self.line: list[Inline] = []
        # None: a mark in the same mark, or a link to nowhere, which changes nothing.
        self.spans: list[Span | None] = []
        self.tag, self.raw, self.cell, self.code, self.maths = "p", 0, 0, 0, 0

    # Words

    def text(self, words: str) -> None:
        if not words or self.maths:
            return
        if self.code and not self.raw:
            last = self._inside()
            if last and isinstance(last[-1], Code):
                last[-1] = Code(last[-1].words + words)
            else:
                last.append(Code(words))
        else:
            self._inside().append(Text(words))

    def _inside(self) -> list[Inline]:
        last = next(filter(None, reversed(self.spans)), None)
        return last.inside if last else self.line

    # Tags

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "br":
            self._inside().append(Text("\n") if self.raw else Break())
        elif tag == "span":
            if words := formula(attributes.get("data-formula", "")):
                self._inside().append(Formula(words))
            self.maths += 1 if words or self.maths else 0
        elif tag == "code":
            self.code += 1
        elif tag == "img":
            self._put_picture(attributes)
        elif tag in MARKS or tag == "a":
            self._open_span(tag, attributes)
        elif tag in BLOCKS:
            self._open_block(tag)

    def _open_span(self, tag: str, attributes: dict[str, str]) -> None:
        href = address(attributes.get("href", "")) if tag == "a" else ""
        useless = len(self.spans) > MOST_MARKS or any(span and span.tag == tag for span in self.spans)
        span = None if useless or (tag == "a" and not href) else Span(tag, [], href)
        if span:
            self._inside().append(span)
        self.spans.append(span)

    def _put_picture(self, attributes: dict[str, str]) -> None:
        """A block of its own; in a cell, what it shows in words."""
        source = attributes.get("src", "")
        named = source.removeprefix(SOURCE) if source.startswith(SOURCE) else ""
        key, alt = attributes.get("data-file", "") or named, alternative(attributes.get("alt", ""))
        if not KEY.fullmatch(key) or self.maths:
            return
        if self.cell or self.raw:
            self.text(f" {alt} ")
            return
        self._end_line()
        where = self.places[-2][1] if isinstance(self._owner(), Items | Table) else self.places[-1][1]
        where.append(Picture(key, alt))

    def _open_block(self, tag: str) -> None:
        if self.cell and tag not in {"table", "tr", "td", "th"}:
            self._inside().append(Text(" "))
            return
        self._end_line()
        if tag in {"h3", "h4"}:
            self.tag = tag
        elif tag == "pre":
            self.raw += 1
        elif tag == "li":
            self._open_item()
        elif tag in {"tr", "td", "th"}:
            self._open_row(tag)
        elif tag in NESTING and not self.cell:
            self._enter(tag)

    def _open_row(self, tag: str) -> None:
        table = self._owner()
        if isinstance(table, Table) and tag == "tr":
            table.rows.append([])
        elif isinstance(table, Table):
            self._open_cell(table, tag)

    def _owner(self) -> object:
        return self.places[-1][2]

    def _depth(self) -> int:
        return sum(place[0] in {"ul", "ol", "blockquote"} for place in self.places)

    def _enter(self, tag: str) -> None:
        if self._depth() >= DEEPEST:
            return
        block: Block = Quote([]) if tag == "blockquote" else Table([]) if tag == "table" else Items(tag, [])
        self._where().append(block)
        self.places.append((tag, block.blocks if isinstance(block, Quote) else [], block))

    def _where(self) -> list[Block]:
        """Where a list, a quote or a table goes: one that stands right in a list, as many programs write it, belongs to the item before."""
        owner = self._owner()
        if isinstance(owner, Items):
            if not owner.items:
                owner.items.append([])
            return owner.items[-1]
        return self.places[-2][1] if isinstance(owner, Table) else self.places[-1][1]

    def _open_item(self) -> None:
        while self.places[-1][0] == "li":
            self._leave("li")
        owner = self._owner()
        if isinstance(owner, Items):
            owner.items.append([])
            self.places.append(("li", owner.items[-1], None))

    def _open_cell(self, table: Table, tag: str) -> None:
        if not table.rows:
            table.rows.append([])
        table.has_head |= tag == "th" and len(table.rows) == 1
        self.cell += 1

    def close(self, tag: str) -> None:
        if tag == "span":
            self.maths = max(self.maths - 1, 0)
        elif tag == "code":
            self.code = max(self.code - 1, 0)
        elif tag in MARKS or tag == "a":
            if self.spans:
                self.spans.pop()
        elif tag in BLOCKS:
            self._close_block(tag)

    def _close_block(self, tag: str) -> None:
        if self.cell:
            if tag in {"td", "th"}:
                self._end_cell()
            else:
                self._inside().append(Text(" "))
            return
        self._end_line()
        if tag == "pre":
            self.raw = max(self.raw - 1, 0)
        elif tag in {"ul", "ol", "blockquote", "table", "li"}:
            self._leave(tag)
        self.tag = "p"

    def _leave(self, tag: str) -> None:
        self._end_line()
        if any(place[0] == tag for place in self.places):
            while self.places.pop()[0] != tag:
                pass

    def _end_cell(self) -> None:
        self.cell = 0
        table = self._owner()
        if isinstance(table, Table):
            table.rows[-1].append(nodes.tidy_inline(self.line, breaks=False))
        self.line, self.spans = [], []

    def _end_line(self) -> None:
        """What was read since the last block becomes one: a paragraph, a heading, a text kept as it is."""
        inside, self.line, self.spans = self.line, [], []
        if not inside:
            return
        where = self.places[-1][1]
        if self.raw:
            if words := _raw(inside):
                where.append(Pre(words))
            return
        owner = self._owner()
        if isinstance(owner, Items | Table):
            # Words between the items of a list: browsers show them; they become an item.
            where = self.places[-2][1]
        for part in _paragraphs(inside) if self.tag == "p" else [inside]:
            if line := nodes.tidy_inline(part, breaks=self.tag == "p"):
                where.append(Lines(self.tag, line))

    def done(self) -> list[Block]:
        if self.cell:
            self._end_cell()
        self._end_line()
        return nodes.tidy(self.root)


def _paragraphs(inside: list[Inline]) -> list[list[Inline]]:
    """Two ends of line one after the other begin a new paragraph."""
    parts: list[list[Inline]] = [[]]
    for rank, one in enumerate(inside):
        after_break = bool(parts[-1]) and isinstance(parts[-1][-1], Break)
        if isinstance(one, Break) and (after_break or (rank and not parts[-1])):
            if after_break:
                parts[-1].pop()
                parts.append([])
        elif isinstance(one, Text) and not one.words.strip(" \t\r\n\f") and after_break:
            continue
        else:
            parts[-1].append(one)
    return parts


def _raw(inside: list[Inline]) -> str:
    words = "".join(
        _raw(inline.inside)
        if isinstance(inline, Span)
        else "\n"
        if isinstance(inline, Break)
        else inline.words
        for inline in inside
    )
    return "\n".join(line.rstrip(" ") for line in _plain_ends(words).expandtabs(4).split("\n")).strip("\n")


def _plain_ends(words: str) -> str:
    return words.replace("\r\n", "\n").replace("\r", "\n")
