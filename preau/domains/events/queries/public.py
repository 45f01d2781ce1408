"""Is there school today and tomorrow? For anybody who asks: of a school alone, never of a class, a person or what somebody wrote."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.commons.delivery.models import SchoolPolicy, working_days
from preau.directory.calendar import is_public_holiday
from preau.directory.models import Closure, School, SchoolYear
from preau.domains.events.models import Event
from preau.domains.timetable.models import Lesson
from preau.foundation import dates
from preau.foundation.lookup import fold_title
from preau.foundation.text import fold

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=6)
WEDNESDAY, SATURDAY, SUNDAY = 2, 5, 6
# Schools that one search shows, and the letters without which it shows none.
MOST, LETTERS = 8, 3
# The names of a calendar are published; what a school typed of a day of its own is not said.
PUBLISHED = ("vacances", "pont de")


@dataclass(frozen=True)
class SchoolDay:
    """One day of a school: is it open (None: nobody has said so), and why not."""

    when: str
    is_open: bool | None
    why: str = ""


@dataclass(frozen=True)
class OpenSchool:
    """One school and its two days."""

    name: str
    address: str
    days: tuple[SchoolDay, ...]


@dataclass
class Facts:
    """What is known of the days of a school. `planned` and `held`: days with lessons, and those on which some take place. `is_ecole`:
    its week may have four days; `sends_on_wednesday`: it has settled that it writes to families that day."""

    zone: str = ""
    is_ecole: bool = False
    sends_on_wednesday: bool = False
    years: list[tuple[date, date]] = field(default_factory=list)
    closures: list[tuple[str, date, date]] = field(default_factory=list)
    stops: list[tuple[date, date, str]] = field(default_factory=list)
    planned: set[date] = field(default_factory=set)
    held: set[date] = field(default_factory=set)

    def is_planned_around(self, day: date) -> bool:
        """Does its timetable hold something in the week of this day?"""
        monday = dates.monday_of(day)
        return any(monday <= other <= monday + A_WEEK for other in self.planned)


def said_of(day: date, facts: Facts) -> tuple[bool | None, str]:
    """Is the school open (None: nobody has said so), and why not; of an open day, what of it is without lessons."""
    if closed := _closed(day, facts):
        return False, closed
    stops = [span for first, last, span in facts.stops if first <= day <= last]
    if day not in facts.held:
        planned = facts.is_planned_around(day)
        if "" in stops or (stops and planned):
            return False, _("fermeture exceptionnelle")
        is_open, why = (False, _("pas de cours ce jour-là")) if planned else _in_week(day, facts)
        if not is_open:
            return is_open, why
    hours = [span for span in stops if span]
    return True, _("pas de cours %(hours)s") % {"hours": ", ".join(hours)} if hours else ""


def _in_week(day: date, facts: Facts) -> tuple[bool | None, str]:
    """Of a school without timetable here: what is known of this day of its week."""
    if day.weekday() == SATURDAY:
        return False, _("samedi")
    # The days on which a school sends are about rest: they open no Saturday and close no day of the week.
    if facts.is_ecole and day.weekday() == WEDNESDAY and not facts.sends_on_wednesday:
        return None, _("selon les jours de classe de l’école")
    return True, ""


def _closed(day: date, facts: Facts) -> str:
    """What the calendar says of a day without school. Of what the school typed itself, only that it is closed."""
    if not any(starts <= day <= ends for starts, ends in facts.years):
        return _("hors de l’année scolaire")
    closure = next((one for one in facts.closures if one[1] <= day <= one[2]), None)
    if closure is None:
        return _("dimanche") if day.weekday() == SUNDAY else ""
    name, first, last = closure
    if not name.lower().startswith(PUBLISHED):
        name = _("jour férié") if is_public_holiday(day, facts.zone) else _("établissement fermé")
    until = _("jusqu’au %(day)s") % {"day": dates.day(last)} if last > first else ""
    return ", ".join(filter(None, [name, until]))


def schools_named(words: str) -> tuple[list[School], bool]:
    """The schools whose name, address or UAI hold these words, and whether there are more; without words, the only one there
    is (two queries at most). Accents, capitals and hyphens say nothing: no database compares so, hence the names read here."""
    found = School.objects.exclude(current_year=None).order_by("name", "pk")
    asked = _plain(fold(words)).split()
    if len(" ".join(asked)) < LETTERS:
        only = list(found[:2])
        return (only if len(only) == 1 else [], False)
    named = [
        pk
        for pk, name, address, uai in found.values_list("pk", "name", "address", "uai")
        if all(
            word in _plain(f"{fold_title(name)} {fold_title(address)}") or word == uai.lower()
            for word in asked
        )
    ]
    by_pk = found.in_bulk(named[:MOST]) if named else {}
    return [by_pk[pk] for pk in named[:MOST]], len(named) > MOST


def _plain(folded: str) -> str:
    """« saint-exupery » and « saint exupery » are one."""
    return folded.replace("-", " ")


def open_schools(schools: Sequence[School], moment: datetime) -> list[OpenSchool]:
    """Their two days, each on its own wall clock: five queries, whatever their number."""
    if not schools:
        return []
    here = {school.pk: dates.local(moment, school.timezone).date() for school in schools}
    facts = _facts(here)
    for school in schools:
        facts[school.pk].zone = school.holiday_zone
        facts[school.pk].is_ecole = school.kind == School.Kind.ECOLE
    return [
        OpenSchool(
            school.name,
            school.address,
            tuple(_day(day, here[school.pk], facts[school.pk]) for day in _two(here[school.pk])),
        )
        for school in schools
    ]


def _two(today: date) -> tuple[date, date]:
    return today, today + A_DAY


def _day(day: date, today: date, facts: Facts) -> SchoolDay:
    return SchoolDay(f"{dates.capital(dates.near_day(day, today))}, {dates.day(day)}", *said_of(day, facts))


def _facts(here: Mapping[int, date]) -> dict[int, Facts]:
    first, last = min(here.values()), max(here.values()) + A_DAY
    facts = {school: Facts() for school in here}
    years = SchoolYear.objects.filter(school__in=here, starts__lte=last, ends__gte=first)
    for school, *span in years.values_list("school_id", "starts", "ends"):
        facts[school].years.append((span[0], span[1]))
    closures = Closure.objects.filter(school__in=here, starts__lte=last, ends__gte=first).order_by("-ends")
    for school, name, starts, ends in closures.values_list("school_id", "name", "starts", "ends"):
        facts[school].closures.append((name, starts, ends))
    for school, days in SchoolPolicy.objects.filter(school__in=here).values_list("school_id", "days"):
        # Those of the beginning are nobody's word: whoever settles hours keeps them.
        if sorted(days) != working_days():
            facts[school].sends_on_wednesday = WEDNESDAY + 1 in days
    for event in _stops(here, first, last):
        facts[event.school_id].stops += _stops_of(event)
    around = (dates.monday_of(first), dates.monday_of(last) + A_WEEK)
    lessons = Lesson.objects.filter(school__in=here).between(*around).order_by()
    for school, day, state in lessons.values_list("school_id", "day", "state").distinct():
        facts[school].planned.add(day)
        if state == Lesson.State.HELD:
            facts[school].held.add(day)
    return facts


def _stops_of(event: Event) -> list[tuple[date, date, str]]:
    """The days of a closing, each with its hours there; "" for a whole day."""
    if event.whole_days:
        return [(event.first_day, event.last_day, "")]
    zone = event.school.timezone
    if event.first_day == event.last_day:
        return [(event.first_day, event.last_day, dates.hours(event.starts, event.ends, zone))]
    begins = _("à partir de %(hour)s") % {"hour": dates.hour(event.starts, zone)}
    ends = _("jusqu’à %(hour)s") % {"hour": dates.hour(event.ends, zone)}
    whole = (event.first_day + A_DAY, event.last_day - A_DAY, "")
    days = [(event.first_day, event.first_day, begins), whole, (event.last_day, event.last_day, ends)]
    return [day for day in days if day[0] <= day[1]]


def _stops(schools: Iterable[int], first: date, last: date) -> "QuerySet[Event]":
    """The closings of whole schools that cancel lessons: that they are, and when; not what is written of them."""
    found = Event.objects.held().filter(
        school__in=list(schools),
        kind=Event.Kind.NO_CLASS,
        audience=Event.Audience.EVERYONE,
        stops_lessons=True,
        first_day__lte=last,
        last_day__gte=first,
    )
    return found.select_related("school").order_by("starts", "pk")
