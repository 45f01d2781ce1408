"""May this viewer do that with accounts? And for how long a session stays open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from preau.directory.models import Group, Person, School
from preau.directory.rules.groups import teaches_in
from preau.directory.rules.settings import runs_settings
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation import boards
from preau.identity.models import OFFICE
from preau.identity.standing import Standing, standings_of

# A code takes over the account that it opens, in every school where it opens something. So nobody gives one to an
# account that stands as high as their own; an account of staff is given by a school where its person works, and by no
# other; a nurse's opens health data and a secretary's every family, an agent's and that of whoever was given something
# what the head gave them: the heads of that school alone.
RANKS = {
    Role.PUPIL: 0,
    Role.TEACHER: 2,
    Role.LIBRARIAN: 2,
    Role.ASSISTANT: 2,
    Role.SCHOOL_LIFE: 3,
    Role.DIGITAL_LEAD: 3,
    Role.SECRETARY: 4,
    Role.NURSE: 4,
    Role.HEAD: 5,
    Role.AGENT: 6,
    Role.OPERATOR: 6,
}
GUARDIAN_RANK = 1
UNKNOWN_RANK = 2
LENGTH, PUPIL_LENGTH = 12, 8
PICTURE_AGE = 15
WORKING = frozenset({Profile.STAFF, Profile.AGENT, Profile.OPERATOR})
# A class in an hour, for whoever helps a class; several, for whoever helps the school.
# Keys of access: the service by which a school allows them; how many an account may have, and how many days they live.
KEYS = "keys"
MOST_KEYS, LONGEST_KEY = 20, 365
CODES_OF_A_TEACHER, CODES_OF_THE_OFFICE = 40, 120


@dataclass(frozen=True)
class Limits:
    """How long a session lives: without a gesture, and in all."""

    idle: timedelta
    absolute: timedelta


LIMITS = {
    Profile.PUPIL: Limits(timedelta(minutes=20), timedelta(hours=4)),
    Profile.GUARDIAN: Limits(timedelta(minutes=60), timedelta(hours=12)),
    Profile.STAFF: Limits(timedelta(minutes=60), timedelta(hours=10)),
    Profile.AGENT: Limits(timedelta(minutes=20), timedelta(hours=8)),
    Profile.OPERATOR: Limits(timedelta(minutes=20), timedelta(hours=8)),
}


def directs(viewer: Viewer, *_: object) -> bool:
    """A head, who hears of what looks wrong with the accounts of the school, and may sign everybody out."""
    return viewer.holds(Role.HEAD)


def limits_of(profiles: Iterable[Profile]) -> Limits:
    """The shortest of a person's profiles: whoever holds the session may take each of them."""
    known = [LIMITS[profile] for profile in profiles]
    return Limits(min(one.idle for one in known), min(one.absolute for one in known))


def shortest_password(standing: Standing) -> int:
    """Twelve characters; eight for whoever is a pupil and nothing else."""
    return PUPIL_LENGTH if standing.is_only_pupil else LENGTH


def keeps_accounts(viewer: Viewer, *_: object) -> bool:
    """Head, secretary and digital lead: letters, and everyone's accounts."""
    return viewer.holds(*OFFICE)


def follows_accounts(viewer: Viewer, *_: object) -> bool:
    """The office; school life and teachers, for pupils."""
    return viewer.holds(*OFFICE, Role.SCHOOL_LIFE, Role.TEACHER)


def helps_pupils_in(viewer: Viewer, *_: object) -> bool:
    """Teachers and school life, who give codes to pupils and to nobody else."""
    return follows_accounts(viewer) and not keeps_accounts(viewer)


def follows_class(viewer: Viewer, group: Group) -> bool:
    """The office and school life, every class of the school; a teacher, those they teach today."""
    return viewer.holds(*OFFICE, Role.SCHOOL_LIFE) or (
        viewer.holds(Role.TEACHER) and teaches_in(viewer, group)
    )


def keeps_class(viewer: Viewer, group: Group) -> bool:
    """Letters are printed a class at a time, by the office."""
    return keeps_accounts(viewer) and group.kind == Group.Kind.CLASS


def teaches_primary(viewer: Viewer, *_: object) -> bool:
    """Whoever follows the accounts of an école."""
    is_primary = viewer.school is not None and viewer.school.kind == School.Kind.ECOLE
    return is_primary and follows_accounts(viewer)


def hands_family_letters(viewer: Viewer, person: Person) -> bool:
    """Letters of a pupil and of those who answer for them, by whoever keeps accounts; each of them is looked at in turn."""
    return (
        keeps_accounts(viewer) and person.holdings.filter(school=viewer.school_id, role=Role.PUPIL).exists()
    )


def gives_cards(viewer: Viewer, group: Group) -> bool:
    """Cards with pictures are for the classes of an école: whoever follows the accounts of the class gives them."""
    return teaches_primary(viewer) and group.kind == Group.Kind.CLASS and follows_class(viewer, group)


def can_withdraw_card(viewer: Viewer, person: Person) -> bool:
    """Whoever may give that pupil a code."""
    return can_give_code(viewer, person)


def may_use_card(standing: Standing, places: Iterable[School.Kind]) -> bool:
    """Does a card still open this account? A pupil and nothing else, who learns in an école today."""
    return standing.is_only_pupil and School.Kind.ECOLE in places


def can_give_way_in(viewer: Viewer, standing: Standing) -> bool:
    """May this viewer hand a code to that person, by letter or on the screen?"""
    if standing.person_id == viewer.person.pk or not standing.belongs_to(viewer.school_id):
        return False
    if standing.is_only_pupil and viewer.holds(Role.SCHOOL_LIFE, *OFFICE):
        return True
    if standing.is_only_pupil and viewer.holds(Role.TEACHER):
        return (viewer.person.pk, viewer.school_id) in standing.teachers
    if not keeps_accounts(viewer):
        return False
    return _may_give_staff(viewer, standing) if standing.is_staff else _is_below(viewer, standing)


