"""The appreciations of a class or a group, pupil by pupil, with what helps to write them: the average, and what was said before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from preau.directory.models import Enrolment, Group, Period, Person
from preau.directory.queries.finding import pupils_here
from preau.directory.rules.subjects import Look
from preau.directory.viewer import Viewer
from preau.domains.gradebook.queries.figures import Spread, number, spread_in_words
from preau.domains.gradebook.queries.read_marks import ClassMarks, Learning, class_marks
from preau.domains.gradebook.rules import averages
from preau.domains.report_cards.models import Appreciation, Phrase, Suggestion
from preau.domains.report_cards.queries.courses import closed_to
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.domains.report_cards.rules.texts import filled
from preau.foundation.prepared import Prepared
from preau.foundation.text import initials


@dataclass(frozen=True)
class Pupil:
    """A pupil of the class or group; `left`: before the period ended; `closed`: their council is over."""

    pk: int
    public_id: str
    family_name: str
    given_name: str
    starts: date | None = None
    ends: date | None = None
    closed: bool = False

    @property
    def name(self) -> str:
        """ABADIE Nina."""
        return f"{self.family_name.upper()} {self.given_name}".strip()

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        return initials(self.given_name, self.family_name)


def _there(viewer: Viewer, group: int, first: date, last: date, period: int) -> "QuerySet[Enrolment, Any]":
    rows = Enrolment.objects.filter(group=group, pupil__in=pupils_here(viewer).values("person_id"))
    rows = rows.exclude(starts__gt=last).exclude(ends__lte=last).exclude(ends__lte=first)
    return (
        rows.annotate(closed=closed_to(period))
        .order_by("pupil__search_name", "pk")
        .values_list(
            "pupil_id",
            "pupil__public_id",
            "pupil__family_name",
            "pupil__given_name",
            "starts",
            "ends",
            "closed",
            "group__kind",
            "group__name",
        )
    )


THERE = Prepared(_there)


def pupils_of(viewer: Viewer, group: Group, period: Period) -> tuple[list[Pupil], list[Learning]]:
    """Who has a bulletin in this class or group: who is there when the period ends, or today while it goes on. One query."""
    last = min(period.ends, max(viewer.today, period.starts))
    rows = THERE(viewer, group.pk, period.starts, last, period.pk)
    pupils = {row[0]: Pupil(*row[:7]) for row in rows}
    learning = [Learning(group.pk, row[7], row[8], row[0], row[4], row[5]) for row in rows]
    return list(pupils.values()), learning


@dataclass(frozen=True)
class TextRow:
    """A pupil and what is written of them; `version` 0: nothing was ever. `before`: what the period before said.

    `key`: that of the appreciation, `waiting`: that of the correction that somebody suggests of it.
    """

    pupil: Pupil
    text: str
    version: int
    by: str
    average: str
    value: float | None
    before: str
    before_average: str
    key: int = 0
    waiting: int | None = None

    @property
    def closed(self) -> bool:
        return self.pupil.closed


@dataclass(frozen=True)
class TextSheet:
    """All that the page of a passage shows."""

    passage: Passage
    period: Period
    rows: Sequence[TextRow]
    spread: Spread | None
    look: Look | None
    limit: int
    phrases: Sequence[Phrase]

    @property
    def written(self) -> int:
        return sum(bool(row.text) for row in self.rows)

    @property
    def shape(self) -> Spread | None:
        """The half of the class to draw, whose sentence the first pupil has said."""
        return replace(self.spread, said="") if self.spread else None

    @property
    def all_closed(self) -> bool:
        return bool(self.rows) and all(row.closed for row in self.rows)

    def said_for(self, row: TextRow) -> dict[str, str]:
        """What the places of a phrase become for a pupil."""
        matter = self.passage.label if self.passage.kind == Kind.SUBJECT else ""
        return {
            "prénom": row.pupil.given_name,
            "matière": matter,
            "moyenne": "" if row.average == "–" else row.average,
        }

    def phrase_for(self, phrase: Phrase, row: TextRow) -> str:
        return filled(phrase.text, self.said_for(row))


def limit_of(policy: Any, kind: str) -> int:
    """The most characters of such a text: of the rules of a school, or of a period that has them."""
    limit: int = policy.general_limit if kind == Kind.GENERAL else policy.subject_limit
    return limit


def _texts(pupils: tuple[int, ...], periods: tuple[int, ...], kind: str, subject: int | None) -> Any:
    rows = Appreciation.objects.filter(pupil__in=pupils, period__in=periods, kind=kind, subject=subject)
    waiting = Suggestion.objects.waiting().filter(appreciation=OuterRef("pk"))
    rows = rows.annotate(waiting=Subquery(waiting.values("pk")[:1]))
    return rows.select_related("changed_by").order_by("pk")


def sheet_of(
    viewer: Viewer, group: Group, passage: Passage, period: Period, former: Period | None, *, writes: bool
) -> TextSheet:
    """Six statements: pupils, averages (four), texts; for who writes, their phrases."""
    pupils, learning = pupils_of(viewer, group, period)
    periods = [former, period] if former else [period]
    held = class_marks(viewer, group.school_id, group.pk, learning, periods)
    now, then = (held.of(one.pk) if one else None for one in (period, former))
    keys = tuple(one.pk for one in pupils)
    texts = {
        (row.pupil_id, row.period_id): row
        for row in _texts(keys, tuple(one.pk for one in periods), passage.kind, passage.subject_id)
    }
    made = _averages(now, passage)
    past = _averages(then, passage)
    rows = [
        _row(
            one,
            texts.get((one.pk, period.pk)),
            texts.get((one.pk, former.pk)) if former else None,
            made,
            past,
        )
        for one in pupils
    ]
    here = (made[key].exact for key in keys if key in made)
    phrases = list(Phrase.objects.visible_to(viewer).order_by("pk")) if writes else []
    look = next((line.look for line in held.lines if line.subject_id == passage.subject_id), None)
    spread = spread_in_words(value for value in here if value is not None)
    return TextSheet(passage, period, rows, spread, look, limit_of(period, passage.kind), phrases)


def _averages(held: ClassMarks | None, passage: Passage) -> Mapping[int, averages.Average]:
    """By pupil, in the subject, or in general."""
    if held is None:
        return {}
    if passage.kind != Kind.SUBJECT:
        return {pupil: one.general for pupil, one in held.averages_of_all.items()}
    found = {pupil: one.subjects.get(passage.subject_id or 0) for pupil, one in held.averages_of_all.items()}
    return {pupil: average for pupil, average in found.items() if average is not None}


def _row(
    pupil: Pupil,
    text: Any,
    former: Appreciation | None,
    made: Mapping[int, averages.Average],
    past: Mapping[int, averages.Average],
) -> TextRow:
    average, then = made.get(pupil.pk), past.get(pupil.pk)
    exact = average.exact if average else None
    return TextRow(
        pupil,
        text.text if text else "",
        text.version if text else 0,
        text.changed_by.formal_name if text else "",
        number(average.rounded if average else None),
        None if exact is None else float(exact),
        former.text if former else "",
        number(then.rounded) if then and then.rounded is not None else "",
        text.pk if text else 0,
        text.waiting if text else None,
    )


def pupil_named(viewer: Viewer, group: Group, public_id: str) -> Person | None:
    """A pupil of this class or group, by the name of an address; whoever has left the school is not found."""
    there = Enrolment.objects.filter(group=group, pupil__in=pupils_here(viewer).values("person_id"))
    found: Person | None = Person.objects.filter(public_id=public_id, pk__in=there.values("pupil_id")).first()
    return found
