"""Homework: what is to be done, for when, by whom, and who says that it is done."""

from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.homework.models.records import (
    LessonRecord,
    given_by,
    learnt_in,
    published,
    read_by_staff,
    taught_by,
)
from preau.domains.timetable.models import Lesson


class HomeworkQuerySet(SchoolQuerySet):
    def kept(self) -> Self:
        """Those that were not taken away."""
        return self.filter(removed_at=None)

    def for_pupils(self, pupils: object) -> Self:
        """For the whole class, or for one of these."""
        named = Homework.pupils.through.objects.filter(homework_id=OuterRef("pk"), person_id__in=pupils)
        return self.filter(Q(for_some=False) | Exists(named))

    def visible_to(self, viewer: Viewer) -> Self:
        """Who gives it, taken away too; once published, those it is for and their families, and who reads the record."""
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            shown = self.kept().filter(published(viewer.moment, "record__"))
            shown = shown.filter(learnt_in(viewer, "record__lesson_id", "due_day"))
            return shown.for_pupils(viewer.own_pupils())
        reads = read_by_staff(viewer, "record__")
        if reads is None:
            return self.none()
        own = Q(taught_by(viewer.person.pk, "record__lesson_id"))
        return self.in_school(viewer).filter(reads).filter(own | Q(removed_at=None))

    def given_by(self, viewer: Viewer) -> Self:
        """Of what they see, that of the lessons that they give, taken away too."""
        given: Self = given_by(self, viewer, "record__lesson_id")
        return given

    def opened_by(self, viewer: Viewer, pk: int) -> "Homework | None":
        """The homework of a page if the viewer sees it, with its lesson and whether they give it (one query)."""
        known = self.visible_to(viewer).filter(pk=pk).select_related("record__lesson")
        homework = known.annotate(taught=taught_by(viewer.person.pk, "record__lesson_id")).first()
        if homework and homework.record.lesson:
            homework.record.lesson.known_teachers = {viewer.person.pk: homework.taught}
        return homework


class Homework(models.Model):
    """Something to do, given in a lesson and published with its record.

    `due_next`: for the next lesson, whichever it becomes. `for_some`: for the pupils named, and nobody else knows of it.
    Taken away, it stays with its date: what was given was given. `told_at`: when families were told. `sent_as`: the number of its form.
    """

    class HandIn(models.TextChoices):
        NOTHING = "nothing", _("Rien à rendre")
        ONLINE = "online", _("À rendre en ligne")
        PAPER = "paper", _("À rendre en classe")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="homework", verbose_name=_("établissement")
    )
    record = models.ForeignKey(
        LessonRecord, models.CASCADE, related_name="works", verbose_name=_("donné dans")
    )
    title = models.CharField(_("travail"), max_length=160)
    body = models.TextField(_("consignes"), blank=True)
    words = models.TextField(_("mots"), blank=True)
    due_day = models.DateField(_("pour le"))
    due_lesson = models.ForeignKey(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="works_due", verbose_name=_("séance")
    )
    due_next = models.BooleanField(_("pour le prochain cours"), default=False)
    minutes = models.PositiveSmallIntegerField(_("durée estimée"), null=True, blank=True)
    hand_in = models.CharField(_("rendu"), max_length=7, choices=HandIn.choices, default=HandIn.NOTHING)
    for_some = models.BooleanField(_("pour quelques élèves"), default=False)
    pupils = models.ManyToManyField(
        Person, blank=True, related_name="own_homework", verbose_name=_("élèves concernés")
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    given_by = models.ForeignKey(
        Person, models.PROTECT, related_name="homework_given", verbose_name=_("donné par")
    )
    given_at = models.DateTimeField(_("donné à"))
    told_at = models.DateTimeField(_("annoncé à"), null=True, blank=True)
    removed_at = models.DateTimeField(_("retiré à"), null=True, blank=True)
    sent_as = models.CharField(
        _("numéro du formulaire"), max_length=40, blank=True, default="", db_default=""
    )

    objects = HomeworkQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail à faire")
        verbose_name_plural = _("travaux à faire")
        ordering = ["due_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes=None) | Q(minutes__gte=1, minutes__lte=600),
                name="homework_minutes_of_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["school", "due_day"], name="homework_by_school_due"),
            models.Index(fields=["school"], condition=Q(told_at=None), name="homework_to_tell"),
        ]


class DoneQuerySet(SchoolQuerySet):
    school_path = "homework__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """The pupil and their family: ticking is for oneself, no teacher follows it."""
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.filter(pupil__in=viewer.own_pupils())
        return self.none()


class Done(models.Model):
    """A pupil has ticked that a homework is done."""

    homework = models.ForeignKey(
        Homework, models.CASCADE, related_name="done", verbose_name=_("travail à faire")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="homework_done", verbose_name=_("élève"))
    done_at = models.DateTimeField(_("coché à"))

    objects = DoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("travail coché")
        verbose_name_plural = _("travaux cochés")
        constraints = [
            models.UniqueConstraint(fields=["homework", "pupil"], name="one_tick_per_homework_and_pupil")
        ]
