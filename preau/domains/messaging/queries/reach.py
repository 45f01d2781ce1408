"""To whom a viewer may write in a school, as the table of the school says; and the people behind each key of a message.

A key names a person (« s12 » of the staff, « g12 » a guardian, « e12 » a pupil) or a list that is read when the message leaves:
« gs5 » the parents of a class, « es5 » its pupils, « ts5 » its teachers, « l-teachers » and the other lists of a school.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.messaging import rules
from preau.domains.messaging.models import Policy, Reader, Scope

ADULTS = [role for role in Role if role.profile == Profile.STAFF]
OTHERS = [role for role in ADULTS if role != Role.TEACHER]
KEY = re.compile(r"(s|g|e|gs|es|ts)([1-9][0-9]{0,15})|l-(teachers|head_teachers|staff|guardians|pupils)")
KINDS = ("to", "cc", "bcc")
# Past that, the page says « plus de ».
MOST_SAID = 2_000


@dataclass(frozen=True)
class Reached:
    """One person a message goes to, in a seat; `child`: for which pupil a guardian."""

    person: int
    seat: str
    child: int | None = None


def policy_of(school_id: int) -> Policy:
    """What the school allows; the first table when it has said nothing."""
    return Policy.objects.filter(school=school_id).first() or Policy(school_id=school_id)


class Reach:
    """The circle of a viewer in one school."""

    def __init__(self, viewer: Viewer, school_id: int) -> None:
        self.viewer, self.school_id, self.today = viewer, school_id, viewer.today
        self.writer = rules.writer_of(viewer)

    @cached_property
    def policy(self) -> Policy:
        return policy_of(self.school_id)

    def scope(self, reader: Reader) -> Scope:
        return rules.scope_of(self.policy.scopes, self.writer, reader)

    @cached_property
    def adult_roles(self) -> list[str]:
        return [role for role in self.policy.adult_roles if role in {other.value for other in OTHERS}]

    def staff(self) -> "QuerySet[Holding]":
        """The holdings of the adults within reach, oneself left out."""
        held = (
            Holding.objects.active(self.today)
            .filter(school=self.school_id)
            .exclude(person=self.viewer.person.pk)
        )
        return held.filter(self._teachers() | self._others())

    def _teachers(self) -> Q:
        scope = self.scope(Reader.TEACHER)
        if scope == Scope.ALL:
            return Q(role=Role.TEACHER)
        if scope == Scope.NONE:
            return Q(pk=None)
        taught = Assignment.objects.active(self.today).filter(group__in=self._own_groups())
        return Q(role=Role.TEACHER, person__in=taught.values("teacher_id"))

    def _others(self) -> Q:
        scope = self.scope(Reader.STAFF)
        if scope == Scope.ALL:
            return Q(role__in=OTHERS)
        if scope == Scope.NONE:
            return Q(pk=None)
        referents = Policy.referents.through.objects.filter(policy__school=self.school_id)
        return Q(role__in=self.adult_roles) | Q(role__in=ADULTS, person__in=referents.values("person_id"))

    def _own_groups(self) -> Any:
        """Classes and groups of oneself, of one's children, or that one teaches."""
        if self.viewer.is_staff:
            taught = Assignment.objects.active(self.today).filter(
                school=self.school_id, teacher=self.viewer.person.pk
            )
            return taught.values("group_id")
        learnt = Enrolment.objects.active(self.today).filter(school=self.school_id)
        return learnt.filter(pupil__in=self.viewer.own_pupils()).values("group_id")

    def _pupils(self, scope: Scope) -> Any:
        """The pupils of the school, or those of one's own groups; for a pupil, of the own class alone."""
        if scope == Scope.NONE:
            return Holding.objects.none().values("person_id")
        held = Holding.objects.active(self.today).filter(school=self.school_id, role=Role.PUPIL)
        if scope == Scope.OWN:
            near = Enrolment.objects.active(self.today).filter(group__in=self._own_groups())
            if self.viewer.profile == Profile.PUPIL:
                near = near.filter(group__kind=Group.Kind.CLASS)
            held = held.filter(person__in=near.values("pupil_id"))
        return held.exclude(person=self.viewer.person.pk).values("person_id")

    def pupils(self) -> Any:
        """Ids of the pupils within reach."""
        return self._pupils(self.scope(Reader.PUPIL))

    def guardians(self) -> "QuerySet[Guardianship]":
        """The ties of the guardians within reach, oneself left out."""
        pupils = self._pupils(self.scope(Reader.GUARDIAN))
        ties = Guardianship.objects.informed(self.today).of_another().filter(pupil__in=pupils)
        return ties.filter(guardian__is_institution=False).exclude(guardian=self.viewer.person.pk)

    # The people behind keys

    def people(self, key: str) -> Iterator[Reached]:
        """Who a key means today, within reach; nobody when it means nothing, or nobody any more."""
        found = KEY.fullmatch(key)
        if found is None:
            return iter(())
        kind, number, name = found[1], int(found[2] or 0), found[3]
        if kind in {"s", "ts"} or name in {"teachers", "head_teachers", "staff"}:
            return self._adults_of(kind, number, name)
        if kind in {"g", "gs"} or name == "guardians":
            return self._guardians_of(kind, number)
        return self._pupils_of(kind, number)

    def _adults_of(self, kind: str | None, number: int, name: str | None) -> Iterator[Reached]:
        staff = self.staff()
        if kind == "s":
            staff = staff.filter(person=number)
        elif name == "teachers":
            staff = staff.filter(role=Role.TEACHER)
        elif kind == "ts" or name == "head_teachers":
            posts = Assignment.objects.active(self.today).filter(school=self.school_id)
            posts = posts.filter(group=number) if kind else posts.filter(kind=Assignment.Kind.HEAD_TEACHER)
            staff = staff.filter(person__in=posts.values("teacher_id"))
        ids = staff.order_by("person_id").values_list("person_id", flat=True).distinct()
        return (Reached(pk, f"staff-{self.school_id}") for pk in ids)

    def _guardians_of(self, kind: str | None, number: int) -> Iterator[Reached]:
        ties = self.guardians()
        if kind == "g":
            ties = ties.filter(guardian=number)
        elif kind == "gs":
            ties = ties.filter(pupil__in=self._in_group(number))
        pairs = ties.order_by("guardian_id").values_list("guardian_id").annotate(child=Min("pupil_id"))
        return (Reached(guardian, "guardian", child) for guardian, child in pairs)

    def _pupils_of(self, kind: str | None, number: int) -> Iterator[Reached]:
        pupils = Person.objects.filter(pk__in=self.pupils())
        if kind == "e":
            pupils = pupils.filter(pk=number)
        elif kind == "es":
            pupils = pupils.filter(pk__in=self._in_group(number))
        ids = pupils.order_by("pk").values_list("pk", flat=True)
        return (Reached(pk, f"pupil-{self.school_id}") for pk in ids)

    def _in_group(self, number: int) -> Any:
        learnt = Enrolment.objects.active(self.today).filter(school=self.school_id, group=number)
        return learnt.values("pupil_id")

    # Their words

    def words_of(self, keys: Iterable[str], granted: Iterable["Reached"] = ()) -> dict[str, str]:
        """What each key is called, for those within reach and those one answers: nobody learns a name by its number."""
        parts = {key: found for key in keys if (found := KEY.fullmatch(key))}
        names = self._names(
            parts.values(), {key_of(reached.person, reached.seat): reached.person for reached in granted}
        )
        groups = {int(part[2]) for part in parts.values() if part[1] in GROUPS}
        called = dict(self.groups().filter(pk__in=groups).values_list("pk", "name")) if groups else {}
        told: dict[str, str] = {}
        for key, one in parts.items():
            number = int(one[2] or 0)
            if one[3]:
                told[key] = str(LISTS[one[3]]())
            elif one[1] in GROUPS and number in called:
                told[key] = GROUPS[one[1]]() % {"group": called[number]}
            elif key in names:
                told[key] = names[key]
        return told

    def _names(self, parts: Iterable["re.Match[str]"], granted: Mapping[str, int]) -> dict[str, str]:
        asked: dict[str, set[int]] = {"s": set(), "g": set(), "e": set()}
        for part in parts:
            if part[1] in asked:
                asked[part[1]].add(int(part[2]))
        allowed: dict[str, set[int]] = {
            kind: {pk for key, pk in granted.items() if key[0] == kind} for kind in asked
        }
        within: dict[str, Callable[[set[int]], Any]] = {
            "s": lambda ids: self.staff().filter(person__in=ids).values_list("person_id", flat=True),
            "g": lambda ids: self.guardians().filter(guardian__in=ids).values_list("guardian_id", flat=True),
            "e": lambda ids: (
                Person.objects.filter(pk__in=self.pupils()).filter(pk__in=ids).values_list("pk", flat=True)
            ),
        }
        for kind, ids in asked.items():
            if ids - allowed[kind]:
                allowed[kind] = (allowed[kind] & ids) | set(within[kind](ids))
        people = Person.objects.in_bulk(set().union(*(allowed[kind] & asked[kind] for kind in asked)))
        return {
            f"{kind}{pk}": people[pk].full_name
            for kind in asked
            for pk in allowed[kind] & asked[kind]
            if pk in people
        }

    def groups(self) -> "QuerySet[Group]":
        """The classes and groups of the year of which lists may be used."""
        groups = Group.objects.filter(school=self.school_id)
        if self.viewer.is_staff and self.viewer.year:
            groups = groups.filter(year=self.viewer.year)
        if not self.viewer.is_staff or self.scope(Reader.GUARDIAN) == Scope.OWN:
            groups = groups.filter(pk__in=self._own_groups())
        return groups


