"""Seating plans: who sits where, for a class or a group in a room. A plan is shared by those who teach the group."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Group, Person, Room, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models.explanations import ABSENCES
from preau.domains.timetable.models import Lesson

if TYPE_CHECKING:
    from django.db.models import QuerySet

MOST_ROWS, MOST_COLUMNS = 10, 12
# Whoever gave a lesson to a group a week ago still corrects its roll: a replacement needs the plan as long.
LATELY = timedelta(days=7)


def groups_taught(viewer: Viewer) -> "QuerySet[Group]":
    """The classes and groups that a teacher is in charge of, or has lessons with: a replacement has no assignment."""
    charged = Assignment.objects.in_school(viewer).active(viewer.today).filter(teacher_id=viewer.person.pk)
    lessons = Lesson.objects.in_school(viewer).filter(day__gte=viewer.today - LATELY)
    given = Lesson.groups.through.objects.filter(lesson__in=lessons.taught_over_weeks(viewer.person))
    mine = Q(pk__in=charged.values("group_id")) | Q(pk__in=given.values("group_id"))
    return Group.objects.in_school(viewer).filter(mine)


class SeatingPlanQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; whoever teaches the group. Never a pupil nor a family: it is a paper of the classroom."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        if not viewer.holds(Role.TEACHER):
            return self.none()
        return self.in_school(viewer).filter(group__in=groups_taught(viewer))


class SeatingPlan(models.Model):
    """The places of a room as a group uses them: rows from the board to the back, columns from left to right.

    `gaps`: the places that do not exist, as [row, column]; `aisles`: the columns on whose right one walks.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="seating_plans", verbose_name=_("établissement")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, related_name="seating_plans", verbose_name=_("classe ou groupe")
    )
    room = models.ForeignKey(
        Room, models.CASCADE, null=True, blank=True, related_name="seating_plans", verbose_name=_("salle")
    )
    name = models.CharField(_("nom"), max_length=40, blank=True, default="")
    rows = models.PositiveSmallIntegerField(_("rangs"), default=5)
    columns = models.PositiveSmallIntegerField(_("places par rang"), default=6)
    gaps = models.JSONField(_("places qui n’existent pas"), default=list, blank=True)
    aisles = models.JSONField(_("allées"), default=list, blank=True)
    # Counts the changes: a gesture on the whole plan is refused when somebody else has changed it meanwhile.
    revision = models.PositiveIntegerField(_("nombre de changements"), default=0)
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="seating_plans", verbose_name=_("fait par")
    )
    made_at = models.DateTimeField(_("fait à"))

    objects = SeatingPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan de classe")
        verbose_name_plural = _("plans de classe")
        ordering = ["room__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group", "room", "name"],
                condition=Q(room__isnull=False),
                name="one_plan_per_room_and_name",
            ),
            models.UniqueConstraint(
                fields=["group", "name"], condition=Q(room=None), name="one_plan_per_name_without_room"
            ),
            models.CheckConstraint(
                condition=Q(rows__range=(1, MOST_ROWS), columns__range=(1, MOST_COLUMNS)),
                name="plan_has_places",
            ),
        ]

    @property
    def label(self) -> str:
        """« salle 204 · Îlots », « Plan sans salle »."""
        return plan_label(self.room.name if self.room else "", self.name)

    def spots(self) -> list[tuple[int, int]]:
        """The places that exist, row by row from the board."""
        gaps = {(row, column) for row, column in self.gaps}
        every = ((row, column) for row in range(1, self.rows + 1) for column in range(1, self.columns + 1))
        return [spot for spot in every if spot not in gaps]


def plan_label(room: str, name: str) -> str:
    """How a plan is called among those of its group."""
    place = Room(name=room).place if room else gettext("Toutes salles")
    return f"{place} · {name}" if name else place


class OfVisiblePlans(SchoolQuerySet):
    """What a plan holds is seen with it."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(plan__in=SeatingPlan.objects.visible_to(viewer))


class Seat(models.Model):
    """What a plan says of a pupil: their place, or none yet; and whether the teacher wants them in front, never why."""

    school = models.ForeignKey(School, models.CASCADE, related_name="seats", verbose_name=_("établissement"))
    plan = models.ForeignKey(
        SeatingPlan, models.CASCADE, related_name="seats", verbose_name=_("plan de classe")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="seats", verbose_name=_("élève"))
    row = models.PositiveSmallIntegerField(_("rang"), null=True, blank=True)
    column = models.PositiveSmallIntegerField(_("place dans le rang"), null=True, blank=True)
    in_front = models.BooleanField(_("devant"), default=False)

    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("place d’un élève")
        verbose_name_plural = _("places des élèves")
        constraints = [
            models.UniqueConstraint(fields=["plan", "pupil"], name="one_seat_per_pupil_and_plan"),
            models.UniqueConstraint(
                fields=["plan", "row", "column"], condition=Q(row__isnull=False), name="one_pupil_per_place"
            ),
            models.CheckConstraint(
                condition=Q(row=None, column=None) | Q(row__gte=1, column__gte=1),
                name="seat_is_a_place_or_none",
            ),
        ]


class SeatingStep(models.Model):
    """The plan as it was before a change, so that the change is undone. The last ones alone are kept."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="seating_steps", verbose_name=_("établissement")
    )
    plan = models.ForeignKey(
        SeatingPlan, models.CASCADE, related_name="steps", verbose_name=_("plan de classe")
    )
    before: Any = models.JSONField(_("plan d’avant"))
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="seating_steps", verbose_name=_("changé par")
    )
    made_at = models.DateTimeField(_("changé à"))

    objects = OfVisiblePlans.as_manager()

    class Meta:
        verbose_name = _("étape d’un plan de classe")
        verbose_name_plural = _("étapes des plans de classe")
        ordering = ["-pk"]
