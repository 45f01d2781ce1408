"""Cards with pictures: given to a class or to one child, used, taken back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Holding, Person, School
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import journal, throttle
from preau.identity import waiting
from preau.identity.actions.accounts import TooManyCodes, open_accounts
from preau.identity.actions.signing import end_sessions
from preau.identity.codes import digest_of, new_code
from preau.identity.models import Account, PictureCard
from preau.identity.pictures import drawn, secret_of
from preau.identity.rules import can_give_way_in, may_use_card
from preau.identity.standing import standings_of

MOST_CARDS = 60
# A class, some children who lost theirs, and a class again.
MOST_BATCHES, HOUR = 20, timedelta(hours=1)


@cache
def nobodys_pictures() -> str:
    """What is checked when no card has this code, so that both cases take the same time."""
    return make_password(secret_of(("nobody",)))


@dataclass(frozen=True)
class PrintedCard:
    """A card as it is printed, once: whose it is, its code, and its pictures for whoever teaches them."""

    person: Person
    code: str
    pictures: tuple[str, ...]


def give_cards(
    viewer: Viewer, group: Group, people: Iterable[Person], *, seen: int, again: bool = False
) -> list[PrintedCard]:
    """Give a card to those of a class who have none; with `again`, also in place of the one they have.

    `seen` is the last card that the page knew: a page sent twice gives no second card. Raises TooManyCodes.
    """
    if throttle.hit("cards", str(viewer.person.pk), window=HOUR) > MOST_BATCHES:
        raise TooManyCodes
    return _give(viewer, group, list(people), seen, again)


@transaction.atomic
def _give(viewer: Viewer, group: Group, people: list[Person], seen: int, again: bool) -> list[PrintedCard]:
    standings = standings_of([person.pk for person in people], viewer.today)
    allowed = [
        person
        for person in people
        if standings[person.pk].is_only_pupil and can_give_way_in(viewer, standings[person.pk])
    ][:MOST_CARDS]
    open_accounts(allowed)
    held = Account.objects.select_for_update(of=("self",)).filter(
        person__in=[person.pk for person in allowed], is_active=True
    )
    accounts = list(held.select_related("person").order_by("pk"))
    cards = {card.account_id: card for card in PictureCard.objects.filter(account__in=accounts)}
    served = {pk for pk, card in cards.items() if not again or card.pk > seen}
    waiting = [account for account in accounts if account.pk not in served]
    return _issue(viewer, group, waiting, [cards[account.pk] for account in waiting if account.pk in cards])


def _issue(
    viewer: Viewer, group: Group, accounts: Sequence[Account], former: Sequence[PictureCard]
) -> list[PrintedCard]:
    if not accounts:
        return []
    PictureCard.objects.filter(pk__in=[card.pk for card in former]).delete()
    for card in former:
        end_sessions(card.account_id)
    now, given, made = timezone.now(), [], []
    for account in accounts:
        code, pictures = new_code(), drawn()
        given.append(PrintedCard(account.person, code, pictures))
        made.append(
            PictureCard(
                account=account,
                digest=digest_of(code),
                pictures=make_password(secret_of(pictures)),
                issued_by=viewer.person,
                issued_at=now,
            )
        )
    PictureCard.objects.bulk_create(made)
    only = accounts[0].person_id if len(accounts) == 1 else None
    ids = " ".join(str(account.person_id) for account in accounts)
    journal.record(viewer, "identity.cards_given", group, subject_id=only, count=len(made), people=ids)
    return sorted(given, key=lambda card: card.person.search_name)


@transaction.atomic
def withdraw_card(viewer: Viewer, person: Person) -> bool:
    """Take a card back: it opens nothing any more, and what it had opened is closed. False when there was none."""
    account = Account.objects.select_for_update(of=("self",)).filter(person=person).first()
    gone = PictureCard.objects.filter(account=account).delete()[0] if account else 0
    if account and gone:
        end_sessions(account.pk)
        journal.record(viewer, "identity.card_withdrawn", account, subject_id=person.pk)
    return bool(gone)


def account_by_card(code: str, pictures: Sequence[str]) -> Account | None:
    """The account that a code and its pictures open today; the same work whatever is wrong."""
    found = PictureCard.objects.filter(digest=digest_of(code)).select_related("account__person").first()
    right = check_password(secret_of(pictures), found.pictures if found else nobodys_pictures())
    if found is None or not right or not found.account.is_active:
        return None
    today = timezone.localdate()
    person = found.account.person_id
    here = Holding.objects.active(today).filter(person=person, role=Role.PUPIL, school__isnull=False)
    kinds = [School.Kind(kind) for kind in here.values_list("school__kind", flat=True)]
    # A card is no second proof: whoever has asked for one signs in with their password.
    if waiting.is_asked_of(found.account):
        return None
    return found.account if may_use_card(standings_of([person], today)[person], kinds) else None
