"""Periods that the head seals, and what is opened again to one teacher."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Period, Person, School, SchoolQuerySet
from preau.directory.models.scoping import StaffQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role


class PeriodSeal(models.Model):
    """The head has sealed a period: its assessments and marks do not change any more, but for who was given it again."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="period_seals", verbose_name=_("établissement")
    )
    period = models.OneToOneField(Period, models.CASCADE, related_name="seal", verbose_name=_("période"))
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="periods_sealed", verbose_name=_("arrêtée par")
    )
    at = models.DateTimeField(_("arrêtée à"), default=timezone.now)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("période arrêtée")
        verbose_name_plural = _("périodes arrêtées")


class ReopeningQuerySet(SchoolQuerySet):
    def open_on(self, day: date) -> Self:
        return self.filter(until__gte=day)

    def visible_to(self, viewer: Viewer) -> Self:
        """The head, all; a teacher, their own."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        return here if viewer.holds(Role.HEAD) else here.filter(teacher=viewer.person.pk)


class Reopening(models.Model):
    """A sealed period, opened again to one teacher until a day, included; the head says why."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="reopenings", verbose_name=_("établissement")
    )
    period = models.ForeignKey(Period, models.CASCADE, related_name="reopenings", verbose_name=_("période"))
    teacher = models.ForeignKey(
        Person, models.CASCADE, related_name="reopenings", verbose_name=_("enseignant")
    )
    reason = models.CharField(_("motif"), max_length=240)
    until = models.DateField(_("jusqu’au"), help_text=_("Compris."))
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="reopenings_given", verbose_name=_("rouverte par")
    )
    at = models.DateTimeField(_("rouverte à"), default=timezone.now)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("réouverture")
        ordering = ["-until", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "teacher"], name="one_reopening_per_teacher_and_period"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reopening_says_why"),
        ]
