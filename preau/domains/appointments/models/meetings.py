"""A meeting of two people at an hour, the cells of time that it takes of each, and the hours that somebody opens."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, Room, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.appointments.models.evenings import ORGANISERS, Evening
from preau.foundation import dates


class RendezvousQuerySet(SchoolQuerySet):
    def live(self) -> Self:
        """Those that take place, told or only planned."""
        return self.filter(state__in=Meeting.HELD)

    def told(self) -> Self:
        """Those that people know of."""
        return self.exclude(state=Meeting.State.PLANNED)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever receives, the guardian who comes, once they were told, and a colleague who was invited; of an evening, whoever
        organises it. Never the other parent, nor the pupil; of a single appointment, nobody else: it may be with the nurse.
        """
        if viewer.is_guardian:
            return self.told().filter(guardian=viewer.person.pk, pupil__in=viewer.own_pupils())
        if not viewer.is_staff:
            return self.none()
        invited = MeetingColleague.objects.filter(meeting=OuterRef("pk"), person=viewer.person.pk)
        mine = ~Q(state=Meeting.State.PLANNED) & (Q(host=viewer.person.pk) | Q(Exists(invited)))
        if viewer.holds(*ORGANISERS):
            mine |= Q(evening__isnull=False)
        return self.in_school(viewer).filter(mine)


class Meeting(models.Model):
    """Somebody of the staff and a guardian, about a pupil, at an hour: of an evening, or a single appointment.

    `starts` is None for a request without an hour (« Rappelez-moi »). `proposed_by_host`: who waits for whose answer. `sibling`: another
    child of theirs whom the same person teaches. `outcome`: how it went, once it is over.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Prévu, pas encore annoncé")
        ASKED = "asked", _("Demandé")
        PROPOSED = "proposed", _("Proposé")
        BOOKED = "booked", _("Confirmé")
        CANCELLED = "cancelled", _("Annulé")

    # What holds the time of both.
    HELD = (State.PLANNED, State.PROPOSED, State.BOOKED)

    class Way(models.TextChoices):
        HERE = "here", _("Sur place")
        PHONE = "phone", _("Au téléphone")
        VIDEO = "video", _("En visioconférence")

    class Outcome(models.TextChoices):
        NOT_YET = "", _("À venir")
        SEEN = "seen", _("Vu")
        MISSED = "missed", _("Pas venu")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="meetings", verbose_name=_("établissement")
    )
    evening = models.ForeignKey(
        Evening, models.CASCADE, null=True, blank=True, related_name="meetings", verbose_name=_("rencontre")
    )
    host = models.ForeignKey(Person, models.CASCADE, related_name="meetings_hosted", verbose_name=_("reçoit"))
    guardian = models.ForeignKey(
        Person, models.CASCADE, related_name="meetings_had", verbose_name=_("responsable")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="meetings_about", verbose_name=_("élève"))
    sibling = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("aussi pour")
    )
    starts = models.DateTimeField(_("début"), null=True, blank=True)
    ends = models.DateTimeField(_("fin"), null=True, blank=True)
    # Another hour that one of the two proposes for what is agreed: both are held until the other one answers.
    other_starts = models.DateTimeField(_("autre début proposé"), null=True, blank=True)
    other_ends = models.DateTimeField(_("autre fin proposée"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.BOOKED)
    way = models.CharField(_("comment"), max_length=5, choices=Way.choices, default=Way.HERE)
    place = models.CharField(_("lieu, numéro ou lien"), max_length=200, blank=True)
    # Of a single appointment: the room that is held for it, which `place` then says.
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("salle réservée")
    )
    # The room that was held, and is not free at the hour that was agreed on since: said to whoever receives until they hold another one.
    room_given_back = models.CharField(
        _("salle rendue"), max_length=200, blank=True, default="", db_default=""
    )
    reason = models.CharField(_("à quel sujet"), max_length=300, blank=True)
    proposed_by_host = models.BooleanField(_("proposé par la personne qui reçoit"), default=False)
    is_fixed = models.BooleanField(_("placé à la main"), default=False)
    outcome = models.CharField(_("ce qui a eu lieu"), max_length=6, choices=Outcome.choices, blank=True)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("pris par"))
    made_at = models.DateTimeField(_("pris à"))
    revision = models.PositiveSmallIntegerField(_("changements"), default=0)

    objects = RendezvousQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None, ends=None) | Q(ends__gt=F("starts")),
                name="appointment_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["planned", "proposed", "booked"]) | Q(starts__isnull=False),
                name="meeting_held_has_an_hour",
            ),
            models.UniqueConstraint(
                fields=["evening", "host", "guardian"],
                condition=Q(state__in=["planned", "proposed", "booked"]),
                name="one_meeting_a_pair_and_evening",
            ),
        ]
        indexes = [
            models.Index(fields=["host", "starts"], name="meeting_of_host"),
            models.Index(fields=["guardian", "starts"], name="meeting_of_guardian"),
        ]

    @property
    def is_held(self) -> bool:
        return self.state in self.HELD

    @property
    def asked_hour(self) -> datetime | None:
        """The hour that waits for an answer."""
        return self.other_starts or (self.starts if self.state == self.State.PROPOSED else None)

    @property
    def hours(self) -> str:
        return dates.hours(self.starts, self.ends, self.school.timezone) if self.starts and self.ends else ""


class JoiningQuerySet(SchoolQuerySet):
    school_path = "meeting__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Who will be there is said to all those who see the meeting."""
        return self.filter(meeting__in=Meeting.objects.visible_to(viewer).values("pk"))


