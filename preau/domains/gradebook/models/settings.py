"""How a school makes averages: sub-subjects, coefficients of subjects, rounding, and when families read."""

from datetime import timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, MemberQuerySet, School, Subject
from preau.foundation.prepared import Prepared


class SubSubject(models.Model):
    """A part of a subject with an average of its own: « écrit », « oral »."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="sub_subjects", verbose_name=_("établissement")
    )
    subject = models.ForeignKey(
        Subject, models.CASCADE, related_name="sub_subjects", verbose_name=_("matière")
    )
    name = models.CharField(_("nom"), max_length=40)
    coefficient = models.DecimalField(_("coefficient"), max_digits=5, decimal_places=2, default=Decimal(1))
    order = models.PositiveSmallIntegerField(_("ordre"), default=0)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("sous-matière")
        ordering = ["order", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "name"], name="one_sub_subject_per_name"),
            models.CheckConstraint(
                condition=Q(coefficient__gte=0), name="sub_subject_coefficient_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SubjectWeight(models.Model):
    """The coefficient of a subject in the general average, for the school or for one class. Absent: 1."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="subject_weights", verbose_name=_("établissement")
    )
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="weights", verbose_name=_("matière"))
    group = models.ForeignKey(
        Group,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="subject_weights",
        verbose_name=_("classe ou groupe"),
    )
    coefficient = models.DecimalField(_("coefficient"), max_digits=5, decimal_places=2, default=Decimal(1))

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("coefficient d’une matière")
        verbose_name_plural = _("coefficients des matières")
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=Q(group=None), name="one_weight_per_subject"
            ),
            models.UniqueConstraint(fields=["subject", "group"], name="one_weight_per_subject_and_group"),
            models.CheckConstraint(condition=Q(coefficient__gte=0), name="subject_weight_not_negative"),
        ]


class GradingPolicy(models.Model):
    """How a school rounds its averages and tells families. A school without a row has the defaults (`policy_of`)."""

    class Rounding(models.TextChoices):
        HALF_UP = "half_up", _("Au plus proche, le demi vers le haut")
        HALF_EVEN = "half_even", _("Au plus proche, le demi vers le chiffre pair")
        DOWN = "down", _("Vers le bas")

    class General(models.TextChoices):
        ROUNDED = "rounded", _("Des moyennes arrondies")
        EXACT = "exact", _("Des moyennes exactes")

    class NotReturned(models.TextChoices):
        ZERO = "zero", _("Zéro")
        IGNORED = "ignored", _("Ne compte pas")

    school = models.OneToOneField(
        School, models.CASCADE, related_name="grading_policy", verbose_name=_("établissement")
    )
    step = models.DecimalField(_("pas d’arrondi"), max_digits=3, decimal_places=2, default=Decimal("0.1"))
    rounding = models.CharField(
        _("arrondi"), max_length=9, choices=Rounding.choices, default=Rounding.HALF_UP
    )
    general_from = models.CharField(
        _("moyenne générale"), max_length=7, choices=General.choices, default=General.ROUNDED
    )
    not_returned = models.CharField(
        _("travail non rendu"), max_length=7, choices=NotReturned.choices, default=NotReturned.ZERO
    )
    guardian_delay = models.PositiveSmallIntegerField(_("délai des familles, en heures"), default=24)
    tells_changes = models.BooleanField(_("prévenir d’un changement après publication"), default=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("règles des moyennes")
        verbose_name_plural = _("règles des moyennes")
        constraints = [
            models.CheckConstraint(condition=Q(step__gt=0), name="rounding_step_above_zero"),
            models.CheckConstraint(condition=Q(guardian_delay__lte=336), name="guardian_delay_of_two_weeks"),
        ]

    @property
    def delay(self) -> timedelta:
        return timedelta(hours=self.guardian_delay)


OF_SCHOOL = Prepared(lambda school: GradingPolicy.objects.filter(school=school))


def policy_of(school_id: int) -> GradingPolicy:
    """The rules of a school: its own, else the defaults (not saved)."""
    return OF_SCHOOL.first(school_id) or GradingPolicy(school_id=school_id)
