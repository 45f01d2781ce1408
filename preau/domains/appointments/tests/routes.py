"""The routes of appointments, as it tells the tests of them (tests/declared.py)."""

from datetime import time, timedelta
from typing import Any

from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.models import Assignment, Group, Person, Room
from preau.directory.seeds.world import World
from preau.domains.appointments.models import (
    Evening,
    Host,
    Meeting,
    MeetingColleague,
    MeetingNote,
    Opening,
    Party,
    Taken,
    Wish,
)
from preau.domains.appointments.queries.slots import cells
from preau.domains.appointments.tests.props import (
    many_apart,
    many_appointments,
    many_evenings,
    many_hosts,
    many_wishes,
    own_appointment,
    own_evening,
    own_host,
    own_meeting,
    own_wishing,
    some_hours,
)
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    PHOTOGRAPHERS,
    STEM,
    WITH_PUPILS,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

READERS = pages.STAFF | {"guardian", "other_guardian"}
GUARDIANS = {"guardian", "other_guardian"}
ORGANISERS = pages.KEEPERS
PAGES = [
    Page("appointments:evenings", READERS),
    Page("appointments:appointments", READERS),
    Page("appointments:open_hours", pages.STAFF),
    Page("appointments:ask", GUARDIANS),
    Page("appointments:create", ORGANISERS),
    Page("appointments:evening", READERS, model=own_evening),
    Page("appointments:change", ORGANISERS, model=own_evening),
    Page("appointments:apart_families", ORGANISERS, model=own_evening),
    Page("appointments:add_host", ORGANISERS, model=own_evening),
    Page("appointments:host_hours", ORGANISERS | {"teacher"}, model=own_host),
    Page("appointments:rooms", ORGANISERS, model=own_evening),
    Page("appointments:plan", ORGANISERS, model=own_wishing),
    Page("appointments:wishes", GUARDIANS, model=own_wishing),
    Page("appointments:apart", GUARDIANS, model=own_evening),
    Page("appointments:slots", GUARDIANS, model=own_host),
    Page("appointments:host", ORGANISERS | {"teacher"}, model=own_host),
    Page("appointments:place", ORGANISERS | {"teacher"}, model=own_host),
    Page("appointments:ask_to_see", ORGANISERS | {"teacher"}, model=own_host),
    Page("appointments:move", ORGANISERS | {"teacher"}, model=own_meeting),
    Page("appointments:own_note", {"teacher"}, model=own_meeting),
    Page("appointments:room", {"teacher"}, model=own_appointment),
    Page("appointments:appointment", {"guardian", "teacher"}, model=own_appointment),
]
ELSEWHERE = {
    f"appointments:{name}"
    for name in (
        "open",
        "cancel",
        "calendar",
        "sheet",
        "compute",
        "publish",
        "host_sheets",
        "family_sheets",
        "book",
        "wait",
        "absence",
        "late",
        "host_sheet",
        "note",
        "close_hours",
        "take",
        "propose",
        "accept",
        "invite",
        "leave",
        "give_back",
    )
}
LISTS = [
    ("head", "appointments:evenings", many_evenings),
    ("guardian", "portal:to_answer", many_evenings),
    ("teacher", "appointments:appointments", many_appointments),
    ("head", "appointments:evening", many_hosts),
    ("head", "appointments:rooms", many_hosts),
    ("head", "appointments:apart_families", many_apart),
    ("head", "appointments:plan", many_wishes),
]
ONE_THING = {
    f"appointments:{name}"
    for name in (
        "create",
        "change",
        "open_hours",
        "ask",
        "wishes",
        "slots",
        "apart",
        # As many lines as an evening has slots.
        "host",
        "host_hours",
        # The staff of the school, among whom one is chosen.
        "add_host",
        "place",
        "ask_to_see",
        "move",
        "own_note",
        "room",
        "appointment",
        "calendar",
        "sheet",
        "host_sheet",
    )
}
LISTS_APART = {"appointments:host_sheets", "appointments:family_sheets"}

# The isolation matrix

