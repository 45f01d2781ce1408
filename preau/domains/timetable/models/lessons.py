"""Weekly patterns (wall clock) and dated lessons (moments)."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from preau.directory.models import (
    Enrolment,
    Group,
    MemberQuerySet,
    Person,
    Room,
    School,
    SchoolQuerySet,
    SchoolYear,
    Subject,
)
from preau.directory.viewer import Viewer
from preau.foundation import dates
from preau.foundation.prepared import Prepared


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("lundi")
    TUESDAY = 1, _("mardi")
    WEDNESDAY = 2, _("mercredi")
    THURSDAY = 3, _("jeudi")
    FRIDAY = 4, _("vendredi")
    SATURDAY = 5, _("samedi")
    SUNDAY = 6, _("dimanche")


class Alternation(models.Model):
    """Some weeks of a year under one name: « Semaine A », « Semaine B », « Semestre 1 », « Semaines 3 à 8 ».

    `mondays` are the Mondays of these weeks, as ISO days. `names_weeks`: pages say of a week that it is one of these (A, B).
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="alternations", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="alternations", verbose_name=_("année"))
    name = models.CharField(_("nom"), max_length=60)
    code = models.CharField(_("code"), max_length=20, blank=True)
    mondays = models.JSONField(_("lundis"), default=list)
    names_weeks = models.BooleanField(_("donne son nom aux semaines"), default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("alternance")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["year", "name"], name="one_alternation_per_name")]

    def __str__(self) -> str:
        return self.name

    def holds(self, day: date) -> bool:
        """Is this day in one of its weeks?"""
        return dates.monday_of(day).isoformat() in self.mondays


class WeeklyPatternQuerySet(SchoolQuerySet):
    def going_on(self, day: date) -> Self:
        return self.filter(last_day__gte=day)

    def visible_to(self, viewer: Viewer) -> Self:
        """The staff of the school: families read lessons, not patterns."""
        return self.in_school(viewer) if viewer.is_staff else self.none()

    def opened_by(self, viewer: Viewer, pk: int) -> "WeeklyPattern | None":
        """The weekly lesson of a page if the viewer sees it, with what its form shows (one query)."""
        return self.visible_to(viewer).select_related("subject", "room", "alternation").filter(pk=pk).first()


