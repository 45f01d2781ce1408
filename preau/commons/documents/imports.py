"""The text of a file that somebody brings: OpenDocument, Word, HTML, Markdown or plain; its looks stay there."""

import base64
import re
import zlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from html import escape, unescape
from typing import IO, Any
from urllib.parse import unquote
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from preau.commons.documents import rules
from preau.commons.documents.actions.bringing import Brought, Found
from preau.foundation.richtext import cleaning, nodes, showing, signs
from preau.foundation.richtext.nodes import Block, Items, Quote
from preau.foundation.uploads import MEGABYTE

HEAVIEST, HEAVIEST_PART, HEAVIEST_TEXT = 25 * MEGABYTE, 60 * MEGABYTE, 2_000_000
# What is read of an archive, in memory some ten times as large.
HEAVIEST_XML = 8 * MEGABYTE
# Pictures that every browser shows.
SHOWN = (".png", ".jpg", ".jpeg", ".webp")
# The source of a picture of a page; what a comment holds is no part of it, and one that nothing closes is read once.
IMAGE = re.compile(
    r"""<!--(?:.*?-->|.*)|<img\b[^<>]{0,2000}?\bsrc\s*=\s*["']?([^\s"'>]{0,12})""", re.IGNORECASE | re.DOTALL
)
# What Word's styles become.
STYLES = """
u => u
strike => s
p[style-name='Title'] => h3:fresh
p[style-name='Heading 1'] => h3:fresh
p[style-name='Heading 2'] => h4:fresh
p[style-name='Heading 3'] => h4:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='List Bullet 2'] => ul|ol > li > ul > li:fresh
p[style-name='List Bullet 3'] => ul|ol > li > ul|ol > li > ul > li:fresh
p[style-name='List Number 2'] => ul|ol > li > ol > li:fresh
p[style-name='List Number 3'] => ul|ol > li > ul|ol > li > ol > li:fresh
p[style-name='List Continue'] => ul|ol > li > p:fresh
p[style-name='List Continue 2'] => ul|ol > li > ul|ol > li > p:fresh
p[style-name='List Continue 3'] => ul|ol > li > ul|ol > li > ul|ol > li > p:fresh
"""
DAMAGED = (
    BadZipFile,
    KeyError,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
    AttributeError,
    IndexError,
    TypeError,
    zlib.error,
    ParseError,
    DefusedXmlException,
)


class Unreadable(Exception):
    """Why the file gives no text, in a sentence to show."""


class _Pictures:
    """Those that are found in a file as it is read: the same twice is one. The text names each « image:key », an address that is none."""

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.sources: dict[str, str] = {}
        self.weight = self.lost = self.damaged = self.beyond = 0

    def add(self, at: str, content: Callable[[], bytes], ending: str) -> str:
        """Its source for the text; "" when the file does not hold it. What stands `at` one place is read once, however often it is shown."""
        if at not in self.sources:
            self.sources[at] = self._read(content, ending)
        return self.sources[at]

    def _read(self, content: Callable[[], bytes], ending: str) -> str:
        if len(self.sources) >= rules.MOST_PICTURES or self.weight >= rules.HEAVIEST_PICTURES:
            self.beyond += 1
            return ""
        try:
            said = content()
        except DAMAGED as error:
            self.miss(error)
            return ""
        self.weight += len(said)
        key = sha256(said).hexdigest()[:32]
        name = _("Image %(number)s") % {"number": len(self.sources) + 1}
        self.found.setdefault(key, Found(key, f"{name}.{ending}", said))
        return f"{cleaning.SOURCE}{key}"

    def miss(self, error: Exception) -> None:
        """One that the file names and does not hold, or that cannot be read."""
        if isinstance(error, KeyError):
            self.lost += 1
        else:
            self.damaged += 1


