"""What must be true of the database after a fault. Imported once Django is ready."""

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

from django.db import connection, connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from bench.faults.ledger import Findings, Key
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Dispatch, Envelope
from preau.commons.outbox.models import Letter
from preau.domains.attendance.models import Decision, Entry, EntryChange, Explanation, Notice, RollCall
from preau.identity.codes import digest_of
from preau.identity.models import Account, Activation

UNSEEN = "a code that nobody saw"


def look(promised: dict[Key, list[Any]]) -> Findings:
    """Compare the ledger with the database, then the database with itself."""
    start_afresh()
    findings = Findings()
    for key, values in promised.items():
        _compare(findings, key, values)
    lessons = {key[1] for key in promised if key[0] == "roll"}
    _nothing_half_visible(findings, lessons)
    _sound(findings)
    return findings


def start_afresh() -> None:
    """Connections of before the fault are dead ones."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _compare(findings: Findings, key: Key, values: list[Any]) -> None:
    match key:
        case ("entry", lesson, pupil):
            findings.compare(key, values, steps_of(lesson, pupil))
        case ("entry, in any order", lesson, pupil):
            findings.compare(key, sorted(values, key=str), sorted(steps_of(lesson, pupil), key=str))
        case ("roll", lesson):
            held = RollCall.objects.filter(lesson=lesson).count()
            findings.expect(not values or held == 1, f"{key}: {held} rolls")
        case ("explanations", entry):
            held = Explanation.objects.filter(comment__startswith=f"{entry}:").order_by("pk")
            findings.compare(key, values, list(held.values_list("comment", flat=True)))
        case ("decisions", words):
            held = Decision.objects.filter(explanation__comment=words).order_by("pk")
            findings.compare(key, values, list(held.values_list("state", flat=True)))
        case ("codes", person):
            _compare_codes(findings, key, values, person)


def steps_of(lesson: int, pupil: int) -> list[tuple[str, int | None]]:
    """Everything that was ever noted of this pupil in this lesson, oldest first."""
    steps = EntryChange.objects.filter(entry__lesson=lesson, entry__pupil=pupil).order_by("pk")
    return list(steps.values_list("status", "minutes_late"))


def _compare_codes(findings: Findings, key: Key, values: list[Any], person: int) -> None:
    held = list(
        Activation.objects.filter(account__person=person).order_by("pk").values_list("digest", flat=True)
    )
    promised = [digest_of(code) if code else UNSEEN for code in values]
    if len(promised) == len(held):
        held = [UNSEEN if want == UNSEEN else one for want, one in zip(promised, held, strict=True)]
    findings.compare(key, promised, held)


def _nothing_half_visible(findings: Findings, lessons: set[int]) -> None:
    """A roll, its entries, their steps, their trace and their letter to prepare exist together or not at all."""
    entries = {entry.pk: entry for entry in Entry.objects.all()}
    steps: dict[int, list[EntryChange]] = defaultdict(list)
    for step in EntryChange.objects.order_by("pk"):
        steps[step.entry_id].append(step)
    for pk, entry in entries.items():
        last = steps[pk][-1] if steps[pk] else None
        same = last is not None and (last.status, last.minutes_late) == (entry.status, entry.minutes_late)
        findings.expect(same, f"entry {pk} is not what its last step says")
    called = dict(RollCall.objects.filter(lesson__in=lessons).values_list("lesson_id", "pk"))
    traced: Counter[int] = Counter()
    calls = {pk: lesson for lesson, pk in called.items()}
    for line in Line.objects.filter(verb="attendance.roll_validated", target_id__in=calls):
        traced[calls[line.target_id]] += line.details["changes"]
    for line in Line.objects.filter(verb="attendance.entry_corrected", target_id__in=entries):
        traced[entries[line.target_id].lesson_id] += 1
    absences: Counter[int] = Counter()
    for lesson in lessons:
        own = [step for pk, entry in entries.items() if entry.lesson_id == lesson for step in steps[pk]]
        findings.expect(lesson in called or not own, f"lesson {lesson} has entries and no roll")
        findings.expect(
            traced[lesson] == len(own), f"lesson {lesson}: {len(own)} steps, {traced[lesson]} traced"
        )
        absences.update(step.entry_id for step in own if step.status == "absent")
    counts = Counter(pk for pks in _told() for pk in pks)
    for entry, times in absences.items():
        findings.expect(
            counts[entry] == times, f"entry {entry}: {times} times absent, {counts[entry]} times to tell"
        )
    _explanations_are_whole(findings)


def _told() -> list[list[int]]:
    tasks = DBTaskResult.objects.filter(task_path__endswith=".tell_guardians")
    return [arguments["args"][0] for arguments in tasks.values_list("args_kwargs", flat=True)]


def _explanations_are_whole(findings: Findings) -> None:
    given = Explanation.objects.filter(comment__contains=":")
    traced = Counter(Line.objects.filter(verb="attendance.explained").values_list("target_id", flat=True))
    decided = Counter(Decision.objects.values_list("explanation_id", "state"))
    for explanation in given:
        findings.expect(traced[explanation.pk] == 1, f"explanation {explanation.pk} without its trace")
        settled = explanation.state == "pending" or decided[explanation.pk, explanation.state]
        findings.expect(bool(settled), f"explanation {explanation.pk} without its decision")


def _sound(findings: Findings) -> None:
    """The engine's own opinion of its files."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            findings.expect(cursor.fetchall() == [("ok",)], "SQLite finds its file damaged")
            cursor.execute("PRAGMA foreign_key_check")
            findings.expect(not cursor.fetchall(), "a row points at nothing")