class WeeklyPattern(models.Model):
    """A lesson that comes back every week: a weekday and wall-clock hours in the school's own time zone."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="weekly_patterns", verbose_name=_("établissement")
    )
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="weekly_patterns", verbose_name=_("année")
    )
    subject = models.ForeignKey(
        Subject, models.PROTECT, related_name="weekly_patterns", verbose_name=_("matière")
    )
    groups = models.ManyToManyField(
        Group, related_name="weekly_patterns", verbose_name=_("classes et groupes")
    )
    teachers = models.ManyToManyField(Person, related_name="weekly_patterns", verbose_name=_("enseignants"))
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="weekly_patterns", verbose_name=_("salle")
    )
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    starts_at = models.TimeField(_("début"))
    ends_at = models.TimeField(_("fin"))
    first_day = models.DateField(_("premier jour"))
    last_day = models.DateField(_("dernier jour"), help_text=_("Compris."))
    alternation = models.ForeignKey(
        Alternation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="patterns",
        verbose_name=_("alternance"),
        help_text=_("Vide : chaque semaine."),
    )
    # The file it came from (« edt », « sts », « ics », « csv ») and its key there, so that the same file finds it again.
    source = models.CharField(_("source"), max_length=8, blank=True, default="", db_default="")
    source_key = models.CharField(
        _("clé dans la source"), max_length=120, blank=True, default="", db_default=""
    )
    # The gesture that made it with others (the half-days of a school), by which they are taken back together.
    made_with = models.CharField(_("créée avec"), max_length=40, blank=True, default="", db_default="")

    objects = WeeklyPatternQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance hebdomadaire")
        verbose_name_plural = _("séances hebdomadaires")
        ordering = ["weekday", "starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="pattern_ends_after_start",
                violation_error_message=_("La fin doit venir après le début."),
            ),
            models.UniqueConstraint(
                fields=["year", "source", "source_key"],
                condition=~Q(source_key=""),
                name="one_pattern_per_source_key",
            ),
        ]
        indexes = [models.Index(fields=["year", "weekday"], name="pattern_by_weekday")]


class LessonQuerySet(SchoolQuerySet):
    def held(self) -> Self:
        """Those that are not cancelled."""
        return self.exclude(state=Lesson.State.CANCELLED)

    def on(self, day: date) -> Self:
        return self.filter(day=day)

    def between(self, first: date, last: date) -> Self:
        return self.filter(day__range=(first, last))

    def planned_on(self, day: date) -> Self:
        """Those that their pattern gave this day, wherever they are now."""
        return self.filter(Q(pattern_day=day) | Q(pattern_day=None, day=day))

    def over_at(self, starts: Any, ends: Any) -> Self:
        """Those that share a moment with this span."""
        return self.filter(starts__lt=ends, ends__gt=starts)

    def taught_by(self, person: Person) -> Self:
        return self.filter(Exists(_taught_by(person.pk)))

    def taught_over_weeks(self, person: Person) -> Self:
        """The same for weeks: a teacher has fewer lessons in a year than a school in two weeks, and SQLite begins there."""
        own = Lesson.teachers.through.objects.filter(person_id=person.pk)
        return self.filter(pk__in=own.values("lesson_id"))

    def of_group(self, group_id: int) -> Self:
        """The lessons of a class or a group, and those of the groups drawn from the class."""
        same = Group.objects.filter(Q(pk=group_id) | Q(classes=group_id)).values("pk")
        joined = Lesson.groups.through.objects.filter(lesson_id=OuterRef("pk"), group_id__in=same)
        return self.filter(Exists(joined))

    def of_pupils(self, pupils: object) -> Self:
        """The lessons of the groups these pupils were in on the day of each lesson."""
        then = Q(starts__isnull=True) | Q(starts__lte=OuterRef("day"))
        still = Q(ends__isnull=True) | Q(ends__gt=OuterRef("day"))
        learnt = Enrolment.objects.filter(pupil__in=pupils)
        enrolled = learnt.filter(then, still, group__lessons=OuterRef("pk"))
        # Their schools first: the lessons of a day are indexed by school, and every school has some.
        return self.filter(Exists(enrolled), school__in=learnt.values("school_id"))

    def visible_to(self, viewer: Viewer) -> Self:
        """A timetable is open to the staff of the school; families see that of the pupil."""
        return self.in_school(viewer) if viewer.is_staff else self.of_pupils(viewer.own_pupils())

    def opened_by(self, viewer: Viewer, pk: int) -> "Lesson | None":
        """The lesson of a page if the viewer sees it, with its school, subject and room, and whether they teach it (one prepared query)."""
        lesson: Lesson | None = OPENED.first(viewer, pk)
        if lesson:
            lesson.known_teachers = {viewer.person.pk: lesson.taught}  # type: ignore[attr-defined]
        return lesson


def _taught_by(person_id: int) -> "models.QuerySet[Any]":
    return Lesson.teachers.through.objects.filter(lesson_id=OuterRef("pk"), person_id=person_id)


class Lesson(models.Model):
    """A dated lesson: aware start and end, and `day`, the local date by which it is looked up.

    One that is cancelled stays, and says so: families look for it.
    """

    class State(models.TextChoices):
        HELD = "held", _("Maintenu")
        CANCELLED = "cancelled", _("Annulé")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="lessons", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="lessons", verbose_name=_("année"))
    pattern = models.ForeignKey(
        WeeklyPattern,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lessons",
        verbose_name=_("séance hebdomadaire"),
    )
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="lessons", verbose_name=_("matière"))
    groups = models.ManyToManyField(Group, related_name="lessons", verbose_name=_("classes et groupes"))
    teachers = models.ManyToManyField(Person, related_name="lessons", verbose_name=_("enseignants"))
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="lessons", verbose_name=_("salle")
    )
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    day = models.DateField(_("jour"))
    state = models.CharField(
        _("état"), max_length=9, choices=State.choices, default=State.HELD, db_default=State.HELD
    )
    # The day that its pattern gave it, once it was moved to another: else the calendar would make it a second time.
    pattern_day = models.DateField(_("jour prévu"), null=True, blank=True)
    # How often it was changed (see LessonChange): lists look for what was before only where this is not nought.
    revision = models.PositiveSmallIntegerField(_("nombre de changements"), default=0, db_default=0)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="lesson_ends_after_start"),
            models.UniqueConstraint(
                F("pattern"),
                Coalesce("pattern_day", "day"),
                name="one_lesson_per_planned_day",
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="lesson_by_school_day")]

    # Whether these people teach it, by id: for whom that was read with the lesson.
    known_teachers: Mapping[int, bool] = MappingProxyType({})

    def is_taught_by(self, person: Person) -> bool:
        known = self.known_teachers.get(person.pk)
        return bool(TAUGHT(self.pk, person.pk)) if known is None else known

    @property
    def planned_day(self) -> date:
        """The day that its pattern gave it."""
        return self.pattern_day or self.day

    @property
    def is_cancelled(self) -> bool:
        return self.state == Lesson.State.CANCELLED

    def pupils(self) -> "models.QuerySet[Person]":
        """Everyone enrolled in one of its groups on its day, once each."""
        enrolled = Enrolment.objects.active(self.day).filter(group__in=self.groups.all())
        return Person.objects.filter(pk__in=enrolled.values("pupil_id"))

    @property
    def hours(self) -> str:
        """8 h 05 – 9 h 00, on the school's wall."""
        return dates.hours(self.starts, self.ends, self.school.timezone)


TAUGHT = Prepared(
    lambda lesson, person: Lesson.teachers.through.objects.filter(lesson=lesson, person=person).values("pk")
)
OPENED = Prepared(
    lambda viewer, pk: (
        Lesson.objects.visible_to(viewer)
        .filter(pk=pk)
        .select_related("school", "subject", "room")
        .annotate(taught=Exists(_taught_by(viewer.person.pk)))
    )
)
