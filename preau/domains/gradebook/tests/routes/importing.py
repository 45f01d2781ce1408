"""The routes of marks brought from another program, as they tell the tests of them (tests/declared.py)."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.seeds.world import World
from preau.domains.gradebook.models import MarksImport
from preau.domains.gradebook.tests.props import many_imports, many_lines_brought, own_import
from tests.declared import Body, Data, Fragment
from tests.net.matrix_cast import NEIGHBOURING, OTHER_SCHOOL, OWN, STEM, Near, Stage, near
from tests.pages import Page

PAGES = [
    Page("gradebook:imports", {"head"}),
    Page("gradebook:import", {"head"}, model=own_import),
    Page("gradebook:import_columns", {"head"}, model=own_import),
]
ELSEWHERE = {
    "gradebook:import_part",
    "gradebook:import_csv",
    "gradebook:import_json",
    "gradebook:apply_import",
    "gradebook:drop_import",
}
LISTS = [
    ("head", "gradebook:imports", many_imports),
    *(
        ("head", f"gradebook:{name}", many_lines_brought)
        for name in ("import", "import_part", "import_columns", "import_csv", "import_json")
    ),
]


def _of_import(college: World) -> dict[str, Any]:
    return {"pk": own_import(college).pk}


ARGUMENTS = {
    **dict.fromkeys(["gradebook:import_csv", "gradebook:import_json"], _of_import),
    "gradebook:import_part": lambda college: _of_import(college) | {"part": "devoirs"},
}
REST_OF_ADDRESS = {"gradebook:import_part": {"part": "devoirs"}}
SEES: dict[type[Model], Near] = {MarksImport: near(own={"head"}, other_school=NEIGHBOURING)}
OPENS: dict[str, Near | set[str]] = {
    "gradebook:imports": {"head"} | NEIGHBOURING,
    **dict.fromkeys(
        [
            f"gradebook:{name}"
            for name in (
                "import",
                "import_part",
                "import_columns",
                "import_csv",
                "import_json",
                "apply_import",
                "drop_import",
            )
        ],
        SEES[MarksImport],
    ),
}


def _files(stage: Stage) -> Data:
    held = "Élève;Matière;Date;Note\nPersonne;Maths;12/10/2026;12\n".encode()
    return {"files": [SimpleUploadedFile("notes.csv", held)]}


def _none_open(stage: Stage) -> None:
    MarksImport.objects.filter(pk=stage.own(MarksImport).pk).update(
        state=MarksImport.State.DONE, settled_at=timezone.now()
    )


def _held(stage: Stage) -> Data:
    return {f"colonne-{place}": key for place, key in enumerate(("pupil", "subject", "day", "mark"))}


BODIES = {
    "gradebook:imports": Body("head", _files, _none_open, lambda stage: {"files": []}),
    "gradebook:apply_import": Body("head"),
    "gradebook:drop_import": Body("head"),
    "gradebook:import_columns": Body("head", _held, wrong=lambda stage: {"colonne-0": "?"}),
}
READ_BY = {"gradebook:imports": {"head"}}
FILES_ALONE = {"gradebook:imports"}


def _being_read(stage: Stage) -> None:
    MarksImport.objects.filter(pk=stage.own(MarksImport).pk).update(state=MarksImport.State.READING)


FRAGMENTS = {"gradebook:import": Fragment("head", "progress", before=_being_read)}
SHEETS = {"gradebook:import_csv": "head"}
OTHER_FILES = {"gradebook:import_json"}
NOT_CONFIRMED = dict.fromkeys(
    ["gradebook:import_csv", "gradebook:import_json"], "numbers, files and reasons: nobody’s name"
)


def plant(stage: Stage) -> None:
    """Marks that wait for a decision, in each school."""
    own = stage.mark("marks brought to the school", {"head"}, {"head"})
    for scope, world, mark in ((OWN, stage.college, own), (OTHER_SCHOOL, stage.twin, f"{STEM} {TWIN}")):
        line = {"what": mark, "groups": "6e A", "when": "12 oct.", "subject": mark, "detail": "3 notes"}
        note = {"file": mark, "line": 7, "reason": "Élève inconnu."}
        columns = [
            {"title": name, "cells": [mark], "field": key}
            for name, key in [
                ("E", "pupil"),
                ("M", "subject"),
                ("J", "day"),
                ("N", "mark"),
            ]
        ]
        made = MarksImport.objects.create(
            school=world.school,
            year=world.year,
            brought_by=world.people["head"],
            files=[mark],
            moved_at=NOW,
            state=MarksImport.State.PREVIEW,
            preview={"created": [line], "columns": columns},
            report={"marks": 3, "reasons": [["Élève inconnu.", 1]], "put_aside": [note]},
        )
        stage.put(scope, made)


def plant_formulas(evil: str) -> None:
    note = {"file": evil, "line": 7, "reason": evil, "what": evil}
    MarksImport.objects.update(files=[evil], report={"put_aside": [note]})
