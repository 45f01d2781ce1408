"""An incident as it was reported, who was part of it, and each step of its life."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role

FOLLOWS = (Role.SCHOOL_LIFE, Role.HEAD)
GIVERS = (Role.TEACHER, *FOLLOWS)
# The power to follow them, which a head may give to somebody until a day. It never opens the sanctions.
INCIDENTS = "incidents"


class IncidentQuerySet(SchoolQuerySet):
    def open(self) -> Self:
        return self.filter(state=Incident.State.OPEN)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; whoever reported it. Never a family: the facts may name another child."""
        if viewer.has_power(INCIDENTS):
            return self.in_school(viewer)
        if viewer.works_with_pupils:
            return self.in_school(viewer).filter(reported_by_id=viewer.person.pk)
        return self.none()


class Incident(models.Model):
    """What somebody saw, in neutral words for the staff alone. Corrected with a trace, removed at its term only.

    `sent_as` is the number of the form it came from: sent twice, it is reported once. `revision` counts its changes.
    """

    class Kind(models.TextChoices):
        TALK = "talk", _("Bavardages, cours perturbé")
        WORK = "work", _("Travail ou matériel oublié")
        LATE = "late", _("Retards répétés")
        PHONE = "phone", _("Téléphone ou objet non autorisé")
        RULES = "rules", _("Règle de vie non respectée")
        WORDS = "words", _("Paroles blessantes")
        SCUFFLE = "scuffle", _("Bousculade ou coups")
        DAMAGE = "damage", _("Matériel abîmé")
        SAFETY = "safety", _("Mise en danger")
        OTHER = "other", _("Autre")

    class Place(models.TextChoices):
        CLASSROOM = "classroom", _("Salle de cours")
        CORRIDOR = "corridor", _("Couloir ou escalier")
        YARD = "yard", _("Cour")
        CANTEEN = "canteen", _("Cantine")
        GYM = "gym", _("Gymnase ou terrain")
        STUDY = "study", _("Permanence ou CDI")
        OUTSIDE = "outside", _("Abords, sortie ou transport")
        ONLINE = "online", _("En ligne")
        ELSEWHERE = "elsewhere", _("Autre lieu")

    class State(models.TextChoices):
        OPEN = "open", _("À traiter")
        SETTLED = "settled", _("Traité")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="incidents", verbose_name=_("établissement")
    )
    day = models.DateField(_("jour"))
    hour = models.TimeField(_("heure"), null=True, blank=True)
    place = models.CharField(_("lieu"), max_length=10, choices=Place.choices)
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    facts = models.TextField(_("faits"), max_length=2000)
    reported_by = models.ForeignKey(
        Person, models.PROTECT, related_name="incidents_reported", verbose_name=_("signalé par")
    )
    reported_at = models.DateTimeField(_("signalé à"))
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField(_("révision"), default=1)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["reported_by", "sent_as"],
                condition=~models.Q(sent_as=""),
                name="one_incident_per_form",
            )
        ]
        indexes = [
            models.Index(fields=["school", "state", "day"], name="incident_by_state"),
            models.Index(fields=["school", "day"], name="incident_by_day"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class InvolvementQuerySet(SchoolQuerySet):
    def told(self) -> Self:
        """Those of which the family was told, in a sentence written for it."""
        return self.filter(told_at__isnull=False)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the incident; a family its own pupils', once it was told, and never another person's."""
        if viewer.is_staff:
            return self.filter(incident__in=Incident.objects.visible_to(viewer))
        return self.told().filter(person__in=viewer.own_pupils())


class Involvement(models.Model):
    """The part of one person in an incident: one's own alone for their family, who reads `for_family` and nothing else."""

    class Part(models.TextChoices):
        CONCERNED = "concerned", _("Parmi les personnes concernées")
        HARMED = "harmed", _("A subi les faits")
        WITNESS = "witness", _("Témoin des faits")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="involvements", verbose_name=_("établissement")
    )
    incident = models.ForeignKey(
        Incident, models.CASCADE, related_name="involvements", verbose_name=_("incident")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="involvements", verbose_name=_("personne")
    )
    part = models.CharField(_("part"), max_length=9, choices=Part.choices)
    for_family = models.CharField(_("ce que la famille lit"), max_length=500, blank=True)
    told_at = models.DateTimeField(_("dit à la famille"), null=True, blank=True)

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        verbose_name = _("part dans un incident")
        verbose_name_plural = _("parts dans des incidents")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "person"], name="one_part_per_person"),
        ]
        indexes = [models.Index(fields=["person", "told_at"], name="involvement_told")]


class IncidentStepQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(incident__in=Incident.objects.visible_to(viewer))


class IncidentStep(models.Model):
    """One step of an incident's life: what it said before a correction, what was made of it. Rows are only added."""

    class Gesture(models.TextChoices):
        CORRECTED = "corrected", _("Corrigé")
        SETTLED = "settled", _("Traité")
        REOPENED = "reopened", _("Rouvert")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="incident_steps", verbose_name=_("établissement")
    )
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="steps", verbose_name=_("incident"))
    gesture = models.CharField(_("geste"), max_length=9, choices=Gesture.choices)
    before = models.TextField(_("ce qui était écrit"), blank=True)
    note = models.CharField(_("suite donnée"), max_length=500, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="incident_steps", verbose_name=_("par"))
    at = models.DateTimeField("à")

    objects = IncidentStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape d’un incident")
        verbose_name_plural = _("étapes d’incidents")
        ordering = ["pk"]
