"""The wall of a space: columns, cards, and where they are; and the words of its glossary."""

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.models import Card, Column, Definition, Space
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.text import fold

FIRST_COLUMNS = ("À faire", "En cours", "Fait")


class Known(Exception):
    """The glossary has this word already."""


@transaction.atomic
def add_column(viewer: Viewer, space: Space, title: str) -> bool:
    """A column at the right, once of this name. False when it is there. Raises TooMany."""
    space = lock(Space, space.pk)
    here = list(Column.objects.filter(space=space).order_by("rank", "pk"))
    if any(fold(one.title) == fold(title) for one in here):
        return False
    if len(here) >= rules.MOST_COLUMNS:
        raise TooMany
    made = Column.objects.create(space=space, title=title, rank=here[-1].rank + 1 if here else 1)
    journal.record(viewer, "spaces.column_added", made)
    return True


@transaction.atomic
def drop_column(viewer: Viewer, column: Column) -> bool:
    """Take an empty column away; False while cards are in it, or were and have nowhere to come back to.

    Cards that were taken away go to the first of the others: they may come back, and what was reported of them stays.
    """
    lock(Space, column.space_id)
    if Card.objects.kept().filter(column=column).exists():
        return False
    removed = Card.objects.filter(column=column)
    other = Column.objects.filter(space=column.space_id).exclude(pk=column.pk).order_by("rank", "pk").first()
    if other is None and removed.exists():
        return False
    removed.update(column=other or column)
    journal.record(viewer, "spaces.column_dropped", column)
    column.delete()
    return True


@transaction.atomic
def add_card(viewer: Viewer, column: Column, mark: str, text: str, sent_as: str = "") -> Card:
    """A card at the foot of a column; the same form sent twice puts one. Raises TooMany."""
    space = lock(Space, column.space_id)
    known = Card.objects.filter(by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    here = Card.objects.kept().filter(space=space)
    if here.count() >= rules.MOST_CARDS:
        raise TooMany
    last = here.filter(column=column).order_by("-rank").values_list("rank", flat=True).first() or 0
    made: Card = Card.objects.create(
        space=space,
        column=column,
        mark=mark,
        text=text,
        rank=last + 1,
        by=viewer.person,
        at=timezone.now(),
        sent_as=sent_as,
    )
    journal.record(viewer, "spaces.card_added", made)
    return made


@transaction.atomic
def move_card(viewer: Viewer, card: Card, to: str) -> bool:
    """One step « up » or « down » in its column, or to the column at its « left » or « right », at the foot. False at the edge."""
    lock(Space, card.space_id)
    card = lock(Card, card.pk)
    if card.removed_at is not None:
        return False
    moved = (
        _within(card, -1 if to == "up" else 1)
        if to in {"up", "down"}
        else _across(card, -1 if to == "left" else 1)
    )
    if moved:
        journal.record(viewer, "spaces.card_moved", card)
    return moved


def _within(card: Card, step: int) -> bool:
    rows = list(Card.objects.kept().filter(column=card.column_id).order_by("rank", "pk"))
    place = next(number for number, one in enumerate(rows) if one.pk == card.pk)
    if not 0 <= place + step < len(rows):
        return False
    rows[place], rows[place + step] = rows[place + step], rows[place]
    for number, one in enumerate(rows, 1):
        one.rank = number
    Card.objects.bulk_update(rows, ["rank"])
    return True


def _across(card: Card, step: int) -> bool:
    columns = list(
        Column.objects.filter(space=card.space_id).order_by("rank", "pk").values_list("pk", flat=True)
    )
    place = columns.index(card.column_id) + step
    if not 0 <= place < len(columns):
        return False
    last = (
        Card.objects.kept()
        .filter(column=columns[place])
        .order_by("-rank")
        .values_list("rank", flat=True)
        .first()
    )
    card.column_id, card.rank = columns[place], (last or 0) + 1
    card.save(update_fields=["column_id", "rank"])
    return True


@transaction.atomic
def propose(viewer: Viewer, space: Space, word: str, text: str) -> Definition:
    """A word and what it means; by whoever runs the space, accepted at once. Raises Known, TooMany."""
    space = lock(Space, space.pk)
    here = Definition.objects.kept().filter(space=space)
    same = here.filter(search_word=fold(word))
    if same.filter(accepted_at__isnull=False).exists() or same.filter(by=viewer.person).exists():
        raise Known
    if here.count() >= rules.MOST_WORDS:
        raise TooMany
    now, runs = timezone.now(), rules.runs(viewer, space)
    made: Definition = Definition.objects.create(
        space=space,
        word=word,
        search_word=fold(word),
        text=text,
        by=viewer.person,
        at=now,
        accepted_at=now if runs else None,
        accepted_by=viewer.person if runs else None,
    )
    journal.record(viewer, "spaces.word_proposed", made)
    return made


@transaction.atomic
def accept(viewer: Viewer, definition: Definition) -> bool:
    """All read it; False when they did. Raises Known where another of the same word was accepted."""
    lock(Space, definition.space_id)
    definition = lock(Definition, definition.pk)
    if definition.accepted_at is not None or definition.removed_at is not None:
        return False
    same = Definition.objects.kept().filter(space=definition.space_id, search_word=definition.search_word)
    if same.filter(accepted_at__isnull=False).exists():
        raise Known
    definition.accepted_at, definition.accepted_by = timezone.now(), viewer.person
    definition.save(update_fields=["accepted_at", "accepted_by"])
    journal.record(viewer, "spaces.word_accepted", definition)
    return True
