"""Suggesting a corrected text to a colleague, and what they answer: nothing is replaced but by whoever writes it."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Assignment, Group
from preau.directory.viewer import Viewer
from preau.domains.report_cards.actions import writing
from preau.domains.report_cards.models import Appreciation, Council, Suggestion, policy_of
from preau.domains.report_cards.queries.writing import limit_of
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.domains.report_cards.rules.texts import kept_text
from preau.foundation import journal, notices
from preau.foundation.locks import lock

State = Suggestion.State
SUGGESTED = "report_cards.suggested"


class SameText(Exception):
    """What is suggested is what is written."""


class AlreadySuggested(Exception):
    """Somebody else's suggestion of this text waits for its answer."""

    def __init__(self, there: Suggestion) -> None:
        super().__init__(there.pk)
        self.there = there


class AlreadyAnswered(Exception):
    """The suggestion waits no more: it was answered, or taken back."""

    def __init__(self, there: Suggestion) -> None:
        super().__init__(there.pk)
        self.there = there


def passage_of(text: Appreciation) -> Passage:
    """What its writers write."""
    label = text.subject.name if text.subject else text.get_kind_display()
    return Passage(Kind(text.kind), label, text.subject_id, own=True)


def is_closed(text: Appreciation) -> bool:
    """Is the council of this pupil over for this period?"""
    held = Council.objects.held().filter(period=text.period_id, group__enrolments__pupil=text.pupil_id)
    return bool(held.exists())


def _refuse_closed(text: Appreciation) -> None:
    """Raises CouncilClosed."""
    if is_closed(text):
        raise writing.CouncilClosed


def _writers(text: Appreciation, viewer: Viewer) -> list[int]:
    """Who is told: the teachers of the subject there, else whoever wrote it."""
    if text.subject_id is None:
        return [text.changed_by_id]
    rows = Assignment.objects.active(viewer.today).filter(group=text.group_id, subject=text.subject_id)
    return list(rows.order_by("pk").values_list("teacher_id", flat=True))


def _key(period: int, person: int, at: datetime, zone: str) -> str:
    """One news a day, however many suggestions."""
    return f"{period}-{person}-{timezone.localdate(at, ZoneInfo(zone)):%Y-%m-%d}"


@transaction.atomic
def suggest(viewer: Viewer, appreciation: Appreciation, typed: str, seen: int) -> Suggestion:
    """Suggest a text to whoever writes this one, who is told; one's own that waits is changed.

    Raises CouncilClosed, TextConflict (somebody has written since), AlreadySuggested, SameText, texts.TooLong.
    """
    lock(Group, appreciation.group_id)
    text = lock(Appreciation, appreciation.pk, "period", "changed_by", "subject")
    _refuse_closed(text)
    if text.version != seen:
        raise writing.TextConflict({text.pupil_id: text})
    wording = kept_text(typed, limit_of(policy_of(text.school_id), text.kind))
    if wording == text.text or not wording:
        raise SameText
    waiting = Suggestion.objects.waiting().filter(appreciation=text).select_related("by").first()
    if waiting and waiting.by_id != viewer.person.pk:
        raise AlreadySuggested(waiting)
    if waiting and (waiting.text, waiting.based_on) == (wording, text.version):
        return waiting
    row = waiting or Suggestion(
        school_id=text.school_id, appreciation=text, pupil_id=text.pupil_id, by=viewer.person
    )
    row.former, row.based_on, row.text, row.at = text.text, text.version, wording, timezone.now()
    row.save()
    journal.record(viewer, "report_cards.text_suggested", row, subject_id=text.pupil_id, kind=text.kind)
    _tell(viewer, text, row)
    return row


def _tell(viewer: Viewer, text: Appreciation, row: Suggestion) -> None:
    school = viewer.school
    notices.publish(
        *(
            notices.News(
                kind=SUGGESTED,
                person_id=person,
                key=_key(text.period_id, person, row.at, school.timezone if school else "Europe/Paris"),
                url=f"{reverse('report_cards:proofreading')}?periode={text.period_id}",
                facts={"period": text.period.name, "school": school.name if school else ""},
                school_id=row.school_id,
                seat=f"staff-{row.school_id}",
            )
            for person in _writers(text, viewer)
            if person != viewer.person.pk
        )
    )


def _waiting(suggestion: Suggestion) -> Suggestion:
    """The suggestion, which nobody else answers meanwhile. Raises AlreadyAnswered."""
    lock(Group, suggestion.appreciation.group_id)
    row = lock(
        Suggestion, suggestion.pk, "appreciation__group", "appreciation__period", "appreciation__subject"
    )
    if row.state != State.WAITING:
        raise AlreadyAnswered(row)
    return row


def _close(viewer: Viewer, row: Suggestion, state: str) -> None:
    row.state, row.answered_by, row.answered_at = state, viewer.person, timezone.now()
    row.save(update_fields=["state", "answered_by", "answered_at"])
    journal.record(viewer, "report_cards.suggestion_answered", row, subject_id=row.pupil_id, state=str(state))
    _settle(viewer, row.appreciation.period_id)


@transaction.atomic
def withdraw(viewer: Viewer, suggestion: Suggestion) -> None:
    """Whoever suggested takes it back. Raises AlreadyAnswered."""
    _close(viewer, _waiting(suggestion), State.WITHDRAWN)


@transaction.atomic
def refuse(viewer: Viewer, suggestion: Suggestion) -> None:
    """The text stays as it is. Raises AlreadyAnswered, CouncilClosed."""
    row = _waiting(suggestion)
    _refuse_closed(row.appreciation)
    _close(viewer, row, State.REFUSED)


@transaction.atomic
def accept(viewer: Viewer, suggestion: Suggestion, seen: int) -> None:
    """The text becomes what was suggested. Raises AlreadyAnswered, CouncilClosed, TextConflict."""
    row = _waiting(suggestion)
    _write(viewer, row.appreciation, row.text, seen)
    _close(viewer, row, State.ACCEPTED)


@transaction.atomic
def rewrite(viewer: Viewer, suggestion: Suggestion, typed: str, seen: int) -> None:
    """The author writes a text of their own instead. Raises AlreadyAnswered, CouncilClosed, TextConflict, texts.TooLong."""
    row = _waiting(suggestion)
    _write(viewer, row.appreciation, typed, seen)
    _close(viewer, row, State.REWRITTEN)


def _write(viewer: Viewer, text: Appreciation, typed: str, seen: int) -> None:
    """As the author writes it on any other page: one way to write, one conflict, one limit."""
    _refuse_closed(text)
    if text.version != seen:
        raise writing.TextConflict({text.pupil_id: text})
    texts = [writing.Text(text.pupil_id, typed, seen)]
    writing.write(viewer, text.group, text.period, passage_of(text), texts)


def _settle(viewer: Viewer, period: int) -> None:
    """Once nothing waits for the answer of this person, the news of it is settled."""
    rows = Suggestion.objects.written_by(viewer).filter(appreciation__period=period)
    states: Iterable[tuple[str, datetime]] = rows.order_by().values_list("state", "at")
    found = list(states)
    if viewer.school and not any(state == State.WAITING for state, _at in found):
        zone = viewer.school.timezone
        notices.settle(SUGGESTED, *{_key(period, viewer.person.pk, at, zone) for _state, at in found})


def forget_suggestions(person_id: int) -> int:
    """Erase what was suggested of what is written of a pupil."""
    return Suggestion.objects.filter(pupil_id=person_id).delete()[0]
