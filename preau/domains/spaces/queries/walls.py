"""The wall, the glossary and the shelf of a space, as their pages show them."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from preau.commons.files.queries import FileRow, rows_of
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Card, Column, Definition, Report, Resource, Space
from preau.domains.spaces.queries.people import name_for, signed

MARKS = {
    "idea": ("bulb", "neutral"),
    "question": ("help-circle", "ardoise"),
    "todo": ("clock", "soleil"),
    "done": ("check", "accent"),
}


@dataclass(frozen=True)
class CardRow:
    """A card with its place: which ways it may go."""

    pk: int
    text: str
    mark: str
    word: str
    icon: str
    tone: str
    author: str
    is_first: bool
    is_last: bool
    may_move: bool
    may_remove: bool
    may_report: bool


@dataclass
class ColumnRow:
    pk: int
    title: str
    is_first: bool
    is_last: bool
    cards: list[CardRow] = field(default_factory=list)


def wall_of(viewer: Viewer, space: Space, schools: int) -> list[ColumnRow]:
    """The columns, each with its cards (two queries)."""
    columns = list(Column.objects.filter(space=space.pk).order_by("rank", "pk"))
    rows = [
        ColumnRow(one.pk, one.title, number == 0, number == len(columns) - 1)
        for number, one in enumerate(columns)
    ]
    known: dict[int, list[Any]] = {row.pk: [] for row in rows}
    cards = Card.objects.kept().filter(space=space.pk).select_related("by").order_by("rank", "pk")
    for card in cards:
        known.setdefault(card.column_id, []).append(card)
    for row in rows:
        row.cards = [_card(viewer, space, card, known[row.pk], schools) for card in known[row.pk]]
    return rows


def _card(viewer: Viewer, space: Space, card: Any, among: list[Any], schools: int) -> CardRow:
    card.space = space
    icon, tone = MARKS[card.mark]
    return CardRow(
        card.pk,
        card.text,
        card.mark,
        str(card.get_mark_display()),
        icon,
        tone,
        name_for(viewer.school_id, card.by, schools),
        among[0] is card,
        among[-1] is card,
        rules.moves_card(viewer, card),
        rules.removes(viewer, card),
        rules.reports(viewer, card),
    )


MOST_REMOVED = 20


def removed_cards(viewer: Viewer, space: Space) -> list[tuple[int, str, str]]:
    """The last cards that were taken away and that the viewer may put back: number, text, why (one query)."""
    rows = Card.objects.visible_to(viewer).filter(space=space.pk, removed_at__isnull=False)
    reported = Report.objects.filter(card=OuterRef("pk"), settled_at=None)
    found = []
    rows = rows.annotate(is_reported=Exists(reported))
    for card in rows.order_by("-removed_at", "-pk")[:MOST_REMOVED]:
        card.space = space
        if rules.restores(viewer, card):
            found.append((card.pk, card.text, card.why))
    return found


@dataclass(frozen=True)
class WordRow:
    pk: int
    word: str
    text: str
    author: str
    is_accepted: bool
    is_removed: bool
    why: str
    may_accept: bool
    may_remove: bool
    may_restore: bool


def glossary_of(viewer: Viewer, space: Space, schools: int) -> list[WordRow]:
    """The words that the viewer reads, in order; those that wait first (one query)."""
    rows = Definition.objects.visible_to(viewer).filter(space=space.pk).select_related("by")
    found = []
    for one in rows.order_by("search_word", "pk"):
        one.space = space
        found.append(
            WordRow(
                one.pk,
                one.word,
                one.text,
                name_for(viewer.school_id, one.by, schools),
                one.accepted_at is not None,
                one.removed_at is not None,
                one.why,
                one.accepted_at is None and rules.accepts(viewer, one),
                one.removed_at is None and rules.removes(viewer, one),
                rules.restores(viewer, one),
            )
        )
    return sorted(found, key=lambda row: row.is_accepted or row.is_removed)


@dataclass(frozen=True)
class ShelfRow:
    pk: int
    title: str
    note: str
    word: str
    icon: str
    address: str
    file: FileRow | None
    by: str
    may_take_off: bool


def shelf_of(
    viewer: Viewer, space: Space, schools: int, most: int | None = None
) -> list[tuple[str, list[ShelfRow]]]:
    """By chapter, what is on the shelf (one query)."""
    rows = Resource.objects.filter(space=space.pk).select_related("file", "by").in_order()
    found: dict[str, list[ShelfRow]] = {}
    for one in rows[:most]:
        one.space = space
        found.setdefault(one.shelf, []).append(_resource(viewer, one, schools))
    return list(found.items())


def _resource(viewer: Viewer, one: Any, schools: int) -> ShelfRow:
    icons = {"link": "world", "page": "book", "file": "file-text"}
    name = signed(viewer.school_id, one.by, schools)
    by = _("mis par %(name)s") % {"name": name} if name else ""
    return ShelfRow(
        one.pk,
        one.title,
        one.note,
        str(one.get_kind_display()),
        icons[one.kind],
        one.address,
        rows_of([one.file])[0] if one.file else None,
        by,
        rules.takes_off_shelf(viewer, one),
    )


def chapters_of(space: Space) -> list[str]:
    """The names of chapters already there (one query)."""
    rows = Resource.objects.filter(space=space.pk).exclude(shelf="").order_by("shelf")
    return list(rows.values_list("shelf", flat=True).distinct())
