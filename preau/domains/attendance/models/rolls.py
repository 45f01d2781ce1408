"""The roll of a lesson, and what was seen there. An entry is corrected, never removed (docs/decisions/0017)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.attendance.models.arrangements import exempting
from preau.domains.attendance.models.explanations import ABSENCES, Explanation
from preau.domains.attendance.models.handlings import Handling
from preau.domains.timetable.models import Lesson
from preau.foundation import dates


class Status(models.TextChoices):
    PRESENT = "present", _("Présent")
    LATE = "late", _("Retard")
    ABSENT = "absent", _("Absent")


# Of a pupil who came to the class after its roll was called: nobody has said anything of them there yet.
UNCALLED = ""


class RollCallQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the lesson among the staff knows whether its roll was called."""
        return self.in_school(viewer) if viewer.is_staff else self.none()


class RollCall(models.Model):
    """The roll of a lesson was called: it exists only once validated.

    `listed_to`: the newest enrolment that was on its list, whose keys grow. Of a pupil enrolled after it, the roll says nothing;
    unknown, of the rolls of before, it was of everybody.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="roll_calls", verbose_name=_("établissement")
    )
    lesson = models.OneToOneField(Lesson, models.PROTECT, related_name="roll_call", verbose_name=_("séance"))
    called_by = models.ForeignKey(
        Person, models.PROTECT, related_name="roll_calls", verbose_name=_("fait par")
    )
    called_at = models.DateTimeField(_("fait à"))
    listed_to = models.BigIntegerField(_("dernière inscription de sa liste"), null=True, blank=True)

    objects = RollCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("appel")


# Of an absence that a family has explained: there is nothing left to say of it.
SAID = (Explanation.State.PENDING, Explanation.State.ACCEPTED)


class EntryQuerySet(SchoolQuerySet):
    def absences(self) -> Self:
        """Those of pupils who were to come: nobody misses a pupil who is exempt."""
        return self.exclude(exempting()).filter(status=Status.ABSENT)

    def exempt(self) -> Self:
        """Absences at lessons to which the pupil was free not to come."""
        return self.filter(exempting(), status=Status.ABSENT)

    def to_explain(self) -> Self:
        """Absences that nobody has explained or settled, or whose explanation was refused or withdrawn."""
        return self.absences().exclude(explanation__state__in=SAID).exclude(handling__settled=True)

    def to_settle(self) -> Self:
        """Absences and latenesses of which school life has still to make something; what a family said is read apart."""
        missed = self.exclude(status=Status.PRESENT).exclude(handling__settled=True)
        missed = missed.exclude(exempting(), status=Status.ABSENT)
        pending, accepted = Explanation.State.PENDING, Explanation.State.ACCEPTED
        return missed.exclude(explanation__state=pending).exclude(
            explanation__state=accepted, explanation__reason__settles=True
        )

    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a teacher in their own lessons; a family for its own pupils."""
        if viewer.has_power(ABSENCES):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.in_school(viewer).filter(
                lesson__in=Lesson.objects.in_school(viewer).taught_by(viewer.person)
            )
        return self.filter(pupil__in=viewer.own_pupils())

    def visible_in_record(self, viewer: Viewer) -> Self:
        """In the record of a pupil, besides: every lesson, to the head teacher of their class, who answers for its presence."""
        if not viewer.is_staff or viewer.has_power(ABSENCES):
            return self.visible_to(viewer)
        taught = Lesson.objects.in_school(viewer).taught_by(viewer.person)
        led = Enrolment.objects.active(viewer.today).filter(
            group__in=Assignment.objects.led_by(viewer).values("group_id")
        )
        return self.in_school(viewer).filter(Q(lesson__in=taught) | Q(pupil__in=led.values("pupil_id")))


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
    handling = models.ForeignKey(
        Handling,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("traitement"),
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
    if status == UNCALLED:
        return gettext("Pas encore marqué")
    if status == Status.LATE:
        return gettext("Retard de %(minutes)s") % {"minutes": dates.minutes(minutes_late or 0)}
    return str(Status(status).label)


class EntryChangeQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head read who corrected what."""
        return self.in_school(viewer) if viewer.has_power(ABSENCES) else self.none()


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
    # The number that a device gave to its sending: a roll that comes twice is written once (docs/decisions/0086).
    sending = models.UUIDField(_("envoi"), null=True, blank=True, editable=False)

    objects = EntryChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("modification d’une absence")
        verbose_name_plural = _("modifications d’absences")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "sending"],
                # Of devices alone: the index of the rows of before is empty, and soon made.
                condition=Q(sending__isnull=False),
                name="one_change_per_entry_and_sending",
            )
        ]

    @property
    def state_label(self) -> str:
        return label_of(self.status, self.minutes_late)
