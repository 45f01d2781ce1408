"""Absences known before they happen: what a family announces, and a pupil who leaves early."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import ABSENCES, Reason


class AnnouncementQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a family member their own: a separated parent's words are theirs alone."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.none()
        return self.filter(given_by_id=viewer.person.pk, pupil__in=viewer.own_pupils())

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def over(self, starts: datetime | F | OuterRef, ends: datetime | F | OuterRef) -> Self:
        """Those that have a moment in common with this time."""
        return self.filter(starts__lt=ends, ends__gt=starts)


class Announcement(models.Model):
    """From when to when a pupil will be missing, as a family (an absence) or school life (a departure) says it.

    It is no entry: whoever calls the roll sees it, and still notes what they see.
    """

    class Kind(models.TextChoices):
        ABSENCE = "absence", _("Absence annoncée")
        DEPARTURE = "departure", _("Départ avant la fin des cours")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="announcements", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="announcements", verbose_name=_("élève"))
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices)
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="announcements", verbose_name=_("motif"))
    comment = models.TextField(_("précision"), max_length=1000, blank=True)
    leaves_with = models.CharField(_("part avec"), max_length=120, blank=True)
    document = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    given_by = models.ForeignKey(
        Person, models.PROTECT, related_name="announcements_given", verbose_name=_("donnée par")
    )
    given_at = models.DateTimeField(_("donnée à"))
    # Of what a family said on the telephone: whoever took the call.
    noted_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="announcements_noted",
        verbose_name=_("notée par"),
    )
    withdrawn_at = models.DateTimeField(_("retirée à"), null=True, blank=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence annoncée")
        verbose_name_plural = _("absences annoncées")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="announcement_ends_after_start")
        ]
        indexes = [
            models.Index(fields=["pupil", "starts"], name="announcements_of_a_pupil"),
            models.Index(fields=["school", "ends"], name="announcements_of_a_school"),
        ]
