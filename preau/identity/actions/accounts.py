"""Creating accounts, giving codes, closing accounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import models, transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from preau.directory.models import Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal, pictures, throttle
from preau.identity.actions.keys import forget_keys, shut_out
from preau.identity.actions.second import drop_second_proof
from preau.identity.actions.telling import tell_code_given, tell_codes_stopped
from preau.identity.codes import digest_of, new_code
from preau.identity.logins import logins_for, stem_of
from preau.identity.models import Account, Activation, PictureCard
from preau.identity.queries import BY_STAFF, fits_still
from preau.identity.rules import can_give_way_in, most_codes_an_hour, rank_of
from preau.identity.standing import not_over, standings_of

LETTER_DAYS = 60
CODE_DAYS = 7
LINK_LIFE = timedelta(hours=1)
KEPT_AFTER = timedelta(days=30)
MOST_LETTERS = 60
ROUNDS = 10

HOUR = timedelta(hours=1)

Issued = tuple[Activation, str]


class TooManyHomonyms(RuntimeError):
    """Others kept taking the same logins."""


@transaction.atomic
def open_accounts(people: Iterable[Person]) -> int:
    """Create the accounts that these people lack, without a password; returns how many people had none.

    Two requests may do it at once: what one has taken, the other sees at its next round.
    """
    wanted = {person.pk: person for person in people if not (person.is_institution or person.erased_at)}
    missing = _lacking(wanted)
    lacking = len(missing)
    for _ in range(ROUNDS):
        if not missing:
            return lacking
        stems = {stem_of(person) for person in missing}
        taken = Account.objects.filter(stem__in=stems).values_list("login", flat=True)
        logins = logins_for(missing, taken)
        Account.objects.bulk_create(
            [_closed_account(person, logins[person.pk]) for person in missing], ignore_conflicts=True
        )
        missing = _lacking(wanted)
    raise TooManyHomonyms


def _lacking(wanted: dict[int, Person]) -> list[Person]:
    served = set(Account.objects.filter(person__in=list(wanted)).values_list("person_id", flat=True))
    return [person for pk, person in wanted.items() if pk not in served]


def _closed_account(person: Person, login: str) -> Account:
    return Account(person=person, login=login, stem=stem_of(person), password=make_password(None))


class TooManyCodes(Exception):
    """This person has given as many codes in an hour as somebody who is at their screen would."""


@dataclass(frozen=True)
class Batch:
    """Which letters are wanted: of whoever has no code that works; with `again`, also in place of one that works.

    `seen` is the number of the last code that the page knew: a page sent twice makes no second letter. `before` is the
    same at the start of what is being done again: whoever has had a code since is served.
    """

    seen: int
    again: bool = False
    before: int | None = None

    @property
    def since(self) -> int:
        return self.seen if self.before is None else min(self.before, self.seen)


@transaction.atomic
def prepare_letters(
    viewer: Viewer, people: Iterable[Person], *, seen: int, again: bool = False, before: int | None = None
) -> list[Issued]:
    """Give a letter's code to the sixty people of the list who have waited longest; nothing when the page is old."""
    batch = Batch(seen, again, before)
    allowed = _allowed(viewer, people)
    letters = Activation.objects.filter(kind=Activation.Kind.FIRST_LETTER, account__person__in=allowed)
    if letters.filter(pk__gt=seen).exists():
        return []
    chosen = _to_serve(allowed, batch)[:MOST_LETTERS]
    open_accounts(chosen)
    # Looked at again, in a query of its own, once they are locked: another batch may have served them meanwhile.
    held = list(_locked(chosen))
    served = set(
        Account.objects.filter(_served(batch), pk__in=[one.pk for one in held]).values_list("pk", flat=True)
    )
    waiting = [account for account in held if account.pk not in served]
    issued = _issue(viewer, waiting, Activation.Kind.FIRST_LETTER, LETTER_DAYS)
    if issued:
        only = waiting[0].person_id if len(waiting) == 1 else None
        ids = " ".join(str(account.person_id) for account in waiting)
        journal.record(
            viewer, "identity.letters_prepared", viewer.school, subject_id=only, count=len(issued), people=ids
        )
    return issued


