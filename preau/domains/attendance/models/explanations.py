"""Why a pupil was missing, what a family says of it, what the school makes of it."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role

SCHOOL_LIFE = (Role.SCHOOL_LIFE, Role.HEAD)
# The power to follow them, which a head may give to somebody until a day.
ABSENCES = "absences"


class ReasonQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """The common ones and those of the school looked at; families see what is open to them."""
        if viewer.is_staff:
            return self.filter(Q(school=None) | Q(school_id=viewer.school_id))
        mine = viewer.schools_of_own_pupils()
        return self.filter(Q(school=None) | Q(school__in=mine), for_families=True)

    def in_use(self, school_id: int) -> Self:
        """Those that this school chooses among today: its own, and the common ones that it has not replaced."""
        replaced = Reason.objects.filter(school_id=school_id, replaces=OuterRef("pk"))
        common = self.filter(Q(school_id=school_id) | Q(school=None) & ~Exists(replaced))
        return common.filter(retired_on=None)

    def offered_to_families(self, school_id: int) -> Self:
        """Those that a family chooses among for an absence in this school."""
        return self.in_use(school_id).filter(for_families=True)


class Reason(models.Model):
    """Why a pupil was missing. Without a school it is common to all; families choose among those open to them.

    What a common one says is the same everywhere: a school that wants it otherwise has one of its own that `replaces` it,
    and what was written before keeps the reason it had. One that is retired is chosen no more, and is still read.
    """

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
    settles = models.BooleanField(_("règle l’absence"), default=True, db_default=True)
    in_report = models.BooleanField(_("compte dans le bulletin"), default=True, db_default=True)
    in_alerts = models.BooleanField(_("compte dans les alertes"), default=False, db_default=False)
    confidential = models.BooleanField(_("confidentiel"), default=False, db_default=False)
    order = models.PositiveSmallIntegerField(_("rang"), default=50)
    retired_on = models.DateField(_("retiré le"), null=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("remplace")
    )

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
            models.UniqueConstraint(
                fields=["school", "replaces"], name="one_reason_in_place_of_a_common_one"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ExplanationQuerySet(SchoolQuerySet):
    def pending(self) -> Self:
        return self.filter(state=Explanation.State.PENDING)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a family member only their own: a separated parent's words are theirs alone."""
        if viewer.has_power(ABSENCES):
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
    # What it comes from when the family said so before; and its paper.
    announcement = models.ForeignKey(
        "attendance.Announcement",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="explanations",
        verbose_name=_("annonce"),
    )
    document = models.ForeignKey(
        StoredFile, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("document")
    )

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = _("explication")
        ordering = ["given_at", "pk"]
        indexes = [
            models.Index(fields=["school", "state"], name="explanation_by_state"),
            models.Index(fields=["pupil", "day"], name="explanation_of_pupil"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement", "day"],
                condition=Q(announcement__isnull=False),
                name="one_explanation_per_announced_day",
            ),
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
