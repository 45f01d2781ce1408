"""The routes of absences brought from another program, as they tell the tests of them (tests/declared.py)."""

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.attendance.models import AbsencesImport, PastAbsence, Status
from preau.domains.attendance.tests.props import (
    many_absences_imports,
    many_past,
    many_past_brought,
    own_absences_import,
)
from tests import pages
from tests.declared import Body, Data, Fragment
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

NAMES_OF_ONE = ("import", "import_part", "import_columns", "import_csv", "import_json")
PAGES = [
    Page("attendance:past", pages.SCHOOL_LIFE | pages.FAMILY),
    Page("attendance:imports", pages.SCHOOL_LIFE),
    Page("attendance:import", pages.SCHOOL_LIFE, model=own_absences_import),
    Page("attendance:import_columns", pages.SCHOOL_LIFE, model=own_absences_import),
]
ELSEWHERE = {
    f"attendance:{name}"
    for name in (
        "import_part",
        "import_csv",
        "import_json",
        "apply_import",
        "drop_import",
        "withdraw_past",
        "restore_past",
    )
}
LISTS = [
    ("cpe", "attendance:past", many_past),
    ("guardian", "attendance:past", many_past),
    ("guardian", "attendance:absences", many_past),
    ("cpe", "attendance:entries", many_past),
    ("cpe", "attendance:export", many_past),
    ("cpe", "attendance:imports", many_absences_imports),
    *(("cpe", f"attendance:{name}", many_past_brought) for name in NAMES_OF_ONE),
]


def _of_import(college: World) -> dict[str, Any]:
    return {"pk": own_absences_import(college).pk}


ARGUMENTS = {
    **dict.fromkeys(["attendance:import_csv", "attendance:import_json"], _of_import),
    "attendance:import_part": lambda college: _of_import(college) | {"part": "absences"},
}
REST_OF_ADDRESS = {"attendance:import_part": {"part": "absences"}}
SEES: dict[type[Model], Near] = {
    AbsencesImport: near(own=LIFE, other_school=NEIGHBOURING),
    PastAbsence: near(
        own=LIFE | OWN_FAMILY, other_class=LIFE | OTHER_FAMILY, departed=LIFE, other_school=NEIGHBOURING
    ),
}
OPENS: dict[str, Near | set[str]] = {
    "attendance:past": LIFE | FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "attendance:imports": LIFE | NEIGHBOURING,
    **dict.fromkeys(
        [f"attendance:{name}" for name in (*NAMES_OF_ONE, "apply_import", "drop_import")],
        SEES[AbsencesImport],
    ),
    **dict.fromkeys(
        ["attendance:withdraw_past", "attendance:restore_past"],
        near(own=LIFE, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING),
    ),
}


def _files(stage: Stage) -> Data:
    held = "Élève;Date;Motif\nPersonne;14/09/2026;Maladie\n".encode()
    return {"files": [SimpleUploadedFile("absences.csv", held)]}


def _none_open(stage: Stage) -> None:
    _turn(stage, AbsencesImport.State.DONE, settled_at=timezone.now())


def _being_read(stage: Stage) -> None:
    _turn(stage, AbsencesImport.State.READING)


def _turn(stage: Stage, state: str, **more: Any) -> None:
    AbsencesImport.objects.filter(pk=stage.own(AbsencesImport).pk).update(state=state, **more)


def _withdrawn(stage: Stage) -> None:
    PastAbsence.objects.filter(pk=stage.own(PastAbsence).pk).update(
        withdrawn_at=NOW, withdrawn_by=stage.people["cpe"]
    )


BODIES = {
    "attendance:imports": Body("cpe", _files, _none_open, lambda stage: {"files": []}),
    "attendance:apply_import": Body("cpe"),
    "attendance:drop_import": Body("cpe"),
    "attendance:import_columns": Body(
        "cpe",
        lambda stage: {"colonne-0": "pupil", "colonne-1": "first"},
        wrong=lambda stage: {"colonne-0": "?"},
    ),
    "attendance:withdraw_past": Body("cpe"),
    "attendance:restore_past": Body("cpe", before=_withdrawn),
}
READ_BY = {"attendance:imports": LIFE}
FILES_ALONE = {"attendance:imports"}
FRAGMENTS = {"attendance:import": Fragment("cpe", "progress", before=_being_read)}
SHEETS = {"attendance:import_csv": "cpe"}
OTHER_FILES = {"attendance:import_json"}
NOT_CONFIRMED = dict.fromkeys(
    ["attendance:import_csv", "attendance:import_json"], "numbers, files and reasons: nobody’s name"
)


def plant(stage: Stage) -> None:
    """Absences that wait for a decision, in each school; one that was taken in, of each pupil."""
    own = stage.mark("absences brought to the school", LIFE, LIFE)
    for scope, world, mark in ((OWN, stage.college, own), (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}")):
        stage.put(scope, _brought(world, mark))
    for scope, world, words in [
        (
            OWN,
            stage.college,
            stage.mark(
                "reason of a past absence", LIFE | OWN_FAMILY, {"cpe", "guardian", "other_guardian", "pupil"}
            ),
        ),
        (OTHER_CLASS, stage.college, stage.mark("reason of another class", LIFE | OTHER_FAMILY, {"cpe"})),
        (DEPARTED, stage.college, stage.mark("reason of the leaver", LIFE, {"cpe"})),
        (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}"),
    ]:
        stage.put(scope, _past(world, stage.objects[Person][scope][0], words))


def _past(world: World, pupil: Person, words: str) -> PastAbsence:
    starts = datetime(2026, 9, 14, 6, tzinfo=NOW.tzinfo)
    return PastAbsence.objects.create(
        school=world.school,
        pupil=pupil,
        kind=Status.ABSENT,
        day=starts.date(),
        afternoon=False,
        starts=starts,
        ends=starts + timedelta(hours=2),
        timed=True,
        excused=True,
        words=words,
    )


def _brought(world: World, mark: str) -> AbsencesImport:
    line = {"what": mark, "groups": "6e A", "when": "14 sept.", "subject": "Absent", "detail": mark}
    note = {"file": mark, "line": 7, "reason": "Élève inconnu."}
    columns = [
        {"title": name, "cells": [mark], "field": key} for name, key in [("E", "pupil"), ("J", "first")]
    ]
    return AbsencesImport.objects.create(
        school=world.school,
        year=world.year,
        brought_by=world.people["head"],
        files=[mark],
        moved_at=NOW,
        state=AbsencesImport.State.PREVIEW,
        preview={"absences": [line], "columns": columns, "words": [mark]},
        report={"absences": 3, "reasons": [["Élève inconnu.", 1]], "put_aside": [note]},
    )


def plant_formulas(evil: str) -> None:
    note = {"file": evil, "line": 7, "reason": evil, "what": evil}
    AbsencesImport.objects.update(files=[evil], report={"put_aside": [note]})
    PastAbsence.objects.update(words=evil[:80])


def lay(college: World) -> None:
    """Half-days of the cast's pupil, one of which was taken back."""
    many_past(college, 3)
    PastAbsence.objects.filter(pk=PastAbsence.objects.latest("pk").pk).update(
        withdrawn_at=NOW, withdrawn_by=college.people["cpe"]
    )