ORGANISED: Near = near(
    own=PHOTOGRAPHERS, other_class=PHOTOGRAPHERS, departed=PHOTOGRAPHERS, other_school=NEIGHBOURING
)
# The evening of one's class: who receives there is its head; the father and a teacher who is a parent come too.
OWN_GUARDIANS = {"guardian", "other_guardian", "teacher_parent"}
EVENINGS: Near = near(
    own=PHOTOGRAPHERS | OWN_GUARDIANS,
    other_class=PHOTOGRAPHERS | {"teacher_parent", "former_guardian"},
    departed=PHOTOGRAPHERS,
    other_school=NEIGHBOURING,
)
COMING: Near = near(own=OWN_GUARDIANS, other_class={"former_guardian"})
# What one guardian has alone.
MINE: Near = near(
    own=PHOTOGRAPHERS | {"guardian"},
    other_class=PHOTOGRAPHERS | {"former_guardian"},
    departed=PHOTOGRAPHERS,
    other_school=NEIGHBOURING,
)
HOSTED: Near = near(
    own=PHOTOGRAPHERS | {"guardian"},
    other_class=PHOTOGRAPHERS | {"teacher_parent", "former_guardian"},
    departed=PHOTOGRAPHERS,
    other_school=NEIGHBOURING,
)
# A teacher is invited to the meeting of the class, the CPE to the others.
JOINED: Near = HOSTED | near(own=HOSTED["own"] | {"teacher"})
AT_TABLE: Near = near(
    own={"head", "teacher"},
    other_class={"teacher_parent", "cpe"},
    departed={"cpe"},
    other_school=NEIGHBOURING,
)
RUN: Near = near(
    own=PHOTOGRAPHERS,
    other_class=PHOTOGRAPHERS | {"teacher_parent"},
    departed=PHOTOGRAPHERS,
    other_school=NEIGHBOURING,
)
SEES: dict[type[Model], Near] = {
    Evening: EVENINGS,
    Host: EVENINGS,
    Party: MINE,
    Wish: HOSTED,
    Meeting: JOINED,
    MeetingColleague: JOINED,
    MeetingNote: near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    Taken: JOINED,
    Opening: near(
        own={"head"} | OWN_GUARDIANS | {"former_guardian"},
        other_class={"teacher_parent", "guardian", "other_guardian", "former_guardian"},
        other_school=NEIGHBOURING,
    ),
}
READING = WITH_PUPILS | NEIGHBOURING | OWN_GUARDIANS | {"former_guardian"}
OPENS: dict[str, Near | set[str]] = {
    "appointments:evenings": READING,
    "appointments:appointments": READING,
    "appointments:open_hours": WITH_PUPILS | NEIGHBOURING,
    "appointments:ask": (OWN_GUARDIANS - {"teacher_parent"}) | {"former_guardian"},
    "appointments:create": PHOTOGRAPHERS | NEIGHBOURING,
    "appointments:evening": EVENINGS,
    "appointments:calendar": EVENINGS,
    **dict.fromkeys(
        [
            f"appointments:{name}"
            for name in (
                "change",
                "rooms",
                "add_host",
                "apart_families",
                "open",
                "cancel",
                "plan",
                "compute",
                "publish",
                "host_sheets",
                "family_sheets",
            )
        ],
        ORGANISED,
    ),
    **dict.fromkeys(
        [f"appointments:{name}" for name in ("wishes", "apart", "sheet", "slots", "book", "wait")], COMING
    ),
    **dict.fromkeys(
        [
            f"appointments:{name}"
            for name in (
                "host",
                "host_hours",
                "place",
                "ask_to_see",
                "absence",
                "late",
                "host_sheet",
                "move",
                "note",
            )
        ],
        RUN,
    ),
    "appointments:own_note": AT_TABLE,
    "appointments:leave": AT_TABLE,
    "appointments:room": near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    "appointments:invite": near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    "appointments:appointment": JOINED,
    "appointments:close_hours": near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    "appointments:take": SEES[Opening],
    **dict.fromkeys([f"appointments:{name}" for name in ("propose", "accept", "give_back")], HOSTED),
}
OPENS["appointments:take"] = near(
    own=OWN_GUARDIANS | {"former_guardian"},
    other_class=OWN_GUARDIANS | {"former_guardian"},
)
# The colleague who was invited meets the family there; who receives chooses among the families of the class.
SHOWS = {f"appointments:{name}": {"own guardian": {"teacher"}} for name in ("own_note", "appointment")} | {
    f"appointments:{name}": {"other guardian": {"teacher_parent"}} for name in ("place", "ask_to_see")
}
NAMES = {"person": Named(Person), "room": Named(Room), "meeting": Named(Meeting), "party": Named(Party)}
NUMBERED = dict.fromkeys(["floor", "present", "room", "wish"], Named(Host))
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "starts",
        "ends",
        "minutes",
        "pause",
        "walk",
        "mode",
        "closes",
        "arrives",
        "leaves",
        "together",
        "apart",
        "half",
        "family",
        "slot",
        "way",
        "child",
        "creneau",
        "heures",
        "ouvertures",
        "propose",
        "outcome",
        "absent",
        "place",
        "host",
        "pupil",
        "reason",
        "phone",
        "day",
        "text",
    ],
    (),
)

