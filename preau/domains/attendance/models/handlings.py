"""What school life makes of an absence or a lateness by itself: apart from what was seen, and from what families are told."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import ABSENCES, Reason


class HandlingQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head: families read what became of an absence on its own line."""
        return self.in_school(viewer) if viewer.has_power(ABSENCES) else self.none()


class Handling(models.Model):
    """One step: a reason kept for an entry, whether it is then settled, and who said so on the telephone. Rows are only added.

    The last one counts: `Entry.handling` points at it, and at nothing once it was taken back (`reason` None). `settled` is the
    switch of the reason on that day: a switch turned later changes nothing of what was decided.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="absence_handlings", verbose_name=_("établissement")
    )
    entry = models.ForeignKey(
        "attendance.Entry", models.PROTECT, related_name="handlings", verbose_name=_("absence ou retard")
    )
    reason = models.ForeignKey(
        Reason, models.PROTECT, null=True, blank=True, related_name="handlings", verbose_name=_("motif")
    )
    settled = models.BooleanField(_("réglée"))
    told_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absences_told",
        verbose_name=_("dit par"),
    )
    comment = models.TextField(_("note"), max_length=500, blank=True)
    handled_by = models.ForeignKey(
        Person, models.PROTECT, related_name="absences_handled", verbose_name=_("traitée par")
    )
    handled_at = models.DateTimeField(_("traitée à"))

    objects = HandlingQuerySet.as_manager()

    class Meta:
        verbose_name = _("traitement d’une absence")
        verbose_name_plural = _("traitements d’absences")
        ordering = ["pk"]
