"""The routes of messages, as it tells the tests of them (tests/declared.py)."""

from typing import Any

from django.db.models import Model

from conftest import NOW
from preau.commons.files.models import StoredFile
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import many_work_groups
from preau.domains.messaging.forms import cell_of, cells_of
from preau.domains.messaging.models import (
    Attachment,
    Brake,
    Delivery,
    Folder,
    Freeze,
    Message,
    Policy,
    Preference,
    Report,
    Thread,
)
from preau.domains.messaging.rules import scope_of
from preau.domains.messaging.tests.props import (
    many_reports,
    many_threads,
    much_in_a_thread,
    own_draft,
    own_freeze,
    own_held,
    own_received,
    own_report,
    own_thread,
)
from tests import pages
from tests.declared import FORM, Body, Data, Fragment, Named
from tests.net.matrix_cast import (
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWNERS,
    STAFF,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# Pages

HEAD = {"head"}
PAGES = [
    *(
        Page(f"messaging:{name}", pages.EVERYONE)
        for name in ("box", "write", "preferences", "table", "ask_help")
    ),
    Page("messaging:thread", pages.EVERYONE, model=own_thread),
    Page("messaging:report_message", pages.EVERYONE - HEAD, model=own_received),
    Page("messaging:draft", HEAD, otherwise=404, model=own_draft),
    *(Page(f"messaging:{name}", pages.SCHOOL_LIFE) for name in ("watch", "freeze")),
    Page("messaging:report_page", pages.SCHOOL_LIFE, model=own_report),
    Page("messaging:held_page", pages.SCHOOL_LIFE, model=own_held),
    Page("messaging:inquiry", pages.SCHOOL_LIFE, otherwise=404, model=own_freeze),
    Page("messaging:policy", HEAD),
]
ELSEWHERE = {
    "messaging:send",
    "messaging:discard",
    "messaging:gesture",
    "messaging:add_folder",
    "messaging:remove_folder",
    "messaging:recall",
    "messaging:call_back",
    "messaging:release",
    "messaging:refuse",
    "messaging:thaw",
    "messaging:brake",
    "messaging:lift",
}
LISTS = [
    ("guardian", "messaging:box", many_threads),
    ("teacher", "messaging:box", many_threads),
    ("teacher", "messaging:thread", much_in_a_thread),
    ("teacher", "messaging:write", many_work_groups),
    ("head", "messaging:watch", many_reports),
    ("guardian", "portal:home", many_threads),
]
ONE_THING = {
    "messaging:preferences",
    "messaging:table",
    "messaging:ask_help",
    "messaging:report_message",
    "messaging:draft",
    "messaging:freeze",
    "messaging:report_page",
    "messaging:held_page",
    "messaging:inquiry",
    "messaging:policy",
}
CONFIRMED = {"messaging:send", "messaging:policy"}

# The isolation matrix

READERS = STAFF | FAMILY | OTHER_FAMILY | NEIGHBOURING
ALONE = near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"})
WATCHED = near(
    own=LIFE | {"guardian"}, other_class=LIFE | {"teacher"}, departed=LIFE, other_school=NEIGHBOURING
)
SEES: dict[type[Model], Near] = {
    Thread: ALONE,
    Message: ALONE,
    Delivery: ALONE,
    Attachment: ALONE,
    Folder: ALONE,
    Preference: ALONE,
    Policy: near(own=STAFF | FAMILY | OTHER_FAMILY | {"teacher_parent"}, other_school=NEIGHBOURING),
    Report: WATCHED,
    Brake: near(own=LIFE, other_school=NEIGHBOURING),
    Freeze: near(own=LIFE, other_school=NEIGHBOURING),
}
NOBODY: Near = near()
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        [
            f"messaging:{name}"
            for name in ("box", "write", "preferences", "table", "ask_help", "gesture", "add_folder")
        ],
        READERS,
    ),
    "messaging:thread": ALONE,
    **dict.fromkeys(
        [f"messaging:{name}" for name in ("draft", "send", "discard", "recall", "call_back")], ALONE
    ),
    "messaging:remove_folder": ALONE,
    "messaging:report_message": NOBODY,
    **dict.fromkeys([f"messaging:{name}" for name in ("watch", "freeze")], LIFE | NEIGHBOURING),
    "messaging:report_page": near(own=LIFE, other_class=LIFE, departed=LIFE, other_school=NEIGHBOURING),
    **dict.fromkeys([f"messaging:{name}" for name in ("held_page", "release", "refuse")], NOBODY),
    **dict.fromkeys(
        [f"messaging:{name}" for name in ("inquiry", "thaw")], near(own=LIFE, other_school=NEIGHBOURING)
    ),
    **dict.fromkeys([f"messaging:{name}" for name in ("policy", "brake")], HEAD | NEIGHBOURING),
    "messaging:lift": near(own=HEAD, other_school=NEIGHBOURING),
}
# A message bears the name of its author, wherever it is found; a teacher writes to the families of a class that they teach.
SHOWS = {
    "search:search": {"own guardian": {"teacher"}},
    "messaging:box": {"own guardian": {"teacher"}},
    "messaging:thread": {"own guardian": {"teacher"}},
    "messaging:write": {"own guardian": {"teacher"}, "other guardian": {"teacher_parent"}},
}
NAMES = {
    "personne": Named(Person, by="public_id"),
    "eleve": Named(Person, by="public_id"),
    "repond": Named(Message),
    "dossier": Named(Folder),
    "choix": Named(Delivery),
    "referents": Named(Person),
}
CELLS = [cell_of(writer, reader) for writer, reader in cells_of()]
PLAIN = {
    **dict.fromkeys(
        [
            "sent_as",
            "tab",
            "revision",
            "subject",
            "body",
            "body-forme",
            "urgent",
            "day",
            "hour",
            "chercher",
            "trouver",
            "ajouter",
            "retirer",
            "garder",
            "garder-ici",
            "envoyer",
            "to",
            "cc",
            "bcc",
            "a",
            "ecole",
            "geste",
            "name",
            "signature",
            "tells_read",
            "away_text",
            "away_from",
            "away_until",
            "kind",
            "words",
            "outcome",
            "note",
            "why",
            "depuis",
            "compte",
            "profil",
            "read_state",
            "adult_roles",
            "q",
            "dequi",
            "papers-garde",
            "envoye",
        ],
        (),
    ),
    **dict.fromkeys(CELLS, ()),
    "boite": ("recus", "envoyes", "partiront", "brouillons", "corbeille"),
    "lecture": ("nonlus", "suivis"),
}

