"""Documents in a list, in the search, in a place of another house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.documents.boards import PlaceFace
from preau.commons.documents.models import OWN, Document
from preau.commons.documents.queries import places
from preau.commons.documents.queries.people import name_in
from preau.directory.viewer import Viewer
from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import MOST_CANDIDATES, LookupTerms


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
        reverse("documents:document", kwargs={"pk": row.pk}),
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
                (f"document-{pk}", title, reverse("documents:document", kwargs={"pk": pk}), "", 0)
                for pk, title in titles
            ]
    return found


def count_at(viewer: Viewer, kind: str, number: int) -> int:
    found = Document.objects.visible_to(viewer).present().filter(kind=kind, place=number)
    return int(found.count())


def bin_of(viewer: Viewer) -> "QuerySet[Document]":
    """What one may take out of the bin, the last thrown first."""
    rows = Document.objects.visible_to(viewer).filter(trashed_at__isnull=False).light()
    return rows.order_by("-trashed_at", "-pk")


def documents_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """Those that one sees, by the words of their title, then by those that they hold (one query)."""
    inside = wanted.begin_in("search_title", "words")
    rows = Document.objects.visible_to(viewer).present()
    rows = rows.filter(wanted.may_be_in("search_title") | inside)
    rows = rows.annotate(is_inside=ExpressionWrapper(inside, BooleanField())).order_by("search_title", "pk")
    lines = list(rows.values_list("pk", "search_title", "title", "changed_at", "is_inside")[:MOST_CANDIDATES])
    titled = wanted.best(lines, lambda row: row[1])
    known = {row[0] for row, _slips in titled}
    hits = [_hit(viewer, row, near=slips > 0) for row, slips in titled]
    return hits + [_hit(viewer, row, _("dans le texte")) for row in lines if row[4] and row[0] not in known]


def _hit(viewer: Viewer, row: Any, where: str = "", *, near: bool = False) -> Hit:
    pk, _folded, title, changed, *_rest = row
    when = dates.near_day(dates.local(changed).date(), viewer.today)
    url = reverse("documents:document", kwargs={"pk": pk})
    return Hit(title, url, f"{where} · {when}" if where else when, near=near)
