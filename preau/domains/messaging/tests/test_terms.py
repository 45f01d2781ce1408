"""What is kept of messages, until when; what a person finds of theirs when they ask for it, and what stays when they go."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.messaging.actions import erasing
from preau.domains.messaging.models import Attachment, Delivery, Message, Report, Thread
from preau.domains.messaging.queries import conversation
from preau.domains.messaging.tests.props import key_to, sent
from preau.foundation import boards
from tests.test_own_data import subject, texts_of

pytestmark = pytest.mark.django_db
# The year after this one has ended, and the day before that.
AFTER, BEFORE = date(2028, 9, 15), date(2027, 12, 1)


@pytest.fixture(autouse=True)
def _nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    Thread.objects.all().delete()
    Message.objects.all().delete()


def due(key: str, college: World, day: date) -> set[int]:
    term = next(term for term in boards.terms if term.key == key)
    return {row.pk for row in term.due(college.school, day)}


def test_a_conversation_goes_a_year_after_its_own_but_while_a_report_waits(
    college: World, seat_of: Any
) -> None:
    plain = sent(seat_of("teacher"), key_to(college, "guardian"))
    insult = sent(seat_of("teacher"), key_to(college, "pupil"))
    report = Report.objects.create(
        school=college.school, message=insult, by=college.people["pupil"], kind="insult", at=NOW
    )
    assert due("messaging.threads", college, BEFORE) == set()
    assert due("messaging.threads", college, AFTER) == {plain.thread_id}
    assert due("messaging.reports", college, AFTER) == set()
    report.closed_at = NOW
    report.save()
    assert due("messaging.threads", college, AFTER) == {plain.thread_id, insult.thread_id}
    assert due("messaging.reports", college, AFTER) == {report.pk}
    assert erasing.erase_threads([plain.thread_id]) == 1
    assert not Message.objects.filter(pk=plain.pk).exists()
    assert not Delivery.objects.filter(message=plain.pk).exists()
    assert not Attachment.objects.filter(message=plain.pk).exists()
    assert Message.objects.filter(pk=insult.pk).exists()


def test_whoever_asks_finds_what_they_wrote_and_nothing_of_others(college: World, seat_of: Any) -> None:
    sent(
        seat_of("teacher"), key_to(college, "guardian"), subject="Rendez-vous", body="<p>Jeudi convient.</p>"
    )
    sent(seat_of("cpe"), key_to(college, "head"), subject="Entre nous", body="<p>Une affaire grave.</p>")
    written = texts_of(subject(college, "teacher"))
    assert "Rendez-vous" in written and "Jeudi convient." in written
    for name in ("teacher", "guardian", "pupil"):
        kept = texts_of(subject(college, name))
        assert "Entre nous" not in kept and "Une affaire grave." not in kept, name


def test_who_goes_leaves_the_threads_of_the_others_readable(college: World, seat_of: Any) -> None:
    """A guardian is erased: the teacher reads on, without a name; the box of the guardian is empty."""
    teacher = seat_of("teacher")
    first = sent(teacher, key_to(college, "guardian"), body="<p>Bonjour.</p>")
    answer = sent(
        seat_of("guardian"),
        key_to(college, "teacher"),
        answers=first,
        school_id=college.school.pk,
        about=college.people["pupil"],
        body="<p>Merci à vous.</p>",
    )
    gone = college.people["guardian"].pk
    for forget in (
        erasing.forget_messages,
        erasing.forget_deliveries,
        erasing.forget_folders,
        erasing.forget_preferences,
        erasing.forget_reports,
    ):
        forget(gone)
    assert answer.thread == first.thread
    shown = conversation.shown(teacher, conversation.messages_of(teacher, first.thread), NOW)
    assert [(one.who, "Merci" in one.body) for one in shown] == [("Vous", False), ("Personne effacée", True)]
    assert not Delivery.objects.filter(person=gone).exists()