def read(file: Any) -> Brought:
    """The text and the pictures of a file that was sent. Raises Unreadable."""
    ending = file.name.rpartition(".")[2].lower()
    if file.size > HEAVIEST:
        raise Unreadable(_("Ce fichier est trop lourd : 25 Mo au plus."))
    if not file.size:
        raise Unreadable(_("Ce fichier est vide."))
    reader = READERS.get(ending)
    if reader is None:
        raise Unreadable(
            _("Ce genre de fichier ne se reprend pas : il faut un ODT, un DOCX, un HTML ou un Markdown.")
        )
    pictures = _Pictures()
    try:
        html = nodes.html_of(_hung(cleaning.read(reader(file, pictures), pictures=True)))
    except DAMAGED:
        raise Unreadable(
            _(
                "Ce fichier est abîmé, ou n’est pas ce que dit son nom. Ouvrez-le, enregistrez-le de nouveau, puis réessayez."
            )
        ) from None
    if not html:
        raise Unreadable(_("Aucun texte dans ce fichier."))
    if len(showing.plain(html)) > rules.MOST_WORDS:
        raise Unreadable(_("Ce texte est trop long : coupez-le en plusieurs documents."))
    found = tuple(pictures.found.values())
    return Brought(html, found, pictures.lost, pictures.damaged, pictures.beyond)


def _hung(blocks: list[Block]) -> list[Block]:
    """An item that is only a list, as office programs write a deeper one, belongs to the item before it."""
    for block in blocks:
        if isinstance(block, Quote):
            block.blocks = _hung(block.blocks)
        elif isinstance(block, Items):
            items: list[list[Block]] = []
            for item in block.items:
                if items and isinstance(item[0], Items):
                    items[-1].extend(item)
                else:
                    items.append(item)
            block.items = [_hung(nodes.tidy(item)) for item in items]
    return blocks


def _text(file: IO[bytes], pictures: _Pictures | None = None) -> str:
    """Its words; the pictures that stand in it are put aside, and are no part of how long it is."""
    content = _decoded(file.read())
    if pictures is not None:
        content = _without_data(content, pictures)
    if len(content) > HEAVIEST_TEXT:
        raise Unreadable(_("Ce texte est trop long : coupez-le en plusieurs documents."))
    return content


def _without_data(text: str, pictures: _Pictures) -> str:
    def named(found: re.Match[str]) -> str:
        at = sha256(found[2].encode()).hexdigest()
        return pictures.add(at, lambda: base64.b64decode(found[2], validate=True), found[1])

    return re.sub(r"data:image/([a-z]{1,10})[a-z+.-]{0,20};base64,([A-Za-z0-9+/=]+)", named, text)


def _count_lost(html: str, pictures: _Pictures) -> str:
    """The same HTML; pictures that it names by an address are elsewhere, and nothing is fetched."""
    sources = IMAGE.findall(html)
    pictures.lost += sum(bool(one) and not one.startswith(cleaning.SOURCE) for one in sources)
    return html


def _decoded(said: bytes) -> str:
    if b"\0" in said and not said.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError
    for name in ("utf-16",) if said.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return said.decode(name)
        except UnicodeDecodeError:
            continue
    return said.decode("latin-1")


def _plain(file: IO[bytes], _pictures: _Pictures) -> str:
    return signs.from_plain(_text(file))


def _html(file: IO[bytes], pictures: _Pictures) -> str:
    return _count_lost(_with_formulas(_text(file, pictures)), pictures)


def _with_formulas(html: str) -> str:
    """A formula as browsers draw it (`richtext.formulas`) becomes the words that are kept beside, in one walk whatever the file says: each
    sign is looked at once, and what nothing closes ends the walk."""
    parts, at = [], 0
    while (begins := html.find("<math", at)) >= 0:
        head = html.find(">", begins)
        alternative_at = html.find('alttext="', begins, head)
        ends = html.find("</math>", head) if alternative_at >= 0 else head
        if head < 0 or ends < 0:
            break
        if alternative_at < 0:
            parts.append(html[at : head + 1])
            at = head + 1
            continue
        words = html[alternative_at + len('alttext="') : head].partition('"')[0]
        parts += [html[at:begins], f'<span data-formula="{words}">{words}</span>']
        at = ends + len("</math>")
    return "".join([*parts, html[at:]])


def _lower(html: str) -> str:
    """Headings of a file that begins by its title: a chapter is a title of ours, what is below it a lesser one."""
    return re.sub(r"(</?)h[3-6]\b", r"\1h4", html)


def _markdown(file: IO[bytes], pictures: _Pictures) -> str:
    return _count_lost(_drawn(_text(file, pictures)), pictures)


def _drawn(text: str) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - seldom asked for

    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return _formulas(_lower(reader.render(text)))


