"""What is said about a document, in threads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q

from preau.commons.documents import rules
from preau.commons.documents.models import Comment, Document
from preau.commons.documents.queries.people import name_in
from preau.directory.viewer import Viewer
from preau.foundation import dates


@dataclass(frozen=True)
class Remark:
    """One thing said: who, when, and what the viewer may do with it."""

    pk: int
    name: str
    initials: str
    when: str
    text: str
    withdraws: bool
    is_withdrawn: bool


@dataclass(frozen=True)
class Thread:
    """Something said about a passage, and its answers. `outcome`: open, done, accepted, refused; `still_there`: is its passage in the text?"""

    first: Remark
    passage: str
    is_suggestion: bool
    replacement: str
    outcome: str
    outcome_said: str
    answers: tuple[Remark, ...]
    settles: bool
    answerable: bool


def open_passages(document: Document) -> list[dict[str, str]]:
    """The passages that somebody spoke of and nobody has dealt with yet, for the live editor to show where they are (one query)."""
    rows = document.comments.filter(parent=None, outcome=Comment.Outcome.OPEN).select_related("author")
    return [
        {
            "passage": row.passage,
            "avant": row.prefix,
            "qui": name_in(document, row.author),
        }
        for row in rows.order_by("pk")[: rules.MOST_COMMENTS]
    ]


def said_of(document: Document) -> Any:
    """What was said of it, answers apart: what is to deal with first, the last first; for a page of them."""
    rows = document.comments.filter(parent=None).select_related("author")
    settled = ExpressionWrapper(~Q(outcome=Comment.Outcome.OPEN), BooleanField())
    return rows.annotate(is_settled=settled).order_by("is_settled", "-pk")


def threads_of(viewer: Viewer, document: Document, first: Iterable[Comment]) -> list[Thread]:
    """A page of `said_of`, each with its answers (one query)."""
    first = list(first)
    rows = document.comments.filter(parent__in=[row.pk for row in first]).select_related("author")
    answers: dict[int, list[Comment]] = {}
    for row in rows.order_by("pk"):
        row.document = document
        answers.setdefault(row.parent_id, []).append(row)
    for row in first:
        row.document = document
    return [_thread(viewer, row, answers.get(row.pk, [])) for row in first]


def _thread(viewer: Viewer, row: Comment, answers: list[Comment]) -> Thread:
    return Thread(
        _remark(viewer, row),
        row.passage,
        row.kind == Comment.Kind.SUGGESTION,
        row.replacement,
        row.outcome,
        str(row.get_outcome_display()),
        tuple(_remark(viewer, one) for one in answers),
        rules.settles(viewer, row),
        rules.answers(viewer, row),
    )


def _remark(viewer: Viewer, row: Comment) -> Remark:
    local = dates.local(row.made_at)
    when = f"{dates.near_day(local.date(), viewer.today)}, {dates.hour(local)}"
    author = row.author
    return Remark(
        row.pk,
        name_in(row.document, author),
        author.initials if author else "",
        when,
        row.text,
        row.withdrawn_at is None and rules.withdraws(viewer, row),
        row.withdrawn_at is not None,
    )
