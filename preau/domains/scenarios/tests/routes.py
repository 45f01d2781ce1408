"""The routes of scenarios, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from conftest import NOW, TWIN
from preau.directory.models import Person
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models import (
    Author,
    Case,
    Content,
    Facts,
    Qualification,
    Report,
    Review,
    Scenario,
    Step,
    Version,
)
from preau.domains.scenarios.tests.props import (
    USED,
    many_co_authors,
    many_opinions,
    many_published_steps,
    many_scenario_steps,
    many_scenario_versions,
    many_scenarios,
    of_scenario,
    of_step,
    own_author,
    own_case,
    own_qualification,
    own_scenario,
)
from tests import pages
from tests.declared import Body, Named
from tests.net.matrix_cast import (
    ANYBODY,
    DEPARTED,
    EVERYONE,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    SIGNED_IN,
    STEM,
    Near,
    Stage,
    near,
    runs_the_platform,
)
from tests.pages import Page

# The published scenario of the stage, and the name of its step.
SCENARIO_CODE, SCENARIO_STEP = "scenario-de-la-scene", "etape-un"

# Pages

PAGES = [
    Page("scenarios:space", pages.TEACHERS),
    Page("scenarios:create", pages.TEACHERS),
    Page("scenarios:take_up", pages.TEACHERS),
    *(
        Page(f"scenarios:{name}", {"teacher"}, model=own_scenario)
        for name in ["workshop", "facts", "add_step", "publish", "versions", "authors"]
    ),
    Page("scenarios:step", {"teacher"}, model=own_scenario, beside=of_step),
    Page("scenarios:invitation", {"teacher"}, model=own_author),
    Page("scenarios:home", pages.EVERYONE),
    Page("scenarios:reviews", pages.EVERYONE),
    Page("scenarios:review", pages.TEACHERS),
    Page("scenarios:report", pages.EVERYONE),
    Page("scenarios:qualifications", {"operator"}),
    Page("scenarios:qualification", {"operator"}, model=own_qualification, otherwise=404),
    Page("scenarios:cases", {"operator"}),
    Page("scenarios:case", {"operator"}, model=own_case),
    Page("scenarios:appeal", {"teacher"}, model=own_case),
    Page("scenarios:scenario", pages.EVERYONE, model=own_scenario, by="", beside=of_scenario),
    Page("scenarios:paper", pages.EVERYONE, model=own_scenario, by="", beside=of_scenario),
]
PUBLIC = {"scenarios:home", "scenarios:scenario", "scenarios:paper", "scenarios:reviews"}
ELSEWHERE = {
    "scenarios:arrange",
    "scenarios:withdraw",
    "scenarios:remove",
    "scenarios:restore",
    "scenarios:go_back",
    "scenarios:leave",
    "scenarios:take_out",
    "scenarios:remove_review",
    # Leads on, unless a resource is in its address: test_qualifying.py.
    "scenarios:qualify",
}
LISTS = [
    ("teacher", "scenarios:space", many_scenarios),
    ("teacher", "scenarios:take_up?" + USED, many_scenarios),
    ("teacher", "scenarios:workshop", many_scenario_steps),
    ("teacher", "scenarios:versions", many_scenario_versions),
    ("teacher", "scenarios:authors", many_co_authors),
    ("pupil", "scenarios:home", many_scenarios),
    ("pupil", "scenarios:reviews?" + USED, many_opinions),
    ("pupil", "scenarios:scenario", many_published_steps),
    ("pupil", "scenarios:paper", many_published_steps),
]
LISTS_APART = {
    # For whoever runs the platform: scenarios/tests/test_opinions.py, test_qualifying.py.
    "scenarios:cases",
    "scenarios:case",
    "scenarios:qualifications",
    "scenarios:qualification",
}
ONE_THING = {
    # The facts or one step of a scenario, its publication, one signature.
    "scenarios:review",
    "scenarios:report",
    "scenarios:appeal",
    "scenarios:qualify",
    "scenarios:create",
    "scenarios:facts",
    "scenarios:add_step",
    "scenarios:step",
    "scenarios:publish",
    "scenarios:invitation",
}
# Of the author of a scenario (scenarios/tests).
OF_OTHERS = {"scenarios:arrange"}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    # Of no school: nobody of the cast was given it, and the operator of the matrix runs one territory.
    Qualification: near(),
    # One's own reviews; what is decided of them, by whoever runs the platform.
    Review: near(own={"teacher"}, other_class={"teacher_parent"}),
    Case: near(own={"teacher"}, other_class={"teacher_parent"}),
    **dict.fromkeys([Scenario, Version, Author], near(own={"teacher"}, other_class={"teacher_parent"})),
}
OPENS: dict[str, Near | set[str]] = {
    "scenarios:space": {"teacher", "teacher_parent"},
    "scenarios:create": {"teacher", "teacher_parent"},
    "scenarios:take_up": {"teacher", "teacher_parent"},
    **dict.fromkeys(
        [
            f"scenarios:{name}"
            for name in (
                "workshop",
                "facts",
                "add_step",
                "step",
                "arrange",
                "publish",
                "withdraw",
                "remove",
                "restore",
                "versions",
                "authors",
                "go_back",
                "invitation",
                "leave",
            )
        ],
        SEES[Scenario],
    ),
    "scenarios:reviews": EVERYONE,
    "scenarios:report": SIGNED_IN,
    "scenarios:review": {"teacher", "teacher_parent"},
    "scenarios:remove_review": SEES[Review],
    "scenarios:qualifications": set(),
    "scenarios:qualify": set(),
    "scenarios:qualification": SEES[Qualification],
    "scenarios:cases": set(),
    "scenarios:case": near(),
    "scenarios:appeal": SEES[Review],
    # Nobody takes oneself out: it is done on the line of a colleague.
    "scenarios:take_out": set(),
    **dict.fromkeys(["scenarios:home", "scenarios:scenario", "scenarios:paper"], EVERYONE),
}
REST_OF_ADDRESS = {
    **{f"scenarios:{name}": {"key": SCENARIO_STEP} for name in ("step", "arrange")},
    **{f"scenarios:{name}": {"code": SCENARIO_CODE} for name in ("scenario", "paper")},
}
NAMES = {
    "scenario": Named(Scenario),
    "teacher": Named(Person),
    "pupils": Named(Person),
    "person": Named(Person),
}
PLAIN = dict.fromkeys(
    [
        "words",
        "seen",
        "to",
        "minutes",
        "why",
        "sure",
        "subject",
        "avis",
        "clarity",
        "interest",
        "ease",
        "context",
        "decision",
        "adresse",
        "abstract",
        "objectives",
        "objectives-forme",
        "material",
        "resources",
        "setting",
        "teacher-forme",
        "pupils-forme",
        "differentiation",
        "differentiation-forme",
        "signature",
        "pseudonym",
        "de",
        "a",
    ],
    (),
)

# Forms and files

PAGE_OF_RESOURCE = "/ressources/maths-au-college/le-theoreme-de-thales/"
SCENARIO = {
    "title": "Mesurer un arbre",
    "abstract": "Avec son ombre.",
    "levels": ["4e"],
    "subject": "mathematiques",
    "minutes": "50",
    "objectives": "Calculer.",
    "material": "Une corde",
    "resources": PAGE_OF_RESOURCE,
}
SCENARIO_STEP_TYPED = {
    "title": "Mesurer",
    "minutes": "10",
    "setting": "sous-groupe",
    "teacher": "Distribue.",
    "pupils": "Mesurent.",
    "material": "Une corde",
    "differentiation": "Un schéma.",
}
OPINION = {
    "adresse": PAGE_OF_RESOURCE,
    "clarity": "5",
    "interest": "4",
    "access": "3",
    "ease": "4",
    "level": "4e",
    "context": "En demi-groupe",
    "text": "Très clair.",
    "signature": "role",
}


def _shown_again(stage: Stage) -> None:
    Review.objects.filter(pk=stage.own(Review).pk).update(hidden_at=None)


def _waits(stage: Stage) -> None:
    runs_the_platform(stage)
    Case.objects.filter(pk=stage.own(Case).pk).update(state="open", hidden=False)


def _scenario_removed(stage: Stage) -> None:
    Scenario.objects.filter(pk=stage.own(Scenario).pk).update(removed_at=NOW)


def _with_another_author(stage: Stage) -> None:
    colleague = stage.people["teacher_parent"]
    Author.objects.create(scenario=stage.own(Scenario), person=colleague, invited_at=NOW, accepted_at=NOW)


def _by_another_author(stage: Stage) -> None:
    """The line of the stage becomes a colleague's, and the cast's teacher the one who began it."""
    author = stage.own(Author)
    colleague = stage.people["teacher_parent"]
    Author.objects.filter(pk=author.pk).update(person=colleague, is_first=False)
    Author.objects.create(
        scenario=author.scenario,
        person=stage.people["teacher"],
        is_first=True,
        invited_at=NOW,
        accepted_at=NOW,
    )


BODIES = {
    "scenarios:create": Body(
        "teacher", lambda stage: dict(SCENARIO), wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "scenarios:take_up": Body(
        "teacher",
        lambda stage: {"adresse": PAGE_OF_RESOURCE, "geste": "adapter"},
        wrong=lambda stage: {"geste": "lier", "scenario": ""},
    ),
    "scenarios:facts": Body(
        "teacher", lambda stage: SCENARIO | {"seen": "1"}, wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "scenarios:add_step": Body(
        "teacher", lambda stage: dict(SCENARIO_STEP_TYPED), wrong=lambda stage: {"minutes": "beaucoup"}
    ),
    "scenarios:step": Body(
        "teacher",
        lambda stage: SCENARIO_STEP_TYPED | {"seen": "1"},
        wrong=lambda stage: {"minutes": "beaucoup"},
    ),
    "scenarios:arrange": Body("teacher", lambda stage: {"geste": "retirer"}),
    "scenarios:publish": Body(
        "teacher",
        lambda stage: {"signature": "pseudonym", "pseudonym": "Plume", "licence": "cc-by", "sure": "on"},
        wrong=lambda stage: {"sure": ""},
    ),
    "scenarios:withdraw": Body("teacher"),
    "scenarios:remove": Body("teacher"),
    "scenarios:restore": Body("teacher", before=_scenario_removed),
    "scenarios:go_back": Body("teacher"),
    "scenarios:authors": Body(
        "teacher",
        lambda stage: {"person": stage.people["teacher_parent"].pk},
        wrong=lambda stage: {"person": ""},
    ),
    "scenarios:invitation": Body(
        "teacher",
        lambda stage: {"signature": "pseudonym", "pseudonym": "Plume"},
        wrong=lambda stage: {"pseudonym": ""},
    ),
    "scenarios:leave": Body("teacher", before=_with_another_author),
    "scenarios:take_out": Body("teacher", before=_by_another_author),
    "scenarios:review": Body("teacher", lambda stage: dict(OPINION), wrong=lambda stage: {"clarity": "6"}),
    "scenarios:remove_review": Body("teacher"),
    "scenarios:report": Body(
        "guardian",
        lambda stage: {"avis": stage.own(Review).pk, "reason": "wrong", "words": "Regardez."},
        _shown_again,
        lambda stage: {"reason": ""},
    ),
    "scenarios:case": Body(
        "operator", lambda stage: {"decision": "masquer", "why": "Un nom."}, _waits, lambda stage: {"why": ""}
    ),
    "scenarios:qualify": Body("operator", lambda stage: {"adresse": PAGE_OF_RESOURCE}, runs_the_platform),
    "scenarios:qualification": Body(
        "operator",
        lambda stage: {"geste": "mener", "to": "cleared", "words": "Licence lue.", "seen": "noticed"},
        runs_the_platform,
        wrong=lambda stage: {"to": "?"},
    ),
    "scenarios:appeal": Body(
        "teacher", lambda stage: {"words": "Personne n’est nommé."}, wrong=lambda stage: {"words": ""}
    ),
}
# A scenario that is published is everybody's; what is said to the platform of one is between its people.
READ_BY = {
    **dict.fromkeys(
        [f"scenarios:{name}" for name in ("create", "facts", "add_step", "step", "publish", "review")],
        ANYBODY,
    ),
    "scenarios:invitation": ANYBODY,
    "scenarios:qualification": {"operator"},
    "scenarios:report": {"operator"},
    "scenarios:appeal": {"operator", "teacher"},
    "scenarios:case": {"operator", "teacher"},
}
ONE_BUTTON = {"scenarios:qualify"}
OTHER_FILES = {"scenarios:paper"}
NOT_CONFIRMED = {
    "scenarios:paper": "a page that anyone may read, to print",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """One of each teacher: published in words that anyone reads, then written on in words that its authors alone read."""
    people = stage.people
    writers = {
        OWN: people["teacher"],
        OTHER_CLASS: people["teacher_parent"],
        DEPARTED: people["former_teacher"],
        OTHER_SCHOOL: stage.twin.people["teacher"],
    }
    marks = {
        OWN: stage.mark("what the teacher is writing", {"teacher"}, {"teacher"}),
        OTHER_CLASS: stage.mark("what another teacher is writing", {"teacher_parent"}, {"teacher_parent"}),
        DEPARTED: stage.mark("what a former teacher was writing", set()),
        OTHER_SCHOOL: f"{STEM} {TWIN}",
    }
    resource = Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")
    for scope, words in marks.items():
        person = writers[scope]
        facts = Facts("Un scénario", "Un résumé.", ("4e",), "mathematiques", 50, "<p>Chercher.</p>")
        content = Content(facts, (Step(SCENARIO_STEP, "Chercher", 10),))
        code = {"code": SCENARIO_CODE} if scope == OWN else {}
        made = Scenario.objects.create(
            school=stage.world_of(scope).school,
            title="Un scénario",
            body=content.told(),
            made_at=NOW,
            changed_at=NOW,
            **code,
        )
        author = Author.objects.create(
            scenario=made, person=person, is_first=True, invited_at=NOW, accepted_at=NOW
        )
        version = Version.objects.create(
            scenario=made,
            number=1,
            title="Un scénario",
            body=content.told(),
            licence="cc-by",
            signatures=["Un enseignant"],
            made_by=person,
            made_at=NOW,
        )
        written = Content(
            Facts(words, words, ("4e",), "mathematiques", 50, words), (Step(SCENARIO_STEP, words, 10),)
        )
        Scenario.objects.filter(pk=made.pk).update(
            title=words, body=written.told(), state="published", shown=version
        )
        made.refresh_from_db()
        stage.put(scope, made, version, author)
        # What anyone reads of a resource, reported and hidden.
        given = dict.fromkeys(["clarity", "interest", "access", "ease"], 4) | {
            "level": "4e",
            "signed": "Enseignante de 4e",
        }
        review = Review.objects.create(
            person=person, resource=resource, text="Clair.", made_at=NOW, changed_at=NOW, **given
        )
        case = Case.objects.create(
            review=review, state="decided", hidden=True, why="À revoir.", decided_at=NOW, opened_at=NOW
        )
        Report.objects.create(case=case, person=stage.people["cook"], reason="wrong", made_at=NOW)
        tried = Resource.objects.published().exclude(qualification__isnull=False).order_by("key")[0]
        known = Qualification.objects.create(resource=tried, opened_at=NOW, changed_at=NOW)
        stage.put(scope, review, case, known)