def _beside(file: IO[bytes], pictures: _Pictures) -> str:
    """A text in Markdown and its pictures in an archive, as it leaves here."""
    with ZipFile(file) as archive:
        _measure(archive)
        names = set(archive.namelist())
        found = [name for name in names if name.endswith(".md") and "/" not in name]
        if len(found) != 1:
            raise Unreadable(_("Cette archive doit contenir un texte en Markdown, un seul, et ses images."))

        def named(source: re.Match[str]) -> str:
            path = unquote(unescape(source[2]))
            ending = path.rpartition(".")[2].lower()
            if path not in names or f".{ending}" not in SHOWN:
                return source[0]
            return f'{source[1]}"{pictures.add(path, lambda: archive.read(path), ending)}"'

        with archive.open(found[0]) as text:
            html = re.sub(r'(<img src=)"([^"]*)"', named, _drawn(_text(text, pictures)))
        return _count_lost(html, pictures)


def _formulas(html: str) -> str:
    """« $x^2$ » between spaces is a formula, as it is where one types."""
    return re.sub(
        r"(?<![\w$\\])\$([^\s$][^$\n<]*[^\s$\\]|[^\s$\\])\$(?![\w$])",
        lambda found: f'<span data-formula="{found[1]}">{found[1]}</span>',
        html,
    )


def _bare_heads(html: str) -> str:
    """The head of a table is bold by itself: office files say it in each of its cells."""
    return re.sub(r"(<th[^>]*>(?:<p>)?)<strong>([^<]*)</strong>((?:</p>)?</th>)", r"\1\2\3", html)


# Word


def _docx(file: IO[bytes], pictures: _Pictures) -> str:
    import mammoth  # type: ignore[import-untyped]  # noqa: PLC0415 - seldom asked for

    with ZipFile(file) as archive:
        _measure(archive)
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                fromstring(archive.read(name), forbid_dtd=True)
        if "word/document.xml" not in archive.namelist():
            raise ValueError
    file.seek(0)

    def named(image: Any) -> dict[str, str]:
        ending = str(image.content_type or "").rpartition("/")[2]
        try:
            with image.open() as opened:
                return {"src": pictures.add(opened.name, opened.read, ending)}
        except mammoth.docx.files.InvalidFileReferenceError:
            pictures.lost += 1
        except DAMAGED as error:
            pictures.miss(error)
        return {"src": ""}

    converter = mammoth.images.img_element(named)
    html: str = mammoth.convert_to_html(
        file, style_map=STYLES, convert_image=converter, external_file_access=False
    ).value
    return _bare_heads(html)


def _measure(archive: ZipFile) -> None:
    """Raises ValueError for an archive that unfolds into too much."""
    found = archive.infolist()
    if len(found) > 2_000 or sum(one.file_size for one in found) > HEAVIEST_PART:
        raise ValueError
    if sum(one.file_size for one in found if one.filename.endswith((".xml", ".rels"))) > HEAVIEST_XML:
        raise Unreadable(_("Ce texte est trop long : coupez-le en plusieurs documents."))


# OpenDocument


