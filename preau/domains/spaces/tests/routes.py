"""The routes of spaces, as it tells the tests of them (tests/declared.py)."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model

from conftest import NOW
from preau.commons.documents.models import Document
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF, sent
from preau.directory.models import Group, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_classes, many_staff
from preau.domains.spaces.models import (
    Announcement,
    Card,
    Column,
    Definition,
    Kept,
    Meeting,
    Party,
    Question,
    Report,
    Resource,
    Space,
)
from preau.domains.spaces.tests.props import (
    CODE,
    a_call,
    many_in_space,
    many_kept,
    many_papers,
    many_parties,
    many_spaces,
    many_who_came,
    own_announcement,
    own_card,
    own_column,
    own_definition,
    own_kept,
    own_meeting,
    own_party,
    own_project,
    own_question,
    own_report,
    own_resource,
    own_shown_pupil,
    own_teaching,
)
from preau.identity.codes import digest_of
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    WITH_PUPILS,
    Near,
    Stage,
    near,
)
from tests.pages import Page

PAGE_OF_RESOURCE = "/ressources/maths-au-college/le-theoreme-de-thales/"
USED = f"adresse={PAGE_OF_RESOURCE}&titre=Thales"

# Pages

# Another teacher of the class reads there, and runs nothing.
IN_CLASS = {"teacher", "teacher_1", "pupil", "head", "cpe"}
RUN = {"teacher", "head", "cpe"}
HERE = pages.STAFF | {"pupil"}
PAGES = [
    Page("spaces:spaces", HERE),
    Page("spaces:create", pages.STAFF),
    Page("spaces:answer_call", pages.TEACHERS | pages.SCHOOL_LIFE),
    Page("spaces:put", HERE),
    Page("spaces:space", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:members", IN_CLASS, otherwise=404, model=own_project),
    Page("spaces:settings", RUN, model=own_teaching),
    Page("spaces:announcements", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:questions", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:question", IN_CLASS, otherwise=404, model=own_question),
    Page("spaces:reports", RUN, model=own_teaching),
    Page("spaces:documents", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:shelf", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:wall", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:glossary", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:remove_question", RUN | {"pupil"}, model=own_question),
    Page("spaces:remove_announcement", RUN, model=own_announcement),
    Page("spaces:remove_card", RUN | {"pupil"}, model=own_card),
    Page("spaces:remove_word", RUN | {"pupil"}, model=own_definition),
    Page("spaces:report_question", RUN | {"teacher_1"}, model=own_question),
    Page("spaces:report_card", RUN | {"teacher_1"}, model=own_card),
    Page("spaces:meetings", IN_CLASS, otherwise=404, model=own_teaching),
    Page("spaces:attendance", RUN, model=own_meeting),
    Page("spaces:stand_in", HERE),
    Page("spaces:portfolio", {"pupil"}),
    Page("spaces:keep", {"pupil"}),
    Page("spaces:change", {"pupil"}, model=own_kept),
    Page(
        "spaces:portfolio_of",
        pages.TEACHERS | {"guardian", "other_guardian"},
        model=own_shown_pupil,
        by="public_id",
    ),
]
ELSEWHERE = {"portal:api_espaces"} | {
    f"spaces:{name}"
    for name in (
        "own add_group add_person call_school end_party archive reopen announce restore_announcement ask say_same take_back_answer "
        "let_out close_question restore_question dismiss put_link put_files take_off add_column drop_column add_card move_card "
        "restore_card propose accept restore_word take_away bring throw plan_meeting open_meeting close_meeting cancel_meeting join_meeting"
    ).split()
}
LISTS = [
    ("teacher", "spaces:spaces", many_spaces),
    ("pupil", "spaces:spaces", many_spaces),
    ("teacher", "spaces:put?" + USED, many_spaces),
    ("head", "spaces:create", many_staff),
    ("head", "spaces:answer_call", many_classes),
    ("teacher", "spaces:space", many_in_space),
    ("pupil", "spaces:questions", many_in_space),
    ("teacher", "spaces:announcements", many_in_space),
    ("teacher", "spaces:reports", many_in_space),
    ("pupil", "spaces:wall", many_in_space),
    ("pupil", "spaces:shelf", many_in_space),
    ("pupil", "spaces:documents", many_papers),
    ("teacher", "spaces:glossary", many_in_space),
    ("teacher", "spaces:members", many_parties),
    ("pupil", "spaces:portfolio", many_kept),
    ("guardian", "spaces:portfolio_of", many_kept),
    ("teacher", "spaces:meetings", many_in_space),
    ("teacher", "spaces:attendance", many_who_came),
    ("pupil", "agenda:agenda", many_in_space),
    ("teacher", "timetable:week", many_in_space),
]
# The first: a list by pages, behind a token, in test_programs.py.
ONE_THING = {"portal:api_espaces"} | {
    f"spaces:{name}"
    for name in (
        "settings question remove_question remove_announcement remove_card remove_word report_question report_card keep change stand_in"
    ).split()
}

# The isolation matrix

TAUGHT = LIFE | {"teacher_parent"}
SEEN: Near = near(
    own=LIFE | {"teacher", "pupil"}, other_class=TAUGHT, departed=LIFE, other_school=NEIGHBOURING
)
RUN_BY: Near = near(own=LIFE | {"teacher"}, other_class=TAUGHT, departed=LIFE, other_school=NEIGHBOURING)
# While one writes in it: a space of last year is only read.
RUN_NOW: Near = near(own=LIFE | {"teacher"}, other_class=TAUGHT, other_school=NEIGHBOURING)
WRITTEN: Near = near(own=LIFE | {"teacher", "pupil"}, other_class=TAUGHT, other_school=NEIGHBOURING)
# Of what the cast's pupil wrote: they themselves, and whoever runs the space.
OF_PUPIL = SEEN
NOBODY: Near = near()
ENTER = WITH_PUPILS | {"pupil"} | NEIGHBOURING
SHOWN: Near = near(own=OWN_FAMILY | {"teacher"})
SEES: dict[type[Model], Near] = {
    Space: SEEN,
    Party: SEEN,
    Announcement: SEEN,
    Question: SEEN,
    Report: SEEN,
    Resource: SEEN,
    Column: SEEN,
    Card: SEEN,
    Definition: SEEN,
    Kept: SHOWN,
    Meeting: SEEN,
}
OPENS: dict[str, Near | set[str]] = {
    # By a token alone, whoever is signed in: test_programs.py.
    "portal:api_espaces": set(),
    **dict.fromkeys(["spaces:spaces", "spaces:own", "spaces:put"], ENTER),
    "spaces:create": WITH_PUPILS | NEIGHBOURING,
    "spaces:answer_call": LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING,
    **dict.fromkeys(
        [
            f"spaces:{name}"
            for name in (
                "space",
                "members",
                "announcements",
                "questions",
                "documents",
                "shelf",
                "wall",
                "glossary",
                "question",
            )
        ],
        SEEN,
    ),
    "spaces:reports": RUN_BY,
    **dict.fromkeys(
        [f"spaces:{name}" for name in ("settings", "archive", "reopen", "announce", "add_column")], RUN_NOW
    ),
    # Of a class, the directory says who is in it.
    **dict.fromkeys([f"spaces:{name}" for name in ("add_group", "add_person", "call_school")], NOBODY),
    "spaces:end_party": RUN_BY,
    "spaces:ask": near(own={"pupil"}),
    "spaces:say_same": near(own={"pupil"}),
    **dict.fromkeys(
        [f"spaces:{name}" for name in ("take_back_answer", "let_out", "close_question")], RUN_NOW
    ),
    "spaces:remove_question": RUN_BY,
    "spaces:report_question": near(own=LIFE | {"pupil"}, other_class=LIFE, departed=LIFE),
    "spaces:remove_announcement": RUN_BY,
    # A second click finds the thing back already: whoever may take it away is not refused.
    **dict.fromkeys([f"spaces:restore_{name}" for name in ("question", "announcement")], RUN_BY),
    **dict.fromkeys([f"spaces:restore_{name}" for name in ("card", "word")], OF_PUPIL),
    # Nobody settles what they reported themselves.
    "spaces:dismiss": near(own=LIFE | {"teacher"}, other_class=LIFE, departed=LIFE),
    **dict.fromkeys(
        [f"spaces:{name}" for name in ("put_link", "put_files", "add_card", "propose", "move_card")], WRITTEN
    ),
    "spaces:take_off": RUN_NOW,
    "spaces:drop_column": RUN_NOW,
    "spaces:accept": RUN_NOW,
    "spaces:remove_card": OF_PUPIL,
    "spaces:report_card": near(own=LIFE | {"teacher"}, other_class=LIFE, departed=LIFE),
    "spaces:remove_word": OF_PUPIL,
    **{key: {"pupil"} for key in [f"spaces:{name}" for name in ("portfolio", "keep", "take_away", "bring")]},
    **dict.fromkeys(["spaces:change", "spaces:throw"], near(own={"pupil"})),
    "spaces:portfolio_of": near(own=(OWN_FAMILY - {"pupil"}) | {"teacher"}),
    "spaces:meetings": SEEN,
    "spaces:plan_meeting": RUN_NOW,
    **dict.fromkeys(
        [f"spaces:{name}" for name in ("open_meeting", "close_meeting", "cancel_meeting", "attendance")],
        RUN_BY,
    ),
    "spaces:join_meeting": WRITTEN,
    "spaces:stand_in": ENTER,
}
NAMES = {
    "espace": Named(Space),
    "column": Named(Column),
    "group": Named(Group),
    "person": Named(Person),
    "files-garde": Named(StoredFile, "public_id"),
    "papers-garde": Named(StoredFile, "public_id"),
    "work": Named(Document),
}
PLAIN: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        "mots text seen sent_as why words title purpose opens closes power pupils_may asks moderates days starts ends code address shelf usage day "
        "mark word said path to_teachers to_guardians archive vers geste chapitre".split(),
        (),
    ),
    "lesquels": ("classes", "enseignements", "projets", "archives"),
    "parcours": ("avenir", "peac"),
}

# Forms


def _as_project(stage: Stage) -> None:
    """The space of the class becomes a project that the cast's teacher runs."""
    space = stage.own(Space)
    Space.objects.filter(pk=space.pk).update(kind="project", group=None)
    for key in ("teacher", "head"):
        Party.objects.create(
            space=space, school=space.school, person=stage.people[key], power="run", added_at=NOW
        )


