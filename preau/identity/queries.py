"""Reads of identity: who has an account, who waits for one, what a letter says, which code fits."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count as CountOf
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from preau.directory.counting import number_of
from preau.directory.models import Assignment, Enrolment, ExternalId, Group, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Profile, Role
from preau.foundation import boards, dates
from preau.foundation.text import fold
from preau.identity import demands
from preau.identity.codes import digest_of
from preau.identity.models import (
    AccessKey,
    Account,
    AccountSession,
    Activation,
    Passkey,
    PictureCard,
    ProofDemand,
    RecoveryCode,
    SecondProof,
    followed_people,
    proves_twice,
)
from preau.identity.passkeys import number_in
from preau.identity.rules import can_give_way_in, keeps_accounts, may_still_open, passes, rank_of
from preau.identity.standing import Standing, not_over, standings_of

BY_STAFF = (Activation.Kind.FIRST_LETTER, Activation.Kind.RESET_BY_STAFF)


class Audience(StrEnum):
    """For whom a list is, and a letter."""

    PUPILS = "eleves"
    GUARDIANS = "responsables"
    STAFF = "personnels"


class State(StrEnum):
    """Where a person stands with their account, as addresses name it."""

    OPEN = "ouvert"
    LETTER = "courrier"
    CODE = "code"
    EXPIRED = "perime"
    NONE = "sans"


@dataclass(frozen=True)
class AccountState:
    """`until`: when the letter or code at hand ends, or ended; `last`: number of the last one given by the school."""

    login: str = ""
    state: State = State.NONE
    until: datetime | None = None
    last: int = 0
    has_picture: bool = False


@dataclass(frozen=True)
class PersonRow:
    """One line of a list of accounts. `in_pile`: their letter is printed with those of this list."""

    person_id: int
    public_id: str
    list_name: str
    account: AccountState
    may_give: bool
    in_pile: bool = False
    children: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """How many of a group have their account, hold a letter or a code, have nothing that works."""

    total: int = 0
    open: int = 0
    given: int = 0

    @property
    def waiting(self) -> int:
        return self.total - self.open - self.given


@dataclass(frozen=True)
class ClassRow:
    """A class or group of the index."""

    pk: int
    name: str
    is_class: bool
    pupils: Count
    guardians: Count


@dataclass(frozen=True)
class Letter:
    """What is printed for one person. `code` exists nowhere else."""

    activation_id: int
    audience: Audience
    name: str
    given_name: str
    login: str
    code: str
    until: datetime
    children: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class SecondProofs:
    """One's own second proofs: the application, the passkeys; how many codes on paper are left, and the last one given."""

    application: SecondProof | None
    keys: tuple[Passkey, ...]
    left: int
    last: int

    def __bool__(self) -> bool:
        return bool(self.application or self.keys)

    @property
    def is_last(self) -> bool:
        """Is a passkey all that there is?"""
        return not self.application and len(self.keys) == 1


def second_proofs_of(viewer: Viewer) -> SecondProofs:
    """What the account that is signed in may prove with besides its password (three queries)."""
    codes = RecoveryCode.objects.visible_to(viewer).aggregate(
        left=CountOf("pk", filter=Q(used_at=None)), last=Max("pk")
    )
    keys = tuple(Passkey.objects.visible_to(viewer))
    return SecondProofs(application_of(viewer), keys, codes["left"], codes["last"] or 0)


def application_of(viewer: Viewer) -> SecondProof | None:
    """The authenticator application of the account that is signed in."""
    return SecondProof.objects.filter(account_id=viewer.account_id).first()


def passkey_in(typed: str) -> Passkey | None:
    """The key that a browser says that it has used, of an account that is open."""
    found = Passkey.objects.select_related("account__person").filter(account__is_active=True)
    return found.filter(credential_id=number_in(typed)).first()


def has_card(viewer: Viewer) -> bool:
    """May a card with pictures open the account that is signed in?"""
    return PictureCard.objects.filter(account_id=viewer.account_id).exists()


def has_second_proof(viewer: Viewer, person: Person) -> bool:
    """Does the account of this person ask for more than a password?"""
    return Account.objects.visible_to(viewer).filter(proves_twice(), person=person).exists()


