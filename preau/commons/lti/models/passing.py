"""What a message leaves on its way: nothing that is kept past an hour. Digests alone of what must not be guessed."""

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.lti.models.activities import Activity, Context
from preau.commons.signon.models import Service
from preau.directory.models.schools import new_public_id
from preau.identity.models import Account

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class OwnOnly(models.QuerySet[Any]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own, from the seat where it was begun."""
        return self.filter(account_id=viewer.account_id, seat=viewer.key)


class Passage(models.Model):
    """Somebody going to a service, from their click to the message: who (`hint`), for what (`message`), each used once.

    `activity` is empty for a teacher who goes and chooses one; `answer` is then what the service shows when it answers.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("compte"))
    seat = models.CharField(_("profil"), max_length=30)
    session = models.CharField(_("empreinte de la session"), max_length=64, db_index=True)
    context = models.ForeignKey(
        Context, models.CASCADE, related_name="+", verbose_name=_("service et classe")
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("activité")
    )
    hint = models.CharField(_("empreinte de qui vient"), max_length=64, unique=True)
    message = models.CharField(_("empreinte de ce qui est demandé"), max_length=64)
    answer = models.CharField(_("empreinte de la réponse attendue"), max_length=64, blank=True, default="")
    used_at = models.DateTimeField(_("utilisé le"), null=True, blank=True)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)

    objects = OwnOnly.as_manager()

    class Meta:
        verbose_name = _("passage vers une activité")
        verbose_name_plural = _("passages vers des activités")


class Proposal(models.Model):
    """What a teacher chose at a service, until they give it to their class or leave it. `items`: as `queries.items_of` read them."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("compte"))
    seat = models.CharField(_("profil"), max_length=30)
    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    context = models.ForeignKey(
        Context, models.CASCADE, related_name="+", verbose_name=_("service et classe")
    )
    items = models.JSONField(_("activités choisies"), default=list)
    refused = models.PositiveSmallIntegerField(_("éléments laissés"), default=0)
    taken_at = models.DateTimeField(_("donnée le"), null=True, blank=True)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)

    objects = OwnOnly.as_manager()

    class Meta:
        verbose_name = _("activités choisies")


class NobodyQuerySet(models.QuerySet[Any]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """To nobody: between servers."""
        return self.none()


class Shown(models.Model):
    """A word that a service showed, and may not show again while it would still be good: a digest, until then."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    digest = models.CharField(_("empreinte"), max_length=64)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)

    objects = NobodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("mot déjà montré")
        constraints = [models.UniqueConstraint(fields=["service", "digest"], name="shown_once")]


class Pass(models.Model):
    """A token of a service, nobody's: what it may ask of us by itself, an hour. A digest alone is kept."""

    service = models.ForeignKey(Service, models.CASCADE, related_name="+", verbose_name=_("service"))
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    scopes = models.JSONField(_("ce qu’il permet"), default=list)
    ends_at = models.DateTimeField(_("valable jusqu’à"), db_index=True)

    objects = NobodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("jeton d’un service")
        verbose_name_plural = _("jetons de services")
