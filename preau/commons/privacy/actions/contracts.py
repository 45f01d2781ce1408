"""The end of a school's contract: counted, agreed to by two operators, called off or erased batch by batch (docs/decisions/0181)."""

import hashlib
import json
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, FileField
from django.urls import reverse
from django.utils import timezone

from preau.commons.files.actions import remove_bytes
from preau.commons.files.models import StoredFile
from preau.commons.privacy.models import RetentionRun, SchoolErasure, SchoolErasurePart
from preau.commons.privacy.queries import contracts
from preau.commons.privacy.queries.terms import deciders_of
from preau.directory.actions import departures
from preau.directory.models import Holding, School
from preau.directory.viewer import Viewer
from preau.foundation import dates, journal, notices
from preau.foundation.locks import lock

State = SchoolErasure.State
# So many rows go in a transaction; so many people, of whom each room of the building forgets something.
BATCH, PEOPLE = 500, 10
SOON = "privacy.contract_ends"
# What a school says of itself, and is nothing to whoever reads its journal.
EMPTIED = ("phone", "email", "website", "address", "privacy_contact")


class ErasureMovedOn(Exception):
    """Somebody else has decided since the page was shown, or it has begun; nothing was written."""


class SamePerson(Exception):
    """Whoever prepared does not confirm; nothing was written."""


class StillHeld(Exception):
    """A file is kept longer, or a request on data waits for its answer; nothing was written."""


# Preparing


@transaction.atomic
def prepare(viewer: Viewer, school: School) -> SchoolErasure:
    """Count all that a school holds. What nobody has confirmed yet is counted again, and is then this person's."""
    # Asked for twice at once, it is one: the second one waits here, and finds the first.
    lock(School, school.pk)
    erasure = SchoolErasure.objects.select_for_update(of=("self",)).open().filter(school=school.pk).first()
    if erasure is not None and erasure.state != State.PREPARED:
        return erasure
    erasure = erasure or SchoolErasure(school_id=school.pk)
    erasure.prepared_by, erasure.prepared_at = viewer.person, timezone.now()
    _count(erasure)
    _noted(erasure, "privacy.contract_end_prepared", viewer)
    return erasure


def _count(erasure: SchoolErasure) -> None:
    """How many people go and stay, how many rows each table holds; saved."""
    erasure.people = contracts.people_who_go(erasure.school_id).count()
    erasure.staying = contracts.people_who_stay(erasure.school_id).count()
    erasure.save()
    counted = {
        (table.label, place): table.count(erasure.school_id)
        for place, table in enumerate(contracts.tables(), 1)
    }
    SchoolErasurePart.objects.filter(erasure=erasure).delete()
    SchoolErasurePart.objects.bulk_create(
        SchoolErasurePart(erasure=erasure, table=label, place=place, count=count)
        for (label, place), count in counted.items()
        if count
    )


# Deciding


def mark_of(erasure: SchoolErasure) -> str:
    """What a page showed, so that nobody agrees to other counts than those that they have read."""
    facts = [erasure.state, erasure.prepared_at, erasure.confirmed_at]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def _locked_as(erasure: SchoolErasure, seen: str) -> SchoolErasure:
    found = lock(SchoolErasure, erasure.pk, "school")
    if mark_of(found) != seen:
        raise ErasureMovedOn
    return found


@transaction.atomic
def confirm(viewer: Viewer, erasure: SchoolErasure, seen: str) -> SchoolErasure:
    """Another operator agrees: the delay begins, and the school is told. Raises ErasureMovedOn, SamePerson, StillHeld."""
    erasure = _locked_as(erasure, seen)
    if erasure.state != State.PREPARED:
        raise ErasureMovedOn
    if erasure.prepared_by_id == viewer.person.pk:
        raise SamePerson
    today = timezone.localdate()
    if any(contracts.obstacles_of(erasure.school, today)):
        raise StillHeld
    erasure.state, erasure.confirmed_by, erasure.confirmed_at = (
        State.CONFIRMED,
        viewer.person,
        timezone.now(),
    )
    erasure.due = today + timedelta(days=settings.CONTRACT_END_DAYS)
    erasure.save()
    _noted(erasure, "privacy.contract_end_confirmed", viewer, day=erasure.due.isoformat())
    _tell(erasure, today)
    return erasure


