"""Documents that lie in a space (`documents.boards.places`): who reads, writes and runs them there is who does so in the space.

One's own space has none: « Mes documents » are there for that.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q, Window
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.documents.boards import PlaceFace
from preau.commons.documents.models import Document
from preau.commons.documents.queries import lists
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Party, Space

KIND = "space"
MOST_AT_HOME = 5
NOTHING: Mapping[str, int] = {"questions": 0, "definitions": 0, "reports": 0}


def _held(rows: Any) -> Any:
    return rows.exclude(kind=Space.Kind.OWN)


def read(viewer: Viewer) -> Any:
    """The spaces that one enters (a subquery)."""
    return _held(Space.objects.visible_to(viewer)).values("pk")


def written(viewer: Viewer) -> Any:
    """Those in which one writes that day; until its first day a space has no document to write in."""
    return _open(viewer, Space.objects.written_by(viewer)).values("pk")


def commented(viewer: Viewer) -> Any:
    """Those in which one comments that day."""
    return _open(viewer, Space.objects.commented_by(viewer)).values("pk")


def run(viewer: Viewer) -> Any:
    return _open(viewer, Space.objects.run_by(viewer)).values("pk")


def _open(viewer: Viewer, rows: Any) -> Any:
    return _held(rows.going_on(viewer.today)).filter(Q(opens=None) | Q(opens__lte=viewer.today))


def meeting() -> Any:
    """Projects where another school is, or was."""
    return Party.objects.exclude(school=F("space__school")).values("space_id")


def faces(viewer: Viewer, numbers: Collection[int]) -> Mapping[int, PlaceFace]:
    """How a space shows beside a document (one query)."""
    rows = _held(Space.objects.with_powers(viewer)).filter(pk__in=list(numbers))
    return {space.pk: face_of(viewer, space) for space in rows}


def face_of(viewer: Viewer, space: Space) -> PlaceFace:
    return PlaceFace(
        space.title,
        reverse("spaces:documents", kwargs={"pk": space.pk}),
        "" if space.is_of_a_group else space.purpose or str(space.get_kind_display()),
        space.look.key,
        space.look.icon or "book",
        pages=lambda: [page[:4] for page in pages_of(viewer, space)],
        thing=space,
    )


def school_of(number: int) -> int:
    return int(Space.objects.values_list("school_id", flat=True).get(pk=number))


def all_of(viewer: Viewer, space: Space) -> Any:
    """The documents of a space, the last changed first."""
    return lists.seen(viewer.within("documents")).filter(kind=KIND, place=space.pk)


def rows_of(viewer: Viewer, rows: Sequence[Document]) -> list[lists.DocumentRow]:
    return lists.rows_of(viewer.within("documents"), rows, with_place=False)


def begins(viewer: Viewer, space: Space) -> bool:
    """Does the viewer write documents there today?"""
    is_open = space.opens is None or space.opens <= viewer.today
    return is_open and rules.writes(viewer, space)


def last_of(viewer: Viewer, space: Space) -> tuple[list[lists.DocumentRow], int]:
    """What was written last in a space, for its home, and how many documents there are (one query)."""
    if not has_documents(viewer, space):
        return [], 0
    rows = list(all_of(viewer, space).annotate(in_all=Window(Count("pk")))[:MOST_AT_HOME])
    return rows_of(viewer, rows), rows[0].in_all if rows else 0


def has_documents(viewer: Viewer, space: Space) -> bool:
    """Where people write together, in a seat to which documents are open."""
    return space.kind != Space.Kind.OWN and viewer.offers("documents")


# The pages of a space, at its side and at that of its documents


def pages_of(
    viewer: Viewer, space: Space, counts: Mapping[str, int] = NOTHING
) -> list[tuple[str, str, str, str, int]]:
    """Key, name, address, drawing and what waits, of each page of a space (no query of a space `with_powers`)."""

    def at(name: str) -> str:
        return reverse(f"spaces:{name}", kwargs={"pk": space.pk})

    pages = [("home", _("Accueil de l’espace"), at("space"), "layout-grid", 0)]
    if rules.has_questions(viewer, space):
        pages.append(("questions", _("Questions"), at("questions"), "message-question", counts["questions"]))
    if has_documents(viewer, space):
        pages.append(("documents", _("Documents"), at("documents"), "file-text", 0))
    pages += [
        ("shelf", _("Étagère"), at("shelf"), "book", 0),
        ("wall", _("Mur de cartes"), at("wall"), "layout-kanban", 0),
        ("glossary", _("Glossaire"), at("glossary"), "vocabulary", counts["definitions"]),
        *_pages_elsewhere(viewer, space),
    ]
    if rules.has_meetings(viewer, space):
        pages.append(("meetings", _("Classe virtuelle"), at("meetings"), "video", 0))
    if space.kind != Space.Kind.OWN:
        pages.append(("members", _("Qui est dans l’espace"), at("members"), "users", 0))
    if counts["reports"]:
        pages.append(("reports", _("Signalements"), at("reports"), "flag", counts["reports"]))
    if rules.settles_space(viewer, space):
        pages.append(("settings", _("Réglages de l’espace"), at("settings"), "settings", 0))
    return pages


def _pages_elsewhere(viewer: Viewer, space: Space) -> Iterator[tuple[str, str, str, str, int]]:
    """Those of other houses: the files of the class, and of one's own space what is one's own."""
    own = space.kind == Space.Kind.OWN
    if own and viewer.offers("documents"):
        mine = f"{reverse('documents:home')}?lieu=moi"
        yield "documents", _("Mes documents"), mine, "file-text", 0
    if not viewer.offers("drive"):
        return
    if own:
        yield "files", _("Fichiers"), reverse("drive:home"), "folder", 0
    elif space.group_id and viewer.school_id == space.school_id:
        yield "files", _("Fichiers"), reverse("drive:group", kwargs={"pk": space.group_id}), "folder", 0
