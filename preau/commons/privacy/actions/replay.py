"""What was erased since a backup is erased again after it is restored (docs/decisions/0113): who, what was granted, which terms, which schools.

The ledger names nobody: a digest of the public id, which is drawn at random. It is signed, and lies beside the backups.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.commons.journal.models import Line
from preau.commons.privacy.actions import contracts
from preau.commons.privacy.actions.terms import erase_batch
from preau.commons.privacy.models import Outcome, RequestLine, RetentionPart, RetentionRun, SchoolErasure
from preau.commons.privacy.queries import terms
from preau.commons.privacy.queries.held import entry_of
from preau.directory.actions import departures
from preau.directory.models import Person, School
from preau.foundation import journal, signed

PURPOSE = "privacy.erasures"
APPLIED = "privacy.request_erasure_applied"
VERSION = 2


class NotOurs(Exception):
    """Nothing of this file was signed by this site, or it says something else since."""


class OtherVersion(Exception):
    """This site signed that file in another form, which is not read any more."""


@dataclass
class Ledger:
    """People (digests), what was erased on their request (digest, kind, moment), terms (uai or "", day, rules with their dates),
    whose rows these terms left (uai, digest), and schools that left (uai, moment at which they were erased)."""

    people: set[str] = field(default_factory=set)
    kinds: set[tuple[str, str, str]] = field(default_factory=set)
    runs: set[tuple[str, str, tuple[tuple[str, str], ...]]] = field(default_factory=set)
    held: set[tuple[str, str]] = field(default_factory=set)
    schools: set[tuple[str, str]] = field(default_factory=set)


def digest_of(public_id: str) -> str:
    return hashlib.sha256(public_id.encode()).hexdigest()


def ledger() -> bytes:
    """Everything that was erased here so far, as far as the journal and the runs go back, signed: two lines of text."""
    people = terms.erased_people().values_list("public_id", flat=True)
    # Requests go with their people and at their term: only the journal still knows what was erased.
    applied = Line.objects.filter(verb=APPLIED, subject__isnull=False)
    kinds = applied.values_list("subject__public_id", "details__kind", "at")
    runs = RetentionRun.objects.filter(state=RetentionRun.State.DONE).order_by("pk")
    left = SchoolErasure.objects.filter(state=SchoolErasure.State.DONE)
    record = {
        "version": VERSION,
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "people": sorted(map(digest_of, people.iterator())),
        "kinds": sorted({(digest_of(one), kind, at.isoformat()) for one, kind, at in kinds}),
        "runs": sorted({_told_of(run) for run in runs.select_related("school").prefetch_related("parts")}),
        "held": sorted((uai, digest_of(one)) for uai, one in terms.held_now()),
        "schools": sorted((uai, at.isoformat()) for uai, at in left.values_list("school__uai", "done_at")),
    }
    content = json.dumps(record).encode()
    return content + b"\n" + signed.sign(PURPOSE, content).hex().encode() + b"\n"


def _told_of(run: RetentionRun) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    rules = tuple((part.rule, part.since.isoformat()) for part in run.parts.all())
    return (run.school.uai if run.school else "", run.day.isoformat(), rules)


def read(contents: Iterable[bytes]) -> Ledger:
    """Several ledgers as one. Raises NotOurs, OtherVersion."""
    every = Ledger()
    for content in contents:
        try:
            facts, signature = content.splitlines()
            if not signed.is_signed(PURPOSE, facts, bytes.fromhex(signature.decode())):
                raise NotOurs
            record = json.loads(facts)
        except ValueError as error:
            raise NotOurs from error
        if record["version"] != VERSION:
            raise OtherVersion
        every.people |= set(record["people"])
        every.kinds |= {(one, kind, at) for one, kind, at in record["kinds"]}
        every.runs |= {
            (uai, day, tuple((rule, since) for rule, since in rules)) for uai, day, rules in record["runs"]
        }
        every.held |= {(uai, one) for uai, one in record["held"]}
        # Ledgers of before a school could leave name none.
        every.schools |= {(uai, at) for uai, at in record.get("schools", [])}
    return every


def counts_in_words(done: Counter[str]) -> str:
    """How many of each, in a sentence's end."""
    return (
        f"{done['people']} people, {done['kinds']} kinds of data on request, {done['runs']} terms of schools, "
        f"{done['schools']} schools at the end of their contract."
    )


