"""A second proof demanded of the staff from a day: said, put off for somebody, worked out again (docs/decisions/0108)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import journal, notices
from preau.foundation.locks import lock
from preau.identity import demands
from preau.identity.actions.telling import PROOF_KINDS, proof_key, tell_proof_asked, tell_proof_soon
from preau.identity.models import Account, ProofDemand

TOGETHER = 500
# What is demanded of every school has changed; sent inside the transaction.
demanded_everywhere = Signal()


@transaction.atomic
def demand_proof(viewer: Viewer, who: str, since: date | None, *, everywhere: bool = False) -> bool:
    """Say of whom a second proof is demanded and from which day, in the viewer's school or `everywhere`; "" for nobody.

    False when it was so already. Whoever is concerned is told at once; of the whole platform, by `work_out_all`.
    """
    school = None if everywhere else viewer.school
    former = ProofDemand.objects.select_for_update().filter(school=school).first()
    before = (former.who, former.since) if former else ("", None)
    if before == (who, since if who else None):
        return False
    if who:
        facts = {"who": who, "since": since, "said_at": timezone.now()}
        ProofDemand.objects.update_or_create(school=school, defaults=facts)
    elif former:
        former.delete()
    day = since.isoformat() if who and since else ""
    journal.record(viewer, "identity.proof_demanded", school or viewer.person, who=who, since=day)
    if school:
        _work_out(demands.accounts_of(school.pk, viewer.today), viewer.today)
    else:
        demanded_everywhere.send(sender=ProofDemand)
    return True


@transaction.atomic
def delay_proof(viewer: Viewer, person: Person, until: date) -> bool:
    """Nothing is demanded of somebody before that day; False when it was so already, or when nothing is demanded."""
    account = Account.objects.select_for_update(of=("self",)).filter(person=person).first()
    if account is None or account.proves_from is None or account.delayed_until == until:
        return False
    account.delayed_until = until
    account.save(update_fields=["delayed_until"])
    journal.record(viewer, "identity.proof_delayed", account, subject_id=person.pk, until=until.isoformat())
    _keep([account], demands.due_days([account], viewer.today), viewer.today)
    return True


@transaction.atomic
def work_out(account_id: int, *, at_once: bool = False) -> date | None:
    """What is demanded of one account today, kept with it; returns the day, None when nothing is."""
    account = lock(Account, account_id)
    today = timezone.localdate()
    _keep([account], demands.due_days([account], today, at_once=at_once), today)
    return account.proves_from


def work_out_all() -> int:
    """Every night: who has come, who has left, what was given and what has ended; and who has a week left is told."""
    today = timezone.localdate()
    if not ProofDemand.objects.exists():
        return _work_out(Q(proves_from__isnull=False), today)
    changed = _work_out(demands.accounts_of(None, today), today)
    soon = Account.objects.filter(proves_from__gt=today, proves_from__lte=today + demands.SOON)
    for few in _few(soon):
        tell_proof_soon(*Account.objects.filter(pk__in=few))
    return changed


def _work_out(wanted: Q, today: date) -> int:
    """Five hundred accounts at a time, in the order of their numbers; returns how many changed."""
    changed = 0
    for few in _few(Account.objects.filter(wanted)):
        with transaction.atomic():
            accounts = list(Account.objects.select_for_update(of=("self",)).filter(pk__in=few).order_by("pk"))
            changed += _keep(accounts, demands.due_days(accounts, today), today)
    return changed


def _keep(accounts: Iterable[Account], days: Mapping[int, date | None], today: date) -> int:
    """Write the days that are others than before, and tell whoever has one to come; returns how many."""
    others = [account for account in accounts if account.proves_from != days[account.pk]]
    former = [proof_key(account) for account in others if account.proves_from]
    for kind in PROOF_KINDS if former else ():
        notices.settle(kind, *former)
    for account in others:
        account.proves_from = days[account.pk]
    Account.objects.bulk_update(others, ["proves_from"])
    tell_proof_asked(*(other for other in others if other.proves_from and other.proves_from > today))
    return len(others)


def _few(found: "QuerySet[Account]") -> Iterator[list[int]]:
    keys = list(found.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), TOGETHER):
        yield keys[start : start + TOGETHER]