def _removed(model: type[Any]) -> Any:
    def put(stage: Stage) -> None:
        row = stage.own(model)
        model.objects.filter(pk=row.pk).update(
            removed_at=NOW, removed_by=stage.people["teacher"], why="Hors sujet"
        )

    return put


def _answered(stage: Stage) -> None:
    Question.objects.filter(pk=stage.own(Question).pk).update(
        answer="Par sept.", answered_by=stage.people["teacher"], answered_at=NOW
    )


def _to_read(stage: Stage) -> None:
    Question.objects.filter(pk=stage.own(Question).pk).update(is_out=False)


def _archived(stage: Stage) -> None:
    Space.objects.filter(pk=stage.own(Space).pk).update(archived_at=NOW)


def _called(stage: Stage) -> None:
    a_call(stage.college).__class__.objects.update(digest=digest_of(CODE), used_at=None)


def _unreported(stage: Stage) -> None:
    """Nobody has said anything of the question yet: who has, says it once."""
    Report.objects.filter(question=stage.own(Question).pk).delete()


def _emptied(stage: Stage) -> None:
    Card.objects.filter(column=stage.own(Column).pk).delete()


def _not_opened(stage: Stage) -> None:
    Meeting.objects.filter(pk=stage.own(Meeting).pk).update(opened_at=None)


