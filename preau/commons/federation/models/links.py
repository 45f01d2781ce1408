"""Whose account it is here, and the sessions that a provider opened."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.federation.models.providers import Provider
from preau.commons.federation.words import Key
from preau.directory.models import Person
from preau.directory.models.schools import new_public_id
from preau.identity.models import OFFICE, Account, AccountSession, followed_people

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own; to the office, those of the people whose account it keeps."""
        own = Q(person_id=viewer.person.pk)
        if not viewer.holds(*OFFICE):
            return self.filter(own)
        return self.filter(own | Q(person__in=followed_people(viewer).values("pk")))

    def live(self) -> Self:
        return self.filter(cut_at=None)


class Link(models.Model):
    """That the person whom a provider calls `subject` is this one. Cut, it stays: it is not made again by itself.

    `how`: the key that led to them; empty when they linked it themselves, signed in here.
    """

    provider = models.ForeignKey(
        Provider, models.CASCADE, related_name="links", verbose_name=_("fournisseur")
    )
    subject = models.CharField(_("nom de la personne chez le fournisseur"), max_length=255)
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("personne"))
    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    how = models.CharField(_("reconnue par"), max_length=10, choices=Key.choices, blank=True, default="")
    made_at = models.DateTimeField(_("relié le"))
    used_at = models.DateTimeField(_("dernière connexion"), null=True, blank=True)
    cut_at = models.DateTimeField(_("délié le"), null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("compte relié")
        verbose_name_plural = _("comptes reliés")
        ordering = ["-made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="one_person_a_subject"),
        ]


class ComingQuerySet(models.QuerySet["Coming"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own, from whatever seat."""
        return self.filter(account_id=viewer.account_id)


class Coming(models.Model):
    """A session of ours that a provider opened; it goes with the session. `sid`: its name there; `hint`: what it wants to be shown
    at logout, sealed; `came_at`: when it last said that this is they."""

    session = models.OneToOneField(
        AccountSession, models.CASCADE, primary_key=True, related_name="+", verbose_name=_("session")
    )
    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+", verbose_name=_("fournisseur"))
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", verbose_name=_("compte"))
    subject = models.CharField(_("nom de la personne chez le fournisseur"), max_length=255)
    sid = models.CharField(_("session chez le fournisseur"), max_length=255, blank=True, default="")
    hint = models.TextField(_("jeton de déconnexion scellé"), blank=True, default="")
    came_at = models.DateTimeField(_("arrivée le"))

    objects = ComingQuerySet.as_manager()

    class Meta:
        verbose_name = _("arrivée par un fournisseur")
        verbose_name_plural = _("arrivées par un fournisseur")
        indexes = [models.Index(fields=["provider", "subject"], name="coming_by_subject")]
