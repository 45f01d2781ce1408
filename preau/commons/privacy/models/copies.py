"""A copy of what is held about somebody, when it is too large to be made while they wait."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.commons.privacy.models.requests import minors_of
from preau.directory.models import Person, School, SchoolQuerySet

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class DataCopyQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Whoever asked, as long as they answer for whom they asked."""
        mine = Q(subject=viewer.person.pk) | Q(subject__in=minors_of(viewer))
        return self.filter(mine, asked_by=viewer.person.pk)

    def being_made(self) -> Self:
        return self.filter(state=DataCopy.State.MAKING)

    def over(self, today: date) -> Self:
        """Those of which the days are over."""
        return self.filter(expires_on__lt=today)


class DataCopy(models.Model):
    """« Mes données » of `subject`, as a file that a task makes for `asked_by`. It goes after seven days."""

    class State(models.TextChoices):
        MAKING = "making", _("En préparation")
        READY = "ready", _("Prête")
        FAILED = "failed", _("N’a pas abouti")
        DROPPED = "dropped", _("Abandonnée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="data_copies", verbose_name=_("établissement")
    )
    subject = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("données de"))
    asked_by = models.ForeignKey(
        Person, models.CASCADE, related_name="data_copies", verbose_name=_("demandé par")
    )
    seat = models.CharField(_("au titre de"), max_length=40)
    asked_at = models.DateTimeField(_("demandé à"))
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.MAKING)
    file = models.ForeignKey(
        StoredFile, models.RESTRICT, null=True, blank=True, related_name="+", verbose_name=_("fichier")
    )
    expires_on = models.DateField(_("à retirer jusqu’au"))

    objects = DataCopyQuerySet.as_manager()

    class Meta:
        verbose_name = _("copie de données")
        verbose_name_plural = _("copies de données")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ready", file__isnull=False) | (~Q(state="ready") & Q(file=None)),
                name="data_copy_ready_with_its_file",
            ),
        ]

    @property
    def tag(self) -> tuple[str, str]:
        tone = {"making": "todo", "ready": "done"}.get(self.state, "neutral")
        return str(self.State(self.state).label), tone
