"""The routes of attention, as it tells the tests of them (tests/declared.py)."""

from datetime import timedelta

from django.db.models import Model

from conftest import NOW, TWIN
from preau.directory.boards import early_facts
from preau.directory.models import Person
from preau.domains.attention.actions import deciding
from preau.domains.attention.models import Decision, Finding, Review, Step, Word
from preau.domains.attention.tests.props import (
    many_findings,
    many_reviews,
    much_in_a_review,
    own_finding,
    own_review,
)
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    ALL_SCOPES_OF_SCHOOL_LIFE,
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
    TODAY,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

PAGES = [
    *(Page(f"attention:{name}", pages.SCHOOL_LIFE) for name in ("waiting", "thresholds", "reviews")),
    Page("attention:look", pages.SCHOOL_LIFE, model=own_finding, by="public_id"),
    *(Page(f"attention:{name}", pages.SCHOOL_LIFE, model=own_review) for name in ("review", "decide_again")),
    Page("attention:mine", pages.FAMILY),
    Page("attention:told", pages.FAMILY, model=own_review),
]
ELSEWHERE = {"attention:add_step", "attention:end", "attention:note_step", "attention:answer"}
LISTS = [
    ("cpe", "attention:waiting", many_findings),
    ("cpe", "portal:home", many_findings),
    ("cpe", "attention:reviews", many_reviews),
    ("cpe", "attention:review", much_in_a_review),
    ("cpe", "attention:decide_again", much_in_a_review),
    ("guardian", "attention:mine", many_reviews),
    ("guardian", "attention:told", much_in_a_review),
]
ONE_THING = {"attention:thresholds", "attention:look"}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    # The cook is the adult who was told of the own one.
    Review: near(
        own=LIFE | {"cook"} | OWN_FAMILY,
        other_class=LIFE | OTHER_FAMILY,
        departed=LIFE,
        other_school={"neighbour_head"},
    ),
    Step: near(
        own=LIFE | {"cook"} | OWN_FAMILY,
        other_class=LIFE | OTHER_FAMILY,
        departed=LIFE,
        other_school={"neighbour_head"},
    ),
    # What the mother wrote is hers, and read by those in charge.
    Word: near(own=LIFE | {"guardian"}, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(["attention:waiting", "attention:thresholds", "attention:reviews"], LIFE | NEIGHBOURING),
    "attention:look": near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING),
    "attention:review": ALL_SCOPES_OF_SCHOOL_LIFE | near(own=LIFE | {"cook"}),
    **dict.fromkeys(
        [
            "attention:decide_again",
            "attention:add_step",
            "attention:end",
            "attention:note_step",
            "attention:answer",
        ],
        ALL_SCOPES_OF_SCHOOL_LIFE,
    ),
    "attention:mine": FAMILY | OTHER_FAMILY,
    "attention:told": near(own=OWN_FAMILY, other_class=OTHER_FAMILY),
}
NAMES = {
    "told_to": Named(Person),
}
PLAIN = dict.fromkeys(
    [
        "voir",
        "shown",
        "why",
        "due",
        "outcome",
        "first_step",
        "first_step_on",
        "about",
        *(fact.key.replace(".", "_") for fact in early_facts),
    ],
    (),
)

# Forms and files

DECIDED = {
    "kind": "follow",
    "why": "Un point chaque semaine.",
    "until": "2026-12-20",
    "first_step": "Premier point",
    "first_step_on": "2026-12-01",
}


def _looked(stage: Stage) -> Data:
    waiting = Finding.objects.filter(pupil=stage.own(Person)).waiting().order_by("pk")
    return {**DECIDED, "shown": deciding.mark_of(list(waiting))}


BODIES = {
    "attention:look": Body("cpe", _looked, wrong=lambda stage: {"why": ""}),
    "attention:thresholds": Body(
        "cpe", lambda stage: {"attendance_half_days": "5"}, wrong=lambda stage: {"attendance_half_days": "0"}
    ),
    "attention:decide_again": Body("cpe", lambda stage: dict(DECIDED), wrong=lambda stage: {"why": ""}),
    "attention:add_step": Body(
        "cpe", lambda stage: {"what": "Second point", "due": "2026-12-08"}, wrong=lambda stage: {"what": ""}
    ),
    "attention:end": Body(
        "cpe", lambda stage: {"outcome": "De retour en cours."}, wrong=lambda stage: {"outcome": ""}
    ),
    "attention:note_step": Body("cpe", lambda stage: {"geste": "faite"}),
    "attention:answer": Body(
        "cpe", lambda stage: {"answer": "Nous vous appelons demain."}, wrong=lambda stage: {"answer": ""}
    ),
    "attention:told": Body(
        "guardian",
        lambda stage: {"about": "contest", "text": "Le car était en retard."},
        wrong=lambda stage: {"text": ""},
    ),
}
READ_BY = {
    **dict.fromkeys(
        [f"attention:{name}" for name in ("look", "decide_again", "add_step", "end")],
        LIFE | {"cook"} | OWN_FAMILY,
    ),
    **dict.fromkeys(["attention:told", "attention:answer"], LIFE | {"guardian"}),
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """Facts that wait, and a review: with its reason, a step, a mother's word. The own one was told to the cook."""
    life, people = {"head", "cpe"}, stage.people
    families = {OWN: FAMILY | {"teacher_parent"}, OTHER_CLASS: {"former_guardian"}, DEPARTED: set()}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.world_of(scope)
        pupil, cpe = place_of(stage, Person, scope), world.people["cpe"]
        own, about = scope == OWN, {"school": world.school, "pupil": pupil}
        recipients = {"cook"} if own else set()
        fact, reason, step, word = [f"{STEM} {TWIN}"] * 4
        if scope != OTHER_SCHOOL:
            fact = stage.mark(
                f"a fact that nobody has looked at, {scope}", life, set() if scope == DEPARTED else life
            )
            reason = stage.mark(f"why it was decided, {scope}", life | recipients | families[scope], life)
            step = stage.mark(f"what is planned, {scope}", life | recipients | families[scope], life)
            word = stage.mark(
                f"what a mother contests, {scope}", life | ({"guardian"} if own else set()), life
            )
        mother = people["guardian"] if own else Person.objects.create(family_name="Mère", given_name="Ada")
        count = {
            "number": 3,
            "before": 0,
            "threshold": 3,
            "since": TODAY,
            "until": TODAY,
            "found_at": NOW,
            **about,
        }
        Finding.objects.update_or_create(
            pupil=pupil,
            school=world.school,
            fact="attendance.subject",
            review=None,
            defaults={**count, "what": fact},
        )
        review = Review.objects.create(
            kind="tell" if own else "talk",
            told_to=people["cook"] if own else None,
            owner=cpe,
            opened_at=NOW,
            until=TODAY + timedelta(days=20),
            **about,
        )
        Finding.objects.create(fact="attendance.lates", review=review, **count)
        of = {"school": world.school, "review": review}
        Decision.objects.create(kind=review.kind, reason=reason, decided_by=cpe, decided_at=NOW, **of)
        planned = Step.objects.create(what=step, due=TODAY + timedelta(days=3), added_by=cpe, **of)
        contested = Word.objects.create(about="contest", text=word, by=mother, at=NOW, **of)
        stage.put(scope, review, planned, contested)
