"""Competences of the demonstration: levels that follow the marks of a collège, and what a primary school notes without any."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Assignment, Enrolment, Group, Period, School, Subject
from preau.domains.competences.actions.referentials import Row, Told, write_referential
from preau.domains.competences.imports.shipped import take_socle
from preau.domains.competences.models import Competence, Level, MasteryPolicy, Sheet, SheetColumn
from preau.domains.competences.rules.synthesis import level_of_mark
from preau.domains.gradebook.models import Assessment, GradingPolicy, Mark
from preau.foundation.db import insert
from preau.foundation.text import fold

# How much a level strays from the mark beside it, in levels; of a hundred, absent or not assessed.
STRAYS, ABSENT, NOT_ASSESSED = 0.45, 3.0, 1.0
# One assessment in so many has competences beside its marks.
ONE_IN = 3
READ_AT, READ_IN = time(17), 3
OF_COLLEGE = {
    "Français": (
        ("CPD_FRA", "Lire un texte et en dire le sens"),
        ("CPD_FRA", "Écrire un récit qui se tient"),
        ("CPD_FRA", "Orthographier ce que l’on écrit"),
        ("CPD_FRA", "Prendre la parole devant la classe"),
    ),
    "Mathématiques": (
        ("CPD_SCI", "Calculer de tête et à la main"),
        ("CPD_SCI", "Résoudre un problème en plusieurs étapes"),
        ("CPD_SCI", "Tracer et raisonner sur une figure"),
        ("CPD_SCI", "Lire un tableau et un graphique"),
    ),
    "Histoire": (
        ("REP_MND", "Situer un fait dans le temps"),
        ("REP_MND", "Lire une carte et un document"),
        ("FRM_CIT", "Défendre un avis et écouter celui des autres"),
    ),
    "Anglais": (
        ("CPD_ETR", "Comprendre ce que l’on entend"),
        ("CPD_ETR", "Parler à deux"),
        ("CPD_ETR", "Écrire un message court"),
    ),
    "Sciences": (
        ("SYS_NAT", "Mener une expérience"),
        ("SYS_NAT", "Tirer une conclusion d’un résultat"),
        ("SYS_NAT", "Faire un schéma légendé"),
    ),
    "Éducation physique": (
        ("CPD_ART", "Se dépasser et progresser"),
        ("MET_APP", "Préparer un effort et le gérer"),
        ("FRM_CIT", "Tenir un rôle dans une équipe"),
    ),
    "Arts": (
        ("CPD_ART", "Expérimenter et créer"),
        ("CPD_ART", "Parler d’une œuvre"),
    ),
    "Technologie": (
        ("SYS_NAT", "Imaginer un objet et le réaliser"),
        ("MET_APP", "Travailler en projet"),
    ),
}
# How the name of a subject begins, once folded.
BEGINS = {
    "Français": "franc",
    "Mathématiques": "math",
    "Histoire": "hist",
    "Anglais": "angl",
    "Sciences": "scien",
    "Éducation physique": "education p",
    "Arts": "art",
    "Technologie": "techno",
}
OF_ECOLE = {
    "Lire": (
        ("CPD_FRA", "Lire à voix haute sans s’arrêter"),
        ("CPD_FRA", "Comprendre une histoire lue seul"),
    ),
    "Écrire": (
        ("CPD_FRA", "Copier sans erreur"),
        ("CPD_FRA", "Écrire un texte de quelques phrases"),
    ),
    "Compter et calculer": (
        ("CPD_SCI", "Lire, écrire et ranger les nombres"),
        ("CPD_SCI", "Connaître les tables"),
        ("CPD_SCI", "Résoudre un problème"),
    ),
    "Le monde": (
        ("SYS_NAT", "Observer le vivant"),
        ("REP_MND", "Se repérer dans le temps et l’espace"),
    ),
    "Vivre ensemble": (
        ("FRM_CIT", "Respecter les règles de la classe"),
        ("MET_APP", "S’organiser dans son travail"),
        ("CPD_ART", "Jouer, chanter et dessiner"),
    ),
}
# Their places in the programmes, by the keys of the catalogue.
NODES = {
    "Français": "francais",
    "Lire": "francais",
    "Écrire": "francais",
    "Mathématiques": "mathematiques",
    "Compter et calculer": "mathematiques",
    "Histoire": "histoire",
    "Anglais": "anglais",
    "Sciences": "svt",
    "Technologie": "technologie",
    "Éducation physique": "eps",
    "Arts": "arts-plastiques",
    "Le monde": "questionner-le-monde",
}
WEEKS_APART = 4


def plant(world: Any) -> None:
    """The socle, the school's own referential, and what teachers have found since September."""
    is_primary = world.kind == School.Kind.ECOLE
    take_socle(world.school)
    own = _own(world, is_primary)
    draw = Random(f"{world.school.uai} competences")  # noqa: S311 - invented levels, the same at each planting  # nosec B311
    if is_primary:
        MasteryPolicy.objects.create(
            school=world.school,
            word_1="Non atteint",
            word_2="Partiellement atteint",
            word_3="Atteint",
            word_4="Dépassé",
        )
        _plant_primary(world, draw, own)
    else:
        _plant_beside_marks(world, draw, own)


