"""A confidential record, and its versions: what they say is sealed, and nothing of it is ever written over."""

import json
import secrets
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.privacy.models import minors_of
from preau.directory.models import Assignment, Enrolment, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.timetable.models import Lesson
from preau.foundation import dates, sealed

# What a head may give until a day: opening records of these kinds. Nobody but the nurse has one by function.
HEALTH, SOCIAL, PSYCHOLOGY = "records_health", "records_social", "records_psychology"
MAJORITY = 18


class Kind(models.TextChoices):
    """What a record is. The first four are drawn up with the family, which reads them; the others are a professional's."""

    PAI = "pai", _("Projet d’accueil individualisé (PAI)")
    PAP = "pap", _("Plan d’accompagnement personnalisé (PAP)")
    PPS = "pps", _("Projet personnalisé de scolarisation (PPS)")
    PPRE = "ppre", _("Programme personnalisé de réussite éducative (PPRE)")
    HEALTH = "health", _("Infirmerie")
    SOCIAL = "social", _("Suivi social")
    PSYCHOLOGY = "psychology", _("Psychologue (PsyEN)")

    @property
    def short(self) -> str:
        """« PAP », « Suivi social »."""
        return self.value.upper() if self in SHARED else str(self.label)


SHARED = (Kind.PAI, Kind.PAP, Kind.PPS, Kind.PPRE)


@dataclass(frozen=True)
class Words:
    """What a version says, once it is open. `emergency` lies apart: who must act reads it alone."""

    needs: str = ""
    plan: str = ""
    plain: str = ""
    emergency: str = ""

    def changed_from(self, other: "Words") -> list[str]:
        """The names of the parts that are not the same."""
        return [
            field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name)
        ]


def new_address() -> str:
    return secrets.token_hex(16)


class RecordQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever is on its list today; of a plan, the pupil, and the legal guardians of a minor. No function opens it."""
        if viewer.is_staff:
            still = Q(readers__until=None) | Q(readers__until__gte=viewer.today)
            # One row of a record and a person at most is not ended: nothing comes twice.
            listed = {"readers__ended_at": None, "readers__person_id": viewer.person.pk}
            return self.in_school(viewer).filter(still, **listed)
        plans = self.filter(kind__in=SHARED, pupil__in=viewer.own_pupils())
        if viewer.is_guardian:
            return plans.filter(pupil__in=minors_of(viewer))
        return plans if viewer.profile == Profile.PUPIL else self.none()


class Record(models.Model):
    """A plan or the notes of a professional about one pupil. What it says is in its versions; this row says that it exists.

    `revision` is the number of the version in force. `shows_emergency`: its owner has decided that the adults in charge of the
    pupil read what to do in an emergency. `came_from`: the school that handed it over.
    """

    class State(models.TextChoices):
        OPEN = "open", _("En cours")
        CLOSED = "closed", _("Clos")

    public_id = models.CharField(_("adresse"), max_length=32, unique=True, default=new_address)
    school = models.ForeignKey(
        School, models.CASCADE, related_name="records", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="records", verbose_name=_("élève"))
    kind = models.CharField(_("nature"), max_length=10, choices=Kind.choices)
    state = models.CharField(_("état"), max_length=6, choices=State.choices, default=State.OPEN)
    revision = models.PositiveIntegerField(_("version"), default=1)
    shows_emergency = models.BooleanField(_("conduite d’urgence montrée"), default=False)
    review_on = models.DateField(_("à revoir le"))
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="records_opened", verbose_name=_("ouvert par")
    )
    opened_at = models.DateTimeField(_("ouvert à"))
    closed_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="records_closed",
        verbose_name=_("clos par"),
    )
    closed_at = models.DateTimeField(_("clos à"), null=True, blank=True)
    came_from = models.ForeignKey(
        School,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="records_handed",
        verbose_name=_("venu de"),
    )
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier confidentiel")
        verbose_name_plural = _("dossiers confidentiels")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opened_by", "sent_as"], condition=~Q(sent_as=""), name="one_record_per_form"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | Q(state="open", closed_at=None),
                name="record_closed_says_when",
            ),
        ]
        indexes = [
            models.Index(fields=["pupil", "kind"], name="record_of_pupil"),
            models.Index(fields=["school", "review_on"], name="record_by_review"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_shared(self) -> bool:
        """Is it drawn up with the family?"""
        return self.kind in SHARED

    @property
    def kind_said(self) -> str:
        return Kind(self.kind).short

    @property
    def purpose(self) -> str:
        """What its words are sealed for: this record alone, so that nobody moves the words of one into another."""
        return f"records.{self.school_id}.{self.kind}.{self.public_id}"

    def seal(self, words: Words) -> tuple[str, str]:
        """The words of a version, and those of the emergency, as the database keeps them."""
        held = asdict(words)
        emergency = str(held.pop("emergency"))
        return (
            sealed.seal(self.purpose, json.dumps(held).encode()),
            sealed.seal(f"{self.purpose}.emergency", emergency.encode()) if emergency else "",
        )

    def open_emergency(self, version: "Version") -> str | None:
        """What to do in an emergency; None when the key that sealed it is gone."""
        if not version.sealed_emergency:
            return ""
        found = sealed.unseal(f"{self.purpose}.emergency", version.sealed_emergency)
        return None if found is None else found.decode()

    def open(self, version: "Version") -> Words | None:
        """What a version says; None when the key that sealed it is gone."""
        found, emergency = sealed.unseal(self.purpose, version.sealed), self.open_emergency(version)
        if found is None or emergency is None:
            return None
        return Words(**json.loads(found), emergency=emergency)

    def is_read_whole_by(self, viewer: Viewer) -> bool:
        """By the list and by guardians; a pupil reads plain words and measures, and everything from eighteen."""
        if viewer.profile != Profile.PUPIL:
            return True
        return (viewer.person.age_on(viewer.today) or 0) >= MAJORITY


class ProtocolQuerySet(RecordQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The adults in charge of the pupil today, where the owner decided it: those who teach the pupil or cover a lesson of the
        day, school life, head, nurse; and whoever is on the list. Of an open record alone."""
        if not viewer.is_staff:
            return self.none()
        shown = self.in_school(viewer).filter(state=Record.State.OPEN, shows_emergency=True)
        if viewer.holds(Role.HEAD, Role.SCHOOL_LIFE, Role.NURSE):
            return shown
        listed = Record.objects.visible_to(viewer).values("pk")
        if not viewer.holds(Role.TEACHER):
            return shown.filter(pk__in=listed)
        return shown.filter(Q(pk__in=listed) | Q(pupil__in=taught_by(viewer)))


