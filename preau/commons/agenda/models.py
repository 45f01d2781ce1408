"""The address under which a calendar reads its person's agenda."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.identity.models import Account


class FeedQuerySet(models.QuerySet["Feed"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, from whatever seat; nobody else's, whoever asks."""
        return self.filter(account_id=viewer.account_id)


class Feed(models.Model):
    """One feed an account. Only the digest of its key is kept: the address was shown once (docs/decisions/0061).

    `number` grows with each new address: it says which one a page had seen.
    """

    account = models.OneToOneField(Account, models.CASCADE, related_name="feed", verbose_name=_("compte"))
    digest = models.CharField(_("empreinte"), max_length=64, unique=True)
    number = models.PositiveIntegerField(_("rang"), default=1)
    opened_at = models.DateTimeField(_("ouvert le"))

    objects = FeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("abonnement à l’agenda")
        verbose_name_plural = _("abonnements à l’agenda")
