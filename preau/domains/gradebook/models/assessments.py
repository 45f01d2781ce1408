"""An assessment: what was asked of a class or a group on a day, and what each pupil has in it: a value, or why there is none."""

from datetime import datetime
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Enrolment, Group, Period, Person, School, SchoolQuerySet, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.gradebook.models.reading import MARKS, led_pupil, of_led_class, taught, teaching
from preau.domains.gradebook.models.settings import SubSubject
from preau.domains.timetable.models import Lesson
from preau.foundation.prepared import Prepared


def learnt_or_marked(viewer: Viewer) -> Q:
    """A pupil of the viewer's was in its group on its day, or has a mark in it: who arrived later may have made it up."""
    then = Q(starts__isnull=True) | Q(starts__lte=OuterRef("day"))
    still = Q(ends__isnull=True) | Q(ends__gt=OuterRef("day"))
    learnt = Enrolment.objects.filter(then, still, pupil__in=viewer.own_pupils())
    marked = Mark.objects.filter(assessment=OuterRef("pk"), pupil__in=viewer.own_pupils())
    return Q(Exists(learnt.filter(group_id=OuterRef("group_id")))) | Q(Exists(marked))


class AssessmentQuerySet(SchoolQuerySet):
    def kept(self) -> Self:
        """Those that were not deleted."""
        return self.filter(deleted_at=None)

    def published(self, now: datetime) -> Self:
        """Those that pupils read by now."""
        return self.filter(published_at__lte=now)

    def visible_to(self, viewer: Viewer) -> Self:
        """Who teaches that subject there, all; the head, all; head teacher and school life, a pupil, then its family, what is published.

        Of a past year, whoever taught or led there when it was over (`reading.charges`).
        """
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            moment = "guardians_at" if viewer.is_guardian else "published_at"
            shown = self.kept().filter(**{f"{moment}__lte": viewer.moment})
            return shown.filter(learnt_or_marked(viewer))
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD):
            return here
        own = Q(taught(viewer, "group_id", "subject_id"))
        read = Q(deleted_at=None, published_at__lte=viewer.moment)
        if viewer.has_power(MARKS):
            return here.filter(own | read)
        return here.filter(own | (read & of_led_class(viewer)))

    def written_by(self, viewer: Viewer) -> Self:
        """Of what they see, those of the groups in which they teach that subject: theirs to write."""
        # Found from what the viewer teaches, which is little: asked of each, it would read all those of the school.
        own = teaching(viewer).filter(group__assessments__subject=models.F("subject"))
        return self.in_school(viewer).filter(pk__in=own.values("group__assessments"), group__year=viewer.year)

    def opened_by(self, viewer: Viewer, pk: int) -> "Assessment | None":
        """The assessment of a page if the viewer sees it, with its course and whether they teach it (one prepared query)."""
        assessment: Assessment | None = OPENED.first(viewer, pk)
        return assessment


