"""What a teacher must know of a pupil to call and teach them: exemptions and adjustments, never the reason behind them."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Enrolment, Person, School, SchoolQuerySet, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.attendance.models.explanations import ABSENCES


class ArrangementQuerySet(SchoolQuerySet):
    def active(self, day: date) -> Self:
        """Those that hold on a day; one that was ended holds no more."""
        still = Q(last_day=None) | Q(last_day__gte=day)
        return self.filter(still, first_day__lte=day, ended_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """School life, head and nurse; a teacher of the pupil; the pupil and those who answer for them."""
        if viewer.has_power(ABSENCES) or viewer.holds(Role.NURSE):
            return self.in_school(viewer)
        if viewer.holds(Role.TEACHER):
            taught = (
                Assignment.objects.in_school(viewer).active(viewer.today).filter(teacher_id=viewer.person.pk)
            )
            learning = Enrolment.objects.in_school(viewer).active(viewer.today)
            pupils = learning.filter(group__in=taught.values("group_id")).values("pupil_id")
            return self.in_school(viewer).filter(pupil__in=pupils)
        return self.none() if viewer.is_staff else self.filter(pupil__in=viewer.own_pupils())


class Arrangement(models.Model):
    """An exemption from a subject, or an adjustment of every lesson, between two days. It says what to do, never why:
    plans and certificates are not kept here (docs/decisions/0086). It is ended, never removed."""

    class Kind(models.TextChoices):
        EXEMPTION = "exemption", _("Dispense")
        ADJUSTMENT = "adjustment", _("Aménagement")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="arrangements", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="arrangements", verbose_name=_("élève"))
    kind = models.CharField(_("nature"), max_length=10, choices=Kind.choices)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="arrangements", verbose_name=_("matière")
    )
    must_attend = models.BooleanField(_("vient quand même en cours"), default=False)
    words = models.CharField(_("ce qu’il faut faire"), max_length=120, blank=True)
    first_day = models.DateField(_("premier jour"))
    last_day = models.DateField(_("dernier jour"), null=True, blank=True)
    said_by = models.ForeignKey(
        Person, models.PROTECT, related_name="arrangements_said", verbose_name=_("noté par")
    )
    said_at = models.DateTimeField(_("noté à"))
    ended_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrangements_ended",
        verbose_name=_("terminé par"),
    )
    ended_at = models.DateTimeField(_("terminé à"), null=True, blank=True)

    objects = ArrangementQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispense ou aménagement")
        verbose_name_plural = _("dispenses et aménagements")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
                name="arrangement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(kind="exemption", subject__isnull=False)
                | (Q(kind="adjustment", subject=None, must_attend=False) & ~Q(words="")),
                name="arrangement_says_what_to_do",
            ),
        ]
        indexes = [
            models.Index(fields=["pupil", "first_day"], name="arrangement_of_pupil"),
            models.Index(fields=["school", "first_day"], name="arrangement_by_school"),
        ]

    @property
    def label(self) -> str:
        """« Placée devant », « Dispense d’EPS, vient en cours »."""
        return said_of(self.kind, self.must_attend, self.words, self.subject.name if self.subject else "")


def exempting() -> Exists:
    """Of an entry: is its pupil free not to come to this lesson? Read each time, never copied: an exemption may be noted after
    the absence. One that was ended held until then: what was missed before does not come back."""
    held = Q(last_day=None) | Q(last_day__gte=OuterRef("day"))
    not_ended = Q(ended_at=None) | Q(ended_at__gt=OuterRef("lesson__starts"))
    return Exists(
        Arrangement.objects.filter(
            held,
            not_ended,
            kind=Arrangement.Kind.EXEMPTION,
            must_attend=False,
            first_day__lte=OuterRef("day"),
            school=OuterRef("school"),
            pupil=OuterRef("pupil"),
            subject=OuterRef("lesson__subject"),
        )
    )


def said_of(kind: str, must_attend: bool, words: str, subject: str = "") -> str:
    """What a page says of it; without the subject in the lesson of that subject."""
    if kind == Arrangement.Kind.ADJUSTMENT:
        return words
    exempt = _("Dispense : %(subject)s") % {"subject": subject} if subject else _("Dispense")
    comes = _("vient en cours") if must_attend else _("ne vient pas")
    return ", ".join(str(one) for one in (exempt, comes, words) if one)
