"""A term written in bulk: the rows that the actions would have left, without a trace nor a letter."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Assignment, Enrolment, Group, Holding, Room, School
from preau.directory.words import Role
from preau.domains.conduct import rules
from preau.domains.conduct.actions import sanctions, telling
from preau.domains.conduct.models import (
    Detention,
    Incident,
    Involvement,
    Punition,
    RegisterLine,
    Sanction,
    Slot,
)
from preau.domains.conduct.seeds.stories import SANCTIONS, STORIES, Story
from preau.domains.timetable.models import Lesson
from preau.foundation import notices
from preau.foundation.db import insert

# For each class and each week, about so many incidents.
A_WEEK = 1.2
SETTLED_AFTER, WEEKS_AHEAD = timedelta(days=6), 3
TUESDAY, SLOT = 1, (time(17, 0), time(18, 0))


@dataclass
class Stage:
    """A school, those who act in it, and what is written of it."""

    school: School
    today: date
    chance: Random
    days: list[date]
    head: int
    cpe: int
    teachers: dict[int, list[int]]
    pupils: dict[int, list[int]]
    incidents: list[Incident] = field(default_factory=list)
    parts: list[Involvement] = field(default_factory=list)
    punitions: list[Punition] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.school.timezone)

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)


def plant(world: Any) -> None:
    """A term of small incidents, where the school has pupils, a head and lessons behind it."""
    if world.school.kind == School.Kind.ECOLE:
        return
    stage = _stage(world.school, world.today)
    if stage is None:
        return
    _incidents(stage, [person.pk for person in world.people.values()])
    _one_of_the_cast(stage, world.people.get("pupil"))
    for rows in (stage.incidents, stage.parts, stage.punitions):
        insert(rows)
    _detentions(stage)
    _sanctions(stage, [person.pk for person in world.people.values()])
    _tell(world.people.get("pupil"))


def _stage(school: School, today: date) -> Stage | None:
    held = Holding.objects.active(today).filter(school=school)
    people = {
        role: held.filter(role=role).order_by("pk").values_list("person_id", flat=True).first()
        for role in Role
    }
    days = list(
        Lesson.objects.filter(school=school, day__lt=today)
        .order_by("day")
        .values_list("day", flat=True)
        .distinct()
    )
    teachers, pupils = defaultdict(list), defaultdict(list)
    classes = Group.objects.classes().filter(year=school.current_year)
    for group, teacher in (
        Assignment.objects.filter(group__in=classes).order_by("pk").values_list("group", "teacher")
    ):
        teachers[group].append(teacher)
    enrolled = Enrolment.objects.active(today).filter(group__in=classes)
    for group, pupil in enrolled.order_by("pk").values_list("group", "pupil"):
        pupils[group].append(pupil)
    head, cpe = people[Role.HEAD], people[Role.SCHOOL_LIFE] or people[Role.HEAD]
    if not (head and cpe and days and pupils):
        return None
    chance = Random(f"conduct-{school.uai}")  # noqa: S311 - an invented term, not a secret
    return Stage(school, today, chance, days, head, cpe, dict(teachers), dict(pupils))


def _incidents(stage: Stage, cast: list[int]) -> None:
    weeks = max(1, len(stage.days) // 5)
    for group, pupils in stage.pupils.items():
        others = [pupil for pupil in pupils if pupil not in cast]
        teachers = stage.teachers.get(group) or [stage.cpe]
        for _ in range(round(weeks * A_WEEK) if others else 0):
            story = stage.chance.choice(STORIES)
            _write(
                stage,
                story,
                stage.chance.choice(others),
                stage.chance.choice(teachers),
                stage.chance.choice(stage.days),
            )


def _write(stage: Stage, story: Story, pupil: int, teacher: int, day: date) -> None:
    """One incident, the part of its pupil, and what followed when it is a week old."""
    at = stage.at(day, time(stage.chance.randint(8, 16), 30))
    settled = stage.today - day >= SETTLED_AFTER
    school = stage.school.pk
    incident = Incident(
        school_id=school,
        day=day,
        hour=at.time(),
        place=story.place,
        kind=story.kind,
        facts=story.facts,
        reported_by_id=teacher,
        reported_at=at + timedelta(hours=1),
        state=Incident.State.SETTLED if settled else Incident.State.OPEN,
    )
    stage.incidents.append(incident)
    moment = at + timedelta(hours=5) if settled else None
    stage.parts.append(
        Involvement(
            school_id=school,
            incident=incident,
            person_id=pupil,
            part=Involvement.Part.CONCERNED,
            for_family=story.for_family if moment else "",
            told_at=moment,
        )
    )
    if story.punition and settled:
        stage.punitions.append(_punition(stage, story, incident, pupil, teacher))


def _punition(stage: Stage, story: Story, incident: Incident, pupil: int, teacher: int) -> Punition:
    detained = story.punition == Punition.Kind.DETENTION
    return Punition(
        school_id=stage.school.pk,
        pupil_id=pupil,
        incident=incident,
        kind=story.punition,
        day=incident.day,
        reason=story.for_family,
        work=story.work,
        given_by_id=teacher,
        given_at=incident.reported_at,
        due=incident.day + timedelta(days=7) if story.punition == Punition.Kind.WORK else None,
        state=Punition.State.TO_DO if detained else Punition.State.DONE,
        ended_by_id=None if detained else teacher,
        ended_at=None if detained else incident.reported_at + timedelta(days=7),
    )


def _one_of_the_cast(stage: Stage, pupil: Any) -> None:
    """The cast's pupil forgot her things once, and has a little work to give in."""
    group = next((group for group, ids in stage.pupils.items() if pupil and pupil.pk in ids), None)
    if group is None or len(stage.days) < 8:
        return
    teacher = (stage.teachers.get(group) or [stage.cpe])[0]
    _write(stage, STORIES[1], pupil.pk, teacher, stage.days[-8])
    mine = stage.punitions[-1]
    mine.state, mine.ended_by_id, mine.ended_at = Punition.State.TO_DO, None, None
    mine.due = _week_day(stage.today + timedelta(days=3))


