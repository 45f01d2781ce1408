"""Who is in a class, as a service may know it: names that are its own, roles, and what the school lets out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from preau.commons.lti.models import Context, groups_taught
from preau.commons.lti.models.activities import groups_learnt
from preau.commons.lti.words import ADMINISTRATOR, INSTRUCTOR, LEARNER, MENTOR
from preau.commons.signon.models import Alias
from preau.commons.signon.queries import consent
from preau.directory.models import Assignment, Enrolment, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role

NAMES = ("first_name", "last_name", "email")


def role_in(viewer: Viewer, context: Context) -> str:
    """What this seat is in this class; empty for whoever is nothing there."""
    group = context.group_id
    if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
        if not groups_learnt(viewer).filter(group=group).exists():
            return ""
        return LEARNER if viewer.profile == Profile.PUPIL else MENTOR
    if not viewer.is_staff or viewer.school_id != context.opening.school_id:
        return ""
    if viewer.holds(Role.TEACHER) and groups_taught(viewer).filter(group=group).exists():
        return INSTRUCTOR
    return ADMINISTRATOR if viewer.holds(Role.HEAD) else ""


def learners_of(context: Context, today: date) -> set[int]:
    """The pupils of the class, today, to whom the school opened the service; of an optional one, those for whom it was
    agreed to."""
    if not _admits(context, Profile.PUPIL):
        return set()
    rows = Enrolment.objects.active(today)
    here = rows.filter(group=context.group_id, pupil__erased_at=None)
    opening = context.opening
    learners = consent.agreed_pupils(opening, set(here.values_list("pupil", flat=True)), today)
    if not (opening.levels or opening.classes):
        return learners
    learnt = rows.filter(pupil__in=learners, group__school=opening.school_id)
    return {
        pupil
        for pupil, group, level in learnt.values_list("pupil", "group", "group__level")
        if level in opening.levels or group in opening.classes
    }


def teachers_of(context: Context, today: date) -> set[int]:
    """Whoever is in charge of the class, today."""
    if not _admits(context, Profile.STAFF):
        return set()
    rows = Assignment.objects.active(today).filter(group=context.group_id, teacher__erased_at=None)
    return set(rows.values_list("teacher", flat=True))


def _admits(context: Context, profile: Profile) -> bool:
    opening = context.opening
    return profile.value in opening.profiles and profile.value in opening.service.profiles


@dataclass(frozen=True)
class Member:
    """Somebody of a class. `user`: their name at the service."""

    user: str
    roles: list[str]
    names: dict[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {"status": "Active", "user_id": self.user, "roles": self.roles, **self.names}


def members_of(context: Context, today: date, role: str = "") -> list[Member]:
    """Everybody of the class who has a name at the service, in an order that does not change; a fixed number of queries."""
    learners, teachers = learners_of(context, today), teachers_of(context, today)
    roles: dict[int, list[str]] = {}
    for people, word in ((teachers, INSTRUCTOR), (learners, LEARNER)):
        for person in people if role in {"", word} else ():
            roles.setdefault(person, []).append(word)
    rows = Alias.objects.filter(service=context.opening.service_id, person__in=roles)
    leaves = context.opening.leaves
    return [
        Member(row.value, roles[row.person_id], names_of(row.person, leaves))
        for row in rows.select_related("person").order_by("value")
    ]


def names_of(person: Person, leaves: Iterable[str]) -> dict[str, str]:
    """What leaves of a name, in the words of the standard; whatever is empty is left out."""
    known = {
        "first_name": ("given_name", person.given_name),
        "last_name": ("family_name", person.family_name),
        "email": ("email", person.email),
    }
    claims = {known[key][0]: known[key][1] for key in NAMES if key in leaves and known[key][1]}
    if {"given_name", "family_name"} <= set(claims):
        claims["name"] = person.full_name
    return claims


def person_named(context: Context, user: str) -> int | None:
    """Whom a service calls by this name of its own."""
    known = Alias.objects.filter(service=context.opening.service_id, value=user[:64])
    return known.values_list("person", flat=True).first()


def users_of(context: Context, people: Iterable[int]) -> dict[int, str]:
    """How the service calls each of these people."""
    rows = Alias.objects.filter(service=context.opening.service_id, person__in=list(people))
    return dict(rows.values_list("person", "value"))
