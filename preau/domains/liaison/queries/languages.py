"""What a guardian reads beside the French of a word: phrases checked in their language, and what a machine made of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import BooleanField, Exists, ExpressionWrapper, Q

from preau.directory.models import Group, Guardianship, Holding, Person
from preau.directory.viewer import Viewer
from preau.domains.liaison.models import (
    Precision,
    ReadingLanguage,
    Recipient,
    TranslationPermit,
    Word,
    WordTranslation,
)
from preau.domains.liaison.models.languages import Language
from preau.domains.liaison.queries.book import Entry
from preau.domains.liaison.queries.phrases import Text, checked_in
from preau.domains.liaison.queries.reading import digest_of_lines
from preau.foundation import translators


@dataclass(frozen=True)
class Beside:
    """What stands beside the French. `machine`: pairs of a French line and of what a machine made of it."""

    language: Language | None = None
    phrases: dict[str, Text] = field(default_factory=dict)
    machine: tuple[tuple[str, str], ...] = ()
    may_ask: bool = False


def language_of(viewer: Viewer) -> Language | None:
    """That of a guardian who chose one."""
    if not viewer.is_guardian:
        return None
    row = ReadingLanguage.objects.visible_to(viewer).first()
    return row.language if row else None


def french_lines(word: Word, precisions: Sequence[Precision]) -> list[str]:
    """What a machine is given to translate: the words that the school wrote, and no question nor answer. Phrases have their own bank."""
    lines = [word.title, word.easy, *word.text.splitlines(), *(one.text for one in precisions)]
    return [line.strip() for line in lines if line.strip()]


def beside(entry: Entry, viewer: Viewer) -> Beside:
    """For the page of one word: one query, two where a machine may translate."""
    if not viewer.is_guardian:
        return Beside()
    word = entry.word
    may_be_sent = ExpressionWrapper(_may_be_sent(word), output_field=BooleanField())
    row = ReadingLanguage.objects.visible_to(viewer).annotate(may_be_sent=may_be_sent).first()
    if row is None:
        return Beside()
    language = row.language
    phrases = checked_in(word, language.code)
    if not translators.is_offered() or word.is_for_staff:
        return Beside(language, phrases)
    lines = french_lines(word, entry.precisions)
    known = translation_of(word, language, lines)
    if known is not None:
        return Beside(language, phrases, tuple(zip(lines, known.lines, strict=True)))
    return Beside(language, phrases, may_ask=row.may_be_sent)  # type: ignore[attr-defined]


def translation_of(word: Word, language: Language, lines: Sequence[str]) -> WordTranslation | None:
    """What was made of these very lines, where the school still lets it."""
    permitted = TranslationPermit.objects.filter(school=word.school_id).values("school_id")
    return WordTranslation.objects.filter(
        word=word, word__school__in=permitted, code=language.code, digest=digest_of_lines(lines)
    ).first()


def may_be_sent(word: Word) -> bool:
    """Only what goes to whole classes, where the head said yes: a word to chosen pupils, or to a small group, speaks of them."""
    return not word.is_for_staff and Word.objects.filter(_may_be_sent(word), pk=word.pk).exists()


def _may_be_sent(word: Word) -> Q:
    chosen = Word.pupils.through.objects.filter(word_id=word.pk)
    groups = Word.groups.through.objects.filter(word_id=word.pk).exclude(group__kind=Group.Kind.CLASS)
    permitted = TranslationPermit.objects.filter(school=word.school_id)
    return Q(Exists(permitted)) & ~Q(Exists(chosen)) & ~Q(Exists(groups))


def names_around(word: Word) -> set[str]:
    """The names of everybody who belongs to the school of a word, of their families, and of whom it went to (one query)."""
    here = Holding.objects.filter(school=word.school_id).values("person_id")
    families = Guardianship.objects.filter(pupil__in=here).values("guardian_id")
    received = Recipient.objects.filter(word=word).values("person_id")
    people = Person.objects.filter(Q(pk__in=here) | Q(pk__in=families) | Q(pk__in=received))
    rows = people.values_list("family_name", "given_name", "birth_name", "civil_given_names")
    return {name for row in rows for name in row if name}
