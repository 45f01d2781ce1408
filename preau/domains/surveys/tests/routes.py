"""The routes of surveys, as it tells the tests of them (tests/declared.py)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db.models import Model

from conftest import NOW, TWIN
from preau.commons.questions.models import Question, Questionnaire, Response
from preau.directory.models import Group, Person
from preau.directory.seeds.world import World
from preau.domains.surveys.models import (
    Candidate,
    Delegate,
    Election,
    Elector,
    Reminder,
    Round,
    Survey,
    Urn,
    Voter,
)
from preau.domains.surveys.queries.elections import digest_of_code, pupils_of, reading_of
from preau.domains.surveys.queries.surveys import voters_meant
from preau.domains.surveys.tests.props import (
    many_delegates,
    many_elections,
    many_surveys,
    own_draft,
    own_election,
    own_elector,
    own_followed,
    own_line,
)
from preau.identity.models import Account
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    DEPARTED,
    EVERYONE,
    FAMILY,
    LIFE,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_CLASS,
    OWN_FAMILY,
    STAFF,
    STEM,
    TODAY,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

FOLLOWERS = {"teacher", "head"}
ASKERS = {"teacher", "teacher_1", "cpe", "head"}


def _voting_election(world: World) -> Election:
    election: Election = own_elector(world).round.election
    return election


PAGES = [
    Page("surveys:surveys", pages.EVERYONE),
    *(Page(f"surveys:{name}", ASKERS) for name in ("followed", "write", "open_election")),
    Page("surveys:elections", ASKERS | {"pupil"}),
    Page("surveys:delegates", pages.EVERYONE),
    Page("surveys:close_round", {"head", "cpe", "teacher"}, model=_voting_election),
    Page("surveys:name_parent", {"head"}),
    Page("surveys:booth", pages.EVERYONE),
    Page("surveys:survey", FOLLOWERS, otherwise=404, model=own_followed),
    Page("surveys:on_paper", FOLLOWERS, otherwise=404, model=own_followed),
    Page("surveys:results", FOLLOWERS, otherwise=404, model=own_followed),
    Page("surveys:change", {"teacher"}, otherwise=404, model=own_draft),
    Page("surveys:answer", {"guardian"}, otherwise=404, model=own_line),
    Page("surveys:election", {"head", "cpe", "teacher", "pupil"}, otherwise=404, model=own_election),
    Page("surveys:stand", {"head", "cpe", "teacher", "pupil"}, otherwise=404, model=own_election),
    Page("surveys:vote", {"pupil"}, otherwise=404, model=own_elector),
]
PUBLIC = {"surveys:booth"}
ELSEWHERE = {
    f"surveys:{name}"
    for name in (
        "send",
        "remove",
        "add_question",
        "remove_question",
        "remind",
        "send_to_newcomers",
        "close",
        "ask_again",
        "results_file",
        "sheets",
        # It asks of which line of the roll: without one it leads back to the list.
        "enter",
        "decide",
        "withdraw",
        "open_round",
        "answer_as_substitute",
        "codes",
        "minutes",
        "end_delegate",
    )
} | {"portal:api_sondages"}
LISTS = [
    ("guardian", "surveys:surveys", many_surveys),
    ("guardian", "portal:to_answer", many_surveys),
    ("guardian", "portal:home", many_surveys),
    ("teacher", "surveys:followed", many_surveys),
    ("cpe", "surveys:elections", many_elections),
    ("head", "surveys:delegates", many_delegates),
]
# As many lines as a survey has answers (tests/test_surveys.py).
LISTS_APART = {"surveys:results_file"}
ONE_THING = {
    # Lists by pages, behind a token: tests/test_programs.py.
    "portal:api_sondages",
    "surveys:write",
    "surveys:change",
    "surveys:answer",
    "surveys:enter",
    "surveys:results",
    "surveys:booth",
    "surveys:open_election",
    "surveys:stand",
    "surveys:vote",
    "surveys:name_parent",
    "surveys:close_round",
    "surveys:minutes",
    # As many candidates as a class has pupils.
    "surveys:election",
    # Forty lines of a roll at most on a page.
    "surveys:survey",
    "surveys:on_paper",
}

# The isolation matrix

GUARDIANS = OWN_FAMILY - {"pupil"}
FOLLOWED: Near = near(
    own={"head"}, other_class={"head", "teacher_parent"}, departed={"head"}, other_school=NEIGHBOURING
)
READ: Near = near(
    own={"head"} | GUARDIANS,
    other_class={"head", "teacher_parent"} | OTHER_FAMILY,
    departed={"head"} | GUARDIANS,
    other_school=NEIGHBOURING,
)
RECEIVED: Near = near(own={"guardian"}, other_class={"former_guardian"}, departed={"guardian"})
HOLDERS = LIFE | {"teacher"}
HELD: Near = near(own=HOLDERS, other_class=LIFE, departed=HOLDERS, other_school=NEIGHBOURING)
OF_CLASS: Near = near(
    own=HOLDERS | {"pupil"},
    other_class=LIFE,
    departed=HOLDERS | {"pupil"},
    other_school=NEIGHBOURING,
)
SEES: dict[type[Model], Near] = {
    Survey: READ,
    Voter: RECEIVED,
    Reminder: FOLLOWED,
    Urn: near(),
    Election: OF_CLASS,
    Candidate: OF_CLASS,
    Round: OF_CLASS,
    Elector: near(own={"pupil"}, departed={"pupil"}),
    Delegate: near(
        own=STAFF | OWN_FAMILY,
        other_class=STAFF | OTHER_FAMILY,
        departed=STAFF | OWN_FAMILY,
        other_school=NEIGHBOURING,
    ),
}
WRITING = LIFE | {"teacher", "teacher_parent"} | NEIGHBOURING
OPENS: dict[str, Near | set[str]] = {
    # By a token alone, whoever is signed in: tests/test_programs.py.
    "portal:api_sondages": set(),
    "surveys:surveys": STAFF | NEIGHBOURING | FAMILY | OTHER_FAMILY,
    **dict.fromkeys([f"surveys:{name}" for name in ("followed", "write", "open_election")], WRITING),
    "surveys:elections": WRITING | {"pupil"},
    "surveys:delegates": STAFF | NEIGHBOURING | FAMILY | OTHER_FAMILY,
    "surveys:name_parent": {"head"} | NEIGHBOURING,
    "surveys:booth": EVERYONE,
    **dict.fromkeys(
        [
            f"surveys:{name}"
            for name in (
                "survey",
                "remind",
                "send_to_newcomers",
                "close",
                "on_paper",
                "sheets",
                "enter",
                "results",
                "results_file",
            )
        ],
        FOLLOWED,
    ),
    # Of the stage, every survey has left.
    **dict.fromkeys(
        [f"surveys:{name}" for name in ("change", "remove", "add_question", "remove_question")], near()
    ),
    **dict.fromkeys(
        [f"surveys:{name}" for name in ("send", "ask_again")],
        near(own={"head"}, other_class={"teacher_parent"}, other_school=NEIGHBOURING),
    ),
    "surveys:answer": RECEIVED,
    "surveys:election": OF_CLASS,
    "surveys:stand": OF_CLASS,
    **dict.fromkeys([f"surveys:{name}" for name in ("open_round", "close_round", "codes", "minutes")], HELD),
    "surveys:decide": HELD,
    # The substitute of the stage is nobody of the cast.
    "surveys:answer_as_substitute": near(),
    "surveys:withdraw": near(own={"pupil"}, departed={"pupil"}),
    "surveys:vote": near(own={"pupil"}, departed={"pupil"}),
    "surveys:end_delegate": near(
        own={"head"}, other_class={"head"}, departed={"head"}, other_school=NEIGHBOURING
    ),
}
# Whoever asks the families of a class reads who answers on paper.
SHOWS = {f"surveys:{name}": {"other guardian": {"teacher_parent"}} for name in ("on_paper", "sheets")}
NAMES = {
    "groups": Named(Group),
    "groupe": Named(Group),
    "group": Named(Group),
    "pupil": Named(Person),
    "substitute": Named(Person),
    "person": Named(Person),
    "ligne": Named(Voter),
}
PLAIN: dict[str, tuple[str, ...]] = dict.fromkeys(
    [
        "per",
        "everyone",
        "quorum",
        "is_anonymous",
        "shows_results",
        "ballot",
        "voter",
        "sans",
        "why",
        "q2",
    ],
    (),
)

# Forms and files


def _survey_typed(stage: Stage) -> Data:
    return {
        "audience": "families",
        "per": "famille",
        "title": "La cantine",
        "text": "Votre avis sur les repas.",
        "groups": [stage.own(Group).pk],
        "quorum": "50",
        "first_day": "2026-11-25",
        "last_day": "2026-12-04",
        "sent_as": FORM,
    }


def _changed(stage: Stage) -> Data:
    return _survey_typed(stage) | {"sent_as": ""}


def _draft(stage: Stage) -> None:
    Response.objects.filter(questionnaire__house="surveys").delete()
    Survey.objects.filter(pk=stage.own(Survey).pk).update(state="draft")


def _unsent(stage: Stage) -> None:
    _draft(stage)
    Voter.objects.filter(survey=stage.own(Survey)).delete()


def _unanswered(stage: Stage) -> None:
    Response.objects.filter(questionnaire__house="surveys").delete()
    Voter.objects.update(answered=False)
    Reminder.objects.all().delete()


def _other_line(stage: Stage) -> Voter:
    """Of another family than the one that answers here."""
    lines = stage.own(Survey).voters.filter(part="guardian").exclude(pupil=stage.own(Voter).pupil_id)
    found: Voter = lines.order_by("pk")[0]
    return found


def _without_accounts(stage: Stage) -> None:
    _unanswered(stage)
    people = stage.own(Survey).voters.values("person_id")
    Account.objects.filter(person__in=people, person__holdings__isnull=True).update(password="")


def _question_of(stage: Stage) -> Question:
    found: Question = Question.objects.filter(questionnaire=stage.own(Survey).questionnaire).order_by("pk")[0]
    return found


def _at(state: str) -> Callable[[Stage], None]:
    """The election of the stage in that state, without the round where candidates come."""

    def put(stage: Stage) -> None:
        election = stage.own(Election)
        if state == "candidates":
            Round.objects.filter(election=election).delete()
        Election.objects.filter(pk=election.pk).update(state=state)

    return put


def _waiting(stage: Stage) -> None:
    _at("candidates")(stage)
    Candidate.objects.filter(election=stage.own(Election)).update(state="waiting")


def _proposed(stage: Stage) -> None:
    """The cast's pupil is the substitute, and has not said yes."""
    _at("candidates")(stage)
    candidate = stage.own(Candidate)
    Candidate.objects.filter(pk=candidate.pk).update(
        pupil=candidate.substitute_id, substitute=stage.people["pupil"].pk, agreed=False
    )


