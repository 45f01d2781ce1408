"""The versions of a document, and what changed from one to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from preau.commons.documents.models import Document, Version
from preau.commons.documents.queries import people, pictures
from preau.directory.viewer import Viewer
from preau.foundation import dates
from preau.foundation.richtext import comparing, shared, showing


@dataclass(frozen=True)
class VersionRow:
    """`is_last`: nothing was written since. `by`: the names of those who wrote, in one line."""

    pk: int
    number: int
    name: str
    when: str
    by: str
    is_last: bool


@dataclass(frozen=True)
class Passage:
    """A block of a text beside another: « same », « gone » or « new »; `html` is canonical."""

    state: str
    html: str


def versions_of(document: Document) -> Any:
    """The last first, without their text; for a page of them."""
    return document.all_versions.defer("html").select_related("made_by").order_by("-number")


def version_rows(viewer: Viewer, document: Document, versions: Iterable[Version]) -> list[VersionRow]:
    """A page of `versions_of`, with who wrote each (one query)."""
    rows = list(versions)
    authors = people.authors_of(document, [row.pk for row in rows])
    return [
        VersionRow(
            row.pk,
            row.number,
            row.name or _("Version %(number)s") % {"number": row.number},
            said_at(viewer, row),
            ", ".join(authors.get(row.pk, [])),
            row.upto == document.last,
        )
        for row in rows
    ]


def said_at(viewer: Viewer, version: Version) -> str:
    """« hier, 14 h 05 »."""
    local = dates.local(version.made_at)
    return f"{dates.near_day(local.date(), viewer.today)}, {dates.hour(local)}"


def before(version: Version) -> Version | None:
    """The version that came before this one."""
    rows = version.document.all_versions.filter(number__lt=version.number)
    found: Version | None = rows.order_by("-number").first()
    return found


def compared(old: str, new: str) -> list[Passage]:
    """The blocks of both texts, in the order of the new one; what is gone stands where it was."""
    was, now = shared.blocks_of(old), shared.blocks_of(new)
    found: list[Passage] = []
    for kind, first, last, start, end in comparing.changes(was, now):
        if kind == "equal":
            found += [Passage("same", html) for html in now[start:end]]
        else:
            found += [Passage("gone", html) for html in was[first:last]]
            found += [Passage("new", html) for html in now[start:end]]
    return found


def drawn(document: Document, passages: Sequence[Passage]) -> list[tuple[str, Any]]:
    """Each as a page shows it: its state, and its HTML (one query, where there are pictures)."""
    shown = pictures.shown(document, "".join(one.html for one in passages))
    return [(one.state, showing.rich(one.html, shown)) for one in passages]
