"""The language that a guardian prefers, what a machine made of a word, and the schools whose head lets it."""

from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.liaison.models.words import Word


@dataclass(frozen=True)
class Language:
    """`code` as pages say it (BCP 47), `label` in French, `own` as its readers write it."""

    code: str
    label: Any
    own: str
    is_rtl: bool

    @property
    def direction(self) -> str:
        return "rtl" if self.is_rtl else "ltr"


def _language(code: str, label: Any) -> Language:
    known = get_language_info(code.lower())
    return Language(code, label, known["name_local"], known["bidi"])


# How each is written comes from Django, which knows it from those who read it; in the order of their French names.
LANGUAGES = {
    code: _language(code, label)
    for code, label in [
        ("sq", _("albanais")),
        ("de", _("allemand")),
        ("en", _("anglais")),
        ("ar", _("arabe")),
        ("hy", _("arménien")),
        ("bn", _("bengali")),
        ("bg", _("bulgare")),
        ("zh-Hans", _("chinois")),
        ("es", _("espagnol")),
        ("ka", _("géorgien")),
        ("hi", _("hindi")),
        ("it", _("italien")),
        ("ur", _("ourdou")),
        ("fa", _("persan")),
        ("pl", _("polonais")),
        ("pt", _("portugais")),
        ("ro", _("roumain")),
        ("ru", _("russe")),
        ("sr", _("serbe")),
        ("ta", _("tamoul")),
        ("tr", _("turc")),
        ("uk", _("ukrainien")),
        ("vi", _("vietnamien")),
    ]
}
CHOICES = [(language.code, language.label) for language in LANGUAGES.values()]


class ReadingLanguageQuerySet(models.QuerySet["ReadingLanguage"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own: no school reads which language a family speaks."""
        return self.filter(person=viewer.person.pk)


class ReadingLanguage(models.Model):
    """In which language, beside French, somebody reads the notebook. No row: in French alone."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="reading_language", verbose_name=_("personne")
    )
    code = models.CharField(_("langue"), max_length=8, choices=CHOICES)

    objects = ReadingLanguageQuerySet.as_manager()

    class Meta:
        verbose_name = _("langue de lecture")
        verbose_name_plural = _("langues de lecture")

    @property
    def language(self) -> Language:
        return LANGUAGES[self.code]


class TranslationPermitQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The head, who gives it."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()


class TranslationPermit(models.Model):
    """The head of a school lets its words to whole classes be translated by the machine of this site."""

    school = models.OneToOneField(
        School, models.CASCADE, related_name="liaison_translations", verbose_name=_("établissement")
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("permise par"))
    at = models.DateTimeField("à")

    objects = TranslationPermitQuerySet.as_manager()

    class Meta:
        verbose_name = _("traduction automatique permise")
        verbose_name_plural = _("traductions automatiques permises")


class WordTranslationQuerySet(SchoolQuerySet):
    school_path = "word__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(word__in=Word.objects.visible_to(viewer))


class WordTranslation(models.Model):
    """What a machine made of a word in a language, line by line: never signed, never shown without its French. One for all its readers.

    `digest`: of the French lines; when something is added to the word, it is of another text and is not shown any more.
    """

    word = models.ForeignKey(Word, models.CASCADE, related_name="translations", verbose_name=_("mot"))
    code = models.CharField(_("langue"), max_length=8, choices=CHOICES)
    digest = models.CharField(_("empreinte du texte"), max_length=64)
    lines: Any = models.JSONField(_("lignes"), default=list)
    made_at = models.DateTimeField(_("traduit à"))

    objects = WordTranslationQuerySet.as_manager()

    class Meta:
        verbose_name = _("traduction automatique d’un mot")
        verbose_name_plural = _("traductions automatiques de mots")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["word", "code", "digest"], name="one_translation_of_a_text")
        ]
