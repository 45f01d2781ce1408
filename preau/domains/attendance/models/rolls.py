"""The roll of a lesson, and what was seen there. An entry is corrected, never removed (docs/decisions/0017)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import SCHOOL_LIFE, Explanation
from preau.domains.timetable.models import Lesson
from preau.foundation import dates


class Status(models.TextChoices):
    PRESENT = "present", _("Présent")
    LATE = "late", _("Retard")
    ABSENT = "absent", _("Absent")


class RollCallQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the lesson among the staff knows whether its roll was called."""
        return self.in_school(viewer) if viewer.is_staff else self.none()


class RollCall(models.Model):
    """The roll of a lesson was called: it exists only once validated."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="roll_calls", verbose_name=_("établissement")
    )
    lesson = models.OneToOneField(Lesson, models.PROTECT, related_name="roll_call", verbose_name=_("séance"))
    called_by = models.ForeignKey(
        Person, models.PROTECT, related_name="roll_calls", verbose_name=_("fait par")
    )
    called_at = models.DateTimeField(_("fait à"))

    objects = RollCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel")


class EntryQuerySet(SchoolQuerySet):
    def absences(self) -> Self:
        return self.filter(status=Status.ABSENT)

    def to_explain(self) -> Self:
        """Absences that nobody has explained, or whose explanation was refused or withdrawn."""
        settled = [Explanation.State.PENDING, Explanation.State.ACCEPTED]
        return self.absences().exclude(explanation__state__in=settled)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a teacher in their own lessons; a family for its own pupils."""
        if viewer.holds(*SCHOOL_LIFE):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.in_school(viewer).filter(
                lesson__in=Lesson.objects.in_school(viewer).taught_by(viewer.person)
            )
        return self.filter(pupil__in=viewer.own_pupils())


class Entry(models.Model):
    """A pupil was missing or late at a lesson. « Present » is a correction: the row stays, with its changes."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="attendance_entries", verbose_name=_("établissement")
    )
    lesson = models.ForeignKey(
        Lesson, models.PROTECT, related_name="attendance_entries", verbose_name=_("séance")
    )
    pupil = models.ForeignKey(
        Person, models.PROTECT, related_name="attendance_entries", verbose_name=_("élève")
    )
    day = models.DateField(_("jour"))
    status = models.CharField(_("état"), max_length=7, choices=Status.choices)
    minutes_late = models.PositiveSmallIntegerField(_("minutes de retard"), null=True, blank=True)
    explanation = models.ForeignKey(
        Explanation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("explication"),
    )

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence ou retard")
        verbose_name_plural = _("absences et retards")
        constraints = [
            models.UniqueConstraint(fields=["lesson", "pupil"], name="one_entry_per_pupil_and_lesson"),
            models.CheckConstraint(
                condition=Q(status=Status.LATE, minutes_late__isnull=False)
                | Q(~Q(status=Status.LATE), minutes_late=None),
                name="minutes_only_when_late",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "day", "status"], name="entry_by_school_day"),
            models.Index(fields=["pupil", "day"], name="entry_of_pupil"),
        ]

    @property
    def state_label(self) -> str:
        """« Absent », « Retard de 10 min », « Présent »."""
        return label_of(self.status, self.minutes_late)


def label_of(status: str, minutes_late: int | None) -> str:
    if status == Status.LATE:
        return gettext("Retard de %(minutes)s") % {"minutes": dates.minutes(minutes_late or 0)}
    return str(Status(status).label)


class EntryChangeQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head read who corrected what."""
        return self.in_school(viewer) if viewer.holds(*SCHOOL_LIFE) else self.none()


class EntryChange(models.Model):
    """One step of an entry's life: what it became, by whom. Rows are only added."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="entry_changes", verbose_name=_("établissement")
    )
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="changes", verbose_name=_("absence ou retard")
    )
    status = models.CharField(_("état"), max_length=7, choices=Status.choices)
    minutes_late = models.PositiveSmallIntegerField(_("minutes de retard"), null=True, blank=True)
    changed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="entry_changes", verbose_name=_("par")
    )
    changed_at = models.DateTimeField("à")

    objects = EntryChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("modification d’une absence")
        verbose_name_plural = _("modifications d’absences")
        ordering = ["pk"]

    @property
    def state_label(self) -> str:
        return label_of(self.status, self.minutes_late)
