"""Work for later: telling of homework when families can read it, and the evening before; archiving."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.homework import exports
from preau.domains.homework.actions import telling
from preau.domains.homework.actions.archives import ARCHIVES, keep_archive
from preau.domains.homework.models import Archive
from preau.domains.homework.queries.archives import book_of_year
from preau.foundation import filework
from preau.foundation.tasks import job


@job()
def tell_published() -> int:
    """Tell families of the homework that has just become theirs to read."""
    return telling.tell_published(timezone.now())


@job()
def remind_of_tomorrow() -> int:
    """Remind pupils, in the evening, of what is due tomorrow."""
    return telling.remind_of_tomorrow(timezone.now())


@job()
def tell_handed_in() -> int:
    """Tell teachers, in the evening, of what was handed in and waits for them."""
    return telling.tell_handed_in(timezone.now())


@job(retries=0)
def make_archive(archive_id: int) -> None:
    """Make the archive of a class. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(ARCHIVES, archive_id, _make)


def _make(archive: Archive, tell: filework.Tell) -> None:
    # Its hours are those of the wall clock of the school.
    with timezone.override(ZoneInfo(archive.school.timezone)):
        tell(_("Lecture des séances"), 0, 3)
        book = book_of_year(archive.group, archive.year, timezone.now(), timezone.localdate())
        tell(_("Mise en page"), 1, 3)
        content = exports.book_pdf(book)
    tell(_("Enregistrement du document"), 2, 3)
    keep_archive(archive.pk, exports.name_of(book), content, book.number)


def enqueue_archive(pk: int, **_: Any) -> None:
    make_archive.enqueue(pk)