def replay(known: Ledger, *, dry_run: bool = False) -> Counter[str]:
    """Erase again whoever and whatever the ledger names and this database holds; returns how many of each. Twice changes nothing."""
    rows = Person.objects.values_list("pk", "public_id", "erased_at").order_by("pk").iterator()
    here = {digest_of(public_id): (pk, erased_at is not None) for pk, public_id, erased_at in rows}
    back = [here[person][0] for person in sorted(known.people & here.keys()) if not here[person][1]]
    granted: dict[tuple[int, str], datetime] = {}
    for one, kind, at in sorted(known.kinds, key=lambda entry: datetime.fromisoformat(entry[2])):
        if one in here and one not in known.people:
            granted[here[one][0], kind] = datetime.fromisoformat(at)
    held: dict[str, set[int]] = {}
    for uai, one in known.held:
        if one in here:
            held.setdefault(uai, set()).add(here[one][0])
    done: Counter[str] = Counter(people=len(back), kinds=0, runs=0, schools=0)
    for person_id in () if dry_run else back:
        departures.erase_again(person_id)
    done["kinds"] = sum(
        _forget_kind(pk, kind, at, dry_run=dry_run) for (pk, kind), at in sorted(granted.items())
    )
    done["runs"] = sum(
        _erase_term(uai, date.fromisoformat(day), rules, held.get(uai, set()), dry_run=dry_run)
        for uai, day, rules in sorted(known.runs)
    )
    # Last: the others are found by rows that go with a school.
    done["schools"] = sum(
        _erase_school(uai, datetime.fromisoformat(at), dry_run=dry_run) for uai, at in sorted(known.schools)
    )
    if done.total() and not dry_run:
        facts: dict[str, Any] = {"rows": done.total(), **done}
        journal.write(journal.Line("privacy.erasures_replayed", details=facts))
    return done


@transaction.atomic
def _forget_kind(person_id: int, key: str, at: datetime, *, dry_run: bool) -> bool:
    """What was granted to somebody who is still here, unless this database knows that it was done at that moment or since."""
    entry = entry_of(key)
    if entry is None or entry.forget is None or _is_known(person_id, key, at):
        return False
    if not dry_run:
        rows = entry.forget(person_id)
        lines = RequestLine.objects.filter(
            request__subject=person_id, kind=key, right="erase", applied_at=None
        )
        lines.filter(outcome__in=[Outcome.GRANTED, Outcome.PARTLY]).update(applied_at=timezone.now())
        journal.write(
            journal.Line(
                APPLIED,
                target="directory.person",
                target_id=person_id,
                subject_id=person_id,
                details={"rows": rows, "kind": key},
            )
        )
    return True


def _is_known(person_id: int, key: str, at: datetime) -> bool:
    """Does a line say that this kind of data of this person was erased at that moment, or since?"""
    return Line.objects.filter(verb=APPLIED, subject=person_id, details__kind=key, at__gte=at).exists()


def _erase_term(
    uai: str, day: date, rules: Iterable[tuple[str, str]], held: Collection[int], *, dry_run: bool
) -> bool:
    """What two people had agreed to erase in a school, unless this database knows that it is done."""
    school = School.objects.filter(uai=uai).first() if uai else None
    if uai and school is None:
        return False
    if RetentionRun.objects.filter(school=school, day=day, state=RetentionRun.State.DONE).exists():
        return False
    if not dry_run:
        run_id = _agreed_again(school, day, rules)
        while erase_batch(run_id, held):
            pass
    return True


def _erase_school(uai: str, at: datetime, *, dry_run: bool) -> bool:
    """A school that had left by that moment, unless this database knows it."""
    school = School.objects.filter(uai=uai).first()
    if school is None or SchoolErasure.objects.filter(
        school=school, state=SchoolErasure.State.DONE, done_at__gte=at
    ):
        return False
    if not dry_run:
        erasure_id = contracts.begin_again(school, at)
        while contracts.erase_batch(erasure_id):
            pass
    return True


@transaction.atomic
def _agreed_again(school: School | None, day: date, rules: Iterable[tuple[str, str]]) -> int:
    """The run as it was agreed to, in the place of the one that the backup left open."""
    RetentionRun.objects.open().filter(school=school).delete()
    now: datetime = timezone.now()
    run = RetentionRun.objects.create(
        school=school, day=day, state=RetentionRun.State.CONFIRMED, prepared_at=now, confirmed_at=now
    )
    RetentionPart.objects.bulk_create(
        RetentionPart(run=run, rule=rule, since=date.fromisoformat(since), count=0) for rule, since in rules
    )
    return run.pk
