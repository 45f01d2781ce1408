"""What is asked of people is drafted, and told again: the house that asks opens the transaction, and writes its journal.

Its row has an author, a number of form (`sent_as`), `is_draft`, and its `reminders`, each of a day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import notices, text
from preau.foundation.locks import lock

Row = TypeVar("Row", bound=Model)
CHUNK = 500


class NotADraft(Exception):
    """It has left already: it stays as it is."""


class Nobody(Exception):
    """Nobody would be asked, or told again."""


class Late(Exception):
    """The moment to answer has passed, or has not come."""


class TooSoon(Exception):
    """Told again today already."""


class NotYours(Exception):
    """It names people whom this person does not ask any more."""


# What is said where nobody is told again.
NOT_REMINDED = {
    TooSoon: _("Une relance est déjà partie aujourd’hui. La prochaine est possible demain."),
    Nobody: _("Il n’y a personne à relancer."),
}


def keep(model: type[Row], viewer: Viewer, sent_as: str, fill: Callable[[Row], None]) -> Row:
    """A new draft, which the house fills; the same form sent twice is one. Raises Nobody without a school."""
    # Two forms of one person wait for each other.
    lock(Person, viewer.person.pk)
    objects: Any = model.objects  # type: ignore[attr-defined]
    known: Row | None = objects.filter(author=viewer.person.pk, sent_as=sent_as).first() if sent_as else None
    if known is not None:
        return known
    if viewer.school is None:
        raise Nobody
    made = model(school=viewer.school, author=viewer.person, written_at=timezone.now(), sent_as=sent_as)
    fill(made)
    return made


def write_on(row: Any, facts: Any, names: Iterable[str], sets: Iterable[str]) -> None:
    """Save a draft with what somebody wrote: `names` are its own fields, `sets` whom it names."""
    for name in names:
        setattr(row, name, getattr(facts, name))
    row.search_title = text.fold(facts.title)
    row.save()
    for name in sets:
        getattr(row, name).set(getattr(facts, name))


def draft(row: Row) -> Row:
    """The row as it is now, locked. Raises NotADraft."""
    found: Any = lock(type(row), row.pk)
    if not found.is_draft:
        raise NotADraft
    return found


@transaction.atomic
def remove(row: Row) -> bool:
    """Throw a draft away, with its questions; False when it has left."""
    try:
        found: Any = draft(row)
    except NotADraft:
        return False
    questionnaire = getattr(found, "questionnaire", None)
    found.delete()
    if questionnaire is not None:
        questionnaire.delete()
    return True


def remind(viewer: Viewer, row: Any, number: int, **more: Any) -> Any:
    """Note that so many are told again, once a day. Raises TooSoon, Nobody."""
    if row.reminders.filter(day=viewer.today).exists():
        raise TooSoon
    if not number:
        raise Nobody
    return row.reminders.create(day=viewer.today, by=viewer.person, number=number, **more)


def key_of(line: int, mark: object = "") -> str:
    """What names the news of one line: as it left, or marked, by a reminder or a later day."""
    return f"{line}-{mark}" if mark else str(line)


def reminders_of(row: Any) -> list[int]:
    return list(row.reminders.order_by("pk").values_list("pk", flat=True))


def settle(lines: Iterable[int], kinds: Mapping[str, Sequence[object]]) -> None:
    """Nothing more is awaited of these: what told of them counts as read, and what has not left does not leave.

    `kinds`: of each, the marks that it was told with, "" for none.
    """
    known = list(lines)
    for start in range(0, len(known), CHUNK):
        for kind, marks in kinds.items():
            keys = [key_of(line, mark) for mark in marks for line in known[start : start + CHUNK]]
            if keys:
                notices.settle(kind, *keys)