class Assessment(models.Model):
    """A test, a piece of homework, an oral… of a group in a subject. Its marks are `Mark` rows.

    `published_at`: the moment from which pupils read it, to come or past; without it, a draft. `guardians_at` is that of their
    families: the school's delay later, kept here so that a delay that changes takes nothing back. `marks_written` counts what
    was written in its marks: each mark takes its version from it, so that one deleted and typed again is not taken for itself.
    """

    class Kind(models.TextChoices):
        TEST = "test", _("Devoir surveillé")
        QUIZ = "quiz", _("Interrogation")
        ORAL = "oral", _("Oral")
        HOMEWORK = "homework", _("Devoir maison")
        PRACTICAL = "practical", _("Travaux pratiques")
        OTHER = "other", _("Autre")

    class Mode(models.TextChoices):
        NORMAL = "normal", _("Compte")
        OPTIONAL = "optional", _("Compte si elle améliore la moyenne")
        BONUS = "bonus", _("Bonus : les points au-dessus de 10")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="assessments", verbose_name=_("établissement")
    )
    teacher = models.ForeignKey(
        Person, models.PROTECT, related_name="assessments_given", verbose_name=_("créée par")
    )
    subject = models.ForeignKey(
        Subject, models.PROTECT, related_name="assessments", verbose_name=_("matière")
    )
    sub_subject = models.ForeignKey(
        SubSubject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        verbose_name=_("sous-matière"),
    )
    group = models.ForeignKey(
        Group, models.CASCADE, related_name="assessments", verbose_name=_("classe ou groupe")
    )
    period = models.ForeignKey(Period, models.PROTECT, related_name="assessments", verbose_name=_("période"))
    lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="assessments", verbose_name=_("séance")
    )
    title = models.CharField(_("titre"), max_length=80)
    topic = models.CharField(_("ce qui est évalué"), max_length=240, blank=True)
    kind = models.CharField(_("nature"), max_length=9, choices=Kind.choices, default=Kind.TEST)
    day = models.DateField(_("jour"))
    scale = models.DecimalField(_("barème"), max_digits=6, decimal_places=2, default=Decimal(20))
    coefficient = models.DecimalField(_("coefficient"), max_digits=5, decimal_places=2, default=Decimal(1))
    mode = models.CharField(_("compte"), max_length=8, choices=Mode.choices, default=Mode.NORMAL)
    published_at = models.DateTimeField(_("visible des élèves à"), null=True, blank=True)
    guardians_at = models.DateTimeField(_("visible des familles à"), null=True, blank=True)
    # When each was told, so that a task that runs twice tells once.
    pupils_told_at = models.DateTimeField(_("élèves prévenus à"), null=True, blank=True)
    guardians_told_at = models.DateTimeField(_("familles prévenues à"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("supprimée à"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    marks_written = models.PositiveIntegerField(_("écritures de notes"), default=0)
    created_at = models.DateTimeField(_("créée à"), default=timezone.now)
    updated_at = models.DateTimeField(_("modifiée à"), default=timezone.now)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("évaluation")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(scale__gt=0), name="assessment_scale_above_zero"),
            models.CheckConstraint(
                condition=Q(coefficient__gte=0), name="assessment_coefficient_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, guardians_at=None)
                | Q(published_at__isnull=False, guardians_at__gte=models.F("published_at")),
                name="assessment_pupils_first",
            ),
        ]
        indexes = [
            models.Index(fields=["group", "subject", "period"], name="assessment_by_course"),
            models.Index(fields=["school", "day"], name="assessment_by_school_day"),
            models.Index(
                fields=["published_at"],
                condition=Q(pupils_told_at=None) | Q(guardians_told_at=None),
                name="assessment_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def is_published(self, now: datetime) -> bool:
        """Do pupils read it by now?"""
        return self.published_at is not None and self.published_at <= now and self.deleted_at is None


class MarkQuerySet(SchoolQuerySet):
    school_path = "assessment__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Who teaches that subject there and the head, all; once published: school life, the head teacher for their class, the pupil, then the family."""
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.of_family(viewer)
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD):
            return here
        own = Q(taught(viewer, "assessment__group_id", "assessment__subject_id"))
        read = Q(assessment__deleted_at=None, assessment__published_at__lte=viewer.moment)
        if viewer.has_power(MARKS):
            return here.filter(own | read)
        led = of_led_class(viewer, "assessment__") & led_pupil(
            viewer, "pupil_id", "assessment__group__year_id"
        )
        return here.filter(own | (read & led))

    def of_family(self, viewer: Viewer) -> Self:
        """Of a pupil, or of the children of a family: what is published to them."""
        return self.filter(
            pupil__in=viewer.own_pupils(),
            assessment__deleted_at=None,
            **{f"{_moment(viewer)}__lte": viewer.moment},
        )


def _moment(viewer: Viewer) -> str:
    """When pupils, or their families, read a mark."""
    return "assessment__guardians_at" if viewer.is_guardian else "assessment__published_at"


class Mark(models.Model):
    """What one pupil has in one assessment. No row: nothing was typed. `version`: see `Assessment.marks_written`."""

    class Code(models.TextChoices):
        ABSENT = "ABS", _("Absent")
        EXEMPT = "DISP", _("Dispensé")
        NOT_MARKED = "NN", _("Non noté")
        NOT_RETURNED = "NR", _("Non rendu")

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="marks", verbose_name=_("évaluation")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="marks", verbose_name=_("élève"))
    value = models.DecimalField(_("note"), max_digits=6, decimal_places=2, null=True, blank=True)
    code = models.CharField(_("code"), max_length=4, choices=Code.choices, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("saisie à"), default=timezone.now)
    changed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="marks_written", verbose_name=_("saisie par")
    )

    objects = MarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "pupil"], name="one_mark_per_assessment_and_pupil"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, code="")
                | Q(value=None, code__in=["ABS", "DISP", "NN", "NR"]),
                name="mark_is_a_value_or_a_code",
            ),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="mark_not_negative"),
        ]


class MarkChangeQuerySet(MarkQuerySet):
    """Whoever reads the mark reads what it was."""

    def of_family(self, viewer: Viewer) -> Self:
        """What changed once they could read it."""
        return super().of_family(viewer).filter(at__gte=models.F(_moment(viewer)))


class MarkChange(models.Model):
    """What a mark was before it changed, once pupils had read it, and what it became: neither a value nor a code, it was emptied."""

    assessment = models.ForeignKey(
        Assessment, models.CASCADE, related_name="mark_changes", verbose_name=_("évaluation")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="mark_changes", verbose_name=_("élève"))
    former_value = models.DecimalField(
        _("note d’avant"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    former_code = models.CharField(_("code d’avant"), max_length=4, choices=Mark.Code.choices, blank=True)
    value = models.DecimalField(_("note"), max_digits=6, decimal_places=2, null=True, blank=True)
    code = models.CharField(_("code"), max_length=4, choices=Mark.Code.choices, blank=True)
    at = models.DateTimeField(_("changée à"), default=timezone.now)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="marks_changed", verbose_name=_("changée par")
    )

    objects = MarkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("changement d’une note publiée")
        verbose_name_plural = _("changements de notes publiées")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(former_value__isnull=False, former_code="")
                | Q(former_value=None, former_code__in=["ABS", "DISP", "NN", "NR"]),
                name="mark_was_a_value_or_a_code",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(code=""), name="mark_becomes_a_value_or_a_code"
            ),
        ]


OPENED = Prepared(
    lambda viewer, pk: (
        Assessment.objects.visible_to(viewer)
        .filter(pk=pk)
        .select_related("school", "subject", "sub_subject", "group", "period", "teacher")
        .annotate(taught=taught(viewer, "group_id", "subject_id"))
    )
)
