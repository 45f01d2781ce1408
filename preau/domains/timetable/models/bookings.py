"""What may be booked for an hour beside lessons (a room, a trolley of tablets, the library), and who booked it."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, Room, School, SchoolYear
from preau.directory.models.scoping import StaffQuerySet
from preau.directory.viewer import Viewer
from preau.domains.timetable.models.lessons import Lesson
from preau.foundation import dates


class Bookable(models.Model):
    """A room, with what the timetable does not say of it; or equipment. A room without a row is an ordinary one, to be booked."""

    class Kind(models.TextChoices):
        ROOM = "room", _("Salle")
        COMPUTERS = "computers", _("Salle informatique")
        LAB = "lab", _("Salle de sciences")
        LIBRARY = "library", _("CDI ou bibliothèque")
        SPORT = "sport", _("Lieu de sport")
        HALL = "hall", _("Grande salle")
        TROLLEY = "trolley", _("Chariot de tablettes ou d’ordinateurs")
        DEVICE = "device", _("Autre matériel")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="bookables", verbose_name=_("établissement")
    )
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices)
    room = models.OneToOneField(
        Room, models.CASCADE, null=True, blank=True, related_name="bookable", verbose_name=_("salle")
    )
    name = models.CharField(_("nom"), max_length=60, blank=True, default="")
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    note = models.CharField(_("à savoir"), max_length=160, blank=True, default="")
    is_open = models.BooleanField(_("à réserver"), default=True)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("chose à réserver")
        verbose_name_plural = _("choses à réserver")
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(room__isnull=False, name="") | Q(room=None) & ~Q(name=""),
                name="bookable_room_or_name",
            ),
            models.UniqueConstraint(
                fields=["school", "name"], condition=Q(room=None), name="one_equipment_per_name"
            ),
        ]

    def __str__(self) -> str:
        return self.called

    @property
    def called(self) -> str:
        """« salle 204 », « Chariot de tablettes A »."""
        return self.room.place if self.room else self.name


EQUIPMENT = (Bookable.Kind.TROLLEY, Bookable.Kind.DEVICE)
PLACES = tuple(kind for kind in Bookable.Kind if kind not in EQUIPMENT)


class BookingQuerySet(StaffQuerySet):
    """The staff of a school reads who holds what: whoever finds a room taken asks the right person."""

    def in_force(self) -> Self:
        """Those that were not cancelled."""
        return self.filter(cancelled_at=None)

    def over_at(self, starts: Any, ends: Any) -> Self:
        """Those that share a moment with this span."""
        return self.filter(starts__lt=ends, ends__gt=starts)

    def to_come(self, now: datetime) -> Self:
        return self.in_force().filter(ends__gt=now)

    def opened_by(self, viewer: Viewer, pk: int) -> "Booking | None":
        """The booking of a page if the viewer sees it, with what it holds (one query)."""
        return self.visible_to(viewer).select_related("bookable__room", "school").filter(pk=pk).first()


class Booking(models.Model):
    """One person holds one thing for some hours of a day; `lesson`: the one for which it is, which it follows."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="bookings", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="bookings", verbose_name=_("année"))
    bookable = models.ForeignKey(
        Bookable, models.PROTECT, related_name="bookings", verbose_name=_("chose réservée")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="bookings", verbose_name=_("réservé par"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="bookings", verbose_name=_("cours")
    )
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    day = models.DateField(_("jour"))
    purpose = models.CharField(_("pour quoi"), max_length=120, blank=True, default="")
    made_at = models.DateTimeField(_("réservé le"))
    cancelled_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="bookings_cancelled",
        verbose_name=_("annulé par"),
    )
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("réservation")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="booking_ends_after_start"),
            # Two hours may overlap without being equal: the lock of the year keeps these apart, and this the plainest of all.
            models.UniqueConstraint(
                fields=["bookable", "starts"], condition=Q(cancelled_at=None), name="one_booking_per_start"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "day"], name="booking_by_school_day"),
            models.Index(fields=["person", "day"], name="booking_by_person_day"),
        ]

    @property
    def hours(self) -> str:
        """9 h 00 – 9 h 55, on the school's wall."""
        return dates.hours(self.starts, self.ends, self.school.timezone)
