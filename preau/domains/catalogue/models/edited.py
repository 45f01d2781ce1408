"""The resources that the operator makes here, as their own pages see them."""

from typing import TYPE_CHECKING, Self

from django.utils.translation import gettext_lazy as _

from preau.domains.catalogue.models.resources import Resource, ResourceQuerySet
from preau.identity.rules import runs_platform

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# Where a resource comes from that was made on the platform itself.
PLATFORM = "plateforme"


class EditedResourceQuerySet(ResourceQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:  # type: ignore[override]
        """To the operators, those that are made here, withdrawn ones too."""
        return self.filter(source=PLATFORM) if runs_platform(viewer) else self.none()


class EditedResource(Resource):
    """A resource that is made here, published or withdrawn."""

    objects = EditedResourceQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("ressource de la plateforme")
        verbose_name_plural = _("ressources de la plateforme")
