"""What becomes of the accounts of two rows of one human being (docs/decisions/0076).

One account stays, and nobody is carried by an open session, nor by a code at hand, to what they could not open before.
"""

from typing import Any

from django.utils import timezone

from preau.directory.actions.ledger import Ledger
from preau.directory.models import Person
from preau.identity.actions.accounts import close_account
from preau.identity.actions.keys import shut_out
from preau.identity.models import Account
from preau.identity.standing import standings_of


def settle_accounts(sender: object, ledger: Ledger, kept: Person, other: Person, **_: Any) -> None:
    """Two accounts: the other's is closed. One alone: it becomes the kept person's. Whoever gains a seat signs in again."""
    found = Account.objects.select_for_update(of=("self",)).filter(person__in=[kept.pk, other.pk])
    accounts = {account.person_id: account for account in found.order_by("pk")}
    mine, theirs = accounts.get(kept.pk), accounts.get(other.pk)
    if theirs:
        _shut(ledger, theirs)
        if mine:
            ledger.change(theirs, is_active=False)
        else:
            ledger.change(theirs, person_id=kept.pk)
    if mine and _gains(kept, other):
        _shut(ledger, mine)


def _gains(kept: Person, other: Person) -> bool:
    """Does the kept person get a role, a school or a child from the other?"""
    standings = standings_of([kept.pk, other.pk], timezone.localdate())
    mine, theirs = standings[kept.pk], standings[other.pk]
    return not (theirs.held | theirs.coming) <= (mine.held | mine.coming) or not theirs.wards <= mine.wards


def _shut(ledger: Ledger, account: Account) -> None:
    """End the sessions of an account, its keys, and the codes that open it."""
    shut_out(account.pk)
    for code in account.activations.open(timezone.now()).order_by("pk"):
        ledger.change(code, cancelled_at=timezone.now())


def part_accounts(sender: object, kept: Person, other: Person, **_: Any) -> None:
    """Two people again: what either account had open is closed."""
    for pk in (
        Account.objects.filter(person__in=[kept.pk, other.pk]).order_by("pk").values_list("pk", flat=True)
    ):
        shut_out(pk)


def erase_account(sender: object, person_id: int, **_: Any) -> None:
    """The account that was closed has a name and a picture: they go with what the merge remembered."""
    close_account(person_id)
