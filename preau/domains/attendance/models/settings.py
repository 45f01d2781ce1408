"""What a school settles of its half-days and of its thresholds."""

from datetime import time
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import School, SchoolQuerySet
from preau.directory.viewer import Viewer

# What holds for a school that has settled nothing (docs/decisions/0087). Code de l'éducation, article L131-8: four half-days
# without a legitimate reason nor a valid excuse in a month.
NOON, DIALOGUE, REPORT = time(13, 0), 4, 10
A_MONTH = [MinValueValidator(1), MaxValueValidator(40)]


class AttendanceSettings(models.Model):
    """When the afternoon begins, and how many half-days without a valid excuse in a month ask for what."""

    school = models.OneToOneField(
        School, models.CASCADE, related_name="attendance_settings", verbose_name=_("établissement")
    )
    noon = models.TimeField(_("début de l’après-midi"), default=NOON)
    dialogue_at = models.PositiveSmallIntegerField(
        _("demi-journées pour parler avec la famille"), default=DIALOGUE, validators=A_MONTH
    )
    report_at = models.PositiveSmallIntegerField(
        _("demi-journées pour signaler"), default=REPORT, validators=A_MONTH
    )

    class SettingsQuerySet(SchoolQuerySet):
        def visible_to(self, viewer: Viewer) -> Self:
            """The staff of the school: they say how absences are counted."""
            return self.in_school(viewer) if viewer.is_staff else self.none()

    objects = SettingsQuerySet.as_manager()

    class Meta:
        verbose_name = _("réglages des absences")
        verbose_name_plural = _("réglages des absences")
