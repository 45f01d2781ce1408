"""Photos of pupils: off by default. Who agrees, for one school year, and the photo that may then be shown."""

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Person
from preau.directory.models.schools import School, SchoolYear
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

KEEPERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)


def photo_path(photo: "PupilPhoto", filename: str) -> str:
    """Nothing that somebody typed, and nothing that says whose it is."""
    return f"photos/{secrets.token_hex(16)}.png"


class PhotoConsentQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own answers; head, school life and secretary, those given to their school."""
        own = Q(giver_id=viewer.person.pk)
        return self.filter(own | Q(school_id=viewer.school_id) if viewer.holds(*KEEPERS) else own)


class PhotoConsent(models.Model):
    """What one person, the pupil or a guardian, answers about the pupil's photo, for one year of a school.

    Asked and not answered yet is a row without an answer. A change of mind is written over it, dated; the journal keeps both.
    """

    class Answer(models.TextChoices):
        NONE = "", _("Pas encore répondu")
        YES = "yes", _("D’accord")
        NO = "no", _("Pas d’accord")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="photo_consents", verbose_name=_("établissement")
    )
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="photo_consents", verbose_name=_("année")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="photo_consents", verbose_name=_("élève"))
    giver = models.ForeignKey(
        Person, models.CASCADE, related_name="photo_answers", verbose_name=_("qui répond")
    )
    answer = models.CharField(_("réponse"), max_length=3, choices=Answer.choices, blank=True)
    asked_at = models.DateTimeField(_("demandée le"), null=True)
    answered_at = models.DateTimeField(_("donnée le"), null=True)

    objects = PhotoConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord pour une photo")
        verbose_name_plural = _("accords pour une photo")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "pupil", "giver"], name="one_photo_answer_per_year_and_giver"
            )
        ]


class PupilPhotoQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Staff whose function is about pupils, in their school; a family, its own. Whether it may be shown is a rule."""
        if viewer.works_with_pupils:
            return self.in_school(viewer)
        return self.filter(pupil__in=viewer.own_pupils())


class PupilPhoto(models.Model):
    """The photo of a pupil that a school took. It exists only as long as those who must agree do."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="pupil_photos", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="school_photos", verbose_name=_("élève"))
    picture = models.FileField(_("photo"), upload_to=photo_path)
    taken_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="photos_taken", verbose_name=_("mise par")
    )
    taken_at = models.DateTimeField(_("mise le"))

    objects = PupilPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo d’élève")
        verbose_name_plural = _("photos d’élèves")
        constraints = [
            models.UniqueConstraint(fields=["school", "pupil"], name="one_photo_per_pupil_and_school")
        ]
