"""Spaces in a list, found by their name, on the home; the ones that are to be made from the directory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.counting import number_of
from preau.directory.rules.subjects import Look
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.spaces.models import Question, Space
from preau.domains.spaces.queries.people import teachers_by_space
from preau.domains.timetable.models import Lesson
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, found_in, titled
from preau.foundation.text import fold

KINDS = {
    "classes": ("group",),
    "enseignements": ("teaching",),
    "projets": ("project", "team"),
}


@dataclass(frozen=True)
class SpaceRow:
    """A space as a list shows it: whose it is, how many questions wait there, whether one only reads."""

    pk: int
    title: str
    kind: str
    look: Look
    detail: str
    waiting: int
    is_over: bool


def spaces_shown(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Space]":
    """The spaces that the viewer enters: of a teacher or a pupil their own, of the others all of the school; archived ones apart. Those that
    a teacher runs come first, before what colleagues do with the same classes."""
    rows = Space.objects.visible_to(viewer).select_related("subject", "group", "school")
    if chosen.get("lesquels") == "archives":
        rows = rows.filter(Q(archived_at__isnull=False) | Q(last_day__lt=viewer.today))
    else:
        rows = rows.filter(Q(archived_at=None), Q(last_day=None) | Q(last_day__gte=viewer.today))
        kinds = KINDS.get(chosen.get("lesquels", ""))
        rows = rows.filter(kind__in=kinds) if kinds else rows
    if chosen.get("mots"):
        for word in fold(chosen["mots"]).split():
            rows = rows.filter(search_title__contains=word)
    runs: Any = Space.objects.run_by(viewer).filter(pk=OuterRef("pk"))
    return rows.alias(is_run=Exists(runs)).order_by("-is_run", "kind", "search_title", "pk")


def rows_of(viewer: Viewer, spaces: Sequence[Space]) -> list[SpaceRow]:
    """The same as rows (two queries, whatever their number)."""
    teachers, waiting = teachers_by_space(spaces, viewer.today), waiting_in(viewer, spaces)
    return [
        SpaceRow(
            space.pk,
            space.title,
            str(space.get_kind_display()),
            space.look,
            ", ".join(teachers.get(space.pk, [])) or space.purpose,
            waiting.get(space.pk, 0),
            space.is_over(viewer.today),
        )
        for space in spaces
    ]


def waiting_in(viewer: Viewer, spaces: Sequence[Space]) -> dict[int, int]:
    """By space that the viewer runs, how many questions wait for an answer (one query); of what they do not run, nothing."""
    if viewer.profile == Profile.PUPIL or not spaces:
        return {}
    run = Space.objects.run_by(viewer).filter(pk__in=[space.pk for space in spaces])
    return dict(waiting(viewer, run).values_list("space").annotate(Count("pk")))


def waiting(viewer: Viewer, spaces: Any) -> "QuerySet[Question]":
    """The questions of these spaces that have reached the teacher and wait."""
    rows = Question.objects.kept().filter(space__in=spaces.values("pk"), shown_at__lte=viewer.moment)
    return rows.filter(answered_at=None, closed_at=None).order_by()


def titles(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Space]":
    """The spaces of the viewer, by the words of their name."""
    rows = Space.objects.visible_to(viewer).filter(wanted.may_be_in("search_title"), archived_at=None)
    return titled(rows, folded="search_title", title="title", word="kind")


def spaces_found(viewer: Viewer, wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> list[Hit]:
    return [
        Hit(
            row.title,
            reverse("spaces:space", kwargs={"pk": row.pk}),
            str(Space.Kind(row.word).label),
            near=row.near,
        )
        for row in found_in(wanted, rows)
    ]


def own_space(viewer: Viewer) -> Space | None:
    return Space.objects.filter(kind=Space.Kind.OWN, owner=viewer.person.pk).first()


def number_waiting(viewer: Viewer) -> Coalesce:
    """How many questions wait in the spaces that the viewer teaches, as a part of the query of the home: moderating is another thing."""
    teaching = Question.objects.kept().filter(
        shown_at__lte=viewer.moment, answered_at=None, closed_at=None, space__archived_at=None
    )
    return number_of(teaching.filter(space__in=Space.objects.taught_by(viewer).values("pk")))


def waits_card(viewer: Viewer, waiting: int) -> Mapping[str, Any] | None:
    """The card of the home: what waits for whoever answers; for nobody else, nothing."""
    return {"waiting": waiting} if waiting else None


def way_to_ask(viewer: Viewer, lesson: Lesson, _teacher: int) -> tuple[str, str, str] | None:
    """The questions of the space of what is taught in this lesson, where it takes some and the pupil enters it (one query)."""
    found = Space.objects.visible_to(viewer).filter(
        kind="teaching", subject=lesson.subject_id, group__lessons=lesson.pk, archived_at=None, asks=True
    )
    space = found.order_by("pk").values_list("pk", flat=True).first()
    if space is None:
        return None
    return _("Poser une question"), reverse("spaces:questions", kwargs={"pk": space}), "message-question"


def lesson_part(viewer: Viewer, lesson: Lesson) -> dict[str, Any] | None:
    """The space of what is taught in this lesson, that a pupil enters (one query): their questions are asked there."""
    if viewer.is_staff:
        return None
    found = Space.objects.visible_to(viewer).filter(
        kind="teaching", subject=lesson.subject_id, group__lessons=lesson.pk, archived_at=None
    )
    space = found.order_by("pk").values_list("pk", flat=True).first()
    return {"space": space} if space else None
