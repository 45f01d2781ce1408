"""What attendance knows of one pupil, for their record: read in one query for all its blocks."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Assignment, Enrolment, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import (
    SAID,
    Announcement,
    Arrangement,
    AttendanceSettings,
    Entry,
    Explanation,
    FollowUp,
    FollowUpAction,
    PastAbsence,
    RollCall,
    Status,
    Visit,
    exempting,
    label_of,
    past_label,
    said_of,
)
from preau.domains.attendance.models.settings import NOON
from preau.domains.attendance.queries.announcements import known_said
from preau.domains.attendance.queries.past import excused_said, when_said
from preau.domains.attendance.queries.visits import where_said
from preau.domains.attendance.rules import answers_for_absences, runs_school_life
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import LessonRow
from preau.domains.timetable.queries.record import days_shown, month_of
from preau.foundation import dates
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url

MISSED, CALLED, KNOWN, WHERE, HOLDS, NOONS, LEADS, BEFORE, FOLLOWED = range(9)
# How far back absences are recent, and how many days of them are shown.
LATELY, MOST = timedelta(days=45), 6
HALF_A_DAY = timedelta(hours=12)


@dataclass(frozen=True)
class Line:
    """One row of any of the nine tables. `flag`: settled, of an entry; comes to the lesson, of an arrangement; its hours are
    known, of what was noted before the school came; it says nothing of them, of a roll."""

    what: int
    pk: int
    kind: str
    words: str
    subject: str
    state: str
    day: date | None
    starts: datetime | None
    ends: datetime | None
    zone: str
    minutes: int
    flag: bool
    counts: bool
    exempt: bool


def _known(
    viewer: Viewer, pupil: int, only: Any, first: date, since: datetime
) -> "QuerySet[Any, tuple[Any, ...]]":
    """One list from nine tables, seven as the viewer sees them: absences since a day, rolls of today, what was announced for now,
    where they are, what is arranged; when the afternoon begins; whether the viewer is their head teacher; absences since that day that
    were noted before the school came; the follow-up that goes on, with the last thing done in it."""
    none, never = Value("", CharField()), Cast(Value(None), DateTimeField())
    no_day, no, yes, nought = (
        Cast(Value(None), DateField()),
        Value(value=False, output_field=BooleanField()),
        Value(value=True, output_field=BooleanField()),
        Value(0),
    )
    zone, today = "school__timezone", viewer.today
    missed = (
        Entry.objects.visible_in_record(viewer)
        .exclude(status=Status.PRESENT)
        .filter(pupil=pupil, day__gte=first)
    )
    missed = missed.annotate(
        said=Coalesce("explanation__state", none),
        late=Coalesce("minutes_late", nought),
        settled=Coalesce("handling__settled", no),
        counting=Coalesce("handling__reason__in_alerts", "explanation__reason__in_alerts", no),
        kept=Coalesce("handling_id", nought),
        free=exempting(),
    )
    called = RollCall.objects.visible_to(viewer).filter(
        lesson__in=Lesson.objects.of_pupils(only).filter(day=today).order_by().values("pk")
    )
    # At a roll whose list they were not yet on, and on which nobody has marked them since, nothing was said of them.
    came = Enrolment.objects.active(today).filter(pupil=pupil, group__lessons=OuterRef("lesson"))
    marked = Entry.objects.filter(pupil=pupil, lesson=OuterRef("lesson"))
    called = called.annotate(came=Subquery(came.order_by("pk").values("pk")[:1]))
    called = called.annotate(
        unsaid=Case(When(~Exists(marked), came__gt=F("listed_to"), then=yes), default=no)
    )
    announced = Announcement.objects.visible_to(viewer).standing().filter(pupil=pupil)
    announced = announced.filter(ends__gt=viewer.moment)
    elsewhere = Visit.objects.visible_to(viewer).going_on().filter(pupil=pupil, starts__gt=since)
    holding = Arrangement.objects.visible_to(viewer).active(today).filter(pupil=pupil)
    learnt = Enrolment.objects.filter(pupil=pupil).order_by().values("school_id")
    noon = AttendanceSettings.objects.filter(school__in=learnt).annotate(said=Cast("noon", CharField()))
    leads = Assignment.objects.led_by(viewer).filter(
        group__in=Enrolment.objects.active(today).filter(pupil=pupil).order_by().values("group_id")
    )
    before = PastAbsence.objects.visible_in_record(viewer).standing().filter(pupil=pupil, day__gte=first)
    before = before.annotate(
        late=Coalesce("minutes_late", nought),
        counting=Case(When(excused=True, then=no), default=yes),
        half=Case(When(afternoon=True, then=Value("pm")), default=none),
    )
    followed = FollowUp.objects.visible_to(viewer).going_on().filter(pupil=pupil)
    done = FollowUpAction.objects.visible_to(viewer).filter(follow_up=OuterRef("pk")).order_by("-day", "-pk")
    followed = followed.annotate(
        last=Coalesce(Subquery(done.values("kind")[:1]), none), done_on=Subquery(done.values("day")[:1])
    )
    lists: list[Any] = [
        missed.values_list(
            Value(MISSED),
            "pk",
            "status",
            none,
            "lesson__subject__name",
            "said",
            "day",
            "lesson__starts",
            "lesson__ends",
            zone,
            "late",
            "settled",
            "counting",
            "free",
            "kept",
        ),
        called.values_list(
            Value(CALLED),
            "lesson_id",
            none,
            none,
            none,
            none,
            no_day,
            "called_at",
            never,
            zone,
            nought,
            "unsaid",
            no,
            no,
            nought,
        ),
        announced.values_list(
            Value(KNOWN),
            "pk",
            "kind",
            none,
            none,
            none,
            no_day,
            "starts",
            "ends",
            zone,
            nought,
            no,
            no,
            no,
            nought,
        ),
        elsewhere.values_list(
            Value(WHERE),
            "pk",
            "place",
            none,
            none,
            none,
            no_day,
            "starts",
            "ends",
            zone,
            nought,
            no,
            no,
            no,
            nought,
        ),
        holding.values_list(
            Value(HOLDS),
            "pk",
            "kind",
            "words",
            Coalesce(F("subject__name"), none),
            none,
            "first_day",
            never,
            never,
            zone,
            nought,
            "must_attend",
            no,
            no,
            nought,
        ),
        noon.values_list(
            Value(NOONS),
            "pk",
            none,
            "said",
            none,
            none,
            no_day,
            never,
            never,
            zone,
            nought,
            no,
            no,
            no,
            nought,
        ),
        leads.values_list(
            Value(LEADS), "pk", none, none, none, none, no_day, never, never, zone, nought, no, no, no, nought
        ),
        before.values_list(
            Value(BEFORE),
            "pk",
            "kind",
            "half",
            none,
            none,
            "day",
            "starts",
            "ends",
            zone,
            "late",
            "timed",
            "counting",
            no,
            nought,
        ),
        followed.values_list(
            Value(FOLLOWED),
            "pk",
            "last",
            none,
            none,
            none,
            "done_on",
            "opened_at",
            never,
            zone,
            nought,
            no,
            no,
            no,
            nought,
        ),
    ]
    known, *others = (one.order_by() for one in lists)
    found: QuerySet[Any, tuple[Any, ...]] = known.union(*others, all=True)
    return found


@dataclass(frozen=True)
class FollowUpLine:
    """A follow-up that goes on: its page, since when, the last thing done in it and its day."""

    page: str
    since: date
    last: str
    done_on: date | None


@dataclass(frozen=True)
class MissingPupil:
    """A pupil noted absent or late in the lesson going on."""

    public_id: str
    list_name: str
    said: str


def missing_now(viewer: Viewer, group: Any) -> Mapping[str, Any] | None:
    """Who of a class or a group is missing in the lessons going on now, once their rolls are called (one query); None where none goes on.

    For those who read every absence of the school: the entries are not asked one by one who sees them.
    """
    learning = Enrolment.objects.active(viewer.today).filter(group=group.pk, pupil=OuterRef("noted__pupil"))
    noted = ~Q(attendance_entries__status=Status.PRESENT)
    going = Lesson.objects.visible_to(viewer).of_group(group.pk).held()
    going = going.filter(starts__lte=viewer.moment, ends__gt=viewer.moment)
    lines = list(
        going.annotate(noted=FilteredRelation("attendance_entries", condition=noted))
        .annotate(learns=Exists(learning))
        .order_by("noted__pupil__search_name", "pk")
        .values_list(
            "pk",
            "roll_call__pk",
            "learns",
            "noted__status",
            "noted__minutes_late",
            "noted__pupil__public_id",
            "noted__pupil__family_name",
            "noted__pupil__given_name",
        )
    )
    if not lines:
        return None
    missing = [
        MissingPupil(
            public_id, Person(family_name=family, given_name=given).list_name, label_of(status, minutes)
        )
        for _pk, _roll, learns, status, minutes, public_id, family, given in lines
        if learns
    ]
    return {"missing": missing, "to_call": len({pk for pk, roll, *_more in lines if roll is None})}


KNOWN_OF = Prepared(_known)


def lines_of(viewer: Viewer, pupil: Person) -> list[Line]:
    """What the viewer may know of a pupil (one query, asked once)."""
    key = ("attendance.record", pupil.pk)
    if key not in viewer.found:
        first = min(days_shown(viewer.today)[0], viewer.days_ago(LATELY))
        rows = KNOWN_OF(viewer, pupil.pk, (pupil.pk,), first, viewer.ago(HALF_A_DAY))
        has_access = not viewer.is_staff or runs_school_life(viewer)
        viewer.found[key] = [_line(row, told=has_access) for row in rows]
    found: list[Line] = viewer.found[key]
    return found


def _line(row: tuple[Any, ...], *, told: bool) -> Line:
    """Does an absence count? As `half_days.excuse_of` says: what school life made of it, else what a family said of it. That a
    family said something is not `told` to teachers, the head teacher included: they read what school life settled."""
    what, pk, kind, words, subject, state, day, starts, ends, zone, minutes, flag, counting, exempt, kept = (
        row
    )
    counts = bool(counting)
    if what == MISSED and not told:
        state, counts = "", not flag or (bool(kept) and counts)
    elif what == MISSED:
        counts = (
            (not flag or counts)
            if kept
            else state != Explanation.State.PENDING and (state != Explanation.State.ACCEPTED or counts)
        )
    return Line(
        what,
        pk,
        kind,
        words or "",
        subject or "",
        state,
        day,
        starts,
        ends,
        zone,
        minutes,
        bool(flag),
        counts,
        bool(exempt),
    )


def _missed(viewer: Viewer, pupil: Person) -> list[Line]:
    """Absences and latenesses that were expected to come, the newest first."""
    lines = [line for line in lines_of(viewer, pupil) if line.what in {MISSED, BEFORE} and not line.exempt]
    return sorted(lines, key=lambda line: (line.starts, line.pk), reverse=True)  # type: ignore[arg-type, return-value]


# Where they are now


@dataclass(frozen=True)
class Now:
    """`place`: the lesson going on, or what is next; `state`: what is known of it, in words, with its drawing."""

    place: str
    detail: str
    state: str
    icon: str
    roll: int | None = None


def whereabouts_of(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """Where a pupil is: the lesson going on, and what the roll and the school know; None on a day without lessons."""
    lessons = [row for row in month_of(viewer, pupil) if row.day == viewer.today and not row.is_cancelled]
    known = [line for line in lines_of(viewer, pupil) if line.what in {KNOWN, WHERE}]
    now = next((row for row in lessons if row.is_on(viewer.moment)), None)
    state, icon = _state_of(viewer, pupil, now, known)
    if now is None and not lessons and not state:
        return None
    place, detail = _place_of(viewer, now, lessons)
    roll = now.pk if now and runs_school_life(viewer) else None
    return {"now": Now(place, detail, state, icon, roll)}


def _place_of(viewer: Viewer, now: LessonRow | None, lessons: Sequence[LessonRow]) -> tuple[str, str]:
    if now:
        return ", ".join(filter(None, (now.subject, now.place))), now.hours
    coming = next((row for row in lessons if row.starts > viewer.moment), None)
    if coming is None:
        return (_("Journée terminée") if lessons else _("Pas de cours aujourd’hui")), ""
    return _("Pas de cours"), _("Ensuite : %(lesson)s, à %(hour)s") % {
        "lesson": coming.subject,
        "hour": coming.begins,
    }


def _state_of(viewer: Viewer, pupil: Person, now: LessonRow | None, known: Sequence[Line]) -> tuple[str, str]:
    """What is known of this moment, the surest first."""
    for line in known:
        if line.what == WHERE and line.starts:
            return where_said(line.kind, line.starts, line.ends, line.zone), "door"
    for line in known:
        if line.what == KNOWN and line.starts and line.ends and line.starts <= viewer.moment < line.ends:
            leaving = line.kind == Announcement.Kind.DEPARTURE
            return known_said(line.kind, line.starts, line.zone), "logout" if leaving else "calendar-event"
    if now is None:
        return "", ""
    seen = next((one for one in _missed(viewer, pupil) if one.starts == now.starts), None)
    if seen:
        return label_of(seen.kind, seen.minutes or None), "alert-triangle"
    return _called(viewer, pupil, now)


def _called(viewer: Viewer, pupil: Person, now: LessonRow) -> tuple[str, str]:
    """That nobody was missing is known by whoever reads every absence alone."""
    if not runs_school_life(viewer):
        return "", ""
    for line in lines_of(viewer, pupil):
        if line.what == CALLED and line.pk == now.pk and line.starts:
            if line.flag:
                return _("Arrivé(e) depuis l’appel, à marquer"), "clock"
            values = {"hour": dates.hour(line.starts, line.zone)}
            return _("Présence notée à l’appel de %(hour)s") % values, "circle-check"
    return _("Appel pas encore fait"), "clock"


def _reads_all(viewer: Viewer, pupil: Person) -> bool:
    """Families their own, school life all; of teachers, the head teacher of the class."""
    if not viewer.is_staff or runs_school_life(viewer):
        return True
    return any(line.what == LEADS for line in lines_of(viewer, pupil))


# The month


def month_shown(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """This month as half-days, and the follow-up that goes on; None where there is neither a lesson nor an absence nor a follow-up, as
    for a pupil who has just come."""
    if not _reads_all(viewer, pupil):
        return None
    lessons = [row for row in month_of(viewer, pupil) if not row.is_cancelled]
    missed = _missed(viewer, pupil)
    follow_up = _follow_up(viewer, pupil)
    if not lessons and not missed and not follow_up:
        return None
    first, last = days_shown(viewer.today)
    of_month = [one for one in missed if one.day and _is_of_month(one.day, viewer.today)]
    noon = _noon_of(viewer, pupil)
    halves = _halves(viewer, lessons, missed, noon)
    days = [*(row.day for row in lessons), *(one.day for one in of_month if one.day)]
    width = max((day.weekday() for day in days), default=4)
    columns = range(max(width, 4) + 1)
    mondays = [first + timedelta(days=7 * week) for week in range((last - first).days // 7 + 1)]
    weeks = [
        (
            "",
            _("Semaine du %(day)s") % {"day": dates.day(monday)},
            [_day(monday + timedelta(days=column), viewer.today, halves) for column in columns],
        )
        for monday in mondays
    ]
    shown: dict[str, Any] = {
        "month": dates.MONTHS[viewer.today.month - 1],
        "weeks": [week for week in weeks if any(week[2])],
        "days": [(f"{dates.DAYS[column][:3]}.", dates.DAYS[column]) for column in columns],
        "away": len({(one.day, _is_afternoon(one, noon)) for one in of_month if one.kind == Status.ABSENT}),
        "late": sum(one.kind == Status.LATE for one in of_month),
        "follow_up": follow_up,
    }
    return shown | {"said": month_said(shown)}


def _follow_up(viewer: Viewer, pupil: Person) -> FollowUpLine | None:
    """For whoever reads follow-ups: school life; the family, of its own."""
    line = next((one for one in lines_of(viewer, pupil) if one.what == FOLLOWED), None)
    if line is None or line.starts is None:
        return None
    page = "follow_up" if viewer.is_staff else "told_follow_up"
    last = str(FollowUpAction.Kind(line.kind).label) if line.kind else ""
    since = dates.local(line.starts, line.zone).date()
    return FollowUpLine(url(f"attendance:{page}", pk=line.pk), since, last, line.day)


def month_said(context: Mapping[str, Any]) -> str:
    """« 4 demi-journées manquées, 2 retards »."""
    away, late = context["away"], context["late"]
    parts = [
        ngettext("%(num)s demi-journée manquée", "%(num)s demi-journées manquées", away) % {"num": away}
        if away
        else "",
        ngettext("%(num)s retard", "%(num)s retards", late) % {"num": late} if late else "",
    ]
    return ", ".join(filter(None, parts)) or _("Ni absence ni retard ce mois-ci")


def _is_of_month(day: date, today: date) -> bool:
    return (day.year, day.month) == (today.year, today.month)


def _noon_of(viewer: Viewer, pupil: Person) -> time:
    """When the afternoon begins in their school."""
    words = [line.words for line in lines_of(viewer, pupil) if line.what == NOONS]
    return time.fromisoformat(words[0]) if words else NOON


def _is_afternoon(one: Line | LessonRow, noon: time) -> bool:
    if isinstance(one, Line) and one.what == BEFORE:
        return one.words == "pm"
    return one.starts is not None and dates.local(one.starts, one.zone).time() >= noon


RANK = {"none": 0, "clear": 1, "coming": 2, "late": 3, "excused": 4, "said": 5, "absent": 6}


def _halves(
    viewer: Viewer, lessons: Sequence[LessonRow], missed: Sequence[Line], noon: time
) -> dict[tuple[date, bool], str]:
    """The state of each half-day: the gravest of what happened in it."""
    found: dict[tuple[date, bool], str] = defaultdict(lambda: "none")
    states = [
        *(
            (row.day, _is_afternoon(row, noon), "coming" if row.ends > viewer.moment else "clear")
            for row in lessons
        ),
        *((line.day, _is_afternoon(line, noon), _state(line)) for line in missed if line.day),
    ]
    for day, afternoon, state in states:
        found[day, afternoon] = max(found[day, afternoon], state, key=RANK.__getitem__)
    return found


def _state(line: Line) -> str:
    if line.kind == Status.LATE:
        return "late"
    if line.counts:
        return "absent"
    return "said" if line.state == Explanation.State.PENDING and not line.flag else "excused"


def _day(
    day: date, today: date, halves: Mapping[tuple[date, bool], str]
) -> tuple[int, str, bool, tuple[str, str]] | None:
    if not _is_of_month(day, today):
        return None
    states = (halves[day, False], halves[day, True])
    return day.day, dates.day(day), day == today, states


# What is recent, and what is to be done


@dataclass(frozen=True)
class MissedDay:
    """The lessons that a pupil missed on one day and that stand at the same point, or one lateness."""

    pk: int
    day: date
    title: str
    detail: str
    word: str
    tone: str
    to_explain: bool
    by_roll: bool


def recent(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The newest absences and latenesses; None where there are none."""
    if not _reads_all(viewer, pupil):
        return None
    days: dict[tuple[Any, ...], list[Line]] = {}
    for one in _missed(viewer, pupil):
        key = (one.what, one.day, *_tag(one, own=not viewer.is_staff), one.kind == Status.LATE and one.pk)
        days.setdefault(key, []).append(one)
    if not days:
        return None
    rows = [_missed_day(viewer, lines) for lines in days.values()]
    return {
        "rows": rows[:MOST],
        "more": max(0, len(rows) - MOST),
        "by_school": runs_school_life(viewer),
        "left": sum(row.tone == "todo" for row in rows),
        "today": viewer.today,
    }


