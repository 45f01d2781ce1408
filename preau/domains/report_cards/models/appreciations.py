"""What is written of a pupil for a period: by each subject, by school life, and in general; and the phrases that a teacher keeps."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Assignment, Group, Period, Person, School, SchoolQuerySet, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.report_cards.models.reading import led_pupils, reads_every_class
from preau.domains.report_cards.models.settings import LSU_LIMIT

PHRASE_LENGTH = 300


class AppreciationQuerySet(SchoolQuerySet):
    def said(self) -> Self:
        """Those that have words."""
        return self.exclude(text="")

    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, all; a head teacher, those of the pupils of their class; a teacher, those of their subject in their groups.

        No pupil and no family: they read bulletins, once published.
        """
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if reads_every_class(viewer):
            return here
        if not viewer.holds(Role.TEACHER):
            return here.none()
        taught = Assignment.objects.active(viewer.today).filter(
            teacher=viewer.person.pk, group_id=OuterRef("group_id"), subject_id=OuterRef("subject_id")
        )
        return here.filter(Q(Exists(taught)) | Q(pupil__in=led_pupils(viewer), period__year=viewer.year))


class Appreciation(models.Model):
    """A text about one pupil for one period. It is kept as it is typed: its row may be empty, its `version` never goes back.

    `kind`: of a subject (its teachers write it), of school life (the CPE), or general (the head teacher, and the head in council).
    `subject`: of the first kind alone. `group`: the class or group where the pupil learns that subject; for the others, the class.
    `text`: at most 600 characters, those of the LSU; line ends count as one. `version`: what a page had shown when it writes again.
    `changed_by`, `changed_at`: the last hand; teachers of a subject are those of its assignments.
    """

    class Kind(models.TextChoices):
        SUBJECT = "subject", _("Matière")
        SCHOOL_LIFE = "school_life", _("Vie scolaire")
        GENERAL = "general", _("Appréciation générale")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="appreciations", verbose_name=_("établissement")
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="appreciations", verbose_name=_("période")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="appreciations", verbose_name=_("élève"))
    group = models.ForeignKey(
        Group, models.CASCADE, related_name="appreciations", verbose_name=_("classe ou groupe")
    )
    kind = models.CharField(_("nature"), max_length=11, choices=Kind.choices)
    subject = models.ForeignKey(
        Subject,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appreciations",
        verbose_name=_("matière"),
    )
    text = models.CharField(_("appréciation"), max_length=LSU_LIMIT, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    changed_at = models.DateTimeField(_("écrite à"), default=timezone.now)
    changed_by = models.ForeignKey(
        Person, models.PROTECT, related_name="appreciations_written", verbose_name=_("écrite par")
    )

    objects = AppreciationQuerySet.as_manager()

    class Meta:
        verbose_name = _("appréciation")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="subject", subject__isnull=False) | (~Q(kind="subject") & Q(subject=None)),
                name="appreciation_names_its_subject",
            ),
            models.UniqueConstraint(
                fields=["period", "pupil", "subject"],
                condition=Q(kind="subject"),
                name="one_appreciation_per_subject",
            ),
            models.UniqueConstraint(
                fields=["period", "pupil", "kind"],
                condition=~Q(kind="subject"),
                name="one_appreciation_per_kind",
            ),
        ]
        indexes = [models.Index(fields=["group", "period", "subject"], name="appreciation_by_course")]


class PhraseQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever keeps it, and nobody else."""
        return self.in_school(viewer).filter(owner=viewer.person.pk) if viewer.is_staff else self.none()


class Phrase(models.Model):
    """A phrase that somebody keeps to write it again. `text` may hold `{prénom}`, `{matière}` and `{moyenne}`, which a page replaces."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="card_phrases", verbose_name=_("établissement")
    )
    owner = models.ForeignKey(
        Person, models.CASCADE, related_name="card_phrases", verbose_name=_("gardée par")
    )
    text = models.CharField(_("phrase"), max_length=PHRASE_LENGTH)
    kept_at = models.DateTimeField(_("gardée à"), default=timezone.now)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = _("phrase")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["school", "owner", "text"], name="one_phrase_of_the_same_words"),
            models.CheckConstraint(condition=~Q(text=""), name="phrase_says_something"),
        ]
