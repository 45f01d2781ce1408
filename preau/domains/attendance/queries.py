"""Reading attendance: registers, what families follow, what school life has to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Entry, Explanation, Status, label_of
from preau.domains.attendance.rules import CORRECTION, EARLY, answers_for_absences
from preau.domains.timetable.boards import Mark
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import LessonRow
from preau.domains.timetable.queries import rows_of as lesson_rows
from preau.foundation import dates, text

# A call not validated a quarter of an hour after the bell is a forgotten call.
FORGOTTEN = timedelta(minutes=15)


@dataclass(frozen=True)
class RegisterRow:
    """A pupil expected in the lesson, and whether they are missing."""

    pupil_id: int
    family_name: str
    given_name: str
    status: str
    minutes_late: int | None
    was_absent_before: bool

    @property
    def list_name(self) -> str:
        return f"{self.family_name.upper()} {self.given_name}"

    @property
    def initials(self) -> str:
        return text.initials(self.family_name, self.given_name)

    @property
    def seen(self) -> str:
        return seen_of(self.status, self.minutes_late)


def seen_of(status: str, minutes_late: int | None) -> str:
    """The short form in which a page remembers what it showed: « present », « late-10 »."""
    return f"{status}-{minutes_late}" if status == Status.LATE else status


def register_of(lesson: Lesson) -> list[RegisterRow]:
    """Every pupil expected in the lesson, by name, and whether they are missing (three queries)."""
    entries = {
        entry["pupil_id"]: entry
        for entry in Entry.objects.filter(lesson=lesson).values("pupil_id", "status", "minutes_late")
    }
    before = absent_before(lesson)
    pupils = lesson.pupils().values_list("pk", "family_name", "given_name")
    return [_row(pupil, entries.get(pupil[0]), pupil[0] in before) for pupil in pupils]


def _row(pupil: tuple[int, str, str], entry: Mapping[str, Any] | None, was_absent: bool) -> RegisterRow:
    status = entry["status"] if entry else Status.PRESENT.value
    minutes = entry["minutes_late"] if entry else None
    return RegisterRow(pupil[0], pupil[1], pupil[2], status, minutes, was_absent)


def absent_before(lesson: Lesson) -> set[int]:
    """Pupils absent at the last lesson they had that day before this one (two queries)."""
    had = {"group__lessons__day": lesson.day, "group__lessons__starts__lt": lesson.starts}
    before = Enrolment.objects.active(lesson.day).filter(pupil__in=lesson.pupils(), **had)
    last = dict(before.values_list("pupil_id").annotate(Max("group__lessons__starts")))
    absent = Entry.objects.absences().filter(day=lesson.day, school_id=lesson.school_id, pupil__in=last)
    return {
        pupil for pupil, starts in absent.values_list("pupil_id", "lesson__starts") if last[pupil] == starts
    }


def marks_of(viewer: Viewer, lesson_ids: Sequence[int]) -> dict[int, Mark]:
    """For those who call the roll: « Appel fait », or the gesture itself once the lesson is near."""
    if not viewer.is_staff:
        return {}
    lessons = Lesson.objects.filter(pk__in=lesson_ids).values_list("pk", "roll_call__called_at", "starts")
    now = timezone.now()
    return {pk: mark for pk, called, starts in lessons if (mark := _mark(pk, called, starts, now))}


def _mark(lesson_id: int, called: datetime | None, starts: datetime, now: datetime) -> Mark | None:
    href = reverse("attendance:roll", kwargs={"pk": lesson_id})
    if called:
        return Mark(_("Appel fait"), tone="done", icon="check", href=href, gesture=_("Corriger"))
    if starts > now + EARLY:
        return None
    return Mark(
        _("Appel à faire"), tone="todo", icon="clipboard-check", href=href, gesture=_("Faire l’appel")
    )


@dataclass(frozen=True)
class AbsenceRow:
    """One absence or lateness as lists show it."""

    pk: int
    pupil: str
    list_name: str
    group: str
    day: date
    hours: str
    subject: str
    status: str
    label: str
    explanation_id: int | None
    explanation_state: str
    reason: str
    to_explain: bool

    @property
    def tag(self) -> tuple[str, str]:
        """The word and the tone of what remains to be done."""
        if self.status != Status.ABSENT:
            return (self.label, "neutral")
        return {
            Explanation.State.PENDING.value: (_("Explication à lire"), "todo"),
            Explanation.State.ACCEPTED.value: (_("Explication acceptée"), "done"),
            Explanation.State.REFUSED.value: (_("Explication refusée"), "changed"),
        }.get(self.explanation_state, (_("À expliquer"), "todo"))


COLUMNS = (
    "pk", "pupil__family_name", "pupil__given_name", "day", "lesson__starts", "lesson__ends", "school__timezone",
    "lesson__subject__name", "status", "minutes_late", "explanation_id", "explanation__state",
    "explanation__reason__label", "pupil_id",
)  # fmt: skip


def rows_of(
    entries: "QuerySet[Entry] | Sequence[Mapping[str, Any]]", classes: Mapping[int, str]
) -> list[AbsenceRow]:
    """Lines of `entries.values(*COLUMNS)` as rows; `classes` gives the class of each pupil."""
    return [_absence_row(line, classes) for line in entries]  # type: ignore[arg-type]


def _absence_row(line: Mapping[str, Any], classes: Mapping[int, str]) -> AbsenceRow:
    state = line["explanation__state"] or ""
    settled = {Explanation.State.PENDING, Explanation.State.ACCEPTED}
    return AbsenceRow(
        pk=line["pk"],
        pupil=line["pupil__given_name"],
        list_name=f"{line['pupil__family_name'].upper()} {line['pupil__given_name']}",
        group=classes.get(line["pupil_id"], ""),
        day=line["day"],
        hours=dates.hours(line["lesson__starts"], line["lesson__ends"], line["school__timezone"]),
        subject=line["lesson__subject__name"],
        status=line["status"],
        label=label_of(line["status"], line["minutes_late"]),
        explanation_id=line["explanation_id"],
        explanation_state=state,
        reason=line["explanation__reason__label"] or "",
        to_explain=line["status"] == Status.ABSENT and state not in settled,
    )


def classes_of(pupil_ids: Sequence[int], day: date) -> dict[int, str]:
    """The class of each pupil on a day."""
    enrolled = Enrolment.objects.active(day).filter(pupil_id__in=pupil_ids, group__kind=Group.Kind.CLASS)
    return dict(enrolled.values_list("pupil_id", "group__name"))


def absences_of(viewer: Viewer) -> "QuerySet[Entry, dict[str, Any]]":
    """What a family follows: absences and latenesses of its pupils, newest first."""
    seen = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT)
    return seen.order_by("-day", "-lesson__starts", "pk").values(*COLUMNS)


@dataclass(frozen=True)
class ToExplain:
    """The lessons of one pupil, missed on one day, that the family has still to explain."""

    entry_id: int
    pupil: str
    day: date
    hours: str
    count: int
    refused: bool
    phone: str


def absences_to_explain(viewer: Viewer) -> list[ToExplain]:
    """The absences a family has to explain, one line a pupil and a day, oldest first (one query)."""
    if not answers_for_absences(viewer):
        return []
    lines = Entry.objects.visible_to(viewer).to_explain().order_by("day", "pupil_id", "lesson__starts")
    days: dict[tuple[int, date], list[Mapping[str, Any]]] = {}
    for line in lines.values(*COLUMNS, "school__phone"):
        days.setdefault((line["pupil_id"], line["day"]), []).append(line)
    return [_to_explain(lessons) for lessons in days.values()]


def _to_explain(lessons: list[Mapping[str, Any]]) -> ToExplain:
    first, last = lessons[0], lessons[-1]
    zone = first["school__timezone"]
    return ToExplain(
        entry_id=first["pk"],
        pupil=first["pupil__given_name"],
        day=first["day"],
        hours=f"de {dates.hour(first['lesson__starts'], zone)} à {dates.hour(last['lesson__ends'], zone)}",
        count=len(lessons),
        refused=any(line["explanation__state"] == Explanation.State.REFUSED for line in lessons),
        phone=first["school__phone"],
    )


def same_day_to_explain(entry: Entry) -> "QuerySet[Entry]":
    """The absences of the same pupil and day that one explanation may cover."""
    same = Entry.objects.filter(
        pupil_id=entry.pupil_id, school_id=entry.school_id, day=entry.day
    ).to_explain()
    return same.select_related("lesson__subject", "lesson__school").order_by("lesson__starts")


def calls_of(viewer: Viewer, day: date) -> "QuerySet[Lesson]":
    """The lessons of a day in the viewer's school, with what their call found."""
    missing = Count("attendance_entries", filter=Q(attendance_entries__status=Status.ABSENT), distinct=True)
    lessons = Lesson.objects.visible_to(viewer).on(day).annotate(absent=missing)
    # Counting drops the model's own order.
    lessons = lessons.order_by("starts", "pk").select_related("subject", "room", "school", "roll_call")
    return lessons.prefetch_related("groups", "teachers")