def _served(batch: Batch) -> Q:
    """Accounts that this batch has nothing to give to: open ones, and those with a code that works (or a newer one)."""
    given = Activation.objects.filter(account=OuterRef("pk"), kind__in=BY_STAFF)
    enough = given.filter(pk__gt=batch.since) if batch.again else given.open(timezone.now())
    return ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX) | Q(Exists(enough))


def _to_serve(people: Sequence[Person], batch: Batch) -> list[Person]:
    """Of these people, those whom the batch is for; never served first, then the oldest letters."""
    known = Account.objects.filter(person__in=[person.pk for person in people])
    done = known.filter(Q(is_active=False) | _served(batch)).values_list("person_id", flat=True)
    last = known.annotate(last=Max("activations__pk", filter=Q(activations__kind__in=BY_STAFF)))
    order = dict(last.values_list("person_id", "last"))
    left = set(done)
    return sorted((p for p in people if p.pk not in left), key=lambda person: order.get(person.pk) or 0)


def _allowed(viewer: Viewer, people: Iterable[Person]) -> list[Person]:
    people = list(people)
    standings = standings_of([person.pk for person in people], viewer.today)
    return [person for person in people if can_give_way_in(viewer, standings[person.pk])]


def _locked(people: Sequence[Person]) -> "models.QuerySet[Account]":
    """The accounts of these people, locked in one order: two batches wait for each other, never for ever."""
    held = Account.objects.select_for_update(of=("self",)).filter(
        person__in=[p.pk for p in people], is_active=True
    )
    return held.select_related("person").order_by("pk")


def end_of_day(school: School | None, days: int) -> datetime:
    """The last moment of the day that a letter names, on the wall clock of the school that gives it."""
    zone = ZoneInfo(school.timezone) if school else timezone.get_default_timezone()
    last = timezone.localdate(timezone=zone) + timedelta(days=days)
    return datetime.combine(last, time.max, tzinfo=zone)


def _issue(
    viewer: Viewer | None, accounts: Sequence[Account], kind: str, days: int, school: School | None = None
) -> list[Issued]:
    """A new code for each account; the former ones open nothing any more."""
    now, until = timezone.now(), end_of_day(viewer.school if viewer else school, days)
    standings = standings_of([account.person_id for account in accounts], timezone.localdate(now))
    Activation.objects.filter(account__in=accounts, used_at=None, cancelled_at=None).update(cancelled_at=now)
    codes = [new_code() for _ in accounts]
    made = [
        Activation(
            account=account,
            kind=kind,
            digest=digest_of(code),
            issued_by=viewer.person if viewer else None,
            rank=rank_of(standings[account.person_id]),
            issued_at=now,
            expires_at=until,
        )
        for account, code in zip(accounts, codes, strict=True)
    ]
    issued = zip(Activation.objects.bulk_create(made), codes, strict=True)
    return sorted(issued, key=lambda pair: pair[0].account.person.search_name)


def give_code(viewer: Viewer, person: Person, *, seen: int) -> Issued | None:
    """Give a code to say aloud or to show: the former password and sessions end at once. None when the page was old.

    Raises TooManyCodes when somebody gives more in an hour than a whole class needs: a session left open is worth a class,
    not a school. What is counted outlives the refusal.
    """
    count = throttle.hit("codes", str(viewer.person.pk), window=HOUR)
    most = most_codes_an_hour(viewer)
    if count == most + 1:
        _tell_stopped(viewer)
    if count > most:
        raise TooManyCodes
    issued = _give_code(viewer, person, seen)
    if issued is None:
        throttle.give_back("codes", str(viewer.person.pk))
    return issued


@transaction.atomic
def _tell_stopped(viewer: Viewer) -> None:
    journal.record(viewer, "identity.codes_stopped", viewer.school, subject_id=viewer.person.pk)
    tell_codes_stopped(viewer)


