"""Work for later: the spaces of classes, questions whose hour has come, announcements, years that end."""

from typing import Any

from django.utils import timezone

from preau.domains.spaces import exports
from preau.domains.spaces.actions import ageing, announcing, asking, gathering, meeting
from preau.domains.spaces.actions.bundles import BUNDLES, drop_old, keep_bundle
from preau.domains.spaces.models import Bundle
from preau.foundation import filework
from preau.foundation.tasks import job


@job()
def gather() -> int:
    """Each hour: the spaces that classes and teachings lack, and those that open; returns how many were made."""
    today = timezone.localdate()
    for space in announcing.opening(today):
        announcing.tell_opening(space)
    return sum(gathering.gather(school, today) for school in gathering.schools_with_classes())


@job()
def tell_questions() -> int:
    """Every ten minutes: the questions whose hour has come, told to whoever answers."""
    return asking.tell_questions()


@job()
def close_forgotten() -> int:
    """Every ten minutes: the virtual classes that nobody closed."""
    return meeting.close_forgotten(timezone.now())


@job()
def age() -> int:
    """Each night: what ends is announced, what is over is archived."""
    return ageing.age(timezone.localdate())


@job()
def tell_announcement(announcement_id: int) -> int:
    """Tell everybody who enters its space."""
    return announcing.tell(announcement_id)


@job()
def tell_opening(space_id: int) -> int:
    """A space opens earlier than was said: tell what was announced there."""
    return announcing.tell_opening(space_id)


def enqueue_opening(space_id: int, **_: Any) -> None:
    tell_opening.enqueue(space_id)


def enqueue_telling(announcement_id: int, **_: Any) -> None:
    tell_announcement.enqueue(announcement_id)


@job()
def make_bundle(bundle_id: int) -> None:
    """Make the archive of a portfolio. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(BUNDLES, bundle_id, _make_bundle)


def _make_bundle(bundle: Bundle, tell: filework.Tell) -> None:
    tell("", 0, 1)
    keep_bundle(bundle.pk, f"portfolio-{bundle.asked_at:%Y-%m-%d}", exports.archive_of(bundle.pupil))


def enqueue_bundle(pk: int, **_: Any) -> None:
    make_bundle.enqueue(pk)


@job()
def drop_bundles() -> int:
    """Each night: the archives of portfolios that are a week old."""
    return drop_old(timezone.now())
