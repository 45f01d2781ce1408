"""The lists of a school for whoever feeds and keeps its pupils outside lessons: names, classes, whom to call. Nothing else."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Guardianship
from preau.directory.models.scoping import active_on
from preau.directory.queries.finding import pupils_here
from preau.directory.viewer import Viewer
from preau.directory.words import Kinship


@dataclass(frozen=True)
class Call:
    """Somebody to call for a pupil, as a list that goes around says them: an institution has no name there, only a number."""

    name: str
    kinship: str
    phone: str

    @classmethod
    def of(cls, link: Guardianship) -> "Call":
        guardian = link.guardian
        name = _("Responsable de l’élève") if guardian.is_institution else guardian.full_name
        return cls(name, Kinship(link.kinship).on_lists, guardian.phone)


@dataclass(frozen=True)
class ListedPupil:
    list_name: str
    calls: tuple[Call, ...]


def classes_listed(viewer: Viewer) -> "QuerySet[Group]":
    """The classes of the year, with how many pupils are in each today."""
    learning = Q(active_on(viewer.today, "enrolments__"), enrolments__pupil__in=_pupils(viewer))
    classes = Group.objects.in_school(viewer).classes().filter(year=viewer.year)
    found: QuerySet[Group] = classes.annotate(
        pupils=Count("enrolments__pupil", filter=learning, distinct=True)
    ).order_by("name")
    return found


def pupils_listed(viewer: Viewer, group: Group) -> list[ListedPupil]:
    """The pupils of a class, each with whom to call, in the order in which the school calls them. Two queries.

    Whoever may not be informed is not there; neither is an address, a birth name, a mark or an absence.
    """
    learning = Enrolment.objects.active(viewer.today).filter(group=group, pupil__in=_pupils(viewer))
    pupils = [
        row.pupil for row in learning.select_related("pupil").order_by("pupil__search_name", "pupil_id")
    ]
    calls = _calls(viewer, [pupil.pk for pupil in pupils])
    return [ListedPupil(pupil.list_name, tuple(calls[pupil.pk])) for pupil in pupils]


def _pupils(viewer: Viewer) -> Any:
    return pupils_here(viewer).values("person_id")


def _calls(viewer: Viewer, pupils: list[int]) -> dict[int, list[Call]]:
    rows = Guardianship.objects.active(viewer.today).of_another()
    rows = rows.filter(pupil__in=pupils, may_not_be_informed=False, guardian__erased_at=None)
    found: dict[int, list[Call]] = defaultdict(list)
    for row in rows.select_related("guardian").order_by("contact_priority", "guardian__search_name", "pk"):
        found[row.pupil_id].append(Call.of(row))
    return found