def _tell(erasure: SchoolErasure, today: date) -> None:
    """Those who answer for the data of the school: what is to be taken away is taken before that day."""
    facts: dict[str, str | int] = {
        "school": erasure.school.name,
        "day": dates.plain_day(erasure.due or today),
    }
    notices.publish(
        *(
            notices.News(
                kind=SOON,
                person_id=person,
                key=_key_of(erasure),
                school_id=erasure.school_id,
                seat=f"staff-{erasure.school_id}",
                url=reverse("privacy:contract_end", kwargs={"pk": erasure.pk}),
                facts=facts,
            )
            for person in deciders_of(erasure.school, today)
        )
    )


def _key_of(erasure: SchoolErasure) -> str:
    return f"contract-{erasure.pk}"


@transaction.atomic
def call_off(viewer: Viewer, erasure: SchoolErasure, seen: str) -> None:
    """The school stays: nothing is erased. Raises ErasureMovedOn, once it has begun too."""
    erasure = lock(SchoolErasure, erasure.pk, "school")
    # Said twice, it is said once.
    if erasure.state == State.CALLED_OFF:
        return
    if mark_of(erasure) != seen or not erasure.may_be_called_off:
        raise ErasureMovedOn
    erasure.state, erasure.called_off_by, erasure.called_off_at = (
        State.CALLED_OFF,
        viewer.person,
        timezone.now(),
    )
    erasure.save()
    notices.settle(SOON, _key_of(erasure))
    _noted(erasure, "privacy.contract_end_called_off", viewer)


def _noted(erasure: SchoolErasure, verb: str, viewer: Viewer | None = None, **facts: str | int) -> None:
    """In the journal of the school, which stays: counts, nobody's name."""
    parts = SchoolErasurePart.objects.filter(erasure=erasure)
    rows = sum(part.erased if erasure.state == State.DONE else part.count for part in parts)
    journal.write(
        journal.Line(
            verb,
            actor_id=viewer.person.pk if viewer else None,
            acting_as=viewer.key if viewer else "",
            school_id=erasure.school_id,
            target="privacy.schoolerasure",
            target_id=erasure.pk,
            details={"rows": rows, "people": erasure.people} | facts,
        )
    )


# Erasing


@transaction.atomic
def begin(erasure_id: int, today: date) -> bool:
    """May its rows go now? Once begun, always; else when its day has come and nothing must be answered first."""
    erasure = (
        SchoolErasure.objects.select_for_update(of=("self",)).to_execute(today).filter(pk=erasure_id).first()
    )
    if erasure is None:
        return False
    if erasure.state == State.CONFIRMED:
        if any(contracts.obstacles_of(erasure.school, today)):
            return False
        erasure.state = State.ERASING
        # The school has worked for as long as the delay lasted.
        _count(erasure)
    return True


@transaction.atomic
def begin_again(school: School, since: datetime) -> int:
    """A restored backup brought back a school that was erased: the same again, without waiting; its key."""
    SchoolErasure.objects.open().filter(school=school).delete()
    erasure = SchoolErasure(school=school, state=State.ERASING, prepared_at=since, confirmed_at=since)
    erasure.due = timezone.localdate(since)
    _count(erasure)
    return erasure.pk


@transaction.atomic
def erase_batch(erasure_id: int) -> bool:
    """Erase some people, or some rows of one table; False when there is nothing left to do.

    Killed before its end it has done nothing to the database; the next one takes what is left.
    """
    erasure = (
        SchoolErasure.objects.select_for_update(of=("self",))
        .select_related("school")
        .filter(pk=erasure_id, state=State.ERASING)
        .first()
    )
    if erasure is None:
        return False
    if erasure.people_done_at is None:
        _erase_people(erasure)
        return True
    part = erasure.parts.filter(done_at=None).first()
    if part is None:
        _finish(erasure)
        return False
    table = contracts.table_named(part.table)
    erased = _erase_rows(table, erasure.school_id) if table else 0
    part.erased += erased
    if not erased:
        part.done_at, part.left = timezone.now(), table.count(erasure.school_id) if table else 0
        # Those that went with their people, before, are counted too.
        part.erased = max(part.erased, part.count - part.left)
    part.save()
    return True


