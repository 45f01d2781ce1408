"""The routes of competences, as they tell the tests of them (tests/declared.py)."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.commons.files.models import StoredFile
from preau.directory.models import Assignment, Group, Period, Person, SchoolYear, Subject
from preau.directory.seeds.world import World
from preau.directory.tests.props import cast_pupil, many_classes
from preau.domains.competences.forms import letter_of
from preau.domains.competences.models import (
    COMPONENTS,
    Balance,
    Competence,
    Level,
    LevelChange,
    Referential,
    ReferentialImport,
    SelfLevel,
    Sheet,
    SheetColumn,
)
from preau.domains.competences.rules.cycles import cycle_of
from preau.domains.competences.tests.props import (
    beside_sheet,
    many_changes,
    many_columns,
    many_competences,
    many_cycle_files,
    many_imports,
    many_lines,
    many_referentials,
    many_sheets,
    own_group,
    own_import,
    own_level,
    own_referential,
    own_sheet,
)
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.tests.props import many_learners
from tests import pages
from tests.declared import Body, Data, Fragment, Named
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    DEPARTED,
    EVERYONE,
    FAMILY,
    LIFE,
    MEMBERS,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    SETTLERS,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

READERS = pages.TEACHERS | pages.SCHOOL_LIFE
PAGES = [
    Page("competences:index", READERS),
    Page("competences:group", READERS, model=own_group),
    Page("competences:cycle_files", pages.SCHOOL_LIFE),
    Page("competences:create", pages.TEACHERS, model=own_group),
    Page("competences:observe", pages.TEACHERS, model=own_group),
    Page("competences:balance", READERS, model=own_group),
    Page("competences:sheet", READERS, model=own_sheet),
    Page("competences:change", {"teacher"}, model=own_sheet),
    Page("competences:fill", {"teacher"}, model=own_sheet),
    Page("competences:propose", {"teacher"}, model=beside_sheet),
    Page("competences:without_network", pages.EVERYONE),
    Page("competences:prove", {"teacher"}, model=own_level),
    Page("competences:answer", {"pupil"}, model=own_sheet),
    Page("competences:own", pages.FAMILY),
    Page("competences:pupil", pages.FAMILY | READERS, model=cast_pupil, by="public_id"),
    Page("competences:booklet", pages.FAMILY | READERS, model=cast_pupil, by="public_id"),
    Page("competences:class_booklets", READERS, model=own_group),
    Page("competences:history", READERS, model=cast_pupil, by="public_id"),
    Page("competences:referentials", READERS),
    Page("competences:referential", READERS, model=own_referential),
    Page("competences:imports", {"head"}),
    Page("competences:import", {"head"}, model=own_import),
    Page("competences:settings", {"head"}),
]
PUBLIC = {"competences:without_network"}
ELSEWHERE = {
    "competences:export",
    "competences:prepare_cycle",
    "competences:cell",
    "competences:send",
    "competences:publication",
    "competences:delete",
    "competences:give",
    "competences:take",
    "competences:retire",
    "competences:import_part",
    "competences:import_csv",
    "competences:import_json",
    "competences:apply_import",
    "competences:drop_import",
    "portal:api_competences",
}
LISTS = [
    ("head", "competences:index", many_classes),
    ("teacher", "competences:group", many_learners),
    ("teacher", "competences:sheet", many_learners),
    ("teacher", "competences:create", many_competences),
    ("teacher", "competences:observe", many_competences),
    ("pupil", "competences:own", many_columns),
    ("guardian", "competences:pupil", many_columns),
    ("guardian", "portal:home", many_sheets),
    ("teacher", "competences:history", many_changes),
    ("guardian", "competences:booklet", many_columns),
    ("teacher", "competences:class_booklets", many_learners),
    ("head", "competences:referentials", many_referentials),
    ("head", "competences:referential", many_competences),
    ("head", "competences:imports", many_imports),
    ("head", "competences:cycle_files", many_cycle_files),
    *(("head", f"competences:{name}", many_lines) for name in ("import", "import_part")),
]
ONE_THING = {
    "competences:balance",
    "competences:change",
    "competences:fill",
    "competences:propose",
    "competences:prove",
    "competences:without_network",
    "competences:answer",
    "competences:settings",
    "portal:api_competences",
    "competences:import_csv",
    "competences:import_json",
}


def _of_import(college: World) -> dict[str, Any]:
    return {"pk": own_import(college).pk}


ARGUMENTS = {
    **dict.fromkeys(["competences:import_csv", "competences:import_json"], _of_import),
    "competences:import_part": lambda college: _of_import(college) | {"part": "competences"},
}
REST_OF_ADDRESS = {"competences:import_part": {"part": "competences"}}

# The isolation matrix

OF_CLASS: Near = near(
    own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
)
WRITERS: Near = near(own={"teacher"}, other_class={"teacher_parent"})
LEVELS: Near = near(
    own=LIFE | {"teacher"} | OWN_FAMILY,
    other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
    departed=LIFE,
    other_school=NEIGHBOURING,
)
SEES: dict[type[Model], Near] = {
    **dict.fromkeys([Sheet, SheetColumn, Level, LevelChange], LEVELS),
    SelfLevel: near(own={"teacher", "pupil"}, other_class={"teacher_parent"}),
    Balance: LEVELS,
    Referential: MEMBERS,
    Competence: MEMBERS,
    ReferentialImport: near(own={"head"}, other_school=NEIGHBOURING),
}
TEAM = LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING
HEADS: Near = near(own={"head"}, other_school=NEIGHBOURING)
OPENS: dict[str, Near | set[str]] = {
    "competences:index": TEAM,
    "competences:without_network": EVERYONE,
    **dict.fromkeys(["competences:cycle_files", "competences:prepare_cycle"], LIFE | NEIGHBOURING),
    **dict.fromkeys(
        ["competences:group", "competences:class_booklets", "competences:export", "competences:balance"],
        OF_CLASS,
    ),
    **dict.fromkeys(["competences:create", "competences:observe", "competences:send"], WRITERS),
    "competences:give": near(own={"head", "teacher"}, other_class={"head"}, other_school=NEIGHBOURING),
    "competences:sheet": OF_CLASS,
    **dict.fromkeys(
        [
            f"competences:{name}"
            for name in ("change", "fill", "propose", "prove", "publication", "delete", "cell")
        ],
        WRITERS,
    ),
    "competences:answer": near(own={"pupil"}),
    "competences:own": FAMILY | OTHER_FAMILY,
    **dict.fromkeys(
        ["competences:pupil", "competences:booklet"],
        near(
            own=LIFE | {"teacher"} | OWN_FAMILY,
            other_class=LIFE | {"teacher_parent"} | OTHER_FAMILY,
            other_school=NEIGHBOURING,
        ),
    ),
    "competences:history": near(
        own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, other_school=NEIGHBOURING
    ),
    "competences:referentials": TEAM,
    "competences:referential": near(own=LIFE | {"teacher", "teacher_parent"}, other_school=NEIGHBOURING),
    "competences:retire": HEADS,
    "competences:take": {"head"} | NEIGHBOURING,
    "competences:imports": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        [
            f"competences:{name}"
            for name in ("import", "import_part", "import_csv", "import_json", "apply_import", "drop_import")
        ],
        HEADS,
    ),
    "competences:settings": SETTLERS,
    "portal:api_competences": set(),
}
NAMES = {
    "periode": Named(Period),
    "annee": Named(SchoolYear),
    "evaluation": Named(Assessment),
    "eleve": Named(Person, "public_id"),
    "competences": Named(Competence),
    "competence": Named(Competence),
    "domaine": Named(Competence),
    "subject": Named(Subject),
    "parent": Named(Competence),
    "proof-garde": Named(StoredFile, "public_id"),
}
NUMBERED = {
    "moi": Named(SheetColumn),
    **{code.lower(): Named(Person) for code in COMPONENTS},
    **{f"{before}{letter_of(place)}": Named(Person) for place in range(4) for before in ("", "v")},
}
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "referentiel",
        "title",
        "cycle",
        "day",
        "asks_pupils",
        "level",
        "made_at",
        "note",
        "proof",
        "from_2",
        "from_3",
        "from_4",
        "voir",
        "ecrire",
        "publication",
        "forme",
        "remise",
        "sens",
        "releves",
        "name",
        "edition",
        "source",
        "files",
        "word_1",
        "word_2",
        "word_3",
        "word_4",
        "palette",
        "rule",
        "relevees",
    ],
    (),
) | {"version": ("1", "99")}

# Forms and files


def _sheet(stage: Stage) -> Data:
    return {"title": "Le point du jour", "day": "2026-11-23", "competences": [str(_leaf(stage).pk)]}


def _leaf(stage: Stage) -> Competence:
    """A competence that may be assessed."""
    found: Competence = stage.own(SheetColumn).competence
    return found


def _filled(stage: Stage) -> Data:
    pupil = stage.own(Person)
    return {f"a-{pupil.pk}": "2", f"va-{pupil.pk}": "1", "relevees": str(stage.own(SheetColumn).pk)}


def _cell(stage: Stage) -> Data:
    return {"eleve": stage.own(Person).public_id, "note": "2", "version": "1"}


def _observed(stage: Stage) -> Data:
    return {
        "competence": str(_leaf(stage).pk),
        "eleve": stage.own(Person).public_id,
        "level": "3",
        "note": "Seul au tableau",
    }


def _draft(stage: Stage) -> None:
    Sheet.objects.filter(pk=stage.own(Sheet).pk).update(published_at=None, guardians_at=None)


def _beside(stage: Stage) -> None:
    """It stands beside the marks of its class."""
    one = stage.own(Sheet)
    test = Assessment.objects.filter(group=one.group, sheet=None).order_by("pk")[0]
    Sheet.objects.filter(pk=one.pk).update(published_at=None, guardians_at=None, assessment=test)
    Level.objects.filter(column__sheet=one).delete()


def _not_proved(stage: Stage) -> None:
    Level.objects.filter(pk=stage.own(Level).pk).update(note="", proof=None)


def _too_long(stage: Stage) -> Data:
    return {"note": "Seule " * 50}


RULE = {"from_2": "4", "from_3": "9", "from_4": "17"}
POLICY = {
    "word_1": "Pas encore",
    "word_2": "En chemin",
    "word_3": "Atteint",
    "word_4": "Solide",
    "palette": "blue",
    "rule": "best",
}


def _balance(stage: Stage) -> Data:
    return {f"cpd_fra-{stage.own(Person).pk}": "2"}


def _not_given(stage: Stage) -> None:
    group = stage.own(Group)
    Balance.objects.filter(pk=stage.own(Balance).pk).update(given_at=None, cycle=cycle_of(group))


def _file(stage: Stage) -> Data:
    held = "code;parent;intitulé\n1;;Nombres\n".encode()
    return {
        "name": "Programme",
        "edition": "2027",
        "source": "",
        "files": [SimpleUploadedFile("programme.csv", held)],
    }


def _none_open(stage: Stage) -> None:
    ReferentialImport.objects.filter(pk=stage.own(ReferentialImport).pk).update(
        state=ReferentialImport.State.DONE, settled_at=timezone.now()
    )


def _no_socle(stage: Stage) -> None:
    Referential.objects.filter(school=stage.college.school, key__startswith="socle").update(
        key="ancien-socle"
    )


BODIES = {
    "competences:create": Body("teacher", _sheet, wrong=lambda stage: {"title": ""}),
    "competences:change": Body(
        "teacher",
        lambda stage: {"competences": [str(_leaf(stage).pk)]},
        wrong=lambda stage: {"competences": []},
    ),
    "competences:fill": Body(
        "teacher", _filled, wrong=lambda stage: dict.fromkeys(list(_filled(stage))[:1], "9")
    ),
    "competences:cell": Body("teacher", _cell, wrong=lambda stage: {"note": "9"}),
    "competences:propose": Body(
        "teacher", lambda stage: RULE | {"ecrire": "1"}, _beside, lambda stage: {"from_3": "1"}
    ),
    "competences:publication": Body("teacher", lambda stage: {"publication": "maintenant"}, _draft),
    "competences:delete": Body("teacher", before=_draft),
    "competences:observe": Body("teacher", _observed, wrong=lambda stage: {"level": ""}),
    "competences:send": Body(
        "teacher",
        lambda stage: _observed(stage) | {"made_at": str(int(NOW.timestamp()))},
        wrong=lambda stage: {"made_at": "?"},
    ),
    "competences:prove": Body("teacher", lambda stage: {"note": "Seule au tableau"}, _not_proved, _too_long),
    "competences:answer": Body(
        "pupil",
        lambda stage: {f"moi-{stage.own(SheetColumn).pk}": "3"},
        wrong=lambda stage: {f"moi-{stage.own(SheetColumn).pk}": "9"},
    ),
    "competences:balance": Body("head", _balance, wrong=lambda stage: dict.fromkeys(_balance(stage), "9")),
    "competences:give": Body("head", lambda stage: {"remise": "oui"}, _not_given),
    "competences:export": Body(
        "teacher", lambda stage: {"forme": "csv"}, again={"journal_line": "each export leaves its trace"}
    ),
    "competences:prepare_cycle": Body(
        "head", lambda stage: {"cycle": "4"}, wrong=lambda stage: {"cycle": "9"}
    ),
    "competences:settings": Body("head", lambda stage: POLICY | RULE, wrong=lambda stage: {"word_1": ""}),
    "competences:take": Body("head", before=_no_socle),
    "competences:referential": Body(
        "teacher", lambda stage: {"name": "Tracer un plan"}, wrong=lambda stage: {"name": ""}
    ),
    "competences:retire": Body("head"),
    "competences:imports": Body("head", _file, _none_open, lambda stage: {"files": []}),
    "competences:apply_import": Body("head"),
    "competences:drop_import": Body("head"),
}
SHEETS = {"competences:export": "teacher", "competences:import_csv": "head"}
OTHER_FILES = {"competences:import_json"}
CONFIRMED = {"competences:prepare_cycle"}
NOT_CONFIRMED = dict.fromkeys(
    ["competences:import_csv", "competences:import_json"], "numbers, files and reasons: nobody’s name"
)
FILES_ALONE = {"competences:imports"}
NOT_WORDS = {"competences:cell"}
READ_BY = {
    # A draft, until it is published.
    "competences:create": {"head", "teacher"},
    # Families read it after the school's delay.
    "competences:observe": LIFE | {"teacher", "pupil"},
    "competences:send": LIFE | {"teacher", "pupil"},
    "competences:prove": LIFE | {"teacher"} | OWN_FAMILY,
    "competences:referential": LIFE | {"teacher", "teacher_parent"},
    "competences:settings": LIFE | {"cook", "teacher", "teacher_parent"} | ALL_FAMILIES | OWN_CLASS,
    "competences:imports": {"head"},
}


def _being_read(stage: Stage) -> None:
    ReferentialImport.objects.filter(pk=stage.own(ReferentialImport).pk).update(
        state=ReferentialImport.State.READING
    )


FRAGMENTS = {"competences:import": Fragment("head", "progress", before=_being_read)}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A published sheet of each class, of last year and of the twin, with a level, an answer and a balance."""
    people, theirs = stage.people, f"{STEM} {TWIN}"
    for scope, world, teacher, readers in [
        (OWN, stage.college, people["teacher"], LIFE | {"teacher"} | OWN_FAMILY),
        (OTHER_CLASS, stage.college, people["teacher_parent"], LIFE | {"teacher_parent"} | OTHER_FAMILY),
        (DEPARTED, stage.college, people["former_teacher"], LIFE),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["teacher"], None),
    ]:
        title = (
            theirs
            if readers is None
            else stage.mark(f"sheet ({scope})", readers, readers - OWN_FAMILY - OTHER_FAMILY)
        )
        group: Any = stage.objects[Group][scope][0]
        pupil: Any = stage.objects[Person][scope][0]
        period = Period.objects.filter(year=group.year).order_by("starts")[0]
        charge = Assignment.objects.filter(group=group, teacher=teacher, kind=Assignment.Kind.TEACHES).first()
        one = Sheet.objects.create(
            school=world.school,
            teacher=teacher,
            group=group,
            subject=charge.subject if charge else None,
            period=period,
            title=title,
            day=period.starts + timedelta(days=20),
            published_at=NOW - timedelta(days=3),
            guardians_at=NOW - timedelta(days=2),
            told_at=NOW,
            levels_written=1,
            asks_pupils=True,
        )
        competence = Competence.objects.filter(
            referential__school=world.school, referential__is_own=True, has_children=False
        )[0]
        column = SheetColumn.objects.create(sheet=one, competence=competence)
        level = Level.objects.create(column=column, pupil=pupil, value=3, changed_by=teacher)
        change = LevelChange.objects.create(
            column=column, pupil=pupil, former_value=2, value=3, by=teacher, at=NOW - timedelta(days=1)
        )
        self_level = SelfLevel.objects.create(column=column, pupil=pupil, value=2)
        balance = Balance.objects.create(
            school=world.school,
            year=group.year,
            pupil=pupil,
            cycle=4,
            component="CPD_ETR",
            level=2,
            by=world.people["head"],
            given_at=NOW - timedelta(days=1),
        )
        stage.put(scope, one, column, level, change, self_level, balance)
    for scope, world in [(OWN, stage.college), (OTHER_SCHOOL, stage.twin)]:
        own = Referential.objects.get(school=world.school, is_own=True)
        word = theirs if scope == OTHER_SCHOOL else stage.mark("referential brought", {"head"}, {"head"})
        made = ReferentialImport.objects.create(
            school=world.school,
            brought_by=world.people["head"],
            name=word,
            edition="2026",
            files=[word],
            moved_at=NOW,
            state=ReferentialImport.State.PREVIEW,
            report={"rows": 1},
            preview={"created": [{"what": word, "code": "1", "above": ""}]},
        )
        stage.put(scope, own, own.competences.order_by("rank")[0], made)


def plant_formulas(evil: str) -> None:
    Competence.objects.update(name=evil[:300])
    ReferentialImport.objects.update(
        files=[evil], report={"errors": [{"file": evil, "line": 2, "reason": evil}]}
    )
