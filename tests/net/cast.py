"""Who walks through the site: the cast of the schools, and the people whom no school's seeds hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.sessions.backends.db import SessionStore

from conftest import NOW
from preau.directory.actions import merging
from preau.directory.actions.guests import Invitation, invite
from preau.directory.actions.powers import give
from preau.directory.models import Enrolment, Holding, Person, Territory
from preau.directory.seeds.world import World, make_parent_of
from preau.directory.tests.props import prepared
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import LISTS, SETTINGS, Role
from preau.identity.models import Account, AccountSession
from tests.declared import gathered
from tests.pages import Page

OF_THE_SCHOOL = ["head", "cpe", "secretary", "teacher", "pupil", "guardian", "other_guardian"]
KEYS = [
    *OF_THE_SCHOOL,
    "teacher_parent",
    "agent",
    "town",
    "operator",
    "neighbour",
    "left_staff",
    "left_pupil",
    "visitor",
]
# Who walks in one test, the heaviest first: parts small enough for two processes to end together.
PARTS = [
    ["head"],
    ["cpe", "left_staff"],
    ["secretary", "agent", "left_pupil"],
    ["teacher", "pupil", "visitor"],
    ["teacher_parent", "guardian", "other_guardian"],
    ["operator", "town", "neighbour"],
]


@dataclass(frozen=True)
class Member:
    """A person of the cast. `like`: the keys, in the table of pages, of those who open the same pages.

    A visitor is nobody; to the site, whoever has left is a visitor too. `at_home`: is the table's school theirs?
    """

    key: str
    like: frozenset[str] = frozenset()
    person: Person | None = None
    at_home: bool = True
    # Whoever runs the whole platform sees that the neighbour is there, and how many they are.
    sees_schools: bool = False

    @property
    def viewer(self) -> Viewer | None:
        return viewer_for(self.person, self.person.account.pk, NOW) if self.person else None


@dataclass(frozen=True)
class Stage:
    """The cast, and the address of each page of the table (`PAGES`) in the school, with something to show."""

    cast: dict[str, Member]
    table: dict[str, str]


def gather(college: World, twin: World, pages: Iterable[Page] | None = None) -> Stage:
    """Everybody, and something to show on each of these pages."""
    _lend_the_settings(college)
    _merge_two_rows(college)
    town = _let_the_town_in(college)
    for lay in gathered().lay:
        lay(college)
    # The neighbour has a year to prepare too.
    prepared(twin)
    # What an operator sends is theirs: they are there before the pages that show it.
    operator = _operator()
    table = {page.name: page.address(college) for page in (gathered().pages if pages is None else pages)}
    members = [Member(key, frozenset({key}), college.people[key]) for key in OF_THE_SCHOOL]
    members += [
        _teacher_parent(college),
        Member("agent", frozenset({"agent"}), _agent()),
        town,
        Member("operator", frozenset({"operator"}), operator, sees_schools=True),
        Member("neighbour", frozenset({"head"}), twin.people["head"], at_home=False),
        Member("left_staff", person=_left_staff(college)),
        Member("left_pupil", person=_left_pupil(college)),
        Member("visitor"),
    ]
    for member in members:
        if member.person:
            _sign_in_elsewhere(member.person)
    return Stage({member.key: member for member in members}, table)


def _lend_the_settings(college: World) -> None:
    """To a teacher whom nobody follows: the head's page has something to take back."""
    head = college.people["head"]
    viewer = viewer_for(head, head.account.pk, NOW)
    holding = Holding.objects.get(person=college.people["teacher_2"], school=college.school)
    give(viewer, holding, SETTINGS, NOW.date() + timedelta(days=7))


def _let_the_town_in(college: World) -> Member:
    """An agent of the commune, to whom the head gave the lists: the head's pages have a guest to show out."""
    head = college.people["head"]
    viewer = viewer_for(head, head.account.pk, NOW)
    sent = Invitation(
        Role.AGENT,
        "mme",
        "Nadège",
        "Prigent",
        "nadege.prigent@mairie.example",
        "service périscolaire",
        "Cantine",
        NOW.date() + timedelta(days=30),
        (LISTS,),
    )
    person = invite(viewer, sent).holding.person
    Account.objects.create(person=person, login="nadege.prigent", password="!")
    return Member("town", frozenset({"agent", "town"}), person)


def _merge_two_rows(college: World) -> None:
    """Two rows that were merged, and two to be: the head's pages have something to part and to merge."""
    viewer = viewer_for(college.people["head"], college.people["head"].account.pk, NOW)
    kept, other, *_left = (_at_the_canteen(college) for _ in range(4))
    merging.merge(viewer, kept, other, merging.mark_of(kept, other))


def _at_the_canteen(college: World) -> Person:
    person = Person.objects.create(
        family_name="Double", given_name="Ada", birth_date=date(1990, 1, 1), email="ada.double@example.org"
    )
    Holding.objects.create(person=person, role=Role.OTHER, school=college.school)
    return person


def _teacher_parent(college: World) -> Member:
    """Two seats on one account: the page decides in which one they sit."""
    child = Person.objects.filter(enrolments__group__year=college.year).order_by("pk")[0]
    make_parent_of(college, "teacher_1", child)
    return Member("teacher_parent", frozenset({"teacher_1", "guardian"}), college.people["teacher_1"])


def _agent() -> Person:
    territory = Territory.objects.create(kind=Territory.Kind.DEPARTEMENT, code="035", name="Ille-et-Vilaine")
    person = _someone("Yann", "Le Goff")
    Holding.objects.create(person=person, role=Role.AGENT, territory=territory)
    return person


def _operator() -> Person:
    person = _someone("Inès", "Roussel")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    return person


def _left_staff(college: World) -> Person:
    """Gone yesterday: their account is still there."""
    person = _someone("Bruno", "Astier")
    Holding.objects.create(
        person=person, role=Role.TEACHER, school=college.school, starts=college.year.starts, ends=NOW.date()
    )
    return person


def _left_pupil(college: World) -> Person:
    """Left for another academy last week."""
    person = _someone("Sacha", "Dervaux")
    dates = {"starts": college.year.starts, "ends": NOW.date() - timedelta(days=7)}
    Holding.objects.create(person=person, role=Role.PUPIL, school=college.school, **dates)
    group = college.people["pupil"].enrolments.all()[0].group
    Enrolment.objects.create(pupil=person, school=college.school, group=group, **dates)
    return person


def _sign_in_elsewhere(person: Person) -> None:
    """On a second device, so that the list of devices offers to close one."""
    session = SessionStore()
    session.create()
    AccountSession.objects.create(
        session_id=session.session_key,
        account=person.account,
        device="Firefox sur Android",
        opened_at=NOW,
        seen_at=NOW,
    )


def _someone(given: str, family: str) -> Person:
    person = Person.objects.create(given_name=given, family_name=family)
    Account.objects.create(person=person, login=f"{given}.{family}".lower().replace(" ", ""), password="!")
    return person
