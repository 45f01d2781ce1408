"""Reading the journal back."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.commons.journal.models import Extract, Line, LineQuerySet, Seal
from preau.directory.boards import powers, verbs_of
from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.foundation import boards, dates
from preau.foundation.journal import FOR
from preau.foundation.lookup import LookupTerms

MOST_PEOPLE = 12
# Three years, said as Retention.JOURNAL.
KEPT_MONTHS = 36


@dataclass(frozen=True)
class Change:
    """One line of the journal in plain words. `giver`: for whom it was done, when somebody had given the power to do it."""

    at: datetime
    actor: str
    giver: str
    label: str
    detail: str
    about: str
    is_read: bool = False


# What is asked of the journal of a school


@dataclass(frozen=True)
class LineQuery:
    """Lines between two days of the school's wall clock, both included; of one person, of one verb, read or written, or not.

    `reader`: what is kept from them is left out.
    """

    first: date
    last: date
    person: Person | None = None
    side: str = ""
    verb: str = ""
    kind: str = ""
    reader: Person | None = None


def asked_of(school: School, asked: LineQuery) -> LineQuerySet:
    """These lines of a school's journal, the oldest first. Whoever asks has looked at who may."""
    zone = ZoneInfo(school.timezone)
    starts = datetime.combine(asked.first, time(), zone)
    ends = datetime.combine(asked.last + timedelta(days=1), time(), zone)
    found = Line.objects.filter(school_id=school.pk, at__gte=starts, at__lt=ends)
    if asked.reader:
        found = found.told_to(asked.reader.pk)
    if asked.person:
        found = found.filter(_of_person(asked.person.pk, asked.side))
    if asked.verb:
        word = boards.journal_words_by_verb().get(asked.verb)
        found = found.filter(verb__in=[asked.verb, *(word.formerly if word else ())])
    if asked.kind:
        found = found.filter(is_read=asked.kind == Extract.Kind.READ)
    return found.select_related("actor", "subject", "seal").order_by("at", "pk")


def _of_person(person_id: int, side: str) -> Q:
    by, about = Q(actor=person_id), Q(subject=person_id)
    return {Extract.Side.BY: by, Extract.Side.ABOUT: about}.get(Extract.Side(side), by | about)


def lines_of(viewer: Viewer, asked: LineQuery) -> LineQuerySet:
    """The same of the viewer's school, the newest first, if they read its journal."""
    assert viewer.school is not None  # noqa: S101 - whoever reads a journal sits in its school
    seen = Line.objects.visible_to(viewer).values("pk")
    return asked_of(viewer.school, asked).filter(pk__in=seen).order_by("-at", "-pk")


def verbs_in(viewer: Viewer, asked: LineQuery) -> set[str]:
    """The verbs of the lines that this would show, whatever the verb asked for (one query)."""
    rows, words = lines_of(viewer, replace(asked, verb="")).order_by(), boards.journal_words_by_verb()
    return {words[verb].verb for verb in rows.values_list("verb", flat=True).distinct()}


def people_named(viewer: Viewer, text: str) -> list[Person]:
    """Those of this name whom the viewer sees, or whom the journal of their school knows: who left long ago is still in it."""
    wanted = LookupTerms.typed(text.replace("\0", " "))
    if wanted.letters < 2:
        return []
    seen = Q(pk__in=Person.objects.visible_to(viewer).values("pk"))
    here = Line.objects.filter(school_id=viewer.school_id or 0)
    known = Exists(here.filter(actor=OuterRef("pk"))) | Exists(here.filter(subject=OuterRef("pk")))
    named = wanted.among(Person.objects.filter(seen | known), "search_name")
    ranked = wanted.best(named, lambda one: one.search_name)
    return [one for one, _slips in ranked[:MOST_PEOPLE]]


def person_of(viewer: Viewer, public_id: str) -> Person | None:
    """The person whom an address names, if the viewer sees them or the journal of their school knows them."""
    # PostgreSQL refuses a text that holds a NUL.
    public_id = public_id.replace("\0", "")
    found = Person.objects.filter(public_id=public_id).first() if public_id else None
    if found is None:
        return None
    known = Line.objects.filter(_of_person(found.pk, ""), school_id=viewer.school_id or 0)
    return found if known.exists() or Person.objects.visible_to(viewer).filter(pk=found.pk).exists() else None


def verbs_by_house() -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be asked for: the verbs of the board under the name of their house, each sentence once a house."""
    found: dict[str, dict[str, str]] = {}
    for word in boards.journal_words:
        label = word.verb.partition(".")[0]
        house = str(apps.get_app_config(label).verbose_name)
        found.setdefault(house, {})[word.verb] = str(word.label)
    return [(house, sorted(verbs.items(), key=lambda one: one[1])) for house, verbs in sorted(found.items())]


def extracts_of(viewer: Viewer) -> "QuerySet[Extract]":
    """The extracts of the viewer's school, the newest first."""
    return Extract.objects.visible_to(viewer).select_related("asked_by", "person", "file")


