"""Where a pupil is who is not in the lesson: infirmary, library, study, office."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models.explanations import ABSENCES


class VisitQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a nurse and a librarian those who come to them; a pupil their own; guardians, what is told to them."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.in_school(viewer).filter(place__in=places_of(viewer))
        own = self.filter(pupil__in=viewer.own_pupils())
        return own.filter(told_to_family=True) if viewer.is_guardian else own

    def going_on(self) -> Self:
        return self.filter(ends=None)


class Visit(models.Model):
    """A pupil came somewhere, and left. It is no absence: whoever calls the roll sees it beside the name.

    `told_to_family`: no, for care that the pupil asked a nurse to keep from them (docs/decisions/0136). Nobody else at work knows.
    """

    class Place(models.TextChoices):
        INFIRMARY = "infirmary", _("Infirmerie")
        LIBRARY = "library", _("CDI")
        STUDY = "study", _("Étude")
        OFFICE = "office", _("Vie scolaire")
        EXCLUDED = "excluded", _("Exclusion de cours")

    school = models.ForeignKey(School, models.CASCADE, related_name="visits", verbose_name=_("établissement"))
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="visits", verbose_name=_("élève"))
    place = models.CharField(_("lieu"), max_length=9, choices=Place.choices)
    starts = models.DateTimeField(_("arrivée"))
    ends = models.DateTimeField(_("départ"), null=True, blank=True)
    told_to_family = models.BooleanField(_("lu par la famille"), default=True, db_default=True)
    noted_by = models.ForeignKey(
        Person, models.PROTECT, related_name="visits_noted", verbose_name=_("notée par")
    )
    ended_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visits_ended",
        verbose_name=_("finie par"),
    )

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "pupil"], condition=Q(ends=None), name="one_visit_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["pupil", "starts"], name="visits_of_a_pupil")]


def places_of(viewer: Viewer) -> list[str]:
    """The places where this viewer notes who comes."""
    if viewer.has_power(ABSENCES):
        return list(Visit.Place.values)
    own = {Role.NURSE: Visit.Place.INFIRMARY, Role.LIBRARIAN: Visit.Place.LIBRARY}
    return [place.value for role, place in own.items() if viewer.holds(role)]
