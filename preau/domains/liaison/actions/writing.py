"""A word is written, sent, completed, told again, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.asking import actions as asking
from preau.commons.questions import actions as questions
from preau.commons.questions.models import Questionnaire
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.liaison.actions import telling as telling_of
from preau.domains.liaison.models import Precision, Recipient, Reminder, Word
from preau.domains.liaison.models.words import new_code
from preau.domains.liaison.queries import reading
from preau.domains.liaison.queries import words as queries
from preau.foundation import journal
from preau.foundation.locks import lock

HOUSE = "liaison"
# Sent in the transaction: recipients (their keys) and the reminder's key, 0 for a word that has just left. A task tells them.
telling = Signal()


@dataclass(frozen=True)
class WordFacts:
    """What somebody wrote, clean."""

    audience: str
    kind: str
    nature: str
    title: str
    text: str
    easy: str = ""
    sign: str = ""
    phrases: Sequence[Mapping[str, str]] = ()
    each_reads: bool = False
    closes_at: datetime | None = None
    groups: Sequence[Group] = ()
    pupils: Sequence[Person] = ()
    colleagues: Sequence[Person] = ()
    roles: Sequence[str] = ()


@transaction.atomic
def write(viewer: Viewer, facts: WordFacts, sent_as: str) -> Word:
    """Keep a new draft; the same form sent twice is one."""
    return asking.keep(Word, viewer, sent_as, partial(_fill, facts=facts))


@transaction.atomic
def change(viewer: Viewer, word: Word, facts: WordFacts) -> Word:
    """Write a draft anew. Raises NotADraft."""
    word = asking.draft(word)
    _fill(word, facts)
    return word


def _fill(word: Word, facts: WordFacts) -> None:
    word.roles, word.phrases = list(facts.roles), list(facts.phrases)
    names = ("audience", "kind", "nature", "title", "text", "easy", "sign", "each_reads", "closes_at")
    asking.write_on(word, facts, names, ["groups", "pupils", "colleagues"])


@transaction.atomic
def add_question(viewer: Viewer, word: Word, facts: QuestionFacts) -> None:
    """One more question of a draft, which cannot leave meanwhile. Raises NotADraft."""
    questions.add_to(asking.draft(word), HOUSE, viewer.person, facts)


@transaction.atomic
def remove_question(viewer: Viewer, word: Word, key: int) -> bool:
    """Take a question away from a draft, which cannot leave meanwhile; False when it is gone. Raises NotADraft."""
    return questions.remove_from(asking.draft(word), key)


@transaction.atomic
def send(viewer: Viewer, word: Word) -> int:
    """It leaves: one copy for each person; returns how many. Raises NotADraft for a second click, NotYours, Late, Nobody."""
    word = asking.draft(word)
    if word.is_late(timezone.now()):
        raise asking.Late
    if not queries.are_ones_own(viewer, word):
        raise asking.NotYours
    copies = queries.copies_meant(word, viewer.today)
    if not copies:
        raise asking.Nobody
    word.state, word.sent_at, word.digest = Word.State.SENT, timezone.now(), reading.digest_shown(word)
    # A word is of the school year in which it left, and its questions with it: they are kept as long as its signatures.
    word.written_at = word.sent_at
    word.save(update_fields=["state", "sent_at", "written_at", "digest"])
    if word.questionnaire_id:
        Questionnaire.objects.filter(pk=word.questionnaire_id).update(made_at=word.sent_at)
    made = _keep_copies(copies)
    journal.record(viewer, "liaison.sent", word, recipients=len(made))
    telling.send(
        sender=Word, word_id=word.pk, recipients=[one.pk for one in made], reminder=0, by=viewer.person.pk
    )
    return len(made)


def _keep_copies(copies: Sequence[Recipient]) -> list[Recipient]:
    """Keep these copies, each with a code that names no other sheet: what was drawn twice is drawn again."""
    taken: set[str] = set()
    unsure = list(copies)
    while unsure:
        for start in range(0, len(unsure), asking.CHUNK):
            drawn = [copy.code for copy in unsure[start : start + asking.CHUNK]]
            taken |= set(Recipient.objects.filter(code__in=drawn).values_list("code", flat=True))
        again = []
        for copy in unsure:
            if copy.code in taken:
                copy.code = new_code()
                again.append(copy)
            else:
                taken.add(copy.code)
        unsure = again
    return Recipient.objects.bulk_create(copies, batch_size=500)


@transaction.atomic
def send_to_newcomers(viewer: Viewer, word: Word) -> int:
    """A list has grown since: those who have no copy get one; returns how many. The second click finds nobody. Raises NotYours."""
    word = lock(Word, word.pk)
    if not queries.are_ones_own(viewer, word):
        raise asking.NotYours
    copies = queries.arrived_since(word, viewer.today) if word.is_open else []
    made = _keep_copies(copies)
    if made:
        journal.record(viewer, "liaison.sent_again", word, recipients=len(made))
        keys = [one.pk for one in made]
        telling.send(sender=Word, word_id=word.pk, recipients=keys, reminder=0, by=viewer.person.pk)
    return len(made)


@transaction.atomic
def add_precision(viewer: Viewer, word: Word, said: str) -> bool:
    """Add something, with its day, to a word that has left; the same again adds nothing."""
    word = lock(Word, word.pk)
    last = word.precisions.order_by("pk").last()
    if word.is_draft or (last is not None and last.text == said):
        return False
    Precision.objects.create(word=word, text=said, by=viewer.person, at=timezone.now())
    journal.record(viewer, "liaison.completed", word)
    return True


@transaction.atomic
def remind(viewer: Viewer, word: Word) -> Reminder:
    """Tell again those who are asked and have said nothing, once a day; who is reached by paper alone is not told so.

    Raises Late, TooSoon, and Nobody.
    """
    word = lock(Word, word.pk)
    if not word.is_open:
        raise asking.Nobody
    if word.is_late(timezone.now()):
        raise asking.Late
    keys = _to_tell(viewer, word)
    made: Reminder = asking.remind(viewer, word, len(keys), at=timezone.now())
    journal.record(viewer, "liaison.reminded", word, recipients=len(keys))
    telling.send(sender=Word, word_id=word.pk, recipients=keys, reminder=made.pk, by=viewer.person.pk)
    return made


def _to_tell(viewer: Viewer, word: Word) -> list[int]:
    """The copies of those who have something to say, as they are reached today: not on paper alone, nor whoever tells them."""
    queries.refresh_channels(word, viewer.today)
    rows = queries.following(word, viewer.today).rows
    return [copy.pk for row in rows for copy in row.to_remind if copy.person.pk != viewer.person.pk]


@transaction.atomic
def prolong(viewer: Viewer, word: Word, closes_at: datetime) -> bool:
    """A later moment to answer, told to those who have not answered; False when it is no later. Raises Nobody for a word that is closed
    or has no date."""
    word = lock(Word, word.pk)
    if not word.is_open or word.closes_at is None:
        raise asking.Nobody
    if closes_at <= word.closes_at or closes_at <= timezone.now():
        return False
    telling_of.settle_prolonged(word)
    word.closes_at = closes_at
    word.save(update_fields=["closes_at"])
    keys = _to_tell(viewer, word)
    journal.record(viewer, "liaison.prolonged", word, recipients=len(keys))
    if keys:
        telling.send(
            sender=Word,
            word_id=word.pk,
            recipients=keys,
            reminder=0,
            by=viewer.person.pk,
            until=telling_of.mark_of(closes_at),
        )
    return True


@transaction.atomic
def close(viewer: Viewer, word: Word) -> bool:
    """No answer is awaited any more."""
    word = lock(Word, word.pk)
    if not word.is_open:
        return False
    word.state = Word.State.CLOSED
    word.save(update_fields=["state"])
    telling_of.settle_all(word)
    journal.record(viewer, "liaison.closed", word)
    return True
