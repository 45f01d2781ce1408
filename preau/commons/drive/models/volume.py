"""What a file manager keeps beside documents: locks while it writes, properties, and small files of its own (WebDAV, docs/decisions/0151)."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.drive.models.items import LONGEST_NAME, Item
from preau.directory.models import Person, SchoolQuerySet
from preau.directory.viewer import Viewer

LONGEST_OWNER, LONGEST_PROPERTY_NAME, LONGEST_PROPERTY, MOST_PROPERTIES = 1_000, 300, 4_000, 50
LONGEST_SIDECAR, MOST_SIDECARS = 256 * 1024, 200


class LockQuerySet(SchoolQuerySet):
    school_path = "item__school"

    def live(self, now: datetime) -> Self:
        """Those that have not run out."""
        return self.filter(ends_at__gt=now)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees a document sees that somebody writes in it."""
        return self.filter(item__in=Item.objects.visible_to(viewer))


class Lock(models.Model):
    """Somebody writes in a document from a file manager, and the others wait until `ends_at`. `is_deep`: in all that a folder holds.

    `said`: what the program says of its owner, as it sent it. It holds back other file managers; the pages of the site keep versions.
    """

    class Scope(models.TextChoices):
        EXCLUSIVE = "exclusive", _("seul")
        SHARED = "shared", _("à plusieurs")

    item = models.ForeignKey(Item, models.CASCADE, related_name="locks", verbose_name=_("document"))
    token = models.CharField(_("jeton"), max_length=45, unique=True)
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="drive_locks", verbose_name=_("réservé par")
    )
    scope = models.CharField(_("portée"), max_length=9, choices=Scope.choices)
    is_deep = models.BooleanField(_("avec ce que le dossier contient"), default=False)
    said = models.TextField(_("ce que dit le programme"), max_length=LONGEST_OWNER, blank=True)
    made_at = models.DateTimeField(_("réservé le"))
    ends_at = models.DateTimeField(_("jusqu’à"))

    objects = LockQuerySet.as_manager()

    class Meta:
        verbose_name = _("réservation")
        indexes = [models.Index(fields=["ends_at"], name="drive_locks_by_end")]


class PropertyQuerySet(SchoolQuerySet):
    school_path = "item__school"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(item__in=Item.objects.visible_to(viewer))


class Property(models.Model):
    """What a file manager notes of a document under a name of its own, « {space}name »: given back as it came, read by nothing else."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="properties", verbose_name=_("document"))
    name = models.CharField(_("nom"), max_length=LONGEST_PROPERTY_NAME)
    content = models.TextField(_("contenu"), max_length=LONGEST_PROPERTY)

    objects = PropertyQuerySet.as_manager()

    class Meta:
        verbose_name = _("propriété")
        verbose_name_plural = _("propriétés")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["item", "name"], name="drive_property_once")]


class SidecarQuerySet(models.QuerySet["Sidecar"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own: they are no documents."""
        return self.filter(person=viewer.person.pk)


class Sidecar(models.Model):
    """A small file that a program puts beside a document for itself (« .~lock.x.odt# », « ._x », « .DS_Store »): given back to the same
    person alone until the night, and on no list."""

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="drive_sidecars", verbose_name=_("déposé par")
    )
    place = models.CharField(_("lieu"), max_length=40)
    folder = models.ForeignKey(
        Item, models.CASCADE, null=True, related_name="sidecars", verbose_name=_("dossier")
    )
    name = models.CharField(_("nom"), max_length=LONGEST_NAME * 2)
    content = models.BinaryField(_("contenu"), max_length=LONGEST_SIDECAR)
    kept_at = models.DateTimeField(_("déposé le"))

    objects = SidecarQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier de travail d’un logiciel")
        verbose_name_plural = _("fichiers de travail de logiciels")
        indexes = [models.Index(fields=["person", "name"], name="drive_sidecars_of_a_person")]
