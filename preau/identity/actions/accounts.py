"""Creating accounts, giving codes, closing accounts."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.crypto import get_random_string

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.identity.actions.signing import end_sessions
from preau.identity.codes import digest_of, new_code
from preau.identity.logins import logins_for, stem_of
from preau.identity.models import Account, Activation
from preau.identity.queries import BY_STAFF
from preau.identity.rules import can_give_way_in
from preau.identity.standing import standings_of

LETTER_LIFE = timedelta(days=60)
CODE_LIFE = timedelta(days=7)
LINK_LIFE = timedelta(hours=1)
KEPT_AFTER = timedelta(days=30)
MOST_LETTERS = 60
ROUNDS = 10

code_given = Signal()  # account_id; sent inside the transaction: the task row is written with it

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


@transaction.atomic
def prepare_letters(
    viewer: Viewer, people: Iterable[Person], *, seen: int, again: bool = False
) -> list[Issued]:
    """Give a letter's code to those who have none that works; `again`: also in place of one that works.

    `seen` is the number of the last code that the page knew: a page sent twice makes no second letter.
    """
    chosen = _allowed(viewer, people)[:MOST_LETTERS]
    open_accounts(chosen)
    accounts = _locked(chosen).filter(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    given = Activation.objects.filter(kind__in=BY_STAFF)
    since = given.filter(pk__gt=seen) if again else given.open(timezone.now())
    waiting = list(accounts.exclude(pk__in=since.values("account_id")))
    issued = _issue(viewer, waiting, Activation.Kind.FIRST_LETTER, LETTER_LIFE)
    if issued:
        only = waiting[0].person_id if len(waiting) == 1 else None
        ids = " ".join(str(account.person_id) for account in waiting)
        journal.record(
            viewer, "identity.letters_prepared", viewer.school, subject_id=only, count=len(issued), people=ids
        )
    return issued


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


def _issue(viewer: Viewer | None, accounts: Sequence[Account], kind: str, life: timedelta) -> list[Issued]:
    """A new code for each account; the former ones open nothing any more."""
    now = timezone.now()
    Activation.objects.filter(account__in=accounts, used_at=None, cancelled_at=None).update(cancelled_at=now)
    codes = [new_code() for _ in accounts]
    made = [
        Activation(
            account=account, kind=kind, digest=digest_of(code), issued_by=viewer.person if viewer else None, issued_at=now, expires_at=now + life
        )
        for account, code in zip(accounts, codes, strict=True)
    ]  # fmt: skip
    issued = zip(Activation.objects.bulk_create(made), codes, strict=True)
    return sorted(issued, key=lambda pair: pair[0].account.person.search_name)


@transaction.atomic
def give_code(viewer: Viewer, person: Person, *, seen: int) -> Issued | None:
    """Give a code to say aloud or to show: the former password and sessions end at once. None when the page was old."""
    open_accounts([person])
    account = _locked([person]).first()
    newer = Activation.objects.filter(account=account, kind__in=BY_STAFF, pk__gt=seen)
    if account is None or newer.exists():
        return None
    account.set_unusable_password()
    account.save(update_fields=["password"])
    end_sessions(account.pk)
    issued = _issue(viewer, [account], Activation.Kind.RESET_BY_STAFF, CODE_LIFE)
    journal.record(viewer, "identity.code_given", account, subject_id=person.pk)
    code_given.send(sender=Account, account_id=account.pk)
    return issued[0]


@transaction.atomic
def give_code_at_console(person: Person) -> Issued:
    """The same from the server's console, for whom nobody in the school may give one: its first or only head."""
    open_accounts([person])
    account = _locked([person]).get()
    account.set_unusable_password()
    account.save(update_fields=["password"])
    end_sessions(account.pk)
    issued = _issue(None, [account], Activation.Kind.RESET_BY_STAFF, CODE_LIFE)
    _trace("identity.code_given_at_console", account)
    code_given.send(sender=Account, account_id=account.pk)
    return issued[0]


@transaction.atomic
def issue_link(account_id: int) -> Issued | None:
    """A code for a link by mail, one hour; others stay as they were: asking for a stranger must not harm them."""
    account = (
        Account.objects.activated().select_related("person").filter(pk=account_id, is_active=True).first()
    )
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
    _trace("identity.link_sent", account)
    return made, code


def _trace(verb: str, account: Account) -> None:
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
    end_sessions(account.pk)
    gone = Activation.objects.filter(account=account).delete()[0]
    account.login = f"efface-{get_random_string(20).lower()}"
    account.is_active = False
    account.last_login = None
    account.set_unusable_password()
    account.save()
    return 1 + gone


def purge_codes() -> int:
    """Drop the codes that ended thirty days ago; returns how many."""
    return Activation.objects.filter(expires_at__lt=timezone.now() - KEPT_AFTER).delete()[0]
