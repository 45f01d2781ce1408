"""Three things that must not be confused: the entry (what was seen), the explanation and its decision (what was made
of it), the notice (what the family was told). An entry is corrected, never removed (docs/decisions/0017)."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable.models import Lesson
from preau.foundation import dates

SCHOOL_LIFE = (Role.SCHOOL_LIFE, Role.HEAD)


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
        Explanation, models.CASCADE, related_name="decisions", verbose_name=_("explication")
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
        models.SET_NULL,
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
        Entry, models.CASCADE, related_name="changes", verbose_name=_("absence ou retard")
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


class NoticeQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.holds(*SCHOOL_LIFE):
            return self.in_school(viewer)
        return self.filter(guardian_id=viewer.person.pk) if viewer.is_guardian else self.none()


class Notice(models.Model):
    """What one guardian is told of one absence. `held_until`: a worker is sending it, until then nobody else does."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="absence_notices", verbose_name=_("établissement")
    )
    entry = models.ForeignKey(Entry, models.CASCADE, related_name="notices", verbose_name=_("absence"))
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="absence_notices", verbose_name=_("élève"))
    guardian = models.ForeignKey(
        Person, models.PROTECT, related_name="absence_notices_received", verbose_name=_("responsable")
    )
    day = models.DateField(_("jour"))
    held_until = models.DateTimeField(_("en cours d’envoi jusqu’à"), null=True, blank=True)
    sent_at = models.DateTimeField(_("envoyé à"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis d’absence")
        verbose_name_plural = _("avis d’absence")
        constraints = [
            models.UniqueConstraint(fields=["entry", "guardian"], name="one_notice_per_guardian"),
            models.CheckConstraint(condition=~Q(pupil=F("guardian")), name="notice_to_somebody_else"),
        ]
        indexes = [models.Index(fields=["pupil", "guardian", "day"], name="notices_of_a_day")]