@dataclass(frozen=True)
class KeyRow:
    """One of one's own keys of access. `seat`: the profile it opens, or opened; `is_alive`: it opens something still."""

    public_id: str
    name: str
    kind: str
    seat: str
    doors: str
    prefix: str
    made_at: datetime
    expires_at: datetime
    used_on: date | None
    used_from: str
    revoked_at: datetime | None
    is_alive: bool


@dataclass(frozen=True)
class OwnKeys:
    """`last`: the number of the last one made, which a page shows that it knew."""

    alive: tuple[KeyRow, ...]
    over: tuple[KeyRow, ...]
    last: int


def keys_of(viewer: Viewer) -> OwnKeys:
    """One's own keys of access, the last one first; those that are over, until they are erased (one query)."""
    found = list(AccessKey.objects.visible_to(viewer))
    seats = {seat.key: seat.label for seat in viewer.seats}
    rows = [_key_row(access_key, seats, timezone.now()) for access_key in found]
    alive = tuple(row for row in rows if row.is_alive)
    over = tuple(row for row in rows if not row.is_alive)
    return OwnKeys(alive, over, found[0].pk if found else 0)


def _key_row(key: AccessKey, seats: Mapping[str, str], now: datetime) -> KeyRow:
    return KeyRow(
        key.public_id,
        key.name,
        key.get_kind_display(),
        seats.get(key.seat, _("un profil qui n’existe plus")),
        said_of_doors(key.scopes),
        key.prefix,
        key.made_at,
        key.expires_at,
        key.used_on,
        key.used_from,
        key.revoked_at,
        key.revoked_at is None and key.expires_at > now and key.seat in seats,
    )


def doors_for(viewer: Viewer, by: str) -> list[boards.Door]:
    """The doors that a key of this kind, made from this seat, may open."""
    return [door for door in boards.doors if by in door.by and passes(viewer, door)]


def said_of_doors(scopes: Iterable[str]) -> str:
    """« Agenda, fichiers ». One whose house has left is not named."""
    return ", ".join(str(door.label) for door in boards.doors if door.key in set(scopes))


def said_of_key(details: Mapping[str, Any]) -> str:
    return said_of_doors(str(details.get("doors", "")).split())


def keys_in_use(accounts: "QuerySet[Account]") -> tuple[int, int]:
    """How many accounts these are, and how many keys of theirs open something; never whose (one query)."""
    now = timezone.now()
    alive = Q(access_keys__revoked_at=None, access_keys__expires_at__gt=now)
    found = accounts.aggregate(
        all=CountOf("pk", distinct=True), keys=CountOf("access_keys", filter=alive, distinct=True)
    )
    return found["all"], found["keys"]


# Left until later: the home of this session says it no more.
PROOF_LATER = "proof_later"


def proof_asked_from(account: Account, today: date) -> date | None:
    """The day from which this account must have a second proof; None when nothing is demanded, or today it is too late to say."""
    return account.proves_from if account.proves_from and account.proves_from > today else None


def proof_demand_of(school_id: int | None) -> ProofDemand | None:
    """What a school demands; None: what the platform does."""
    return ProofDemand.objects.filter(school=school_id).first()


class Readiness(StrEnum):
    """Where somebody of the staff stands."""

    READY = "en-place"
    DELAYED = "delai"
    WAITING = "pas-encore"
    CLOSED = "compte-ferme"


@dataclass(frozen=True)
class ReadyRow:
    """Somebody of the staff of whom a second proof is demanded, or might be; `day`: from when their account needs it."""

    person_id: int
    public_id: str
    list_name: str
    state: Readiness
    day: date | None = None
    may_give: bool = False


def readiness_of(viewer: Viewer) -> list[ReadyRow]:
    """The staff of the school, by name: those whom a demand in force concerns, else all of them; four queries."""
    people = list(staff_of(viewer).order_by("search_name", "pk"))
    asked = [demand for found in demands.in_force([viewer.school_id]).values() for demand in found]
    if asked:
        held = demands.holdings_of([person.pk for person in people], viewer.today)
        here = {pk: [row for row in rows if row.school_id == viewer.school_id] for pk, rows in held.items()}
        people = [
            person
            for person in people
            if any(
                demands.concerns(demand, one, viewer.today)
                for demand in asked
                for one in here.get(person.pk, ())
            )
        ]
    found = Account.objects.filter(person__in=[person.pk for person in people], is_active=True).annotate(
        proves=proves_twice(),
        waits=Q(password__startswith=UNUSABLE_PASSWORD_PREFIX),
    )
    accounts = {
        row[0]: row[1:]
        for row in found.values_list("person_id", "proves", "waits", "proves_from", "delayed_until")
    }
    return [_ready_row(person, accounts.get(person.pk), viewer.today) for person in people]