def _week_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)


def _detentions(stage: Stage) -> None:
    """A slot each Tuesday evening; each detention in the first one after it that has room."""
    room = Room.objects.filter(school=stage.school).order_by("pk").first()
    first, slots = stage.days[0], []
    tuesday = first + timedelta(days=(TUESDAY - first.weekday()) % 7)
    while tuesday <= stage.today + timedelta(weeks=WEEKS_AHEAD):
        starts, ends = (stage.at(tuesday, hour) for hour in SLOT)
        if tuesday in stage.days or tuesday >= stage.today:
            slots.append(
                Slot(
                    school_id=stage.school.pk,
                    day=tuesday,
                    starts=starts,
                    ends=ends,
                    room=room,
                    places=12,
                    supervisor_id=stage.cpe,
                    opened_by_id=stage.cpe,
                )
            )
        tuesday += timedelta(weeks=1)
    insert(slots)
    detained = [punition for punition in stage.punitions if punition.kind == Punition.Kind.DETENTION]
    insert([row for punition in detained if (row := _detention(stage, punition, slots))])
    Punition.objects.bulk_update(detained, ["state", "ended_by", "ended_at"])


def _detention(stage: Stage, punition: Punition, slots: list[Slot]) -> Detention | None:
    slot = next((slot for slot in slots if slot.day > punition.day), None)
    if slot is None:
        return None
    over = slot.day < stage.today
    if over:
        punition.state, punition.ended_by_id, punition.ended_at = Punition.State.DONE, stage.cpe, slot.ends
    return Detention(
        school_id=stage.school.pk,
        punition_id=punition.pk,
        slot_id=slot.pk,
        placed_by_id=stage.cpe,
        state=Detention.State.DONE if over else Detention.State.EXPECTED,
        noted_by_id=stage.cpe if over else None,
        noted_at=slot.ends if over else None,
    )


def _sanctions(stage: Stage, cast: list[int]) -> None:
    """Three that were pronounced, for pupils of nobody's family of the cast, and their lines in the register."""
    others = sorted({pupil for pupils in stage.pupils.values() for pupil in pupils} - set(cast))
    years = sanctions.years_of(stage.school.pk)
    for number, (kind, facts) in enumerate(SANCTIONS if len(others) > len(SANCTIONS) else []):
        day = stage.days[len(stage.days) * (number + 1) // 5]
        # The Monday and the Tuesday that follow.
        starts = day + timedelta(days=7 - day.weekday()) if kind in rules.TEMPORARY else None
        ends = starts + timedelta(days=1) if starts else None
        common = {"school_id": stage.school.pk, "pronounced_on": day, "kind": kind, "authority": "head"}
        line = RegisterLine.objects.create(**common, facts=facts, days=2 if starts else None)
        Sanction.objects.create(
            **common,
            pupil_id=others[(number + 1) * len(others) // 5],
            facts=facts,
            opened_by_id=stage.head,
            told_on=day - timedelta(days=5),
            defend_until=day - timedelta(days=2),
            state=Sanction.State.PRONOUNCED,
            grounds="Après l’entretien avec l’élève et sa famille. Nous attendons un comportement apaisé en classe.",
            pronounced_by_id=stage.head,
            starts=starts,
            ends=ends,
            register_line=line,
            kept_until=rules.kept_until(kind, day, years),
        )


def _tell(pupil: Any) -> None:
    """What the family of the cast's pupil was told: kept in its list, and sent to nobody."""
    if pupil is None:
        return
    with notices.told_already(timezone.now() - timedelta(days=2)):
        for part in Involvement.objects.told().filter(person=pupil).select_related("incident__school"):
            telling.tell_of_incident(part)
