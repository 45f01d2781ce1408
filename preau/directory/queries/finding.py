"""What the search box finds in the directory: pupils, staff, families. Each kind starts from the viewer's own scope."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import STAFF as STAFF_ROLES
from preau.directory.words import Role
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms
from preau.foundation.prepared import Prepared
from preau.foundation.templating import url
from preau.foundation.text import bare, filled

NAMES = ("pk", "public_id", "family_name", "given_name", "search_name")
Line = dict[str, Any]


def pupils_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """The pupils of the school, for its staff; their own children, for families. With their class."""
    found = _best(wanted, PUPILS(viewer, wanted))
    return _hits(found, lambda line: line["class_name"] or "")


def _pupils(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Person, Line]":
    """Each with the class of today, in the same statement: a search asks thirteen others."""
    own_class = Subquery(_learning(viewer, Q(pupil=OuterRef("pk"))).values("group__name")[:1])
    people = Person.objects.filter(pk__in=_pupil_ids(viewer)).annotate(class_name=own_class)
    return wanted.among(people.values(*NAMES, "class_name"), "search_name")


PUPILS = Prepared(_pupils)


def _pupil_ids(viewer: Viewer) -> Any:
    if viewer.is_staff:
        return pupils_here(viewer).values("person_id")
    return viewer.own_pupils()


def pupils_here(viewer: Viewer) -> "QuerySet[Holding]":
    """Who is a pupil of the viewer's school today."""
    return Holding.objects.pupils_here(viewer)


def classes_of(viewer: Viewer, pupils: Sequence[int]) -> dict[int, str]:
    """The class of each of these pupils today; a viewer who acts in one school reads it there."""
    return dict(CLASSES(viewer, tuple(pupils)))


def _learning(viewer: Viewer, whose: Q) -> "QuerySet[Enrolment]":
    learning = Enrolment.objects.active(viewer.today).filter(whose, group__kind=Group.Kind.CLASS)
    return learning.filter(school_id=viewer.school_id) if viewer.school else learning


CLASSES = Prepared(
    lambda viewer, pupils: _learning(viewer, Q(pupil__in=pupils)).values_list("pupil_id", "group__name")
)


def staff_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """Colleagues, by their name or by what they do in the school (« CPE », « infirmerie »)."""
    lines: dict[int, Line] = {}
    for line in STAFF(viewer, wanted):
        known = lines.setdefault(line["person_id"], line | {"said": []})
        role = Role(line["role"]).said_of(line["civility"])
        known["said"].append(f"{role} · {line['title']}" if line["title"] else role)
    found = wanted.best(lines.values(), _name_and_work)
    return _hits(found, lambda line: ", ".join(dict.fromkeys(line["said"])))


def _name_and_work(line: Line) -> str:
    return f"{line['search_name']} {bare(' '.join(line['said']))}"


def _staff(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Holding, Line]":
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id).exclude(role=Role.PUPIL)
    # Accents of a title stay: those of the labels, folded here, find as much.
    roles = Case(
        *(When(role=role, then=Value(bare(str(role.label)))) for role in STAFF_ROLES), default=Value("")
    )
    text = Concat("person__search_name", Value(" "), Lower("title"), Value(" "), roles)
    held = held.annotate(folded=text, civility=F("person__civility"))
    columns = {name: F(f"person__{name}") for name in NAMES if name != "pk"}
    return wanted.among(held.values("person_id", "role", "title", "civility", **columns), "folded")


STAFF = Prepared(_staff)


def families_found(viewer: Viewer, wanted: LookupTerms) -> list[Hit]:
    """Who answers for a pupil of the school, or is called for them, with the children they follow here.

    People, never an institution: « aide sociale » is not a word by which to find the children who are placed.
    """
    lines: dict[int, Line] = {}
    for line in FAMILIES(viewer, wanted):
        known = lines.setdefault(line["guardian_id"], line | {"children": []})
        known["children"].append(f"{line['child']} {line['child_family']}")
    return _hits(
        _best(wanted, lines.values()),
        lambda line: filled(_("Responsable de %(names)s"), names=", ".join(line["children"])),
    )


def _families(viewer: Viewer, wanted: LookupTerms) -> "QuerySet[Guardianship, Line]":
    followed = Guardianship.objects.active(viewer.today).of_another()
    followed = followed.filter(
        pupil__in=pupils_here(viewer).values("person_id"), guardian__is_institution=False
    )
    followed = followed.annotate(folded=F("guardian__search_name"))
    columns = {name: F(f"guardian__{name}") for name in NAMES if name != "pk"}
    child = {"child": F("pupil__given_name"), "child_family": F("pupil__family_name")}
    return wanted.among(followed.values("guardian_id", **columns, **child), "folded")


FAMILIES = Prepared(_families)


def _best(wanted: LookupTerms, lines: Iterable[Line]) -> list[tuple[Line, int]]:
    return wanted.best(lines, lambda line: line["search_name"])


def _hits(found: Iterable[tuple[Line, int]], detail: Callable[[Line], str]) -> list[Hit]:
    return [
        Hit(
            label=f"{line['family_name'].upper()} {line['given_name']}".strip(),
            url=url("directory:person", public_id=line["public_id"]),
            detail=detail(line),
            near=slips > 0,
        )
        for line, slips in found
    ]
