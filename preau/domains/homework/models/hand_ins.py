"""What a pupil hands in, and what the teacher gives back; the files joined to lessons and to homework."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.commons.files.models import StoredFile
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.homework.models.records import LessonRecord, taught_by
from preau.domains.homework.models.works import Homework
from preau.foundation import dates


class HandInQuerySet(SchoolQuerySet):
    def waiting(self) -> Self:
        """Those to be corrected."""
        return self.filter(returned_at=None, corrected_at=None)

    def ready(self) -> Self:
        """Those that are corrected, and that the pupil does not read yet."""
        return self.filter(returned_at=None, corrected_at__isnull=False)

    def visible_to(self, viewer: Viewer) -> Self:
        """The pupil, who gives the lesson, and the head; the family once it is given back."""
        if viewer.profile == Profile.PUPIL:
            return self.filter(pupil__in=viewer.own_pupils())
        if viewer.is_guardian:
            return self.filter(pupil__in=viewer.own_pupils()).exclude(returned_at=None)
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD):
            return here
        return here.filter(taught_by(viewer.person.pk, "homework__record__lesson_id"))

    def opened_by(self, viewer: Viewer, pk: int) -> "HandIn | None":
        """What was handed in if the viewer sees it, with its lesson and whether they give it (one query)."""
        known = self.visible_to(viewer).filter(pk=pk).select_related("homework__record__lesson")
        given = known.annotate(taught=taught_by(viewer.person.pk, "homework__record__lesson_id")).first()
        if given and given.homework.record.lesson:
            given.homework.record.lesson.known_teachers = {viewer.person.pk: given.taught}
        return given


class HandIn(models.Model):
    """What one pupil has handed in for one homework: sent once, once more until it is corrected, then given back.

    `times`: how often it was sent; `first_at`, the first time, by which it is late or not. `mark` is what the teacher writes, in their own scale: a note, a letter, « acquis ».
    `corrected_at`: when the correction was said to be done, until it is sent once more. `told_at`: when its teachers were told of it.
    """

    MOST_TIMES = 2

    school = models.ForeignKey(
        School, models.CASCADE, related_name="hand_ins", verbose_name=_("établissement")
    )
    homework = models.ForeignKey(
        Homework, models.CASCADE, related_name="hand_ins", verbose_name=_("travail à faire")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="hand_ins", verbose_name=_("élève"))
    text = models.TextField(_("texte"), blank=True)
    handed_at = models.DateTimeField(_("rendu à"))
    first_at = models.DateTimeField(_("rendu d’abord à"), null=True)
    is_late = models.BooleanField(_("en retard"), default=False)
    times = models.PositiveSmallIntegerField(_("envois"), default=1)
    comment = models.TextField(_("commentaire"), blank=True)
    mark = models.CharField(_("appréciation ou note"), max_length=40, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    corrected_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="hand_ins_corrected",
        verbose_name=_("corrigé par"),
    )
    corrected_at = models.DateTimeField(_("corrigé à"), null=True, blank=True)
    returned_at = models.DateTimeField(_("remis à"), null=True, blank=True)
    told_at = models.DateTimeField(_("annoncé à"), null=True, blank=True)

    objects = HandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail rendu")
        verbose_name_plural = _("travaux rendus")
        constraints = [
            models.UniqueConstraint(fields=["homework", "pupil"], name="one_hand_in_per_homework_and_pupil")
        ]
        indexes = [
            models.Index(
                fields=["homework"],
                condition=Q(returned_at=None, corrected_at=None),
                name="hand_ins_to_correct",
            ),
        ]

    @property
    def may_be_sent_again(self) -> bool:
        return self.returned_at is None and self.times < self.MOST_TIMES

    @property
    def said_twice(self) -> str:
        """Of what was sent more than once: late or not is said of the first time, whatever came after."""
        values = {
            "first": dates.day_and_hour(self.first_at or self.handed_at),
            "again": dates.day_and_hour(self.handed_at),
        }
        if self.is_late:
            return gettext("Rendu en retard le %(first)s ; renvoyé le %(again)s.") % values
        return gettext("Rendu à temps le %(first)s ; renvoyé le %(again)s.") % values


class AnnotationQuerySet(SchoolQuerySet):
    school_path = "hand_in__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Who sees what was handed in, once it is given back; before that, whoever gives the lesson."""
        seen = self.filter(hand_in__in=HandIn.objects.visible_to(viewer))
        back = Q(hand_in__returned_at__isnull=False)
        if not viewer.is_staff:
            return seen.filter(back)
        return seen.filter(back | Q(taught_by(viewer.person.pk, "hand_in__homework__record__lesson_id")))


class Annotation(models.Model):
    """A remark in the margin of what was handed in: on a page, at a place said in words, or on the whole."""

    hand_in = models.ForeignKey(
        HandIn, models.CASCADE, related_name="annotations", verbose_name=_("travail rendu")
    )
    rank = models.PositiveSmallIntegerField(_("rang"), default=0)
    sheet = models.PositiveSmallIntegerField(_("page"), null=True, blank=True)
    place = models.CharField(_("endroit"), max_length=80, blank=True)
    text = models.TextField(_("remarque"))
    author = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="annotations", verbose_name=_("écrite par")
    )
    written_at = models.DateTimeField(_("écrite à"))

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        verbose_name = _("annotation")
        verbose_name_plural = _("annotations")
        ordering = ["rank", "pk"]

    @property
    def where(self) -> str:
        """« page 2, troisième ligne », or nothing when it is about the whole."""
        page = gettext("page %(number)s") % {"number": self.sheet} if self.sheet else ""
        return ", ".join(filter(None, (page, self.place)))


class HandInFileQuerySet(SchoolQuerySet):
    school_path = "hand_in__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Who sees what was handed in; of the teacher's own, pupils see what was given back."""
        seen = self.filter(hand_in__in=HandIn.objects.visible_to(viewer))
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return seen.filter(Q(of_teacher=False) | Q(hand_in__returned_at__isnull=False))
        return seen


class HandInFile(models.Model):
    """A file that a pupil handed in, or that a teacher joined to the correction."""

    hand_in = models.ForeignKey(
        HandIn, models.CASCADE, related_name="papers", verbose_name=_("travail rendu")
    )
    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="+", verbose_name=_("fichier"))
    of_teacher = models.BooleanField(_("de l’enseignant"), default=False)

    objects = HandInFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier d’un travail rendu")
        verbose_name_plural = _("fichiers de travaux rendus")
        ordering = ["pk"]


class LessonFileQuerySet(SchoolQuerySet):
    school_path = "record__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Who reads the record; a file of a homework, who sees that homework."""
        lessons = Q(homework=None, record__in=LessonRecord.objects.visible_to(viewer))
        return self.filter(lessons | Q(homework__in=Homework.objects.visible_to(viewer)))


class LessonFile(models.Model):
    """A document joined to the content of a lesson, or to a homework given in it."""

    record = models.ForeignKey(
        LessonRecord, models.CASCADE, related_name="papers", verbose_name=_("séance du cahier de textes")
    )
    homework = models.ForeignKey(
        Homework,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="papers",
        verbose_name=_("travail à faire"),
    )
    file = models.ForeignKey(StoredFile, models.CASCADE, related_name="+", verbose_name=_("fichier"))

    objects = LessonFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("document d’une séance")
        verbose_name_plural = _("documents de séances")
        ordering = ["pk"]
