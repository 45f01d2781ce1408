"""What LTI needs to know of a service, and what a school lets it do."""

import secrets
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.lti.words import ALLOWED
from preau.commons.signon.models import Opening, Service
from preau.directory.words import SETTINGS

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


def new_number() -> str:
    return f"preau-lti-{secrets.token_hex(12)}"


class ToolQuerySet(models.QuerySet["Tool"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(service__in=Service.objects.visible_to(viewer))


class Tool(models.Model):
    """A service that speaks LTI: its number here, where it is opened, the only addresses to which a message leaves.

    `asks`: what it wants to do by itself, as {key of ALLOWED: {"why": sentence, "since": day}}. `keys`: public keys that were
    typed; or those of `keys_url`, read again when it shows a number that is not among `read_keys`.
    """

    service = models.OneToOneField(Service, models.CASCADE, related_name="tool", verbose_name=_("service"))
    client_id = models.CharField(_("numéro du service"), max_length=50, unique=True, default=new_number)
    login_url = models.CharField(_("adresse d’ouverture de session"), max_length=500)
    target = models.CharField(_("adresse ouverte"), max_length=500)
    redirects = models.JSONField(_("adresses de retour"), default=list)
    chooses = models.BooleanField(_("on y choisit une activité"), default=False)
    asks = models.JSONField(_("ce qu’il fait de lui-même"), default=dict, blank=True)
    keys_url = models.CharField(_("adresse de ses clés"), max_length=500, blank=True, default="")
    keys = models.JSONField(_("clés publiques"), default=list, blank=True)
    read_keys = models.JSONField(_("clés lues à son adresse"), default=list, blank=True)
    keys_read_at = models.DateTimeField(_("clés lues le"), null=True, blank=True)

    objects = ToolQuerySet.as_manager()

    class Meta:
        verbose_name = _("service LTI")
        verbose_name_plural = _("services LTI")

    @property
    def wants(self) -> list[str]:
        return [key for key in ALLOWED if key in self.asks]


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """To whoever settles the school."""
        if viewer.school_id is None or not viewer.has_power(SETTINGS):
            return self.none()
        return self.filter(opening__school=viewer.school_id)


class Agreement(models.Model):
    """What a school lets a service do by itself, of what it asks. A service that later asks for more gets no more here."""

    opening = models.OneToOneField(
        Opening, models.CASCADE, related_name="agreement", verbose_name=_("ouverture")
    )
    allowed = models.JSONField(_("ce que l’établissement accepte"), default=list, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord d’un établissement")
        verbose_name_plural = _("accords d’établissements")
