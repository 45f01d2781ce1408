"""Thresholds as a school settles them, and the facts that have passed one: a count and its days, never a score."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attention.models.reviews import EARLY, Review

WATCHERS = (Role.HEAD, Role.SCHOOL_LIFE)
A_MONTH = [MinValueValidator(1), MaxValueValidator(60)]


class Threshold(models.Model):
    """From how many on a fact is looked at in a school; without a number, it is not looked at there at all."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attention_thresholds", verbose_name=_("établissement")
    )
    fact = models.CharField(_("fait"), max_length=40)
    number = models.PositiveSmallIntegerField(_("seuil"), null=True, blank=True, validators=A_MONTH)

    class ThresholdQuerySet(SchoolQuerySet):
        def visible_to(self, viewer: Viewer) -> Self:
            """The staff of the school: they say what is looked at there."""
            return self.in_school(viewer) if viewer.is_staff else self.none()

    objects = ThresholdQuerySet.as_manager()

    class Meta:
        verbose_name = _("seuil")
        verbose_name_plural = _("seuils")
        constraints = [models.UniqueConstraint(fields=["school", "fact"], name="one_threshold_per_fact")]


class FindingQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those in charge; whoever sees the review in which somebody looked at it. Nobody else before that."""
        if viewer.has_power(EARLY):
            return self.in_school(viewer)
        return self.filter(review__in=Review.objects.visible_to(viewer))

    def waiting(self) -> Self:
        """Those at which nobody has looked yet."""
        return self.filter(review=None)


class Finding(models.Model):
    """A fact has passed its threshold: how many, between which days, and how many in the four weeks before.

    It goes by itself when the count goes down, as long as nobody has looked at it; looked at, it stays as it was seen.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="findings", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="findings", verbose_name=_("élève"))
    fact = models.CharField(_("fait"), max_length=40)
    number = models.PositiveSmallIntegerField(_("nombre"))
    before = models.PositiveSmallIntegerField(_("dans les quatre semaines d’avant"))
    what = models.CharField(_("matière ou jour"), max_length=120, blank=True)
    threshold = models.PositiveSmallIntegerField(_("seuil"))
    since = models.DateField(_("depuis le"))
    until = models.DateField(_("jusqu’au"))
    found_at = models.DateTimeField(_("compté le"))
    review = models.ForeignKey(
        Review, models.CASCADE, null=True, blank=True, related_name="findings", verbose_name=_("regard")
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("fait au-delà de son seuil")
        verbose_name_plural = _("faits au-delà de leur seuil")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "pupil", "fact"],
                condition=Q(review=None),
                name="one_waiting_finding_per_fact",
            )
        ]
