"""Who walks through the site: the cast of the schools, and the people whom no school's seeds hold."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.sessions.backends.db import SessionStore

from conftest import NOW
from preau.commons.notifications.models import Device
from preau.commons.works.models import Work
from preau.directory.actions import merging
from preau.directory.actions.settings import delegate
from preau.directory.models import Enrolment, Holding, Person, Territory
from preau.directory.seeds import World
from preau.directory.seeds.world import make_parent_of
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.foundation import webpush
from preau.identity.models import Account, AccountSession
from tests.test_every_page import PAGES

OF_THE_SCHOOL = ["head", "cpe", "secretary", "teacher", "pupil", "guardian", "other_guardian"]
KEYS = [
    *OF_THE_SCHOOL,
    "teacher_parent",
    "agent",
    "operator",
    "neighbour",
    "left_staff",
    "left_pupil",
    "visitor",
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

    @property
    def viewer(self) -> Viewer | None:
        return viewer_for(self.person, self.person.account.pk, NOW) if self.person else None


@dataclass(frozen=True)
class Stage:
    """The cast, and the address of each page of the table (`PAGES`) in the school, with something to show."""

    cast: dict[str, Member]
    table: dict[str, str]


def gather(college: World, twin: World) -> Stage:
    _lend_the_settings(college)
    _add_a_device(college.people["head"])
    _ask_for_a_work(college)
    _merge_two_rows(college)
    table = {page.name: page.address(college) for page in PAGES}
    members = [Member(key, frozenset({key}), college.people[key]) for key in OF_THE_SCHOOL]
    members += [
        _teacher_parent(college),
        Member("agent", frozenset({"agent"}), _agent()),
        Member("operator", frozenset({"operator"}), _operator()),
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
    delegate(viewer, holding, NOW.date() + timedelta(days=7))


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


def _add_a_device(person: Person) -> None:
    """Of their own, to be told on, tried and taken away."""
    Device.objects.create(
        person=person, endpoint="https://push.example/head", p256dh=webpush.public_key(), auth=webpush.encode(b"s" * 16),
        label="Firefox sur Linux", opened_in="", added_at=NOW,
    )  # fmt: skip


def _ask_for_a_work(college: World) -> None:
    """By the head: it goes on, and may be given up."""
    Work.objects.create(
        key="essai", label="Lecture des fichiers de l’annuaire", person=college.people["head"], school=college.school, url="/annuaire/livraisons/",
        can_stop=True, asked_at=NOW, begun_at=NOW, state=Work.State.RUNNING, step="Lecture", done=3, total=9,
    )  # fmt: skip


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
