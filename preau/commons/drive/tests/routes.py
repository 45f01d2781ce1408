"""The routes of the drive, as it tells the tests of them (tests/declared.py)."""

from typing import Any

from django.db.models import Model

from conftest import NOW
from preau.commons.drive.models import Item, Share, Version
from preau.commons.drive.tests.props import (
    a_file,
    a_share,
    an_item,
    class_item,
    former_version,
    many_of_class,
    many_of_pupil,
    many_of_staff,
    many_openings,
    many_own,
    many_received,
    many_trashed,
    of_class,
    own_item,
)
from preau.commons.files.tests.samples import PDF, sent
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    STAFF,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# Pages

OWNER = {"teacher"}
IN_CLASS = {"teacher", "teacher_1", "pupil", "head", "cpe"}
PAGES = [
    *(Page(f"drive:{name}", pages.EVERYONE) for name in ("home", "received", "bin")),
    Page("drive:staff", pages.STAFF),
    Page("drive:pick", pages.EVERYONE),
    Page("drive:group", IN_CLASS, model=own_class),
    Page("drive:item", IN_CLASS, otherwise=404, model=class_item),
    Page("drive:copy", IN_CLASS, otherwise=404, model=class_item),
    Page("drive:change", OWNER, otherwise=404, model=own_item),
    Page("drive:share", OWNER, otherwise=404, model=own_item),
    Page("drive:compare", OWNER, otherwise=404, model=former_version),
]
ELSEWHERE = {
    "drive:add",
    "drive:add_folder",
    "drive:add_version",
    "drive:archive",
    "drive:empty",
    "drive:end_share",
    "drive:gesture",
    "drive:restore",
    "drive:restore_version",
    "drive:take_away",
    "drive:trash",
}
LISTS = [
    ("teacher", "drive:home", many_own),
    ("pupil", "drive:home", many_of_pupil),
    ("pupil", "drive:group", many_of_class),
    ("head", "drive:staff", many_of_staff),
    ("teacher", "drive:received", many_received),
    ("teacher", "drive:bin", many_trashed),
    ("teacher", "drive:pick", many_own),
]
LISTS_APART = {"drive:item", "drive:archive", "drive:take_away"}
ONE_THING = {"drive:copy", "drive:change", "drive:share", "drive:compare"}

# The isolation matrix

