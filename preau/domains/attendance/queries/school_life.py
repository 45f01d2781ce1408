"""What school life and teachers have to do: calls, explanations, the history of an entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from preau.commons.files.queries import FileRow
from preau.commons.files.queries import rows_of as rows_of_files
from preau.directory.counting import number_of, numbers
from preau.directory.models import Enrolment, Group, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import (
    Alert,
    Decision,
    Entry,
    EntryChange,
    Explanation,
    Handling,
    Reason,
    Status,
    Visit,
    exempting,
)
from preau.domains.attendance.rules import CORRECTION, reads_confidential, reason_said
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import (
    COLUMNS,
    LessonRow,
    lines_of,
    lines_with_groups,
    row_at_hand,
    rows_from,
    short_rows_from,
)
from preau.foundation import dates
from preau.foundation.prepared import Lines, Prepared

# A call not validated a quarter of an hour after the bell is a forgotten call.
FORGOTTEN = timedelta(minutes=15)
# What is still to settle is looked for over a month: older, it is a matter for the registers.
LATELY = timedelta(days=31)
# A holiday apart, the last day of lessons is within a week.
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Call:
    """A lesson of a day and its roll: whether it was called, and how many it found absent."""

    lesson: LessonRow
    made: bool
    absent: int


def _absent() -> Coalesce:
    """How many pupils the roll of a lesson found absent."""
    found = Entry.objects.filter(lesson=OuterRef("pk"), status=Status.ABSENT).order_by()
    return Coalesce(Subquery(found.values("lesson").annotate(number=Count("pk")).values("number")), 0)


# In two: what a roll found is only counted where rolls that were called are shown.
CALLS = Prepared(lambda viewer, day: _lines_of_calls(_held_on(viewer, day), _absent()))
MISSING = Prepared(lambda viewer, day, before: _lines_of_calls(_late(viewer, day, before), Value(0)))


def _held_on(viewer: Viewer, day: date) -> "QuerySet[Lesson]":
    return Lesson.objects.visible_to(viewer).on(day).held()


def _late(viewer: Viewer, day: date, before: datetime) -> "QuerySet[Lesson]":
    return _held_on(viewer, day).filter(starts__lte=before, roll_call=None)


def _lines_of_calls(lessons: "QuerySet[Lesson]", absent: Any) -> "QuerySet[Lesson, tuple[Any, ...]]":
    return lines_of(lessons).values_list("roll_call", absent, *COLUMNS)


def calls_of(viewer: Viewer, day: date) -> Lines:
    """The lessons of a day in the viewer's school, with what their roll found."""
    return Lines(
        lambda: _held_on(viewer, day).count(),
        lambda first, last: _calls(CALLS.part(first, last, viewer, day)),
    )


def calls_missing(viewer: Viewer, day: date, now: datetime, known: int | None = None) -> Lines:
    """Those of a day that began a quarter of an hour ago and whose roll is not called; `known`: how many, where it was counted."""
    before = now - FORGOTTEN
    return Lines(
        lambda: _late(viewer, day, before).count() if known is None else known,
        lambda first, last: _calls(MISSING.part(first, last, viewer, day, before)),
    )


def _calls(lines: list[tuple[Any, ...]]) -> list[Call]:
    # As they are now: what was changed in a lesson is said on its own page.
    rows = {row.pk: row for row in rows_from((*line[2:-1], 0) for line in lines)}
    return [Call(rows[line[2]], line[0] is not None, line[1]) for line in lines]


TO_MAKE = Prepared(
    lambda viewer, first, last, before: lines_with_groups(
        Lesson.objects.visible_to(viewer)
        .taught_over_weeks(viewer.person)
        .between(first, last)
        .held()
        .filter(starts__lte=before, roll_call=None)
    )
)


def calls_to_make(viewer: Viewer, now: datetime) -> list[LessonRow]:
    """A teacher's own lessons of the last seven days whose roll was never called, newest first."""
    return short_rows_from(TO_MAKE(viewer, viewer.today - CORRECTION, viewer.today, now - FORGOTTEN))[::-1]


@dataclass(frozen=True)
class Uncalled:
    """How many rolls of the last day of lessons were never called."""

    day: date
    number: int
    is_yesterday: bool


def uncalled_before(viewer: Viewer) -> Uncalled | None:
    """Of the last day of lessons before today, if there are any (one query)."""
    lessons = (
        Lesson.objects.visible_to(viewer)
        .held()
        .filter(day__lt=viewer.today, day__gte=viewer.days_ago(A_WEEK))
    )
    days = lessons.order_by("-day").values_list("day")
    last = days.annotate(number=Count("pk", filter=Q(roll_call=None), distinct=True)).first()
    if not last or not last[1]:
        return None
    return Uncalled(last[0], last[1], is_yesterday=last[0] == viewer.today - timedelta(days=1))


# What is counted on the home and on the board.
def number_to_read(viewer: Viewer) -> Coalesce:
    """Explanations that wait."""
    return number_of(Explanation.objects.visible_to(viewer).pending())


