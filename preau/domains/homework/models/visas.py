"""The head has seen the cahier de textes of a class."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person, School, SchoolQuerySet, Subject
from preau.directory.viewer import Viewer
from preau.domains.homework.models.books import ClassBook


class VisaQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever reads the cahier de textes of the class."""
        return self.filter(group__in=ClassBook.objects.visible_to(viewer).values("pk"))


class Visa(models.Model):
    """The head has seen what was written of a class, of one subject or of all, up to a day. Rows are only added."""

    school = models.ForeignKey(School, models.CASCADE, related_name="visas", verbose_name=_("établissement"))
    group = models.ForeignKey(Group, models.CASCADE, related_name="visas", verbose_name=_("classe ou groupe"))
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="visas", verbose_name=_("matière")
    )
    until = models.DateField(_("vu jusqu’au"))
    comment = models.TextField(_("commentaire"), blank=True)
    given_by = models.ForeignKey(
        Person, models.PROTECT, related_name="visas_given", verbose_name=_("visé par")
    )
    given_at = models.DateTimeField(_("visé à"))

    objects = VisaQuerySet.as_manager()

    class Meta:
        verbose_name = _("visa d’un cahier de textes")
        verbose_name_plural = _("visas de cahiers de textes")
        ordering = ["-given_at", "-pk"]