def _own(world: Any, is_primary: bool) -> dict[str, list[Competence]]:
    """What the school has written itself, by domain."""
    tree = OF_ECOLE if is_primary else OF_COLLEGE
    name = "Référentiel de l’école" if is_primary else "Référentiel de l’établissement"
    rows: list[Row] = []
    taught = {
        _domain_of(subject.name): subject.name for subject in Subject.objects.filter(school=world.school)
    }
    for place, (domain, held) in enumerate(tree.items(), 1):
        rows.append(Row(f"{place}", world.named(domain)))
        rows += [
            Row(
                f"{place}.{rank}",
                world.named(label),
                f"{place}",
                subject=taught.get(domain, ""),
                component=component,
                node=NODES.get(domain, ""),
            )
            for rank, (component, label) in enumerate(held, 1)
        ]
    facts = Told(
        world.named(name), str(world.year.starts.year), world.named("Écrit par les équipes"), is_own=True
    )
    made = write_referential(world.school, facts, rows)
    found: dict[str, list[Competence]] = defaultdict(list)
    names = {str(place): domain for place, domain in enumerate(tree, 1)}
    for competence in made.competences.filter(has_children=False).order_by("rank"):
        found[names[competence.code.partition(".")[0]]].append(competence)
    return found


def _domain_of(subject: str) -> str:
    text = fold(subject)
    return next((name for name, start in BEGINS.items() if text.startswith(start)), "")