def recent_said(context: Mapping[str, Any]) -> str:
    left = context["left"]
    if left:
        return ngettext("%(num)s à régler", "%(num)s à régler", left) % {"num": left}
    first = context["rows"][0]
    day = dates.capital(dates.near_day(first.day, context["today"]))
    return _("%(day)s : %(what)s") % {"day": day, "what": first.title.lower()}


def _missed_day(viewer: Viewer, lines: Sequence[Line]) -> MissedDay:
    first = lines[-1]
    # A teacher does nothing about it, and is not told what a family said.
    by_roll = first.what == MISSED
    has_access = first.flag or not by_roll or not viewer.is_staff or runs_school_life(viewer)
    word, tone = _tag(first, own=not viewer.is_staff) if has_access else ("", "neutral")
    absent = first.kind == Status.ABSENT
    title = _("Absence") if absent else past_label(first.kind, first.minutes or None)
    open_still = first.state not in SAID and not first.flag
    to_explain = by_roll and absent and open_still and answers_for_absences(viewer)
    return MissedDay(
        first.pk, first.day or viewer.today, title, _detail(lines), word, tone, to_explain, by_roll
    )


def _detail(lines: Sequence[Line]) -> str:
    """« 8 h – 10 h · Mathématiques »; of what was noted before, its hours or its half-days."""
    # The newest first.
    last, first = lines[0], lines[-1]
    if first.what == BEFORE:
        return " · ".join(filter(None, [_before_said(lines), _("noté avec un autre logiciel")]))
    hours = dates.hours(first.starts, last.ends, first.zone) if first.starts and last.ends else ""
    return f"{hours} · {', '.join(dict.fromkeys(line.subject for line in reversed(lines)))}"