# Forms


def _evening_typed(stage: Stage) -> Data:
    return {
        "title": "Rencontre de janvier",
        "groups": [stage.own(Group).pk],
        "day": "2027-01-12",
        "starts": "17:00",
        "ends": "20:00",
        "minutes": "10",
        "pause": "18:20",
        "walk": "5",
        "mode": "booking",
        "closes": "2027-01-08",
        "sent_as": FORM,
    }


def _moved(stage: Stage) -> Data:
    return {"title": "Rencontre de janvier", "day": "2027-01-13", "closes": "2027-01-08"}


def _draft(stage: Stage) -> None:
    Meeting.objects.all().delete()
    Evening.objects.filter(pk=stage.own(Evening).pk).update(state="draft", mode="plan")


def _wishes(stage: Stage) -> None:
    _taught(stage)
    Evening.objects.filter(pk=stage.own(Evening).pk).update(state="wishes", mode="plan", plan_facts={})


def _planned(stage: Stage) -> None:
    _wishes(stage)
    Evening.objects.filter(pk=stage.own(Evening).pk).update(planned_at=NOW, plan_facts={"done": True})


def _apart(stage: Stage) -> None:
    """Whoever comes early asked for the end of the evening."""
    Party.objects.filter(pk=stage.own(Party).pk).update(apart=True, half=1)


def _empty(stage: Stage) -> None:
    Meeting.objects.all().delete()
    Wish.objects.all().delete()
    Host.objects.filter(pk=stage.own(Host).pk).update(late=0)


def _taught(stage: Stage) -> None:
    """Whoever receives teaches the class."""
    _empty(stage)
    host, group = stage.own(Host), stage.own(Group)
    Assignment.objects.get_or_create(
        school_id=group.school_id, group=group, teacher_id=host.person_id, kind="head_teacher"
    )


def _this_evening(stage: Stage) -> None:
    """It is on today."""
    _empty(stage)
    Evening.objects.filter(pk=stage.own(Evening).pk).update(day=NOW.date())


def _today(stage: Stage) -> None:
    """The meeting is on now."""
    Meeting.objects.filter(pk=stage.own(Meeting).pk).update(
        outcome="", starts=NOW, ends=NOW + timedelta(minutes=10)
    )


def _alone(stage: Stage) -> None:
    """The same meeting, as a request without an evening."""
    Taken.objects.all().delete()
    Meeting.objects.filter(pk=stage.own(Meeting).pk).update(
        evening=None, state="asked", starts=None, ends=None
    )


def _proposed(stage: Stage) -> None:
    """Between the two of them."""
    _alone(stage)
    MeetingColleague.objects.all().delete()
    starts = NOW + timedelta(days=3, hours=9)
    Meeting.objects.filter(pk=stage.own(Meeting).pk).update(
        state="proposed", proposed_by_host=True, starts=starts, ends=starts + timedelta(minutes=20)
    )


def _agreed(stage: Stage) -> None:
    """The same, once the other one has accepted."""
    _proposed(stage)
    Meeting.objects.filter(pk=stage.own(Meeting).pk).update(state="booked")


def _places(stage: Stage) -> Data:
    found: Data = {}
    for host in Host.objects.filter(evening=stage.own(Evening).pk):
        found |= {f"present-{host.pk}": "on", f"room-{host.pk}": "", f"floor-{host.pk}": "3"}
    return found


def _family(stage: Stage) -> str:
    return f"{stage.people['guardian'].pk}-{stage.people['pupil'].pk}"


def _slot(stage: Stage) -> Data:
    return {"slot": "7", "child": str(stage.people["pupil"].pk)}