@transaction.atomic
def _give_code(viewer: Viewer, person: Person, seen: int) -> Issued | None:
    open_accounts([person])
    account = _locked([person]).first()
    newer = Activation.objects.filter(account=account, kind__in=BY_STAFF, pk__gt=seen)
    if account is None or newer.exists():
        return None
    account.set_unusable_password()
    account.save(update_fields=["password"])
    shut_out(account.pk)
    issued = _issue(viewer, [account], Activation.Kind.RESET_BY_STAFF, CODE_DAYS)
    journal.record(viewer, "identity.code_given", account, subject_id=person.pk)
    tell_code_given(account, viewer.school, viewer.seat.role_label)
    return issued[0]


@transaction.atomic
def give_code_at_console(
    person: Person, school: School | None, *, lifts: bool = False, delay: timedelta | None = None
) -> Issued:
    """The same from the server's console, for whom nobody in the school may give one: its first or only head, or an operator (no school).

    `lifts`: their second proof is taken away too, telephone and codes on paper being lost. `delay`: nor is one demanded of
    them before so many days.
    """
    open_accounts([person])
    account = _locked([person]).get()
    account.set_unusable_password()
    account.save(update_fields=["password"])
    shut_out(account.pk)
    issued = _issue(None, [account], Activation.Kind.RESET_BY_STAFF, CODE_DAYS, school)
    if lifts and drop_second_proof(account):
        trace("identity.second_proof_lifted", account)
    if delay:
        account.delayed_until = timezone.localdate() + delay
        account.save(update_fields=["delayed_until"])
        trace("identity.proof_delayed", account)
    trace("identity.code_given_at_console", account)
    tell_code_given(account, school, "")
    return issued[0]


@transaction.atomic
def issue_link(account_id: int) -> Issued | None:
    """A code for a link by mail, one hour; others stay as they were: asking for a stranger must not harm them."""
    # Locked: a password changed at this moment cancels every code, this one too.
    held = Account.objects.select_for_update(of=("self",)).select_related("person")
    account = held.filter(pk=account_id, is_active=True).activated().first()
    if account is None or not account.person.email:
        return None
    now, code = timezone.now(), new_code()
    made = Activation.objects.create(
        account=account,
        kind=Activation.Kind.RESET_BY_MAIL,
        digest=digest_of(code),
        issued_at=now,
        expires_at=now + LINK_LIFE,
    )
    trace("identity.link_sent", account)
    return made, code


def trace(verb: str, account: Account) -> None:
    """A line for what nobody signed in did."""
    journal.write(
        journal.Line(verb=verb, target="identity.account", target_id=account.pk, subject_id=account.person_id)
    )


@transaction.atomic
def close_account(person_id: int) -> int:
    """Erase a person's account: its name, its password, its codes and sessions."""
    account = Account.objects.select_for_update().filter(person_id=person_id).first()
    if account is None:
        return 0
    shut_out(account.pk)
    gone = Activation.objects.filter(account=account).delete()[0]
    gone += forget_keys(account)
    gone += PictureCard.objects.filter(account=account).delete()[0]
    gone += drop_second_proof(account)
    account.login = f"efface-{get_random_string(20).lower()}"
    account.is_active = False
    account.last_login = None
    account.preferences = {}
    account.guides_read = []
    pictures.forget(account.picture.name)
    account.picture = ""
    account.set_unusable_password()
    account.save()
    return 1 + gone


def purge_codes() -> int:
    """Drop the codes that ended thirty days ago; returns how many."""
    return Activation.objects.filter(expires_at__lt=timezone.now() - KEPT_AFTER).delete()[0]


@transaction.atomic
def cancel_codes_of_leavers() -> int:
    """Cancel the open codes that open a function and whose giver may no longer give them; returns how many."""
    now = timezone.now()
    working = Holding.objects.filter(not_over(timezone.localdate(now))).exclude(role=Role.PUPIL)
    given = Activation.objects.open(now).filter(
        kind__in=BY_STAFF, issued_by__isnull=False, account__person__in=working.values("person_id")
    )
    ended = [
        activation.pk
        for activation in given.select_related("issued_by", "account")
        if not fits_still(activation)
    ]
    return Activation.objects.filter(pk__in=ended, used_at=None).update(cancelled_at=now)
