"""The balance of a cycle for a whole school, made by a task and kept for a few days for whoever asked for it."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook.models import MARKS

# Long enough to come back from a week-end; a file of names that nobody fetched lies about no longer.
KEPT = timedelta(days=7)


class CycleFileQuerySet(SchoolQuerySet):
    def being_made(self) -> Self:
        return self.filter(state=CycleFile.State.MAKING)

    def current(self, today: date) -> Self:
        """Those whose files may still be fetched, and those that are being made or could not be."""
        return self.filter(expires_on__gte=today)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever asked, and only as long as they read every class of this school."""
        if not (viewer.has_power(MARKS) or viewer.holds(Role.HEAD)):
            return self.none()
        return self.in_school(viewer).filter(asked_by=viewer.person.pk).current(viewer.today)


class CycleFile(models.Model):
    """Where every pupil of a cycle stands in each component, in two spreadsheets. It goes after a few days."""

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="cycle_files", verbose_name=_("établissement")
    )
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="cycle_files", verbose_name=_("demandé par")
    )
    seat = models.CharField(_("au titre de"), max_length=40)
    asked_at = models.DateTimeField(_("demandé à"))
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    rows = models.PositiveIntegerField(_("lignes"), default=0)
    table = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("tableau")
    )
    workbook = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("classeur")
    )
    expires_on = models.DateField(_("à retirer jusqu’au"))

    objects = CycleFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("bilan de cycle préparé")
        verbose_name_plural = _("bilans de cycle préparés")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "asked_by"],
                condition=Q(state="making"),
                name="one_cycle_file_made_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="ready", table__isnull=False, workbook__isnull=False)
                | (~Q(state="ready") & Q(table=None, workbook=None)),
                name="cycle_file_ready_with_its_files",
            ),
        ]

    @property
    def tag(self) -> tuple[str, str]:
        """Its state in a word, and the tone of the word."""
        tones = {self.State.MAKING: "todo", self.State.READY: "done"}
        return str(self.State(self.state).label), tones.get(self.State(self.state), "changed")