def _five_voted(stage: Stage) -> None:
    round_ = stage.own(Round)
    voted = round_.electors.order_by("pk").values_list("pk", flat=True)[:5]
    Elector.objects.filter(pk__in=list(voted)).update(has_voted=True)
    Urn.objects.filter(round=round_).update(ballots=[""] * 5)


def _with_code(stage: Stage) -> None:
    elector = Elector.objects.get(round=stage.own(Round), pupil=stage.people["pupil"])
    Elector.objects.filter(pk=elector.pk).update(code=digest_of_code(CODE))


CODE = "2345ABCD"


def _candidacy(stage: Stage) -> Data:
    others = pupils_of(stage.own(Group), TODAY).exclude(pk=stage.people["pupil"].pk).order_by("pk")
    return {"substitute": others[1].pk, "words": "Un temps de parole par semaine."}


BODIES = {
    "surveys:write": Body("head", _survey_typed, wrong=lambda stage: {"title": ""}),
    "surveys:change": Body("head", _changed, before=_draft, wrong=lambda stage: {"title": ""}),
    "surveys:send": Body("head", before=_unsent),
    "surveys:remove": Body("head", before=_draft),
    "surveys:add_question": Body(
        "head",
        lambda stage: {"kind": "short", "label": "Une allergie\u202f?", "is_required": "on"},
        before=_draft,
        wrong=lambda stage: {"label": ""},
    ),
    "surveys:remove_question": Body(
        "head", lambda stage: {"question": str(_question_of(stage).pk)}, before=_draft
    ),
    "surveys:remind": Body("head", before=_unanswered),
    "surveys:send_to_newcomers": Body("head", writes=False),
    "surveys:close": Body("head"),
    "surveys:sheets": Body(
        "head", before=_without_accounts, again={"journal_line": "each printing is noted"}
    ),
    "surveys:enter": Body(
        "head",
        lambda stage: {"ligne": _other_line(stage).pk, "q1": "Bien."},
        before=lambda stage: Voter.objects.update(answered=False) and None,
    ),
    "surveys:ask_again": Body("head"),
    "surveys:answer": Body(
        "guardian",
        lambda stage: {"q1": "Bien."},
        before=_unanswered,
        wrong=lambda stage: {"q1": ""},
    ),
    "surveys:open_election": Body(
        "head",
        lambda stage: {"group": place_of(stage, Group, OWN).pk},
        before=lambda stage: Election.objects.update(state="over") and None,
        wrong=lambda stage: {"group": ""},
    ),
    "surveys:stand": Body(
        "pupil", _candidacy, before=_at("candidates"), wrong=lambda stage: {"substitute": ""}
    ),
    "surveys:decide": Body(
        "head",
        lambda stage: {
            "decision": "refuser",
            "why": "Deux idées pour la classe, pas plus.",
            "lu": reading_of(stage.own(Candidate)),
        },
        before=_waiting,
        wrong=lambda stage: {"why": ""},
    ),
    "surveys:answer_as_substitute": Body("pupil", lambda stage: {"accord": "oui"}, before=_proposed),
    "surveys:withdraw": Body("pupil", before=_at("candidates")),
    "surveys:open_round": Body("head", before=_at("candidates")),
    "surveys:close_round": Body("head", before=_five_voted),
    "surveys:codes": Body(
        "head", again=dict.fromkeys(["surveys_elector", "journal_line"], "a slip that is lost is drawn anew")
    ),
    "surveys:vote": Body("pupil", lambda stage: {"ballot": "blanc"}, wrong=lambda stage: {"ballot": ""}),
    "surveys:booth": Body(
        "visitor",
        lambda stage: {"code": CODE, "voter": "oui", "ballot": "blanc"},
        before=_with_code,
        wrong=lambda stage: {"ballot": ""},
    ),
    "surveys:name_parent": Body(
        "head",
        lambda stage: {"group": stage.own(Group).pk, "person": stage.people["guardian"].pk},
        before=lambda stage: Delegate.objects.all().delete() and None,
        wrong=lambda stage: {"person": ""},
    ),
    "surveys:end_delegate": Body("head"),
}
ONE_BUTTON = {"surveys:close_round", "surveys:enter"}
READ_BY = dict.fromkeys(["surveys:write", "surveys:change", "surveys:add_question"], {"head"} | OWN_CLASS) | {
    "surveys:answer": {"head"},
    # Whoever opened the election reads what its candidates say of themselves.
    "surveys:stand": LIFE | {"teacher"},
    # Why it is to be written anew, the pupil who stands alone.
    "surveys:decide": {"pupil"},
    "surveys:enter": {"head"},
}
NOT_WORDS = {"surveys:booth", "surveys:vote"}
SHEETS = {"surveys:results_file": "head"}
OTHER_FILES = {"surveys:minutes", "surveys:codes", "surveys:sheets"}
NOT_CONFIRMED = {
    "surveys:minutes": "one sheet for one election, which is posted",
    "surveys:codes": "slips that are handed to pupils, of the election that one holds",
    "surveys:sheets": "sheets that are handed to families, of the survey that one follows",
}