# Forms and files


def _message(stage: Stage) -> Data:
    return {
        "sent_as": FORM,
        "to": [f"s{stage.people['teacher'].pk}"],
        "subject": "Carnet",
        "body": "Bonjour, le carnet est signé.",
        "envoyer": "oui",
        "about": stage.people["pupil"].public_id,
    }


def _state(state: str) -> Any:
    def put(stage: Stage) -> None:
        Message.objects.filter(pk=stage.own(Message).pk).update(state=state, sent_at=NOW, departs_at=NOW)

    return put


def _ready(stage: Stage) -> None:
    """A draft to a teacher of the child."""
    _state("draft")(stage)
    Delivery.objects.filter(message=stage.own(Message).pk).delete()
    Message.objects.filter(pk=stage.own(Message).pk).update(
        addressed={"to": [f"s{stage.people['teacher'].pk}"]}, thread=None, about=stage.people["pupil"]
    )


def _received(stage: Stage) -> None:
    """The message of the guardian comes from a teacher."""
    teacher = stage.people["teacher"]
    Message.objects.filter(pk=stage.own(Message).pk).update(author=teacher, seat=f"staff-{teacher.pk}")
    Delivery.objects.filter(pk=stage.own(Delivery).pk).update(kind="to")


def _policy(stage: Stage) -> Data:
    first = {cell_of(writer, reader): scope_of({}, writer, reader).value for writer, reader in cells_of()}
    return first | {"read_state": "read", "adult_roles": ["nurse"]}


