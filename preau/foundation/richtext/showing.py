"""Formatted text as a page shows it, and as plain words for a search, a mail or a list."""

from django.utils.translation import gettext as _
from markupsafe import Markup

from preau.foundation.richtext import nodes
from preau.foundation.richtext.cleaning import read
from preau.foundation.richtext.formulas import drawn
from preau.foundation.richtext.nodes import Block, Break, Inline, Items, Lines, Pre, Quote, Span


def rich(html: str) -> Markup:
    """Cleaned once more, whatever wrote it, and its formulas drawn as MathML."""
    # Nobody gave the table a name; a screen reader still says that one begins.
    name = f'<table><caption class="visually-hidden">{_("Tableau")}</caption>'
    said = nodes.html_of(read(html), drawn).replace("<table>", name)
    return Markup(said)  # nosec B704  # noqa: S704 - every tag and text is written by nodes


def plain(html: str) -> str:
    """Its words alone, one line a block."""
    return "\n".join(filter(None, map(_words, read(html))))


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