BODIES = {
    "appointments:create": Body("head", _evening_typed, wrong=lambda stage: {"title": ""}),
    "appointments:change": Body("head", _moved, wrong=lambda stage: {"title": ""}),
    "appointments:rooms": Body(
        "head", _places, wrong=lambda stage: dict.fromkeys(_places(stage), "nulle part")
    ),
    "appointments:add_host": Body(
        "head",
        lambda stage: {"person": str(stage.people["secretary"].pk)},
        wrong=lambda stage: {"person": ""},
    ),
    "appointments:host_hours": Body(
        "head",
        lambda stage: {"arrives": "2", "leaves": "8"},
        before=_empty,
        wrong=lambda stage: {"leaves": "1"},
    ),
    "appointments:open": Body("head", before=_draft),
    "appointments:cancel": Body("head"),
    "appointments:wishes": Body(
        "guardian",
        lambda stage: {
            f"wish-{stage.own(Host).pk}": "1",
            "arrives": "0",
            "leaves": "6",
            "together": "on",
        },
        before=_wishes,
        wrong=lambda stage: {"leaves": "99"},
    ),
    "appointments:apart": Body("guardian", lambda stage: {"apart": "oui"}),
    "appointments:apart_families": Body(
        "head", lambda stage: {"party": str(stage.own(Party).pk), "half": "0"}, before=_apart
    ),
    "appointments:compute": Body("head", before=_wishes),
    "appointments:publish": Body("head", before=_planned),
    "appointments:book": Body("guardian", _slot, before=_taught),
    "appointments:wait": Body(
        "guardian", lambda stage: {"child": str(stage.people["pupil"].pk)}, before=_taught
    ),
    "appointments:place": Body(
        "head",
        lambda stage: {"family": _family(stage), "slot": "7", "way": "here"},
        before=_taught,
        wrong=lambda stage: {"family": ""},
    ),
    "appointments:ask_to_see": Body(
        "head", lambda stage: {"family": _family(stage)}, before=_taught, wrong=lambda stage: {"family": ""}
    ),
    "appointments:absence": Body("head", lambda stage: {"absent": "oui"}),
    "appointments:late": Body(
        "head", lambda stage: {"minutes": "10"}, before=_this_evening, wrong=lambda stage: {"minutes": "999"}
    ),
    "appointments:move": Body("head", lambda stage: {"slot": "7"}),
    "appointments:note": Body(
        "head",
        lambda stage: {"outcome": "seen", "text": "À rappeler en mars."},
        before=_today,
        wrong=lambda stage: {"text": "trop long " * 60},
    ),
    "appointments:own_note": Body(
        "head",
        lambda stage: {"text": "La famille attend un bilan."},
        wrong=lambda stage: {"text": "trop long " * 60},
    ),
    "appointments:open_hours": Body(
        "head",
        lambda stage: {
            "day": "2026-12-03",
            "starts": "17:40",
            "ends": "18:40",
            "minutes": "20",
            "way": "here",
            "place": "Bureau de la direction",
        },
        wrong=lambda stage: {"ends": "12:00"},
    ),
    "appointments:close_hours": Body("head"),
    "appointments:take": Body(
        "guardian", lambda stage: {"slot": "1", "child": str(stage.people["pupil"].pk)}, before=_empty
    ),
    "appointments:ask": Body(
        "guardian",
        lambda stage: {
            "host": str(stage.people["head"].pk),
            "pupil": str(stage.people["pupil"].pk),
            "reason": "Une question sur la cantine.",
            "phone": "",
        },
        before=_empty,
        wrong=lambda stage: {"reason": ""},
    ),
    "appointments:propose": Body(
        "head",
        lambda stage: {"day": "2026-12-03", "starts": "18:40", "minutes": "20"},
        before=_alone,
        wrong=lambda stage: {"day": ""},
    ),
    "appointments:accept": Body(
        "guardian", lambda stage: {"revision": str(stage.own(Meeting).revision)}, before=_proposed
    ),
    "appointments:invite": Body(
        "head",
        lambda stage: {"person": str(stage.people["secretary"].pk)},
        before=_alone,
        wrong=lambda stage: {"person": ""},
    ),
    "appointments:room": Body(
        "head",
        lambda stage: {"room": str(stage.own(Room).pk)},
        before=_agreed,
        wrong=lambda stage: {"room": "nulle part"},
    ),
    "appointments:leave": Body("teacher", before=_alone),
    "appointments:give_back": Body("guardian"),
}
ONE_BUTTON = {
    f"appointments:{name}"
    for name in (
        "apart",
        "apart_families",
        "book",
        "wait",
        "absence",
        "move",
        "take",
        "wishes",
        "place",
        "ask_to_see",
    )
}
READ_BY: dict[str, Any] = {
    "appointments:create": PHOTOGRAPHERS,
    "appointments:change": READING | {"classmate_guardian"},
    "appointments:ask": {"head", "guardian"},
    "appointments:open_hours": READING | {"classmate_guardian"},
    "appointments:note": set(),
    "appointments:own_note": set(),
}
NOT_WORDS = {"appointments:rooms"}
OTHER_FILES = {
    f"appointments:{name}" for name in ("calendar", "sheet", "host_sheets", "family_sheets", "host_sheet")
}
NOT_CONFIRMED = {
    "appointments:calendar": "one's own meetings of one evening",
    "appointments:sheet": "one's own meetings of one evening",
    "appointments:host_sheet": "the meetings of one person at one evening, who needs them on paper that day",
}


