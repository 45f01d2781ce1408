"""A word is written, sent, completed, told again, closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.questions import actions as questions
from preau.commons.questions.models import Questionnaire
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.liaison.actions import telling as telling_of
from preau.domains.liaison.models import Precision, Recipient, Reminder, Word
from preau.domains.liaison.queries import reading
from preau.domains.liaison.queries import words as queries
from preau.foundation import journal, text
from preau.foundation.locks import lock

HOUSE = "liaison"
# Sent in the transaction: recipients (their keys) and the reminder's key, 0 for a word that has just left. A task tells them.
telling = Signal()


class NotADraft(Exception):
    """It has left already: its text stays."""


class Nobody(Exception):
    """Nobody would receive it."""


class TooSoon(Exception):
    """Told again today already."""


class Late(Exception):
    """The moment to answer has passed."""


class NotYours(Exception):
    """It names a class or pupils to whose families this person does not write any more."""


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
    each_reads: bool = False
    closes_at: datetime | None = None
    groups: Sequence[Group] = ()
    pupils: Sequence[Person] = ()
    colleagues: Sequence[Person] = ()
    roles: Sequence[str] = ()


@transaction.atomic
def write(viewer: Viewer, facts: WordFacts, sent_as: str) -> Word:
    """Keep a new draft; the same form sent twice is one."""
    lock(Person, viewer.person.pk)
    known: Word | None = (
        Word.objects.filter(author=viewer.person.pk, sent_as=sent_as).first() if sent_as else None
    )
    if known is not None:
        return known
    if viewer.school is None:
        raise Nobody
    word = Word(school=viewer.school, author=viewer.person, written_at=timezone.now(), sent_as=sent_as)
    _fill(word, facts)
    return word


@transaction.atomic
def change(viewer: Viewer, word: Word, facts: WordFacts) -> Word:
    """Write a draft anew. Raises NotADraft."""
    word = _draft(word)
    _fill(word, facts)
    return word


def _fill(word: Word, facts: WordFacts) -> None:
    for name in ("audience", "kind", "nature", "title", "text", "easy", "sign", "each_reads", "closes_at"):
        setattr(word, name, getattr(facts, name))
    word.roles, word.search_title = list(facts.roles), text.fold(facts.title)
    word.save()
    word.groups.set(facts.groups)
    word.pupils.set(facts.pupils)
    word.colleagues.set(facts.colleagues)


def _draft(word: Word) -> Word:
    word = lock(Word, word.pk)
    if not word.is_draft:
        raise NotADraft
    return word


@transaction.atomic
def questionnaire_of(viewer: Viewer, word: Word) -> Questionnaire:
    """The questions of a draft, begun where there are none. Raises NotADraft."""
    word = _draft(word)
    if word.questionnaire is None:
        word.questionnaire = questions.make(HOUSE, word.school, viewer.person, word.title)
        word.save(update_fields=["questionnaire"])
    return word.questionnaire


@transaction.atomic
def add_question(viewer: Viewer, word: Word, facts: QuestionFacts) -> None:
    """One more question below a draft, which cannot leave meanwhile. Raises NotADraft."""
    questions.add(questionnaire_of(viewer, word), facts)


@transaction.atomic
def remove_question(viewer: Viewer, word: Word, key: int) -> bool:
    """Take a question away from a draft, which cannot leave meanwhile; False when it is gone. Raises NotADraft."""
    word = _draft(word)
    return word.questionnaire is not None and questions.remove(word.questionnaire, key)


@transaction.atomic
def remove(viewer: Viewer, word: Word) -> bool:
    """Throw a draft away; False when it has left."""
    word = lock(Word, word.pk)
    if not word.is_draft:
        return False
    if word.questionnaire_id:
        Questionnaire.objects.filter(pk=word.questionnaire_id).delete()
    word.delete()
    return True


@transaction.atomic
def send(viewer: Viewer, word: Word) -> int:
    """It leaves: one copy for each person; returns how many. Raises NotADraft for a second click, NotYours, Late, Nobody."""
    word = _draft(word)
    if word.is_late(timezone.now()):
        raise Late
    if not queries.are_ones_own(viewer, word):
        raise NotYours
    copies = queries.copies_meant(word, viewer.today)
    if not copies:
        raise Nobody
    word.state, word.sent_at, word.digest = Word.State.SENT, timezone.now(), reading.digest_shown(word)
    # A word is of the school year in which it left, and its questions with it: they are kept as long as its signatures.
    word.written_at = word.sent_at
    word.save(update_fields=["state", "sent_at", "written_at", "digest"])
    if word.questionnaire_id:
        Questionnaire.objects.filter(pk=word.questionnaire_id).update(made_at=word.sent_at)
    made = Recipient.objects.bulk_create(copies, batch_size=500)
    journal.record(viewer, "liaison.sent", word, recipients=len(made))
    telling.send(
        sender=Word, word_id=word.pk, recipients=[one.pk for one in made], reminder=0, by=viewer.person.pk
    )
    return len(made)


@transaction.atomic
def send_to_newcomers(viewer: Viewer, word: Word) -> int:
    """A list has grown since: those who have no copy get one; returns how many. The second click finds nobody. Raises NotYours."""
    word = lock(Word, word.pk)
    if not queries.are_ones_own(viewer, word):
        raise NotYours
    copies = queries.arrived_since(word, viewer.today) if word.is_open else []
    made = Recipient.objects.bulk_create(copies, batch_size=500)
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
        raise Nobody
    if word.is_late(timezone.now()):
        raise Late
    known = word.reminders.filter(day=viewer.today).first()
    if known is not None:
        raise TooSoon
    queries.refresh_channels(word)
    rows = queries.following(word, viewer.today).rows
    keys = [copy.pk for row in rows for copy in row.to_remind if copy.person.pk != viewer.person.pk]
    if not keys:
        raise Nobody
    made: Reminder = Reminder.objects.create(
        word=word, day=viewer.today, by=viewer.person, at=timezone.now(), number=len(keys)
    )
    journal.record(viewer, "liaison.reminded", word, recipients=len(keys))
    telling.send(sender=Word, word_id=word.pk, recipients=keys, reminder=made.pk, by=viewer.person.pk)
    return made


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