def calls_missing(viewer: Viewer, day: date, now: datetime) -> "QuerySet[Lesson]":
    """Those of a day that began a quarter of an hour ago without a call."""
    return calls_of(viewer, day).filter(starts__lte=now - FORGOTTEN, roll_call=None)


def calls_to_make(viewer: Viewer, now: datetime) -> list[LessonRow]:
    """A teacher's own lessons of the last seven days whose roll was never called, newest first (one query)."""
    own = Lesson.objects.visible_to(viewer).taught_by(viewer.person)
    week = own.between(viewer.today - CORRECTION, viewer.today)
    return lesson_rows(week.filter(starts__lte=now - FORGOTTEN, roll_call=None))[::-1]


@dataclass(frozen=True)
class Figures:
    """What waits for school life, counted in one query each."""

    to_read: int
    forgotten: int
    absent: int


def figures_of(viewer: Viewer, now: datetime) -> Figures:
    here = Entry.objects.visible_to(viewer)
    absent = here.absences().filter(day=viewer.today).values("pupil_id").distinct().count()
    to_read = Explanation.objects.visible_to(viewer).pending().count()
    return Figures(to_read, calls_missing(viewer, viewer.today, now).count(), absent)


def explanations_to_read(viewer: Viewer) -> "QuerySet[Explanation]":
    """Oldest first: who has waited longest is read first."""
    waiting = Explanation.objects.visible_to(viewer).pending()
    waiting = waiting.annotate(entry_id=Min("entries")).exclude(entry_id=None)
    return waiting.select_related("pupil", "reason", "given_by").order_by("given_at", "pk")