LISTS = {
    "teachers": lambda: _("Tous les enseignants"),
    "head_teachers": lambda: _("Professeurs principaux"),
    "staff": lambda: _("Tous les personnels"),
    "guardians": lambda: _("Tous les parents"),
    "pupils": lambda: _("Tous les élèves"),
}
GROUPS = {
    "gs": lambda: _("Parents de %(group)s"),
    "es": lambda: _("Élèves de %(group)s"),
    "ts": lambda: _("Équipe de %(group)s"),
}


def is_list(key: str) -> bool:
    return key.startswith(("gs", "es", "ts", "l-"))


def gathered(
    reach: Reach, addressed: Mapping[str, Sequence[str]], granted: Iterable[Reached] = ()
) -> Iterator[tuple[Reached, str, bool]]:
    """Everybody whom a message is for, once each: with the place (« to » before « cc ») and whether by a list.

    `granted`: those whom the viewer answers, within reach or not.
    """
    seen: set[tuple[int, str]] = set()
    given = {_key_of(reached): reached for reached in granted}
    for kind in KINDS:
        for key in addressed.get(kind, ()):
            found = iter((given[key],)) if key in given else reach.people(key)
            for one in found:
                if (one.person, one.seat) not in seen:
                    seen.add((one.person, one.seat))
                    yield one, kind, is_list(key)


def number_listed(reach: Reach, addressed: Mapping[str, Sequence[str]]) -> int:
    """How many people the chosen lists mean today, each once, as the message would go to them; counted as far as MOST_SAID."""
    lists = {kind: [key for key in keys if is_list(key)] for kind, keys in addressed.items()}
    return sum(1 for _one in islice(gathered(reach, lists), MOST_SAID + 1))


def _key_of(reached: Reached) -> str:
    return key_of(reached.person, reached.seat)


def key_of(person: int, seat: str) -> str:
    """The key of a person in a seat."""
    letter = {"staff": "s", "guardian": "g", "pupil": "e"}[seat.partition("-")[0]]
    return f"{letter}{person}"


def classes_of(people: Iterable[int], school_id: int, today: Any) -> int:
    """Of how many classes these pupils are."""
    learnt = Enrolment.objects.active(today).filter(
        school=school_id, pupil__in=list(people), group__kind=Group.Kind.CLASS
    )
    return learnt.values("group_id").distinct().count()