def lay(college: World) -> None:
    """A survey that waits for the cast's family, a draft, an election in which the cast's pupil votes."""
    own_line(college)
    own_draft(college)
    own_elector(college)


# The stage of the matrix


def plant(stage: Stage) -> None:
    """A survey with its roll, a reminder, an urn; an election, a candidate, a round, its roll; a delegate: for each class and the
    school beside."""
    people = stage.people
    for scope, by, family, readers, must in [
        (OWN, people["head"], people["guardian"], {"head"} | GUARDIANS, {"head", "guardian"}),
        (
            OTHER_CLASS,
            people["teacher_parent"],
            people["former_guardian"],
            {"head", "teacher_parent"} | OTHER_FAMILY,
            {"head", "former_guardian"},
        ),
        (DEPARTED, people["former_teacher"], people["guardian"], {"head"} | GUARDIANS, {"head"}),
        (OTHER_SCHOOL, stage.twin.people["head"], stage.twin.people["guardian"], None, None),
    ]:
        title = stage.mark(f"a survey ({scope})", readers | OWN_CLASS, must) if readers else f"{STEM} {TWIN}"
        group: Any = stage.own(Group) if scope == DEPARTED else place_of(stage, Group, scope)
        _scene(stage, scope, group, by, family, title)
        _election(stage, scope, group, by)


