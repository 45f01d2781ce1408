"""What SAML keeps: our keys, and the answers that have come, so that none serves twice."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.federation.models.providers import Provider


class SamlKeyQuerySet(models.QuerySet["SamlKey"]):
    def visible_to(self, viewer: Any) -> Self:
        """Nobody reads keys."""
        return self.none()


class SamlKey(models.Model):
    """A key with which we sign what we ask providers, and open what they close for us. `sealed`: the private part (see
    `foundation.sealed`); `certificate`: what is published. The last whose day has come signs; all of them open."""

    sealed = models.TextField(_("clé scellée"))
    certificate = models.TextField(_("certificat publié"))
    made_at = models.DateTimeField(_("faite le"))
    signs_from = models.DateTimeField(_("signe à partir du"), db_index=True)

    objects = SamlKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("clé SAML")
        verbose_name_plural = _("clés SAML")
        ordering = ["-signs_from", "-pk"]


class SamlAnswerQuerySet(models.QuerySet["SamlAnswer"]):
    def visible_to(self, viewer: Any) -> Self:
        """Nobody reads them: they pass."""
        return self.none()


class SamlAnswer(models.Model):
    """An answer that was believed, between the form that brought it and the browser that had asked: two minutes at most.

    `question`: digest of the word that the browser keeps; `assertion`: digest of the provider's own name of it. Both serve once,
    and are remembered until the assertion says nothing more (`ends_at`). `sealed`: who came; empty once taken.
    """

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+", verbose_name=_("fournisseur"))
    question = models.CharField(_("empreinte de la question"), max_length=64, unique=True)
    assertion = models.CharField(_("empreinte de l’assertion"), max_length=64)
    sealed = models.TextField(_("qui est arrivé, scellé"), blank=True, default="")
    came_at = models.DateTimeField(_("venue le"))
    ends_at = models.DateTimeField(_("à oublier après le"), db_index=True)

    objects = SamlAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("réponse SAML")
        verbose_name_plural = _("réponses SAML")
        constraints = [
            models.UniqueConstraint(fields=["provider", "assertion"], name="one_coming_an_assertion"),
        ]
