"""What the file of a document says, as it was read once: its words, so that a search finds it, and its text where a browser does not show the file."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.commons.drive.models.items import Version
from preau.commons.files.models import StoredFile
from preau.directory.models import SchoolQuerySet
from preau.directory.viewer import Viewer

LONGEST_TEXT, LONGEST_WORDS = 20_000, 100_000


class ContentQuerySet(SchoolQuerySet):
    school_path = "file__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever reads a version of a document reads what it says."""
        return self.filter(file__in=Version.objects.visible_to(viewer).values("file_id"))


class Content(models.Model):
    """`words`: each different word of the file once, folded, parted by spaces. `text`: how an office file begins. `is_tagged`: of a PDF that could be
    looked into; `pages`: 0 where nobody counted."""

    file = models.OneToOneField(StoredFile, models.CASCADE, related_name="content", verbose_name=_("fichier"))
    words = models.TextField(_("mots"), max_length=LONGEST_WORDS, blank=True)
    text = models.TextField(_("texte"), max_length=LONGEST_TEXT, blank=True)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    is_tagged = models.BooleanField(_("balisé"), null=True)
    read_at = models.DateTimeField(_("lu le"))

    objects = ContentQuerySet.as_manager()

    class Meta:
        verbose_name = _("contenu d’un document")
        verbose_name_plural = _("contenus de documents")
