"""The routes of lti, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta

from django.db.models import Model

from conftest import NOW, TWIN
from preau.commons.lti.models import Activity, Column, Context, Proposal, Score, Tool
from preau.commons.lti.tests.props import (
    many_activities,
    many_chosen,
    many_results,
    many_tools,
    own_activity,
    own_choice,
    own_lti_service,
)
from preau.commons.lti.tests.tool import KEY, LOGIN, OPENED, public
from preau.commons.lti.words import ALLOWED
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.words import Protocol
from preau.directory.models import Group, Person
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    EVERYONE,
    FAMILY,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    SETTLED,
    SETTLERS,
    STAFF,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("lti:activities", pages.EVERYONE),
    Page("lti:add", pages.TEACHERS),
    Page(
        "lti:activity",
        {"head"} | pages.TEACHERS | pages.FAMILY,
        otherwise=404,
        model=own_activity,
        by="public_id",
    ),
    Page("lti:change", pages.TEACHERS, model=own_activity, by="public_id"),
    Page("lti:choice", {"teacher"}, otherwise=404, model=own_choice, by="public_id"),
    Page("lti:tool", {"head"}, model=own_lti_service, by="public_id"),
    Page("lti:agreement", {"head"}, model=own_lti_service, by="public_id"),
]
ELSEWHERE = {
    "lti:launch",
    "lti:end",
    "lti:restore",
    "lti:export",
    "lti:authorize",
    "lti:token",
    "lti:chosen",
    "lti:members",
    "lti:lines",
    "lti:line",
    "lti:scores",
    "lti:results",
}
LISTS = [
    ("teacher", "lti:activities", many_activities),
    ("pupil", "lti:activities", many_activities),
    ("teacher", "lti:activity", many_results),
    ("teacher", "lti:export", many_results),
    ("teacher", "lti:add", many_tools),
    ("teacher", "lti:choice", many_chosen),
]
ONE_THING = {
    "lti:change",
    "lti:tool",
    "lti:agreement",
    "lti:authorize",
    # A list of another server, by pages, behind a token: test_services.py.
    "lti:members",
    "lti:lines",
    "lti:line",
    "lti:results",
}
ARGUMENTS = {"lti:export": lambda college: {"public_id": own_activity(college).public_id}}
# Tools send words there (lti/tests).
OF_OTHERS = {"lti:members", "lti:lines", "lti:line", "lti:scores", "lti:results"}
TOKENS_ALONE = {"lti:members", "lti:lines", "lti:line", "lti:results"}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    Activity: near(
        own={"head", "teacher"} | OWN_FAMILY,
        other_class={"head", "teacher_parent"} | OTHER_FAMILY,
        other_school={"neighbour_head"},
    ),
    Proposal: near(own={"teacher"}, other_class={"teacher_parent"}, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "lti:activities": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "lti:add": {"teacher", "teacher_parent"},
    "lti:choice": near(own={"teacher"}, other_class={"teacher_parent"}),
    **dict.fromkeys(["lti:activity", "lti:launch"], SEES[Activity]),
    **dict.fromkeys(
        ["lti:change", "lti:end", "lti:restore"], near(own={"teacher"}, other_class={"teacher_parent"})
    ),
    "lti:export": near(
        own={"head", "teacher"}, other_class={"head", "teacher_parent"}, other_school=NEIGHBOURING
    ),
    **dict.fromkeys(["lti:tool", "lti:agreement"], SETTLED),
    **dict.fromkeys(
        [
            f"lti:{name}"
            for name in ("authorize", "token", "chosen", "members", "lines", "line", "scores", "results")
        ],
        EVERYONE,
    ),
}
REST_OF_ADDRESS = {
    **{f"lti:{name}": {"number": "0" * 24} for name in ("members", "lines")},
    **{f"lti:{name}": {"number": "0" * 24, "line": "0" * 24} for name in ("line", "scores", "results")},
}
NAMES = {
    "group": Named(Group),
    "tool": Named(Service, "public_id"),
}
PLAIN = dict.fromkeys(
    [
        "grant_type",
        "due_on",
        "items",
        "allowed",
        "login_url",
        "target",
        "chooses",
        "keys_url",
        "login_hint",
        "lti_message_hint",
        "JWT",
        "client_assertion",
        "client_assertion_type",
        "resource_link_id",
        "resource_id",
        "tag",
        "limit",
        "rlid",
        "role",
        "user_id",
        *(f"ask_{key}" for key in ALLOWED),
    ],
    (),
)

# Forms and files


def _ended(stage: Stage) -> None:
    Activity.objects.filter(pk=stage.own(Activity).pk).update(ended_at=NOW)


def _tool(stage: Stage) -> Data:
    return {
        "login_url": LOGIN,
        "target": OPENED,
        "redirects": OPENED,
        "keys_url": f"{OPENED}/cles",
        "ask_scores": "Voir.",
    }


def _speaks_lti(stage: Stage) -> None:
    Service.objects.filter(pk=stage.own(Service).pk).update(protocol=Protocol.LTI)


def _has_a_tool(stage: Stage) -> None:
    _speaks_lti(stage)
    asks = {"scores": {"why": "Voir.", "since": "2026-09-01"}}
    fields = {"login_url": LOGIN, "target": OPENED, "redirects": [OPENED], "keys": public(KEY), "asks": asks}
    Tool.objects.get_or_create(service_id=stage.own(Service).pk, defaults=fields)


def _to_choose(stage: Stage) -> Data:
    opening = Opening.objects.get(service__tool__isnull=False, school=stage.college.school)
    return {"group": stage.own(Group).pk, "tool": opening.service.public_id}


BODIES = {
    "lti:add": Body(
        "teacher",
        _to_choose,
        wrong=lambda stage: {"tool": "autre"},
        again={"lti_passage": "each going is a passage, used once"},
    ),
    "lti:choice": Body("teacher", lambda stage: {"items": ["0"]}, wrong=lambda stage: {"items": []}),
    "lti:launch": Body("pupil", again={"lti_passage": "each click is a passage, used once"}),
    "lti:change": Body(
        "teacher",
        lambda stage: {"title": "Fractions, la suite", "text": "Trois séries.", "due_on": "2026-12-01"},
        wrong=lambda stage: {"title": ""},
    ),
    "lti:end": Body("teacher"),
    "lti:restore": Body("teacher", before=_ended),
    "lti:tool": Body("head", _tool, _speaks_lti, lambda stage: {"login_url": "http://autre.example/"}),
    "lti:agreement": Body(
        "head", lambda stage: {"allowed": ["scores"]}, _has_a_tool, lambda stage: {"allowed": ["autre"]}
    ),
    "lti:authorize": Body("pupil", lambda stage: {"client_id": "inconnu"}, writes=False),
    **dict.fromkeys(
        [f"lti:{name}" for name in ("token", "chosen", "lines", "scores")], Body("pupil", writes=False)
    ),
}
READ_BY = {
    # The tool says what it is called.
    "lti:add.title": set(),
    **dict.fromkeys(["lti:add", "lti:change"], {"head", "teacher"} | OWN_CLASS),
    "lti:tool": SETTLERS,
}
BETWEEN_SERVERS = {"lti:token", "lti:chosen", "lti:lines", "lti:scores"}
SHEETS = {
    "lti:export": "teacher",
}
CONFIRMED = {"lti:tool"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """What a service of the platform gave to a class, near and far, and what a teacher has just chosen there."""
    own = stage.mark(
        "activity of the own class", {"head", "teacher"} | FAMILY | {"teacher_parent"}, {"teacher", "pupil"}
    )
    other = stage.mark(
        "activity of another class", {"head", "teacher_parent", "former_guardian"}, {"teacher_parent"}
    )
    chosen = {
        OWN: stage.mark("choice of the teacher", {"teacher"}, {"teacher"}),
        OTHER_CLASS: stage.mark("choice of another teacher", {"teacher_parent"}),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    for scope, world, by, title in [
        (OWN, stage.college, "teacher", own),
        (OTHER_CLASS, stage.college, "teacher_parent", other),
        (OTHER_SCHOOL, stage.twin, "neighbour_head", f"{STEM} {TWIN}"),
    ]:
        opening = Opening.objects.get(service__tool__isnull=False, school=world.school)
        opening.profiles = ["pupil", "guardian", "staff"]
        opening.save()
        Service.objects.filter(pk=opening.service_id).update(profiles=opening.profiles)
        context = Context.objects.get_or_create(opening=opening, group=stage.objects[Group][scope][0])[0]
        person = stage.people[by]
        activity = Activity.objects.create(
            school=world.school, context=context, title=title, text=title, given_by=person, given_at=NOW
        )
        column = Column.objects.create(context=context, activity=activity, label=title, maximum=20)
        Score.objects.create(
            column=column,
            pupil=stage.objects[Person][scope][0],
            given=12,
            maximum=20,
            activity="Completed",
            grading="FullyGraded",
            said_at=NOW,
        )
        item = {"title": chosen[scope], "text": "", "target": "", "custom": {}, "line": None, "due_on": ""}
        proposal = Proposal.objects.create(
            account=person.account,
            seat=f"staff-{world.school.pk}",
            context=context,
            items=[item],
            ends_at=NOW + timedelta(hours=1),
        )
        stage.put(scope, activity, proposal)


def plant_formulas(evil: str) -> None:
    Score.objects.update(comment=evil)
