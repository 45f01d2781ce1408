"""What is changed of one dated lesson, with what was before: cancelled, moved, replaced, elsewhere, added."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, Room, School
from preau.directory.models.scoping import StaffQuerySet
from preau.domains.timetable.models.lessons import Lesson


class LessonChangeQuerySet(StaffQuerySet):
    """The staff reads the list of changes; families read what a lesson says of its own."""

    def in_force(self) -> Self:
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class LessonChange(models.Model):
    """One gesture on one dated lesson. Only the columns that it touched are filled, so that undoing it restores those alone."""

    class Kind(models.TextChoices):
        CANCELLED = "cancelled", _("Annulé")
        MOVED = "moved", _("Déplacé")
        REPLACED = "replaced", _("Remplacé")
        ROOM = "room", _("Salle changée")
        ADDED = "added", _("Ajouté")

    class Reason(models.TextChoices):
        AWAY = "away", _("Professeur absent")
        OUTING = "outing", _("Sortie ou voyage")
        EXAM = "exam", _("Examen ou devoir commun")
        MEETING = "meeting", _("Réunion ou formation")
        ROOM = "room", _("Salle indisponible")
        STUDY = "study", _("Permanence")
        CATCHING_UP = "catching_up", _("Rattrapage")
        CLOSED = "closed", _("Fermeture")
        OTHER = "other", _("Organisation de l’établissement")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="lesson_changes", verbose_name=_("établissement")
    )
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="changes", verbose_name=_("séance"))
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices)
    starts_before = models.DateTimeField(_("début, avant"), null=True, blank=True)
    ends_before = models.DateTimeField(_("fin, avant"), null=True, blank=True)
    starts_after = models.DateTimeField(_("début, après"), null=True, blank=True)
    ends_after = models.DateTimeField(_("fin, après"), null=True, blank=True)
    room_before = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("salle, avant")
    )
    room_after = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("salle, après")
    )
    teacher_before = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lessons_given_away",
        verbose_name=_("professeur, avant"),
    )
    teacher_after = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lessons_taken_over",
        verbose_name=_("professeur, après"),
    )
    reason = models.CharField(
        _("motif dit aux familles"), max_length=12, choices=Reason.choices, blank=True, default=""
    )
    # The absence of a teacher for which it was made, so that withdrawing that one may take this back.
    absence = models.ForeignKey(
        "timetable.TeacherAbsence",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="changes",
        verbose_name=_("absence d’enseignant"),
    )
    # What cancelled it with others (a closing of the school, the lessons of an absent teacher): that tells people of all of them.
    origin = models.CharField(_("fermeture"), max_length=40, blank=True, default="", db_default="")
    note = models.CharField(_("note pour l’équipe"), max_length=240, blank=True, default="")
    made_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="lesson_changes_made", verbose_name=_("changé par")
    )
    made_at = models.DateTimeField(_("changé le"))
    # When those concerned were told of it with the others of its gesture: undone before, it is as if it had never been.
    told_at = models.DateTimeField(_("dit le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="lesson_changes_undone",
        verbose_name=_("rétabli par"),
    )
    undone_at = models.DateTimeField(_("rétabli le"), null=True, blank=True)

    objects = LessonChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement de séance")
        verbose_name_plural = _("changements de séances")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_after__isnull=True) | Q(ends_after__gt=F("starts_after")),
                name="changed_lesson_ends_after_start",
            )
        ]
        indexes = [
            models.Index(fields=["school", "made_at"], name="lesson_change_by_school"),
            models.Index(fields=["origin"], condition=~Q(origin=""), name="lesson_change_by_origin"),
        ]

    @property
    def moves_room(self) -> bool:
        return self.room_before_id != self.room_after_id