def fingerprint() -> dict[str, str]:
    """Everything that sending a form again must not change, by what it is: the rows of the domains, and the traces of writing."""
    start_afresh()
    models: list[Any] = [RollCall, Entry, EntryChange, Explanation, Decision, Account, Activation]
    facts: dict[str, Any] = {
        model._meta.label: list(model.objects.order_by("pk").values_list()) for model in models
    }
    # What the worker does by itself in the meantime (seals, keys that are rolled) has no author, and answers no form.
    traces = Line.objects.filter(is_read=False, actor__isnull=False).values_list("verb", flat=True)
    facts |= {f"traces of {verb}": count for verb, count in Counter(traces).items()}
    facts["families to tell"] = sorted(map(tuple, _told()))
    return {
        name: hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()
        for name, rows in facts.items()
    }


def unfinished() -> int:
    """What still has to be done for a letter to leave: tasks of absences, news without envelope, envelopes not sent."""
    start_afresh()
    tasks = DBTaskResult.objects.filter(status__in=["READY", "RUNNING"], task_path__contains="attendance")
    letters = Dispatch.objects.filter(channel=Envelope.Channel.MAIL)
    waiting = Envelope.objects.filter(channel=Envelope.Channel.MAIL, sent_at=None, dropped_at=None)
    return tasks.count() + letters.due(timezone.now()).count() + waiting.count()


def letters() -> Findings:
    """Once the worker has nothing left: no task failed, each family of a standing absence has its letter, none is half gone.

    What was corrected or explained before its letter had left tells nobody, and is no loss: no letter is promised for it.
    """
    findings = Findings()
    failed = DBTaskResult.objects.filter(status="FAILED", task_path__contains="attendance")
    findings.expect(not failed.exists(), f"{failed.count()} tasks given up")
    sent = Dispatch.objects.filter(channel=Envelope.Channel.MAIL, envelope__sent_at__isnull=False)
    left = sent.filter(item__kind="attendance.absence").values_list("item__person_id", "item__key")
    recipients = {(person, int(key)) for person, key in left}
    missing = set(Entry.objects.absences().values_list("pk", flat=True))
    rows = Notice.objects.values_list("pupil", "guardian", "day", "entry")
    heard = {
        (pupil, guardian, day)
        for pupil, guardian, day, entry in rows
        if entry in missing and (guardian, entry) in recipients
    }
    standing = Notice.objects.filter(entry__in=Entry.objects.to_explain())
    for family in set(standing.values_list("pupil", "guardian", "day")) - heard:
        findings.lost += 1
        findings.words.append(f"nobody told {family}")
    promised = Counter(
        sent.filter(item__kind="attendance.absence").values_list("item__person__email", flat=True)
    )
    written = Counter(Letter.objects.filter(subject="Une absence à expliquer").values_list("to", flat=True))
    for address, letters in promised.items():
        findings.compare(("letters", address), ["letter"] * letters, ["letter"] * written[address])
    for address in written.keys() - promised.keys():
        findings.compare(("letters", address), [], ["letter"] * written[address])
    return findings
