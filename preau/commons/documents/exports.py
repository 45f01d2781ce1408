"""A document as a file: HTML, Markdown, OpenDocument, Word, PDF; all from the same blocks."""

import base64
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from markupsafe import Markup
from PIL import Image

from preau.commons.documents.models import Document
from preau.commons.documents.queries import pictures, texts
from preau.commons.files.models import StoredFile
from preau.foundation import pdf, vault
from preau.foundation.richtext import cleaning, showing
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
from preau.foundation.richtext.showing import Shown

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
    ("md", _("Markdown (un ZIP s’il y a des images)")),
]


@dataclass(frozen=True)
class Print:
    """The bytes of a picture of a text, and how large it is, in points of the screen."""

    content: bytes
    kind: str
    width: int
    height: int

    @property
    def centimetres(self) -> tuple[float, float]:
        """As on the paper: no wider than the lines, nor higher than half a page."""
        scale = min(16 / (self.width or 1), 12 / (self.height or 1), 2.54 / 96)
        return round(self.width * scale, 2), round(self.height * scale, 2)

    @property
    def address(self) -> str:
        """Within the page itself: it opens without a network."""
        return f"data:{self.kind};base64,{base64.b64encode(self.content).decode()}"


Prints = Mapping[str, Print]
NO_PRINTS: Prints = {}


def prints_of(files: Mapping[str, StoredFile]) -> Prints:
    """Those that are on the disk."""
    found = {}
    for key, file in files.items():
        with suppress(FileNotFoundError):
            content = vault.path_of(key).read_bytes()
            found[key] = Print(content, file.kind, file.width or 0, file.height or 0)
    return found


def absent(alt: str) -> str:
    """What stands in the place of a picture that a form of file has no room for."""
    return str(_("Image : %(alt)s")) % {"alt": alt} if alt else str(_("Image"))


@dataclass(frozen=True)
class Made:
    make: Callable[..., bytes]
    content_type: str


@dataclass(frozen=True)
class Taken:
    """A file that leaves, and how its name ends."""

    content: bytes
    content_type: str
    ending: str


def plain_name(document: Document) -> str:
    """A name of ours, that every system takes."""
    return f"document-{document.pk}"


def page_of(title: str, html: str, prints: Prints = NO_PRINTS) -> str:
    """A whole HTML page."""
    shown = {key: Shown(one.address, one.width, one.height) for key, one in prints.items()}
    body = CAPTION.sub("", showing.rich(html, shown))
    return render_to_string("documents/paper.html", {"title": title, "html": Markup(body)}, using="pages")  # nosec B704  # noqa: S704 - of `rich`


def paper(document: Document, html: str, prints: Prints = NO_PRINTS) -> bytes:
    """A4, tagged for screen readers."""
    return pdf.made(FORMULA.sub(r"<code>\1</code>", page_of(document.title, html, prints)), STYLE)


def as_html(title: str, html: str, prints: Prints = NO_PRINTS) -> bytes:
    return page_of(title, html, prints).encode()


# Markdown

SIGNS = {"strong": "**", "em": "*", "s": "~~"}
SPECIAL = re.compile(r"([\\`*_\[\]<>~$|])")
BEGINS = re.compile(r"^(\s*)([#>+-]|\d+[.)])", re.MULTILINE)


# By its key, where a picture lies beside the text.
Paths = Mapping[str, str]
NO_PATHS: Paths = {}
MARKDOWN, FOLDER = "document.md", "images"
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif"}


def as_markdown(title: str, html: str, _prints: Prints = NO_PRINTS) -> bytes:
    """CommonMark with tables; what it has no sign for (underlined, x²) is written as HTML, which Markdown takes. A file of words alone says
    what its pictures show."""
    return _markdown(title, cleaning.read(html, pictures=True), NO_PATHS)


def as_markdown_beside(title: str, html: str, prints: Prints) -> bytes | None:
    """The same with its pictures beside it, in an archive; None where the text shows none of these."""
    blocks = cleaning.read(html, pictures=True)
    paths: dict[str, str] = {}
    for key in _pictures_in(blocks):
        if key in prints and key not in paths:
            paths[key] = f"{FOLDER}/image-{len(paths) + 1}.{ENDINGS.get(prints[key].kind, 'bin')}"
    if not paths:
        return None
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(MARKDOWN, _markdown(title, blocks, paths))
        for key, path in paths.items():
            archive.writestr(path, prints[key].content)
    return out.getvalue()


