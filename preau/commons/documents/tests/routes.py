"""The routes of documents, as they tell the tests of them (tests/declared.py)."""

import base64
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from conftest import NOW
from preau.commons.documents.models import Comment, Document, Picture, Version
from preau.commons.documents.tests.props import (
    a_comment,
    a_document,
    a_file,
    many_comments,
    many_of_pupil,
    many_own,
    many_present,
    many_thrown,
    many_versions,
    of_staff,
    own_document,
    staff_comment,
    staff_document,
    staff_version,
    turn_of,
)
from preau.commons.files.models import StoredFile
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.foundation.richtext import shared
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    FAMILY,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    STAFF,
    WHOLE_STAFF,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# Pages

PAGES = [
    *(Page(f"documents:{name}", pages.EVERYONE) for name in ("home", "new", "bin")),
    *(
        Page(f"documents:{name}", pages.STAFF, otherwise=404, model=staff_document)
        for name in ("document", "history", "comments", "rename", "export", "put_picture")
    ),
    Page("documents:version", pages.STAFF, otherwise=404, model=staff_version),
]
ELSEWHERE = {"portal:api_documents"} | {
    f"documents:{name}"
    for name in (
        "accept",
        "answer",
        "follow",
        "here",
        "name_version",
        "refuse",
        "restore",
        "restore_version",
        "send",
        "settle",
        "take_turn",
        "throw_away",
        "withdraw",
        "write",
    )
}
LISTS = [
    ("teacher", "documents:home", many_own),
    ("pupil", "documents:home", many_of_pupil),
    ("teacher", "documents:bin", many_thrown),
    ("teacher", "documents:history", many_versions),
    ("teacher", "documents:comments", many_comments),
    ("teacher", "documents:document", many_present),
]
# The last one: a list by pages, behind a token, in spaces/tests/test_programs.py.
LISTS_APART = {"documents:follow", "portal:api_documents"}
ONE_THING = {f"documents:{name}" for name in ("new", "rename", "export", "version", "write", "put_picture")}
ARGUMENTS = {
    f"documents:{name}": lambda world: {"pk": staff_document(world).pk}
    for name in ("document", "history", "comments")
}

# The isolation matrix