def _ready_row(person: Person, account: Any, today: date) -> ReadyRow:
    proves, waits, day, delayed = account or (False, True, None, None)
    state = Readiness.WAITING
    if proves:
        state = Readiness.READY
    elif waits:
        state = Readiness.CLOSED
    elif day and delayed and delayed == day and delayed > today:
        state = Readiness.DELAYED
    return ReadyRow(person.pk, person.public_id, person.list_name, state, None if proves else day)


def with_links(viewer: Viewer, rows: Sequence[ReadyRow]) -> list[ReadyRow]:
    """The same, saying whose account the viewer may open; three queries."""
    standings = standings_of([row.person_id for row in rows], viewer.today)
    return [replace(row, may_give=can_give_way_in(viewer, standings[row.person_id])) for row in rows]


def delay_of(person: Person) -> tuple[date | None, date | None]:
    """From when the account of somebody must have a second proof, and until when the office put it off."""
    return next(
        iter(Account.objects.filter(person=person).values_list("proves_from", "delayed_until")), (None, None)
    )


def said_of_demand(details: Mapping[str, Any]) -> str:
    """« Tous les personnels, à partir du mardi 5 janvier 2027 »."""
    if not details.get("who"):
        return _("plus demandée")
    since = dates.day(date.fromisoformat(str(details["since"])), year=True)
    who = dict(ProofDemand.Who.choices).get(str(details["who"]), "")
    return _("%(who)s, à partir du %(day)s") % {"who": who, "day": since}


def said_of_delay(details: Mapping[str, Any]) -> str:
    if not details.get("until"):
        return ""
    return _("jusqu’au %(day)s") % {"day": dates.day(date.fromisoformat(str(details["until"])), year=True)}


def account_states(accounts: "Iterable[int] | None", viewer: Viewer | None = None) -> dict[int, AccountState]:
    """By person, for these people, or for everyone whose account the viewer follows; one query."""
    found = (
        Account.objects.visible_to(viewer)
        if viewer
        else Account.objects.filter(person__in=list(accounts or []))
    )
    now = timezone.now()
    live = Q(activations__used_at=None, activations__cancelled_at=None, activations__expires_at__gt=now)
    by_staff = Q(activations__kind__in=BY_STAFF)
    rows = found.annotate(
        waits=Q(password__startswith=UNUSABLE_PASSWORD_PREFIX),
        letter=Max(
            "activations__expires_at", filter=live & Q(activations__kind=Activation.Kind.FIRST_LETTER)
        ),
        code=Max(
            "activations__expires_at", filter=live & Q(activations__kind=Activation.Kind.RESET_BY_STAFF)
        ),
        over=Max("activations__expires_at", filter=by_staff),
        last=Max("activations__pk", filter=by_staff),
    )
    return {
        person: replace(_state(login, letter, code, over, last or 0, waits=waits), has_picture=bool(picture))
        for person, picture, login, waits, letter, code, over, last in rows.values_list(
            "person_id", "picture", "login", "waits", "letter", "code", "over", "last"
        )
    }


def _state(
    login: str,
    letter: datetime | None,
    code: datetime | None,
    over: datetime | None,
    last: int,
    *,
    waits: bool,
) -> AccountState:
    if not waits:
        return AccountState(login, State.OPEN, None, last)
    if letter or code:
        return AccountState(login, State.LETTER if letter else State.CODE, letter or code, last)
    return AccountState(login, State.EXPIRED if over else State.NONE, over, last)


def groups_of(viewer: Viewer) -> "QuerySet[Group]":
    """The classes of the current year; for a teacher, the classes and groups they teach today."""
    groups = Group.objects.visible_to(viewer).filter(year=viewer.year)
    if viewer.holds(Role.SCHOOL_LIFE) or keeps_accounts(viewer):
        return groups.classes()
    taught = Assignment.objects.filter(active_on(viewer.today), teacher_id=viewer.person.pk)
    return groups.filter(pk__in=taught.values("group_id"))