def _before_said(lines: Sequence[Line]) -> str:
    """When it was, as precisely as the other program said it."""
    moments = (
        when_said(
            line.starts,
            line.starts if line.kind == Status.LATE else line.ends,
            afternoon=line.words == "pm",
            timed=line.flag,
            zone=line.zone,
        )
        for line in reversed(lines)
        if line.starts and line.ends and (line.flag or line.kind == Status.ABSENT)
    )
    return ", ".join(moments)


def _tag(line: Line, *, own: bool) -> tuple[str, str]:
    """The word and the tone of what is left to do, as lists say it (`AbsenceRow.tag`); of what was noted before, nothing is."""
    if line.what == BEFORE:
        return excused_said(line.kind, excused=not line.counts), "neutral" if line.counts else "done"
    if line.flag:
        return (_("Réglée") if line.kind == Status.ABSENT else _("Réglé"), "done")
    if line.kind != Status.ABSENT:
        return "", "neutral"
    return {
        Explanation.State.PENDING.value: (_("Explication envoyée"), "neutral")
        if own
        else (_("Explication à lire"), "todo"),
        Explanation.State.ACCEPTED.value: (_("Explication acceptée"), "done"),
        Explanation.State.REFUSED.value: (_("Explication refusée"), "changed"),
    }.get(line.state, (_("À expliquer"), "todo"))


# What they need


def needs(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """Exemptions and adjustments in force, never why; None where there are none."""
    lines = sorted(
        (line for line in lines_of(viewer, pupil) if line.what == HOLDS), key=lambda line: (line.day, line.pk)
    )
    words = [said_of(line.kind, line.flag, line.words, line.subject) for line in lines]
    return {"words": words} if words else None


def needs_said(context: Mapping[str, Any]) -> str:
    return ", ".join(context["words"])