class MeetingColleague(models.Model):
    """Somebody else of the staff who comes to a single appointment, invited by whoever receives."""

    meeting = models.ForeignKey(
        Meeting, models.CASCADE, related_name="colleagues", verbose_name=_("rendez-vous")
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("y sera aussi"))
    invited_at = models.DateTimeField(_("depuis le"))

    objects = JoiningQuerySet.as_manager()

    class Meta:
        verbose_name = _("collègue à un rendez-vous")
        verbose_name_plural = _("collègues à un rendez-vous")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="one_colleague_per_meeting")
        ]


class TakenQuerySet(SchoolQuerySet):
    school_path = "meeting__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(meeting__in=Meeting.objects.visible_to(viewer).values("pk"))


class Taken(models.Model):
    """Five minutes of a person, given to a meeting. The database lets nobody give them twice: this is the one lock of every way to
    take a slot, on both engines (docs/decisions/0166). Written by `actions.taking` alone.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="taken", verbose_name=_("rendez-vous"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("personne"))
    at = models.DateTimeField(_("moment"))

    objects = TakenQuerySet.as_manager()

    class Meta:
        verbose_name = _("temps pris")
        verbose_name_plural = _("temps pris")
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "at"], name="nobody_is_in_two_meetings")]


class OpeningQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whose hours they are; the families of the school's pupils, who may take one."""
        if viewer.is_guardian:
            return self.filter(school__in=viewer.schools_of_own_pupils(), is_closed=False)
        return self.in_school(viewer).filter(host=viewer.person.pk) if viewer.is_staff else self.none()


class Opening(models.Model):
    """Hours that somebody of the staff opens for appointments, cut into slots of `minutes`."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="appointment_openings", verbose_name=_("établissement")
    )
    host = models.ForeignKey(
        Person, models.CASCADE, related_name="appointment_openings", verbose_name=_("reçoit")
    )
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    minutes = models.PositiveSmallIntegerField(_("minutes de chaque rendez-vous"), default=20)
    way = models.CharField(_("comment"), max_length=5, choices=Meeting.Way.choices, default=Meeting.Way.HERE)
    place = models.CharField(_("lieu, ou lien"), max_length=200, blank=True)
    is_closed = models.BooleanField(_("fermé"), default=False)
    made_at = models.DateTimeField(_("ouvert à"))

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("horaires de rendez-vous")
        verbose_name_plural = _("horaires de rendez-vous")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="opening_ends_after_start"),
            models.UniqueConstraint(
                fields=["host", "starts"], condition=Q(is_closed=False), name="one_opening_at_once"
            ),
        ]