def taught_by(viewer: Viewer) -> Any:
    """The keys of the pupils whom a teacher teaches, or has in a lesson of today: a cover is in charge of them too."""
    taught = Assignment.objects.in_school(viewer).active(viewer.today).filter(teacher_id=viewer.person.pk)
    lessons = Lesson.objects.in_school(viewer).filter(day=viewer.today, teachers=viewer.person.pk)
    learning = Enrolment.objects.in_school(viewer).active(viewer.today)
    return learning.filter(
        Q(group__in=taught.values("group_id")) | Q(group__in=lessons.values("groups"))
    ).values("pupil_id")


class Protocol(Record):
    """A record as the adults in charge of a pupil meet it: what to do in an emergency, and nothing else."""

    objects = ProtocolQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("conduite d’urgence")


class VersionQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the records that one reads."""
        return self.filter(record__in=Record.objects.visible_to(viewer))


class Version(models.Model):
    """What a record said from a moment on, sealed. `changed`: the names of the parts that were not what they were."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="record_versions", verbose_name=_("établissement")
    )
    record = models.ForeignKey(Record, models.CASCADE, related_name="versions", verbose_name=_("dossier"))
    number = models.PositiveIntegerField(_("numéro"))
    sealed = models.TextField(_("contenu scellé"))
    sealed_emergency = models.TextField(_("conduite d’urgence scellée"), blank=True)
    changed = models.CharField(_("parties changées"), max_length=120, blank=True)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="record_versions", verbose_name=_("écrite par")
    )
    at = models.DateTimeField(_("écrite à"))

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version d’un dossier confidentiel")
        verbose_name_plural = _("versions des dossiers confidentiels")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="one_version_per_number"),
        ]


def next_review(today: date) -> date:
    """A year later: a plan is looked at every year (Code de l'éducation, article D. 311-13, for a PAP; our choice for the others)."""
    return dates.months_later(today, 12)