def lay(college: World) -> None:
    """An evening that takes bookings, one that takes wishes, an appointment asked for, hours that are open."""
    own_evening(college)
    own_wishing(college)
    own_appointment(college)
    some_hours(college, "teacher", 2)


# The stage of the matrix


def plant(stage: Stage) -> None:
    """An evening with a meeting of one guardian, for each class and the school beside; hours of whoever receives there."""
    people = stage.people
    for scope, by, family, readers, must in [
        (OWN, people["head"], people["guardian"], EVENINGS["own"], {"head", "guardian"}),
        (
            OTHER_CLASS,
            people["teacher_parent"],
            people["former_guardian"],
            EVENINGS["other class"],
            {"head", "former_guardian"},
        ),
        (DEPARTED, people["former_teacher"], people["guardian"], EVENINGS["departed"], {"head"}),
        (OTHER_SCHOOL, stage.twin.people["head"], stage.twin.people["guardian"], None, None),
    ]:
        # The colleague who was invited reads in their agenda what it is part of.
        readers = readers | {"teacher"} if readers and scope == OWN else readers
        title = stage.mark(f"an evening ({scope})", readers, must) if readers else f"{STEM} {TWIN}"
        _scene(stage, scope, by, family, title)
        colleague = by if scope == OTHER_SCHOOL else people["teacher" if scope == OWN else "cpe"]
        meeting: Any = place_of(stage, Meeting, scope)
        stage.put(scope, MeetingColleague.objects.create(meeting=meeting, person=colleague, invited_at=NOW))


def _scene(stage: Stage, scope: str, by: Person, family: Person, title: str) -> None:
    group: Any = place_of(stage, Group, scope)
    pupil: Any = stage.people["leaver"] if scope == DEPARTED else place_of(stage, Person, scope)
    if scope == OTHER_SCHOOL:
        pupil = stage.twin.people["pupil"]
    school = group.school
    evening = Evening.objects.create(
        school=school,
        title=title,
        search_title=title.lower(),
        day=(NOW + timedelta(days=14)).date(),
        starts=time(19),
        ends=time(21),
        minutes=10,
        mode="booking",
        state="booking",
        closes_at=NOW + timedelta(days=12),
        created_by=by,
        created_at=NOW,
    )
    evening.groups.set([group])
    host = Host.objects.create(evening=evening, person=by, room=Room.objects.filter(school=school).first())
    party = Party.objects.create(evening=evening, person=family, written_at=NOW)
    wish = Wish.objects.create(party=party, host=host, pupil=pupil, rank=1)
    meeting = Meeting.objects.create(
        school=school,
        evening=evening,
        host=by,
        guardian=family,
        pupil=pupil,
        starts=evening.moment(3 if scope != DEPARTED else 9),
        ends=evening.moment(4 if scope != DEPARTED else 10),
        made_by=family,
        made_at=NOW,
    )
    taken = [
        Taken(meeting=meeting, person=person, at=at)
        for person in (by, family)
        for at in cells(meeting.starts, meeting.ends)
    ]
    Taken.objects.bulk_create(taken)
    starts = NOW + timedelta(days=5, hours=9)
    opening = Opening.objects.create(
        school=school, host=by, starts=starts, ends=starts + timedelta(hours=1), made_at=timezone.now()
    )
    note = MeetingNote.objects.create(meeting=meeting, author=by, text="Pour moi.")
    stage.put(scope, evening, host, party, wish, meeting, taken[0], note)
    if scope != DEPARTED:
        stage.put(scope, opening)
