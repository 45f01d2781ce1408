"""The official file of a period, checked then made by a task, and kept for a few days for the head who asked for it."""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Period, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role

# Long enough to mend what the list says and to come back to it; a file of names that nobody fetched lies about no longer.
KEPT = timedelta(days=7)


class LivretFileQuerySet(SchoolQuerySet):
    def being_made(self) -> Self:
        return self.filter(state=LivretFile.State.MAKING)

    def current(self, today: date) -> Self:
        """Those whose files may still be fetched, and those that are being made or could not be."""
        return self.filter(expires_on__gte=today)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever asked, and only as long as they head this school."""
        if not viewer.holds(Role.HEAD):
            return self.none()
        return self.in_school(viewer).filter(asked_by=viewer.person.pk).current(viewer.today)


class LivretFile(models.Model):
    """The livret of a period: the list of what is wrong with it (`listing`), and its `file` where nothing refuses it.

    `errors`, `warnings`: how many lines of each the list has; `reports`: how many bilans. It goes after a few days.
    """

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prêt")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonné")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="livret_files", verbose_name=_("établissement")
    )
    period = models.ForeignKey(Period, models.CASCADE, related_name="livret_files", verbose_name=_("période"))
    asked_by = models.ForeignKey(
        Person, models.PROTECT, related_name="livret_files", verbose_name=_("demandé par")
    )
    seat = models.CharField(_("au titre de"), max_length=40)
    asked_at = models.DateTimeField(_("demandé à"))
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    errors = models.PositiveIntegerField(_("à corriger"), default=0)
    warnings = models.PositiveIntegerField(_("à regarder"), default=0)
    reports = models.PositiveIntegerField(_("bilans"), default=0)
    listing = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("liste")
    )
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("fichier")
    )
    expires_on = models.DateField(_("à retirer jusqu’au"))

    objects = LivretFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("livret préparé")
        verbose_name_plural = _("livrets préparés")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "asked_by"],
                condition=Q(state="making"),
                name="one_livret_file_made_at_a_time",
            ),
            models.CheckConstraint(
                condition=(Q(state="ready", listing__isnull=False) & (Q(errors=0) | Q(file=None)))
                | (~Q(state="ready") & Q(listing=None, file=None)),
                name="livret_file_ready_with_its_list",
            ),
        ]