def index_of(viewer: Viewer) -> tuple[list[ClassRow], Count | None]:
    """Each class with its counts, then the staff (for the office); as many queries for one class as for sixty."""
    groups = list(groups_of(viewer))
    states = account_states(None, viewer)
    pupils: dict[int, set[int]] = defaultdict(set)
    learning = Enrolment.objects.active(viewer.today).filter(group__in=[group.pk for group in groups])
    for group, pupil in learning.filter(pupil__erased_at=None).values_list("group_id", "pupil_id"):
        pupils[group].add(pupil)
    families = _guardians_by_pupil(viewer) if keeps_accounts(viewer) else {}
    rows = [
        ClassRow(
            pk=group.pk,
            name=group.name,
            is_class=group.kind == Group.Kind.CLASS,
            pupils=_count(pupils[group.pk], states),
            guardians=_count({g for pupil in pupils[group.pk] for g in families.get(pupil, ())}, states),
        )
        for group in groups
    ]
    staff = (
        _count(set(staff_of(viewer).values_list("pk", flat=True)), states) if keeps_accounts(viewer) else None
    )
    return rows, staff


def _count(people: set[int], states: dict[int, AccountState]) -> Count:
    found = [states[pk].state for pk in people if pk in states]
    given = sum(state in {State.LETTER, State.CODE} for state in found)
    return Count(len(people), found.count(State.OPEN), given)


def _guardians_by_pupil(viewer: Viewer) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    here = Holding.objects.pupils_here(viewer)
    followed = _followers(viewer).filter(pupil__in=here.values("person_id"))
    for pupil, guardian in followed.values_list("pupil_id", "guardian_id"):
        found[pupil].add(guardian)
    return found


def _followers(viewer: Viewer) -> "QuerySet[Guardianship]":
    """Guardianships that give an account: informed today, held by a human being."""
    return (
        Guardianship.objects.informed(viewer.today)
        .of_another()
        .filter(guardian__is_institution=False, guardian__erased_at=None)
    )


def pupils_of(viewer: Viewer, group: Group) -> "QuerySet[Person]":
    learning = Enrolment.objects.active(viewer.today).filter(group=group)
    return Person.objects.filter(pk__in=learning.values("pupil_id"), erased_at=None)


def guardians_of(viewer: Viewer, group: Group) -> "QuerySet[Person]":
    """Those who follow a pupil of the class today; institutions have no account."""
    followed = _followers(viewer).filter(pupil__in=pupils_of(viewer, group).values("pk"))
    return Person.objects.filter(pk__in=followed.values("guardian_id"))


def staff_of(viewer: Viewer) -> "QuerySet[Person]":
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id).exclude(role=Role.PUPIL)
    return Person.objects.filter(pk__in=held.values("person_id"), erased_at=None)


def everyone_of(viewer: Viewer, audience: Audience) -> "QuerySet[Person]":
    """The people of a school, all classes together: its pupils, those who follow one of them, or its staff."""
    if audience == Audience.STAFF:
        return staff_of(viewer)
    here = Holding.objects.pupils_here(viewer)
    if audience == Audience.PUPILS:
        return Person.objects.filter(pk__in=here.values("person_id"), erased_at=None)
    followed = _followers(viewer).filter(pupil__in=here.values("person_id"))
    return Person.objects.filter(pk__in=followed.values("guardian_id"))


def open_accounts_of(viewer: Viewer, audience: Audience) -> "QuerySet[Account]":
    """Their accounts that a password or a card with pictures opens, but the viewer's own."""
    people = everyone_of(viewer, audience).values("pk")
    opens = ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(picture_card__isnull=False)
    found: QuerySet[Account] = Account.objects.filter(opens, person__in=people)
    return found.exclude(pk=viewer.account_id)


@dataclass(frozen=True)
class CardRow:
    """A pupil of a class and their card; `last` is its number."""

    public_id: str
    list_name: str
    issued_at: datetime | None
    last: int


def number_of_people(viewer: Viewer) -> Coalesce:
    """The people whose account one follows, as a part of another query."""
    return number_of(followed_people(viewer))


def number_opened(viewer: Viewer) -> Coalesce:
    """Those of them who opened theirs."""
    return number_of(Account.objects.activated().filter(person__in=followed_people(viewer).values("pk")))


def cards_of(viewer: Viewer, group: Group) -> list[CardRow]:
    """Every pupil of a class, with the card that they have; two queries."""
    people = list(pupils_of(viewer, group).order_by("search_name", "pk"))
    found = PictureCard.objects.visible_to(viewer).filter(account__person__in=people)
    cards = {
        person: (at, pk) for person, at, pk in found.values_list("account__person_id", "issued_at", "pk")
    }
    return [
        CardRow(person.public_id, person.list_name, *cards.get(person.pk, (None, 0))) for person in people
    ]