BODIES = {
    "messaging:write": Body(
        "guardian",
        _message,
        wrong=lambda stage: {"subject": "x" * 151},
        kept={"messaging_message": "what could not leave is a draft"},
    ),
    "messaging:send": Body("guardian", before=_ready),
    "messaging:discard": Body("guardian", before=_state("draft")),
    "messaging:recall": Body("guardian", before=_state("sent")),
    "messaging:call_back": Body("guardian", before=_state("scheduled")),
    "messaging:gesture": Body(
        "guardian", lambda stage: {"choix": [stage.own(Delivery).pk], "geste": "suivre"}
    ),
    "messaging:add_folder": Body("guardian", lambda stage: {"name": "Rendez-vous"}),
    "messaging:remove_folder": Body("guardian"),
    "messaging:preferences": Body(
        "guardian",
        lambda stage: {
            "signature": "Julie",
            "tells_read": "on",
            "away_text": "Je suis en voyage.",
            "away_from": "2026-12-01",
            "away_until": "2026-12-05",
        },
        wrong=lambda stage: {"signature": "x" * 301},
    ),
    "messaging:ask_help": Body(
        "pupil",
        lambda stage: {"kind": "other", "words": "Bonjour", "sent_as": FORM},
        wrong=lambda stage: {"kind": ""},
    ),
    "messaging:report_message": Body(
        "guardian",
        lambda stage: {"kind": "other", "words": "Bonjour", "sent_as": FORM},
        wrong=lambda stage: {"kind": ""},
        before=_received,
    ),
    "messaging:release": Body("head", before=_state("held")),
    "messaging:refuse": Body("head", before=_state("held")),
    "messaging:report_page": Body(
        "head", lambda stage: {"outcome": "Entretien."}, wrong=lambda stage: {"outcome": ""}
    ),
    "messaging:freeze": Body(
        "head",
        lambda stage: {"person": stage.people["pupil"].public_id, "why": "Compte volé"},
        wrong=lambda stage: {"why": ""},
    ),
    "messaging:thaw": Body("head"),
    "messaging:brake": Body("head", lambda stage: {"profil": "guardian"}),
    "messaging:lift": Body("head"),
    "messaging:policy": Body("head", _policy, wrong=lambda stage: {"read_state": "?"}),
}
READ_BY: dict[str, set[str]] = {
    "messaging:write": {"teacher"},
    "messaging:add_folder": set(),
    "messaging:preferences": set(),
    **dict.fromkeys([f"messaging:{name}" for name in ("report_message", "ask_help", "report_page")], LIFE),
    # Its author, whom another form of the run has changed.
    "messaging:release": {"guardian", "teacher"},
    "messaging:refuse": {"guardian", "teacher"},
    "messaging:freeze": LIFE,
    # A message bears the name of whoever writes it; so does a meeting that a family takes, for the teacher who receives.
    "own guardian": {"teacher", "teacher_parent"},
}
FRAGMENTS = {
    "messaging:thread": Fragment("guardian", "conversation"),
}


# The stage of the matrix


def plant(stage: Stage) -> None:
    """What each person has alone; a call for help, a brake and a frozen account of each school."""
    for scope, key in OWNERS.items():
        _own(stage, scope, key)
    for scope in (OWN, OTHER_SCHOOL):
        world = stage.world_of(scope)
        head = world.people["head"]
        school = world.school
        stage.put(scope, Policy.objects.get_or_create(school=school)[0])
        stage.put(scope, Brake.objects.create(school=school, profile="staff", by=head, at=NOW))
        stage.put(
            scope,
            Freeze.objects.create(school=school, person=_outsider(), by=head, why="Compte volé", at=NOW),
        )


def _outsider() -> Person:
    return Person.objects.create(family_name="Gelée", given_name="Ana")


def _own(stage: Stage, scope: str, key: str) -> None:
    """A message that somebody wrote to themselves: nobody else has a part in it."""
    person, school = stage.people[key], stage.world_of(scope).school
    seat = "guardian" if key == "guardian" else f"staff-{school.pk}"
    thread = Thread.objects.create(school=school, subject="Carnet", started_at=NOW)
    message = Message.objects.create(
        school=school,
        thread=thread,
        author=person,
        seat=seat,
        subject="Carnet",
        body="<p>Carnet</p>",
        state="sent",
        changed_at=NOW,
        sent_at=NOW,
        departs_at=NOW,
        people=1,
    )
    folder = Folder.objects.create(person=person, seat=seat, name="Carnets")
    row = Delivery.objects.create(
        school=school,
        message=message,
        thread=thread,
        person=person,
        seat=seat,
        kind="from",
        due_at=NOW,
        arrived_at=NOW,
        read_at=NOW,
        latest=True,
        folder=folder,
    )
    file = StoredFile.objects.create(
        school=school, name="carnet.pdf", kind="application/pdf", size=1, digest="0" * 64, kept_at=NOW
    )
    joined = Attachment.objects.create(school=school, message=message, file=file, rank=0)
    preference = Preference.objects.create(person=person, seat=seat)
    report = Report.objects.create(school=school, by=person, kind="other", at=NOW)
    stage.put(scope, thread, message, folder, row, joined, preference, report)


def lay(college: World) -> None:
    """A held message, a call for help: what the seeds leave without one."""
    own_held(college)
    own_report(college)
