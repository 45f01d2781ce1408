"""A file of the GAR that a school brought: read, then applied or given up."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School
from preau.domains.mediacentre.models.resources import AssignerQuerySet


class BroughtQuerySet(AssignerQuerySet):
    """Whoever assigns reads what was brought."""


class BroughtList(models.Model):
    """One file: what it says (`facts`, until it is decided) and what came of it (`report`: counts, lines, reasons; nobody's name)."""

    class Kind(models.TextChoices):
        RESOURCES = "resources", _("Liste des ressources")
        SUBSCRIPTIONS = "subscriptions", _("Abonnements")

    class State(models.TextChoices):
        READ = "read", _("À vérifier")
        APPLIED = "applied", _("Appliquée")
        DROPPED = "dropped", _("Abandonnée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="resource_lists", verbose_name=_("établissement")
    )
    kind = models.CharField(_("nature"), max_length=13, choices=Kind.choices)
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.READ)
    name = models.CharField(_("fichier"), max_length=120)
    digest = models.CharField(_("empreinte"), max_length=64)
    facts = models.JSONField(_("ce que dit le fichier"), default=dict, blank=True)
    report = models.JSONField(_("compte rendu"), default=dict, blank=True)
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("apportée par")
    )
    at = models.DateTimeField(_("apportée le"))
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)

    objects = BroughtQuerySet.as_manager()

    class Meta:
        verbose_name = _("liste du GAR apportée")
        verbose_name_plural = _("listes du GAR apportées")
        ordering = ["-at", "-pk"]

    @property
    def waits(self) -> bool:
        return self.state == self.State.READ
