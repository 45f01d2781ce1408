"""Somebody answers a word, here or on paper; reading one notes that it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.commons.notifications.models import Item
from preau.commons.questions import actions as questions
from preau.commons.questions.models import Response
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.liaison.actions import telling
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.queries import reading, states
from preau.foundation import journal, notices, readonly
from preau.foundation.locks import lock


class NotAwaited(Exception):
    """The word is closed, or this person's word does not count (any more): authority has ended, the pupil is of age."""


class TooLate(Exception):
    """The deadline has passed."""


class Changed(Exception):
    """Something was added to the word since the page was opened: it is to be read before it is signed."""


@dataclass(frozen=True)
class Said:
    """What is answered: yes or no, and the answers to the questions of the word. `shown`: the digest of the page that was signed."""

    is_yes: bool
    answers: Mapping[str, Any] | None = None
    shown: str | None = None


def note_read(viewer: Viewer, recipient: Recipient) -> None:
    """A word that is opened is read, and so are the news of it: that it came, was told again, was answered (docs/decisions/0156)."""
    if recipient.read_at is None:
        with readonly.noting(Recipient._meta.db_table):
            Recipient.objects.filter(pk=recipient.pk, read_at=None).update(read_at=timezone.now())
    page = reverse("liaison:read", kwargs={"pk": recipient.pk})
    unread = Item.objects.filter(person=viewer.person.pk, url=page, kind__in=telling.OF_A_COPY).unread()
    for kind, key in unread.order_by("pk").values_list("kind", "key"):
        notices.seen(kind, viewer.person.pk, key)


@transaction.atomic
def answer(viewer: Viewer, recipient: Recipient, said: Said) -> bool:
    """Sign here, or change what was signed before the deadline; False when it is the same. Raises NotAwaited, TooLate, Changed."""
    recipient = _held(recipient)
    word = recipient.word
    if word.is_late(timezone.now()):
        raise TooLate
    if said.shown is not None and said.shown != reading.digest_shown(word):
        raise Changed
    made = _keep(viewer, recipient, said, Answer.Way.HERE)
    if made:
        journal.record(viewer, "liaison.answered", word, subject_id=recipient.pupil_id)
    return made


@transaction.atomic
def keep_for_later(viewer: Viewer, recipient: Recipient, answers: Mapping[str, Any]) -> None:
    """Keep what was begun of the questions of a word, as long as an answer is awaited. Raises NotAwaited, TooLate."""
    recipient = _held(recipient)
    word = recipient.word
    if word.is_late(timezone.now()):
        raise TooLate
    _must_count(_row(word, recipient, viewer), recipient)
    if word.questionnaire is None:
        raise NotAwaited
    questions.keep_draft(word.questionnaire, recipient.pupil or recipient.person, recipient.person, answers)


@transaction.atomic
def enter(viewer: Viewer, recipient: Recipient, said: Said) -> bool:
    """Type in what came back on paper, until the word is closed: the paper may have come in time. Raises NotAwaited."""
    recipient = _held(recipient)
    made = _keep(viewer, recipient, said, Answer.Way.PAPER)
    if made:
        journal.record(viewer, "liaison.entered", recipient.word, subject_id=recipient.pupil_id)
        # Whose answer it is reads what was typed in their name.
        telling.tell_entered(recipient)
    return made


def _held(recipient: Recipient) -> Recipient:
    """The copy, locked with its word: two devices of one person, and two parents at once, wait for each other."""
    word = lock(Word, recipient.word_id, "school")
    found = lock(Recipient, recipient.pk, "person", "pupil")
    found.word = word
    if not word.is_open:
        raise NotAwaited
    return found


def _keep(viewer: Viewer, recipient: Recipient, reply: Said, way: str) -> bool:
    word = recipient.word
    before = _row(word, recipient, viewer)
    _must_count(before, recipient)
    noted_by = viewer.person if way == Answer.Way.PAPER else None
    response, changed = _keep_questions(word, recipient, reply, noted_by)
    known = recipient.answers.current().first()
    if known is not None and known.is_yes == reply.is_yes and not changed:
        return False
    precisions = list(word.precisions.order_by("pk"))
    if way == Answer.Way.PAPER:
        # A sheet says what had been added when it was printed, not since.
        precisions = precisions[: recipient.printed_precisions]
    answers = response.answers if response else {}
    signed = reading.lines_signed(
        word, reading.asked_of_word(word), precisions, is_yes=reply.is_yes, answers=answers
    )
    now = timezone.now()
    recipient.answers.current().update(replaced_at=now)
    made = Answer.objects.create(
        recipient=recipient,
        is_yes=reply.is_yes,
        at=now,
        way=way,
        noted_by=noted_by,
        digest=reading.digest_of_lines(signed),
        precisions_shown=len(precisions),
        response=response,
    )
    _tell(viewer, word, recipient, made, before)
    return True


def _must_count(row: states.PupilRow | None, recipient: Recipient) -> None:
    """Does the word of this person count today? A colleague's always does. Raises NotAwaited."""
    if row is not None:
        mine = next((copy for copy in row.copies if copy.pk == recipient.pk), None)
        if mine is None or not mine.counts or mine.ended:
            raise NotAwaited


def _keep_questions(
    word: Word, recipient: Recipient, reply: Said, noted_by: Person | None
) -> tuple[Response | None, bool]:
    """What was answered to the questions, and whether it is something else than before."""
    if word.questionnaire is None or reply.answers is None:
        return None, False
    return questions.send(
        word.questionnaire,
        recipient.pupil or recipient.person,
        recipient.person,
        reply.answers,
        noted_by=noted_by,
    )


def _row(word: Word, recipient: Recipient, viewer: Viewer) -> states.PupilRow | None:
    """What everybody answered about the pupil of this copy; None for the staff."""
    if recipient.pupil_id is None:
        return None
    copies = Recipient.objects.filter(word=word, pupil=recipient.pupil_id).select_related("pupil", "person")
    return states.rows_of(word, copies.order_by("pk"), viewer.today)[0]


def _tell(
    viewer: Viewer, word: Word, recipient: Recipient, made: Answer, before: states.PupilRow | None
) -> None:
    """What becomes of news: settled for whoever has answered, and for all once it is decided."""
    row = _row(word, recipient, viewer)
    if row is None or recipient.pupil_id is None:
        telling.settle(word, [recipient.pk])
        return
    over = row.state != states.State.WAITING
    telling.settle(word, [copy.pk for copy in row.copies] if over else [recipient.pk])
    if row.state == states.State.DISAGREEMENT:
        if before is None or before.state != states.State.DISAGREEMENT:
            telling.tell_disagreement(word, recipient.pupil_id, made)
    elif word.is_information:
        return
    else:
        telling.settle_disagreement(word, recipient.pupil_id)
    others = [copy.pk for copy in row.copies if copy.is_awaited and copy.pk != recipient.pk]
    telling.tell_others(word, made, Recipient.objects.filter(pk__in=others).order_by("pk"))


@transaction.atomic
def print_coupons(viewer: Viewer, word: Word, keys: list[int]) -> int:
    """The coupons of these copies are handed out; returns how many are so for the first time."""
    word = lock(Word, word.pk)
    found = Recipient.objects.filter(word=word, pk__in=keys, printed_at=None)
    number = found.update(printed_at=timezone.now(), printed_precisions=word.precisions.count())
    if number:
        journal.record(viewer, "liaison.coupons_printed", word, recipients=number)
    return number
