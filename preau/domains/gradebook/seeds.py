"""Marks of the demonstration: a pupil has a level, a subject suits them or not, and some days are better than others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Assignment, Closure, Enrolment, Period, School, Subject
from preau.domains.gradebook.models import Assessment, GradingPolicy, Mark, SubSubject
from preau.foundation.db import insert
from preau.foundation.text import fold

Kind = Assessment.Kind
# How far a pupil is from the others, a subject from their level, a test from the subject, and a day from the rest.
LEVEL, SUITS, HARD, DAY = 2.6, 1.4, 1.1, 1.6
MEAN = 12.4
# Of a hundred marks: absent, exempt, not marked; of homework, not returned.
ABSENT, EXEMPT, NOT_MARKED, NOT_RETURNED = 3.0, 0.6, 0.3, 5.0
# Days between two assessments of a subject, and those that a teacher takes to mark one.
APART, MARKED_IN, PUBLISHED_AT = 19, 5, time(17)
TITLES = {
    "math": ("Calcul", "Fractions", "Droites", "Problèmes", "Ratio", "Périmètres", "Aires", "Équations"),
    "franc": ("Dictée", "Récit", "Grammaire", "Lecture", "Rédaction", "Conjugaison", "Poésie", "Théâtre"),
    "hist": ("Carte", "Antiquité", "Paysages", "Croquis", "Empires", "Ville", "Frise", "Document"),
    "angl": ("Vocabulary", "Dialogue", "Verbs", "Listening", "My town", "Reading", "Speaking", "Past"),
    "scien": ("Cellule", "Respiration", "Schéma", "Séismes", "Expérience", "Nutrition", "Roches", "Climat"),
    "phys": ("Mélanges", "Circuits", "Mesures", "Lumière", "Énergie", "États", "Vitesse", "Atomes"),
    "education mus": ("Chant", "Rythme", "Écoute", "Orchestre", "Flûte", "Chorale", "Opéra", "Jazz"),
    "education phy": ("Relais", "Gymnastique", "Badminton", "Natation", "Lutte", "Rugby", "Danse", "Cross"),
    "arts": ("Portrait", "Volume", "Paysage", "Affiche", "Couleurs", "Collage", "Perspective", "Portfolio"),
    "techno": ("Objet", "Croquis", "Programme", "Capteurs", "Matériaux", "Énergie", "Maquette", "Réseaux"),
}
OTHERS = ("Contrôle 1", "Exposé", "Contrôle 2", "Devoir", "Contrôle 3", "Projet", "Contrôle 4", "Bilan")
SHAPES = (
    (Kind.QUIZ, Decimal(10), Decimal("0.5")),
    (Kind.TEST, Decimal(20), Decimal(2)),
    (Kind.HOMEWORK, Decimal(20), Decimal("0.5")),
    (Kind.TEST, Decimal(20), Decimal(2)),
    (Kind.ORAL, Decimal(20), Decimal(1)),
    (Kind.TEST, Decimal(20), Decimal(1)),
)
PARTS = (("Écrit", Decimal(2)), ("Oral", Decimal(1)))


@dataclass(frozen=True)
class Course:
    """A subject of a group, its teacher, and who learns there: pupil, first and last day."""

    group: int
    subject: int
    teacher: int
    name: str
    learners: tuple[tuple[int, date | None, date | None], ...]


@dataclass(frozen=True)
class Ground:
    """What every assessment of a school is made with."""

    school: School
    today: date
    periods: Sequence[Period]
    closed: set[date]
    parts: dict[int, list[SubSubject]]

    @property
    def delay(self) -> timedelta:
        return GradingPolicy(school=self.school).delay


def plant(world: Any) -> None:
    """Two periods: what is past is marked and published, the last one is being marked, one is to come."""
    if world.kind == School.Kind.ECOLE:
        return
    school: School = world.school
    draw = Random(f"{school.uai} notes")  # noqa: S311 - invented marks, the same at each planting  # nosec B311
    periods = list(Period.objects.filter(year=world.year).order_by("starts"))[:2]
    ground = Ground(school, world.today, periods, _closed(world), _parts(world))
    assessments: list[Assessment] = []
    shares: list[Course] = []
    for course in _courses(world):
        for assessment in _assessments(ground, course):
            assessments.append(assessment)
            shares.append(course)
    Assessment.objects.bulk_create(assessments, batch_size=500)
    insert(_marks(world, draw, list(zip(assessments, shares, strict=True))))


def _parts(world: Any) -> dict[int, list[SubSubject]]:
    """The first living language has a written and an oral part."""
    english = [
        subject
        for subject in Subject.objects.filter(school=world.school)
        if fold(subject.name).startswith("angl")
    ]
    rows = [
        SubSubject(school=world.school, subject=subject, name=name, coefficient=coefficient, order=rank)
        for subject in english[:1]
        for rank, (name, coefficient) in enumerate(PARTS)
    ]
    found: dict[int, list[SubSubject]] = defaultdict(list)
    for row in SubSubject.objects.bulk_create(rows):
        found[row.subject_id].append(row)
    return found


def _closed(world: Any) -> set[date]:
    spans = Closure.objects.filter(school=world.school).values_list("starts", "ends")
    return {first + timedelta(days=n) for first, last in spans for n in range((last - first).days + 1)}


def _courses(world: Any) -> Iterator[Course]:
    learners: dict[int, list[tuple[int, date | None, date | None]]] = defaultdict(list)
    enrolled = Enrolment.objects.filter(group__year=world.year).order_by("pk")
    for group, pupil, starts, ends in enrolled.values_list("group_id", "pupil_id", "starts", "ends"):
        learners[group].append((pupil, starts, ends))
    taught = Assignment.objects.filter(group__year=world.year, kind=Assignment.Kind.TEACHES)
    met: set[tuple[int, int]] = set()
    assignments = taught.order_by("group_id", "subject_id", "pk")
    for row in assignments.values_list("group_id", "subject_id", "teacher_id", "subject__name"):
        group, subject, teacher, name = row
        if subject is None or (group, subject) in met or not learners[group]:
            continue
        met.add((group, subject))
        yield Course(group, subject, teacher, name or "", tuple(learners[group]))


def _assessments(ground: Ground, course: Course) -> Iterator[Assessment]:
    """One every three weeks or so, each class on its own day."""
    shift = 5 + (course.group * 3 + course.subject * 7) % 11
    rank = 0
    for period in ground.periods:
        day = period.starts + timedelta(days=shift)
        while day <= min(period.ends, ground.today + timedelta(days=APART)):
            yield _one(ground, course, period, _open_day(day, ground.closed), rank)
            rank, day = rank + 1, day + timedelta(days=APART)


def _open_day(day: date, closed: set[date]) -> date:
    while day in closed or day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _titles(name: str) -> Sequence[str]:
    plain_name = fold(name)
    return next((titles for start, titles in TITLES.items() if plain_name.startswith(start)), OTHERS)


def _one(ground: Ground, course: Course, period: Period, day: date, rank: int) -> Assessment:
    titles = _titles(course.name)
    kind, scale, coefficient = SHAPES[(rank + course.subject) % len(SHAPES)]
    own = ground.parts.get(course.subject)
    part = own[kind == Kind.ORAL] if own else None
    now = timezone.now()
    zone = ZoneInfo(ground.school.timezone)
    published = datetime.combine(day + timedelta(days=MARKED_IN), PUBLISHED_AT, zone)
    at = published if published <= now else None
    after = at + ground.delay if at else None
    written = datetime.combine(day, PUBLISHED_AT, zone)
    return Assessment(
        school=ground.school,
        teacher_id=course.teacher,
        subject_id=course.subject,
        group_id=course.group,
        period=period,
        sub_subject=part,
        title=titles[rank % len(titles)],
        kind=kind,
        day=day,
        scale=scale,
        coefficient=coefficient,
        published_at=at,
        guardians_at=after,
        pupils_told_at=at,
        guardians_told_at=after if after and after <= now else None,
        marks_written=int(day <= ground.today),
        created_at=min(written, now),
        updated_at=min(written, now),
    )


def _marks(world: Any, draw: Random, shares: Sequence[tuple[Assessment, Course]]) -> list[Mark]:
    level: dict[int, float] = {}
    suits: dict[tuple[int, int], float] = {}
    marks: list[Mark] = []
    for one, course in shares:
        if one.day > world.today:
            continue
        hard = draw.gauss(0, HARD)
        # What is not published yet is being marked: the end of the list is empty.
        there = [pupil for pupil, starts, ends in course.learners if _is_there(one.day, starts, ends)]
        typed = there if one.published_at else there[: len(there) * 2 // 3]
        for pupil in typed:
            base = level.setdefault(pupil, draw.gauss(MEAN, LEVEL))
            bent = suits.setdefault((pupil, one.subject_id), draw.gauss(0, SUITS))
            marks.append(_mark(draw, one, course, pupil, base + bent - hard + draw.gauss(0, DAY)))
    return marks


def _is_there(day: date, starts: date | None, ends: date | None) -> bool:
    return (starts is None or starts <= day) and (ends is None or ends > day)


def _mark(draw: Random, assessment: Assessment, course: Course, pupil: int, worth: float) -> Mark:
    code, chance = "", draw.uniform(0, 100)
    if chance < ABSENT:
        code = Mark.Code.ABSENT
    elif chance < ABSENT + EXEMPT:
        code = Mark.Code.EXEMPT
    elif chance < ABSENT + EXEMPT + NOT_MARKED:
        code = Mark.Code.NOT_MARKED
    elif assessment.kind == Kind.HOMEWORK and chance < ABSENT + EXEMPT + NOT_MARKED + NOT_RETURNED:
        code = Mark.Code.NOT_RETURNED
    halves = round(min(max(worth, 1.5), 20) * float(assessment.scale) / 20 * 2)
    value = None if code else Decimal(halves) / 2
    return Mark(
        assessment=assessment,
        pupil_id=pupil,
        value=value,
        code=code,
        version=1,
        changed_by_id=course.teacher,
        changed_at=assessment.created_at,
    )
