"""Who is on the pages of a document now, and who has written it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Min
from django.utils import timezone

from preau.commons.documents import rules
from preau.commons.documents.models import Authorship, Document, Presence
from preau.directory.models import Person
from preau.directory.viewer import Viewer

# Colours of who writes: those of subjects, which are read in the light and in the dark.
COLOURS = ("arts", "svt", "langues", "anglais", "francais", "physique", "histoire", "maths")


def name_in(document: Document, person: Person | None) -> str:
    """How somebody is named in a document: whole within a school; « Nina A. » where several meet, as in the place itself (a query, if the
    document does not say it)."""
    if person is None:
        return ""
    meets = getattr(document, "meets", None)
    if meets is None:
        meets = Document.objects.named().filter(pk=document.pk).values_list("meets", flat=True).first()
        document.meets = meets  # type: ignore[attr-defined]
    if meets and person.family_name:
        return f"{person.given_name} {person.family_name[:1]}.".strip()
    return str(person.full_name)


@dataclass(frozen=True)
class Present:
    """One person on an open page. `colour`: a name of `frontend/subjects.json`; `caret`: where they write, in the words of the editor; `page`: which of their pages."""

    name: str
    initials: str
    colour: str
    writes: bool
    caret: str
    page: str
    is_self: bool

    def facts(self) -> dict[str, Any]:
        return {
            "nom": self.name,
            "initiales": self.initials,
            "couleur": self.colour,
            "ecrit": self.writes,
            "curseur": self.caret,
            "page": self.page,
            "moi": self.is_self,
        }


def present(viewer: Viewer, document: Document) -> list[Present]:
    """Those whose page was open a moment ago, in the order in which they came (one query)."""
    since = timezone.now() - timedelta(seconds=rules.PRESENT)
    rows = Presence.objects.filter(document=document.pk, seen_at__gt=since).select_related("person")
    return [
        Present(
            name_in(document, row.person),
            row.person.initials,
            COLOURS[row.person_id % len(COLOURS)],
            row.writes,
            row.caret,
            str(row.page),
            row.person_id == viewer.person.pk,
        )
        for row in rows.order_by("pk")[: rules.MOST_PRESENT]
    ]


def has_room(viewer: Viewer, document: Document) -> bool:
    """Does the viewer write there already, or may one more? (one query)"""
    since = timezone.now() - timedelta(seconds=rules.PRESENT)
    rows = Presence.objects.filter(document=document.pk, writes=True, seen_at__gt=since)
    writing = set(rows.values_list("person_id", flat=True).distinct())
    return viewer.person.pk in writing or len(writing) < rules.MOST_WRITERS


def authors_of(document: Document, versions: Iterable[int]) -> dict[int, list[str]]:
    """Who wrote each of these versions, by name (one query)."""
    found: dict[int, list[str]] = {}
    rows = Authorship.objects.filter(version__in=list(versions)).select_related("person").order_by("pk")
    for row in rows:
        found.setdefault(row.version_id, []).append(name_in(document, row.person))
    return found


def writing_since(document: Document, number: int) -> list[str]:
    """Who has written since the last version, by name (one query)."""
    rows = Person.objects.filter(document_updates__document=document.pk, document_updates__number__gt=number)
    first = rows.annotate(wrote=Min("document_updates__number")).order_by("wrote")
    return [name_in(document, person) for person in first]
