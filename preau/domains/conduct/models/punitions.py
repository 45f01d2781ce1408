"""A punition, its detention, and the slots where detentions are held."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, Room, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.conduct.models.incidents import GIVERS, INCIDENTS, Incident
from preau.foundation import dates


class PunitionQuerySet(SchoolQuerySet):
    def running(self) -> Self:
        return self.filter(state=Punition.State.TO_DO)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; whoever gave it; a family its own pupils'."""
        if viewer.has_power(INCIDENTS):
            return self.in_school(viewer)
        if viewer.works_with_pupils:
            return self.in_school(viewer).filter(given_by_id=viewer.person.pk)
        return self.filter(pupil__in=viewer.own_pupils())


class Punition(models.Model):
    """What an adult of the school asks of a pupil after a small failing. `reason` and `work` are read by the family.

    A punition is no sanction: it never enters the administrative file (circulaire n° 2014-059 du 27 mai 2014).
    """

    class Kind(models.TextChoices):
        WORK = "work", _("Travail supplémentaire")
        DETENTION = "detention", _("Retenue")
        REMARK = "remark", _("Rappel écrit")
        APOLOGY = "apology", _("Excuses orales ou écrites")
        OUT = "out", _("Exclusion ponctuelle du cours")

    class State(models.TextChoices):
        TO_DO = "to_do", _("À faire")
        DONE = "done", _("Faite")
        CANCELLED = "cancelled", _("Annulée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="punitions", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="punitions", verbose_name=_("élève"))
    incident = models.ForeignKey(
        Incident,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="punitions",
        verbose_name=_("incident"),
    )
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices)
    day = models.DateField(_("donnée le"))
    reason = models.CharField(_("raison"), max_length=300)
    work = models.CharField(_("travail à faire"), max_length=500, blank=True)
    due = models.DateField(_("pour le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.TO_DO)
    given_by = models.ForeignKey(
        Person, models.PROTECT, related_name="punitions_given", verbose_name=_("donnée par")
    )
    given_at = models.DateTimeField(_("enregistrée à"))
    ended_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="punitions_ended",
        verbose_name=_("terminée par"),
    )
    ended_at = models.DateTimeField(_("terminée à"), null=True, blank=True)
    why_cancelled = models.CharField(_("raison de l’annulation"), max_length=300, blank=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = PunitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("punition")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["given_by", "pupil", "sent_as"],
                condition=~Q(sent_as=""),
                name="one_punition_per_form",
            )
        ]
        indexes = [
            models.Index(fields=["school", "state", "day"], name="punition_by_state"),
            models.Index(fields=["pupil", "day"], name="punition_of_pupil"),
        ]

    @property
    def is_running(self) -> bool:
        return self.state == self.State.TO_DO

    @property
    def is_detention(self) -> bool:
        return self.kind == self.Kind.DETENTION


class AcknowledgementQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Of the staff, whoever sees the punition; of a family, only whoever said it: a separated parent's minute is theirs."""
        if viewer.is_staff:
            return self.filter(punition__in=Punition.objects.visible_to(viewer))
        return self.filter(by_id=viewer.person.pk, punition__pupil__in=viewer.own_pupils())


class Acknowledgement(models.Model):
    """« J’ai vu »: a guardian has read a punition. Each says it for themselves."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="acknowledgements", verbose_name=_("établissement")
    )
    punition = models.ForeignKey(
        Punition, models.CASCADE, related_name="acknowledgements", verbose_name=_("punition")
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="acknowledgements", verbose_name=_("vue par"))
    at = models.DateTimeField(_("vue à"))

    objects = AcknowledgementQuerySet.as_manager()

    class Meta:
        verbose_name = _("punition vue par un responsable")
        verbose_name_plural = _("punitions vues par des responsables")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["punition", "by"], name="one_acknowledgement_per_guardian")
        ]


class SlotQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever may place a detention there: a slot names no pupil, its roll does. Else whoever watches over it."""
        if viewer.holds(*GIVERS) or viewer.has_power(INCIDENTS):
            return self.in_school(viewer)
        if viewer.works_with_pupils:
            return self.in_school(viewer).filter(supervisor_id=viewer.person.pk)
        return self.none()


class Slot(models.Model):
    """An hour at which detentions are held: a room, somebody who watches over it, so many places."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="detention_slots", verbose_name=_("établissement")
    )
    day = models.DateField(_("jour"))
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="detention_slots", verbose_name=_("salle")
    )
    supervisor = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="detention_slots",
        verbose_name=_("surveillance"),
    )
    places = models.PositiveSmallIntegerField(_("places"))
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="detention_slots_opened", verbose_name=_("ouvert par")
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("créneau de retenue")
        verbose_name_plural = _("créneaux de retenue")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="slot_ends_after_start"),
            models.UniqueConstraint(
                fields=["school", "starts", "room"],
                condition=Q(room__isnull=False),
                name="one_slot_per_room_and_hour",
            ),
            models.UniqueConstraint(
                fields=["school", "starts"], condition=Q(room=None), name="one_slot_without_room_per_hour"
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="slot_by_day")]

    @property
    def hours(self) -> str:
        """17 h 00 – 18 h 00, on the school's wall."""
        return dates.hours(self.starts, self.ends, self.school.timezone)


class DetentionQuerySet(SchoolQuerySet):
    def expected(self) -> Self:
        return self.filter(state=Detention.State.EXPECTED)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the punition; the person who watches over the slot."""
        seen = Q(punition__in=Punition.objects.visible_to(viewer))
        if viewer.works_with_pupils:
            seen |= Q(slot__supervisor_id=viewer.person.pk, school_id=viewer.school_id)
        return self.filter(seen)


class Detention(models.Model):
    """A pupil expected at a slot. Moved, it stays and says so, and another row is expected elsewhere."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("Attendu")
        DONE = "done", _("Présent")
        ABSENT = "absent", _("Absent")
        EXCUSED = "excused", _("Excusé")
        MOVED = "moved", _("Déplacée")
        CANCELLED = "cancelled", _("Annulée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="detentions", verbose_name=_("établissement")
    )
    punition = models.ForeignKey(
        Punition, models.CASCADE, related_name="detentions", verbose_name=_("punition")
    )
    slot = models.ForeignKey(Slot, models.PROTECT, related_name="detentions", verbose_name=_("créneau"))
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.EXPECTED)
    placed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="detentions_placed", verbose_name=_("placée par")
    )
    noted_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="detentions_noted",
        verbose_name=_("notée par"),
    )
    noted_at = models.DateTimeField(_("notée à"), null=True, blank=True)

    objects = DetentionQuerySet.as_manager()

    class Meta:
        verbose_name = _("retenue")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["punition"],
                condition=Q(state="expected"),
                name="one_expected_detention_per_punition",
            )
        ]
        indexes = [models.Index(fields=["slot", "state"], name="detention_by_slot")]
