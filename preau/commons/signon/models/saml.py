"""What SAML keeps: what a service is to that protocol. Who came leaves no row: an assertion says everything, at once."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.signon.models.register import Service
from preau.commons.signon.words import Binding, Hiding, NameForm

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(service__in=Service.objects.visible_to(viewer))


class Party(models.Model):
    """A service that speaks SAML 2.0: its name there, the only addresses to which anything leaves, its certificates.

    `receives`: [{"url", "index"}], exact addresses that take answers by POST, the one by default first. `signing`: its
    certificates (base64 of DER), several while it changes; `encryption`: the one for which assertions are hidden when `hides`.
    `logout`: where a browser brings the end of a session back, by `logout_binding`, and `logout_answer`, where answers go when
    that is elsewhere. `soap`: where our server tells it that a session is over. `begins_here`: it waits for an answer that it
    has not asked for, from « Applications ».
    """

    service = models.OneToOneField(Service, models.CASCADE, related_name="party", verbose_name=_("service"))
    entity_id = models.CharField(_("nom SAML du service"), max_length=1_024, unique=True)
    receives = models.JSONField(_("adresses de réception"), default=list, blank=True)
    signing = models.JSONField(_("certificats de signature"), default=list, blank=True)
    encryption = models.TextField(_("certificat de chiffrement"), blank=True, default="")
    must_sign = models.BooleanField(_("demandes signées exigées"), default=False)
    name_form = models.CharField(
        _("forme de l’identifiant"), max_length=12, choices=NameForm.choices, default=NameForm.PERSISTENT
    )
    hides = models.BooleanField(_("réponses chiffrées"), default=False)
    cipher = models.CharField(_("chiffrement"), max_length=4, choices=Hiding.choices, default=Hiding.GCM)
    logout = models.CharField(_("adresse de déconnexion"), max_length=500, blank=True, default="")
    logout_binding = models.CharField(
        _("passage de la déconnexion"), max_length=8, choices=Binding.choices, default=Binding.REDIRECT
    )
    logout_answer = models.CharField(_("adresse des réponses"), max_length=500, blank=True, default="")
    soap = models.CharField(_("adresse à prévenir d’une déconnexion"), max_length=500, blank=True, default="")
    begins_here = models.BooleanField(_("s’ouvre sans demande"), default=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("service SAML")
        verbose_name_plural = _("services SAML")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(hides=False) | ~models.Q(encryption=""),
                name="party_hides_with_a_certificate",
            )
        ]

    @property
    def told_at(self) -> str:
        """Where our server says that a session is over: between servers when it can, else where browsers bring it."""
        return self.soap or self.logout

    @property
    def addresses(self) -> list[str]:
        return [receive["url"] for receive in self.receives]