def _odt(file: IO[bytes], pictures: _Pictures) -> str:
    with ZipFile(file) as archive:
        _measure(archive)
        root = fromstring(archive.read("content.xml"), forbid_dtd=True)
        has_styles = "styles.xml" in archive.namelist()
        named = fromstring(archive.read("styles.xml"), forbid_dtd=True) if has_styles else None
        body = next((one for one in root.iter() if _name(one) == "text" and "office" in one.tag), None)
        if body is None:
            raise ValueError
        styles = _Styles(
            root, named, lambda path, ending: pictures.add(path, lambda: archive.read(path), ending)
        )
        return _bare_heads("".join(_odt_blocks(body, styles)))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _told(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


class _Styles:
    """What the automatic styles of a file make of its words, which levels of its lists are numbered, which of its lines are its title, and
    how its pictures are found."""

    def __init__(self, root: Any, named: Any, source: Callable[[str, str], str]) -> None:
        self.marks: dict[str, list[str]] = {}
        self.numbered: set[tuple[str, str]] = set()
        self.source = source
        self.titles = {"Title"}
        for element in [*(named.iter() if named is not None else ()), *root.iter()]:
            if _name(element) == "style":
                self.marks[_told(element, "name")] = _marks_of(element)
                if _told(element, "parent-style-name") == "Title":
                    self.titles.add(_told(element, "name"))
            elif _name(element) == "list-style":
                for level in element:
                    if _name(level) == "list-level-style-number":
                        self.numbered.add((_told(element, "name"), _told(level, "level")))

    def tag_of(self, style: str, depth: int) -> str:
        return "ol" if (style, str(depth)) in self.numbered or style.startswith("Numbering") else "ul"


def _marks_of(style: Any) -> list[str]:
    found = []
    for element in style:
        if _name(element) != "text-properties":
            continue
        position = _told(element, "text-position")
        found += [
            tag
            for tag, is_so in (
                ("strong", _told(element, "font-weight") in {"bold", "600", "700", "800", "900"}),
                ("em", _told(element, "font-style") in {"italic", "oblique"}),
                ("u", _told(element, "text-underline-style") not in {"", "none"}),
                ("s", _told(element, "text-line-through-style") not in {"", "none"}),
                ("sub", position.startswith(("sub", "-"))),
                ("sup", position.startswith("super")),
            )
            if is_so
        ]
    return found


def _odt_blocks(parent: Any, styles: _Styles, lists: tuple[str, int] = ("", 0)) -> Iterable[str]:
    """`lists`: the style of the list in which these stand, and how deep: a list in a list has that style unless it says another one."""
    for element in parent:
        name = _name(element)
        if name == "p":
            tag = "h3" if _told(element, "style-name") in styles.titles else "p"
            yield f"<{tag}>{_odt_line(element, styles)}</{tag}>"
        elif name == "h":
            tag = "h3" if _told(element, "outline-level") in {"", "1", "2"} else "h4"
            yield f"<{tag}>{_odt_line(element, styles)}</{tag}>"
        elif name == "list":
            inner = _told(element, "style-name") or lists[0], lists[1] + 1
            tag = styles.tag_of(*inner)
            items = (f"<li>{''.join(_odt_blocks(item, styles, inner))}</li>" for item in element)
            yield f"<{tag}>{''.join(items)}</{tag}>"
        elif name == "table":
            yield f"<table>{''.join(_odt_rows(element, styles, 'td'))}</table>"
        elif name == "frame":
            yield _odt_frame(element, styles)
        elif name in {"section", "index-body", "table-of-content"}:
            yield from _odt_blocks(element, styles)


def _odt_rows(table: Any, styles: _Styles, tag: str) -> Iterable[str]:
    for element in table:
        if _name(element) == "table-header-rows":
            yield from _odt_rows(element, styles, "th")
        elif _name(element) in {"table-rows", "table-row-group"}:
            yield from _odt_rows(element, styles, tag)
        elif _name(element) == "table-row":
            cells = (one for one in element if _name(one) == "table-cell")
            row = "".join(f"<{tag}>{' '.join(_odt_blocks(cell, styles))}</{tag}>" for cell in cells)
            yield f"<tr>{row}</tr>"


def _odt_line(element: Any, styles: _Styles) -> str:
    html = escape(element.text or "")
    for child in element:
        name = _name(child)
        if name == "line-break":
            html += "<br>"
        elif name in {"tab", "s"}:
            html += " "
        elif name == "a":
            html += f'<a href="{escape(_told(child, "href"))}">{_odt_line(child, styles)}</a>'
        elif name == "span":
            html += _odt_span(child, styles)
        elif name == "frame":
            html += _odt_frame(child, styles)
        elif name not in {"note", "annotation", "tracked-changes", "desc", "title"}:
            html += _odt_line(child, styles)
        html += escape(child.tail or "")
    return html


def _odt_span(span: Any, styles: _Styles) -> str:
    inside = _odt_line(span, styles)
    for tag in styles.marks.get(_told(span, "style-name"), ()):
        inside = f"<{tag}>{inside}</{tag}>"
    return inside


def _odt_frame(frame: Any, styles: _Styles) -> str:
    """A picture, with what it shows; or a box of words, as that of a picture and its caption is."""
    images = [one for one in frame if _name(one) == "image"]
    if not images:
        return "".join("".join(_odt_blocks(one, styles)) for one in frame if _name(one) == "text-box")
    told = {_name(one): str(one.text or "") for one in frame if _name(one) in {"desc", "title"}}
    alt = told.get("desc") or told.get("title") or ""
    # The same drawing may stand there in two forms: the one that browsers show is taken.
    paths = [_told(one, "href").removeprefix("./") for one in images]
    path = next((one for one in paths if one.lower().endswith(SHOWN)), paths[0])
    return f'<img src="{styles.source(path, path.rpartition(".")[2])}" alt="{escape(alt)}">'


READERS = {
    "odt": _odt,
    "docx": _docx,
    "html": _html,
    "htm": _html,
    "md": _markdown,
    "txt": _plain,
    "zip": _beside,
}
