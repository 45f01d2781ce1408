"""An observation or an encouragement, by somebody who teaches a pupil or looks after them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.liaison.models.words import WRITERS


class RemarkQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever wrote it, head, school life and secretary; the pupil, and who answers for them."""
        if viewer.holds(*WRITERS):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.in_school(viewer).filter(by=viewer.person.pk)
        return self.filter(pupil__in=viewer.own_pupils())


class Remark(models.Model):
    """One line of the notebook of a pupil, which the family reads."""

    class Kind(models.TextChoices):
        OBSERVATION = "observation", _("Observation")
        ENCOURAGEMENT = "encouragement", _("Encouragement")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="remarks", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="remarks", verbose_name=_("élève"))
    kind = models.CharField(_("nature"), max_length=13, choices=Kind.choices)
    text = models.CharField(_("texte"), max_length=500)
    day = models.DateField(_("jour"))
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="remarks_written", verbose_name=_("écrit par")
    )
    at = models.DateTimeField("à")
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation ou encouragement")
        verbose_name_plural = _("observations et encouragements")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "pupil", "sent_as"], condition=~Q(sent_as=""), name="one_remark_per_form"
            )
        ]
        indexes = [models.Index(fields=["pupil", "day"], name="remark_of_pupil")]
