"""Questions and announcements as the pages of a space show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Announcement, Card, Question, Report, SameQuestion, Space
from preau.domains.spaces.queries.people import name_for, signed
from preau.foundation import dates

MOST_BESIDE = 2


@dataclass(frozen=True)
class QuestionRow:
    """A question with what the viewer may do of it."""

    pk: int
    author: str
    initials: str
    is_mine: bool
    when: str
    text: str
    answer: str
    answerer: str
    same: int
    said_same: bool
    state: str
    why: str
    may_say_same: bool
    may_answer: bool
    may_remove: bool
    may_restore: bool
    may_report: bool
    is_out: bool
    is_closed: bool

    @property
    def tag(self) -> tuple[Any, str, str]:
        """The word, the tone and the drawing of its state."""
        return STATES[self.state]

    @property
    def is_removed(self) -> bool:
        return self.state == "removed"


STATES = {
    "answered": (gettext_lazy("Répondu"), "done", "check"),
    "waiting": (gettext_lazy("En attente"), "todo", "clock"),
    "kept": (gettext_lazy("Gardée"), "neutral", "moon"),
    "read": (gettext_lazy("À relire"), "todo", "eye"),
    "closed": (gettext_lazy("Close"), "neutral", "lock"),
    "removed": (gettext_lazy("Retirée"), "changed", "trash"),
}


def questions_of(viewer: Viewer, space: Space, state: str = "") -> "QuerySet[Question]":
    """The questions of a space that the viewer reads, newest first, with how many have the same."""
    rows = Question.objects.visible_to(viewer).filter(space=space.pk)
    if state == "attente":
        rows = rows.filter(answered_at=None, closed_at=None, removed_at=None)
    elif state == "repondues":
        rows = rows.filter(answered_at__isnull=False, removed_at=None)
    mine = SameQuestion.objects.filter(question=OuterRef("pk"), person=viewer.person.pk)
    reported = Report.objects.filter(question=OuterRef("pk"), settled_at=None)
    rows = rows.annotate(same_count=Count("same"), said_same=Exists(mine), is_reported=Exists(reported))
    rows = rows.select_related("by", "answered_by")
    return rows.order_by("-shown_at", "-pk")


def question_rows(viewer: Viewer, space: Space, questions: Sequence[Any], schools: int) -> list[QuestionRow]:
    """The same as rows, without a query: the space is at hand."""
    return [_row(viewer, space, one, schools) for one in questions]


def _row(viewer: Viewer, space: Space, one: Any, schools: int) -> QuestionRow:
    one.space = space
    return QuestionRow(
        pk=one.pk,
        author=name_for(viewer.school_id, one.by, schools),
        initials=one.by.initials,
        is_mine=one.by_id == viewer.person.pk,
        when=_near(one.shown_at if one.shown_at > viewer.moment else one.at, viewer, space),
        text=one.text,
        answer=one.answer if one.answered_at else "",
        answerer=one.answered_by.formal_name if one.answered_by else "",
        same=one.same_count,
        said_same=one.said_same,
        state=_state(one, viewer.moment),
        why=one.why,
        may_say_same=rules.says_same(viewer, one),
        may_answer=rules.answers(viewer, one),
        may_remove=one.removed_at is None and rules.removes(viewer, one),
        may_restore=rules.restores(viewer, one),
        may_report=rules.reports(viewer, one),
        is_out=one.is_out,
        is_closed=one.closed_at is not None,
    )


def _state(one: Any, now: datetime) -> str:
    if one.removed_at:
        return "removed"
    if one.shown_at > now:
        return "kept"
    if one.answered_at:
        return "answered"
    if one.closed_at:
        return "closed"
    return "waiting" if one.is_out else "read"


def _near(moment: datetime, viewer: Viewer, space: Space) -> str:
    """« aujourd’hui à 12 h 05 », « hier », a day."""
    day = dates.local(moment, space.school.timezone).date()
    if day == viewer.today:
        return _("à %(hour)s") % {"hour": dates.hour(moment, space.school.timezone)}
    return dates.near_day(day, viewer.today)


def counts_of(viewer: Viewer, space: Space) -> Mapping[str, int]:
    """Beside the pages of a space: questions that wait for whoever runs it, reports to settle (one query); of the others, nothing."""
    if not rules.runs(viewer, space):
        return {"questions": 0, "reports": 0, "definitions": 0}
    found = Space.objects.filter(pk=space.pk).aggregate(
        questions=Count(
            "questions",
            filter=Q(questions__removed_at=None, questions__answered_at=None, questions__closed_at=None)
            & Q(questions__shown_at__lte=viewer.moment),
            distinct=True,
        ),
        reports=Count("reports", filter=Q(reports__settled_at=None), distinct=True),
        definitions=Count(
            "definitions",
            filter=Q(definitions__removed_at=None, definitions__accepted_at=None),
            distinct=True,
        ),
    )
    return dict(found)


@dataclass(frozen=True)
class AnnouncementRow:
    pk: int
    text: str
    author: str
    when: str
    may_remove: bool
    may_restore: bool
    is_removed: bool


def announcements_of(viewer: Viewer, space: Space) -> "QuerySet[Announcement]":
    """What was announced in a space, newest first; what is taken away stays before whoever runs it, for as long as it may come back."""
    rows = Announcement.objects.visible_to(viewer).filter(space=space.pk).select_related("by")
    return rows.order_by("-at", "-pk")


def announcement_rows(viewer: Viewer, space: Space, rows: Iterable[Any]) -> list[AnnouncementRow]:
    """The same as rows, without a query: the space is at hand."""
    found = []
    for one in rows:
        one.space = space
        found.append(
            AnnouncementRow(
                one.pk,
                one.text,
                one.by.formal_name if one.by else "",
                _near(one.at, viewer, space),
                one.removed_at is None and rules.runs_now(viewer, space),
                rules.restores(viewer, one),
                one.removed_at is not None,
            )
        )
    return found


@dataclass(frozen=True)
class ReportRow:
    """What was reported, by whom, and what is said of it."""

    pk: int
    by: str
    at: datetime
    words: str
    thing: Question | Card
    is_question: bool
    author: str


def open_reports(viewer: Viewer, space: Space, schools: int) -> list[ReportRow]:
    """What was reported in a space and waits (one query)."""
    rows = Report.objects.visible_to(viewer).filter(space=space.pk, settled_at=None)
    found = []
    for one in rows.select_related("by", "question__by", "card__by").order_by("-at", "-pk")[:50]:
        thing = one.question or one.card
        by, author = (signed(viewer.school_id, who, schools) for who in (one.by, thing.by))
        found.append(ReportRow(one.pk, by, one.at, one.words, thing, one.question is not None, author))
    return found


def with_counts(viewer: Viewer, question: Question) -> Question:
    """One question with how many have the same, and whether the viewer does (one query)."""
    rows = questions_of(viewer, question.space).filter(pk=question.pk)
    return rows.get()