def _between(stage: Stage) -> None:
    card = stage.own(Card)
    Column.objects.create(space=card.space, title="Ensuite", rank=99)


def a_bundle(**changes: Any) -> SimpleUploadedFile:
    """The archive of a portfolio as another school gives it."""
    thing = {
        "title": "Mon stage",
        "path": "avenir",
        "said": "Utile.",
        "text": "Une semaine.",
        "address": "",
        "year": "2025-2026",
        "file": "",
    }
    payload = {"format": "preau.portfolio", "version": 1, "pupil": "Ana", "things": [thing]} | changes
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("portfolio.json", json.dumps(payload))
    return SimpleUploadedFile("portfolio.zip", zipped.getvalue(), "application/zip")


def _settings(stage: Stage) -> Data:
    return {
        "purpose": "Travailler ensemble",
        "opens": "",
        "closes": "2027-06-30",
        "pupils_may": "write",
        "asks": "on",
        "days": ["1", "2"],
        "starts": "17:00",
        "ends": "19:00",
    }


def _project(stage: Stage) -> Data:
    return {
        "kind": "project",
        "title": "Le journal",
        "purpose": "Un numéro par mois",
        "groups": [stage.own(Group).pk],
        "people": [],
        "opens": "",
        "closes": "2027-06-30",
        "sent_as": FORM,
    }


