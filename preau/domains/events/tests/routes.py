"""The routes of events, as it tells the tests of them (tests/declared.py)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.models import Group, Person, School
from preau.directory.tests.props import many_classes, many_staff
from preau.domains.events.models import Event, Invitation
from preau.domains.events.tests.props import many_events, many_who_answer, own_event
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    DEPARTED,
    EVERYONE,
    FAMILY,
    NEIGHBOURING,
    OFFICE,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    PHOTOGRAPHERS,
    STAFF,
    STEM,
    WHOLE_STAFF,
    WITH_PUPILS,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("events:events", pages.EVERYONE),
    Page("events:open_days", pages.EVERYONE),
    Page("events:create", pages.STAFF),
    Page("events:close", pages.OFFICE),
    Page("events:event", pages.EVERYONE, model=own_event),
    Page("events:change", pages.KEEPERS, model=own_event),
]
PUBLIC = {"events:open_days"}
ONE_THING = {"events:open_days"}
ELSEWHERE = {
    "events:publish",
    "events:cancel",
    "events:restore",
    "events:remove",
    "events:answer",
    "events:export",
}
LISTS = [
    ("head", "events:events", many_events),
    ("secretary", "events:create", many_classes),
    ("secretary", "events:close", many_classes),
    ("secretary", "events:change", many_staff),
    ("head", "events:event", many_who_answer),
    ("head", "events:export", many_who_answer),
    ("guardian", "agenda:agenda", many_events),
    ("guardian", "portal:home", many_events),
    ("teacher", "timetable:week", many_events),
]
ARGUMENTS = {"events:export": lambda college: {"pk": own_event(college).pk}}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    # What is for classes, whoever works with pupils reads; families, what is opened to them.
    Event: near(
        own=WITH_PUPILS | OWN_FAMILY,
        other_class=WITH_PUPILS | OTHER_FAMILY,
        departed=WITH_PUPILS | OWN_FAMILY,
        other_school={"neighbour_head"},
    ),
}
OPENS: dict[str, Near | set[str]] = {
    "events:open_days": EVERYONE,
    "events:events": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "events:create": PHOTOGRAPHERS | {"teacher", "teacher_parent"} | NEIGHBOURING,
    "events:close": OFFICE | NEIGHBOURING,
    "events:event": SEES[Event],
    **dict.fromkeys(
        [f"events:{name}" for name in ("change", "publish", "cancel", "restore", "remove", "export")],
        near(
            own=PHOTOGRAPHERS,
            other_class=PHOTOGRAPHERS | {"teacher_parent"},
            departed=PHOTOGRAPHERS,
            other_school=NEIGHBOURING,
        ),
    ),
    # Those for whom it is; not those who organise for others.
    "events:answer": near(own=OWN_FAMILY | {"teacher"}, other_class=OTHER_FAMILY),
}
NAMES = {
    "people": Named(Person),
}
PLAIN = dict.fromkeys(
    [
        "description",
        "place",
        "revision",
        "sent_as",
        "why",
        "quand",
        "audience",
        "with_families",
        "asks_answer",
        "anyway",
        "publier",
        "lessons",
        "meals",
        "transport",
        "tells",
        "fermer",
        "sans_prevenir",
    ],
    (),
)

# Forms and files


def _outing(stage: Stage) -> Data:
    return {
        "kind": "outing",
        "title": "Sortie au musée",
        "first_day": "2026-12-03",
        "last_day": "2026-12-04",
        "starts_at": "14:00",
        "ends_at": "16:00",
        "room": "",
        "place": "Musée",
        "audience": "groups",
        "groups": [stage.own(Group).pk],
        "with_families": "on",
        "description": "Départ à 14 h.",
        "sent_as": FORM,
        "publier": "oui",
    }


def _outing_again(stage: Stage) -> Data:
    return _outing(stage) | {"sent_as": "", "revision": "1", "publier": ""}


def _event_is(state: str) -> Callable[[Stage], None]:
    def put(stage: Stage) -> None:
        out = None if state == "draft" else timezone.now()
        Event.objects.filter(pk=stage.own(Event).pk).update(state=state, published_at=out)

    return put


def _closing(stage: Stage) -> Data:
    return {
        "title": "Panne de chauffage",
        "audience": "everyone",
        "first_day": "2026-12-03",
        "last_day": "2026-12-04",
        "starts_at": "12:00",
        "ends_at": "18:00",
        "lessons": "cancelled",
        "meals": "none",
        "transport": "cars avancés",
        "description": "Le chauffage revient lundi.",
        "tells": "everyone",
        "sent_as": FORM,
        "fermer": "1",
    }


BODIES = {
    "events:close": Body("head", _closing, wrong=lambda stage: {"title": ""}),
    "events:create": Body("teacher", _outing, wrong=lambda stage: {"title": ""}),
    "events:change": Body("head", _outing_again, wrong=lambda stage: {"title": ""}),
    "events:publish": Body("head", before=_event_is("draft")),
    "events:cancel": Body(
        "head", lambda stage: {"why": "Grève des transports."}, wrong=lambda stage: {"why": "x" * 301}
    ),
    "events:restore": Body("head", before=_event_is("cancelled")),
    "events:remove": Body("head", before=_event_is("draft")),
    "events:answer": Body("guardian", lambda stage: {"answer": "no"}, wrong=lambda stage: {"answer": "?"}),
}
READ_BY = dict.fromkeys(
    ["events:create", "events:change", "events:cancel"], (WHOLE_STAFF - {"cook"}) | OWN_CLASS
) | {"events:close": WHOLE_STAFF | ALL_FAMILIES}
SHEETS = {
    "events:export": "head",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """An event of each class, one of a month ago, one of the twin; a meeting kept to one teacher."""
    people, staff = stage.people, STAFF - {"cook"}
    own, other = FAMILY | {"teacher_parent"}, {"former_guardian"}
    for scope, by, readers, must, days in [
        (OWN, people["head"], staff | own, {"head", "teacher", "guardian", "pupil"}, 3),
        (OTHER_CLASS, people["teacher_parent"], staff | other, {"cpe", "former_guardian"}, 3),
        (DEPARTED, people["former_teacher"], staff | own, {"secretary"}, -28),
        (OTHER_SCHOOL, stage.twin.people["head"], None, None, 3),
    ]:
        title = stage.mark(f"an event ({scope})", readers, must) if readers else f"{STEM} {TWIN}"
        # A class of last year has no event of this one.
        group: Any = stage.own(Group) if scope == DEPARTED else place_of(stage, Group, scope)
        event = _an_event(
            group.school, by, title, days, audience="groups", with_families=True, asks_answer=days > 0
        )
        event.groups.set([group])
        stage.put(scope, event)
    Invitation.objects.create(
        school=stage.college.school,
        event=stage.own(Event),
        person=people["guardian"],
        answer="yes",
        answered_at=NOW,
    )
    kept = {"head", "teacher"}
    meeting = _an_event(
        stage.college.school,
        people["head"],
        stage.mark("a meeting kept to one", kept, kept),
        2,
        audience="people",
    )
    Invitation.objects.create(school=stage.college.school, event=meeting, person=people["teacher"])


def _an_event(school: School, by: Person, title: str, days: int, **fields: Any) -> Event:
    starts = NOW + timedelta(days=days)
    event: Event = Event.objects.create(
        school=school,
        kind="meeting",
        title=title,
        search_title=title.lower(),
        description=title,
        first_day=starts.date(),
        last_day=starts.date(),
        starts=starts,
        ends=starts + timedelta(hours=1),
        state="published",
        created_by=by,
        created_at=NOW,
        published_at=NOW,
        **fields,
    )
    return event
