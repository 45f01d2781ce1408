"""Marks brought from another program: what a file told, what it would write, what it wrote."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet, SchoolYear
from preau.directory.words import Role
from preau.foundation.importers.rows import ImportRow, State

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

OPEN = ["received", "reading", "applying", "matching", "preview"]


class MarksImportQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """The head, who answers for the marks that are taken in."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()


class MarksImport(ImportRow):
    """Tables of marks given elsewhere, brought for a year of a school."""

    State = State

    school = models.ForeignKey(
        School, models.CASCADE, related_name="marks_imports", verbose_name=_("établissement")
    )
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="marks_imports", verbose_name=_("année")
    )
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RECEIVED)
    brought_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="marks_brought",
        verbose_name=_("apporté par"),
    )

    objects = MarksImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import de notes")
        verbose_name_plural = _("imports de notes")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=models.Q(state__in=OPEN), name="one_open_marks_import"
            )
        ]

    def __str__(self) -> str:
        return f"marks {self.pk}"
