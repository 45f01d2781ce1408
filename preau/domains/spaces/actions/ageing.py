"""A space of a year that is over: one only reads in it, then it is archived, then erased; each is announced before it happens."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.documents.models import Document
from preau.domains.spaces.models import Space
from preau.domains.spaces.queries.papers import KIND
from preau.domains.spaces.queries.people import runners
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


@transaction.atomic
def age(day: date, most: int = 2_000) -> int:
    """Announce what comes near, and archive what is due; returns how many spaces changed. Run twice, it does it once."""
    changed = 0
    near = _near(day)
    rows = Space.objects.select_for_update(of=("self",)).filter(near).order_by("pk")[:most]
    news, told = [], []
    for space in rows:
        found = stage_on(space, day)
        if found is None or space.told == found[0]:
            continue
        space.told = found[0]
        told.append(space)
        # A space in which nothing was ever put ends without a word.
        news += (
            [_news(space, who, school, *found) for who, school in runners(space, space.last_day or day)]
            if _is_used(space)
            else []
        )
    Space.objects.bulk_update(told, ["told"], batch_size=500)
    notices.publish(*news)
    changed += len(told)
    due = Space.objects.filter(archived_at=None, last_day__lte=day - READ_FOR)
    return changed + due.update(archived_at=timezone.now())


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


def _is_used(space: Space) -> bool:
    """Was anything ever put in it?"""
    return any(
        rows.exists()
        for rows in (
            space.questions.all(),
            space.announcements.all(),
            space.resources.all(),
            space.cards.all(),
            space.definitions.all(),
            Document.objects.filter(kind=KIND, place=space.pk),
        )
    )


def _news(space: Space, person: int, school: int, stage: str, on: date) -> notices.News:
    said = {
        Told.CLOSING: _("on n’y écrira plus, tout restera lisible"),
        Told.ARCHIVING: _("il sera rangé avec les espaces archivés"),
        Told.ERASING: _("il sera effacé : gardez avant ce qui doit l’être"),
    }
    return notices.News(
        AGES,
        person,
        f"{space.pk}-{stage}",
        reverse("spaces:space", kwargs={"pk": space.pk}),
        facts={"space": space.title, "day": dates.day(on), "what": said[Told(stage)]},
        school_id=space.school_id,
        seat=f"staff-{school}",
    )
