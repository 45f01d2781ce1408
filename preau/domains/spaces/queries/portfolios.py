"""A portfolio as its pupil sees it, and as those read it to whom it was shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from preau.commons.documents.queries import lists
from preau.commons.files.queries import FileRow, rows_of
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces.models import Bundle, Kept, Space
from preau.domains.spaces.queries.people import pupils_in


@dataclass(frozen=True)
class KeptRow:
    """One thing of a portfolio, ready to be shown."""

    pk: int
    title: str
    path: str
    said: str
    text: str
    address: str
    year: str
    file: FileRow | None
    to_teachers: bool
    to_guardians: bool


def kept_of(viewer: Viewer, pupil: int, path: str = "") -> "QuerySet[Kept]":
    """What the viewer reads of the portfolio of a pupil, newest year first."""
    rows = Kept.objects.visible_to(viewer).filter(pupil=pupil).select_related("file")
    rows = rows.filter(path=path) if path else rows
    return rows.order_by("-year", "-at", "-pk")


def kept_rows(rows: Any) -> list[KeptRow]:
    return [
        KeptRow(
            one.pk,
            one.title,
            str(one.get_path_display()) if one.path else "",
            one.said,
            one.text,
            one.address,
            one.year,
            rows_of([one.file])[0] if one.file else None,
            one.to_teachers,
            one.to_guardians,
        )
        for one in rows
    ]


MOST_WORKS = 100


def works_of(viewer: Viewer) -> Any:
    """The documents that they wrote, alone or with others, the last changed first."""
    return lists.written_by(viewer.within("documents"))[:MOST_WORKS]


def bundle_of(viewer: Viewer) -> Bundle | None:
    """The archive asked for last (one query)."""
    rows = Bundle.objects.visible_to(viewer).exclude(state=Bundle.State.DROPPED).select_related("file")
    return rows.order_by("-pk").first()


MOST_SHOWN = 3


def shown_in_record(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """What a pupil shows of their portfolio, for the page about them (one query); nothing leaves no trace."""
    rows = list(kept_of(viewer, pupil.pk)[: MOST_SHOWN + 1])
    return {"rows": kept_rows(rows[:MOST_SHOWN]), "more": len(rows) > MOST_SHOWN} if rows else None


def shown_in(viewer: Viewer, space: Space) -> list[tuple[str, str]]:
    """The pupils of a space who show something to those who teach them, with the page of each (one query); to nobody else, none."""
    if not viewer.works_with_pupils:
        return []
    kept = Kept.objects.visible_to(viewer).filter(pupil__in=pupils_in(space, viewer.today).values("pupil_id"))
    people = Person.objects.filter(pk__in=kept.values("pupil_id")).order_by("search_name", "pk")
    return [(person.list_name, page_of(viewer, person)) for person in people]


def page_of(viewer: Viewer, pupil: Person) -> str:
    return reverse("spaces:portfolio_of", kwargs={"public_id": pupil.public_id})
