"""The routes of mediacentre, as it tells the tests of them (tests/declared.py)."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from conftest import NOW, TWIN
from preau.directory.models import Enrolment, Group, Person, Subject
from preau.directory.tests.props import many_pupils
from preau.directory.tests.routes.matrix import a_search
from preau.domains.mediacentre.models import BroughtList, Resource, Rule, Subscription, Target
from preau.domains.mediacentre.tests.props import (
    many_digital_resources,
    many_digital_rules,
    many_in_a_rule,
    many_librarians,
    many_lines_aside,
    many_lists,
    named_rule,
    own_digital_resource,
    own_list,
)
from tests import pages
from tests.declared import FORM, Body, Data, Named
from tests.net.matrix_cast import (
    FAMILY,
    NEIGHBOURING,
    OTHER_CLASS,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    STAFF,
    STEM,
    TODAY,
    WHOLE_STAFF,
    Near,
    Stage,
    near,
    place_of,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("mediacentre:mine", pages.EVERYONE),
    Page("mediacentre:one", pages.EVERYONE, model=own_digital_resource),
    *(Page(f"mediacentre:{name}", {"head"}) for name in ("resources", "assign", "rules", "lists")),
    *(Page(f"mediacentre:{name}", {"head"}, model=own_digital_resource) for name in ("resource", "people")),
    Page("mediacentre:rule", {"head"}, model=named_rule),
    Page("mediacentre:list", {"head"}, model=own_list),
]
ELSEWHERE = {
    "mediacentre:understand",
    "mediacentre:end",
    "mediacentre:restore",
    "mediacentre:export",
    "mediacentre:apply_list",
    "mediacentre:drop_list",
    "mediacentre:licences",
    "mediacentre:families",
    "mediacentre:give",
    "mediacentre:set_apart",
}
LISTS = [
    ("pupil", "mediacentre:mine", many_digital_resources),
    ("guardian", "mediacentre:mine", many_digital_resources),
    ("head", "mediacentre:resources", many_digital_resources),
    ("head", "mediacentre:resource", many_digital_rules),
    ("head", "mediacentre:people", many_pupils),
    ("head", "mediacentre:people?qui=sans", many_librarians),
    ("head", "mediacentre:rules", many_digital_rules),
    ("head", "mediacentre:rule", many_in_a_rule),
    ("head", "mediacentre:lists", many_lists),
    ("head", "mediacentre:list", many_lines_aside),
    ("head", "mediacentre:export", many_digital_resources),
]
LISTS_APART = {
    # Names the resources that were chosen: mediacentre/tests/test_pages.py.
    "mediacentre:assign",
}
ONE_THING = {
    # One resource, and what is transmitted to one site.
    "mediacentre:one",
}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    # Whoever assigns, and those of the class that has it; families, since it is shown to them.
    Resource: near(
        own={"head"} | OWN_FAMILY, other_class={"head"} | OTHER_FAMILY, other_school={"neighbour_head"}
    ),
    **dict.fromkeys(
        [Rule, BroughtList], near(own={"head"}, other_class={"head"}, other_school={"neighbour_head"})
    ),
}
OPENS: dict[str, Near | set[str]] = {
    "mediacentre:mine": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "mediacentre:one": SEES[Resource],
    # The GAR knows no guardian.
    "mediacentre:understand": near(own={"head", "pupil"}, other_class={"head"}, other_school=NEIGHBOURING),
    **dict.fromkeys(
        [f"mediacentre:{name}" for name in ("resources", "assign", "rules", "lists", "export")],
        {"head"} | NEIGHBOURING,
    ),
    **dict.fromkeys(
        [
            f"mediacentre:{name}"
            for name in ("resource", "people", "give", "set_apart", "licences", "families")
        ],
        near(own={"head"}, other_class={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys([f"mediacentre:{name}" for name in ("rule", "end", "restore")], SEES[Rule]),
    **dict.fromkeys(
        [f"mediacentre:{name}" for name in ("list", "apply_list", "drop_list")], SEES[BroughtList]
    ),
}
NAMES = {
    "personne": Named(Person, "public_id"),
    "ressource": Named(Resource),
    "texte": Named(Person, says=a_search),
    "groups": Named(Group),
    "subjects": Named(Subject),
}
PLAIN = dict.fromkeys(["publics", "sent_as", "public", "whom", "licences", "liste"], ())

# Forms and files

GAR_LIST = b"""{"listeRessources": {"ressource": [{"idRessource": "ark:/1/1", "nomRessource": "Atlas", "urlAccesRessource": "https://a.gar.example/x"}]}}"""


def _assigned(stage: Stage) -> Data:
    pupils = Enrolment.objects.active(NOW.date()).filter(group=stage.own(Group))
    return {
        "ressource": [stage.own(Resource).pk],
        "whom": "pupil-groups",
        "groups": [stage.own(Group).pk],
        "sent_as": FORM,
        "geste": "attribuer",
        "vu": str(pupils.values("pupil_id").distinct().count()),
    }


def _rule_is_ended(stage: Stage) -> None:
    Rule.objects.filter(pk=stage.own(Rule).pk).update(ended_at=timezone.now(), ended_by=stage.people["head"])


BODIES = {
    "mediacentre:understand": Body("pupil"),
    "mediacentre:assign": Body("head", _assigned, wrong=lambda stage: {"whom": ""}),
    "mediacentre:give": Body("head", lambda stage: {"personne": [stage.people["teacher"].public_id]}),
    "mediacentre:set_apart": Body("head", lambda stage: {"personne": [stage.people["pupil"].public_id]}),
    "mediacentre:licences": Body(
        "head",
        lambda stage: {
            "licences": "40",
            "publics": ["pupil"],
            "kind": "person",
            "starts": "",
            "ends": "2027-07-04",
        },
        wrong=lambda stage: {"licences": "-1"},
    ),
    "mediacentre:families": Body("head", lambda stage: {"montrer": "non"}),
    "mediacentre:end": Body("head"),
    "mediacentre:restore": Body("head", before=_rule_is_ended),
    "mediacentre:lists": Body(
        "head",
        lambda stage: {"liste": SimpleUploadedFile("liste.json", GAR_LIST)},
        wrong=lambda stage: {"liste": []},
    ),
    "mediacentre:apply_list": Body("head"),
    "mediacentre:drop_list": Body("head"),
}
READ_BY = {"mediacentre:lists": WHOLE_STAFF}
FILES_ALONE = {"mediacentre:lists"}
SHEETS = {
    "mediacentre:export": "head",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A resource of each class, its rule, and the list it came from."""
    college = stage.college
    # Those of the seeds are given by subject and by level: here, only what the stage gives is looked at.
    Rule.objects.filter(school=college.school).delete()
    Subscription.objects.filter(school=college.school).delete()
    for scope, world, readers, must in [
        (OWN, college, {"head"} | FAMILY | {"teacher_parent"}, {"head", "pupil", "guardian"}),
        (OTHER_CLASS, college, {"head", "former_guardian"}, {"head"}),
        (OTHER_SCHOOL, stage.twin, None, None),
    ]:
        name = (
            stage.mark(f"a digital resource ({scope})", readers, must or ()) if readers else f"{STEM} {TWIN}"
        )
        head: Any = world.people["head"]
        resource = Resource.objects.create(
            school=world.school,
            code=f"ark:/matrix/{scope}",
            name=name,
            search_name=name.lower(),
            listed_on=TODAY,
            url="https://sp-auth.gar.example/matrix",
            with_families=True,
        )
        rule = Rule.objects.create(
            school=world.school, public="pupil", scope="groups", made_by=head, made_at=NOW
        )
        rule.resources.add(resource)
        Target.objects.create(school=world.school, rule=rule, group=place_of(stage, Group, scope))
        names: dict[str, list[str]] = {part: [] for part in ("created", "changed", "back", "closed")}
        counts = dict.fromkeys(["created", "changed", "back", "closed"], 0)
        brought = BroughtList.objects.create(
            school=world.school,
            kind="subscriptions",
            name="liste.json",
            digest=scope,
            by=head,
            at=NOW,
            facts={"records": [], "aside": [], "kept": []},
            report=counts | {"same": 0, "aside": [], "names": names},
        )
        stage.put(scope, resource, rule, brought)