@dataclass(frozen=True)
class Step:
    """One line of an entry's history, ready for the timeline."""

    at: datetime
    when: str
    title: str
    text: str


def history_of(entry: Entry) -> list[Step]:
    """Everything that happened to an entry, oldest first: seen, corrected, explained, decided."""
    steps = [
        _step(change.changed_at, change.state_label, change.changed_by)
        for change in entry.changes.select_related("changed_by")
    ]
    told = Explanation.objects.filter(pupil_id=entry.pupil_id, day=entry.day, school_id=entry.school_id)
    for explanation in told.select_related("given_by", "reason").prefetch_related("decisions__decided_by"):
        steps.append(
            _step(
                explanation.given_at,
                _("Expliquée : %(reason)s") % {"reason": explanation.reason.label},
                explanation.given_by,
                explanation.comment,
            )
        )
        steps += [
            _step(
                decision.decided_at,
                _("Explication %(state)s") % {"state": decision.get_state_display().lower()},
                decision.decided_by,
                decision.comment,
            )
            for decision in explanation.decisions.all()
        ]
    return sorted(steps, key=lambda step: step.at)


def _step(at: datetime, title: str, who: Person, comment: str = "") -> Step:
    by = _("par %(name)s") % {"name": who.full_name}
    return Step(at, dates.capital(dates.day_and_hour(at)), title, f"{by} : « {comment} »" if comment else by)


STATE_FILTERS: dict[str, Q] = {
    "a_expliquer": Q(status=Status.ABSENT)
    & ~Q(explanation__state__in=[Explanation.State.PENDING, Explanation.State.ACCEPTED]),
    "a_lire": Q(status=Status.ABSENT, explanation__state=Explanation.State.PENDING),
    "acceptee": Q(status=Status.ABSENT, explanation__state=Explanation.State.ACCEPTED),
    "refusee": Q(status=Status.ABSENT, explanation__state=Explanation.State.REFUSED),
    "retard": Q(status=Status.LATE),
}


def entries_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Entry, dict[str, Any]]":
    """The absences of the school that match the filters chosen (`forms.AbsenceFilter`), newest first."""
    found = Entry.objects.visible_to(viewer).exclude(status=Status.PRESENT)
    if chosen.get("nom"):
        found = found.filter(pupil__search_name__contains=text.fold(chosen["nom"]))
    if chosen.get("du"):
        found = found.filter(day__gte=chosen["du"])
    if chosen.get("au"):
        found = found.filter(day__lte=chosen["au"])
    if chosen.get("etat"):
        found = found.filter(STATE_FILTERS[chosen["etat"]])
    return found.order_by("-day", "-lesson__starts", "pupil__search_name", "pk").values(*COLUMNS)
