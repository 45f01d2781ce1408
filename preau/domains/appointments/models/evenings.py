"""An evening, whom one may meet there, who comes, and whom they would like to meet."""

from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Enrolment, Group, Person, Room, School, SchoolQuerySet
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import dates

ORGANISERS = (Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY)
# Slots are held by cells of so many minutes: two meetings of one person that overlap share one (`meetings.Taken`).
CELL = 5
# Slots of one evening: twelve hours of ten minutes.
MOST_SLOTS = 72


class EveningQuerySet(SchoolQuerySet):
    def out(self) -> Self:
        """Those that people were told of."""
        return self.exclude(state=Evening.State.DRAFT)

    def live(self) -> Self:
        """Those that take place."""
        return self.out().exclude(state=Evening.State.CANCELLED)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever organises, all; who is to be met there, and the guardians of pupils of these classes, once they were told."""
        if viewer.is_staff:
            found = self.in_school(viewer)
            if viewer.holds(*ORGANISERS):
                return found
            there = Host.objects.filter(evening=OuterRef("pk"), person=viewer.person.pk)
            return found.filter(~Q(state=Evening.State.DRAFT), Exists(there))
        if not viewer.is_guardian:
            return self.none()
        learnt = Enrolment.objects.filter(
            active_on(OuterRef("day")), pupil__in=viewer.own_pupils(), group__evenings=OuterRef("pk")
        )
        return self.filter(~Q(state=Evening.State.DRAFT), Exists(learnt))


class Evening(models.Model):
    """« Rencontre parents-professeurs »: a day, its slots, and how these are given: families book, a plan is computed, or both.

    `pauses`: slots in which nobody receives. `walk`: minutes to go to a room of another floor; `walk_near`: of the same floor.
    """

    class Mode(models.TextChoices):
        BOOKING = "booking", _("Les familles réservent")
        PLAN = "plan", _("Un planning est calculé d’après les souhaits")
        BOTH = "both", _("Le planning d’abord, puis les familles réservent ce qui reste")

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        WISHES = "wishes", _("Souhaits ouverts")
        BOOKING = "booking", _("Réservations ouvertes")
        SETTLED = "settled", _("Planning publié")
        CANCELLED = "cancelled", _("Annulée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="evenings", verbose_name=_("établissement")
    )
    title = models.CharField(_("titre"), max_length=120)
    search_title = models.CharField(_("titre sans accents"), max_length=200, editable=False)
    day = models.DateField(_("jour"))
    starts = models.TimeField(_("début"))
    ends = models.TimeField(_("fin"))
    minutes = models.PositiveSmallIntegerField(
        _("minutes de chaque rendez-vous"),
        default=10,
        validators=[MinValueValidator(CELL), MaxValueValidator(60)],
    )
    pauses: Any = models.JSONField(_("pauses"), default=list, blank=True)
    walk = models.PositiveSmallIntegerField(_("minutes pour changer d’étage"), default=5)
    walk_near = models.PositiveSmallIntegerField(_("minutes entre deux salles du même étage"), default=0)
    groups = models.ManyToManyField(Group, related_name="evenings", verbose_name=_("classes"))
    mode = models.CharField(_("comment"), max_length=7, choices=Mode.choices, default=Mode.BOOKING)
    closes_at = models.DateTimeField(_("réponses jusqu’à"))
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.DRAFT)
    planned_at = models.DateTimeField(_("planning calculé à"), null=True, blank=True)
    plan_facts: Any = models.JSONField(_("ce que vaut le planning"), default=dict, blank=True)
    created_by = models.ForeignKey(
        Person, models.PROTECT, related_name="evenings_made", verbose_name=_("par")
    )
    created_at = models.DateTimeField(_("préparée à"))
    revision = models.PositiveSmallIntegerField(_("changements"), default=0)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = EveningQuerySet.as_manager()

    class Meta:
        verbose_name = _("rencontre")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["created_by", "sent_as"], condition=~Q(sent_as=""), name="one_evening_per_form"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="evening_ends_after_start"),
            models.CheckConstraint(
                condition=Q(minutes__gte=CELL, minutes__lte=60), name="evening_slot_minutes"
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="evening_by_day")]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.school.timezone)

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.day, self.starts, self.zone)

    @property
    def finishes(self) -> datetime:
        return datetime.combine(self.day, self.ends, self.zone)

    @property
    def slots(self) -> int:
        """How many meetings one after the other."""
        length = (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute
        return min(MOST_SLOTS, length // self.minutes)

    def moment(self, slot: int) -> datetime:
        """When a slot begins, on the wall of the school: an evening is over before clocks change."""
        return self.begins + timedelta(minutes=slot * self.minutes)

    def slot_at(self, moment: datetime) -> int:
        return int((moment - self.begins).total_seconds() // 60) // self.minutes

    def hour(self, slot: int) -> str:
        return dates.hour(self.moment(slot), self.school.timezone)

    @property
    def hours(self) -> str:
        return dates.hours(self.starts, self.ends)

    @property
    def is_out(self) -> bool:
        return self.state != self.State.DRAFT

    @property
    def is_live(self) -> bool:
        return self.state not in {self.State.DRAFT, self.State.CANCELLED}

    def is_over(self, now: datetime) -> bool:
        return self.finishes <= now

    def takes_wishes(self, now: datetime) -> bool:
        return self.state == self.State.WISHES and now < self.closes_at

    def takes_bookings(self, now: datetime) -> bool:
        """May families still take and give back slots by themselves?"""
        return self.state == self.State.BOOKING and now < self.closes_at

    @property
    def tone(self) -> tuple[str, str]:
        """Its state as a tag."""
        tones = {
            "draft": "neutral",
            "wishes": "todo",
            "booking": "todo",
            "settled": "done",
            "cancelled": "changed",
        }
        return str(self.get_state_display()), tones[self.state]


class OfEvening(SchoolQuerySet):
    """Rows of an evening that its organisers read, and those whose they are (`own`)."""

    school_path = "evening__school"

    def of_viewer(self, viewer: Viewer, own: Q) -> Self:
        if viewer.is_staff:
            found = self.in_school(viewer)
            return found if viewer.holds(*ORGANISERS) else found.filter(own)
        return self.filter(own) if viewer.is_guardian else self.none()


class HostQuerySet(OfEvening):
    def visible_to(self, viewer: Viewer) -> Self:
        """Who receives is no secret for those who see the evening. With their evening."""
        seen = Evening.objects.visible_to(viewer).values("pk")
        return self.filter(evening__in=seen).select_related("evening")


class Host(models.Model):
    """Somebody whom one may meet at an evening: where, and when not. `late`: by how many minutes the rest of their evening is.

    `is_absent`: not there that evening at all; their meetings were cancelled and their families told. `role`: of somebody who is not
    met as a teacher of the child, and whom any family may ask to meet (CPE, head, nurse).
    """

    evening = models.ForeignKey(Evening, models.CASCADE, related_name="hosts", verbose_name=_("rencontre"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="evenings_hosted", verbose_name=_("reçoit")
    )
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("salle")
    )
    floor = models.SmallIntegerField(_("étage"), default=0)
    away: Any = models.JSONField(_("créneaux où il ou elle ne reçoit pas"), default=list, blank=True)
    is_absent = models.BooleanField(_("absent ou absente ce soir-là"), default=False)
    late = models.PositiveSmallIntegerField(_("minutes de retard"), default=0)
    role = models.CharField(
        _("reçoit toutes les familles, à ce titre"),
        max_length=12,
        choices=Role.choices,
        blank=True,
        default="",
        db_default="",
    )

    objects = HostQuerySet.as_manager()

    class Meta:
        verbose_name = _("personne à rencontrer")
        verbose_name_plural = _("personnes à rencontrer")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["evening", "person"], name="one_host_per_evening")]

    @property
    def place(self) -> str:
        """« salle 204, 2ᵉ étage »."""
        return ", ".join(filter(None, [self.room.place if self.room else "", floor_said(self.floor)]))

    @property
    def says(self) -> str:
        """As what they receive every family."""
        return Role(self.role).said_of(self.person.civility) if self.role else ""


def floor_said(floor: int) -> str:
    if floor == 0:
        return ""
    if floor < 0:
        return str(_("sous-sol"))
    return str(_("1er étage") if floor == 1 else _("%(floor)se étage") % {"floor": floor})


class FamilyPartyQuerySet(OfEvening):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever organises; of a family, each one's own, and never the other parent's."""
        if viewer.is_guardian:
            return self.filter(
                person=viewer.person.pk, evening__in=Evening.objects.visible_to(viewer).values("pk")
            )
        return self.of_viewer(viewer, Q(pk=None))


