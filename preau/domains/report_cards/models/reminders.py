"""That a teacher was reminded of what they have not written yet: once a day, and whoever reminds sees when it was done last."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Period, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role


class TextReminderQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The head, who reminds, all; whoever was reminded, theirs."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        return here if viewer.holds(Role.HEAD) else here.filter(teacher=viewer.person.pk)


class TextReminder(models.Model):
    """A teacher was told, that `day` of the school, that `left` texts of a period were still to be written."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="text_reminders", verbose_name=_("établissement")
    )
    period = models.ForeignKey(
        Period, models.CASCADE, related_name="text_reminders", verbose_name=_("période")
    )
    teacher = models.ForeignKey(
        Person, models.CASCADE, related_name="text_reminders", verbose_name=_("enseignant")
    )
    day = models.DateField(_("jour"))
    left = models.PositiveSmallIntegerField(_("restait à écrire"))
    at = models.DateTimeField(_("rappelé à"))
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="text_reminders_sent", verbose_name=_("rappelé par")
    )

    objects = TextReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("rappel d’appréciations")
        verbose_name_plural = _("rappels d’appréciations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["period", "teacher", "day"], name="one_text_reminder_a_day"),
            models.CheckConstraint(condition=Q(left__gte=1), name="text_reminder_of_something"),
        ]
