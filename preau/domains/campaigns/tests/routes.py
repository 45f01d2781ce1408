"""The routes of campaigns, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.models import Group, Person
from preau.directory.tests.props import cast_pupil, many_classes
from preau.directory.viewer import viewer_for
from preau.domains.attendance.models import Entry, FollowUp
from preau.domains.campaigns.models import Campaign, PostalAddress, Sending
from preau.domains.campaigns.queries import plan
from preau.domains.campaigns.tests.props import many_aimed_at, many_campaigns, own_campaign, own_draft
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
    STEM,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("campaigns:received", pages.FAMILY),
    *(Page(f"campaigns:{name}", pages.SCHOOL_LIFE) for name in ("campaigns", "start")),
    *(Page(f"campaigns:{name}", pages.SCHOOL_LIFE, model=own_draft) for name in ("text", "check", "confirm")),
    Page("campaigns:campaign", pages.SCHOOL_LIFE, model=own_campaign),
    *(
        Page(f"campaigns:{name}", pages.SCHOOL_LIFE, model=cast_pupil, by="public_id")
        for name in ("sent", "reach")
    ),
]
ELSEWHERE = {
    "campaigns:from_list",
    "campaigns:drop",
    "campaigns:stop",
    "campaigns:retry",
    "campaigns:posted",
    "campaigns:letters",
    "campaigns:export",
}
LISTS = [
    ("cpe", "campaigns:campaigns", many_campaigns),
    ("cpe", "campaigns:start", many_classes),
    ("cpe", "campaigns:text", many_aimed_at),
    ("cpe", "campaigns:check", many_aimed_at),
    ("cpe", "campaigns:confirm", many_aimed_at),
    ("cpe", "campaigns:campaign", many_aimed_at),
    ("cpe", "campaigns:export", many_aimed_at),
    ("cpe", "campaigns:sent", many_campaigns),
    ("guardian", "campaigns:received", many_campaigns),
]
LISTS_APART = {
    # Forty sheets a lot: test_sending.py.
    "campaigns:letters",
}
ONE_THING = {"campaigns:reach"}
ARGUMENTS = {"campaigns:export": lambda college: {"pk": own_campaign(college).pk}}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    Campaign: near(own=LIFE, other_class=LIFE, departed=LIFE, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    "campaigns:received": FAMILY | OTHER_FAMILY,
    **dict.fromkeys(["campaigns:campaigns", "campaigns:start", "campaigns:from_list"], LIFE | NEIGHBOURING),
    **dict.fromkeys(
        [
            f"campaigns:{name}"
            for name in (
                "campaign",
                "text",
                "check",
                "confirm",
                "drop",
                "stop",
                "retry",
                "posted",
                "letters",
                "export",
            )
        ],
        ALL_SCOPES_OF_SCHOOL_LIFE,
    ),
    **dict.fromkeys(
        ["campaigns:sent", "campaigns:reach"], near(own=LIFE, other_class=LIFE, other_school=NEIGHBOURING)
    ),
}
NAMES = {
    "suivis": Named(FollowUp),
    "group": Named(Group),
}
PLAIN = dict.fromkeys(
    [
        "body",
        "at_least",
        "by_letter",
        "by_mail",
        "by_sms",
        "sms",
        "keep",
        "sure",
        "street",
        "postcode",
        "city",
        "no_sms",
        "lot",
    ],
    (),
)

# Forms and files

ASKED = {"kind": "absences", "since": "2026-11-01", "until": "2026-11-24", "at_least": "1", "group": ""}
WRITTEN = {"by_mail": "on", "body": "Bonjour, au sujet de {prenom}.", "keep": "on"}
LIVES = {"street": "4 rue du Moulin", "postcode": "35000", "city": "Rennes", "no_sms": "on"}


def _seen_by_the_cpe(stage: Stage) -> list[plan.Line]:
    cpe = viewer_for(stage.people["cpe"], 0, timezone.now(), f"staff-{stage.college.school.pk}")
    return plan.lines_of(cpe, Campaign.objects.get(pk=stage.own(Campaign).pk))


def _left_out(stage: Stage) -> Data:
    line = next(one for one in _seen_by_the_cpe(stage) if one.leaves)
    return {"geste": f"ecarter-{line.key}"}


def _looked_at(stage: Stage) -> Data:
    return {"seen": plan.mark_of(_seen_by_the_cpe(stage)), "sure": "on"}


def _reachable(stage: Stage) -> None:
    """A number that was lost is tried again where the directory has one."""
    Person.objects.filter(pk=stage.people["guardian"].pk).update(phone="06 12 34 56 78")


BODIES = {
    "campaigns:received": Body("guardian", lambda stage: {"geste": "refuser"}),
    "campaigns:start": Body("cpe", lambda stage: dict(ASKED), wrong=lambda stage: {"at_least": "0"}),
    "campaigns:from_list": Body("cpe", lambda stage: {"entries": [stage.own(Entry).pk]}),
    "campaigns:text": Body("cpe", lambda stage: dict(WRITTEN), wrong=lambda stage: {"body": "{secret}"}),
    "campaigns:check": Body("cpe", _left_out),
    "campaigns:confirm": Body("cpe", _looked_at, wrong=lambda stage: {"sure": ""}),
    "campaigns:drop": Body("cpe"),
    "campaigns:stop": Body("cpe"),
    "campaigns:retry": Body("cpe", before=_reachable),
    "campaigns:posted": Body("cpe"),
    "campaigns:reach": Body("cpe", lambda stage: dict(LIVES), wrong=lambda stage: {"city": ""}),
}
# Where somebody lives is read by those who write to them, and by themselves.
READ_BY = {
    "campaigns:text": LIFE | {"guardian"},
    "campaigns:reach": LIFE | {"pupil"},
}
ONE_BUTTON = {"campaigns:check", "campaigns:received"}
SHEETS = {
    "campaigns:export": "cpe",
}
OTHER_FILES = {"campaigns:letters"}
CONFIRMED = {"campaigns:confirm"}
NOT_CONFIRMED = {
    "campaigns:letters": "letters of a campaign that was confirmed",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """In each scope a draft about its pupil, a letter that waits and a text message that failed; where a mother lives."""
    life = {"head", "cpe"}
    for scope in (OWN, OTHER_CLASS, DEPARTED, OTHER_SCHOOL):
        world = stage.world_of(scope)
        pupil, cpe = place_of(stage, Person, scope), world.people["cpe"]
        mother = (
            stage.people["guardian"]
            if scope == OWN
            else Person.objects.create(family_name="Mère", given_name="Eva")
        )
        reader = {"guardian"} if scope == OWN else set()
        words = place = subject = f"{STEM} {TWIN}"
        if scope != OTHER_SCHOOL:
            words = stage.mark(
                f"what a family was written, {scope}", life | reader, life if scope == OWN else set()
            )
            place = stage.mark(f"where a mother lives, {scope}", life | reader, life)
            subject = stage.mark(f"words of a draft, {scope}", life, life)
        campaign = Campaign.objects.create(
            school=world.school,
            kind=Campaign.Kind.CHOSEN,
            by_mail=True,
            by_letter=True,
            body=f"{subject} {{eleve}}",
            sms="Bonjour",
            key=f"stage {scope}",
            made_by=cpe,
            made_at=NOW,
        )
        target = campaign.targets.create(school=world.school, pupil=pupil)
        target.entries.add(place_of(stage, Entry, scope))
        about = {
            "school": world.school,
            "target": target,
            "pupil": pupil,
            "person": mother,
            "made_at": NOW,
            "due_at": NOW,
        }
        # To somebody who is told of nothing any more: confirming the draft writes to the mother.
        aunt = Person.objects.create(family_name="Tante", given_name="Eva")
        Sending.objects.create(channel="letter", to=place, text=words, sheet="x", **about | {"person": aunt})
        Sending.objects.create(
            channel="sms", to="+33699999999", text=words, parts=1, state="failed", reason="lost", **about
        )
        lives = {"street": place, "postcode": "35000", "city": "Rennes", "noted_by": cpe, "noted_at": NOW}
        PostalAddress.objects.update_or_create(school=world.school, person=mother, defaults=lives)
        stage.put(scope, campaign)


def plant_formulas(evil: str) -> None:
    Sending.objects.update(to=evil)
