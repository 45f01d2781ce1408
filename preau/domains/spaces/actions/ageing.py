"""A space of a year that is over: one only reads in it, then it is archived, then erased; each is announced before it happens."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.documents.models import Document
from preau.domains.spaces.models import Announcement, Card, Definition, Question, Resource, Space
from preau.domains.spaces.queries.papers import KIND
from preau.domains.spaces.queries.people import runners_of
from preau.foundation import dates, notices

AGES = "spaces.ages"
BEFORE = timedelta(days=14)
# How long one still reads last year's space in the list before it is archived; it is erased at the end of the year after.
READ_FOR = timedelta(days=60)
A_YEAR = timedelta(days=365)
Told = Space.Told


def stage_on(space: Space, day: date) -> tuple[str, date] | None:
    """What comes next for a space, and when, if it is near enough to be said."""
    if space.last_day is None:
        return None
    for stage, on in [
        (Told.CLOSING, space.last_day + timedelta(days=1)),
        (Told.ARCHIVING, space.last_day + READ_FOR),
        (Told.ERASING, space.last_day + A_YEAR),
    ]:
        if on - BEFORE <= day < on:
            return stage, on
    return None


def age(day: date, lot: int = 500) -> int:
    """Announce what comes near, and archive what is due; returns how many spaces changed. Run twice, it does it once.

    Each lot is a transaction: a large site is gone through in one night, and no row is held for long.
    """
    changed, last = 0, 0
    while found := _announce(day, last, lot):
        changed, last = changed + found[0], found[1]
    due = Space.objects.filter(archived_at=None, last_day__lte=day - READ_FOR)
    # What was not announced waits for its announcement.
    due = due.filter(told__in=[Told.ARCHIVING, Told.ERASING])
    return changed + due.update(archived_at=timezone.now())


@transaction.atomic
def _announce(day: date, after: int, lot: int) -> tuple[int, int] | None:
    """One lot: how many were announced, and the last number that was looked at; None when none is left (five statements at most)."""
    rows = Space.objects.select_for_update(of=("self",)).filter(_near(day), pk__gt=after)
    spaces = list(rows.order_by("pk")[:lot])
    if not spaces:
        return None
    stages = []
    for space in spaces:
        found = stage_on(space, day)
        if found is not None and space.told != found[0]:
            space.told = found[0]
            stages.append((space, *found))
    used = _used(space for space, _stage, _on in stages)
    # A space in which nothing was ever put ends without a word.
    who_runs = runners_of([space for space, _stage, _on in stages if space.pk in used])
    notices.publish(
        *(
            _news(space, who, school, stage, on)
            for space, stage, on in stages
            for who, school in who_runs.get(space.pk, [])
        )
    )
    Space.objects.bulk_update([space for space, _stage, _on in stages], ["told"], batch_size=500)
    return len(stages), spaces[-1].pk


def _near(day: date) -> Q:
    """The spaces of which some end is near; which, `stage_on` says."""
    found = Q(pk=None)
    for stage, after in [
        (Told.CLOSING, timedelta(days=1)),
        (Told.ARCHIVING, READ_FOR),
        (Told.ERASING, A_YEAR),
    ]:
        found |= Q(last_day__gt=day - after, last_day__lte=day - after + BEFORE) & ~Q(told=stage)
    return found


def _used(spaces: Iterable[Space]) -> set[int]:
    """Those in which anything was ever put (one query)."""
    rows = Space.objects.filter(pk__in=[space.pk for space in spaces])
    put: list[Any] = [Question, Announcement, Resource, Card, Definition]
    found = Q(Exists(Document.objects.filter(kind=KIND, place=OuterRef("pk"))))
    for model in put:
        found |= Q(Exists(model.objects.filter(space=OuterRef("pk"))))
    return set(rows.filter(found).values_list("pk", flat=True))


def _news(space: Space, person: int, school: int, stage: str, on: date) -> notices.News:
    sentences = {
        Told.CLOSING: _("on n’y écrira plus, tout restera lisible"),
        Told.ARCHIVING: _("il sera rangé avec les espaces archivés"),
        Told.ERASING: _("il sera effacé : gardez avant ce qui doit l’être"),
    }
    return notices.News(
        AGES,
        person,
        f"{space.pk}-{stage}",
        reverse("spaces:space", kwargs={"pk": space.pk}),
        facts={"space": space.title, "day": dates.day(on), "what": sentences[Told(stage)]},
        school_id=space.school_id,
        seat=f"staff-{school}",
    )
