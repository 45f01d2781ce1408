"""The register of a long time, made by a task and kept for a few days for whoever asked for it."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import ABSENCES

# Long enough to come back from a week-end; a file of names that nobody fetched lies about no longer.
KEPT = timedelta(days=7)


class RegisterFileQuerySet(SchoolQuerySet):
    def being_made(self) -> Self:
        return self.filter(state=RegisterFile.State.MAKING)

    def current(self, today: date) -> Self:
        """Those whose files may still be fetched, and those that are being made or could not be."""
        return self.filter(expires_on__gte=today)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever asked, and only as long as they follow the absences of this school."""
        if not viewer.has_power(ABSENCES):
            return self.none()
        return self.in_school(viewer).filter(asked_by=viewer.person.pk).current(viewer.today)


class RegisterFile(models.Model):
    """A register by pupil, from a day to another, in a spreadsheet and on paper. It goes after a few days."""

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="register_files", verbose_name=_("établissement")
    )
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="register_files", verbose_name=_("demandé par")
    )
    seat = models.CharField(_("au titre de"), max_length=40)
    asked_at = models.DateTimeField(_("demandé à"))
    first = models.DateField(_("du"))
    last = models.DateField(_("au"))
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("classe")
    )
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    rows = models.PositiveIntegerField(_("lignes"), default=0)
    table = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("tableau")
    )
    paper = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("document")
    )
    expires_on = models.DateField(_("à retirer jusqu’au"))

    objects = RegisterFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("registre préparé")
        verbose_name_plural = _("registres préparés")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "asked_by"], condition=Q(state="making"), name="one_register_made_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="ready", table__isnull=False)
                | (~Q(state="ready") & Q(table=None, paper=None)),
                name="register_ready_with_its_table",
            ),
        ]

    @property
    def tag(self) -> tuple[str, str]:
        tones = {self.State.MAKING: "todo", self.State.READY: "done"}
        return str(self.State(self.state).label), tones.get(self.State(self.state), "changed")
