from typing import Self

from django.db import models

from preau.directory.viewer import Viewer


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, viewer: Viewer | None) -> Self:
        """Everyone: the page exists only in the demonstration, whose people are invented."""
        return self


class Letter(models.Model):
    """A mail of the demonstration."""

    sent_at = models.DateTimeField("envoyé le", auto_now_add=True)
    to = models.CharField("destinataire", max_length=254)
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "courrier de démonstration"
        verbose_name_plural = "courriers de démonstration"
        ordering = ["-pk"]
