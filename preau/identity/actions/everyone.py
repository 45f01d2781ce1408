"""Signing people out, one or a whole school, when a password has gone round or a computer was taken."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.identity.actions.keys import cut_keys
from preau.identity.actions.signing import end_sessions, sessions_ended
from preau.identity.actions.telling import tell_everyone_out, tell_password_voided, tell_person_out
from preau.identity.models import Account, Activation, PictureCard
from preau.identity.queries import Audience, open_accounts_of
from preau.identity.rules import can_give_way_in
from preau.identity.standing import standings_of

TOGETHER = 200
# accounts: ids, two hundred at most; voided: those of them whose password opens nothing any more; school_id; mark: the same
# for all that was done at once. Sent inside the transaction.
signed_out_together = Signal()


@dataclass(frozen=True)
class Out:
    """How many browsers were signed out, and how many passwords open nothing any more.

    `spared`: accounts whose password the viewer may not take back. `keys`: keys of access that open nothing any more.
    """

    browsers: int = 0
    passwords: int = 0
    spared: int = 0
    keys: int = 0


@transaction.atomic
def sign_everyone_out(viewer: Viewer, audiences: Iterable[Audience], *, passwords: bool) -> Out:
    """End every session of these people but the viewer's own, and their keys of access; with `passwords`, their password opens nothing any more.

    A password is taken from those to whom the viewer may hand a letter, and from nobody else: the school could not let them in
    again. The cards with pictures and the codes that wait go with it. What the sessions had opened elsewhere is left in a task,
    two hundred accounts at a time.
    """
    chosen = sorted({audience.value for audience in audiences})
    accounts = _accounts(viewer, chosen)
    browsers = sum(_sign_out(few) for few in _few(accounts))
    keys = sum(cut_keys(few) for few in _few(accounts))
    voided = {pk for few in _few(accounts) for pk in _void(viewer, few, accounts)} if passwords else set()
    if browsers or voided or keys:
        mark = f"{viewer.account_id}-{timezone.now():%Y%m%d%H%M%S%f}"
        for few in _few(accounts):
            theirs = [pk for pk in few if pk in voided]
            signed_out_together.send(
                sender=Account, accounts=few, voided=theirs, school_id=viewer.school_id, mark=mark
            )
        journal.record(
            viewer,
            "identity.everyone_out",
            viewer.school,
            audiences=" ".join(chosen),
            browsers=browsers,
            passwords=len(voided),
            keys=keys,
        )
        tell_everyone_out(viewer, mark)
    return Out(browsers, len(voided), len(accounts) - len(voided) if passwords else 0, keys)


@transaction.atomic
def sign_out_person(viewer: Viewer, person: Person) -> bool:
    """End the sessions of one person, wherever their browsers are, and their keys of access; their password still opens.

    For a telephone that was stolen, a computer left open. They are told. False when nothing was open.
    """
    account = Account.objects.select_for_update(of=("self",)).filter(person=person).first()
    if account is None:
        return False
    keys, browsers = cut_keys([account.pk]), end_sessions(account.pk)
    if not keys and not browsers:
        return False
    journal.record(viewer, "identity.person_out", account, subject_id=person.pk, browsers=browsers, keys=keys)
    tell_person_out(account, viewer.school)
    return True


def _accounts(viewer: Viewer, chosen: Iterable[str]) -> dict[int, int]:
    """Person by account, locked in the order of their ids."""
    wanted = Q(pk__in=[])
    for audience in chosen:
        wanted |= Q(pk__in=open_accounts_of(viewer, Audience(audience)).values("pk"))
    held = Account.objects.select_for_update(of=("self",)).filter(wanted)
    return dict(held.order_by("pk").values_list("pk", "person_id"))


def _sign_out(accounts: Collection[int]) -> int:
    """How many of their sessions were still open."""
    ending = Session.objects.filter(accountsession__account__in=accounts)
    number = ending.filter(expire_date__gt=timezone.now()).count()
    ending.delete()
    return number


def _void(viewer: Viewer, few: Collection[int], people: dict[int, int]) -> list[int]:
    standings = standings_of([people[pk] for pk in few], viewer.today)
    theirs = [pk for pk in few if can_give_way_in(viewer, standings[people[pk]])]
    Account.objects.filter(pk__in=theirs).update(password=make_password(None))
    PictureCard.objects.filter(account__in=theirs).delete()
    # A link that is already in a mailbox would be a way in: whoever reads it may be why.
    now = timezone.now()
    Activation.objects.open(now).filter(account__in=theirs).update(cancelled_at=now)
    return theirs


def _few(accounts: Iterable[int]) -> Iterator[list[int]]:
    everyone = list(accounts)
    return (everyone[start : start + TOGETHER] for start in range(0, len(everyone), TOGETHER))


def follow_everyone_out(accounts: Collection[int], voided: Collection[int], school_id: int, mark: str) -> int:
    """These people leave the services and the devices that their sessions had opened; some are told why they need a letter.

    Whoever has signed in again meanwhile signs in to a service once more. Run twice, it tells nothing twice.
    """
    for pk in accounts:
        with transaction.atomic():
            sessions_ended.send(sender=Account, account_id=pk, only="", but="")
    school = School.objects.get(pk=school_id)
    for account in Account.objects.filter(pk__in=voided).order_by("pk"):
        tell_password_voided(account, school, mark)
    return len(accounts)