def _pictures_in(blocks: Sequence[Block]) -> Iterator[str]:
    """Their keys, in the order of the text."""
    for block in blocks:
        if isinstance(block, Picture):
            yield block.key
        elif isinstance(block, Quote):
            yield from _pictures_in(block.blocks)
        elif isinstance(block, Items):
            for item in block.items:
                yield from _pictures_in(item)


def _markdown(title: str, blocks: Sequence[Block], paths: Paths) -> bytes:
    text = "\n\n".join([f"# {_words(title)}", *(_md_block(block, paths) for block in blocks)])
    return f"{text}\n".encode()


def _words(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)


def _md_block(block: Block, paths: Paths) -> str:
    if isinstance(block, Lines):
        text = _md_line(block.inside)
        return (
            {"h3": "## ", "h4": "### "}[block.tag] + text if block.tag != "p" else BEGINS.sub(r"\1\\\2", text)
        )
    if isinstance(block, Pre):
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", block.words)), 3)
        return f"{fence}\n{block.words}\n{fence}"
    if isinstance(block, Picture):
        path = paths.get(block.key)
        return f"![{_words(block.alt)}]({path})" if path else f"*{_words(absent(block.alt))}*"
    if isinstance(block, Quote):
        return _under("\n\n".join(_md_block(one, paths) for one in block.blocks), "> ", "> ")
    if isinstance(block, Items):
        marks = ["- " if block.tag == "ul" else f"{rank}. " for rank in range(1, len(block.items) + 1)]
        items = ("\n\n".join(_md_block(one, paths) for one in item) for item in block.items)
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
    text = _md_line(node.inside)
    if node.tag == "a":
        return f"[{text}]({node.href})"
    sign = SIGNS.get(node.tag)
    return f"{sign}{text}{sign}" if sign else f"<{node.tag}>{text}</{node.tag}>"


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


def _flat(blocks: Sequence[Block], depth: int = 0) -> list[tuple[Block, Items | None, int]]:
    """Blocks one after the other, each with the list that it begins an item of, and how deep it stands."""
    found: list[tuple[Block, Items | None, int]] = []
    for block in blocks:
        if isinstance(block, Items):
            for item in block.items:
                for rank, (one, mark, level) in enumerate(_flat(item, depth + 1)):
                    found.append((one, mark if rank else block, level))
        else:
            found.append((block, None, depth))
    return found


# Word

# Of a list, in Word; and how an item that is not numbered begins, by how deep it stands.
LEVELS, BULLETS = 9, "•◦▪"


def as_docx(title: str, html: str, prints: Prints = NO_PRINTS) -> bytes:
    import docx  # noqa: PLC0415 - heavy, and seldom asked for

    document: Any = docx.Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    _docx_in_french(document)
    document.add_heading(title, 0)
    _docx_blocks(document, cleaning.read(html, pictures=True), prints, _Numbers(document))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _docx_blocks(
    document: Any, blocks: Sequence[Block], prints: Prints, numbers: "_Numbers", style: str = ""
) -> None:
    for block, items, depth in _flat(blocks):
        _docx_mark(document, block, numbers, items, depth)
        if isinstance(block, Quote):
            _docx_blocks(document, block.blocks, prints, numbers, "Quote")
        elif isinstance(block, Picture):
            place = document.add_paragraph(style=_docx_style(items, depth, "") or None)
            numbers.begin_item(place, items, depth)
            _docx_picture(place, block, prints.get(block.key))
        elif isinstance(block, Table):
            _docx_table(document, block)
        elif isinstance(block, Pre):
            for line in block.words.split("\n"):
                _docx_run(document.add_paragraph(style="No Spacing"), (line, frozenset({"code"}), ""))
        elif isinstance(block, Lines):
            made = _docx_line(document, block, items, depth, style)
            numbers.begin_item(made, items, depth)
            _docx_fill(made, block.inside)


def _docx_mark(document: Any, block: Block, numbers: "_Numbers", items: Items | None, depth: int) -> None:
    """What is not one line begins below the mark of its item."""
    if items and isinstance(block, Quote | Table | Pre):
        numbers.begin_item(document.add_paragraph(style="List Paragraph"), items, depth)


def _docx_line(document: Any, block: Lines, items: Items | None, depth: int, style: str) -> Any:
    """A heading, a paragraph, or one of a list."""
    if block.tag != "p":
        return document.add_heading(level=1 if block.tag == "h3" else 2)
    return document.add_paragraph(style=_docx_style(items, depth, style or "Normal"))


