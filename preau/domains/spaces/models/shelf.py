"""The shelf of a space: links, files, and pages of ours that are put to use there."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.spaces.models.spaces import Space
from preau.domains.spaces.models.talk import InSpaceQuerySet


class ShelfQuerySet(InSpaceQuerySet):
    def opened_by(self, viewer: Viewer, pk: int) -> Any:
        return self.visible_to(viewer).select_related("space__school").filter(pk=pk).first()

    def in_order(self) -> Self:
        return self.order_by("shelf", "-at", "-pk")


class Resource(models.Model):
    """Something on the shelf: an address, of the world or of one of our pages, or a file. `shelf`: the chapter under which it stands."""

    class Kind(models.TextChoices):
        LINK = "link", _("Lien")
        PAGE = "page", _("Ressource, exercice ou scénario")
        FILE = "file", _("Fichier")

    space = models.ForeignKey(Space, models.CASCADE, related_name="resources", verbose_name=_("espace"))
    kind = models.CharField(_("nature"), max_length=4, choices=Kind.choices)
    shelf = models.CharField(_("chapitre"), max_length=60, blank=True)
    title = models.CharField(_("titre"), max_length=160)
    note = models.CharField(_("pour quoi faire"), max_length=300, blank=True)
    address = models.CharField(_("adresse"), max_length=500, blank=True)
    file = models.ForeignKey(
        StoredFile, models.CASCADE, null=True, related_name="space_resources", verbose_name=_("fichier")
    )
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="space_resources", verbose_name=_("mis par")
    )
    at = models.DateTimeField(_("le"))

    objects = ShelfQuerySet.as_manager()

    class Meta:
        verbose_name = _("ressource d’un espace")
        verbose_name_plural = _("ressources d’espaces")
        ordering = ["shelf", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="file", file__isnull=False, address="")
                | ~Q(kind="file") & Q(file=None) & ~Q(address=""),
                name="resource_is_an_address_or_a_file",
            ),
            models.UniqueConstraint(
                fields=["space", "address"], condition=~Q(address=""), name="address_once_in_a_space"
            ),
        ]
