"""What OpenID Connect keeps: how a service makes itself known, what it was granted, tokens, and the keys that sign."""

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.signon.models.register import OwnOnly, Service
from preau.commons.signon.words import KeyUse
from preau.identity.models import Account

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


def new_client_id() -> str:
    return f"preau-{secrets.token_hex(12)}"


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(service__in=Service.objects.visible_to(viewer))


class Client(models.Model):
    """A service that speaks OpenID Connect: its number, its secret, the only addresses to which anything leaves.

    `secret` is a digest, empty until one was given; a public client (an application in a browser or on a telephone, which
    can keep none) never has one. Addresses are held exactly, as texts: nothing below, nothing beside.
    """

    service = models.OneToOneField(Service, models.CASCADE, related_name="client", verbose_name=_("service"))
    client_id = models.CharField(_("numéro du service"), max_length=40, unique=True, default=new_client_id)
    is_public = models.BooleanField(_("sans secret"), default=False)
    secret = models.CharField(_("empreinte du secret"), max_length=64, blank=True, default="")
    secret_since = models.DateTimeField(_("secret donné le"), null=True, blank=True)
    redirects = models.JSONField(_("adresses de retour"), default=list, blank=True)
    after_logout = models.JSONField(_("adresses de retour après déconnexion"), default=list, blank=True)
    back_channel = models.CharField(
        _("adresse à prévenir d’une déconnexion"), max_length=500, blank=True, default=""
    )

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("service OpenID Connect")
        verbose_name_plural = _("services OpenID Connect")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_public=False) | models.Q(secret=""),
                name="client_without_secret_has_none",
            )
        ]


class Grant(models.Model):
    """One coming of one person to a service, and all the tokens that it gave: removed, none of them opens anything.

    It begins as a code, used once within a minute; only digests are kept. `session`: the digest of the session's key, as
    tickets have it; `sid`: the name by which the service knows that session. `is_strong`: with a second proof.
    """

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("compte"))
    seat = models.CharField(_("profil"), max_length=30)
    session = models.CharField(_("empreinte de la session"), max_length=64, db_index=True)
    sid = models.CharField(_("nom de la session chez le service"), max_length=64)
    code = models.CharField(_("empreinte du code"), max_length=64, unique=True)
    redirect = models.CharField(_("adresse de retour"), max_length=2_000)
    challenge = models.CharField(_("empreinte du vérificateur"), max_length=43)
    nonce = models.CharField(_("mot du service"), max_length=500, blank=True, default="")
    scopes = models.JSONField(_("ce que le service demande"), default=list, blank=True)
    signed_in_at = models.DateTimeField(_("connexion du"))
    is_strong = models.BooleanField(_("avec une double vérification"), default=False)
    code_ends_at = models.DateTimeField(_("code valable jusqu’à"))
    used_at = models.DateTimeField(_("code utilisé le"), null=True, blank=True)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)

    objects = OwnOnly.as_manager()

    class Meta:
        verbose_name = _("accès donné à un service")
        verbose_name_plural = _("accès donnés à des services")


class TokenQuerySet(models.QuerySet["Token"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own, from whatever seat."""
        return self.filter(grant__account_id=viewer.account_id)


class Token(models.Model):
    """What a service shows to read who came (ACCESS, some minutes), or to be given another (REFRESH, once). A digest alone
    is kept. A used REFRESH stays until its grant ends: shown again, it takes the whole grant away."""

    class Kind(models.TextChoices):
        ACCESS = "access", _("jeton de lecture")
        REFRESH = "refresh", _("jeton de renouvellement")

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="tokens", verbose_name=_("accès"))
    kind = models.CharField(_("nature"), max_length=8, choices=Kind.choices)
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("jeton d’un service")
        verbose_name_plural = _("jetons de services")


class SigningKeyQuerySet(models.QuerySet["SigningKey"]):
    def visible_to(self, viewer: Any) -> Self:
        """Nobody reads keys."""
        return self.none()


class SigningKey(models.Model):
    """A key with which we sign what services read. `sealed`: the private part (see `foundation.sealed`); `public`: what is
    published. It signs from `signs_from` until a later one does, and is published some days more. Those of SAML have a
    `certificate`, and live much longer: people copy it by hand.
    """

    use = models.CharField(
        _("usage"), max_length=8, choices=KeyUse.choices, default=KeyUse.JWT, db_default=KeyUse.JWT
    )
    kid = models.CharField(_("nom"), max_length=64, unique=True)
    sealed = models.TextField(_("clé scellée"))
    public = models.JSONField(_("clé publique"))
    certificate = models.TextField(_("certificat"), blank=True, default="", db_default="")
    made_at = models.DateTimeField(_("faite le"))
    signs_from = models.DateTimeField(_("signe à partir du"), db_index=True)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("clé de signature")
        verbose_name_plural = _("clés de signature")
        ordering = ["signs_from", "pk"]
