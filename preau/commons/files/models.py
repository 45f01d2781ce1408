"""A file that somebody sent. Its bytes lie in `foundation.vault`, under its public id."""

from datetime import datetime
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.foundation import boards, vault
from preau.foundation.boards import FileOwner

GLIMPSE = "-apercu"


def points_at(owner: FileOwner) -> Exists:
    """Does a row of this owner hold the file?"""
    rows = apps.get_model(owner.model)._default_manager  # noqa: SLF001 - Django's door to a model known by its label
    return Exists(rows.filter(**{owner.field: OuterRef("pk")}))


class FileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whatever an owner shows; and what one has just sent, as long as nothing owns it."""
        seen = Q(pk__in=self.filter(kept_by_id=viewer.person.pk).loose().values("pk"))
        for owner, seated in boards.offered(boards.file_owners, viewer):
            seen |= Q(pk__in=owner.files(seated))
        return self.filter(seen)

    def loose(self) -> Self:
        """Those that nothing owns: just sent, or let go of."""
        found = self
        for owner in boards.file_owners:
            found = found.exclude(points_at(owner))
        return found

    def held(self) -> Self:
        """Those that the antivirus has not cleared yet."""
        return self.filter(state=StoredFile.State.HELD)

    def kept_before(self, moment: datetime) -> Self:
        return self.filter(kept_at__lt=moment)


class StoredFile(models.Model):
    """One file: its name, cleaned, and what it is by its content. Whoever holds a row that points at it says who sees it."""

    class State(models.TextChoices):
        READY = "ready", _("À disposition")
        HELD = "held", _("En cours de vérification")
        REMOVED = "removed", _("Retiré : un virus y a été trouvé")

    public_id = models.CharField(_("adresse"), max_length=32, unique=True, default=vault.new_name)
    school = models.ForeignKey(School, models.CASCADE, related_name="files", verbose_name=_("établissement"))
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("nature"), max_length=100)
    size = models.PositiveBigIntegerField(_("taille"))
    digest = models.CharField(_("empreinte"), max_length=64)
    width = models.PositiveIntegerField(_("largeur"), null=True)
    height = models.PositiveIntegerField(_("hauteur"), null=True)
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.READY)
    kept_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="files_sent", verbose_name=_("envoyé par")
    )
    kept_at = models.DateTimeField(_("envoyé le"))

    objects = FileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier")
        indexes = [
            models.Index(fields=["kept_by", "digest"], name="files_sent_by_a_person"),
            models.Index(fields=["digest"], name="files_by_digest"),
            models.Index(fields=["kept_at"], condition=Q(state="held"), name="files_held"),
        ]

    @property
    def has_glimpse(self) -> bool:
        """Is it a picture, of which a small one is kept?"""
        return self.width is not None

    @property
    def glimpse(self) -> str:
        return f"{self.public_id}{GLIMPSE}"
