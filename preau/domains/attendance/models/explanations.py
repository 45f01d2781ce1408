"""Why a pupil was missing, what a family says of it, what the school makes of it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role

SCHOOL_LIFE = (Role.SCHOOL_LIFE, Role.HEAD)


class Reason(models.Model):
    """Why a pupil was missing. Without a school it is common to all; families choose among those open to them."""

    school = models.ForeignKey(
        School,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="absence_reasons",
        verbose_name=_("établissement"),
    )
    label = models.CharField(_("libellé"), max_length=80)
    for_families = models.BooleanField(_("proposé aux familles"), default=True)
    order = models.PositiveSmallIntegerField(_("rang"), default=50)

    class ReasonQuerySet(SchoolQuerySet):
        def visible_to(self, viewer: Viewer) -> Self:
            """The common ones and those of the school looked at; families see what is open to them."""
            if viewer.is_staff:
                return self.filter(Q(school=None) | Q(school_id=viewer.school_id))
            mine = viewer.schools_of_own_pupils()
            return self.filter(Q(school=None) | Q(school__in=mine), for_families=True)

        def offered_to_families(self, school_id: int) -> Self:
            """Those that a family chooses among for an absence in this school."""
            return self.filter(Q(school=None) | Q(school_id=school_id), for_families=True)

    objects = ReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("motif d’absence")
        verbose_name_plural = _("motifs d’absence")
        ordering = ["order", "label"]
        constraints = [
            models.UniqueConstraint(fields=["school", "label"], name="one_reason_per_label"),
            models.UniqueConstraint(
                fields=["label"], condition=Q(school=None), name="one_common_reason_per_label"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ExplanationQuerySet(SchoolQuerySet):
    def pending(self) -> Self:
        return self.filter(state=Explanation.State.PENDING)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a family member only their own: a separated parent's words are theirs alone."""
        if viewer.holds(*SCHOOL_LIFE):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.none()
        return self.filter(given_by_id=viewer.person.pk, pupil__in=viewer.own_pupils())


class Explanation(models.Model):
    """What a family says of an absence of one day, and what became of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("À lire")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")
        WITHDRAWN = "withdrawn", _("Retirée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="explanations", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(
        Person, models.PROTECT, related_name="absence_explanations", verbose_name=_("élève")
    )
    day = models.DateField(_("jour"))
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="explanations", verbose_name=_("motif"))
    comment = models.TextField(_("précision"), max_length=1000, blank=True)
    given_by = models.ForeignKey(
        Person, models.PROTECT, related_name="explanations_given", verbose_name=_("donnée par")
    )
    given_at = models.DateTimeField(_("donnée à"))
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.PENDING)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = _("explication")
        ordering = ["given_at", "pk"]
        indexes = [
            models.Index(fields=["school", "state"], name="explanation_by_state"),
            models.Index(fields=["pupil", "day"], name="explanation_of_pupil"),
        ]

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING


class DecisionQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the explanation sees what was decided of it."""
        return self.filter(explanation__in=Explanation.objects.visible_to(viewer))


class Decision(models.Model):
    """One step of an explanation's life. Rows are only added: the last one counts."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="decisions", verbose_name=_("établissement")
    )
    explanation = models.ForeignKey(
        Explanation, models.PROTECT, related_name="decisions", verbose_name=_("explication")
    )
    state = models.CharField(_("état"), max_length=9, choices=Explanation.State.choices)
    comment = models.TextField(_("réponse"), max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, related_name="decisions_taken", verbose_name=_("décidée par")
    )
    decided_at = models.DateTimeField(_("décidée à"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision")
        ordering = ["pk"]