def _docx_style(items: Items | None, depth: int, style: str) -> str:
    """That of what begins an item, of what follows in it, or else `style`."""
    if items:
        return "List Paragraph"
    if not depth:
        return style
    return f"List Continue {min(depth, 3)}" if depth > 1 else "List Continue"


class _Numbers:
    """The lists of a document: each is one of Word's, by its level, so that a list in a list is one for whoever opens it and each ordered
    one begins at 1."""

    def __init__(self, document: Any) -> None:
        self.element = document.part.numbering_part.element
        self.forms: dict[str, int] = {}
        self.known: dict[int, int] = {}

    def begin_item(self, paragraph: Any, items: Items | None, depth: int) -> None:
        if items is None:
            return
        level = min(depth, LEVELS) - 1
        told = paragraph._p.get_or_add_pPr().get_or_add_numPr()  # noqa: SLF001 - python-docx has no name for it
        told.get_or_add_ilvl().val = level
        told.get_or_add_numId().val = self._number_of(items, level)

    def _number_of(self, items: Items, level: int) -> int:
        if id(items) not in self.known:
            made = self.element.add_num(self._form_of(items.tag))
            if items.tag == "ol":
                made.add_lvlOverride(ilvl=level).add_startOverride(1)
            self.known[id(items)] = made.numId
        return self.known[id(items)]

    def _form_of(self, tag: str) -> int:
        """How the levels of such a list are drawn, said once a document."""
        if tag not in self.forms:
            from docx.oxml import parse_xml  # noqa: PLC0415 - with the other ones
            from docx.oxml.ns import nsdecls, qn  # noqa: PLC0415

            forms = self.element.findall(qn("w:abstractNum"))
            self.forms[tag] = max((int(one.get(qn("w:abstractNumId"))) for one in forms), default=0) + 1
            xml = (
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{self.forms[tag]}"><w:multiLevelType w:val="hybridMultilevel"/>'
                f"{''.join(_docx_level(tag, level) for level in range(LEVELS))}</w:abstractNum>"
            )
            self.element.insert(len(forms), parse_xml(xml))
        return self.forms[tag]


def _docx_level(tag: str, level: int) -> str:
    kind, sign = ("decimal", f"%{level + 1}.") if tag == "ol" else ("bullet", BULLETS[level % len(BULLETS)])
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{360 * (level + 1)}" w:hanging="360"/></w:pPr></w:lvl>'
    )


def _docx_in_french(document: Any) -> None:
    """What reads it aloud, and what looks for mistakes, must know."""
    from docx.oxml.ns import qn  # noqa: PLC0415 - with the other ones

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "fr-FR")