def extract_files(viewer: Viewer) -> Any:
    """The files of those that the viewer sees."""
    return Extract.objects.visible_to(viewer).exclude(file=None).values("file")


def person_of_file(file_id: int) -> int | None:
    """About whom the extract of a file is, if it is about somebody."""
    return Extract.objects.filter(file=file_id).values_list("person", flat=True).first()


def seals_of(school_id: int, numbers: Sequence[int]) -> "QuerySet[Seal]":
    """These seals of a school, in order."""
    return Seal.objects.filter(school_id=school_id, number__in=numbers).order_by("number")


def changes_of(viewer: Viewer, topic: str) -> LineQuerySet:
    """The lines of the viewer's school that tell of a topic, the newest first."""
    verbs = [word.verb for word in boards.journal_words if word.topic == topic]
    return _of_school(viewer).filter(verb__in=verbs)


def given_lines_of(viewer: Viewer) -> LineQuerySet:
    """What was done in the viewer's school under a power that somebody had given, the newest first."""
    verbs = {verb for power in powers for verb in verbs_of(power)}
    return _of_school(viewer).filter(verb__in=verbs, details__has_key=FOR)


def _of_school(viewer: Viewer) -> LineQuerySet:
    lines = Line.objects.visible_to(viewer).filter(school_id=viewer.school_id)
    return lines.select_related("actor", "subject").order_by("-pk")


def lines_in_words(lines: Iterable[Line]) -> list[Change]:
    """Lines as their pages show them; the verbs are those of the board. One query more for the givers."""
    lines, words = list(lines), boards.journal_words_by_verb()
    givers = Person.objects.in_bulk({_giver(line) for line in lines if FOR in line.details})
    return [
        Change(
            at=line.at,
            actor=line.actor.full_name if line.actor else "",
            giver=givers[_giver(line)].full_name if _giver(line) in givers else "",
            label=words[line.verb].label,
            detail=_detail(words[line.verb], line),
            about=line.subject.full_name if line.subject else "",
            is_read=line.is_read,
        )
        for line in lines
    ]


def _giver(line: Line) -> int:
    """For whom it was done: a number, or 0."""
    found = line.details.get(FOR)
    return found if isinstance(found, int) else 0


def _detail(word: boards.JournalWord, line: Line) -> str:
    return word.says(line.details) if word.says else ""


def digest(previous: str, lines: Iterable[Line]) -> str:
    """SHA-256 over the seal before and every field of the lines, in order."""
    sha = hashlib.sha256(previous.encode())
    for line in lines:
        sha.update(facts_of(line).encode())
    return sha.hexdigest()


def facts_of(line: Line) -> str:
    """Every field of a line as its seal covers it."""
    facts = [
        line.pk,
        line.at.isoformat(),
        line.verb,
        line.actor_id,
        line.acting_as,
        line.school_id,
        line.target,
        line.target_id,
        line.subject_id,
        line.is_read,
        line.details,
    ]
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


def broken_seals() -> list[Seal]:
    """The seals whose lines are no longer those that were sealed, or that follow a missing one.

    One batch in memory at a time. A last seal removed with its lines can only be seen from outside: its digest stands
    in the logs (`last_seals` gives what to compare).
    """
    broken: list[Seal] = []
    previous: dict[int | None, str] = {}
    numbers: dict[int | None, int] = {}
    for seal in Seal.objects.order_by("school_id", "number").iterator():
        lines = list(seal.lines.order_by("pk"))
        in_turn = seal.number == numbers.get(seal.school_id, 0) + 1
        if not in_turn or not (
            is_erased_at_term(seal)
            or (len(lines) == seal.count and digest(previous.get(seal.school_id, ""), lines) == seal.digest)
        ):
            broken.append(seal)
        previous[seal.school_id], numbers[seal.school_id] = seal.digest, seal.number
    return broken


def is_erased_at_term(seal: Seal) -> bool:
    """Were its lines erased when they were three years old? Sooner, a seal without its lines is a broken one."""
    return seal.erased_at is not None and seal.at < old_at(seal.erased_at)


def old_at(moment: datetime) -> datetime:
    """Lines sealed before that are past their term at this moment."""
    day = dates.months_later(moment.date(), -KEPT_MONTHS)
    return moment.replace(year=day.year, month=day.month, day=day.day)


def lines_due(school: School | None, day: date) -> LineQuerySet:
    """The lines of a school of which the seal is three years old: a seal goes whole, or stays whole."""
    zone = ZoneInfo(school.timezone if school else settings.TIME_ZONE)
    before = old_at(datetime.combine(day, time(), zone))
    return Line.objects.filter(school=school, seal__at__lt=before)


def last_seals() -> list[Seal]:
    """The newest seal of each school."""
    last: dict[int | None, Seal] = {seal.school_id: seal for seal in Seal.objects.order_by("number")}
    return list(last.values())
