"""Who may open a record, until when and why; and what a family agreed to."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.records.models.records import Record


class ReaderQuerySet(SchoolQuerySet):
    def active(self, day: date) -> Self:
        """Those who may open on a day; `until` is the last day, over at midnight where the school is."""
        return self.filter(Q(until=None) | Q(until__gte=day), ended_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """The list of a record, by whoever is on it."""
        if not viewer.is_staff:
            return self.none()
        return self.in_school(viewer).filter(record__in=Record.objects.visible_to(viewer))


class Reader(models.Model):
    """One person who may open one record. A line is ended, never removed: who could read is remembered."""

    class Reason(models.TextChoices):
        AUTHOR = "author", _("A ouvert le dossier")
        CARE = "care", _("Soins et urgences")
        SCHOOLING = "schooling", _("Suit la scolarité de l’élève")
        TEAM = "team", _("Membre de l’équipe de suivi")
        STANDS_IN = "stands_in", _("Remplace quelqu’un")
        ENTRUSTED = "entrusted", _("Dossier confié par la direction")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="record_readers", verbose_name=_("établissement")
    )
    record = models.ForeignKey(Record, models.CASCADE, related_name="readers", verbose_name=_("dossier"))
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="records_read", verbose_name=_("personne")
    )
    reason = models.CharField(_("raison"), max_length=10, choices=Reason.choices)
    until = models.DateField(_("dernier jour"), null=True, blank=True)
    added_by = models.ForeignKey(
        Person, models.PROTECT, related_name="record_readers_added", verbose_name=_("accès donné par")
    )
    added_at = models.DateTimeField(_("accès donné à"))
    ended_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="record_readers_ended",
        verbose_name=_("accès retiré par"),
    )
    ended_at = models.DateTimeField(_("accès retiré à"), null=True, blank=True)

    objects = ReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("accès à un dossier confidentiel")
        verbose_name_plural = _("accès aux dossiers confidentiels")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "person"], condition=Q(ended_at=None), name="one_open_access_per_record"
            ),
        ]
        indexes = [models.Index(fields=["person", "record"], name="records_of_reader")]


class AgreementQuerySet(SchoolQuerySet):
    def standing(self) -> Self:
        return self.filter(taken_back_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """The list of the record; of a family, only whoever gave it."""
        if viewer.is_staff:
            return self.in_school(viewer).filter(record__in=Record.objects.visible_to(viewer))
        return self.filter(by_id=viewer.person.pk)


class Agreement(models.Model):
    """Somebody who answers for the pupil agrees that the record goes to the next school; it may be taken back."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="record_agreements", verbose_name=_("établissement")
    )
    record = models.ForeignKey(Record, models.CASCADE, related_name="agreements", verbose_name=_("dossier"))
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="record_agreements", verbose_name=_("donné par")
    )
    at = models.DateTimeField(_("donné à"))
    taken_back_at = models.DateTimeField(_("repris à"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord à la transmission")
        verbose_name_plural = _("accords à la transmission")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "by"], condition=Q(taken_back_at=None), name="one_standing_agreement"
            ),
        ]


def has_reader(today: date) -> Exists:
    """Of a record: may somebody who still works in its school open it?"""
    here = active_on(today, "person__holdings__") & Q(person__holdings__school=OuterRef("school"))
    staff = ~Q(person__holdings__role__in=[Role.PUPIL, Role.AGENT])
    return Exists(Reader.objects.active(today).filter(here, staff, record=OuterRef("pk")))


class OrphanQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those that nobody of the school may open any more: the head, who names somebody and opens nothing."""
        if not viewer.holds(Role.HEAD):
            return self.none()
        return self.in_school(viewer).filter(~has_reader(viewer.today))


class Orphan(Record):
    """A record that nobody opens any more, or that has come from another school: it waits for a name."""

    objects = OrphanQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("dossier confidentiel sans lecteur")
