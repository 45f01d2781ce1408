"""What hangs on a record: the measures that teachers read, and papers whose bytes are sealed."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Arrangement
from preau.domains.records.models.records import Record
from preau.foundation import sealed

# What the store of files is told that the bytes are.
SEALED_FILE = "application/octet-stream"


class OfRecordQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """What hangs on the records that one reads; what it says is shown where they are read whole."""
        return self.filter(record__in=Record.objects.visible_to(viewer))


class Measure(models.Model):
    """A measure of a plan, in neutral words: it is an adjustment like any other (`attendance.Arrangement`), which the roll shows.

    This row is the only thing that ties it to the plan, and only those who read the plan see it.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="record_measures", verbose_name=_("établissement")
    )
    record = models.ForeignKey(Record, models.CASCADE, related_name="measures", verbose_name=_("dossier"))
    arrangement = models.OneToOneField(
        Arrangement, models.CASCADE, related_name="measure", verbose_name=_("aménagement")
    )

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("mesure d’un dossier confidentiel")
        verbose_name_plural = _("mesures des dossiers confidentiels")
        ordering = ["pk"]


class Paper(models.Model):
    """A paper of a record. The store of files holds its bytes sealed, under a name that says nothing; its own is sealed here."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="record_papers", verbose_name=_("établissement")
    )
    record = models.ForeignKey(Record, models.CASCADE, related_name="papers", verbose_name=_("dossier"))
    file = models.OneToOneField(
        StoredFile, models.PROTECT, related_name="record_paper", verbose_name=_("fichier scellé")
    )
    sealed_name = models.TextField(_("nom scellé"))
    kind = models.CharField(_("nature"), max_length=100)
    size = models.PositiveBigIntegerField(_("taille"))
    digest = models.CharField(_("empreinte scellée"), max_length=64)
    added_by = models.ForeignKey(
        Person, models.PROTECT, related_name="record_papers_added", verbose_name=_("joint par")
    )
    added_at = models.DateTimeField(_("joint à"))

    objects = OfRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("document d’un dossier confidentiel")
        verbose_name_plural = _("documents des dossiers confidentiels")
        ordering = ["pk"]

    @property
    def purpose(self) -> str:
        return f"{self.record.purpose}.paper"

    @property
    def name(self) -> str:
        """As it was sent, cleaned; "" when the key that sealed it is gone."""
        found = sealed.unseal(self.purpose, self.sealed_name)
        return found.decode() if found else ""
