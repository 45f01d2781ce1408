"""Next year, prepared beside this one: its classes, and where each pupil goes.

Nothing here is a class or an enrolment: whoever reads those sees this year alone until the switch (docs/decisions/0078).
"""

from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.duplicates import KeepersQuerySet
from preau.directory.models.groups import Group
from preau.directory.models.people import Person
from preau.directory.models.schools import School, SchoolYear
from preau.foundation.db import NATURAL

# So long one may go back to the year before.
UNDOABLE = timedelta(days=15)


class YearPlanQuerySet(KeepersQuerySet):
    def open(self) -> Self:
        """Prepared, and not switched yet: a school has one at most."""
        return self.filter(switched_at=None)

    def due(self) -> Self:
        """Those for which a day was chosen."""
        return self.open().exclude(switch_on=None)


class YearPlan(models.Model):
    """The year that a school prepares, from the one that goes on.

    `switch_on` is the day on which it takes the place of this one by itself. `before` lists what the switch wrote, as
    long as it can be undone: it is emptied after fifteen days.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="year_plans", verbose_name=_("établissement")
    )
    from_year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="plans_from", verbose_name=_("année en cours")
    )
    to_year = models.ForeignKey(
        SchoolYear,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plans_to",
        verbose_name=_("année ouverte"),
    )
    name = models.CharField(_("nom"), max_length=9)
    starts = models.DateField(_("premier jour"))
    ends = models.DateField(_("dernier jour"))
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="year_plans_made", verbose_name=_("commencé par")
    )
    made_at = models.DateTimeField(_("commencé le"))
    switch_on = models.DateField(_("jour de la bascule"), null=True, blank=True)
    leave_undecided = models.BooleanField(_("laisser sans classe les élèves à décider"), default=False)
    asked_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="year_switches_asked",
        verbose_name=_("demandé par"),
    )
    switched_at = models.DateTimeField(_("basculé le"), null=True, blank=True)
    switched_on = models.DateField(_("premier jour de la nouvelle année"), null=True, blank=True)
    before = models.JSONField(_("ce qui a été écrit"), default=dict, blank=True)

    objects = YearPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("préparation de rentrée")
        verbose_name_plural = _("préparations de rentrée")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=Q(switched_at=None), name="one_open_year_plan_per_school"
            ),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="planned_year_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_day(self) -> date:
        """The first day on which it may take the place of this one: files speak of it from August on."""
        return min(self.starts, date(self.starts.year, 8, 1))

    @property
    def undoable_until(self) -> date | None:
        """The last day on which one may go back."""
        return self.switched_on + UNDOABLE if self.switched_on else None


class PlannedClassQuerySet(KeepersQuerySet):
    school_path = "plan__school"


class PlannedClass(models.Model):
    """A class of next year. `team`: the class of this year whose teachers it keeps, with their subjects."""

    plan = models.ForeignKey(
        YearPlan, models.CASCADE, related_name="classes", verbose_name=_("préparation de rentrée")
    )
    name = models.CharField(_("nom"), max_length=60, db_collation=NATURAL)
    level = models.CharField(_("niveau"), max_length=20, blank=True)
    team = models.ForeignKey(
        Group,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="teams_kept",
        verbose_name=_("équipe reconduite"),
    )

    objects = PlannedClassQuerySet.as_manager()

    class Meta:
        verbose_name = _("classe de la rentrée")
        verbose_name_plural = _("classes de la rentrée")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="one_planned_class_per_name")]

    def __str__(self) -> str:
        return self.name


class PlacementQuerySet(KeepersQuerySet):
    school_path = "plan__school"

    def of_pupils(self) -> Self:
        return self.exclude(outcome=Placement.Outcome.STAFF_LEAVES)

    def of_staff(self) -> Self:
        return self.filter(outcome=Placement.Outcome.STAFF_LEAVES)


class Placement(models.Model):
    """What becomes of one person at the switch. A pupil without one is still to decide; a member of staff stays."""

    class Outcome(models.TextChoices):
        MOVES = "moves", _("Passe")
        REPEATS = "repeats", _("Redouble")
        LEAVES = "leaves", _("Part")
        STAFF_LEAVES = "staff_leaves", _("Quitte l’établissement")

    plan = models.ForeignKey(
        YearPlan, models.CASCADE, related_name="placements", verbose_name=_("préparation de rentrée")
    )
    person = models.ForeignKey(Person, models.CASCADE, related_name="placements", verbose_name=_("personne"))
    outcome = models.CharField(_("suite"), max_length=12, choices=Outcome.choices)
    target = models.ForeignKey(
        PlannedClass,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="placements",
        verbose_name=_("classe de la rentrée"),
    )
    elsewhere = models.CharField(_("où"), max_length=120, blank=True)
    decided_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="placements_made", verbose_name=_("décidé par")
    )
    decided_at = models.DateTimeField(_("décidé le"))

    objects = PlacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("suite à la rentrée")
        verbose_name_plural = _("suites à la rentrée")
        constraints = [
            models.UniqueConstraint(fields=["plan", "person"], name="one_placement_per_person"),
            models.CheckConstraint(
                condition=Q(outcome__in=["moves", "repeats"], target__isnull=False)
                | Q(outcome__in=["leaves", "staff_leaves"], target__isnull=True),
                name="placement_names_its_class",
            ),
        ]
