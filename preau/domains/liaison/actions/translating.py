"""The language that somebody reads, the word of the head about machines, and a word that a machine translates."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.liaison.models import ReadingLanguage, Recipient, TranslationPermit, WordTranslation
from preau.domains.liaison.queries import languages, masking
from preau.domains.liaison.queries.book import entry_of
from preau.domains.liaison.queries.reading import digest_of_lines
from preau.foundation import journal, throttle, translators
from preau.foundation.locks import lock

MOST, WINDOW = 20, timedelta(hours=1)


class NotOffered(Exception):
    """No machine, no agreement of the head, no language chosen, or a word that is not to whole classes."""


class TooMany(Exception):
    """This person has asked for many within the hour."""


@transaction.atomic
def choose_language(viewer: Viewer, code: str) -> bool:
    """Read in this language beside French, or in French alone (""); False when it is so."""
    lock(Person, viewer.person.pk)
    known = ReadingLanguage.objects.filter(person=viewer.person.pk).first()
    if (known.code if known else "") == code:
        return False
    if known:
        known.delete()
    if code:
        ReadingLanguage.objects.create(person=viewer.person, code=code)
    return True


@transaction.atomic
def permit(viewer: Viewer, *, is_permitted: bool) -> bool:
    """The head lets the words of the school be translated by a machine, or stops it, which also takes away what was made."""
    assert viewer.school is not None  # noqa: S101
    if not is_permitted:
        number, _rows = TranslationPermit.objects.filter(school=viewer.school).delete()
        WordTranslation.objects.filter(word__school=viewer.school).delete()
        done = number > 0
    else:
        _row, done = TranslationPermit.objects.get_or_create(
            school=viewer.school, defaults={"by": viewer.person, "at": timezone.now()}
        )
    if done:
        journal.record(
            viewer,
            "liaison.translations_permitted" if is_permitted else "liaison.translations_stopped",
            viewer.school,
        )
    return done


def translate(viewer: Viewer, recipient: Recipient) -> WordTranslation:
    """What a machine makes of a word in the language of its reader: asked once for all those who read that language.

    Raises NotOffered, TooMany; Unreachable and Unusable when nothing that can be shown came back. No transaction is open while it is asked.
    """
    entry, language = entry_of(recipient, viewer), languages.language_of(viewer)
    word = entry.word
    if language is None or not translators.is_offered() or not languages.may_be_sent(word):
        raise NotOffered
    lines = languages.french_lines(word, entry.precisions)
    known = languages.translation_of(word, language, lines)
    if known is not None:
        return known
    if throttle.hit("liaison.translation", str(viewer.account_id), window=WINDOW) > MOST:
        raise TooMany
    masked = masking.masked(lines, languages.names_around(word))
    target_lines = masked.restored(translators.translator().translate(masked.lines, language.code))
    made, _is_new = WordTranslation.objects.get_or_create(
        word=word,
        code=language.code,
        digest=digest_of_lines(lines),
        defaults={"lines": target_lines, "made_at": timezone.now()},
    )
    return made


def forget_language(person_id: int) -> int:
    """Somebody has left, or asks for it: nothing says any more which language they read."""
    number, _rows = ReadingLanguage.objects.filter(person=person_id).delete()
    return number
