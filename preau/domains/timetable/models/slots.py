"""Slots of the day beside lessons: the services of the canteen, the hours of study (« permanence »)."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, MemberQuerySet, Person, Room, School, SchoolYear
from preau.foundation import dates


class DaySlotQuerySet(MemberQuerySet):
    """A school's slots are no secret for its people: staff, pupils, and their guardians."""

    def of_kind(self, kind: str) -> Self:
        return self.filter(kind=kind)


class DaySlot(models.Model):
    """The same hours on some days of the week, all the year: a service of the canteen for some classes, or an hour of study.

    `weekdays`: 0 is Monday. `places` and `watchers` are of study; `groups`, the classes that a service is for.
    """

    class Kind(models.TextChoices):
        CANTEEN = "canteen", _("Cantine")
        STUDY = "study", _("Permanence")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="day_slots", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="day_slots", verbose_name=_("année"))
    kind = models.CharField(_("nature"), max_length=7, choices=Kind.choices)
    name = models.CharField(_("nom"), max_length=60)
    weekdays = models.JSONField(_("jours"), default=list)
    starts_at = models.TimeField(_("début"))
    ends_at = models.TimeField(_("fin"))
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="day_slots", verbose_name=_("salle")
    )
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    watchers = models.ManyToManyField(
        Person, blank=True, related_name="day_slots_watched", verbose_name=_("surveillance")
    )
    groups = models.ManyToManyField(Group, blank=True, related_name="day_slots", verbose_name=_("classes"))

    objects = DaySlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("créneau de la journée")
        verbose_name_plural = _("créneaux de la journée")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="day_slot_ends_after_start",
                violation_error_message=_("La fin doit venir après le début."),
            )
        ]
        indexes = [models.Index(fields=["year", "kind"], name="day_slot_by_kind")]

    @property
    def is_study(self) -> bool:
        return self.kind == self.Kind.STUDY

    @property
    def hours(self) -> str:
        return dates.hours(self.starts_at, self.ends_at)

    @property
    def days_said(self) -> str:
        """« lundi, mardi »."""
        return ", ".join(dates.DAYS[day] for day in sorted(self.weekdays))

    def comes_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays
