"""What a school asks families to agree to, purpose by purpose, and every word that was said of it: off by default."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Person
from preau.directory.models.schools import School, SchoolYear
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import Profile, Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

ASKERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)


class ConsentRequestQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Staff whose function is about pupils, in their school; a pupil, theirs; a family, the schools of its children."""
        if viewer.works_with_pupils:
            return self.in_school(viewer)
        if viewer.profile == Profile.PUPIL:
            return self.in_school(viewer)
        if viewer.is_guardian:
            return self.filter(school__in=viewer.schools_of_own_pupils())
        return self.none()

    def in_force(self) -> Self:
        """Not closed, and of the year that goes on: a new year asks again."""
        return self.filter(closed_at=None, year=F("school__current_year"))


class ConsentRequest(models.Model):
    """One question of a school, for one year: a purpose of the board (`boards.purposes`), and what it bears on.

    `about`: the key of a thing (a service's public id). `words`: where and what, in the school's words. `version`: the
    digest of what was read; other words or more data are another request, and the former answers say nothing of it.
    """

    school = models.ForeignKey(School, models.CASCADE, related_name="+", verbose_name=_("établissement"))
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="+", verbose_name=_("année"))
    purpose = models.CharField(_("à quoi cela sert"), max_length=40)
    about = models.CharField(_("objet"), max_length=24, blank=True, default="")
    words = models.CharField(_("où et quoi"), max_length=300, blank=True, default="")
    version = models.CharField(_("version du texte"), max_length=32, blank=True, default="")
    asked_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("demandé par")
    )
    asked_at = models.DateTimeField(_("demandé le"))
    reminded_at = models.DateTimeField(_("rappelé le"), null=True)
    closed_at = models.DateTimeField(_("plus demandé depuis le"), null=True)

    objects = ConsentRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("autorisation demandée")
        verbose_name_plural = _("autorisations demandées")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "purpose", "about", "words", "version"],
                condition=Q(closed_at=None),
                name="one_open_request_of_a_text",
            )
        ]

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None

    @property
    def is_in_force(self) -> bool:
        """As `in_force` says of rows."""
        return not self.is_closed and self.year_id == self.school.current_year_id


class ConsentQuerySet(SchoolQuerySet):
    school_path = "request__school"

    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own words; head, school life and secretary, those said to their school."""
        own = Q(giver_id=viewer.person.pk)
        if not viewer.holds(*ASKERS):
            return self.filter(own)
        return self.filter(own | Q(request__school_id=viewer.school_id))


class Consent(models.Model):
    """One word of one person about one request and one pupil. Nothing is written over: the last word of each counts.

    `giver` is whose word it is, the pupil's own or a guardian's; `noted_by`, who wrote it down in their place, from a paper or
    beside a child who cannot read yet.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("D’accord")
        NO = "no", _("Pas d’accord")

    class Part(models.TextChoices):
        OWN = "own", _("pour soi")
        GUARDIAN = "guardian", _("comme responsable")

    class Way(models.TextChoices):
        HERE = "here", _("ici")
        PAPER = "paper", _("sur papier")
        BESIDE = "beside", _("lu avec un adulte")

    request = models.ForeignKey(
        ConsentRequest, models.CASCADE, related_name="consents", verbose_name=_("autorisation demandée")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="consents", verbose_name=_("de qui il s’agit")
    )
    giver = models.ForeignKey(
        Person, models.CASCADE, related_name="consents_given", verbose_name=_("qui répond")
    )
    part = models.CharField(_("en tant que"), max_length=8, choices=Part.choices)
    answer = models.CharField(_("réponse"), max_length=3, choices=Answer.choices)
    given_at = models.DateTimeField(_("donnée le"))
    way = models.CharField(_("comment"), max_length=6, choices=Way.choices, default=Way.HERE)
    noted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="+", verbose_name=_("notée par")
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("autorisation")
        verbose_name_plural = _("autorisations")
        ordering = ["pk"]
        indexes = [models.Index(fields=["request", "person"], name="consents_of_a_pupil")]

    @property
    def is_yes(self) -> bool:
        return self.answer == self.Answer.YES
