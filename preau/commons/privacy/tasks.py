"""Work that comes back: tell the answers, each night remind and erase; erase what is past its term."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.privacy import exports, rules
from preau.commons.privacy.actions import contracts, copies, keeping, terms
from preau.commons.privacy.models import DataCopy
from preau.commons.privacy.queries import held
from preau.commons.privacy.queries.terms import today_of
from preau.directory.models import School
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import filework, works
from preau.foundation.db import only_one
from preau.foundation.tasks import job
from preau.identity.models import Account

LATER = timedelta(minutes=5)
# So many batches of a school that leaves go in one task.
BATCHES = 30


@job()
def tell_answers() -> int:
    """Tell the answers that may not be taken back any more."""
    return keeping.tell_answers()


@job()
def every_night() -> int:
    """Erase requests past their term, then remind of those whose day comes near; returns how many."""
    keeping.erase_old()
    copies.erase_copies(timezone.localdate())
    return keeping.remind()


@job()
def prepare_terms() -> dict[str, int]:
    """Each night: count what is past its term in each school, remind those who decide, go on with what two people agreed to."""
    counts = {"prepared": 0, "reminded": 0}
    for school in [None, *School.objects.order_by("pk")]:
        today = today_of(school)
        run = terms.prepare(school, today)
        counts["prepared"] += run is not None
        if run and school and contracts.has_ended(school) and contracts.agree_after_the_end(run):
            continue
        counts["reminded"] += bool(run and terms.remind(run, today))
    for run_id in terms.left_to_do():
        erase_run.enqueue(run_id)
    return counts


@job(priority=5)
def erase_run(run_id: int) -> int:
    """Erase what two people agreed to, batch by batch; returns how many rows went. Killed, it goes on where it was."""
    key = terms.work_of(run_id)
    works.begin(key)
    while terms.erase_batch(run_id):
        works.tell(key, _("Effacement"), *terms.progress_of(run_id))
    return terms.progress_of(run_id)[0]


def enqueue_run(sender: Any, run_id: int, **_: Any) -> None:
    erase_run.enqueue(run_id)


@job()
def end_contracts() -> int:
    """Each night: go on with the schools of which the delay is over; returns how many."""
    due = contracts.left_to_do(timezone.localdate())
    for erasure_id in due:
        erase_school.enqueue(erasure_id)
    return len(due)


@job(priority=5)
def erase_school(erasure_id: int) -> bool:
    """Erase a school that leaves, some batches, then let other work pass and go on; whether there is more.

    Never beside a delivery: it could bring back somebody who is being erased. Killed, it goes on with what is left.
    """
    with only_one("delivery") as alone:
        if alone and not contracts.begin(erasure_id, timezone.localdate()):
            return False
        goes_on = contracts.work_on(erasure_id, BATCHES) if alone else True
    if goes_on:
        erase_school.using(run_after=timezone.now() + (timedelta() if alone else LATER)).enqueue(erasure_id)
    return goes_on


@job(retries=0)
def make_copy(copy_id: int) -> None:
    """Make a copy of somebody's data. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(copies.COPIES, copy_id, _make)


def _make(copy: DataCopy, tell: filework.Tell) -> None:
    viewer = _asker(copy)
    if viewer is None:
        filework.give_up(copies.COPIES, copy.pk)
        return
    tell(_("Lecture des données"), 0, 2)
    with timezone.override(ZoneInfo(copy.school.timezone)):
        content = exports.archive_of(held.Subject(copy.subject, viewer.person), timezone.now(), viewer)
    tell(_("Enregistrement du document"), 1, 2)
    copies.keep_copy(copy.pk, _("mes-donnees"), content)


def _asker(copy: DataCopy) -> Viewer | None:
    """Whoever asked, in the seat from which they did, if they still answer for whom they asked."""
    account_id = Account.objects.filter(person=copy.asked_by).values_list("pk", flat=True).first() or 0
    viewer = viewer_for(copy.asked_by, account_id, timezone.now(), copy.seat)
    if viewer is None or viewer.key != copy.seat:
        return None
    return viewer if rules.reads_data_of(viewer, copy.subject) else None


def enqueue_copy(pk: int, **_: Any) -> None:
    make_copy.enqueue(pk)
