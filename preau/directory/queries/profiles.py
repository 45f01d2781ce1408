"""What a person's page says, to whoever opened it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.rules import follows_pupil, reads_acts, reads_families
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Kinship, Role, lead_of_class


@dataclass(frozen=True)
class TaughtSubject:
    """A subject, and with whom (its teachers, or the classes it is taught to)."""

    subject: str
    whom: str
    # The same with the key of each one's page: the public id of a teacher, the number of a class.
    links: tuple[tuple[str, str | int], ...] = ()


@dataclass(frozen=True)
class Kin:
    """The other end of a guardianship: a guardian on a pupil's page, a child on a guardian's."""

    pk: int
    public_id: str
    name: str
    kinship: str
    authority: str
    may_rule: bool = False
    last_day: date | None = None
    has_ended: bool = False
    lives_with: bool = False
    not_to_inform: bool = False
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Profile:
    """Empty parts are those that the person does not have, or that the viewer may not read."""

    functions: tuple[str, ...]
    classes: tuple[str, ...]
    groups: tuple[str, ...]
    taught: tuple[TaughtSubject, ...]
    guardians: tuple[Kin, ...]
    children: tuple[Kin, ...]
    birth_date: date | None
    phone: str
    email: str
    is_pupil: bool
    # Where the person learns: the number of its page, and its name.
    class_links: tuple[tuple[int, str], ...]
    group_links: tuple[tuple[int, str], ...]
    may_read_acts: bool = False

    @property
    def may_rule(self) -> bool:
        return any(kin.may_rule for kin in self.guardians)

    @property
    def is_of_a_pupil(self) -> bool:
        """Is it a pupil's file: theirs, or their family's (docs/decisions/0019)?"""
        return self.is_pupil or bool(self.children)


def profile_of(viewer: Viewer, person: Person) -> Profile:
    """What the viewer may read of this person today, in five queries."""
    held = list(Holding.objects.visible_to(viewer).active(viewer.today).filter(person=person))
    works = [holding for holding in held if holding.role != Role.PUPIL]
    learns = Enrolment.objects.visible_to(viewer).active(viewer.today).filter(pupil=person)
    groups = [row.group for row in learns.select_related("group").order_by("group__name")]
    guardians, children = _kin(viewer, person) if reads_families(viewer) else ((), ())
    may_reach = reads_families(viewer) or viewer.person.pk == person.pk
    is_pupil = bool(groups) or any(holding.role == Role.PUPIL for holding in held)
    return Profile(
        functions=tuple(_function(holding, person.civility) for holding in works),
        classes=tuple(group.name for group in groups if group.kind == Group.Kind.CLASS),
        groups=tuple(group.name for group in groups if group.kind == Group.Kind.GROUP),
        taught=_taught_to(viewer, groups) if groups else _taught_by(viewer, person) if works else (),
        guardians=guardians,
        children=children,
        birth_date=person.birth_date if groups and follows_pupil(viewer) else None,
        phone=person.phone if may_reach else "",
        email=person.email if may_reach else "",
        is_pupil=is_pupil,
        class_links=_links(groups, Group.Kind.CLASS),
        group_links=_links(groups, Group.Kind.GROUP),
        may_read_acts=_may_read_acts(viewer, person, is_pupil),
    )


def _may_read_acts(viewer: Viewer, person: Person, is_pupil: bool) -> bool:
    """What `rules.reads_acts` says, without asking again whether the person learns here."""
    return is_pupil and reads_families(viewer) if viewer.is_staff else reads_acts(viewer, person)


def _links(groups: Iterable[Group], kind: Group.Kind) -> tuple[tuple[int, str], ...]:
    return tuple((group.pk, group.name) for group in groups if group.kind == kind)


def _function(holding: Holding, civility: str) -> str:
    label = Role(holding.role).said_of(civility)
    return f"{label} · {holding.title}" if holding.title else label


def _taught_to(viewer: Viewer, groups: Iterable[Group]) -> tuple[TaughtSubject, ...]:
    """Who teaches these classes and groups: the head teacher first, then by subject."""
    rows = Assignment.objects.visible_to(viewer).active(viewer.today).filter(group__in=list(groups))
    rows = rows.select_related("teacher", "subject").order_by("kind", "subject__name", "teacher__search_name")
    return gathered(
        (
            row.subject.name if row.subject else lead_of_class(in_ecole=viewer.in_primary),
            row.teacher.formal_name,
            row.teacher.public_id,
        )
        for row in rows
    )


def _taught_by(viewer: Viewer, person: Person) -> tuple[TaughtSubject, ...]:
    rows = Assignment.objects.visible_to(viewer).active(viewer.today).filter(teacher=person)
    rows = rows.filter(school_id=viewer.school_id).select_related("group", "subject")
    rows = rows.order_by("kind", "subject__name", "group__name")
    return gathered(
        (
            row.subject.name if row.subject else lead_of_class(in_ecole=viewer.in_primary),
            row.group.name,
            row.group.pk,
        )
        for row in rows
    )


def gathered(rows: Iterable[tuple[str, str, str | int]]) -> tuple[TaughtSubject, ...]:
    """Subjects, names and the keys of their pages, those of one subject together."""
    found: dict[str, dict[tuple[str, str | int], None]] = {}
    for subject, whom, key in rows:
        found.setdefault(subject, {})[whom, key] = None
    return tuple(
        TaughtSubject(subject, ", ".join(dict.fromkeys(name for name, _key in links)), tuple(links))
        for subject, links in found.items()
    )


def _kin(viewer: Viewer, person: Person) -> tuple[tuple[Kin, ...], tuple[Kin, ...]]:
    """Guardians, in the order in which the school calls them; children of the school. Two queries."""
    rows = Guardianship.objects.visible_to(viewer).of_another()
    # What a judge has ended is still told: somebody will ask for the child at the gate.
    rows = rows.filter(active_on(viewer.today) | Q(ruled_on__isnull=False))
    rows = rows.select_related("guardian", "pupil").order_by("contact_priority", "guardian__search_name")
    found = list(rows.filter(pupil=person))
    keeps = viewer.holds(Role.HEAD, Role.SECRETARY) and viewer.person.pk not in {
        row.guardian_id for row in found
    }
    guardians = tuple(_kin_of(row, row.guardian, viewer.today, may_rule=keeps) for row in found)
    # An institution makes no family: its page does not list the children who are placed.
    followed = rows.none() if person.is_institution else rows.filter(guardian=person)
    children = tuple(_kin_of(row, row.pupil, viewer.today) for row in followed)
    return guardians, children


def _kin_of(row: Guardianship, other: Person, today: date, *, may_rule: bool = False) -> Kin:
    is_guardian = other.pk == row.guardian_id
    return Kin(
        pk=row.pk,
        may_rule=may_rule,
        last_day=row.ends - timedelta(days=1) if row.ends else None,
        has_ended=row.ends is not None and row.ends <= today,
        public_id=other.public_id,
        name=other.list_name,
        kinship=str(Kinship(row.kinship).label),
        authority=str(Authority(row.authority).label),
        lives_with=bool(row.lives_with),
        not_to_inform=row.may_not_be_informed,
        phone=other.phone if is_guardian else "",
        email=other.email if is_guardian else "",
    )
