"""In which classes and groups somebody stands, and which shares reach them, as filters read it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Group
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

# Who answers for every class of a school.
ANSWERABLE = (Role.HEAD, Role.SCHOOL_LIFE)


def groups_taught(viewer: Viewer) -> Any:
    """The classes and groups that this person teaches or leads today, in the school of the seat."""
    taught = Assignment.objects.filter(active_on(viewer.today), teacher=viewer.person.pk)
    return taught.filter(school=viewer.school_id).values("group_id")


def groups_learnt(viewer: Viewer) -> Any:
    """The classes and groups of the pupils for whom this seat answers, today."""
    learnt = Enrolment.objects.filter(active_on(viewer.today), pupil__in=viewer.own_pupils())
    return learnt.values("group_id")


def groups_entered(viewer: Viewer) -> Any:
    """Those of which the files are open to this seat: a pupil's own; a teacher's; all of the school to its head and school life."""
    if viewer.profile == Profile.PUPIL:
        return groups_learnt(viewer)
    if viewer.holds(*ANSWERABLE):
        return Group.objects.in_school(viewer).values("pk")
    return groups_taught(viewer) if viewer.is_staff else Group.objects.none().values("pk")


class SharedWith(models.TextChoices):
    """Whom a share reaches."""

    PERSON = "person", _("une personne")
    CLASS = "class", _("une classe ou un groupe, et ses professeurs")
    FAMILIES = "families", _("les familles d’une classe ou d’un groupe")
    TEAM = "team", _("les professeurs d’une classe ou d’un groupe")
    STAFF = "staff", _("tous les personnels")


def live_shares(viewer: Viewer, path: str = "") -> Q:
    """Those that last today, of what is not in the bin; `path` leads to the share from what is filtered."""
    facts = {"ended_at": None, "until__gte": viewer.today, "item__trashed_at": None}
    return Q(**{f"{path}{name}": value for name, value in facts.items()})


def reaches(viewer: Viewer, path: str = "") -> Q:
    """Those that name this person, or a class, a family or a staff of which this seat is."""

    def to(*kinds: SharedWith, **facts: Any) -> Q:
        return Q(**{f"{path}to__in": kinds}, **{f"{path}{name}": value for name, value in facts.items()})

    found = to(SharedWith.PERSON, person=viewer.person.pk)
    if viewer.is_staff:
        found |= to(SharedWith.CLASS, SharedWith.TEAM, group__in=groups_taught(viewer))
        return found | to(SharedWith.STAFF, item__school=viewer.school_id)
    if viewer.profile == Profile.PUPIL:
        return found | to(SharedWith.CLASS, group__in=groups_learnt(viewer))
    if viewer.is_guardian:
        return found | to(SharedWith.FAMILIES, group__in=groups_learnt(viewer))
    return found
