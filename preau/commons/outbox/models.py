from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, viewer: Viewer | None) -> Self:
        """Everyone: the page exists only in the demonstration, whose people are invented."""
        return self


class Letter(models.Model):
    """A mail of the demonstration."""

    sent_at = models.DateTimeField(_("envoyé le"), auto_now_add=True)
    to = models.CharField(_("destinataire"), max_length=254)
    subject = models.CharField(_("objet"), max_length=200)
    body = models.TextField(_("texte"))
    message_id = models.CharField(_("numéro du message"), max_length=120, default="", db_default="")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("courrier de démonstration")
        verbose_name_plural = _("courriers de démonstration")
        ordering = ["-pk"]