def _plant_beside_marks(world: Any, draw: Random, own: dict[str, list[Competence]]) -> None:
    """Two competences beside the marks of one assessment in three: who had a good mark has good levels, more or less."""
    rows = Assessment.objects.filter(school=world.school, day__lte=world.today, published_at__isnull=False)
    sheets: list[Sheet] = []
    chosen: list[tuple[Assessment, Sequence[Competence]]] = []
    for rank, one in enumerate(
        rows.select_related("subject").order_by("group_id", "subject_id", "day", "pk")
    ):
        held = own.get(_domain_of(one.subject.name), [])
        if rank % ONE_IN or not held:
            continue
        start = (rank // ONE_IN) % len(held)
        chosen.append((one, (held[start:] + held[:start])[:2]))
        sheets.append(
            Sheet(
                school=world.school,
                teacher_id=one.teacher_id,
                group_id=one.group_id,
                subject_id=one.subject_id,
                period_id=one.period_id,
                assessment=one,
                title=one.title,
                day=one.day,
                told_at=one.guardians_told_at,
                levels_written=1,
                created_at=one.created_at,
            )
        )
    Sheet.objects.bulk_create(sheets, batch_size=500)
    columns = [
        SheetColumn(sheet=sheet, competence=competence, rank=rank)
        for sheet, (_one, competences) in zip(sheets, chosen, strict=True)
        for rank, competence in enumerate(competences)
    ]
    SheetColumn.objects.bulk_create(columns, batch_size=500)
    of_sheet: dict[int, list[SheetColumn]] = defaultdict(list)
    for column in columns:
        of_sheet[column.sheet.assessment_id or 0].append(column)
    thresholds = MasteryPolicy(school=world.school).thresholds
    marks = Mark.objects.filter(assessment__in=list(of_sheet)).select_related("assessment").order_by("pk")
    insert(
        [
            _beside(draw, column, mark, thresholds)
            for mark in marks.iterator(chunk_size=2000)
            for column in of_sheet[mark.assessment_id]
        ]
    )


def _beside(draw: Random, column: SheetColumn, mark: Mark, thresholds: tuple[Decimal, ...]) -> Level:
    code, value = "", None
    if mark.value is None:
        code = Level.Code.EXEMPT if mark.code == Mark.Code.EXEMPT else Level.Code.ABSENT
    else:
        found = level_of_mark(mark.value, mark.assessment.scale, thresholds)
        value = min(max(round(found + draw.gauss(0, STRAYS)), 1), 4)
    return Level(
        column=column,
        pupil_id=mark.pupil_id,
        value=value,
        code=code,
        version=1,
        changed_by_id=mark.changed_by_id,
        changed_at=mark.changed_at,
    )


@dataclass(frozen=True)
class _Class:
    """A class of a primary school, its teacher, its pupils, and how far each is."""

    group: Group
    teacher: int
    pupils: tuple[int, ...]
    bent: dict[int, float]


def _plant_primary(world: Any, draw: Random, own: dict[str, list[Competence]]) -> None:
    """A sheet a month and a class, two domains each: no mark anywhere."""
    periods = list(Period.objects.filter(year=world.year, starts__lte=world.today).order_by("starts"))
    domains = list(own.values())
    for school_class in _classes(world):
        rank = 0
        for period in periods:
            day = period.starts + timedelta(days=14)
            while day <= min(period.ends, world.today):
                held = [*domains[rank % len(domains)], *domains[(rank + 1) % len(domains)]]
                _primary_sheet(world, draw, school_class, (period, _weekday(day)), held)
                rank, day = rank + 1, day + timedelta(weeks=WEEKS_APART)


def _classes(world: Any) -> list[_Class]:
    charges = Assignment.objects.filter(group__year=world.year, group__kind=Group.Kind.CLASS, ends=None)
    teachers: dict[int, int] = {}
    for group, teacher in charges.order_by("-kind", "pk").values_list("group_id", "teacher_id"):
        teachers.setdefault(group, teacher)
    pupils: dict[int, list[int]] = defaultdict(list)
    for group, pupil in (
        Enrolment.objects.filter(group__in=teachers, ends=None)
        .order_by("pk")
        .values_list("group_id", "pupil_id")
    ):
        pupils[group].append(pupil)
    groups = Group.objects.filter(pk__in=teachers).order_by("pk")
    return [
        _Class(group, teachers[group.pk], tuple(pupils[group.pk]), {}) for group in groups if pupils[group.pk]
    ]


def _weekday(day: date) -> date:
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def _primary_sheet(
    world: Any, draw: Random, one: _Class, when: tuple[Period, date], held: Sequence[Competence]
) -> None:
    period, day = when
    at = datetime.combine(day + timedelta(days=READ_IN), READ_AT, ZoneInfo(world.school.timezone))
    published = at if at <= timezone.now() else None
    later = published + GradingPolicy(school=world.school).delay if published else None
    sheet = Sheet.objects.create(
        school=world.school,
        teacher_id=one.teacher,
        group=one.group,
        period=period,
        day=day,
        title=world.named(f"Le point du {day.day}/{day.month}"),
        published_at=published,
        guardians_at=later,
        told_at=later if later and later <= timezone.now() else None,
        levels_written=1,
        created_at=min(at, timezone.now()),
    )
    columns = SheetColumn.objects.bulk_create(
        SheetColumn(sheet=sheet, competence=competence, rank=rank) for rank, competence in enumerate(held)
    )
    insert([_noted(draw, column, pupil, one, sheet.created_at) for column in columns for pupil in one.pupils])


def _noted(draw: Random, column: SheetColumn, pupil: int, one: _Class, at: datetime) -> Level:
    base = one.bent.setdefault(pupil, draw.gauss(2.8, 0.6))
    chance = draw.uniform(0, 100)
    code = (
        Level.Code.ABSENT
        if chance < ABSENT
        else Level.Code.NOT_ASSESSED
        if chance < ABSENT + NOT_ASSESSED
        else ""
    )
    value = None if code else min(max(round(base + draw.gauss(0, STRAYS)), 1), 4)
    return Level(
        column=column,
        pupil_id=pupil,
        value=value,
        code=code,
        version=1,
        changed_by_id=one.teacher,
        changed_at=at,
    )
