"""The routes of marks, as they tell the tests of them (tests/declared.py)."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Model

from conftest import NOW, TWIN
from preau.directory.models import Assignment, Group, Period, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_classes, many_subjects
from preau.domains.gradebook.models import (
    Assessment,
    GradeBook,
    Mark,
    MarkChange,
    PeriodSeal,
    Reopening,
    SubSubject,
)
from preau.domains.gradebook.tests.props import (
    many_assessments,
    many_drafts,
    many_learners,
    many_parts,
    many_reopenings,
    own_assessment,
    own_book,
    own_seal,
    own_subject,
)
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    DEPARTED,
    EVERYWHERE_STAFF,
    LIFE,
    MEMBERS,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    SETTLED,
    SETTLERS,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

PAGES = [
    Page("gradebook:index", pages.TEACHERS | pages.SCHOOL_LIFE),
    Page("gradebook:grid", pages.TEACHERS | pages.SCHOOL_LIFE, model=own_book),
    Page("gradebook:create", pages.TEACHERS, model=own_book),
    *(
        Page(f"gradebook:{name}", {"teacher"}, model=own_assessment)
        for name in ("column", "paste", "change", "publication", "duplicate", "move")
    ),
    Page("gradebook:bring", pages.TEACHERS, model=own_book),
    Page("gradebook:periods", {"head"}),
    Page("gradebook:reopen", {"head"}, model=own_seal),
    Page("gradebook:settings", {"head"}),
    Page("gradebook:subject", {"head"}, model=own_subject),
]
ELSEWHERE = {
    "gradebook:cell",
    "gradebook:delete",
    "gradebook:restore",
    "gradebook:export",
    "gradebook:seal",
    "gradebook:lift",
    "gradebook:close_reopening",
    "gradebook:remove_part",
}
LISTS = [
    ("teacher", "gradebook:grid", many_assessments),
    ("teacher", "gradebook:column", many_learners),
    ("teacher", "gradebook:paste", many_learners),
    ("head", "gradebook:index", many_classes),
    ("head", "gradebook:periods", many_reopenings),
    ("head", "gradebook:settings", many_subjects),
    ("head", "gradebook:subject", many_parts),
    ("guardian", "portal:home", many_assessments),
    ("teacher", "portal:home", many_drafts),
    ("teacher", "agenda:agenda", many_drafts),
]
ONE_THING = {
    "gradebook:create",
    "gradebook:bring",
    "gradebook:change",
    "gradebook:publication",
    "gradebook:duplicate",
    "gradebook:move",
    "gradebook:reopen",
}

# The isolation matrix

HEAD_ALONE = near(own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING)
WRITERS = near(own={"teacher"}, other_class={"teacher_parent"})
SEES: dict[type[Model], Near] = {
    GradeBook: near(
        own=LIFE | {"teacher"},
        other_class=LIFE | {"teacher_parent"},
        departed=LIFE,
        other_school=NEIGHBOURING,
    ),
    **dict.fromkeys(
        [Assessment, Mark, MarkChange],
        near(
            own=LIFE | {"teacher"} | OWN_FAMILY,
            other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
            departed=LIFE,
            other_school=NEIGHBOURING,
        ),
    ),
    PeriodSeal: EVERYWHERE_STAFF,
    Reopening: near(
        own={"head", "teacher"},
        other_class={"head", "teacher_parent"},
        departed={"head"},
        other_school=NEIGHBOURING,
    ),
    SubSubject: MEMBERS,
}
# A class and its course: a class of last year has none today, its page says so, and there is no file.
NAMES_TWO = {"gradebook:export"}
OPENS: dict[str, Near | set[str]] = {
    "gradebook:index": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "gradebook:grid": SEES[GradeBook],
    "gradebook:export": {scope: roles for scope, roles in SEES[GradeBook].items() if scope != DEPARTED},
    **dict.fromkeys(["gradebook:create", "gradebook:bring"], WRITERS),
    **dict.fromkeys(
        [
            f"gradebook:{name}"
            for name in (
                "column",
                "cell",
                "paste",
                "change",
                "publication",
                "duplicate",
                "move",
                "delete",
                "restore",
            )
        ],
        WRITERS,
    ),
    "gradebook:periods": {"head"} | NEIGHBOURING,
    "gradebook:seal": near(own={"head"}, other_school=NEIGHBOURING),
    **dict.fromkeys(["gradebook:lift", "gradebook:reopen", "gradebook:close_reopening"], HEAD_ALONE),
    "gradebook:settings": SETTLERS,
    "gradebook:subject": SETTLED | near(other_class={"head", "cook"}),
    "gradebook:remove_part": SETTLED,
}
NAMES = {
    "matiere": Named(Subject),
    "periode": Named(Period),
    "evaluation": Named(Assessment),
    "eleve": Named(Person, "public_id"),
    "group": Named(Group),
    "period": Named(Period),
    "sub_subject": Named(SubSubject),
    "teacher": Named(Person),
}
NUMBERED = {
    "note": Named(Person),
    "version": Named(Person),
    "classe": Named(Group),
    "nom": Named(SubSubject),
    "poids": Named(SubSubject),
}
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "note",
        "lines",
        "seen",
        "title",
        "kind",
        "day",
        "topic",
        "scale",
        "coefficient",
        "mode",
        "publication",
        "publication_jour",
        "publication_heure",
        "avant",
        "forme",
        "until",
        "why",
        "step",
        "rounding",
        "general_from",
        "not_returned",
        "guardian_delay",
        "tells_changes",
        "nom-plus0",
        "nom-plus1",
        "poids-plus0",
        "poids-plus1",
        "fichier",
        "cellules",
    ],
    (),
) | {"version": ("1", "99")}

# Forms and files


def _course(stage: Stage) -> str:
    return str(stage.own(Assessment).subject_id)


def _described(stage: Stage) -> Data:
    return {
        "title": "Fractions du jour",
        "kind": "quiz",
        "day": "2026-11-23",
        "topic": "",
        "scale": "10",
        "coefficient": "0,5",
        "mode": "normal",
        "period": stage.own(Assessment).period_id,
        "publication": "brouillon",
    }


def _changed(stage: Stage) -> Data:
    data = _described(stage)
    return {name: data[name] for name in data if name not in {"period", "publication"}} | {
        "scale": "40",
        "seen": "1",
    }


def _column(stage: Stage) -> Data:
    pupil = stage.own(Person)
    return {f"note-{pupil.pk}": "9,5", f"version-{pupil.pk}": "1"}


def _cell(stage: Stage) -> Data:
    return {"eleve": stage.own(Person).public_id, "note": "9,5", "version": "1"}


def _pasted(stage: Stage) -> Data:
    pupil = stage.own(Person)
    return {"lines": f"{pupil.list_name}\t9,5", "seen": "1"}


def _brought(stage: Stage) -> Data:
    """What the page had shown of a file, and sends back once it is agreed to."""
    return {"cellules": f"{stage.own(Assessment).pk}:{stage.own(Person).pk}:1:9,5"}


def _other_group(stage: Stage) -> None:
    """The teacher gives the subject in a group too."""
    one = stage.own(Assessment)
    group = Group.objects.create(
        school=one.school, year=stage.college.year, kind=Group.Kind.GROUP, name="Groupe du soir"
    )
    Assignment.objects.create(
        school=one.school, group=group, subject=one.subject, teacher=stage.people["teacher"]
    )


def _copied(stage: Stage) -> Data:
    group = Group.objects.filter(name="Groupe du soir").first()
    return {"group": group.pk if group else "", "period": stage.own(Assessment).period_id}


def _moved(stage: Stage) -> Data:
    own = stage.own(Assessment).period
    others = Period.objects.filter(year=own.year).exclude(pk=own.pk)
    return {"period": others.exclude(seal__isnull=False).order_by("-starts")[0].pk}


def _deleted(stage: Stage) -> None:
    Assessment.objects.filter(pk=stage.own(Assessment).pk).update(deleted_at=NOW)


def _reopened(stage: Stage) -> Data:
    return {"teacher": stage.people["teacher"].pk, "until": "2026-12-04", "why": "Une copie retrouvée."}


def _settled(stage: Stage) -> Data:
    known = SubSubject.objects.filter(subject=stage.own(Subject))
    names = {f"nom-{sub_subject.pk}": sub_subject.name for sub_subject in known}
    weights = {f"poids-{sub_subject.pk}": "2" for sub_subject in known}
    return {"coefficient": "3", "nom-plus0": "Atelier", "poids-plus0": "2"} | names | weights


POLICY = {
    "step": "0.5",
    "rounding": "half_up",
    "general_from": "exact",
    "not_returned": "zero",
    "guardian_delay": "48",
}
BODIES = {
    "gradebook:create": Body("teacher", _described, wrong=lambda stage: {"scale": "vingt"}),
    "gradebook:change": Body("teacher", _changed, wrong=lambda stage: {"scale": "vingt"}),
    "gradebook:column": Body(
        "teacher", _column, wrong=lambda stage: {f"note-{stage.own(Person).pk}": "vingt"}
    ),
    "gradebook:cell": Body("teacher", _cell, wrong=lambda stage: {"note": "vingt"}),
    "gradebook:paste": Body("teacher", _pasted, wrong=lambda stage: {"lines": "vingt"}),
    "gradebook:publication": Body(
        "teacher",
        lambda stage: {
            "publication": "plus-tard",
            "publication_jour": "2026-12-04",
            "publication_heure": "17:00",
        },
        wrong=lambda stage: {"publication_heure": ""},
    ),
    "gradebook:bring": Body("teacher", _brought, wrong=lambda stage: {"cellules": "1:1"}),
    "gradebook:duplicate": Body("teacher", _copied, _other_group, lambda stage: {"group": ""}),
    "gradebook:move": Body("teacher", _moved, wrong=lambda stage: {"period": ""}),
    "gradebook:delete": Body("teacher"),
    "gradebook:restore": Body("teacher", before=_deleted),
    "gradebook:export": Body(
        "teacher", lambda stage: {"forme": "csv"}, again={"journal_line": "each export leaves its trace"}
    ),
    "gradebook:seal": Body("head"),
    "gradebook:lift": Body("head"),
    "gradebook:reopen": Body("head", _reopened, wrong=lambda stage: {"why": ""}),
    "gradebook:close_reopening": Body("head"),
    "gradebook:settings": Body(
        "head", lambda stage: dict(POLICY), wrong=lambda stage: {"guardian_delay": "-1"}
    ),
    "gradebook:subject": Body("head", _settled, wrong=lambda stage: {"coefficient": "beaucoup"}),
    "gradebook:remove_part": Body("head"),
}
SHEETS = {"gradebook:export": "teacher"}
READ_BY = {
    "gradebook:create": {"head", "teacher"},
    # It is published: the class reads it.
    "gradebook:change": LIFE | {"teacher", "teacher_parent"} | OWN_CLASS,
    "gradebook:reopen": {"head", "teacher"},
    "gradebook:subject": {"head", "cook", "teacher"} | ALL_FAMILIES,
}
# What is no mark is refused, in words.
NOT_WORDS = {"gradebook:cell"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """An assessment of each class, of last year and of the twin, with its mark; a seal and a reopening beside it."""
    people, theirs = stage.people, f"{STEM} {TWIN}"
    former = _period(stage.objects[Group][DEPARTED][0])
    for scope, world, teacher, readers in [
        (OWN, stage.college, people["teacher"], LIFE | {"teacher"} | OWN_FAMILY),
        (OTHER_CLASS, stage.college, people["teacher_parent"], LIFE | {"teacher_parent"} | OTHER_FAMILY),
        (DEPARTED, stage.college, people["former_teacher"], LIFE),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"], None),
    ]:
        title = (
            theirs
            if readers is None
            else stage.mark(f"assessment ({scope})", readers, readers - OWN_FAMILY - OTHER_FAMILY)
        )
        group: Any = stage.objects[Group][scope][0]
        pupil: Any = stage.objects[Person][scope][0]
        periods = list(Period.objects.filter(year=world.year).order_by("starts"))
        period, sealed = (former, former) if scope == DEPARTED else (periods[0], periods[1])
        if scope == OTHER_CLASS:
            sealed = _period(group, from_its_end=timedelta(days=6))
        one = Assessment.objects.create(
            school=world.school,
            teacher=teacher,
            subject=_subject(group),
            group=group,
            period=period,
            title=title,
            day=period.starts + timedelta(days=20),
            published_at=NOW - timedelta(days=3),
            guardians_at=NOW - timedelta(days=2),
            pupils_told_at=NOW,
            guardians_told_at=NOW,
            marks_written=1,
        )
        mark = Mark.objects.create(assessment=one, pupil=pupil, value=12, changed_by=teacher)
        change = MarkChange.objects.create(
            assessment=one, pupil=pupil, former_value=9, value=12, by=teacher, at=NOW - timedelta(days=1)
        )
        seal = PeriodSeal.objects.create(school=world.school, period=sealed, by=world.people["head"])
        why = (
            theirs
            if readers is None
            else stage.mark(f"why it is open again ({scope})", {"head", *_own(scope)}, {"head"})
        )
        opened = Reopening.objects.create(
            school=world.school, period=sealed, teacher=teacher, reason=why, until=NOW.date(), by=seal.by
        )
        stage.put(scope, one, mark, change, seal, opened, GradeBook.objects.get(pk=group.pk))
    for scope, world in [(OWN, stage.college), (OTHER_SCHOOL, stage.twin)]:
        # Of a subject in which nothing is assessed.
        subject = Subject.objects.filter(school=world.school).exclude(
            assessments__isnull=False
        ).first() or _spare(world)
        stage.put(
            scope,
            SubSubject.objects.create(school=world.school, subject=subject, name=world.named("Atelier")),
        )


def _spare(world: World) -> Subject:
    return Subject.objects.create(school=world.school, code="999900", name=world.named("Matière de trop"))


def _own(scope: str) -> set[str]:
    return {OWN: {"teacher"}, OTHER_CLASS: {"teacher_parent"}}.get(scope, set())


def _subject(group: Group) -> Subject:
    """What is taught there; in a class of last year, whatever the school teaches."""
    charge = Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES).order_by("pk").first()
    return charge.subject if charge and charge.subject else Subject.objects.filter(school=group.school)[0]


def _period(group: Group, from_its_end: timedelta | None = None) -> Period:
    """One more period of a year: its first months, or its last days."""
    year = group.year
    days = (
        (year.ends - from_its_end, year.ends)
        if from_its_end
        else (year.starts, date(year.starts.year, 11, 30))
    )
    made: Period = Period.objects.create(
        school_id=group.school_id, year=year, name="Rattrapages", starts=days[0], ends=days[1]
    )
    return made


def plant_formulas(evil: str) -> None:
    Assessment.objects.update(title=evil[:80])