def number_forgotten(viewer: Viewer) -> Coalesce:
    """Calls of today that should be made by now."""
    return number_of(_late(viewer, viewer.today, viewer.ago(FORGOTTEN)))


def number_absent(viewer: Viewer) -> Coalesce:
    """Pupils absent today."""
    return number_of(Entry.objects.visible_to(viewer).absences().filter(day=viewer.today), "pupil_id")


def settled_from(viewer: Viewer) -> date:
    """The first day whose absences wait to be settled: the list that a number leads to begins there too."""
    return viewer.days_ago(LATELY)


def number_to_settle(viewer: Viewer) -> Coalesce:
    """Absences of a month that are to settle: a home does not wait for them."""
    return number_of(Entry.objects.visible_to(viewer).to_settle().filter(day__gte=settled_from(viewer)))


def number_of_alerts(viewer: Viewer) -> Coalesce:
    """Alerts that wait."""
    return number_of(Alert.objects.visible_to(viewer).waiting())


def number_away(viewer: Viewer) -> Coalesce:
    """Pupils who are now in the infirmary, the CDI or elsewhere."""
    return number_of(Visit.objects.visible_to(viewer).going_on())


@dataclass(frozen=True)
class WaitingCounts:
    """What waits for school life, as its board says it."""

    to_read: int
    forgotten: int
    to_settle: int
    alerts: int
    away: int


def waiting_for(viewer: Viewer) -> WaitingCounts:
    """Five counts, in one query."""
    return WaitingCounts(
        *numbers(viewer, number_to_read, number_forgotten, number_to_settle, number_of_alerts, number_away)
    )


@dataclass(frozen=True)
class ToRead:
    """An explanation that waits, with its reason as the viewer may read it, and the absence whose page it is read on."""

    day: date
    list_name: str
    said: str
    given_by: str
    entry_id: int


MOST_TO_READ = 10
TO_READ = Prepared(lambda viewer: _to_read(viewer)[:MOST_TO_READ])


def explanations_to_read(viewer: Viewer) -> list[ToRead]:
    """The ten that have waited longest."""
    return [_one_to_read(viewer, *line) for line in TO_READ(viewer)]


def next_to_read(viewer: Viewer, explanation: Explanation) -> int | None:
    """The absence of the explanation to read after this one, in the order of those that wait; the first one after the last (one query)."""
    waiting = Explanation.objects.visible_to(viewer).pending().exclude(pk=explanation.pk)
    later = Q(given_at__gt=explanation.given_at) | Q(given_at=explanation.given_at, pk__gt=explanation.pk)
    found = waiting.annotate(entry_id=Min("entries"), comes_first=Case(When(later, then=0), default=1))
    found = found.exclude(entry_id=None).order_by("comes_first", "given_at", "pk")
    return found.values_list("entry_id", flat=True).first()


def _one_to_read(viewer: Viewer, day: date, entry: int, *words: Any) -> ToRead:
    family_name, given_name, label, confidential, by, their_name, their_family = words
    reason = reason_said(viewer, label, by, confidential=confidential)
    pupil = Person(family_name=family_name, given_name=given_name)
    giver = Person(family_name=their_family, given_name=their_name)
    return ToRead(day, pupil.list_name, reason, giver.full_name, entry)


def _to_read(viewer: Viewer) -> "QuerySet[Explanation, tuple[Any, ...]]":
    """Oldest first: who has waited longest is read first."""
    waiting = Explanation.objects.visible_to(viewer).pending()
    waiting = waiting.annotate(entry_id=Min("entries")).exclude(entry_id=None).order_by("given_at", "pk")
    return waiting.values_list(
        "day",
        "entry_id",
        "pupil__family_name",
        "pupil__given_name",
        "reason__label",
        "reason__confidential",
        "given_by_id",
        "given_by__given_name",
        "given_by__family_name",
    )


@dataclass(frozen=True)
class Step:
    """One line of an entry's history, ready for the timeline."""

    at: datetime
    when: str
    title: str
    text: str


def whole_entry(pk: int) -> Entry:
    """An entry with its pupil, its lesson, the class of that day (`group_name`), its explanation and the key of the last decision on it
    (`last_decision`), what was made of it, and whether the pupil was `exempt`, in one query."""
    learnt = Enrolment.objects.filter(active_on(OuterRef("day"))).filter(pupil=OuterRef("pupil"))
    name = learnt.filter(group__kind=Group.Kind.CLASS).values("group__name")[:1]
    found = Entry.objects.select_related(
        "pupil",
        "explanation__reason",
        "explanation__given_by",
        "explanation__document",
        "handling__reason",
        "lesson__school",
        "lesson__subject",
        "lesson__room",
    )
    decisions = Decision.objects.filter(explanation=OuterRef("explanation")).order_by("-pk").values("pk")[:1]
    return found.annotate(
        group_name=Coalesce(Subquery(name), Value("")), exempt=exempting(), last_decision=Subquery(decisions)
    ).get(pk=pk)