READERS = STAFF | FAMILY | OTHER_FAMILY | NEIGHBOURING
# The pupils of a class and its teachers, and those who answer for the whole school; of a class of last year, these alone.
SEEN: Near = near(
    own=LIFE | {"teacher", "pupil"},
    other_class=LIFE | {"teacher_parent"},
    departed=LIFE,
    other_school=NEIGHBOURING,
)
KEPT: Near = near(
    own=LIFE | {"teacher"}, other_class=LIFE | {"teacher_parent"}, departed=LIFE, other_school=NEIGHBOURING
)
NOBODY: Near = near()
SEES: dict[type[Model], Near] = {
    Item: SEEN,
    Version: SEEN,
    Share: near(own={"teacher", "pupil"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
}
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        [
            f"drive:{name}"
            for name in (
                "home",
                "received",
                "bin",
                "empty",
                "add",
                "add_folder",
                "gesture",
                "take_away",
                "pick",
            )
        ],
        READERS,
    ),
    "drive:staff": STAFF | NEIGHBOURING,
    "drive:group": SEEN,
    **dict.fromkeys([f"drive:{name}" for name in ("item", "copy", "archive")], SEEN),
    **dict.fromkeys([f"drive:{name}" for name in ("change", "trash", "restore", "add_version")], KEPT),
    "drive:share": NOBODY,
    "drive:end_share": near(own={"teacher"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    "drive:restore_version": KEPT,
    "drive:compare": SEEN,
}
NAMES = {
    "lieu": Named(Group, says=lambda stage, group: f"classe-{group.pk}"),
    "dans": Named(Item),
    "documents": Named(Item),
}
PLAIN = {
    **dict.fromkeys(["nom", "eleves", "vers", "groupes", "avec", "jusque", "champ"], ()),
    "sorte": ("partages", "images", "sons", "textes"),
}

# Forms


def _place(stage: Stage) -> Data:
    return {"lieu": f"classe-{stage.own(Group).pk}", "dans": ""}


def _own(stage: Stage) -> None:
    """The document of the class becomes the teacher's own."""
    Item.objects.filter(pk=stage.own(Item).pk).update(place="own", owner=stage.people["teacher"], group=None)


def _thrown(stage: Stage) -> None:
    Item.objects.filter(pk=stage.own(Item).pk).update(trashed_at=NOW, trashed_by=stage.people["teacher"])


def _former(stage: Stage) -> None:
    """A second version: the first may come back."""
    item = stage.own(Item)
    newer = a_file(item.school, item.name, stage.people["teacher"], digest="1" * 64)
    Version.objects.create(item=item, number=2, file=newer, made_by=stage.people["teacher"], made_at=NOW)
    Item.objects.filter(pk=item.pk).update(file=newer, versions=2)


BODIES = {
    "drive:add": Body(
        "teacher",
        lambda stage: _place(stage) | {"fichiers": sent("Fiche.pdf", PDF)},
        wrong=lambda stage: {"fichiers": ""},
    ),
    "drive:add_folder": Body(
        "teacher",
        lambda stage: _place(stage) | {"nom": "Sortie", "eleves": "read"},
        wrong=lambda stage: {"nom": "a/b"},
    ),
    "drive:gesture": Body(
        "teacher", lambda stage: {"documents": [stage.own(Item).pk], "geste": "jeter", "dans": ""}
    ),
    "drive:change": Body(
        "teacher", lambda stage: {"nom": "Autre nom.txt", "dans": ""}, wrong=lambda stage: {"nom": ""}
    ),
    "drive:copy": Body("teacher", lambda stage: {"vers": "moi"}, wrong=lambda stage: {"vers": "?"}),
    "drive:trash": Body("teacher"),
    "drive:restore": Body("teacher", before=_thrown),
    "drive:empty": Body("teacher", before=_thrown),
    "drive:share": Body(
        "teacher",
        lambda stage: {"groupes": [f"class-{stage.own(Group).pk}"], "avec": "", "jusque": "2026-11-27"},
        before=_own,
        wrong=lambda stage: {"jusque": "2026-11-01"},
    ),
    "drive:end_share": Body("teacher"),
    "drive:add_version": Body(
        "teacher", lambda stage: {"fichier": sent("Fiche.pdf", PDF)}, wrong=lambda stage: {"fichier": ""}
    ),
    "drive:restore_version": Body("teacher", before=_former),
}
FILES_ALONE = {"drive:add", "drive:add_version"}
AMONG = {"teacher", "pupil", "head", "cpe", "classmate"}
READ_BY = {f"drive:{name}": AMONG for name in ("add", "add_version", "add_folder", "change")}
OTHER_FILES = {"drive:archive", "drive:take_away"}
NOT_CONFIRMED = {"drive:archive": "one's own files, and what one reads a document at a time on the page"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A document of each class, and one of somebody's own that is shared with it."""
    people = stage.people
    for scope, by, readers in [
        (OWN, people["teacher"], LIFE | {"teacher", "pupil"}),
        (OTHER_CLASS, people["teacher_parent"], LIFE | {"teacher_parent"}),
        (DEPARTED, people["former_teacher"], LIFE),
        (OTHER_SCHOOL, people["neighbour_head"], None),
    ]:
        group: Any = stage.objects[Group][scope][0]
        name = (
            f"{stage.mark(f'a document of a class ({scope})', readers)}.txt"
            if readers
            else f"Fiche {scope}.txt"
        )
        item = of_class(group, name, by)
        own = an_item(group.school, f"À part {scope}.txt", by)
        stage.put(scope, item, Version.objects.get(item=item), a_share(own, "class", group=group))


def lay(college: World) -> None:
    """What the seeds leave without one."""
    class_item(college)
    own_item(college)
    many_openings(college, 1)
