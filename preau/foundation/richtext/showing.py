"""Formatted text as a page shows it, and as plain words for a search, a mail or a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _
from markupsafe import Markup

from preau.foundation.richtext import nodes
from preau.foundation.richtext.cleaning import read
from preau.foundation.richtext.formulas import drawn
from preau.foundation.richtext.nodes import Block, Break, Inline, Items, Lines, Picture, Pre, Quote, Span


@dataclass(frozen=True)
class Shown:
    """Where a picture of a text is read, and how large it is."""

    address: str
    width: int
    height: int


def rich(html: str, pictures: Mapping[str, Shown] | None = None) -> Markup:
    """Cleaned once more, whatever wrote it, and its formulas drawn as MathML. `pictures`: those of the text, by key; one that is not among
    them is told in words. A text without any shows none."""

    def frame(picture: Picture) -> str:
        shown = (pictures or {}).get(picture.key)
        if shown is None:
            sentence = (
                _("Image absente : %(alt)s") % {"alt": picture.alt} if picture.alt else _("Image absente")
            )
            return f'<p class="muted">{escape(sentence, quote=False)}</p>'
        sizes = f'width="{shown.width}" height="{shown.height}"'
        return f'<img src="{escape(shown.address)}" alt="{escape(picture.alt)}" {sizes} loading="lazy">'

    # Nobody gave the table a name; a screen reader still says that one begins.
    name = f'<table><caption class="visually-hidden">{_("Tableau")}</caption>'
    blocks = read(html, pictures=pictures is not None)
    markup = nodes.html_of(blocks, drawn, frame).replace("<table>", name)
    return Markup(markup)  # nosec B704  # noqa: S704 - every tag and text is written by nodes


def plain(html: str, *, pictures: bool = False) -> str:
    """Its words alone, one line a block; with `pictures`, what they show too."""
    return "\n".join(filter(None, map(_words, read(html, pictures=pictures))))


def excerpt(html: str, length: int = 160) -> str:
    """Its first words, on one line, cut between two of them."""
    words = " ".join(plain(html).split())
    return (
        words
        if len(words) <= length
        else words[: words.rfind(" ", 0, length) if " " in words[:length] else length] + "…"
    )


def _words(block: Block) -> str:
    if isinstance(block, Lines):
        return _said(block.inside)
    if isinstance(block, Pre):
        return block.words
    if isinstance(block, Picture):
        return block.alt
    if isinstance(block, Quote):
        return "\n".join(map(_words, block.blocks))
    if isinstance(block, Items):
        return "\n".join(f"- {' '.join(map(_words, item))}" for item in block.items)
    return "\n".join(" | ".join(map(_said, row)) for row in block.rows)


def _said(inside: list[Inline]) -> str:
    out = ""
    for node in inside:
        if isinstance(node, Span):
            out += _said(node.inside)
        else:
            out += "\n" if isinstance(node, Break) else node.words
    return out