class Party(models.Model):
    """A guardian who comes: when they cannot, whether they come with the other one, or must not cross them.

    Each guardian has their own: what one says or takes is never shown to the other (docs/decisions/0166).
    """

    evening = models.ForeignKey(Evening, models.CASCADE, related_name="parties", verbose_name=_("rencontre"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="evenings_attended", verbose_name=_("responsable")
    )
    away: Any = models.JSONField(_("créneaux impossibles"), default=list, blank=True)
    apart = models.BooleanField(_("souhaite ne pas croiser l’autre responsable"), default=False)
    # Of whoever asked to cross nobody where families book: 0 before the middle of the evening, 1 after it.
    half = models.PositiveSmallIntegerField(_("moitié de la soirée"), null=True, blank=True)
    together = models.BooleanField(_("vient avec l’autre responsable"), default=False)
    written_at = models.DateTimeField(_("dit à"))

    objects = FamilyPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("famille à une rencontre")
        verbose_name_plural = _("familles à une rencontre")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["evening", "person"], name="one_party_per_evening")]


class WishQuerySet(OfEvening):
    school_path = "party__evening__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever organises; a guardian's own; a teacher, who would like to meet them."""
        if viewer.is_guardian:
            return self.filter(party__person=viewer.person.pk, pupil__in=viewer.own_pupils())
        return self.of_viewer(viewer, Q(host__person=viewer.person.pk))


class Wish(models.Model):
    """A family would like to meet somebody, in the order of `rank`; or a teacher asks to see them, and them alone (`by_host`).

    `asked_about`: the pupil about whom the teacher asks, whether the family wishes for it too or not; None when they do not ask.

    One that has no meeting once the plan is out waits: the slot that is given back is offered to those who wait, in order.
    """

    party = models.ForeignKey(Party, models.CASCADE, related_name="wishes", verbose_name=_("famille"))
    host = models.ForeignKey(Host, models.CASCADE, related_name="wishes", verbose_name=_("à rencontrer"))
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("élève"))
    rank = models.PositiveSmallIntegerField(_("rang"))
    by_host = models.BooleanField(_("demandé par la personne qui reçoit"), default=False)
    asked_about = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandé à propos de"),
    )
    waits_since = models.DateTimeField(_("sur la liste d’attente depuis"), null=True, blank=True)

    objects = WishQuerySet.as_manager()

    class Meta:
        verbose_name = _("souhait")
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["party", "host"], name="one_wish_per_host")]