def _scene(stage: Stage, scope: str, group: Group, by: Person, family: Person, title: str) -> None:
    school = group.school
    asked = Questionnaire.objects.create(school=school, house="surveys", title=title, made_by=by, made_at=NOW)
    Question.objects.create(questionnaire=asked, place=1, kind="short", label=title, is_required=True)
    survey = Survey.objects.create(
        school=school,
        audience="families",
        title=title,
        search_title=title.lower(),
        text=title,
        author=by,
        written_at=NOW,
        sent_at=NOW,
        told_at=NOW,
        opens_at=NOW - timedelta(hours=1),
        closes_at=NOW + timedelta(days=4),
        state="sent",
        questionnaire=asked,
    )
    survey.groups.set([group])
    Voter.objects.bulk_create(voters_meant(survey, TODAY))
    line = survey.voters.filter(person=family).order_by("pk").first()
    if line is None:
        pupil = pupils_of(group, TODAY)[0]
        line = Voter.objects.create(survey=survey, pupil=pupil, person=family, part="guardian")
    reminder = Reminder.objects.create(survey=survey, day="2026-11-20", by=by, number=1)
    urn = Urn.objects.create(survey=survey)
    stage.put(scope, survey, line, reminder, urn)


def _election(stage: Stage, scope: str, group: Group, by: Person) -> None:
    there = list(pupils_of(group, TODAY).order_by("pk"))
    if scope in (OWN, DEPARTED):
        there.sort(key=lambda pupil: pupil != stage.people["pupil"])
    election = Election.objects.create(
        school=group.school,
        group=group,
        opened_by=by,
        opened_at=NOW,
        state="over" if scope == DEPARTED else "voting",
    )
    candidate = Candidate.objects.create(
        election=election,
        pupil=there[0],
        substitute=there[1],
        words="Des idées.",
        agreed=True,
        state="accepted",
    )
    closed = {"closed_at": NOW, "closed_by": by} if scope == DEPARTED else {}
    round_ = Round.objects.create(election=election, number=1, opened_at=NOW, **closed)
    Urn.objects.create(round=round_)
    electors = [Elector.objects.create(round=round_, pupil=pupil) for pupil in there]
    delegate = Delegate.objects.create(
        school=group.school,
        group=group,
        person=there[2],
        kind="delegate",
        named_at=NOW,
        ended_at=NOW if scope == DEPARTED else None,
    )
    stage.put(scope, election, candidate, round_, electors[0], delegate)


def plant_formulas(evil: str) -> None:
    Question.objects.update(label=evil)
