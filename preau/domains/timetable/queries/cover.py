"""Lessons whose teacher is away, and what has become of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.counting import number_of
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import CoverAsk, Lesson, LessonChange, LessonQuerySet, TeacherAbsence
from preau.domains.timetable.queries.lessons import LessonRow, lines_of, rows_from

REPLACED, STUDY = LessonChange.Kind.REPLACED, LessonChange.Reason.STUDY
ASKED, DECLINED = CoverAsk.State.ASKED, CoverAsk.State.DECLINED


@dataclass(frozen=True)
class Away:
    """A teacher who is away from a lesson; `by`: who gives it instead."""

    absence: int
    person: int
    name: str
    by: str = ""


@dataclass(frozen=True)
class AskRow:
    """One person who was asked."""

    pk: int
    person: int
    name: str
    state: str
    asked_at: datetime
    words: str
    undone: bool = False

    @property
    def label(self) -> str:
        """« Accepté »; « Accepté, puis annulé » when the lesson was given back."""
        return _("Accepté, puis annulé") if self.undone else str(CoverAsk.State(self.state).label)


@dataclass
class NeedRow:
    """A lesson whose teacher is away, and what has become of it."""

    row: LessonRow
    over: bool
    away: list[Away] = field(default_factory=list)
    asks: list[AskRow] = field(default_factory=list)

    @property
    def missing(self) -> list[Away]:
        """Those whom nobody replaces yet."""
        return [one for one in self.away if not one.by]

    @property
    def waiting(self) -> list[AskRow]:
        return [ask for ask in self.asks if ask.state == ASKED] if self.is_open else []

    @property
    def names(self) -> str:
        """Who is away; once nobody is any more, who gives the lesson."""
        return ", ".join(one.name for one in self.away) or self.row.teachers_label

    @property
    def is_open(self) -> bool:
        """Is there still something to do about it?"""
        return bool(self.missing) and not self.row.is_cancelled and not self.over

    @property
    def said(self) -> tuple[str, str, str]:
        """What has become of it: words, tone and icon."""
        if self.row.is_cancelled:
            study = any(change.before == str(STUDY.label).lower() for change in self.row.changes)
            return (_("Permanence"), "changed", "users") if study else (_("Annulé"), "changed", "x")
        if not self.away:
            return _("Donné par %(who)s") % {"who": self.row.teachers_label or "—"}, "neutral", "check"
        if not self.missing:
            names = ", ".join(one.by for one in self.away)
            return _("Remplacé par %(who)s") % {"who": names}, "done", "circle-check"
        if self.over:
            return _("Non remplacé"), "neutral", "info-circle"
        return self._to_do()

    def _to_do(self) -> tuple[str, str, str]:
        if self.waiting:
            count = {"num": len(self.waiting)}
            words = ngettext("Demandé à %(num)s personne", "Demandé à %(num)s personnes", len(self.waiting))
            return words % count, "neutral", "clock"
        if others := len(self.row.teachers) - len(self.missing):
            words = ngettext("Un autre enseignant est là", "%(num)s autres enseignants sont là", others)
            return words % {"num": others}, "neutral", "users"
        refused = sum(ask.state == DECLINED for ask in self.asks)
        if refused:
            words = ngettext("À remplacer, %(num)s refus", "À remplacer, %(num)s refus", refused)
            return words % {"num": refused}, "todo", "alert-circle"
        return _("À remplacer"), "todo", "alert-circle"


def called(civility: str | None, given: str | None, family: str | None) -> str:
    titles = {one.value: str(one.label) for one in Person.Civility}
    return f"{(titles[civility] if civility else given) or ''} {family or ''}".strip()


def _away_from(school: Any) -> "QuerySet[TeacherAbsence]":
    found = TeacherAbsence.objects.in_force().filter(school=school)
    return found.over(OuterRef("starts"), OuterRef("ends"))


def to_cover(viewer: Viewer, first: date, last: date) -> LessonQuerySet:
    """The lessons of these days whose teacher is away, whatever has become of them; those cancelled for that reason too."""
    away = _away_from(OuterRef("school"))
    own = away.filter(teacher__lessons=OuterRef("pk"))
    given = away.filter(
        teacher__lessons_given_away__lesson=OuterRef("pk"),
        teacher__lessons_given_away__kind=REPLACED,
        teacher__lessons_given_away__undone_at=None,
    )
    called_off = LessonChange.objects.in_force().filter(
        lesson=OuterRef("pk"), kind=LessonChange.Kind.CANCELLED, reason=LessonChange.Reason.AWAY
    )
    return (
        Lesson.objects.in_school(viewer)
        .between(first, last)
        .filter(Exists(own) | Exists(given) | Exists(called_off))
        .order_by("starts", "pk")
    )


def left_to_cover(viewer: Viewer, first: date, last: date, now: Any) -> LessonQuerySet:
    """Those of them that nobody has taken yet, nor anybody settled otherwise, and that are not over."""
    own = _away_from(OuterRef("school")).filter(teacher__lessons=OuterRef("pk"))
    held = Lesson.objects.in_school(viewer).held().between(first, last).filter(ends__gt=now)
    return held.filter(Exists(own)).order_by("starts", "pk")


def number_left_today(viewer: Viewer) -> Coalesce:
    """How many lessons of today are still to cover, as a part of another query."""
    return number_of(left_to_cover(viewer, viewer.today, viewer.today, viewer.moment))


def number_left_tomorrow(viewer: Viewer) -> Coalesce:
    """The same of tomorrow: what can still be settled quietly."""
    tomorrow = viewer.days_ago(timedelta(days=-1))
    return number_of(left_to_cover(viewer, tomorrow, tomorrow, viewer.moment))


def needs_of(lessons: "QuerySet[Lesson]", now: datetime) -> list[NeedRow]:
    """What has become of these lessons: five queries, whatever their number."""
    return needs_from(rows_from(lines_of(lessons)), now)


def needs_from(rows: Sequence[LessonRow], now: datetime) -> list[NeedRow]:
    """The same for rows that were read: two queries."""
    needs = {row.pk: NeedRow(row, row.ends <= now) for row in rows}
    for lesson, away in _away(list(needs)):
        needs[lesson].away.append(away)
    for lesson, ask in _asks(list(needs)):
        needs[lesson].asks.append(ask)
    return list(needs.values())


NAME = ("civility", "given_name", "family_name")


def _away(lessons: Sequence[int]) -> Iterable[tuple[int, Away]]:
    """Who is away from which lesson, and who gives it instead: one query."""
    absences = TeacherAbsence.objects.in_force()
    who = ("pk", "teacher_id", *(f"teacher__{name}" for name in NAME))
    none = Value("")
    own = absences.filter(
        teacher__lessons__in=lessons,
        school=F("teacher__lessons__school"),
        starts__lt=F("teacher__lessons__ends"),
        ends__gt=F("teacher__lessons__starts"),
    ).values_list("teacher__lessons__pk", *who, none, none, none)
    change = "teacher__lessons_given_away"
    given = absences.filter(
        **{
            f"{change}__lesson__in": lessons,
            f"{change}__kind": REPLACED,
            f"{change}__undone_at": None,
            "school": F(f"{change}__lesson__school"),
            "starts__lt": F(f"{change}__lesson__ends"),
            "ends__gt": F(f"{change}__lesson__starts"),
        }
    ).values_list(f"{change}__lesson_id", *who, *(f"{change}__teacher_after__{name}" for name in NAME))
    for lesson, pk, teacher, *names in own.order_by().union(given.order_by(), all=True):
        yield lesson, Away(pk, teacher, called(*names[:3]), called(*names[3:]))


def _asks(lessons: Sequence[int]) -> Iterable[tuple[int, AskRow]]:
    asks = CoverAsk.objects.filter(lesson__in=lessons).order_by("-asked_at", "pk")
    columns = ("lesson_id", "pk", "person_id", "state", "asked_at", "words", "change__undone_at")
    for lesson, pk, person, state, at, words, undone, *names in asks.values_list(
        *columns, *(f"person__{name}" for name in NAME)
    ):
        yield lesson, AskRow(pk, person, called(*names), state, at, words, bool(undone))
