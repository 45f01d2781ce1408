"""What is said about a document, in threads."""

from dataclasses import dataclass

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


def threads_of(viewer: Viewer, document: Document) -> list[Thread]:
    """Those to deal with first, then the others, the last first (one query)."""
    rows = document.comments.select_related("author").order_by("pk")[: rules.MOST_COMMENTS]
    first = [row for row in rows if row.parent_id is None]
    answers: dict[int, list[Comment]] = {}
    for row in rows:
        row.document = document
        if row.parent_id:
            answers.setdefault(row.parent_id, []).append(row)
    threads = [_thread(viewer, row, answers.get(row.pk, [])) for row in reversed(first)]
    return sorted(threads, key=lambda one: one.outcome != Comment.Outcome.OPEN)


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
        rules.withdraws(viewer, row),
    )
