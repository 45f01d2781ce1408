"""A teacher's sequence of lessons, written once and given to several classes, year after year."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer


class ProgressionQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Its author, in the school where they wrote it."""
        return self.in_school(viewer).filter(author_id=viewer.person.pk) if viewer.is_staff else self.none()


class Progression(models.Model):
    """A sequence of a teacher's. It belongs to no year: it is given to the lessons of a class from a day on."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="progressions", verbose_name=_("établissement")
    )
    author = models.ForeignKey(Person, models.CASCADE, related_name="progressions", verbose_name=_("auteur"))
    title = models.CharField(_("titre"), max_length=120)
    changed_at = models.DateTimeField(_("modifiée le"))

    objects = ProgressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("progression")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title


class ProgressionStepQuerySet(SchoolQuerySet):
    school_path = "progression__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of one's own progressions."""
        return self.filter(progression__in=Progression.objects.visible_to(viewer))


class ProgressionStep(models.Model):
    """One lesson of a progression: its content, and the homework for the next lesson if there is any."""

    progression = models.ForeignKey(
        Progression, models.CASCADE, related_name="steps", verbose_name=_("progression")
    )
    order = models.PositiveIntegerField(_("rang"))
    content = models.TextField(_("contenu"))
    work = models.CharField(_("travail à faire"), max_length=160, blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée estimée"), null=True, blank=True)

    objects = ProgressionStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape d’une progression")
        verbose_name_plural = _("étapes de progressions")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=600), name="step_minutes_of_a_day"
            )
        ]