def _docx_head(row: Any) -> None:
    """A row that names the columns, for who does not see that it is bold, and on each page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415 - with the other ones

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - python-docx has no name for it


def _docx_picture(paragraph: Any, block: Picture, one: Print | None) -> None:
    from docx.shared import Cm  # noqa: PLC0415 - with the other ones

    run = paragraph.add_run("" if one else absent(block.alt))
    if one is None:
        return
    width, height = one.centimetres
    properties = run.add_picture(BytesIO(_plain_print(one)), Cm(width), Cm(height))._inline.docPr  # noqa: SLF001 - the way to say what it shows
    properties.set("descr", block.alt)


def _plain_print(one: Print) -> bytes:
    """Office files have no WebP."""
    if one.kind != "image/webp":
        return one.content
    with Image.open(BytesIO(one.content)) as image:
        drawn = BytesIO()
        image.save(drawn, "PNG")
    return drawn.getvalue()


def _docx_table(document: Any, table: Table) -> None:
    made = document.add_table(rows=len(table.rows), cols=len(table.rows[0]), style="Table Grid")
    for rank, row in enumerate(table.rows):
        for place, cell in enumerate(row):
            paragraph = made.cell(rank, place).paragraphs[0]
            _docx_fill(paragraph, cell)
            if table.has_head and not rank:
                for run in paragraph.runs:
                    run.bold = True
    if table.has_head:
        _docx_head(made.rows[0])


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


def as_odt(title: str, html: str, prints: Prints = NO_PRINTS) -> bytes:
    from odfdo import Document as Odf  # noqa: PLC0415 - heavy, and seldom asked for
    from odfdo import Element, Header  # noqa: PLC0415

    document: Any = Odf("text")
    document.body.clear()
    document.meta.title = title
    document.meta.creator = ""
    body = document.body
    _odt_looks(document, Element)
    body.append(Header(1, title))
    writer = _Odt(document, Element, prints)
    for block in cleaning.read(html, pictures=True):
        for xml in writer.block(block):
            body.append(Element.from_tag(xml))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _odt_looks(document: Any, element: Any) -> None:
    """Headings without a number, which the model of the library gives them; cells that one sees."""
    for numbered in document.get_part("styles.xml").get_elements("//text:outline-style"):
        numbered.delete()
    facts = 'fo:border="0.5pt solid #555555" fo:padding="0.1cm"'
    xml = f'<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties {facts}/></style:style>'
    document.insert_style(element.from_tag(xml), automatic=True)


class _Odt:
    """Blocks as the XML of OpenDocument; the style of each set of marks is added to the document once."""

    def __init__(self, document: Any, element: Any, prints: Prints) -> None:
        self.document, self.element, self.known = document, element, dict[frozenset[str], str]()
        self.prints, self.pictures = prints, 0

    def block(self, block: Block, style: str = "") -> list[str]:
        if isinstance(block, Lines):
            text = self.line(block.inside)
            if block.tag != "p":
                return [f'<text:h text:outline-level="{2 if block.tag == "h3" else 3}">{text}</text:h>']
            attribute = f' text:style-name="{style}"' if style else ""
            return [f"<text:p{attribute}>{text}</text:p>"]
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
        return [self.picture(block) if isinstance(block, Picture) else self.table(block)]

    def picture(self, block: Picture) -> str:
        one = self.prints.get(block.key)
        if one is None:
            return f"<text:p>{escape(absent(block.alt))}</text:p>"
        self.pictures += 1
        ending = "jpg" if one.kind == "image/jpeg" else "png"
        inner = f"Pictures/image-{self.pictures}.{ending}"
        self.document.set_part(inner, _plain_print(one))
        self.document.manifest.add_full_path(inner, "image/jpeg" if ending == "jpg" else "image/png")
        width, height = one.centimetres
        return (
            f'<text:p><draw:frame draw:name="Image {self.pictures}" text:anchor-type="as-char"'
            f' svg:width="{width}cm" svg:height="{height}cm"><draw:image xlink:href="{inner}" xlink:type="simple"'
            f' xlink:show="embed" xlink:actuate="onLoad"/><svg:desc>{escape(block.alt)}</svg:desc></draw:frame></text:p>'
        )

    def table(self, table: Table) -> str:
        rows = [
            "<table:table-row>"
            + "".join(
                f'<table:table-cell table:style-name="Cell" office:value-type="string"><text:p>{self.line(cell)}</text:p></table:table-cell>'
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
        xml = "<text:line-break/>" if words == "\n" else escape(words)
        if marks:
            xml = f'<text:span text:style-name="{self.style(marks)}">{xml}</text:span>'
        return f'<text:a xlink:type="simple" xlink:href="{escape(href)}">{xml}</text:a>' if href else xml

    def style(self, marks: frozenset[str]) -> str:
        if marks not in self.known:
            name = f"P{len(self.known) + 1}"
            attributes: dict[str, str] = {}
            for mark in sorted(marks):
                attributes |= ODT_MARKS.get(mark, {})
            facts = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
            xml = f'<style:style style:name="{name}" style:family="text"><style:text-properties {facts}/></style:style>'
            self.document.insert_style(self.element.from_tag(xml), automatic=True)
            self.known[marks] = name
        return self.known[marks]


def made_of(document: Document, kind: str) -> bytes:
    """The document as it says now, with its pictures."""
    html = texts.html_now(document)
    return MADE[kind].make(document.title, html, prints_of(pictures.files_of(document, html)))


def taken(kind: str, title: str, html: str, prints: Prints) -> Taken:
    """The file that somebody takes away: one file, or an archive where the text of Markdown has pictures."""
    beside = as_markdown_beside(title, html, prints) if kind == "md" else None
    if beside is not None:
        return Taken(beside, "application/zip", "zip")
    return Taken(MADE[kind].make(title, html, prints), MADE[kind].content_type, kind)


MADE = {
    "html": Made(as_html, "text/html; charset=utf-8"),
    "md": Made(as_markdown, "text/markdown; charset=utf-8"),
    "odt": Made(as_odt, "application/vnd.oasis.opendocument.text"),
    "docx": Made(as_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
