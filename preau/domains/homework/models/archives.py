"""The cahier de textes of a class for a year, as it was on the day it was archived."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, School, SchoolQuerySet, SchoolYear
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.homework.models.records import RECORDS


class ArchiveQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever reads the cahiers de textes of every class; a teacher, a pupil or a family, never."""
        reads = viewer.profile in {Profile.STAFF, Profile.AGENT} and viewer.has_power(RECORDS)
        return self.in_school(viewer) if reads else self.none()

    def being_made(self) -> Self:
        return self.filter(state=Archive.State.MAKING)

    def shown(self) -> Self:
        """Those that are there, or will be, or could not be; not those that were given up."""
        return self.exclude(state=Archive.State.DROPPED)


class Archive(models.Model):
    """One archive of one class. Once ready nothing of it changes, and another is another row.

    `sha256` is what the bytes of its file were when it was made, so that anybody can check a copy. `records` counts its lessons.
    """

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Archivé")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="book_archives", verbose_name=_("établissement")
    )
    group = models.ForeignKey(
        Group, models.RESTRICT, related_name="book_archives", verbose_name=_("classe ou groupe")
    )
    year = models.ForeignKey(
        SchoolYear, models.RESTRICT, related_name="book_archives", verbose_name=_("année scolaire")
    )
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    records = models.PositiveIntegerField(_("séances"), default=0)
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("fichier")
    )
    sha256 = models.CharField(_("empreinte SHA-256"), max_length=64, blank=True)
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="book_archives", verbose_name=_("demandé par")
    )
    asked_at = models.DateTimeField(_("demandé à"))
    made_at = models.DateTimeField(_("archivé à"), null=True, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive d’un cahier de textes")
        verbose_name_plural = _("archives de cahiers de textes")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "year"], condition=Q(state="making"), name="one_archive_made_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="ready", file__isnull=False, made_at__isnull=False)
                | (~Q(state="ready") & Q(file=None, made_at=None)),
                name="archive_ready_with_its_file",
            ),
        ]
