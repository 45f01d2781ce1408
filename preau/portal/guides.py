"""The guides of docs/guides/, as pages: plain Markdown of ours, where raw HTML stays text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation.text import fold, french

FOLDER = Path(settings.GUIDES)
# For whom each guide is; a new one is for everyone until somebody says better.
AUDIENCES = {
    "famille": _("Familles et élèves"),
    "enseignant": _("Enseignants"),
    "vie-scolaire": _("Vie scolaire et direction"),
    "secretariat": _("Secrétariat"),
    "annuaire": _("Secrétariat"),
    "comptes": _("Secrétariat"),
    "documentaliste": _("Professeurs documentalistes"),
    "exploitant": _("Exploitants de la plateforme"),
}
# Which guide opens first, by what one does in a school.
OF_ROLE = {
    Role.HEAD: "vie-scolaire",
    Role.SCHOOL_LIFE: "vie-scolaire",
    Role.SECRETARY: "secretariat",
    Role.LIBRARIAN: "documentaliste",
}
TO_GUIDE = re.compile(r"([\w-]+)\.md(#.*)?")


@dataclass(frozen=True)
class Guide:
    """One guide: its title, its parts (anchor, title) and its text."""

    key: str
    title: str
    parts: tuple[tuple[str, str], ...]
    body: Markup
    folded: str

    @property
    def audience(self) -> Any:
        return AUDIENCES.get(self.key, _("Pour tous"))


@lru_cache
def guides() -> dict[str, Guide]:
    """Every guide, those of AUDIENCES first; read once, they change with the code."""
    keys = [path.stem for path in sorted(FOLDER.glob("*.md")) if path.stem != "README"]
    order = list(AUDIENCES)
    keys.sort(key=lambda key: order.index(key) if key in order else len(order))
    return {key: _read(key) for key in keys}


def by_audience(found: Iterable[Guide]) -> dict[str, list[Guide]]:
    """The guides of each audience, in the order in which they were found."""
    grouped: dict[str, list[Guide]] = {}
    for guide in found:
        grouped.setdefault(str(guide.audience), []).append(guide)
    return grouped


def _read(key: str) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse((FOLDER / f"{key}.md").read_text())
    has_title = bool(tokens) and tokens[0].tag == "h1"
    title = french(tokens[1].content) if has_title else key
    # The page has its own h1.
    shown = tokens[3:] if has_title else tokens
    parts = tuple(_mark_parts(shown))
    body = markdown.renderer.render(list(_with_captions(shown, title)), markdown.options, {})
    words = " ".join(token.content for token in tokens if token.type == "inline")
    return Guide(key, title, parts, Markup(body), fold(words))  # nosec B704  # noqa: S704 - our own text, whose HTML is not passed on


def _mark_parts(tokens: list[Token]) -> Iterator[tuple[str, str]]:
    """Give each part its anchor, and each link to a guide its address; returns the parts."""
    for opening, inline in pairwise(tokens):
        _finish(inline.children or [])
        if opening.type == "heading_open" and opening.tag == "h2":
            opening.attrSet("id", slugify(inline.content))
            yield slugify(inline.content), french(inline.content)


def _with_captions(tokens: list[Token], title: str) -> Iterator[Token]:
    """Markdown's tables have no caption: they take the title of their part; the names of their columns say so."""
    for token, after in pairwise([*tokens, Token("text", "", 0)]):
        if token.type == "th_open":
            token.attrSet("scope", "col")
        yield token
        if token.type == "heading_open":
            title = french(after.content)
        if token.type == "table_open":
            caption = f'<caption class="visually-hidden">{escape(title)}</caption>'
            yield Token("html_block", "", 0, content=caption)


def _finish(tokens: list[Token]) -> None:
    """A link to another guide's file leads to its page; French signs stay with their word."""
    for token in tokens:
        token.content = french(token.content)
        found = TO_GUIDE.fullmatch(str(token.attrGet("href") or ""))
        if token.type == "link_open" and found:
            token.attrSet("href", reverse("portal:guide", args=[found[1]]) + (found[2] or ""))


def first_for(viewer: Viewer | None) -> str:
    """The guide that speaks to this reader first; nothing for a visitor."""
    if viewer is None:
        return ""
    if not viewer.is_staff:
        return "famille"
    return next((guide for role, guide in OF_ROLE.items() if role in viewer.roles), "enseignant")


def matching(words: str, first: str = "") -> list[Guide]:
    """The guides that hold every word typed, accents and capitals aside; the one of the reader's own profile before the others."""
    asked = fold(words).split()
    found = [guide for guide in guides().values() if all(word in guide.folded for word in asked)]
    return sorted(found, key=lambda guide: guide.key != first)
