"""A document as a file: HTML, Markdown, OpenDocument, Word, PDF; all from the same blocks."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup

from preau.commons.documents.models import Document
from preau.foundation import pdf
from preau.foundation.richtext import cleaning, showing
from preau.foundation.richtext.nodes import (
    Block,
    Break,
    Code,
    Formula,
    Inline,
    Items,
    Lines,
    Pre,
    Quote,
    Table,
    Text,
)

STYLE = Path(__file__).parent / "static" / "documents" / "paper.css"
# WeasyPrint draws no MathML: a formula is printed as its author typed it.
FORMULA = re.compile(r'<math class="formula" alttext="([^"]*)".*?</math>', re.DOTALL)
# The name that a page gives its tables for screen readers is no part of the text.
CAPTION = re.compile(r"<caption[^>]*>[^<]*</caption>")
KINDS = [
    ("odt", _("OpenDocument (LibreOffice)")),
    ("docx", _("Word")),
    ("pdf", _("PDF, pour imprimer")),
    ("html", _("Page web")),
    ("md", _("Markdown")),
]


@dataclass(frozen=True)
class Made:
    make: Callable[[str, str], bytes]
    content_type: str


def plain_name(document: Document) -> str:
    """A name of ours, that every system takes."""
    return f"document-{document.pk}"


def page_of(title: str, html: str) -> str:
    """A whole HTML page."""
    said = CAPTION.sub("", showing.rich(html))
    return render_to_string("documents/paper.html", {"title": title, "html": Markup(said)}, using="pages")  # nosec B704  # noqa: S704 - of `rich`


def paper(document: Document, html: str) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(FORMULA.sub(r"<code>\1</code>", page_of(document.title, html)), STYLE)


def as_html(title: str, html: str) -> bytes:
    return page_of(title, html).encode()


# Markdown

SIGNS = {"strong": "**", "em": "*", "s": "~~"}
SPECIAL = re.compile(r"([\\`*_\[\]<>~$|])")
BEGINS = re.compile(r"^(\s*)([#>+-]|\d+[.)])", re.MULTILINE)


def as_markdown(title: str, html: str) -> bytes:
    """CommonMark with tables; what it has no sign for (underlined, x²) is written as HTML, which Markdown takes."""
    said = "\n\n".join([f"# {_words(title)}", *map(_md_block, cleaning.read(html))])
    return f"{said}\n".encode()


def _words(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


def _md_block(block: Block) -> str:
    if isinstance(block, Lines):
        said = _md_line(block.inside)
        return (
            {"h3": "## ", "h4": "### "}[block.tag] + said if block.tag != "p" else BEGINS.sub(r"\1\\\2", said)
        )
    if isinstance(block, Pre):
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", block.words)), 3)
        return f"{fence}\n{block.words}\n{fence}"
    if isinstance(block, Quote):
        return _under("\n\n".join(map(_md_block, block.blocks)), "> ", "> ")
    if isinstance(block, Items):
        marks = ["- " if block.tag == "ul" else f"{rank}. " for rank in range(1, len(block.items) + 1)]
        items = ("\n\n".join(map(_md_block, item)) for item in block.items)
        return "\n".join(_under(item, mark, " " * len(mark)) for mark, item in zip(marks, items, strict=True))
    return _md_table(block)


def _under(text: str, first: str, then: str) -> str:
    lines = text.split("\n")
    return "\n".join([first + lines[0], *((then + line).rstrip() for line in lines[1:])])


def _md_table(table: Table) -> str:
    rows = [[_md_line(cell).replace("\n", " ") for cell in row] for row in table.rows]
    width = len(rows[0])
    head = rows.pop(0) if table.has_head else [""] * width
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * width, *rows])


def _md_line(inside: Sequence[Inline]) -> str:
    return "".join(map(_md_inline, inside))


def _md_inline(node: Inline) -> str:
    if isinstance(node, Text):
        return _words(node.words)
    if isinstance(node, Break):
        return "\\\n"
    if isinstance(node, Code):
        fence = "``" if "`" in node.words else "`"
        return f"{fence}{node.words}{fence}"
    if isinstance(node, Formula):
        return f"${node.words}$"
    said = _md_line(node.inside)
    if node.tag == "a":
        return f"[{said}]({node.href})"
    sign = SIGNS.get(node.tag)
    return f"{sign}{said}{sign}" if sign else f"<{node.tag}>{said}</{node.tag}>"


# Runs: what office files are made of


def _runs(
    inside: Sequence[Inline], marks: frozenset[str] = frozenset(), href: str = ""
) -> list[tuple[str, frozenset[str], str]]:
    """Pieces of words, each with its marks and the address of its link; "\\n" ends a line."""
    found: list[tuple[str, frozenset[str], str]] = []
    for node in inside:
        if isinstance(node, Break):
            found.append(("\n", marks, href))
        elif isinstance(node, Text):
            found.append((node.words, marks, href))
        elif isinstance(node, Code | Formula):
            found.append((node.words, marks | {"code"}, href))
        elif node.tag == "a":
            found += _runs(node.inside, marks, node.href)
        else:
            found += _runs(node.inside, marks | {node.tag}, href)
    return found


def _flat(blocks: Sequence[Block], depth: int = 0) -> list[tuple[Block, str, int]]:
    """Blocks one after the other, each with the list that it begins an item of (« ul », « ol », "") and how deep it stands."""
    found: list[tuple[Block, str, int]] = []
    for block in blocks:
        if isinstance(block, Items):
            for item in block.items:
                for rank, (one, mark, level) in enumerate(_flat(item, depth + 1)):
                    first = not rank and isinstance(one, Lines)
                    found.append((one, block.tag if first else mark, level))
        else:
            found.append((block, "", depth))
    return found


# Word


def as_docx(title: str, html: str) -> bytes:
    import docx  # noqa: PLC0415 - heavy, and seldom asked for

    document: Any = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.add_heading(title, 0)
    _docx_blocks(document, cleaning.read(html))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_blocks(document: Any, blocks: Sequence[Block], style: str = "") -> None:
    for block, mark, depth in _flat(blocks):
        if isinstance(block, Quote):
            _docx_blocks(document, block.blocks, "Quote")
        elif isinstance(block, Table):
            _docx_table(document, block)
        elif isinstance(block, Pre):
            for line in block.words.split("\n"):
                _docx_run(document.add_paragraph(style="No Spacing"), (line, frozenset({"code"}), ""))
        elif isinstance(block, Lines) and block.tag != "p":
            _docx_fill(document.add_heading(level=1 if block.tag == "h3" else 2), block.inside)
        elif isinstance(block, Lines):
            base = {"ul": "List Bullet", "ol": "List Number"}.get(
                mark, "List Continue" if depth else style or "Normal"
            )
            level = f" {min(depth, 3)}" if depth > 1 else ""
            _docx_fill(document.add_paragraph(style=base + level if depth else base), block.inside)


def _docx_table(document: Any, table: Table) -> None:
    made = document.add_table(rows=len(table.rows), cols=len(table.rows[0]), style="Table Grid")
    for rank, row in enumerate(table.rows):
        for place, cell in enumerate(row):
            paragraph = made.cell(rank, place).paragraphs[0]
            _docx_fill(paragraph, cell)
            if table.has_head and not rank:
                for run in paragraph.runs:
                    run.bold = True


def _docx_fill(paragraph: Any, inside: Sequence[Inline]) -> None:
    for run in _runs(inside):
        _docx_run(paragraph, run)


def _docx_run(paragraph: Any, piece: tuple[str, frozenset[str], str]) -> None:
    words, marks, href = piece
    place = _docx_link(paragraph, href) if href else None
    run = paragraph.add_run("" if words == "\n" else words)
    if words == "\n":
        run.add_break()
    run.bold, run.italic, run.underline = (
        "strong" in marks or None,
        "em" in marks or None,
        "u" in marks or None,
    )
    run.font.strike = "s" in marks or None
    if "sub" in marks:
        run.font.subscript = True
    if "sup" in marks:
        run.font.superscript = True
    if "code" in marks:
        run.font.name = "Courier New"
    if place is not None:
        place.append(run._r)  # noqa: SLF001 - the way that python-docx itself shows


def _docx_link(paragraph: Any, href: str) -> Any:
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415 - with the other one
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    key = paragraph.part.relate_to(href, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), key)
    paragraph._p.append(link)  # noqa: SLF001
    return link


# OpenDocument

ODT_MARKS = {
    "strong": {"fo:font-weight": "bold"},
    "em": {"fo:font-style": "italic"},
    "u": {"style:text-underline-style": "solid", "style:text-underline-width": "auto"},
    "s": {"style:text-line-through-style": "solid"},
    "sub": {"style:text-position": "sub 58%"},
    "sup": {"style:text-position": "super 58%"},
    "code": {"style:font-name": "Courier New", "fo:font-family": "Courier New"},
}


def as_odt(title: str, html: str) -> bytes:
    from odfdo import Document as Odf  # noqa: PLC0415 - heavy, and seldom asked for
    from odfdo import Element, Header  # noqa: PLC0415

    document: Any = Odf("text")
    document.body.clear()
    document.meta.title = title
    document.meta.creator = ""
    body = document.body
    body.append(Header(1, title))
    writer = _Odt(document, Element)
    for block in cleaning.read(html):
        for xml in writer.block(block):
            body.append(Element.from_tag(xml))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


class _Odt:
    """Blocks as the XML of OpenDocument; the style of each set of marks is added to the document once."""

    def __init__(self, document: Any, element: Any) -> None:
        self.document, self.element, self.known = document, element, dict[frozenset[str], str]()

    def block(self, block: Block, style: str = "") -> list[str]:
        if isinstance(block, Lines):
            said = self.line(block.inside)
            if block.tag != "p":
                return [f'<text:h text:outline-level="{2 if block.tag == "h3" else 3}">{said}</text:h>']
            told = f' text:style-name="{style}"' if style else ""
            return [f"<text:p{told}>{said}</text:p>"]
        if isinstance(block, Pre):
            return [f"<text:p>{self.line([Code(line)])}</text:p>" for line in block.words.split("\n")]
        if isinstance(block, Quote):
            return [xml for one in block.blocks for xml in self.block(one, "Quotations")]
        if isinstance(block, Items):
            name = "List_20_1" if block.tag == "ul" else "Numbering_20_1"
            items = "".join(
                f"<text:list-item>{''.join(xml for one in item for xml in self.block(one))}</text:list-item>"
                for item in block.items
            )
            return [f'<text:list text:style-name="{name}">{items}</text:list>']
        return [self.table(block)]

    def table(self, table: Table) -> str:
        rows = [
            "<table:table-row>"
            + "".join(
                f'<table:table-cell office:value-type="string"><text:p>{self.line(cell)}</text:p></table:table-cell>'
                for cell in row
            )
            + "</table:table-row>"
            for row in table.rows
        ]
        head = f"<table:table-header-rows>{rows.pop(0)}</table:table-header-rows>" if table.has_head else ""
        columns = f'<table:table-column table:number-columns-repeated="{len(table.rows[0])}"/>'
        return f"<table:table>{columns}{head}{''.join(rows)}</table:table>"

    def line(self, inside: Sequence[Inline]) -> str:
        return "".join(map(self.run, _runs(inside)))

    def run(self, piece: tuple[str, frozenset[str], str]) -> str:
        words, marks, href = piece
        said = "<text:line-break/>" if words == "\n" else escape(words)
        if marks:
            said = f'<text:span text:style-name="{self.style(marks)}">{said}</text:span>'
        return f'<text:a xlink:type="simple" xlink:href="{escape(href)}">{said}</text:a>' if href else said

    def style(self, marks: frozenset[str]) -> str:
        if marks not in self.known:
            name = f"P{len(self.known) + 1}"
            told: dict[str, str] = {}
            for mark in sorted(marks):
                told |= ODT_MARKS.get(mark, {})
            facts = " ".join(f'{key}="{escape(value)}"' for key, value in told.items())
            xml = f'<style:style style:name="{name}" style:family="text"><style:text-properties {facts}/></style:style>'
            self.document.insert_style(self.element.from_tag(xml), automatic=True)
            self.known[marks] = name
        return self.known[marks]


MADE = {
    "html": Made(as_html, "text/html; charset=utf-8"),
    "md": Made(as_markdown, "text/markdown; charset=utf-8"),
    "odt": Made(as_odt, "application/vnd.oasis.opendocument.text"),
    "docx": Made(as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
