"""Absences and latenesses noted with another program, before the school came: they have no lesson here, and no roll.

One row a half-day at most: what crosses noon or lasts several days is several rows (docs/decisions/0145).
"""

from datetime import time
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Person, School, SchoolQuerySet, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.explanations import ABSENCES, SCHOOL_LIFE, Reason
from preau.domains.attendance.models.rolls import Status, label_of
from preau.foundation.importers.rows import OPEN, ImportRow, State

# The hours of what has no told beginning, and no told end: they are not shown.
DAWN, DUSK = time(0), time(23, 59)


class AbsencesImportQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head, by their function."""
        return self.in_school(viewer) if viewer.holds(*SCHOOL_LIFE) else self.none()


class AbsencesImport(ImportRow):
    """Tables of absences noted elsewhere, brought for a year of a school."""

    State = State

    school = models.ForeignKey(
        School, models.CASCADE, related_name="absences_imports", verbose_name=_("établissement")
    )
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="absences_imports", verbose_name=_("année")
    )
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RECEIVED)
    brought_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="absences_brought",
        verbose_name=_("apporté par"),
    )

    objects = AbsencesImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import d’absences")
        verbose_name_plural = _("imports d’absences")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(state__in=[state for state in OPEN if state in State.values]),
                name="one_open_absences_import",
            )
        ]

    def __str__(self) -> str:
        return f"absences {self.pk}"


class PastAbsenceQuerySet(SchoolQuerySet):
    def absences(self) -> Self:
        return self.filter(kind=Status.ABSENT)

    def latenesses(self) -> Self:
        return self.filter(kind=Status.LATE)

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a family what stands, of its own pupils. No lesson says which teacher was there."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        return self.none() if viewer.is_staff else self.standing().filter(pupil__in=viewer.own_pupils())

    def visible_in_record(self, viewer: Viewer) -> Self:
        """In the record of a pupil, besides: to the head teacher of their class, who answers for its presence."""
        if not viewer.is_staff or viewer.has_power(ABSENCES):
            return self.visible_to(viewer)
        led = Enrolment.objects.active(viewer.today).filter(
            group__in=Assignment.objects.led_by(viewer).values("group_id")
        )
        return self.in_school(viewer).standing().filter(pupil__in=led.values("pupil_id"))


class PastAbsence(models.Model):
    """A pupil was missing or late, as another program says it. Nobody is told of it, and nobody is asked to explain it.

    `timed`: no, where the file says the half-day alone; its hours are then those of any half-day, and are not shown.
    `reason` where the school has one of that name, else the `words` of the file.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="past_absences", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="past_absences", verbose_name=_("élève"))
    kind = models.CharField(
        _("nature"), max_length=7, choices=[(one.value, one.label) for one in (Status.ABSENT, Status.LATE)]
    )
    day = models.DateField(_("jour"))
    afternoon = models.BooleanField(_("après-midi"))
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    timed = models.BooleanField(_("avec ses heures"))
    minutes_late = models.PositiveSmallIntegerField(_("minutes de retard"), null=True, blank=True)
    excused = models.BooleanField(_("justifiée"))
    reason = models.ForeignKey(
        Reason, models.PROTECT, null=True, blank=True, related_name="past_absences", verbose_name=_("motif")
    )
    words = models.CharField(_("motif, dans les mots du fichier"), max_length=80, blank=True)
    brought_in = models.ForeignKey(
        AbsencesImport,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="absences",
        verbose_name=_("reprise par"),
    )

    # What was wrong in the other program is taken back here, and stays taken back when the same file comes again.
    withdrawn_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="past_absences_withdrawn",
        verbose_name=_("retirée par"),
    )
    withdrawn_at = models.DateTimeField(_("retirée à"), null=True, blank=True)

    objects = PastAbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence reprise d’un autre logiciel")
        verbose_name_plural = _("absences reprises d’un autre logiciel")
        ordering = ["day", "starts", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school", "kind", "starts"], name="one_past_absence_at_a_moment"
            ),
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="past_absence_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind=Status.LATE) | Q(minutes_late=None), name="past_minutes_only_when_late"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "day"], name="past_absences_by_day"),
            models.Index(fields=["pupil", "day"], name="past_absences_of_a_pupil"),
        ]

    @property
    def state_label(self) -> str:
        return past_label(self.kind, self.minutes_late)


def past_label(kind: str, minutes_late: int | None) -> str:
    """« Absent », « Retard de 10 min », « Retard » where nobody says of how long."""
    return label_of(kind, minutes_late) if minutes_late or kind != Status.LATE else gettext("Retard")