def _may_give_staff(viewer: Viewer, standing: Standing) -> bool:
    """An account that opens a function somewhere: following a child here gives this school nothing over it."""
    if not standing.works_in(viewer.school_id) or standing.schools_as(Role.OPERATOR):
        return False
    agent = standing.schools_as(Role.AGENT)
    if agent - {viewer.school_id}:
        # Of a commune, or let in by another school: theirs is no account of this one.
        return False
    heads = standing.schools_as(Role.HEAD)
    if heads:
        # A head of this school and of no other: another head of this school.
        return viewer.holds(Role.HEAD) and heads == {viewer.school_id}
    guarded = standing.schools_as(Role.NURSE, Role.SECRETARY) | standing.trusted | agent
    if guarded:
        return viewer.holds(Role.HEAD) and viewer.school_id in guarded
    return _is_below(viewer, standing)


def _is_below(viewer: Viewer, standing: Standing) -> bool:
    return rank_of(standing) < max(RANKS[role] for role in viewer.roles if role in OFFICE)


def most_codes_an_hour(viewer: Viewer) -> int:
    """How many codes one person may show on the screen in an hour."""
    return CODES_OF_THE_OFFICE if viewer.holds(Role.SCHOOL_LIFE, *OFFICE) else CODES_OF_A_TEACHER


def may_still_open(rank: int, standing: Standing, givers: Iterable[Viewer]) -> bool:
    """Does a code given to somebody of this rank still open what they have become? `givers`: its giver today, in each seat.

    A pupil's or a family's code outlives the departure of its giver; one that opens a function does not.
    """
    if not standing.is_staff and rank_of(standing) <= rank:
        return True
    return any(can_give_way_in(giver, standing) for giver in givers)


def can_give_code(viewer: Viewer, person: Person) -> bool:
    """The same, of a person found on a page."""
    if person.is_institution or person.erased_at or not follows_accounts(viewer):
        return False
    return can_give_way_in(viewer, standings_of([person.pk], viewer.today)[person.pk])


def can_send_letter(viewer: Viewer, person: Person) -> bool:
    return keeps_accounts(viewer) and can_give_code(viewer, person)


def rank_of(standing: Standing) -> int:
    """How high a person stands anywhere, today or later."""
    own = [RANKS.get(role, UNKNOWN_RANK) for role in standing.roles]
    return max([*own, GUARDIAN_RANK if standing.wards else 0])


def may_have_picture(viewer: Viewer, *_: object) -> bool:
    """From fifteen. Before, a picture asks for the child's agreement and a guardian's (RGPD, article 8; loi de 1978, 45)."""
    if viewer.profile != Profile.PUPIL:
        return True
    return (viewer.person.age_on(viewer.today) or 0) >= PICTURE_AGE


def may_prove_twice(viewer: Viewer, *_: object) -> bool:
    """Whoever may have a telephone of their own at hand: not a pupil under fifteen, whom a lost one would shut out."""
    return may_have_picture(viewer)


def works_here(viewer: Viewer, *_: object) -> bool:
    """Whoever sees other people's children: staff, agents and operators."""
    return viewer.profile in WORKING


def works_somewhere(viewer: Viewer) -> bool:
    """The same, from any of their seats: one account opens them all."""
    return any(seat.profile in WORKING for seat in viewer.seats)


def runs_platform(viewer: Viewer, *_: object) -> bool:
    """An operator of the whole platform; those of a territory change nothing of every school."""
    return viewer.profile == Profile.OPERATOR and viewer.seat.everywhere


def sets_proof_demand(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school."""
    return viewer.school_id is not None and runs_settings(viewer)


def can_delay_proof(viewer: Viewer, person: Person) -> bool:
    """The office, for whom it may hand a code to: whoever could let them in may give them time."""
    return can_lift_second_proof(viewer, person)


def can_lift_second_proof(viewer: Viewer, person: Person) -> bool:
    """The office, for whom it may hand a code to: it can let them in again anyway."""
    return keeps_accounts(viewer) and can_give_code(viewer, person)


def sees_picture(viewer: Viewer, person: Person) -> bool:
    """Whoever sees the person: themselves, the staff of their school, a pupil's guardians."""
    return True


def may_hold_keys(viewer: Viewer, *_: object) -> bool:
    """Staff and families; pupils from the collège on. Who sees a whole platform leaves none in a telephone."""
    if viewer.profile == Profile.PUPIL:
        return viewer.school is not None and viewer.school.kind != School.Kind.ECOLE
    return viewer.profile in {Profile.STAFF, Profile.GUARDIAN}


def holds_keys(viewer: Viewer, *_: object) -> bool:
    """The same, where the school allows it."""
    return may_hold_keys(viewer) and viewer.offers(KEYS)


def passes(viewer: Viewer, door: boards.Door) -> bool:
    """May a key of this seat open this door?"""
    if not holds_keys(viewer) or (viewer.profile == Profile.PUPIL and not door.to_pupils):
        return False
    if door.service and not viewer.offers(door.service):
        return False
    return door.open_to(viewer.within(door.service))


def makes_keys(viewer: Viewer, *_: object) -> bool:
    """Whoever has a door to open with one."""
    return any(passes(viewer, door) for door in boards.doors)


def end_of_key(viewer: Viewer, days: int) -> datetime:
    """The last moment of its last day, on the wall clock of its seat."""
    zone = ZoneInfo(viewer.school.timezone) if viewer.school else timezone.get_default_timezone()
    return datetime.combine(viewer.today + timedelta(days=days), time.max, tzinfo=zone)