def people_of(viewer: Viewer, audience: Audience, group: Group | None) -> "QuerySet[Person]":
    """The people of a page: pupils or guardians of a class, or the staff."""
    if group is None:
        return staff_of(viewer)
    return guardians_of(viewer, group) if audience == Audience.GUARDIANS else pupils_of(viewer, group)


def household_of(viewer: Viewer, pupil: Person) -> list[Person]:
    """A pupil, then those who answer for them today and may be told: theirs are the letters of one family."""
    links = Guardianship.objects.informed(viewer.today).of_another().filter(pupil=pupil)
    ordered = links.select_related("guardian").order_by("contact_priority", "guardian__search_name", "pk")
    return [pupil, *(link.guardian for link in ordered if not link.guardian.is_institution)]


def pile_of(viewer: Viewer, audience: Audience, group: Group | None) -> "QuerySet[Person]":
    """Whose letters are printed together. A pile is handed to a class: whoever works has theirs with the staff's."""
    people = people_of(viewer, audience, group)
    if audience == Audience.STAFF:
        return people
    working = Holding.objects.filter(not_over(viewer.today)).exclude(role=Role.PUPIL)
    return people.exclude(pk__in=working.values("person_id"))


def rows_of(viewer: Viewer, people: Sequence[Person], audience: Audience) -> list[PersonRow]:
    """The lines of a list, in a number of queries that does not depend on its length."""
    ids = [person.pk for person in people]
    standings = standings_of(ids, viewer.today)
    states = account_states(ids)
    children = children_of(viewer, ids) if audience == Audience.GUARDIANS else {}
    return [
        _row(
            person,
            states,
            children,
            may_give=can_give_way_in(viewer, standings[person.pk]),
            in_pile=audience == Audience.STAFF or not standings[person.pk].is_staff,
        )
        for person in people
    ]


def list_of(viewer: Viewer, person: Person) -> tuple[Audience, int | None]:
    """The list of accounts in which this person stands, and its class or group; one query."""
    groups = groups_of(viewer).values("pk")
    learning = Enrolment.objects.active(viewer.today).filter(group__in=groups).order_by("group__kind", "pk")
    followed = _followers(viewer).filter(guardian=person).values("pupil_id")
    works, own, child = (
        Person.objects.filter(pk=person.pk)
        .annotate(
            works=Exists(staff_of(viewer).filter(pk=OuterRef("pk"))),
            own=Subquery(learning.filter(pupil=OuterRef("pk")).values("group_id")[:1]),
            child=Subquery(learning.filter(pupil__in=followed).values("group_id")[:1]),
        )
        .values_list("works", "own", "child")
        .get()
    )
    if not keeps_accounts(viewer):
        return Audience.PUPILS, own
    if works:
        return Audience.STAFF, None
    return (Audience.PUPILS, own) if own else (Audience.GUARDIANS, child)


def row_of(viewer: Viewer, person: Person) -> PersonRow:
    """The line of one person, to whom the rule has already said that a code may be given."""
    children = children_of(viewer, [person.pk]) if keeps_accounts(viewer) else {}
    return _row(person, account_states([person.pk]), children, may_give=True)


def _row(
    person: Person,
    states: dict[int, AccountState],
    children: dict[int, list[str]],
    *,
    may_give: bool,
    in_pile: bool = False,
) -> PersonRow:
    return PersonRow(
        person_id=person.pk,
        public_id=person.public_id,
        list_name=person.list_name,
        account=states.get(person.pk, AccountState()),
        may_give=may_give,
        in_pile=may_give and in_pile,
        children=tuple(children.get(person.pk, ())),
    )


def matching(rows: Iterable[PersonRow], *, state: str = "", name: str = "") -> list[PersonRow]:
    """The lines that a filter keeps."""
    typed = fold(name)
    return [
        row
        for row in rows
        if (not state or row.account.state == state)
        and (not typed or typed in fold(row.list_name) or typed in fold(row.account.login))
    ]


