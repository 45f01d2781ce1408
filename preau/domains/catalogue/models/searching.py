"""What the search keeps: which edition of the catalogue it is, the words that found nothing, and what is used in class."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.domains.catalogue.models.resources import Resource
from preau.identity.rules import runs_platform

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class Edition(models.Model):
    """The only row of its table: how many times the catalogue has changed, and a word that only this change has.

    Each web node compares it with what its own index holds. `past` is the last changes, newest first, as [number, token]:
    an index that holds one of them is caught up; any other (a backup was restored) is built anew.
    """

    number = models.PositiveBigIntegerField(_("numéro"), default=0)
    token = models.CharField(_("jeton"), max_length=32, blank=True)
    past = models.JSONField(_("éditions passées"), default=list)

    class Meta:
        verbose_name = _("édition du catalogue")
        verbose_name_plural = _("éditions du catalogue")


class MissQuerySet(models.QuerySet["Miss"]):
    def visible_to(self, viewer: "Viewer | None") -> Self:
        """Whoever runs the platform: these words are of no school."""
        return self.all() if viewer is not None and runs_platform(viewer) else self.none()


class Miss(models.Model):
    """Words that somebody told us find nothing: how many times, and when. Never by whom."""

    words = models.CharField(_("mots"), max_length=80, unique=True)
    count = models.PositiveIntegerField(_("fois"), default=1)
    last = models.DateField(_("dernière fois"), db_index=True)

    objects = MissQuerySet.as_manager()

    class Meta:
        verbose_name = _("recherche sans résultat")
        verbose_name_plural = _("recherches sans résultat")


class UseInClass(models.Model):
    """How many times, in one month, a resource was put in a lesson or given to do. Never by whom, nor in which school."""

    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="uses_in_class", verbose_name=_("ressource")
    )
    month = models.DateField(_("mois"))
    count = models.PositiveIntegerField(_("fois"), default=1)

    class Meta:
        verbose_name = _("usage en classe")
        verbose_name_plural = _("usages en classe")
        constraints = [models.UniqueConstraint(fields=["resource", "month"], name="one_count_a_month")]