def _erase_people(erasure: SchoolErasure) -> None:
    """Those of this school alone, before the rows that say so: each house forgets them, and their accounts close."""
    people = list(
        contracts.people_who_go(erasure.school_id).order_by("pk").values_list("pk", flat=True)[:PEOPLE]
    )
    for person_id in people:
        departures.erase_again(person_id)
    erasure.erased_people += len(people)
    if not people:
        erasure.people_done_at = timezone.now()
    erasure.save()


def _erase_rows(table: contracts.Table, school_id: int) -> int:
    """Some rows that nothing needs any more; what only named them lets go. Nothing is taken along unseen."""
    for rows in table.rows(school_id):
        keys = list(table.free(rows).values_list("pk", flat=True)[:BATCH])
        if keys:
            break
    else:
        return 0
    going = contracts.rows_of(table.model).filter(pk__in=keys)
    _remove_files(table, keys)
    for link in table.let_go:
        contracts.rows_of(link.model).filter(**{f"{link.name}__in": keys}).update(**{link.name: None})
    return int(going._raw_delete(going.db))  # noqa: SLF001 - Django would take along what hangs on them, uncounted


def _remove_files(table: contracts.Table, keys: list[int]) -> None:
    """Bytes first: should this be undone, the rows are still there to be erased again."""
    if table.model is StoredFile:
        remove_bytes(keys)
    for field in table.model._meta.concrete_fields:
        if isinstance(field, FileField):
            for row in contracts.rows_of(table.model).filter(pk__in=keys).exclude(**{field.name: ""}):
                getattr(row, field.name).delete(save=False)


def _finish(erasure: SchoolErasure) -> None:
    """Of the school, its number and its name stay, which its journal speaks of."""
    school = lock(School, erasure.school_id)
    school.logo.delete(save=False)
    for name in EMPTIED:
        setattr(school, name, "")
    school.services, school.settled, school.current_year = {}, [], None
    school.opens_at = school.closes_at = None
    school.save()
    erasure.state, erasure.done_at = State.DONE, timezone.now()
    erasure.save()
    _noted(erasure, "privacy.contract_end_done")


def work_on(erasure_id: int, most: int) -> bool:
    """So many batches at most; is there more?"""
    return all(erase_batch(erasure_id) for _ in range(most))


def left_to_do(today: date) -> list[int]:
    return list(SchoolErasure.objects.to_execute(today).order_by("pk").values_list("pk", flat=True))


# Afterwards


def has_ended(school: School) -> bool:
    """Was it erased, and has nobody come since?"""
    done = SchoolErasure.objects.filter(school=school, state=State.DONE).exists()
    return done and not Holding.objects.filter(school=school).exists()


@transaction.atomic
def agree_after_the_end(run: RetentionRun) -> bool:
    """What is left of a school that has left (its journal) ends at its term: those who ended its contract have agreed to it.
    False when it is agreed to already."""
    run = lock(RetentionRun, run.pk)
    if run.state != RetentionRun.State.PREPARED or run.school_id is None:
        return False
    erasure = SchoolErasure.objects.filter(school=run.school_id, state=State.DONE).latest("done_at")
    run.state, run.approved_by, run.confirmed_by = (
        RetentionRun.State.CONFIRMED,
        erasure.prepared_by,
        erasure.confirmed_by,
    )
    run.approved_at = run.confirmed_at = timezone.now()
    run.save()
    return True


def progress_of(erasure: SchoolErasure) -> tuple[int, int]:
    """How many rows went, of how many that were counted."""
    counted = erasure.parts.values_list("erased", F("count"))
    return sum(one for one, _ in counted), sum(every for _, every in counted)
