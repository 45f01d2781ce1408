"""Teachers who are away, and colleagues who are asked to give their lessons."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.timetable.models.changes import LessonChange
from preau.domains.timetable.models.lessons import Lesson

# What a head may give until a day, on the board of powers.
COVER = "cover"


class TeacherAbsenceQuerySet(SchoolQuerySet):
    def standing(self) -> Self:
        """Those that were not withdrawn, confirmed or not yet."""
        return self.filter(withdrawn_at=None)

    def in_force(self) -> Self:
        """Those that the school counts on: confirmed, and not withdrawn."""
        return self.standing().exclude(confirmed_at=None)

    def over(self, starts: object, ends: object) -> Self:
        """Those that share a moment with this span."""
        return self.filter(starts__lt=ends, ends__gt=starts)

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever organises covers, and the teacher themselves: never a colleague, a pupil or a family."""
        found = self.in_school(viewer)
        return found if viewer.has_power(COVER) else found.filter(teacher=viewer.person)

    def opened_by(self, viewer: Viewer, pk: int) -> "TeacherAbsence | None":
        """The absence of a page if the viewer sees it, with its teacher and its school (one query)."""
        return self.visible_to(viewer).select_related("teacher", "school").filter(pk=pk).first()


class TeacherAbsence(models.Model):
    """A teacher is away between two moments. The cause is two words on purpose: nothing of anyone's health is kept."""

    class Cause(models.TextChoices):
        DUTY = "duty", _("Pour le service (formation, sortie, examen, réunion)")
        PERSONAL = "personal", _("Pour une raison personnelle")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="teacher_absences", verbose_name=_("établissement")
    )
    teacher = models.ForeignKey(
        Person, models.CASCADE, related_name="own_absences", verbose_name=_("enseignant")
    )
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    cause = models.CharField(_("cause"), max_length=8, choices=Cause.choices, blank=True, default="")
    announced_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="absences_announced", verbose_name=_("annoncée par")
    )
    announced_at = models.DateTimeField(_("annoncée le"))
    confirmed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("confirmée par")
    )
    confirmed_at = models.DateTimeField(_("confirmée le"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("retirée par")
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = TeacherAbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence d’enseignant")
        verbose_name_plural = _("absences d’enseignants")
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="teacher_absence_ends_after_start")
        ]
        indexes = [models.Index(fields=["school", "ends"], name="teacher_absence_by_end")]

    @property
    def is_waiting(self) -> bool:
        """The teacher said it, and the school has not answered yet."""
        return self.confirmed_at is None and self.withdrawn_at is None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None


class CoverAskQuerySet(SchoolQuerySet):
    def waiting(self) -> Self:
        """Those that were not answered, of lessons that are not over."""
        return self.filter(state=CoverAsk.State.ASKED, lesson__ends__gt=timezone.now())

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever organises covers, and the person asked."""
        found = self.in_school(viewer)
        return found if viewer.has_power(COVER) else found.filter(person=viewer.person)


class CoverAsk(models.Model):
    """One person was asked to give one lesson in the place of another; the first who accepts has it."""

    class State(models.TextChoices):
        ASKED = "asked", _("Demandé")
        ACCEPTED = "accepted", _("Accepté")
        DECLINED = "declined", _("Refusé")
        TAKEN = "taken", _("Pris par quelqu’un d’autre")
        CANCELLED = "cancelled", _("Demande retirée")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="cover_asks", verbose_name=_("établissement")
    )
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="cover_asks", verbose_name=_("séance"))
    absence = models.ForeignKey(
        TeacherAbsence, models.CASCADE, related_name="asks", verbose_name=_("absence")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="covers_asked", verbose_name=_("personne sollicitée")
    )
    asked_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        related_name="covers_asked_of_others",
        verbose_name=_("demandé par"),
    )
    asked_at = models.DateTimeField(_("demandé le"))
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.ASKED)
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    words = models.CharField(_("mot"), max_length=240, blank=True, default="")
    # What accepting it did: undone there, the lesson is to cover again, and this row keeps what was answered.
    change = models.ForeignKey(
        LessonChange,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="asks",
        verbose_name=_("changement"),
    )

    objects = CoverAskQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de remplacement")
        verbose_name_plural = _("demandes de remplacement")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "absence", "person"],
                condition=Q(state="asked"),
                name="one_ask_waiting_per_person",
            )
        ]
        indexes = [models.Index(fields=["person", "state"], name="cover_ask_by_person")]

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.ASKED and self.lesson.ends > timezone.now()
