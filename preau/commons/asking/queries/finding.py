"""What is asked, found by its title: by those who follow it, and by those who received it."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Case, Exists, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.foundation import dates
from preau.foundation.boards import Hit
from preau.foundation.lookup import LookupTerms, TitledRow, found_in, titled


def titles(
    rows: "QuerySet[Any]", wanted: LookupTerms, followed: "QuerySet[Any]", received: "QuerySet[Any]", at: str
) -> "QuerySet[Any]":
    """By their title, those that one follows or received: of these, `word` is the line that one opens."""
    line = Case(
        When(Exists(followed), then=Value("")),
        default=Cast(Subquery(received.order_by("pk").values("pk")[:1]), TextField()),
        output_field=TextField(),
    )
    found = rows.filter(wanted.may_be_in("search_title"))
    return titled(found, folded="search_title", title="title", word=line, at=at)


def hits(
    wanted: LookupTerms,
    rows: Sequence[tuple[Any, ...]],
    received: str,
    followed: str,
    detail_of: Callable[[TitledRow], str],
) -> list[Hit]:
    """What was found of these: the page of the line that one received, else that of whoever follows it."""
    return [
        Hit(
            row.title,
            reverse(received if row.word else followed, kwargs={"pk": int(row.word or row.pk)}),
            detail_of(row),
            near=row.near,
        )
        for row in found_in(wanted, rows)
    ]


def sent_or_draft(row: TitledRow) -> str:
    return dates.day(row.at) if row.at else _("Brouillon")
