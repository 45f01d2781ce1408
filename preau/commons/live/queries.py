"""What a viewer may hear of: the channels of the topics of a page, and those after which it is asked again."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from preau.directory.viewer import Viewer
from preau.foundation import boards, dates, live

# As many as a page shows, and then some.
MOST_TOPICS = 12


def channels_for(viewer: Viewer, asked: Iterable[str]) -> dict[str, str]:
    """Of the topics of a page, those that this viewer may hear of, with their channels; the others are left out without a word."""
    found: dict[str, str] = {}
    for words in list(dict.fromkeys(asked))[:MOST_TOPICS]:
        topic = _resolved(viewer, words)
        if topic:
            found[words] = live.channel(topic)
    return found


def _resolved(viewer: Viewer, words: str) -> str | None:
    key, _colon, number = words.partition(":")
    topic = boards.topics.named(key)
    if topic is None or (number and not (number.isascii() and number.isdecimal() and len(number) < 19)):
        return None
    for seat in viewer.every_seat():
        found = topic.resolve(seat, int(number) if number else None)
        if found:
            return found
    return None


def watched_by(viewer: Viewer) -> list[str]:
    """The channels after which the rights of this viewer are looked at again."""
    topics = [live.person(viewer.person.pk), live.account(viewer.account_id)]
    for seat in viewer.every_seat():
        topics += [live.pupil(pk) for pk in seat.seat.pupils]
        topics += [
            live.school(pk) for pk in {place.school.pk for place in seat.seat.places} | {seat.school_id} if pk
        ]
    return [live.channel(topic) for topic in dict.fromkeys(topics)]


def ends_of(viewer: Viewer, session_ends: datetime) -> datetime:
    """Until when nothing has to be asked: rights end at midnight, sessions at their limits."""
    zone = viewer.school.timezone if viewer.school else ""
    tomorrow = dates.local(viewer.moment, zone).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, time(), tzinfo=ZoneInfo(zone or str(settings.TIME_ZONE)))
    return min(session_ends, midnight)


def described(viewer: Viewer, asked: Iterable[str], session_ends: datetime) -> dict[str, Any]:
    """What the live process is told of one page."""
    return {
        "channels": channels_for(viewer, asked),
        "watched": watched_by(viewer),
        "until": ends_of(viewer, session_ends).timestamp(),
    }
