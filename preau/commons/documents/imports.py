"""The text of a file that somebody brings: OpenDocument, Word, HTML, Markdown or plain; its pictures and its looks stay there."""

import re
import zlib
from collections.abc import Iterable
from html import escape
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from preau.commons.documents import rules
from preau.foundation.richtext import cleaning, showing, signs
from preau.foundation.uploads import MEGABYTE

HEAVIEST, HEAVIEST_PART, HEAVIEST_TEXT = 5 * MEGABYTE, 30 * MEGABYTE, 2_000_000
# What is read of an archive, in memory some ten times as large.
HEAVIEST_XML = 8 * MEGABYTE
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
p[style-name='List Bullet 3'] => ul|ol > li > ul > li > ul > li:fresh
p[style-name='List Number 2'] => ul|ol > li > ol > li:fresh
p[style-name='List Number 3'] => ul|ol > li > ol > li > ol > li:fresh
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


def html_of(file: Any) -> str:
    """Canonical HTML of a file that was sent. Raises Unreadable."""
    ending = file.name.rpartition(".")[2].lower()
    if file.size > HEAVIEST:
        raise Unreadable(_("Ce fichier est trop lourd : 5 Mo au plus."))
    if not file.size:
        raise Unreadable(_("Ce fichier est vide."))
    read = {"odt": _odt, "docx": _docx, "html": _html, "htm": _html, "md": _markdown, "txt": _plain}.get(
        ending
    )
    if read is None:
        raise Unreadable(
            _("Ce genre de fichier ne se reprend pas : il faut un ODT, un DOCX, un HTML ou un Markdown.")
        )
    try:
        html = read(file)
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
    return html


def _text(file: IO[bytes]) -> str:
    said = file.read(HEAVIEST_TEXT + 1)
    if len(said) > HEAVIEST_TEXT:
        raise Unreadable(_("Ce texte est trop long : coupez-le en plusieurs documents."))
    if b"\0" in said and not said.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError
    for name in ("utf-16",) if said.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return said.decode(name)
        except UnicodeDecodeError:
            continue
    return said.decode("latin-1")


def _plain(file: IO[bytes]) -> str:
    return signs.from_plain(_text(file))


def _html(file: IO[bytes]) -> str:
    return cleaning.clean(_with_formulas(_text(file)))


def _with_formulas(html: str) -> str:
    """A formula as browsers draw it (`richtext.formulas`) becomes the words that are kept beside, in one walk whatever the file says: each
    sign is looked at once, and what nothing closes ends the walk."""
    parts, at = [], 0
    while (begins := html.find("<math", at)) >= 0:
        head = html.find(">", begins)
        told = html.find('alttext="', begins, head)
        ends = html.find("</math>", head) if told >= 0 else head
        if head < 0 or ends < 0:
            break
        if told < 0:
            parts.append(html[at : head + 1])
            at = head + 1
            continue
        words = html[told + len('alttext="') : head].partition('"')[0]
        parts += [html[at:begins], f'<span data-formula="{words}">{words}</span>']
        at = ends + len("</math>")
    return "".join([*parts, html[at:]])


def _lower(html: str) -> str:
    """Headings of a file that begins by its title: a chapter is a title of ours, what is below it a lesser one."""
    return re.sub(r"(</?)h[3-6]\b", r"\1h4", html)


def _markdown(file: IO[bytes]) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - seldom asked for

    reader = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return cleaning.clean(_formulas(_lower(reader.render(_text(file)))))


def _formulas(html: str) -> str:
    """« $x^2$ » between spaces is a formula, as it is where one types."""
    return re.sub(
        r"(?<![\w$\\])\$([^\s$][^$\n<]*[^\s$\\]|[^\s$\\])\$(?![\w$])",
        lambda found: f'<span data-formula="{found[1]}">{found[1]}</span>',
        html,
    )


# Word


def _docx(file: IO[bytes]) -> str:
    import mammoth  # type: ignore[import-untyped]  # noqa: PLC0415 - seldom asked for

    with ZipFile(file) as archive:
        _measure(archive)
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                fromstring(archive.read(name), forbid_dtd=True)
        if "word/document.xml" not in archive.namelist():
            raise ValueError
    file.seek(0)
    none = mammoth.images.img_element(lambda image: {})
    said = mammoth.convert_to_html(
        file, style_map=STYLES, convert_image=none, external_file_access=False
    ).value
    return cleaning.clean(said)