EVERYONE = STAFF | FAMILY | OTHER_FAMILY | NEIGHBOURING
# Of a staff, those who work there; of somebody's own, they alone.
SEEN: Near = near(own=STAFF, other_class={"teacher_parent"}, other_school=NEIGHBOURING)
RUN: Near = near(own={"head", "teacher"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING)
NOBODY: Near = near()
SEES: dict[type[Model], Near] = {Document: SEEN, Version: SEEN, Comment: SEEN, Picture: SEEN}
OPENS: dict[str, Near | set[str]] = {
    # By a token alone, whoever is signed in: spaces/tests/test_programs.py.
    "portal:api_documents": set(),
    **{f"documents:{name}": EVERYONE for name in ("home", "new", "bin")},
    **{
        f"documents:{name}": SEEN
        for name in (
            "document",
            "follow",
            "here",
            "send",
            "take_turn",
            "write",
            "rename",
            "put_picture",
            "export",
            "history",
            "version",
            "comments",
            "answer",
            "restore",
        )
    },
    **{
        f"documents:{name}": RUN
        for name in ("throw_away", "name_version", "restore_version", "settle", "withdraw")
    },
    # Of a suggestion.
    **{f"documents:{name}": NOBODY for name in ("accept", "refuse")},
}
NAMES = {"papers-garde": Named(StoredFile, "public_id")}
PLAIN = {
    "format": (),
    "face": ("maintenant",),
    **dict.fromkeys(
        [
            "titre",
            "sent_as",
            "onglet",
            "depuis",
            "curseur",
            "ferme",
            "lot",
            "ajout",
            "laisser",
            "genre",
            "passage",
            "avant",
            "place",
            "texte-forme",
            "reponse",
            "montre",
            "apres",
            "mots",
        ],
        (),
    ),
}

# Forms

UUID = "1b4e28ba-2fa1-4d3b-a3f5-0242ac130003"


def _page(stage: Stage) -> Data:
    return {"onglet": UUID, "depuis": "0", "curseur": ""}


def _sent(stage: Stage) -> Data:
    content = base64.b64encode(shared.begun("<p>Écrit.</p>")).decode()
    return _page(stage) | {"lot": UUID, "ajout": content}


def _turn(stage: Stage) -> None:
    turn_of(stage.own(Document), stage.people["teacher"], ends_at=timezone.now() + timedelta(minutes=9))


def _thrown(stage: Stage) -> None:
    facts: Any = {"trashed_at": NOW, "trashed_by": stage.people["teacher"]}
    Document.objects.filter(pk=stage.own(Document).pk).update(**facts)


def _suggested(stage: Stage) -> None:
    Comment.objects.filter(pk=stage.own(Comment).pk).update(kind="suggestion", replacement="Le deuxième")


def _former(stage: Stage) -> None:
    """The text has changed since its version: there is something to go back to."""
    Version.objects.filter(pk=stage.own(Version).pk).update(html="<p>Autre chose.</p>")


BODIES = {
    "documents:new": Body(
        "teacher",
        lambda stage: {"titre": "Compte rendu", "lieu": "moi", "sent_as": FORM},
        wrong=lambda stage: {"titre": ""},
    ),
    "documents:send": Body("teacher", _sent, wrong=lambda stage: {"ajout": "?"}),
    "documents:here": Body("teacher", _page),
    "documents:take_turn": Body("teacher"),
    "documents:write": Body(
        "teacher",
        lambda stage: {"texte": "Le premier paragraphe, relu."},
        before=_turn,
        wrong=lambda stage: {"texte": "a" * 200_001},
    ),
    "documents:rename": Body(
        "teacher", lambda stage: {"titre": "Autre titre"}, wrong=lambda stage: {"titre": ""}
    ),
    "documents:put_picture": Body(
        "teacher",
        lambda stage: {
            "papers-garde": stage.own(Picture).file.public_id,
            "montre": "Le plan de la rivière",
            "apres": "",
        },
        wrong=lambda stage: {"montre": ""},
    ),
    "documents:throw_away": Body("teacher"),
    "documents:restore": Body("teacher", before=_thrown),
    "documents:name_version": Body(
        "teacher", lambda stage: {"nom": "Avant relecture"}, wrong=lambda stage: {"nom": ""}
    ),
    "documents:restore_version": Body("teacher", before=_former),
    "documents:comments": Body(
        "teacher",
        lambda stage: {
            "genre": "comment",
            "passage": "premier paragraphe",
            "avant": "",
            "place": "",
            "texte": "À relire.",
        },
        wrong=lambda stage: {"passage": "ces mots n’y sont pas"},
    ),
    "documents:answer": Body(
        "teacher", lambda stage: {"reponse": "C’est fait."}, wrong=lambda stage: {"reponse": ""}
    ),
    "documents:settle": Body("teacher"),
    "documents:accept": Body("teacher", before=_suggested),
    "documents:refuse": Body("teacher", before=_suggested),
    "documents:withdraw": Body("teacher"),
}
FILES_ALONE = {"documents:new"}
ONE_BUTTON = {"documents:take_turn"}
# The live editor's own sendings: its page keeps what was typed on the device, and comes back with it.
NOTHING_TYPED = {"documents:send", "documents:here"}
OF_OTHERS = {"documents:follow", "documents:send", "documents:here"}
READ_BY = {
    f"documents:{name}": WHOLE_STAFF
    for name in ("write", "rename", "comments", "answer", "name_version", "put_picture")
} | {"documents:new": set()}
NOT_WORDS = {"documents:send", "documents:here"}
NOT_CONFIRMED = {"documents:export": "one text, that one reads on its page"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A document of each school's staff, and what two people write for themselves alone."""
    people = stage.people
    for scope, by, readers in [
        (OWN, people["teacher"], STAFF),
        (OTHER_CLASS, people["teacher_parent"], {"teacher_parent"}),
        (DEPARTED, people["former_teacher"], set()),
        (OTHER_SCHOOL, people["neighbour_head"], None),
    ]:
        group: Any = stage.objects[Group][scope][0]
        title = f"Texte {scope}"
        if readers:
            title = stage.mark(f"a document ({scope})", readers)
        make = of_staff if scope in {OWN, OTHER_SCHOOL} else a_document
        document = make(group.school, title, by)
        hung = Picture.objects.create(document=document, file=a_file(group.school, by), put_by=by, put_at=NOW)
        stage.put(scope, document, Version.objects.get(document=document), a_comment(document, by), hung)


def lay(college: World) -> None:
    """What the seeds leave without one."""
    staff_document(college)
    staff_comment(college)
    own_document(college)