def children_of(viewer: Viewer, guardians: Sequence[int]) -> dict[int, list[str]]:
    """« Nina Abadie (5e B) »: the children whom each of them follows in the viewer's school, and in no other."""
    here = Holding.objects.pupils_here(viewer)
    followed = list(
        _followers(viewer)
        .filter(guardian__in=guardians, pupil__in=here.values("person_id"))
        .select_related("pupil")
        .order_by("pupil__birth_date", "pupil__search_name")
    )
    learning = Enrolment.objects.active(viewer.today).filter(
        school_id=viewer.school_id, group__kind=Group.Kind.CLASS, pupil__in=[row.pupil_id for row in followed]
    )
    classes = dict(learning.values_list("pupil_id", "group__name"))
    found: dict[int, list[str]] = defaultdict(list)
    for row in followed:
        group = classes.get(row.pupil_id)
        found[row.guardian_id].append(f"{row.pupil.full_name} ({group})" if group else row.pupil.full_name)
    return found


def letters_for(viewer: Viewer, issued: Sequence[tuple[Activation, str]]) -> list[Letter]:
    """What to print for these codes, given in clear by whoever holds them."""
    people = [activation.account.person for activation, _ in issued]
    ids = [person.pk for person in people]
    standings, children = standings_of(ids, viewer.today), children_of(viewer, ids)
    return [
        Letter(
            activation_id=activation.pk,
            audience=audience_of(viewer, standings[person.pk]),
            name=person.formal_name if person.given_name == "" else _addressee(person),
            given_name=person.given_name or person.family_name,
            login=activation.account.login,
            code=code,
            until=activation.expires_at,
            children=tuple(children.get(person.pk, ())),
        )
        for (activation, code), person in zip(issued, people, strict=True)
    ]


def _addressee(person: Person) -> str:
    return f"{person.get_civility_display()} {person.full_name}" if person.civility else person.full_name


def audience_of(viewer: Viewer, standing: Standing) -> Audience:
    """How the school writes to a person: as staff first, then as a pupil, then as a family."""
    here = {role for role, school in standing.held if school == viewer.school_id}
    if any(role.profile in {Profile.STAFF, Profile.AGENT} for role in here):
        return Audience.STAFF
    return Audience.PUPILS if Role.PUPIL in here else Audience.GUARDIANS


def still_open(viewer: Viewer, codes: dict[int, str]) -> list[tuple[Activation, str]]:
    """Of the codes that a page of letters sends back, those that still open something."""
    found = Activation.objects.visible_to(viewer).open(timezone.now()).filter(pk__in=list(codes))
    return [
        (activation, codes[activation.pk])
        for activation in found.select_related("account__person").order_by(
            "account__person__search_name", "pk"
        )
        if constant_time_compare(activation.digest, digest_of(codes[activation.pk]))
    ]


def activation_for(login: str, code: str) -> Activation | None:
    """The open activation that this login and this code name together; one query, whatever is wrong."""
    found = Activation.objects.open(timezone.now()).filter(
        account__login=login, account__is_active=True, digest=digest_of(code)
    )
    return found.select_related("account__person").first()


def fits_still(activation: Activation) -> bool:
    """Would this code of the school be given today? Between its giving and its use its person may have risen."""
    now = timezone.now()
    person = activation.account.person_id
    standing = standings_of([person], timezone.localdate(now))[person]
    giver = activation.issued_by
    if giver is None:
        # The console's; or, for a letter, of somebody who is no longer in the database.
        first = activation.kind == Activation.Kind.FIRST_LETTER
        return rank_of(standing) <= activation.rank and not (first and standing.is_staff)
    viewer = viewer_for(giver, 0, now)
    return may_still_open(activation.rank, standing, viewer.every_seat() if viewer else ())


def contacts_from(person: Person) -> str:
    """Which official file keeps a person's mail and telephone (« aaf »), or "" when a school wrote them."""
    known = ExternalId.objects.filter(person=person, kind="person").order_by("pk")
    return known.values_list("source", flat=True).first() or ""


def sign_ins() -> dict[tuple[str, ...], float]:
    """How many sessions of today's were opened in five minutes, and in an hour."""
    now = timezone.now()
    spans = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}
    counts = {name: CountOf("pk", filter=Q(opened_at__gt=now - span)) for name, span in spans.items()}
    totals = AccountSession.objects.filter(opened_at__gt=now - spans["1h"]).aggregate(
        **{f"n_{name}": count for name, count in counts.items()}
    )
    return {(name,): totals[f"n_{name}"] for name in spans}
