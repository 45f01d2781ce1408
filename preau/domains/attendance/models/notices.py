"""What families were told."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import ABSENCES
from preau.domains.attendance.models.rolls import Entry


class NoticeQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        return self.filter(guardian_id=viewer.person.pk) if viewer.is_guardian else self.none()


class Notice(models.Model):
    """What one guardian is told of one absence; how it then reaches them is the business of notifications."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="absence_notices", verbose_name=_("établissement")
    )
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notices", verbose_name=_("absence"))
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="absence_notices", verbose_name=_("élève"))
    guardian = models.ForeignKey(
        Person, models.PROTECT, related_name="absence_notices_received", verbose_name=_("responsable")
    )
    day = models.DateField(_("jour"))
    sent_at = models.DateTimeField(_("dit à"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis d’absence")
        verbose_name_plural = _("avis d’absence")
        constraints = [
            models.UniqueConstraint(fields=["entry", "guardian"], name="one_notice_per_guardian"),
        ]
        indexes = [models.Index(fields=["pupil", "guardian", "day"], name="notices_of_a_day")]
