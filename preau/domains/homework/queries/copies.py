"""Copies to correct: what waits for a teacher, homework by homework, and one copy after the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from preau.directory.viewer import Viewer
from preau.domains.homework.models import HandIn, Homework
from preau.domains.homework.models.records import given_by
from preau.foundation.prepared import Prepared

WAITING = Q(returned_at=None, corrected_at=None)
READY = Q(returned_at=None, corrected_at__isnull=False)


@dataclass
class Copies:
    """A homework as the lists of copies show it: for which class, how many were handed in, wait, and are ready to be given back.

    `first`: the copy with which one begins, in the order of the class.
    """

    pk: int
    title: str
    due_day: date
    subject: str
    handed: int
    waiting: int
    ready: int
    first: int | None
    groups: list[str] = field(default_factory=list)

    @property
    def groups_label(self) -> str:
        return ", ".join(self.groups)

    @property
    def corrected(self) -> int:
        return self.handed - self.waiting

    @property
    def url(self) -> str:
        """Where one goes on: the first copy that waits, or the list of all of them."""
        if self.first:
            return reverse("homework:hand_in", kwargs={"pk": self.first})
        return reverse("homework:hand_ins", kwargs={"pk": self.pk})


def number_of(which: Q) -> Coalesce:
    """How many copies of a homework are so, as a part of another query."""
    rows = HandIn.objects.filter(which, homework=OuterRef("pk")).order_by().values("homework")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def numbered(works: "QuerySet[Homework]") -> "QuerySet[Homework]":
    """The same homework, each with the number of its copies, and the first that waits."""
    first = HandIn.objects.filter(WAITING, homework=OuterRef("pk")).order_by("pupil__search_name", "pk")
    return works.annotate(
        handed=number_of(Q()),
        waiting=number_of(WAITING),
        prepared=number_of(READY),
        first=Subquery(first.values("pk")[:1]),
    )


def _given(viewer: Viewer) -> "QuerySet[Homework]":
    """The homework of this year in the viewer's own lessons."""
    works: QuerySet[Homework] = given_by(Homework.objects.kept(), viewer, "record__lesson_id")
    return works.filter(record__lesson__year=F("record__lesson__school__current_year"))


COLUMNS = ("pk", "title", "due_day", "record__subject__name", "handed", "waiting", "prepared", "first")
TO_CORRECT = Prepared(
    lambda viewer: (
        numbered(_given(viewer).filter(Exists(HandIn.objects.filter(WAITING, homework=OuterRef("pk")))))
        .order_by("due_day", "pk", "record__lesson__groups__name")
        .values_list(*COLUMNS, "record__lesson__groups__name")
    )
)


def copies_to_correct(viewer: Viewer) -> list[Copies]:
    """The homework of which copies wait for the viewer, oldest first (one query)."""
    return _rows_of(TO_CORRECT(viewer))


def _rows_of(lines: Iterable[Sequence[Any]]) -> list[Copies]:
    rows: dict[int, Copies] = {}
    for *facts, group in lines:
        row = rows.setdefault(facts[0], Copies(*facts))
        if group:
            row.groups.append(group)
    return list(rows.values())


def works_handed_in(viewer: Viewer) -> "QuerySet[Homework]":
    """The homework of this year of which the viewer has received copies: those to correct first, then the latest; to be paged."""
    received = Exists(HandIn.objects.filter(homework=OuterRef("pk")))
    waits = Exists(HandIn.objects.filter(WAITING, homework=OuterRef("pk")))
    return _given(viewer).filter(received).annotate(waits=waits).order_by("-waits", "-due_day", "-pk")


def copies_of_page(works: Sequence[Homework]) -> list[Copies]:
    """The homework of a page, in its order (one query)."""
    wanted = [work.pk for work in works]
    lines = numbered(Homework.objects.filter(pk__in=wanted)).order_by("pk", "record__lesson__groups__name")
    rows = {row.pk: row for row in _rows_of(lines.values_list(*COLUMNS, "record__lesson__groups__name"))}
    return [rows[pk] for pk in wanted]


def copies_due_in(lesson_id: int, works: "Iterable[Any]") -> list[Copies]:
    """Of this `numbered` homework, that due in the lesson of which copies were handed in."""
    return [
        Copies(
            work.pk,
            work.title,
            work.due_day,
            work.record.subject.name,
            work.handed,
            work.waiting,
            work.prepared,
            work.first,
        )
        for work in works
        if work.due_lesson_id == lesson_id and work.handed
    ]


@dataclass(frozen=True)
class Around:
    """Where a copy stands among those of its homework, in the order of the class; `following`: the next one that waits."""

    number: int
    total: int
    waiting: int
    before: int | None
    after: int | None
    following: int | None


def around(known: HandIn) -> Around:
    """What is around a copy; those that wait are looked for after it, then from the beginning (one query)."""
    rows = list(
        HandIn.objects.filter(homework=known.homework_id)
        .order_by("pupil__search_name", "pk")
        .values_list("pk", "returned_at", "corrected_at")
    )
    keys = [pk for pk, *_ in rows]
    here = keys.index(known.pk)
    waiting = [pk for pk, returned, corrected in rows if returned is None and corrected is None]
    later = [pk for pk in waiting if keys.index(pk) > here]
    others = [pk for pk in waiting if pk != known.pk]
    return Around(
        number=here + 1,
        total=len(keys),
        waiting=len(waiting),
        before=keys[here - 1] if here else None,
        after=keys[here + 1] if here + 1 < len(keys) else None,
        following=next(iter(later or others), None),
    )
