"""To whom a viewer may write in a school, as the table of the school says; and the people behind each key of a message.

A key names a person (« s12 » of the staff, « g12 » a guardian, « e12 » a pupil) or a list that is read when the message leaves:
« gs5 » the parents of a class, « es5 » its pupils, « ts5 » its teachers, « l-teachers » and the other lists of a school; and
« gw5 » the parents of one of the writer's own groups of work, « ew5 » its pupils.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.boards import spokespeople
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person, WorkGroup
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.messaging import rules
from preau.domains.messaging.models import Policy, Reader, Scope

ADULTS = [role for role in Role if role.profile == Profile.STAFF]
OTHERS = [role for role in ADULTS if role != Role.TEACHER]
KEY = re.compile(
    r"(s|g|e|gs|es|ts|gw|ew)([1-9][0-9]{0,15})|l-(teachers|head_teachers|staff|guardians|pupils|delegates|parent_delegates)"
)
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


@dataclass(frozen=True)
class OwnList:
    """One of the writer's own groups of work, of which somebody may be written to; its name is for the writer alone."""

    name: str
    group: str


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
        if kind in {"g", "gs", "gw"} or name in {"guardians", "parent_delegates"}:
            return self._guardians_of(kind, number, name)
        return self._pupils_of(kind, number, name)

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

    def _guardians_of(self, kind: str | None, number: int, name: str | None) -> Iterator[Reached]:
        ties = self.guardians()
        if name == "parent_delegates":
            ties = ties.filter(guardian__in=self._spoken_for_by(name))
        if kind == "g":
            ties = ties.filter(guardian=number)
        elif kind == "gs":
            ties = ties.filter(pupil__in=self._in_group(number))
        elif kind == "gw":
            ties = ties.filter(pupil__in=self._in_own_list(number))
        pairs = ties.order_by("guardian_id").values_list("guardian_id").annotate(child=Min("pupil_id"))
        return (Reached(guardian, "guardian", child) for guardian, child in pairs)

    def _pupils_of(self, kind: str | None, number: int, name: str | None) -> Iterator[Reached]:
        pupils = Person.objects.filter(pk__in=self.pupils())
        if name == "delegates":
            pupils = pupils.filter(pk__in=self._spoken_for_by(name))
        if kind == "e":
            pupils = pupils.filter(pk=number)
        elif kind == "es":
            pupils = pupils.filter(pk__in=self._in_group(number))
        elif kind == "ew":
            pupils = pupils.filter(pk__in=self._in_own_list(number))
        ids = pupils.order_by("pk").values_list("pk", flat=True)
        return (Reached(pk, f"pupil-{self.school_id}") for pk in ids)

    def _spoken_for_by(self, name: str) -> Any:
        """Who speaks for the others, as the house that has them elected says; nobody where there is none."""
        found = spokespeople.named(name)
        return found.people(self.school_id, self.today) if found else Person.objects.none().values("pk")

    def _in_group(self, number: int) -> Any:
        learnt = Enrolment.objects.active(self.today).filter(school=self.school_id, group=number)
        return learnt.values("pupil_id")

    def _work_groups(self) -> "QuerySet[WorkGroup]":
        """Those that the writer made in this school, of this year."""
        own: Any = WorkGroup.objects.visible_to(self.viewer).filter(school=self.school_id)
        return own.filter(group__year=self.viewer.year)  # type: ignore[no-any-return]

    def _in_own_list(self, number: int) -> Any:
        """The pupils of a group of work who are still in its class."""
        own = self._work_groups().filter(pk=number)
        learnt = Enrolment.objects.active(self.today).filter(school=self.school_id)
        learnt = learnt.filter(group__in=own.values("group_id"), pupil__work_groups_in__in=own.values("pk"))
        return learnt.values("pupil_id")

    @cached_property
    def own_lists(self) -> dict[str, OwnList]:
        """By key, class by class, those of which the table lets one write to somebody (one query, for whoever may have some)."""
        scopes = {"ew": self.scope(Reader.PUPIL), "gw": self.scope(Reader.GUARDIAN)}
        if not self.viewer.works_with_pupils or set(scopes.values()) == {Scope.NONE}:
            return {}
        learnt = Enrolment.objects.active(self.today).filter(
            school=self.school_id, group=OuterRef("group_id"), pupil__work_groups_in=OuterRef("pk")
        )
        found = self._work_groups().annotate(
            ew=Exists(learnt.filter(pupil__in=self.pupils())),
            gw=Exists(learnt.filter(pupil__in=self.guardians().values("pupil_id"))),
        )
        rows = found.order_by("group__rank", "group__name", "name", "pk").values(
            "pk", "name", "group__name", "ew", "gw"
        )
        return {
            f"{kind}{row['pk']}": OwnList(row["name"], row["group__name"])
            for row in rows
            for kind in ("gw", "ew")
            if row[kind]
        }

    def are_gone(self, keys: Iterable[str]) -> bool:
        """Does one of these keys mean a group of work that was taken away since, or in which nobody is written to any more?"""
        return any(key not in self.own_lists for key in keys if is_own_list(key))

    # Their words

    def words_of(
        self, keys: Iterable[str], granted: Iterable["Reached"] = (), *, for_readers: bool = False
    ) -> dict[str, str]:
        """What each key is called, for those within reach and those one answers: nobody learns a name by its number.

        `for_readers`: as those who receive the message read it, whom the name of a group of work does not concern.
        """
        parts = {key: found for key in keys if (found := KEY.fullmatch(key))}
        names = self._names(
            parts.values(), {key_of(reached.person, reached.seat): reached.person for reached in granted}
        )
        groups = {int(part[2]) for part in parts.values() if part[1] in GROUPS}
        called = dict(self.groups().filter(pk__in=groups).values_list("pk", "name")) if groups else {}
        labels: dict[str, str] = {}
        for key, one in parts.items():
            number = int(one[2] or 0)
            if one[3]:
                labels[key] = self.list_label(one[3])
            elif one[1] in GROUPS and number in called:
                labels[key] = GROUPS[one[1]]() % {"group": called[number]}
            elif is_own_list(key) and key in self.own_lists:
                labels[key] = (words_read if for_readers else words_written)(key, self.own_lists[key])
            elif key in names:
                labels[key] = names[key]
        return labels

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

    def list_label(self, name: str) -> str:
        """In an école nobody is « professeur principal »: each class has its teacher."""
        if name == "head_teachers" and self.viewer.is_ecole(self.school_id):
            return _("Enseignants des classes")
        return str(LISTS[name]())

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
    "delegates": lambda: _("Délégués de classe"),
    "parent_delegates": lambda: _("Représentants de parents"),
}
GROUPS = {
    "gs": lambda: _("Parents de %(group)s"),
    "es": lambda: _("Élèves de %(group)s"),
    "ts": lambda: _("Équipe de %(group)s"),
}
OWN_LISTS = {
    "gw": lambda: _("Parents de « %(name)s »"),
    "ew": lambda: _("Élèves de « %(name)s »"),
}
OWN_LISTS_READ = {
    "gw": lambda: _("Parents de quelques élèves de %(group)s"),
    "ew": lambda: _("Quelques élèves de %(group)s"),
}


def own_words(key: str, one: OwnList) -> str:
    """How a group of work is called for its writer."""
    return str(OWN_LISTS[key[:2]]() % {"name": one.name})


def words_written(key: str, one: OwnList) -> str:
    """The same beside other classes."""
    return f"{own_words(key, one)} ({one.group})"


def words_read(key: str, one: OwnList) -> str:
    """The same for those who read the message: by its class alone."""
    return str(OWN_LISTS_READ[key[:2]]() % {"group": one.group})


def is_own_list(key: str) -> bool:
    return key.startswith(("gw", "ew"))


def is_list(key: str) -> bool:
    return key.startswith(("gs", "es", "ts", "l-")) or is_own_list(key)


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


def lacks_a_list(reach: Reach, addressed: Mapping[str, Sequence[str]]) -> bool:
    """Is it for a group of work that is no more, or that reaches nobody? What is sent never goes to fewer people than was meant."""
    return reach.are_gone(key for keys in addressed.values() for key in keys)


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
