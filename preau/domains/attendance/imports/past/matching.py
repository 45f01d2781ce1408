"""Whose absences these are, and which half-days of the school they hold: what would be written, and what is set aside."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from preau.directory.models import Closure, Enrolment, SchoolYear
from preau.directory.queries.enrolled import Enrolled, Unknown, enrolled_in
from preau.domains.attendance.imports.past.rows import PastLine
from preau.domains.attendance.models import DAWN, DUSK, PastAbsence, Reason, Status
from preau.domains.attendance.queries.half_days import settings_of
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.importers.tables import Problem
from preau.foundation.text import bare

# The hours of a half-day of which the file does not say more; they are not shown.
HALVES = {False: (time(8), time(12)), True: (time(14), time(18))}
SCHOOL_DAYS, A_DAY, A_MINUTE = 5, timedelta(days=1), timedelta(minutes=1)
HALF_AN_HOUR = timedelta(minutes=30)
Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Fact:
    """What would be written: one half-day at most of one pupil."""

    pupil: int
    kind: str
    day: date
    afternoon: bool
    starts: datetime
    ends: datetime
    timed: bool
    minutes: int | None
    excused: bool
    reason: int | None
    words: str

    def meets(self, other: "Fact") -> bool:
        """Is it of the same moment? Where one of the two is of the half-day alone, of the same half-day."""
        if (self.pupil, self.kind, self.day, self.afternoon) != (
            other.pupil,
            other.kind,
            other.day,
            other.afternoon,
        ):
            return False
        if not (self.timed and other.timed) or self.starts == other.starts:
            return True
        return self.kind == Status.ABSENT and self.starts < other.ends and other.starts < self.ends


@dataclass(frozen=True)
class Ground:
    """What the school has of a year that these lines are compared with."""

    year: SchoolYear
    today: date
    zone: ZoneInfo
    noon: time
    enrolled: Enrolled
    closures: Sequence[Closure]
    # By name without accents nor signs: the key, and whether it counts in alerts.
    reasons: Mapping[str, tuple[int, bool]]
    # The days of which the lessons are known, and the halves of a week in which there are some.
    lessons: Mapping[date, frozenset[bool]]
    week: frozenset[tuple[int, bool]]
    # By pupil and day: the lessons whose roll was called.
    rolls: Mapping[tuple[int, date], Sequence[Span]]
    known: Mapping[tuple[int, date], Sequence[Fact]]

    def moment(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)

    def closed(self, day: date) -> str:
        """The holidays that this day is in, or nothing."""
        return next((one.name for one in self.closures if one.starts <= day <= one.ends), "")

    def is_open(self, day: date, afternoon: bool) -> bool:
        """Has the school lessons then? As its timetable says, else from Monday to Friday."""
        if day in self.lessons:
            return afternoon in self.lessons[day]
        return (day.weekday(), afternoon) in self.week if self.week else day.weekday() < SCHOOL_DAYS


def ground_of(year: SchoolYear, today: date, lines: Sequence[PastLine]) -> Ground:
    """Of a year of a school, for these lines (nine queries, however many they are)."""
    school = year.school
    zone, noon = ZoneInfo(school.timezone), settings_of(school.pk).noon
    lessons: dict[date, set[bool]] = defaultdict(set)
    held = Lesson.objects.filter(school=school, day__range=(year.starts, year.ends)).held()
    for day, starts in held.order_by().values_list("day", "starts").distinct():
        lessons[day].add(starts.astimezone(zone).time() >= noon)
    enrolled = enrolled_in(year)
    return Ground(
        year,
        today,
        zone,
        noon,
        enrolled,
        list(Closure.objects.filter(school=school, starts__lte=year.ends, ends__gte=year.starts)),
        _reasons(school.pk),
        {day: frozenset(halves) for day, halves in lessons.items()},
        frozenset((day.weekday(), half) for day, halves in lessons.items() for half in halves),
        _rolls(year, lines, _named(enrolled, lines)),
        _known(year),
    )


def _reasons(school: int) -> dict[str, tuple[int, bool]]:
    used = Reason.objects.in_use(school).values_list("label", "pk", "in_alerts")
    return {bare(label): (pk, alerts) for label, pk, alerts in used}


def _named(enrolled: Enrolled, lines: Iterable[PastLine]) -> frozenset[int]:
    """Whoever a line may be of."""
    found: set[int] = set()
    return frozenset(found.union(*(enrolled.everyone.get(bare(line.pupil), ()) for line in lines)))


def _rolls(
    year: SchoolYear, lines: Sequence[PastLine], pupils: frozenset[int]
) -> dict[tuple[int, date], list[Span]]:
    if not lines:
        return {}
    span = (min(line.first for line in lines), max(line.last for line in lines))
    called = Lesson.groups.through.objects.filter(
        lesson__school=year.school_id, lesson__day__range=span, lesson__roll_call__isnull=False
    )
    by_group: dict[int, list[tuple[date, Span]]] = defaultdict(list)
    columns = ("group_id", "lesson__day", "lesson__starts", "lesson__ends")
    for group, day, starts, ends in called.values_list(*columns):
        by_group[group].append((day, (starts, ends)))
    found: dict[tuple[int, date], list[Span]] = defaultdict(list)
    learnt = Enrolment.objects.filter(school=year.school_id, group__in=by_group)
    for pupil, group, since, until in learnt.values_list("pupil_id", "group_id", "starts", "ends"):
        for day, hours in by_group[group] if pupil in pupils else ():
            if (since is None or since <= day) and (until is None or until > day):
                found[pupil, day].append(hours)
    return found


def _known(year: SchoolYear) -> dict[tuple[int, date], list[Fact]]:
    found: dict[tuple[int, date], list[Fact]] = defaultdict(list)
    rows = PastAbsence.objects.filter(school=year.school_id, day__range=(year.starts, year.ends))
    columns = "pupil_id kind day afternoon starts ends timed minutes_late excused reason_id words".split()
    for row in rows.values_list(*columns):
        fact = Fact(*row)
        found[fact.pupil, fact.day].append(fact)
    return found


@dataclass(frozen=True)
class Plan:
    """What would be written, what is there already, and the lines that are set aside."""

    facts: Sequence[Fact]
    problems: Sequence[Problem]
    same: int = 0
    # Reasons that the school has not, as the file writes them.
    words: Sequence[str] = ()

    def of(self, kind: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind == kind]


class _Aside(ValueError):
    """A line, or a part of it, that is not taken; the message is the reason."""


@dataclass
class _Sum:
    """What was found so far; `known`: what is there already, in the school and higher in the files."""

    known: dict[tuple[int, date], list[Fact]]
    facts: list[Fact] = field(default_factory=list)
    same: int = 0
    brought: set[int] = field(default_factory=set)

    def take(self, fact: Fact) -> None:
        """Raises _Aside for another one of the same moment."""
        there = self.known.setdefault((fact.pupil, fact.day), [])
        met = next((one for one in there if one.meets(fact)), None)
        if met and id(met) in self.brought:
            raise _Aside(_("Ce moment est déjà plus haut dans le fichier."))
        if met == fact:
            self.same += 1
            return
        if met:
            raise _Aside(_("Une absence ou un retard est déjà repris à ce moment, autrement : il est gardé."))
        there.append(fact)
        self.brought.add(id(fact))
        self.facts.append(fact)


def plan(lines: Iterable[PastLine], problems: Sequence[Problem], ground: Ground) -> Plan:
    """What these lines would write in this school. What is there already is left as it is, whatever the file says."""
    aside = list(problems)
    found = _Sum({key: list(facts) for key, facts in ground.known.items()})
    words: dict[str, None] = {}
    for line in lines:
        reasons: dict[str, None] = {}
        try:
            facts = _facts(line, ground, reasons)
        except (_Aside, Unknown) as wrong:
            reasons[str(wrong)] = None
            facts = []
        for fact in facts:
            try:
                found.take(fact)
            except _Aside as wrong:
                reasons[str(wrong)] = None
        if facts and facts[0].words:
            words[facts[0].words] = None
        aside += [Problem(line.line, reason, line.pupil, line.file) for reason in reasons]
    ordered = sorted(found.facts, key=lambda fact: (fact.day, fact.afternoon, fact.starts, fact.pupil))
    return Plan(
        ordered, sorted(aside, key=lambda problem: (problem.file, problem.line)), found.same, list(words)
    )


def _facts(line: PastLine, ground: Ground, left: dict[str, None]) -> list[Fact]:
    """The half-days of a line; in `left`, why some of them are not taken."""
    pupil = ground.enrolled.pupil(line.pupil, ground.enrolled.group(line.group))
    _check_days(line, ground)
    reason, counts = ground.reasons.get(bare(line.reason), (None, False))
    excused = line.excused if line.excused is not None else bool(line.reason) and not counts
    base = Fact(
        pupil,
        line.kind,
        line.first,
        afternoon=False,
        starts=ground.moment(line.first, HALVES[False][0]),
        ends=ground.moment(line.first, HALVES[False][1]),
        timed=False,
        minutes=line.minutes,
        excused=excused,
        reason=reason,
        words="" if reason else line.reason,
    )
    halves = list(_late(line, base, ground) if line.kind == Status.LATE else _missed(line, base, ground))
    taken = [fact for fact in halves if not _was_called(fact, ground)]
    if len(taken) < len(halves):
        left[_("L’appel a été fait dans Préau à ce moment : ce qu’il dit est gardé.")] = None
    return taken


def _check_days(line: PastLine, ground: Ground) -> None:
    year = ground.year
    for day in (line.first, line.last):
        if not year.starts <= day <= year.ends:
            raise _Aside(_("Le %(day)s n’est pas dans cette année scolaire.") % {"day": dates.plain_day(day)})
    if line.last > ground.today:
        raise _Aside(_("Ce jour est à venir."))
    if line.afternoon is not None and line.first != line.last:
        raise _Aside(_("Une demi-journée, et plusieurs jours : l’un des deux est de trop."))


def _late(line: PastLine, base: Fact, ground: Ground) -> Iterator[Fact]:
    """One moment of one day; a day without lessons has no lateness."""
    if name := ground.closed(line.first):
        raise _Aside(_("Jour sans cours : %(name)s.") % {"name": name})
    afternoon = line.begins >= ground.noon if line.begins else bool(line.afternoon)
    starts = ground.moment(line.first, line.begins or HALVES[afternoon][0])
    ends = starts + A_MINUTE * (line.minutes or 0)
    yield replace(base, afternoon=afternoon, starts=starts, ends=ends, timed=line.begins is not None)


def _missed(line: PastLine, base: Fact, ground: Ground) -> Iterator[Fact]:
    """Each half-day between the two ends of a line on which the school is open."""
    number = (line.last - line.first).days + 1
    days = [line.first + A_DAY * count for count in range(number)]
    names = [ground.closed(day) for day in days]
    found = [
        fact
        for day, name in zip(days, names, strict=True)
        if not name
        for fact in _of_day(line, base, day, ground)
    ]
    if not found and any(names):
        raise _Aside(_("Jour sans cours : %(name)s.") % {"name": next(filter(None, names))})
    if not found:
        raise _Aside(_("L’établissement n’a pas cours à ce moment."))
    if line.halves and not (line.begins or line.ends) and line.afternoon is None and line.halves < len(found):
        counts = {"said": line.halves, "found": len(found)}
        raise _Aside(
            _(
                "Le fichier dit %(said)s demi-journée(s), ces jours en ont %(found)s : dites l’heure, le matin ou l’après-midi."
            )
            % counts
        )
    yield from found


def _of_day(line: PastLine, base: Fact, day: date, ground: Ground) -> Iterator[Fact]:
    """The morning and the afternoon of a day, as far as the line holds them."""
    begins = line.begins if day == line.first else None
    ends = line.ends if day == line.last else None
    noon = ground.noon
    from_morning = begins is None or begins < noon
    # A lesson that begins in the morning is of the morning, though it ends a little after noon.
    until_afternoon = ends is None or ends > (_later(noon) if from_morning else noon)
    # Of an hour without an end, the rest of its half-day.
    alone = begins is not None and line.ends is None and line.first == line.last
    halves = {
        False: from_morning,
        True: until_afternoon and not (alone and from_morning),
    }
    for afternoon in [half for half, held in halves.items() if held]:
        if line.afternoon not in {None, afternoon}:
            continue
        begun = begins if begins and from_morning != afternoon else None
        ended = ends if ends and until_afternoon == afternoon else None
        if line.afternoon is None and not begun and not ended and not ground.is_open(day, afternoon):
            continue
        starts, until = HALVES[afternoon]
        if begun or ended:
            # What crosses noon is of both halves, without a gap.
            starts = begun or (noon if begins else DAWN)
            until = ended or (noon if ends else DUSK)
        yield replace(
            base,
            day=day,
            afternoon=afternoon,
            starts=ground.moment(day, starts),
            ends=ground.moment(day, max(starts, until)),
            timed=bool(begun or ended),
        )


def _later(noon: time) -> time:
    return (datetime.combine(date.min, noon) + HALF_AN_HOUR).time()


def _was_called(fact: Fact, ground: Ground) -> bool:
    """Did a roll say where the pupil was? Of a half-day without its hours, any roll of that half-day."""
    until = max(fact.ends, fact.starts + A_MINUTE)
    return any(
        (starts.astimezone(ground.zone).time() >= ground.noon) == fact.afternoon
        and (not fact.timed or (starts < until and fact.starts < ends))
        for starts, ends in ground.rolls.get((fact.pupil, fact.day), ())
    )


def together(facts: Iterable[Fact]) -> list[list[Fact]]:
    """The halves of one absence that follow each other on a day, as people say it."""
    found: list[list[Fact]] = []
    for fact in sorted(
        facts, key=lambda fact: (fact.pupil, fact.day, fact.kind, fact.afternoon, fact.starts)
    ):
        if found and _follows(found[-1][-1], fact):
            found[-1].append(fact)
        else:
            found.append([fact])
    return found


def _follows(last: Fact, fact: Fact) -> bool:
    same = replace(last, afternoon=fact.afternoon, starts=fact.starts, ends=fact.ends, minutes=fact.minutes)
    return fact.kind == Status.ABSENT and same == fact and (not fact.timed or last.ends == fact.starts)