def lesson_of(entry: Entry) -> LessonRow:
    """The lesson of a whole entry, as pages show it (one query: its groups and its teachers)."""
    return row_at_hand(entry.lesson)


def history_of(viewer: Viewer, entry: Entry) -> list[Step]:
    """Everything that happened to an entry, oldest first: seen, corrected, explained, decided, settled."""
    changes, handlings = _changed_and_handled(entry)
    steps = [_step(change.changed_at, change.state_label, change.changed_by) for change in changes]
    decided = Prefetch("decisions", Decision.objects.select_related("decided_by"))
    explanations = Explanation.objects.filter(
        pupil_id=entry.pupil_id, day=entry.day, school_id=entry.school_id
    )
    for explanation in explanations.select_related("given_by", "reason").prefetch_related(decided):
        steps += _said(viewer, explanation)
    steps += [_handled(viewer, handling) for handling in handlings]
    return sorted(steps, key=lambda step: step.at)


def _changed_and_handled(entry: Entry) -> tuple[list[EntryChange], list[Handling]]:
    """The corrections of an entry and what was made of it, each oldest first, with what a step says of them (one query)."""
    no, none, nothing = Value(value=False), Cast(Value(None), BigIntegerField()), Value("", CharField())
    changes = entry.changes.order_by().values_list(
        Value(0),
        "pk",
        "changed_at",
        "changed_by__given_name",
        "changed_by__family_name",
        "status",
        "minutes_late",
        no,
        nothing,
        no,
        none,
        nothing,
        nothing,
        nothing,
    )
    handlings = entry.handlings.order_by().values_list(
        Value(1),
        "pk",
        "handled_at",
        "handled_by__given_name",
        "handled_by__family_name",
        nothing,
        "reason_id",
        "settled",
        "reason__label",
        "reason__confidential",
        "told_by_id",
        "told_by__given_name",
        "told_by__family_name",
        "comment",
    )
    changed, handled = [], []
    for is_handling, _pk, at, given, family, status, number, *more in sorted(
        changes.union(handlings, all=True), key=lambda line: line[:2]
    ):
        who = Person(given_name=given, family_name=family)
        if not is_handling:
            changed.append(EntryChange(changed_at=at, changed_by=who, status=status, minutes_late=number))
            continue
        settled, label, confidential, teller, told_given, told_family, comment = more
        reason = Reason(pk=number, label=label, confidential=confidential) if number else None
        told_by = Person(given_name=told_given, family_name=told_family) if teller else None
        handled.append(
            Handling(
                handled_at=at,
                handled_by=who,
                settled=settled,
                reason=reason,
                told_by=told_by,
                comment=comment,
            )
        )
    return changed, handled


def _said(viewer: Viewer, explanation: Explanation) -> Iterator[Step]:
    reason = reason_of(viewer, explanation.reason, explanation.given_by_id)
    title = _("Expliquée : %(reason)s") % {"reason": reason}
    yield _step(
        explanation.given_at,
        title,
        explanation.given_by,
        words_of(viewer, explanation.reason, explanation.comment),
    )
    for decision in explanation.decisions.all():
        title = _("Explication %(state)s") % {"state": decision.get_state_display().lower()}
        yield _step(decision.decided_at, title, decision.decided_by, decision.comment)


def _handled(viewer: Viewer, handling: Handling) -> Step:
    if handling.reason is None:
        return _step(handling.handled_at, _("Traitement annulé"), handling.handled_by)
    reason = reason_of(viewer, handling.reason, None)
    title = (_("Réglée : %(reason)s") if handling.settled else _("À suivre : %(reason)s")) % {
        "reason": reason
    }
    if handling.told_by:
        title = _("%(title)s, dit par %(name)s") % {"title": title, "name": handling.told_by.full_name}
    words = words_of(viewer, handling.reason, handling.comment)
    return _step(handling.handled_at, title, handling.handled_by, words)


def reason_of(viewer: Viewer, reason: Reason, said_by: int | None) -> str:
    """The label of a reason as this viewer may read it."""
    return reason_said(viewer, reason.label, said_by, confidential=reason.confidential)


def paper_of(viewer: Viewer, explanation: Explanation | None) -> FileRow | None:
    """The paper of an explanation: as confidential as its reason."""
    paper = explanation.document if explanation else None
    hidden = explanation is not None and explanation.reason.confidential and not reads_confidential(viewer)
    return rows_of_files([paper])[0] if paper and not hidden else None


def words_of(viewer: Viewer, reason: Reason, words: str) -> str:
    """What was written beside a reason: as confidential as the reason."""
    return words if not reason.confidential or reads_confidential(viewer) else ""


def _step(at: datetime, title: str, who: Person, comment: str = "") -> Step:
    by = _("par %(name)s") % {"name": who.full_name}
    return Step(
        at,
        dates.capital(dates.day_and_hour(at)),
        title,
        f"{by}\u202f: «\u202f{comment}\u202f»" if comment else by,
    )
