"""Documents in a list, in the search, in a place of another house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from preau.commons.documents.boards import PlaceFace
from preau.commons.documents.models import OWN, Document
from preau.commons.documents.queries import places
from preau.commons.documents.queries.people import name_in
from preau.directory.viewer import Viewer
from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, TitledRow, found_in, titled
from preau.foundation.templating import url


@dataclass(frozen=True)
class DocumentRow:
    """One line of a list; `place`: the name of where it lies, "" in a list of one place."""

    pk: int
    title: str
    url: str
    detail: str
    place: str = ""
    icon: str = "file-text"


def seen(viewer: Viewer) -> Any:
    """Those that are there, the last changed first."""
    rows = Document.objects.visible_to(viewer).present().light().named()
    return rows.select_related("begun_by").order_by("-changed_at", "-pk")


def written_by(viewer: Viewer) -> Any:
    """Of those, what the viewer has begun or written in: one's own, and what one has put words in elsewhere."""
    rows: Any = Document.objects.filter(pk=OuterRef("pk"))
    mine = rows.filter(
        Q(all_versions__authorships__person=viewer.person.pk) | Q(updates__author=viewer.person.pk)
    )
    return seen(viewer).filter(Q(owner=viewer.person.pk) | Q(begun_by=viewer.person.pk) | Exists(mine))


def at(viewer: Viewer, place: places.Place) -> Any:
    """Those of a place that the viewer reads."""
    rows = seen(viewer).filter(kind=place.kind, place=place.number)
    return rows.filter(owner=viewer.person.pk) if place.kind == OWN else rows


def narrowed(rows: Any, typed: str) -> Any:
    """Those of which the title or the words answer what was typed."""
    wanted = LookupTerms.typed(typed)
    return rows.filter(wanted.begin_in("search_title", "words")) if wanted.words else rows


def rows_of(viewer: Viewer, rows: Sequence[Document], *, with_place: bool = True) -> list[DocumentRow]:
    faces = places.faces_of(viewer, rows) if with_place else {}
    return [_row(viewer, row, faces.get((row.kind, row.place))) for row in rows]


def _row(viewer: Viewer, row: Document, face: Any) -> DocumentRow:
    when = dates.near_day(dates.local(row.changed_at).date(), viewer.today)
    begun = name_in(row, row.begun_by) if row.begun_by and row.begun_by_id != viewer.person.pk else ""
    detail = _("changé %(when)s") % {"when": when}
    return DocumentRow(
        row.pk,
        row.title,
        url("documents:document", pk=row.pk),
        f"{begun}, {detail}" if begun else detail,
        face.name if face else "",
    )


def rows_at(viewer: Viewer, kind: str, number: int, most: int = 20) -> list[DocumentRow]:
    """The documents of a place, the last changed first, for the house whose place it is (one query)."""
    rows = seen(viewer).filter(kind=kind, place=number)[:most]
    return rows_of(viewer, list(rows), with_place=False)


def beside(
    viewer: Viewer, document: Document, face: PlaceFace, most: int = 6
) -> list[tuple[str, str, str, str, int]]:
    """The pages of the place of a document, and under « Documents » the last changed, this one first (one query); none where it has none."""
    pages = face.pages()
    if not pages:
        return []
    rows = seen(viewer).filter(kind=document.kind, place=document.place).exclude(pk=document.pk)
    titles = [(document.pk, document.title), *rows.values_list("pk", "title")[: most - 1]]
    found: list[tuple[str, str, str, str, int]] = []
    for key, name, address, icon in pages:
        found.append((key, name, address, icon, 0))
        if address == face.url:
            found += [
                (f"document-{pk}", title, url("documents:document", pk=pk), "", 0) for pk, title in titles
            ]
    return found


def count_at(viewer: Viewer, kind: str, number: int) -> int:
    found = Document.objects.visible_to(viewer).present().filter(kind=kind, place=number)
    return int(found.count())


def bin_of(viewer: Viewer) -> "QuerySet[Document]":
    """What one may take out of the bin, the last thrown first."""
    rows = Document.objects.visible_to(viewer).filter(trashed_at__isnull=False).light()
    return rows.order_by("-trashed_at", "-pk")


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Document]":
    """Those that one sees, by the words of their title, then by those that they hold."""
    inside = wanted.begin_in("search_title", "words")
    rows = Document.objects.visible_to(viewer).present().filter(wanted.may_be_in("search_title") | inside)
    return titled(rows, folded="search_title", title="title", at="changed_at", inside=inside)


def documents_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> list[Hit]:
    return [_hit(viewer, row) for row in found_in(wanted, rows)]


def _hit(viewer: Viewer, row: TitledRow) -> Hit:
    when = dates.near_day(dates.local(row.at).date(), viewer.today) if row.at else ""
    where = _("dans le texte") if row.by_words else ""
    detail = " · ".join(filter(None, [where, when]))
    return Hit(row.title, url("documents:document", pk=row.pk), detail, near=row.near)
