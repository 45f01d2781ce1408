"""Weeks A and B, and the other weeks that have a name: made in one gesture, changed one by one, taken away."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import ProtectedError
from django.dispatch import Signal
from django.utils.translation import gettext as _

from preau.directory.models import SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import Alternation
from preau.domains.timetable.queries.weeks import in_turn, named_alternations, parsed, weeks_of
from preau.foundation import journal
from preau.foundation.locks import lock

# Sent inside the transaction: its receivers only enqueue tasks, in the same database.
weeks_changed = Signal()  # alternation_ids
LETTERS = ("A", "B")


class StillFollowed(Exception):
    """Weekly lessons follow these weeks: they are not taken away."""


class NameTaken(Exception):
    """Another alternation of the year has this name."""


@transaction.atomic
def alternate(viewer: Viewer, year: SchoolYear, first: str, since: date | None = None) -> list[Alternation]:
    """Take the weeks of a year in turn, A and B, closed weeks left out; `first` is the letter of the first one.

    `since`: from this Monday on; the weeks before stay as they are. The same gesture twice changes nothing.
    """
    lock(SchoolYear, year.pk)
    pair = named_alternations(year) or _pair(year)
    one, other = in_turn(weeks_of(year), since)
    taken = {first: one, _other(first): other}
    changed = []
    for letter, alternation in zip(LETTERS, pair, strict=True):
        kept = [day for day in parsed(alternation.mondays) if since and day < since]
        if _give(alternation, [*kept, *taken[letter]]):
            changed.append(alternation)
    if changed:
        journal.record(viewer, "timetable.weeks_alternated", year, first=first)
        weeks_changed.send(sender=Alternation, alternation_ids=[one.pk for one in changed])
    return pair


def _other(letter: str) -> str:
    return LETTERS[1 - LETTERS.index(letter)]


def _pair(year: SchoolYear) -> list[Alternation]:
    """The alternations A and B of a year; those that a file brought under these codes become them."""
    found = []
    for letter in LETTERS:
        defaults = {"school_id": year.school_id, "code": letter, "names_weeks": True}
        name = _("Semaine %(letter)s") % {"letter": letter}
        found.append(Alternation.objects.update_or_create(year=year, name=name, defaults=defaults)[0])
    return found


def _give(alternation: Alternation, mondays: Iterable[date]) -> bool:
    """Whether these weeks are not those it had."""
    days = [day.isoformat() for day in sorted(mondays)]
    if days == sorted(alternation.mondays):
        return False
    alternation.mondays = days
    alternation.save(update_fields=["mondays"])
    return True


@transaction.atomic
def change_week(viewer: Viewer, year: SchoolYear, monday: date, to: Alternation | None) -> bool:
    """Give one week to A, to B, or to neither; returns whether something changed."""
    lock(SchoolYear, year.pk)
    changed = []
    for alternation in named_alternations(year):
        mondays = set(parsed(alternation.mondays)) - {monday}
        if to is not None and alternation.pk == to.pk:
            mondays.add(monday)
        if _give(alternation, mondays):
            changed.append(alternation.pk)
    if changed:
        journal.record(viewer, "timetable.week_changed", year, week=monday.isoformat())
        weeks_changed.send(sender=Alternation, alternation_ids=changed)
    return bool(changed)


@transaction.atomic
def keep_alternation(
    viewer: Viewer,
    year: SchoolYear,
    name: str,
    mondays: Sequence[date],
    alternation: Alternation | None = None,
) -> Alternation:
    """Create some weeks under a name, or change them. Raises NameTaken."""
    lock(SchoolYear, year.pk)
    others = Alternation.objects.filter(year=year, name=name).exclude(pk=alternation.pk if alternation else 0)
    if others.exists():
        raise NameTaken
    verb = "timetable.alternation_changed" if alternation else "timetable.alternation_created"
    alternation = _locked(year, name, alternation)
    renamed = alternation.name != name
    alternation.name = name
    alternation.save(update_fields=["name"])
    moved = _give(alternation, mondays)
    if moved or renamed:
        journal.record(viewer, verb, alternation, weeks=len(mondays))
    if moved:
        weeks_changed.send(sender=Alternation, alternation_ids=[alternation.pk])
    return alternation


def _locked(year: SchoolYear, name: str, alternation: Alternation | None) -> Alternation:
    """The alternation, which nobody else changes meanwhile; a new one when there is none."""
    if alternation is None:
        made: Alternation = Alternation.objects.create(school_id=year.school_id, year=year, name=name)
        return made
    return lock(Alternation, alternation.pk)


@transaction.atomic
def remove_alternation(viewer: Viewer, alternation: Alternation) -> None:
    """Take away weeks that no weekly lesson follows. Raises StillFollowed."""
    journal.record(viewer, "timetable.alternation_removed", alternation)
    try:
        with transaction.atomic():
            alternation.delete()
    except ProtectedError as error:
        raise StillFollowed from error