def _measure(archive: ZipFile) -> None:
    """Raises ValueError for an archive that unfolds into too much."""
    found = archive.infolist()
    if len(found) > 2_000 or sum(one.file_size for one in found) > HEAVIEST_PART:
        raise ValueError
    if sum(one.file_size for one in found if one.filename.endswith((".xml", ".rels"))) > HEAVIEST_XML:
        raise Unreadable(_("Ce texte est trop long : coupez-le en plusieurs documents."))


# OpenDocument


def _odt(file: IO[bytes]) -> str:
    with ZipFile(file) as archive:
        _measure(archive)
        root = fromstring(archive.read("content.xml"), forbid_dtd=True)
    body = next((one for one in root.iter() if _name(one) == "text" and "office" in one.tag), None)
    if body is None:
        raise ValueError
    return cleaning.clean("".join(_odt_blocks(body, _Styles(root))))


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _told(element: Any, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


class _Styles:
    """What the automatic styles of a file make of its words, and which of its lists are numbered."""

    def __init__(self, root: Any) -> None:
        self.marks: dict[str, list[str]] = {}
        self.numbered: set[str] = set()
        for element in root.iter():
            if _name(element) == "style":
                self.marks[_told(element, "name")] = _marks_of(element)
            elif _name(element) == "list-style":
                first = next(iter(element), None)
                if first is not None and _name(first) == "list-level-style-number":
                    self.numbered.add(_told(element, "name"))


def _marks_of(style: Any) -> list[str]:
    found = []
    for told in style:
        if _name(told) != "text-properties":
            continue
        position = _told(told, "text-position")
        found += [
            tag
            for tag, is_so in (
                ("strong", _told(told, "font-weight") in {"bold", "600", "700", "800", "900"}),
                ("em", _told(told, "font-style") in {"italic", "oblique"}),
                ("u", _told(told, "text-underline-style") not in {"", "none"}),
                ("s", _told(told, "text-line-through-style") not in {"", "none"}),
                ("sub", position.startswith(("sub", "-"))),
                ("sup", position.startswith("super")),
            )
            if is_so
        ]
    return found


def _odt_blocks(parent: Any, styles: _Styles) -> Iterable[str]:
    for element in parent:
        name = _name(element)
        if name == "p":
            yield f"<p>{_odt_line(element, styles)}</p>"
        elif name == "h":
            tag = "h3" if _told(element, "outline-level") in {"", "1", "2"} else "h4"
            yield f"<{tag}>{_odt_line(element, styles)}</{tag}>"
        elif name == "list":
            named = _told(element, "style-name")
            tag = "ol" if named in styles.numbered or named.startswith("Numbering") else "ul"
            items = (f"<li>{''.join(_odt_blocks(item, styles))}</li>" for item in element)
            yield f"<{tag}>{''.join(items)}</{tag}>"
        elif name == "table":
            yield f"<table>{''.join(_odt_rows(element, styles, 'td'))}</table>"
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
            said = "".join(f"<{tag}>{' '.join(_odt_blocks(cell, styles))}</{tag}>" for cell in cells)
            yield f"<tr>{said}</tr>"


def _odt_line(element: Any, styles: _Styles) -> str:
    said = escape(element.text or "")
    for child in element:
        name = _name(child)
        if name == "line-break":
            said += "<br>"
        elif name in {"tab", "s"}:
            said += " "
        elif name == "a":
            said += f'<a href="{escape(_told(child, "href"))}">{_odt_line(child, styles)}</a>'
        elif name == "span":
            inside = _odt_line(child, styles)
            for tag in styles.marks.get(_told(child, "style-name"), ()):
                inside = f"<{tag}>{inside}</{tag}>"
            said += inside
        elif name not in {"note", "annotation", "frame", "tracked-changes"}:
            said += _odt_line(child, styles)
        said += escape(child.tail or "")
    return said