def _kept(stage: Stage) -> Data:
    return {
        "title": "Mon exposé",
        "path": "avenir",
        "said": "J’en suis fier.",
        "text": "Le texte.",
        "address": "https://exemple.fr/",
        "to_teachers": "on",
    }


TOO_LONG = "x" * 3_000
BODIES = {
    "spaces:create": Body("teacher", _project, wrong=lambda stage: {"title": ""}),
    "spaces:own": Body("pupil"),
    "spaces:answer_call": Body(
        "teacher",
        lambda stage: {"code": CODE, "group": stage.own(Group).pk},
        before=_called,
        wrong=lambda stage: {"code": "AAAA"},
    ),
    "spaces:put": Body(
        "teacher",
        lambda stage: {
            "adresse": PAGE_OF_RESOURCE,
            "titre": "Thalès",
            "espace": stage.own(Space).pk,
            "chapitre": "Géométrie",
        },
        wrong=lambda stage: {"titre": ""},
    ),
    "spaces:add_group": Body(
        "teacher",
        lambda stage: {"group": stage.own(Group).pk, "power": "read"},
        before=_as_project,
        wrong=lambda stage: {"group": ""},
    ),
    "spaces:add_person": Body(
        "teacher",
        lambda stage: {"person": stage.people["cpe"].pk, "power": "write"},
        before=_as_project,
        wrong=lambda stage: {"person": ""},
    ),
    "spaces:call_school": Body(
        "teacher",
        before=_as_project,
        again=dict.fromkeys(
            ["spaces_call", "journal_line"], "a word is shown once: asked again, the first serves no more"
        ),
    ),
    "spaces:end_party": Body("teacher"),
    "spaces:settings": Body("teacher", _settings, wrong=lambda stage: {"ends": "16:00"}),
    "spaces:archive": Body("teacher"),
    "spaces:reopen": Body("teacher", before=_archived),
    "spaces:announce": Body(
        "teacher",
        lambda stage: {"text": "Apportez une recette.", "sent_as": FORM},
        wrong=lambda stage: {"text": TOO_LONG},
    ),
    "spaces:ask": Body(
        "pupil",
        lambda stage: {"text": "Par combien\u202f?", "sent_as": FORM},
        wrong=lambda stage: {"text": TOO_LONG},
    ),
    "spaces:question": Body(
        "teacher", lambda stage: {"text": "Par sept."}, wrong=lambda stage: {"text": TOO_LONG}
    ),
    "spaces:say_same": Body("pupil"),
    "spaces:take_back_answer": Body("teacher", before=_answered),
    "spaces:let_out": Body("teacher", before=_to_read),
    "spaces:close_question": Body("teacher", lambda stage: {"geste": "clore"}),
    "spaces:dismiss": Body("teacher"),
    "spaces:put_link": Body(
        "teacher",
        lambda stage: {
            "title": "Un site",
            "address": "https://exemple.fr/a/",
            "shelf": "Fractions",
            "usage": "À lire",
        },
        wrong=lambda stage: {"address": "javascript:alert(1)"},
    ),
    "spaces:put_files": Body(
        "teacher",
        lambda stage: {"files": sent("Fiche.pdf", PDF), "shelf": "Fractions", "usage": "À lire"},
        wrong=lambda stage: {"files": ""},
    ),
    "spaces:take_off": Body("teacher"),
    "spaces:add_column": Body(
        "teacher", lambda stage: {"title": "Idées"}, wrong=lambda stage: {"title": "x" * 61}
    ),
    "spaces:drop_column": Body("teacher", before=_emptied),
    "spaces:add_card": Body(
        "pupil",
        lambda stage: {"text": "Une idée", "mark": "idea", "column": stage.own(Column).pk, "sent_as": FORM},
        wrong=lambda stage: {"text": TOO_LONG},
    ),
    "spaces:move_card": Body("pupil", lambda stage: {"vers": "droite"}, before=_between),
    "spaces:propose": Body(
        "pupil", lambda stage: {"word": "Rapport", "text": "Un quotient."}, wrong=lambda stage: {"word": ""}
    ),
    "spaces:accept": Body("teacher"),
    **{
        f"spaces:remove_{name}": Body(
            "teacher", lambda stage: {"why": "Hors sujet."}, wrong=lambda stage: {"why": TOO_LONG}
        )
        for name in ("question", "announcement", "card", "word")
    },
    **{
        f"spaces:restore_{name}": Body("teacher", before=_removed(model))
        for name, model in [
            ("question", Question),
            ("announcement", Announcement),
            ("card", Card),
            ("word", Definition),
        ]
    },
    "spaces:report_question": Body(
        "pupil",
        lambda stage: {"words": "C’est moqueur."},
        before=_unreported,
        wrong=lambda stage: {"words": TOO_LONG},
    ),
    "spaces:report_card": Body(
        "teacher", lambda stage: {"words": "C’est moqueur."}, wrong=lambda stage: {"words": TOO_LONG}
    ),
    "spaces:plan_meeting": Body(
        "teacher",
        lambda stage: {
            "title": "Révisions",
            "day": "2026-12-03",
            "starts": "18:00",
            "ends": "19:00",
            "sent_as": FORM,
        },
        wrong=lambda stage: {"ends": "17:00"},
    ),
    "spaces:open_meeting": Body("teacher", before=_not_opened),
    "spaces:close_meeting": Body("teacher"),
    "spaces:cancel_meeting": Body("teacher", before=_not_opened),
    "spaces:join_meeting": Body("pupil"),
    "spaces:keep": Body(
        "pupil", lambda stage: _kept(stage) | {"sent_as": FORM}, wrong=lambda stage: {"title": ""}
    ),
    "spaces:change": Body("pupil", _kept, wrong=lambda stage: {"title": ""}),
    "spaces:throw": Body("pupil"),
    "spaces:take_away": Body("pupil"),
    "spaces:bring": Body(
        "pupil", lambda stage: {"archive": a_bundle()}, wrong=lambda stage: {"archive": a_bundle(version=9)}
    ),
}
FILES_ALONE = {"spaces:put_files", "spaces:bring"}
AMONG = {"teacher", "pupil", "head", "cpe", "classmate"}
READ_BY: dict[str, set[str]] = {
    **dict.fromkeys(
        [
            f"spaces:{name}"
            for name in (
                "settings announce ask question put_link put_files put add_column add_card propose create add_group add_person "
                "remove_question remove_announcement remove_card remove_word plan_meeting"
            ).split()
        ],
        AMONG,
    ),
    **{key: {"teacher", "head", "cpe"} for key in ["spaces:report_question", "spaces:report_card"]},
    **{key: {"teacher"} for key in ["spaces:keep", "spaces:change"]},
    "spaces:bring": set(),
}
NOT_WORDS = {"spaces:answer_call"}
WITH_SECRETS = {"spaces:answer_call"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """The space of each class, with one of each thing, each with a mark that only whoever enters may meet."""
    people = stage.people
    for scope, runner, writer, readers in [
        (OWN, people["teacher"], people["pupil"], LIFE | {"teacher", "pupil"}),
        (OTHER_CLASS, people["teacher_parent"], people["teacher_parent"], LIFE | {"teacher_parent"}),
        (DEPARTED, people["former_teacher"], people["former_teacher"], LIFE),
        (OTHER_SCHOOL, people["neighbour_head"], people["neighbour_head"], None),
    ]:
        group: Any = stage.objects[Group][scope][0]
        mark = stage.mark(f"a space ({scope})", readers) if readers else f"Espace {scope}"
        _plant(stage, scope, group, runner, writer, mark)
    kept = Kept.objects.create(
        pupil=people["pupil"],
        school=stage.college.school,
        title=stage.mark("a portfolio", OWN_FAMILY | {"teacher"}),
        year="2026-2027",
        to_teachers=True,
        to_guardians=True,
        at=NOW,
    )
    stage.put(OWN, kept)


def _plant(stage: Stage, scope: str, group: Any, runner: Person, writer: Person, mark: str) -> None:
    space, _made = Space.objects.get_or_create(
        kind="group",
        group=group,
        defaults={"school": group.school, "year": group.year, "made_at": NOW, "last_day": group.year.ends},
    )
    space.title, space.search_title = mark, mark.lower()
    space.save()
    question = Question.objects.create(space=space, by=runner, text=mark, at=NOW, shown_at=NOW, told_at=NOW)
    column = Column.objects.create(space=space, title=mark[:60], rank=1)
    project = Space.objects.create(
        school=group.school,
        year=group.year,
        kind="project",
        title=mark,
        search_title=mark.lower(),
        last_day=group.year.ends,
        made_at=NOW,
    )
    if scope not in {DEPARTED, OTHER_SCHOOL}:
        Party.objects.create(space=project, school=group.school, person=runner, power="run", added_at=NOW)
    stage.put(
        scope,
        space,
        question,
        column,
        Announcement.objects.create(space=space, text=mark, by=runner, at=NOW),
        Report.objects.create(space=space, question=question, by=writer, words=mark, at=NOW),
        Resource.objects.create(
            space=space, kind="link", title=mark, address="https://exemple.fr/", by=runner, at=NOW
        ),
        Card.objects.create(space=space, column=column, text=mark, rank=1, by=writer, at=NOW),
        Definition.objects.create(
            space=space, word=mark[:80], search_word=mark.lower()[:160], text=mark, by=writer, at=NOW
        ),
        Party.objects.create(space=project, school=group.school, group=group, added_at=NOW),
        Meeting.objects.create(
            space=space,
            title=mark,
            starts=NOW,
            ends=NOW + timedelta(hours=1),
            made_by=runner,
            made_at=NOW,
            opened_at=NOW,
        ),
    )


def lay(college: World) -> None:
    """What the seeds leave without one."""
    for make in (
        own_report,
        own_card,
        own_column,
        own_definition,
        own_announcement,
        own_resource,
        own_party,
        own_kept,
        own_meeting,
    ):
        make(college)
