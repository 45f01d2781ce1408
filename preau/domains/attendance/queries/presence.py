"""Where every pupil of the school is at this minute, from what was seen: rolls, visits, outings, departures.

Seen is not guessed: a class that nobody has called yet is said so, and who was only expected is not counted as there.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db.models import Q
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Person
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Announcement, Entry, Status, Visit, exempting
from preau.domains.attendance.queries.registers import came_after
from preau.domains.attendance.rules import EARLY
from preau.domains.timetable.boards import whereabouts
from preau.domains.timetable.models import DaySlot, Lesson
from preau.domains.timetable.queries.slots import SlotLine, is_hole, slots_of
from preau.foundation import dates, text
from preau.foundation.prepared import Prepared

# A visit that ended so long ago was of another day.
LATELY = timedelta(hours=12)
# Houses are asked of a time, not of a point: what begins right now has begun.
INSTANT = timedelta(seconds=1)


class Where(StrEnum):
    """What is known: seen in the building, not seen yet, missing, known to be out."""

    IN = "in"
    UNSEEN = "unseen"
    MISSING = "missing"
    OUT = "out"


@dataclass(frozen=True)
class Seen:
    """One pupil at this minute. `news`: of who is missing, whether somebody has said why; `late`: came after the bell."""

    pupil_id: int
    public_id: str
    name: str
    group_id: int
    group: str
    where: Where
    place: str
    said: str = ""
    news: str = ""
    late: int | None = None


@dataclass(frozen=True)
class Call:
    """A lesson of the day with what its roll says."""

    pk: int
    starts: datetime
    ends: datetime
    zone: str
    subject: str
    room: str
    called_at: datetime | None
    listed_to: int | None
    groups: set[int] = field(default_factory=set)

    @property
    def place(self) -> str:
        return ", ".join(filter(None, [place_of(self.room) if self.room else "", self.subject]))

    def has_called(self, pupil: "OnePupil", now: datetime) -> bool:
        """Was the roll called, with them on its list? Of whoever came to the class after it, it says nothing."""
        if self.called_at is None or self.called_at > now:
            return False
        enrolments = [pupil.enrolments[group] for group in self.groups if group in pupil.enrolments]
        return not came_after(self.listed_to, min(enrolments, default=None))

    def is_before(self, pupil: "OnePupil", now: datetime) -> bool:
        """Was the roll called before they came to the class?"""
        return self.called_at is not None and self.called_at <= now and not self.has_called(pupil, now)


@dataclass(frozen=True)
class Mark:
    """What a roll says of a pupil; `news`: what was said of an absence."""

    status: str
    minutes: int | None
    news: str
    exempt: bool


@dataclass(frozen=True)
class OnePupil:
    pk: int
    public_id: str
    name: str
    enrolments: Mapping[int, int]
    """By group, the key of the enrolment in it."""
    group_id: int
    group: str

    @property
    def groups(self) -> frozenset[int]:
        return frozenset(self.enrolments)


@dataclass(frozen=True)
class Moment:
    """Everything that is known of the school at this minute."""

    now: datetime
    lessons: Mapping[int, list[Call]]
    marks: Mapping[tuple[int, int], Mark]
    visits: Mapping[int, tuple[str, datetime]]
    passed: Mapping[int, datetime]
    known: Mapping[int, tuple[str, datetime]]
    outings: Mapping[int, str]
    slots: Sequence[SlotLine]


PUPILS = Prepared(
    lambda school, day: (
        Enrolment.objects.active(day)
        .filter(school=school)
        .order_by("pupil__search_name", "pupil_id", "group_id")
        .values_list(
            "pupil_id",
            "pupil__public_id",
            "pupil__family_name",
            "pupil__given_name",
            "group_id",
            "group__name",
            "group__kind",
            "pk",
        )
    )
)
LESSONS = Prepared(
    lambda school, day: (
        Lesson.groups.through.objects.filter(lesson__school=school, lesson__day=day)
        .exclude(lesson__state=Lesson.State.CANCELLED)
        .order_by("lesson__starts", "lesson_id")
        .values_list(
            "lesson_id",
            "lesson__starts",
            "lesson__ends",
            "lesson__school__timezone",
            "lesson__subject__name",
            "lesson__room__name",
            "lesson__roll_call__called_at",
            "lesson__roll_call__listed_to",
            "group_id",
        )
    )
)
MARKS = Prepared(
    lambda viewer: (
        Entry.objects.visible_to(viewer)
        .filter(day=viewer.today)
        .order_by("pk")
        .values_list(
            "lesson_id",
            "pupil_id",
            "status",
            "minutes_late",
            "explanation__state",
            "handling__settled",
            exempting(),
        )
    )
)
VISITS = Prepared(
    lambda viewer: (
        Visit.objects.visible_to(viewer)
        .filter(Q(ends=None) | Q(ends__gt=viewer.ago(LATELY)))
        .order_by("ends", "pk")
        .values_list("pupil_id", "place", "starts", "ends")
    )
)
KNOWN = Prepared(
    lambda viewer, now: (
        Announcement.objects.visible_to(viewer)
        .standing()
        .filter(starts__lte=now, ends__gt=now)
        .order_by("pk")
        .values_list("pupil_id", "kind", "starts")
    )
)


def pupils_now(viewer: Viewer, now: datetime) -> list[Seen]:
    """Every pupil whose day has begun and is not over, by name (eight queries, whatever their number)."""
    school, day = viewer.school_id or 0, viewer.today
    pupils = _pupils(school, day)
    moment = _moment(viewer, school, day, now, [one.pk for one in pupils])
    found = (_seen(one, moment) for one in pupils)
    return [one for one in found if one]


def _pupils(school: int, day: date) -> list[OnePupil]:
    enrolments: dict[int, dict[int, int]] = defaultdict(dict)
    names: dict[int, tuple[str, str]] = {}
    classes: dict[int, tuple[int, str]] = {}
    for pupil, public_id, family, given, group, name, kind, enrolment in PUPILS(school, day):
        enrolments[pupil][group] = min(enrolment, enrolments[pupil].get(group, enrolment))
        names[pupil] = (public_id, f"{family.upper()} {given}")
        if kind == Group.Kind.CLASS or pupil not in classes:
            classes[pupil] = (group, name)
    return [
        OnePupil(pupil, *identity, enrolments[pupil], *classes[pupil]) for pupil, identity in names.items()
    ]


def _moment(viewer: Viewer, school: int, day: date, now: datetime, pupils: Sequence[int]) -> Moment:
    calls: dict[int, Call] = {}
    lessons: dict[int, list[Call]] = defaultdict(list)
    for pk, starts, ends, zone, subject, room, called_at, listed, group in LESSONS(school, day):
        call = calls.setdefault(pk, Call(pk, starts, ends, zone, subject, room or "", called_at, listed))
        call.groups.add(group)
        lessons[group].append(call)
    marks = {
        (lesson, pupil): Mark(status, minutes, news_of(state, settled=bool(settled)), exempt)
        for lesson, pupil, status, minutes, state, settled, exempt in MARKS(viewer)
    }
    outings: dict[int, str] = {}
    for house in (one for one in whereabouts if one.in_rolls):
        outings |= house.said(school, now, now + INSTANT, pupils)
    came = VISITS(viewer)
    return Moment(
        now,
        lessons,
        marks,
        {pupil: (place, starts) for pupil, place, starts, ends in came if ends is None},
        {pupil: ends for pupil, _place, starts, ends in came if ends and dates.local(ends).date() == day},
        {pupil: (kind, starts) for pupil, kind, starts in KNOWN(viewer, now)},
        outings,
        [slot for slot in slots_of(viewer, day, day) if day.weekday() in slot.weekdays],
    )


def news_of(state: str | None, *, settled: bool) -> str:
    """What is known of an absence, in a word; nothing where nobody has said why."""
    if settled or state == "accepted":
        return _("expliqué")
    return _("mot à lire") if state == "pending" else ""


def _seen(pupil: OnePupil, moment: Moment) -> Seen | None:
    """What is known of one pupil; None when they are not expected any more, or not yet."""
    now = moment.now
    day = sorted(
        {call.pk: call for group in pupil.groups for call in moment.lessons.get(group, ())}.values(),
        key=lambda call: call.starts,
    )
    if pupil.pk in moment.visits and not _left_since(pupil, moment.visits[pupil.pk][1], moment):
        place, since = moment.visits[pupil.pk]
        words = _("depuis %(hour)s") % {"hour": dates.hour(since)}
        return _said(pupil, Where.IN, str(Visit.Place(place).label), words)
    if pupil.pk in moment.outings:
        return _said(pupil, Where.OUT, moment.outings[pupil.pk])
    current = [call for call in day if call.starts <= now < call.ends]
    if current:
        return _in_lesson(pupil, _likeliest(pupil, current, moment), day, moment)
    if all(call.starts > now for call in day) or all(call.ends <= now for call in day):
        return None
    return _between(pupil, day, moment)


def _left_since(pupil: OnePupil, since: datetime, moment: Moment) -> bool:
    """Were they let go after that? A visit that nobody closed says no more then."""
    kind, starts = moment.known.get(pupil.pk, ("", since))
    return kind == Announcement.Kind.DEPARTURE and starts > since


def _likeliest(pupil: OnePupil, calls: Sequence[Call], moment: Moment) -> Call:
    """Of two lessons at once, the one whose roll says something of the pupil, else the one that was called."""
    noted = [call for call in calls if (call.pk, pupil.pk) in moment.marks]
    called = [call for call in calls if call.has_called(pupil, moment.now)]
    return (noted or called or calls)[0]


def _in_lesson(pupil: OnePupil, call: Call, day: Sequence[Call], moment: Moment) -> Seen:
    mark = moment.marks.get((call.pk, pupil.pk))
    status = mark.status if mark else Status.PRESENT if call.has_called(pupil, moment.now) else ""
    known = moment.known.get(pupil.pk)
    if mark and status == Status.ABSENT:
        return _absent(pupil, call, mark, known)
    # Seen at the roll, then let go: the later of the two holds.
    seen = _seen_at(call, mark) if status else _last_seen(pupil, day, moment)
    if known and _is_out(known, seen):
        return _known(pupil, known)
    if mark and status == Status.LATE:
        words = _("arrivé avec %(minutes)s de retard") % {"minutes": dates.minutes(mark.minutes or 0)}
        return _said(pupil, Where.IN, call.place, words, late=mark.minutes)
    if status:
        return _said(pupil, Where.IN, call.place)
    before, passed = _last_mark(pupil, day, moment), moment.passed.get(pupil.pk)
    if passed and passed >= call.starts - EARLY:
        hour = _("vu à %(hour)s, appel pas encore fait") % {"hour": dates.hour(passed)}
        return _said(pupil, Where.UNSEEN, call.place, hour)
    words = _("absent au cours d’avant") if before == Status.ABSENT else _expected_out(known, seen)
    uncalled = (
        _("arrivé(e) depuis l’appel") if call.is_before(pupil, moment.now) else _("appel pas encore fait")
    )
    return _said(pupil, Where.UNSEEN, call.place, words or uncalled)


def _absent(pupil: OnePupil, call: Call, mark: Mark, known: tuple[str, datetime] | None) -> Seen:
    """Not there at the roll: free not to come, gone with the school's leave, or missing."""
    if mark.exempt:
        return _said(pupil, Where.UNSEEN, call.place, _("dispensé de ce cours"))
    if known and known[0] == Announcement.Kind.DEPARTURE:
        return _known(pupil, known)
    return _said(pupil, Where.MISSING, call.place, news=mark.news or _announced(known))


