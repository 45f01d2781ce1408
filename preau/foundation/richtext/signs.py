"""Formatted text as plain text with light signs, for whoever types without JavaScript.

**gras**, *italique*, ++souligné++, ~~barré~~, H_{2}O, x^{2}, `code`, $formule$, [mots](adresse); a line that begins with « - »,
« 1. », « ## », « ### », « > » or « | », a line « ![what it shows](image:key) » where a text has pictures, and ``` around a text kept as it is. A sign counts where a word begins and ends;
in braces, {**so**}, it counts anywhere; after a backslash, nowhere.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from preau.foundation.richtext import nodes
from preau.foundation.richtext.cleaning import DEEPEST, address, alternative, formula, read
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
    Span,
    Table,
    Text,
)

SIGNS = {"strong": "**", "em": "*", "u": "++", "s": "~~"}
TAGS = {sign: tag for tag, sign in SIGNS.items()}
SPECIAL = re.compile(r"[\\*`$\[\]{}]|\+\+|~~|[_^](?=\{|$)|\+(?=$)|~(?=$)")
BEGINS = re.compile(r"(?:[-•>] |[-•>]$|\d{1,9}[.)] |\d{1,9}[.)]$|#{2,3} |#{2,3}$|```|\|)")
BEFORE, AFTER = " \n\u00a0\u202f(«“\"'’", ' \n\u00a0\u202f)».,;:!?…”"'
# What a mark may begin and end with, and stay without braces.
EDGES = "()«»’%°€"
HEADINGS = {"h3": "## ", "h4": "### "}


# Writing


def to_plain(html: str, *, pictures: bool = False) -> str:
    """A canonical text as its light signs."""
    return "\n".join(_written(read(html, pictures=pictures)))


def _written(blocks: Sequence[Block]) -> Iterator[str]:
    """Lines; an empty one between blocks, except before the list of an item or of a sentence."""
    for rank, block in enumerate(blocks):
        if rank and not (isinstance(block, Items) and isinstance(blocks[rank - 1], Lines)):
            yield ""
        yield from _lines(block)


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Lines):
        text = _signs(block.inside)
        yield from (
            [HEADINGS[block.tag] + text] if block.tag in HEADINGS else map(_guarded, text.split("\n"))
        )
    elif isinstance(block, Pre):
        yield from [
            "```",
            *(("\\" + one) if one.lstrip("\\").startswith("```") else one for one in block.words.split("\n")),
            "```",
        ]
    elif isinstance(block, Picture):
        yield f"![{block.alt}](image:{block.key})"
    elif isinstance(block, Quote):
        yield from (f"> {line}".rstrip(" ") for line in _written(block.blocks))
    elif isinstance(block, Items):
        for rank, item in enumerate(block.items, start=1):
            mark = "- " if block.tag == "ul" else f"{rank}. "
            for number, line in enumerate(_written(item)):
                yield (f"  {line}".rstrip(" ") if number else mark + line)
    else:
        yield from _table_lines(block)


def _table_lines(table: Table) -> Iterator[str]:
    for rank, row in enumerate(table.rows):
        yield "| " + " | ".join(map(_cell, row)) + " |"
        if table.has_head and not rank:
            yield "|" + " --- |" * len(row)


def _cell(inside: Sequence[Inline]) -> str:
    text = _signs(inside).replace("|", r"\|")
    return f"\\{text}" if re.fullmatch(r":?-{3,}:?", text) else text


def _guarded(line: str) -> str:
    """A line that begins as a block does, and is none."""
    if numbered := re.match(r"(\d+)([.)](?: |$))", line):
        return f"{numbered[1]}\\{line[numbered.end(1) :]}"
    return f"\\{line}" if BEGINS.match(line) else line


def _signs(inside: Sequence[Inline], before: str = "\n", after: str = "\n") -> str:
    out = ""
    for rank, node in enumerate(inside):
        previous = out[-1] if out else before
        follows = _first(inside[rank + 1]) if rank + 1 < len(inside) else after
        out += _sign(node, previous, follows)
    return out


def _first(node: Inline) -> str:
    """The sign that a node begins with, as far as a neighbour must know: a letter, a space or an end of line."""
    if isinstance(node, Break):
        return "\n"
    return node.words[0] if isinstance(node, Text) else "*"


def _sign(node: Inline, before: str, after: str) -> str:
    if isinstance(node, Text):
        return SPECIAL.sub(lambda found: "".join("\\" + one for one in found[0]), node.words)
    if isinstance(node, Break):
        return "\n"
    loose = before in BEFORE and after in AFTER
    if isinstance(node, Code | Formula):
        return _kept(node, loose=loose)
    if node.tag == "a":
        return f"[{_signs(node.inside, '*', '*')}]({node.href})"
    if node.tag in {"sub", "sup"}:
        return f"{'_' if node.tag == 'sub' else '^'}{{{_signs(node.inside, '*', '*')}}}"
    text = _signs(node.inside, "*", "*")
    edges = all(one.isalnum() or one in EDGES for one in (text[:1], text[-1:]))
    return _around(SIGNS[node.tag], text, loose=loose and edges)


def _kept(node: Code | Formula, *, loose: bool) -> str:
    """What holds no sign of ours."""
    if isinstance(node, Formula):
        return _around("$", node.words, loose=loose)
    text = re.sub(r"([\\`])", r"\\\1", node.words)
    return _around("`", text, loose=loose and text.strip(" ") == text)


def _around(sign: str, text: str, *, loose: bool) -> str:
    return f"{sign}{text}{sign}" if loose else f"{{{sign}{text}{sign}}}"


# Reading


def from_plain(text: str, *, pictures: bool = False) -> str:
    """The canonical HTML of a text typed with signs, or without any: its paragraphs, its lists."""
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    return nodes.html_of(nodes.tidy(_blocks(lines, 0, pictures)))


PICTURE = re.compile(r"!\[([^\]]*)\]\(image:([A-Za-z0-9_-]{1,64})\)")
ITEM = re.compile(r"(?:[-•]|(\d{1,9})[.)])(?: +|$)")


def _blocks(lines: list[str], depth: int, pictures: bool) -> list[Block]:  # noqa: C901 - one case a kind of block
    out: list[Block] = []
    rank = 0
    while rank < len(lines):
        line = lines[rank].strip(" ")
        begins = ITEM.match(line)
        if not line:
            rank += 1
        elif line.startswith("```"):
            rank = _read_pre(lines, rank, out)
        elif begins and depth < DEEPEST:
            rank = _read_items(lines, rank, out, depth, pictures)
        elif line.startswith(">") and BEGINS.match(line) and depth < DEEPEST:
            end = _while(lines, rank, lambda one: one.lstrip(" ").startswith(">"))
            inner = [re.sub(r"^ *>[ ]?", "", line) for line in lines[rank:end]]
            out.append(Quote(_blocks(inner, depth + 1, pictures)))
            rank = end
        elif pictures and (picture := PICTURE.fullmatch(line)):
            out.append(Picture(picture[2], alternative(picture[1])))
            rank += 1
        elif line.startswith("|"):
            end = _while(lines, rank, lambda one: one.lstrip(" ").startswith("|"))
            out.append(_read_table(lines[rank:end]))
            rank = end
        elif found := re.match(r"(#{2,3}) +", line):
            tag = "h3" if len(found[1]) == 2 else "h4"
            if content := nodes.tidy_inline(_inline(line[found.end() :]), breaks=False):
                out.append(Lines(tag, content))
            rank += 1
        else:
            rank = _read_paragraph(lines, rank, out, depth, pictures)
    return out


def _while(lines: list[str], rank: int, wanted: object) -> int:
    while rank < len(lines) and wanted(lines[rank]):  # type: ignore[operator]
        rank += 1
    return rank


def _read_paragraph(lines: list[str], rank: int, out: list[Block], depth: int, pictures: bool) -> int:
    end = rank + 1
    while end < len(lines) and (line := lines[end].strip(" ")) and not _interrupts(line, depth, pictures):
        end += 1
    text = "\n".join(line.strip(" ") for line in lines[rank:end])
    if content := nodes.tidy_inline(_inline(text)):
        out.append(Lines("p", content))
    return end


def _interrupts(line: str, depth: int, pictures: bool) -> bool:
    if line.startswith(("```", "|", "## ", "### ")) or (pictures and PICTURE.fullmatch(line)):
        return True
    return depth < DEEPEST and bool(BEGINS.match(line))


def _read_pre(lines: list[str], rank: int, out: list[Block]) -> int:
    end = rank + 1
    while end < len(lines) and not lines[end].strip(" ").startswith("```"):
        end += 1
    inner = [
        line[1:] if line.startswith("\\") and line.lstrip("\\").startswith("```") else line
        for line in lines[rank + 1 : end]
    ]
    if words := "\n".join(line.rstrip(" ") for line in inner).strip("\n"):
        out.append(Pre(words))
    return end + 1


def _read_items(lines: list[str], rank: int, out: list[Block], depth: int, pictures: bool) -> int:
    """Items of one kind, each with the lines that are set back under it."""
    base = len(lines[rank]) - len(lines[rank].lstrip(" "))
    first = ITEM.match(lines[rank].strip(" "))
    block = Items("ol" if first and first[1] else "ul", [])
    while rank < len(lines):
        line = lines[rank]
        found = ITEM.match(line.strip(" "))
        if not found or bool(found[1]) != (block.tag == "ol") or len(line) - len(line.lstrip(" ")) > base + 1:
            break
        inner = [line.strip(" ")[found.end() :]]
        rank += 1
        while rank < len(lines) and _belongs(lines, rank, base):
            inner.append(lines[rank][base + 2 :] if lines[rank].strip(" ") else "")
            rank += 1
        block.items.append(_blocks(inner, depth + 1, pictures))
        rank = _skip_blanks(lines, rank)
    out.append(block)
    return rank


def _belongs(lines: list[str], rank: int, base: int) -> bool:
    following = _skip_blanks(lines, rank)
    return following < len(lines) and lines[following].startswith(" " * (base + 2))


def _skip_blanks(lines: list[str], rank: int) -> int:
    return _while(lines, rank, lambda one: not one.strip(" "))


def _read_table(lines: list[str]) -> Table:
    rows = [_cells(line.strip(" ")) for line in lines]
    has_head = len(rows) > 1 and all(re.fullmatch(r":?-{3,}:?", cell) for cell in rows[1])
    if has_head:
        del rows[1]
    return Table([[nodes.tidy_inline(_inline(cell), breaks=False) for cell in row] for row in rows], has_head)


def _cells(line: str) -> list[str]:
    """The cells of a row; a bar after a backslash is a bar."""
    cells = [one.replace(r"\|", "|").strip(" ") for one in re.findall(r"((?:\\.|[^\\|]|\\$)*)\|?", line)[:-1]]
    cells = cells[1:] if not cells[0] else cells
    return cells[:-1] if len(cells) > 1 and not line.endswith("|") and not cells[-1] else cells


# Inside a line

TOKEN = re.compile(
    r"\\(?P<plain>[\\*`$\[\]{}|+~_^>#.)•-])"
    r"|(?P<raw>\{`(?P<code>(?:\\.|[^\\`])*)`\}|\{\$(?P<maths>(?:\\.|[^\\$\n])+)\$\})"
    r"|(?P<open>\{(?:\*\*|\*|\+\+|~~)(?=[^}]))|(?P<close>(?:\*\*|\*|\+\+|~~)\})"
    r"|(?P<sign>\*\*|\*|\+\+|~~)"
    r"|`(?P<code2>(?:\\.|[^\\`\n])+)`|\$(?P<maths2>(?:\\.|[^\\$\n])+)\$"
    r"|(?P<low>[_^]\{)|(?P<end>\})|(?P<link>\[)|\]\((?P<href>[^()\s]{1,2000})\)"
)


@dataclass
class _Open:
    """A mark that was opened and may never be closed: then its sign is only a sign."""

    key: str
    sign: str
    inside: list[Inline] = field(default_factory=list)


def _inline(text: str) -> list[Inline]:
    stack = [_Open("", "")]
    at = 0
    for found in TOKEN.finditer(text):
        _words(stack, text[at : found.start()])
        at = found.end()
        before, after = text[found.start() - 1 : found.start()] or "\n", text[at : at + 1] or "\n"
        _token(stack, found, before, after)
    _words(stack, text[at:])
    _drop(stack, 1)
    return stack[0].inside


def _words(stack: list[_Open], words: str) -> None:
    for rank, line in enumerate(words.split("\n")):
        if rank:
            stack[-1].inside.append(Break())
        if line:
            stack[-1].inside.append(Text(line))


def _token(  # noqa: C901 - one case a kind of sign
    stack: list[_Open], found: re.Match[str], before: str, after: str
) -> None:
    groups = found.groupdict()
    if groups["plain"]:
        stack[-1].inside.append(Text(groups["plain"]))
    elif groups["raw"] or groups["code2"] or groups["maths2"]:
        _literal(stack, found, loose=before in BEFORE and after in AFTER)
    elif groups["open"]:
        _open(stack, "{" + TAGS[groups["open"][1:]], found[0])
    elif groups["low"]:
        _open(stack, "sub" if groups["low"][0] == "_" else "sup", found[0])
    elif groups["link"]:
        _open(stack, "a", found[0])
    elif groups["close"]:
        _close(stack, "{" + TAGS[groups["close"][:-1]], found[0])
    elif groups["end"]:
        _close(stack, next((one.key for one in reversed(stack) if one.key in {"sub", "sup"}), "}"), found[0])
    elif groups["href"]:
        _close(stack, "a", found[0], address(groups["href"]))
    else:
        _loose(stack, TAGS[found[0]], found[0], before, after)


def _literal(stack: list[_Open], found: re.Match[str], *, loose: bool) -> None:
    code = found["code"] if found["raw"] else found["code2"]
    maths = found["maths"] if found["raw"] else found["maths2"]
    edge = (code or maths or " ")[0] != " " and (code or maths or " ")[-1] != " "
    if not found["raw"] and not (loose and edge):
        _words(stack, found[0])
    elif code is not None:
        stack[-1].inside.append(Code(re.sub(r"\\([\\`])", r"\1", code).replace("\n", " ")))
    elif kept := formula(maths or ""):
        stack[-1].inside.append(Formula(kept))


def _is_open(stack: list[_Open], tag: str) -> bool:
    return any(one.key.removeprefix("{") == tag for one in stack)


def _open(stack: list[_Open], key: str, sign: str) -> None:
    if _is_open(stack, key.removeprefix("{")):
        stack[-1].inside.append(Text(sign))
    else:
        stack.append(_Open(key, sign))


def _close(stack: list[_Open], key: str, sign: str, href: str = "") -> None:
    rank = next((rank for rank, one in enumerate(stack) if rank and one.key == key), 0)
    if not rank or (key == "a" and not href):
        stack[-1].inside.append(Text(sign))
        return
    _drop(stack, rank + 1)
    done = stack.pop()
    stack[-1].inside.append(Span(key.removeprefix("{"), done.inside, href))


def _loose(stack: list[_Open], tag: str, sign: str, before: str, after: str) -> None:
    """A sign without braces closes after a word, opens before one, and otherwise is only a sign."""
    opened = any(one.key == tag for one in stack)
    if opened and not before.isspace() and (after in AFTER or after in "*+~"):
        _close(stack, tag, sign)
    elif not opened and (before in BEFORE or before in "*+~") and not after.isspace():
        _open(stack, tag, sign)
    else:
        stack[-1].inside.append(Text(sign))


def _drop(stack: list[_Open], rank: int) -> None:
    """What was opened from there on and not closed stays as it was typed."""
    lost = stack[rank:]
    del stack[rank:]
    for one in lost:
        stack[-1].inside += [Text(one.sign), *one.inside]
