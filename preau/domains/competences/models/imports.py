"""Referentials brought in files: what a file told, what it would write, what it wrote."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.words import Role
from preau.foundation.importers.rows import ImportRow, State

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

OPEN = ["received", "reading", "applying", "matching", "preview"]


class ReferentialImportQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """The head, who answers for what the school assesses with."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD) else self.none()


class ReferentialImport(ImportRow):
    """A table of competences, brought as one edition of a referential of a school."""

    State = State

    school = models.ForeignKey(
        School, models.CASCADE, related_name="referential_imports", verbose_name=_("établissement")
    )
    name = models.CharField(_("nom"), max_length=120)
    edition = models.CharField(_("édition"), max_length=20)
    source = models.CharField(_("source"), max_length=240, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RECEIVED)
    brought_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="referentials_brought",
        verbose_name=_("apporté par"),
    )

    objects = ReferentialImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import de référentiel")
        verbose_name_plural = _("imports de référentiels")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=models.Q(state__in=OPEN),
                name="one_open_referential_import",
            )
        ]

    def __str__(self) -> str:
        return f"referential {self.pk}"