def _seen_at(call: Call, mark: Mark | None) -> datetime:
    """When its roll saw them: when it was called, or when they came in."""
    came = call.starts + timedelta(minutes=mark.minutes or 0) if mark else call.starts
    return max(call.called_at or call.starts, came)


def _between(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> Seen:
    """A hole between two lessons: at the canteen, in study, or in the yard; as seen as at the lesson before, whose bell sees nobody."""
    known, seen = moment.known.get(pupil.pk), _last_seen(pupil, day, moment)
    place = _slot_place(pupil, day, moment)
    passed = _passed_since(pupil, day, moment)
    if passed and not (known and _is_out(known, passed)):
        return _said(pupil, Where.IN, place, _("vu à %(hour)s") % {"hour": dates.hour(passed)})
    if known and _is_out(known, seen):
        return _known(pupil, known)
    before = _last_mark(pupil, day, moment)
    if before == Status.ABSENT:
        return _said(
            pupil, Where.MISSING, place, _("absent au cours d’avant"), news=_last_news(pupil, day, moment)
        )
    if not before:
        words = _("aucun appel encore")
    elif not _is_last_called(pupil, day, moment):
        words = _("appel du dernier cours pas fait")
    else:
        words = _expected_out(known, seen)
    return _said(pupil, Where.UNSEEN if words else Where.IN, place, words)


def _is_out(known: tuple[str, datetime], seen: datetime | None) -> bool:
    """Does what was announced say where they are? Of whoever was seen, only a departure after that does."""
    return seen is None or (known[0] == Announcement.Kind.DEPARTURE and known[1] > seen)


def _expected_out(known: tuple[str, datetime] | None, seen: datetime | None) -> str:
    """Seen, then announced missing from a later hour: nobody saw them leave."""
    return _("absence annoncée") if known and seen and known[1] > seen else ""


def _last_seen(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> datetime | None:
    """When a lesson saw them last, unless a later roll missed them; whoever is free not to come is not missed."""
    for call in reversed(day):
        mark = moment.marks.get((call.pk, pupil.pk))
        if call.ends > moment.now or not (mark or call.has_called(pupil, moment.now)):
            continue
        if mark is None or mark.status != Status.ABSENT:
            return _seen_at(call, mark)
        if not mark.exempt:
            return None
    return None


def _slot_place(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> str:
    spans = [(call.starts, call.ends) for call in day]
    for slot in moment.slots:
        starts, ends = slot.span_on(dates.local(moment.now, slot.zone).date())
        fed = not slot.is_stopped(starts.date(), pupil.groups)
        eats = slot.kind == DaySlot.Kind.CANTEEN and bool(slot.groups & pupil.groups) and fed
        studies = slot.kind == DaySlot.Kind.STUDY and is_hole((starts, ends), spans)
        if starts <= moment.now < ends and (eats or studies):
            return str(DaySlot.Kind(slot.kind).label)
    return _("Entre deux cours")


def _last_call(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> Call | None:
    """The last lesson before now of which something is known."""
    over = [
        call
        for call in day
        if call.ends <= moment.now
        and (call.has_called(pupil, moment.now) or (call.pk, pupil.pk) in moment.marks)
    ]
    return over[-1] if over else None


def _passed_since(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> datetime | None:
    """When they were seen at a place of the school, later than anything that a roll says and than the last lesson's bell."""
    passed = moment.passed.get(pupil.pk)
    over = [call for call in day if call.ends <= moment.now]
    if passed is None or not over:
        return None
    call_times = [call.called_at for call in over if call.called_at and call.has_called(pupil, moment.now)]
    return passed if passed >= max([over[-1].starts, *call_times]) else None


def _is_last_called(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> bool:
    """Is anything known of the lesson that was over last, or of another at the same hour?"""
    over = [call for call in day if call.ends <= moment.now]
    return any(
        call.has_called(pupil, moment.now) or (call.pk, pupil.pk) in moment.marks
        for call in over
        if call.ends > over[-1].starts
    )


def _last_mark(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> str:
    call = _last_call(pupil, day, moment)
    if call is None:
        return ""
    mark = moment.marks.get((call.pk, pupil.pk))
    return mark.status if mark and not mark.exempt else Status.PRESENT.value


def _last_news(pupil: OnePupil, day: Sequence[Call], moment: Moment) -> str:
    call = _last_call(pupil, day, moment)
    return moment.marks[call.pk, pupil.pk].news if call else ""


def _announced(known: tuple[str, datetime] | None) -> str:
    return _("annoncé") if known else ""


def _known(pupil: OnePupil, known: tuple[str, datetime]) -> Seen:
    kind, starts = known
    if kind == Announcement.Kind.DEPARTURE:
        return _said(pupil, Where.OUT, _("Parti à %(hour)s") % {"hour": dates.hour(starts)})
    return _said(pupil, Where.OUT, _("Absence annoncée"), news=_("annoncé"))


def _said(
    pupil: OnePupil, where: Where, place: str, detail: str = "", news: str = "", late: int | None = None
) -> Seen:
    return Seen(
        pupil.pk, pupil.public_id, pupil.name, pupil.group_id, pupil.group, where, place, detail, news, late
    )


@dataclass
class ClassNow:
    """One class at this minute: where most of it is, and how many are in what case."""

    pk: int
    name: str
    places: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    counts: dict[Where, int] = field(default_factory=lambda: dict.fromkeys(Where, 0))

    @property
    def place(self) -> str:
        """Where it is: the places that hold the most, two at most."""
        return " · ".join(sorted(self.places, key=lambda name: (-self.places[name], name))[:2])

    @property
    def whole(self) -> int:
        return sum(self.counts.values())


def by_class(pupils: Iterable[Seen]) -> list[ClassNow]:
    """The classes of these pupils, each with its counts, in the order of their names."""
    found: dict[int, ClassNow] = {}
    for one in pupils:
        line = found.setdefault(one.group_id, ClassNow(one.group_id, one.group))
        line.counts[one.where] += 1
        if one.where in {Where.IN, Where.UNSEEN}:
            line.places[one.place] += 1
    return sorted(found.values(), key=lambda line: text.natural(line.name))


def counts_of(pupils: Iterable[Seen]) -> dict[str, int]:
    counts = dict.fromkeys((one.value for one in Where), 0)
    for one in pupils:
        counts[one.where.value] += 1
    return counts


def lesson_begun(viewer: Viewer, pupil: Person, now: datetime) -> Lesson | None:
    """The lesson in which a pupil is expected now: one that has begun and is not over (one query)."""
    lessons = Lesson.objects.in_school(viewer).held().of_pupils([pupil.pk])
    return (
        lessons.filter(starts__lte=now, ends__gt=now)
        .select_related("subject", "school")
        .order_by("pk")
        .first()
    )


def lesson_to_come(viewer: Viewer, pupil: Person, now: datetime) -> Lesson | None:
    """The next lesson of the day in which a pupil is expected (one query)."""
    lessons = Lesson.objects.in_school(viewer).held().of_pupils([pupil.pk]).on(viewer.today)
    return lessons.filter(starts__gt=now).select_related("subject", "school").order_by("starts", "pk").first()
