"""Keeping lines and sealing them; extracts that a head asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.commons.journal.models import Extract, Line, Seal
from preau.commons.journal.queries import LineQuery, digest
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.foundation import boards, filework, journal
from preau.foundation.filework import FileWork
from preau.foundation.journal import Line as JournalLine

log = structlog.get_logger(__name__)
BATCH = 5_000
# A line written by a transaction that began earlier may appear later: only settled time is sealed.
SETTLED = timedelta(minutes=2)
KEPT = timedelta(days=30)
MADE_KINDS = {Extract.Shape.CSV: "text/plain", Extract.Shape.BUNDLE: "application/zip"}


def word_of(verb: str) -> boards.JournalWord:
    """The words of a verb. Raises LookupError when no manifest gives them: people read the journal."""
    word = boards.journal_words_by_verb().get(verb)
    if word is None:
        raise LookupError(f"{verb}: no JournalWord on the board says what this verb means.")
    return word


def keep(*lines: JournalLine) -> None:
    """Keep lines, in the caller's transaction. Raises LookupError when no board gives words for a verb."""
    for verb in {line.verb for line in lines}:
        word_of(verb)
    Line.objects.bulk_create(
        Line(
            verb=line.verb,
            actor_id=line.actor_id,
            acting_as=line.acting_as,
            school_id=line.school_id,
            target=line.target,
            target_id=line.target_id,
            subject_id=line.subject_id,
            is_read=line.is_read,
            details=dict(line.details),
        )
        for line in lines
    )


def seal_all() -> int:
    """Seal the settled lines of every school; returns the number of seals."""
    schools = Line.objects.unsealed().order_by().values_list("school_id", flat=True).distinct()
    return sum(seal(school_id) for school_id in list(schools))


@transaction.atomic
def seal(school_id: int | None) -> int:
    """Seal one batch of a school; returns 0 when nothing is settled. Two workers cannot make the same seal number."""
    before = Seal.objects.select_for_update().filter(school_id=school_id).order_by("number").last()
    settled = Line.objects.unsealed().filter(school_id=school_id, at__lt=timezone.now() - SETTLED)
    lines = list(settled.order_by("pk")[:BATCH])
    if not lines:
        return 0
    made = Seal.objects.create(
        school_id=school_id,
        number=before.number + 1 if before else 1,
        digest=digest(before.digest if before else "", lines),
        count=len(lines),
    )
    Line.objects.filter(pk__in=[line.pk for line in lines]).update(seal=made)
    # Logs are kept elsewhere: whoever can rewrite this database cannot rewrite what they say of it.
    log.info("journal_sealed", school_id=school_id, number=made.number, count=made.count, digest=made.digest)
    return 1


# Extracts


@dataclass(frozen=True)
class ExtractFile:
    """What a task has made: the name and the bytes of the file, and how many lines are in it."""

    name: str
    content: bytes
    rows: int


EXTRACTS = FileWork(
    "journal.extract",
    Extract,
    gettext_lazy("Extrait du journal"),
    "journal.extract_asked",
    lambda _row: reverse("journal:extracts"),
    ("school", "person", "asked_by"),
)


def ask_extract(viewer: Viewer, asked: LineQuery, shape: str) -> Extract:
    """Ask for lines of the journal of the viewer's school; a second click while it is being made is the same extract."""
    same = {
        "school_id": viewer.school_id or 0,
        "asked_by": viewer.person,
        "first": asked.first,
        "last": asked.last,
        "person": asked.person,
        "side": asked.side,
        "verb": asked.verb,
        "kind": asked.kind,
        "shape": shape,
    }
    facts = {"seat": viewer.key, "expires_on": viewer.today + KEPT}
    about = asked.person.pk if asked.person else None
    days = {"first": f"{asked.first}", "last": f"{asked.last}"}
    made: Extract = filework.ask(EXTRACTS, viewer, viewer.person, same, facts, subject_id=about, **days)
    return made


def keep_extract(extract_id: int, made: ExtractFile) -> bool:
    """Its file is kept, and nothing of it changes any more; False when it was not wanted any more. Raises Refused."""

    def fill(known: Extract) -> None:
        file = keep_made(known.school_id, made.name, made.content, MADE_KINDS[Extract.Shape(known.shape)])
        known.rows, known.file, known.sha256 = made.rows, file, file.digest
        line = JournalLine(
            "journal.extract_made",
            school_id=known.school_id,
            target="journal.extract",
            target_id=known.pk,
            subject_id=known.person_id,
            details={"rows": made.rows},
        )
        journal.write(line)

    return filework.keep(EXTRACTS, extract_id, fill)


@transaction.atomic
def note_console_export(school: School, asked: LineQuery, rows: int) -> None:
    """Write that whoever operates the machine took lines away: no account says who it was."""
    line = JournalLine(
        "journal.exported_at_console",
        school_id=school.pk,
        target="directory.school",
        target_id=school.pk,
        subject_id=asked.person.pk if asked.person else None,
        details={"first": f"{asked.first}", "last": f"{asked.last}", "rows": rows},
    )
    journal.write(line)


@transaction.atomic
def erase_extracts(today: date) -> int:
    """Let go of the extracts of which the days are over: nothing owns their files any more, which go the same day."""
    return Extract.objects.over(today).delete()[0]


@transaction.atomic
def forget_extracts(person_id: int) -> int:
    """Erase those that somebody asked for, or that are about them."""
    return Extract.objects.filter(Q(asked_by=person_id) | Q(person=person_id)).delete()[0]


# At their term


@transaction.atomic
def erase_lines(keys: Sequence[int]) -> int:
    """Erase lines past their term. Their seals stay and say so: the chain is recomputed over what is left."""
    rows = Line.objects.filter(pk__in=keys)
    Seal.objects.filter(lines__in=keys, erased_at=None).update(erased_at=timezone.now())
    return rows.delete()[0]
