"""What was done in a lesson: a document that families read, so that nothing of it changes in silence."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Enrolment, Group, Person, School, SchoolQuerySet, Subject
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.timetable.models import Lesson

# The power to read those of every class, which a head may give to somebody until a day: an inspector, a substitute to come.
RECORDS = "records"


def published(now: datetime, prefix: str = "") -> Q:
    """Families read it by now: from the start of its lesson, from its end, or from the hour that was chosen.

    A lesson that is cancelled neither starts nor ends.
    """
    shown, lesson = f"{prefix}shown", f"{prefix}lesson"
    held = Q(**{f"{lesson}__state": Lesson.State.HELD})
    begun = held & Q(**{shown: LessonRecord.Shown.START, f"{lesson}__starts__lte": now})
    over = held & Q(**{shown: LessonRecord.Shown.END, f"{lesson}__ends__lte": now})
    chosen = Q(**{shown: LessonRecord.Shown.HOUR, f"{prefix}shown_at__lte": now})
    return Q(**{f"{prefix}state": LessonRecord.State.READY}) & (begun | over | chosen)


def taught_by(person_id: int, lesson: str) -> Exists:
    """This person gives the lesson at the end of the path `lesson`."""
    teaches = Lesson.teachers.through.objects.filter(lesson_id=OuterRef(lesson), person_id=person_id)
    return Exists(teaches)


def of_team(viewer: Viewer, lesson: str) -> Exists:
    """It is of a class in which the viewer gives lessons this year, or of a group drawn from one."""
    joined = Lesson.groups.through.objects
    taught = joined.filter(lesson__teachers=viewer.person.pk, lesson__year=viewer.year).values("group_id")
    classes = Group.objects.filter(Q(pk__in=taught) | Q(groups_drawn__in=taught)).values("pk")
    near = Group.objects.filter(Q(pk__in=classes) | Q(classes__in=classes)).values("pk")
    return Exists(joined.filter(lesson_id=OuterRef(lesson), group_id__in=near))


def learnt_in(viewer: Viewer, lesson: str, day: str) -> Exists:
    """A pupil of the viewer's is in one of its groups on that day."""
    then = Q(starts__isnull=True) | Q(starts__lte=OuterRef(day))
    still = Q(ends__isnull=True) | Q(ends__gt=OuterRef(day))
    learnt = Enrolment.objects.filter(then, still, pupil__in=viewer.own_pupils())
    return Exists(learnt.filter(group__lessons=OuterRef(lesson)))


def read_by_staff(viewer: Viewer, prefix: str = "") -> Q | None:
    """What somebody who works here reads: their own lessons whole, and what is published of the classes they follow."""
    lesson = f"{prefix}lesson_id"
    own = Q(taught_by(viewer.person.pk, lesson)) | Q(
        **{f"{prefix}lesson": None, f"{prefix}written_by": viewer.person.pk}
    )
    if viewer.has_power(RECORDS):
        return own | published(viewer.moment, prefix)
    if viewer.holds(Role.TEACHER):
        return own | (published(viewer.moment, prefix) & Q(of_team(viewer, lesson)))
    return None


def given_by(rows: Any, viewer: Viewer, lesson: str) -> Any:
    """Of these rows, those of the lessons that the viewer gives in their school, if they read any: all of them are theirs to read."""
    if read_by_staff(viewer) is None:
        return rows.none()
    # From the lessons to the rows: asked of each row instead, as `taught_by` does, SQLite reads a school's whole year.
    given = Lesson.teachers.through.objects.filter(person_id=viewer.person.pk).values("lesson_id")
    return rows.in_school(viewer).filter(**{f"{lesson}__in": given})


class LessonRecordQuerySet(SchoolQuerySet):
    def published(self, now: datetime) -> Self:
        return self.filter(published(now))

    def visible_to(self, viewer: Viewer) -> Self:
        """Who gives the lesson; what is published: the class and its families, its other teachers, head and school life."""
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.published(viewer.moment).filter(learnt_in(viewer, "lesson_id", "lesson__day"))
        reads = read_by_staff(viewer)
        return self.none() if reads is None else self.in_school(viewer).filter(reads)

    def given_by(self, viewer: Viewer) -> Self:
        """Of what they see, those of the lessons that they give: found without asking which classes they follow."""
        return given_by(self, viewer, "lesson_id")


class LessonRecord(models.Model):
    """What was done in a lesson, by whoever gave it. `version` counts what was written, so that two people at once are seen.

    `lesson` is empty when the timetable took the lesson away: what was prepared for it waits for another one. `words` is what
    it is found by.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Brouillon")
        READY = "ready", _("Publié")

    class Shown(models.TextChoices):
        START = "start", _("Au début de la séance")
        END = "end", _("À la fin de la séance")
        HOUR = "hour", _("À une heure choisie")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="lesson_records", verbose_name=_("établissement")
    )
    lesson = models.OneToOneField(
        Lesson, models.SET_NULL, null=True, blank=True, related_name="record", verbose_name=_("séance")
    )
    subject = models.ForeignKey(
        Subject, models.PROTECT, related_name="lesson_records", verbose_name=_("matière")
    )
    day = models.DateField(_("jour"))
    content = models.TextField(_("contenu"), blank=True)
    words = models.TextField(_("mots"), blank=True)
    state = models.CharField(_("état"), max_length=5, choices=State.choices, default=State.DRAFT)
    shown = models.CharField(_("visible"), max_length=5, choices=Shown.choices, default=Shown.START)
    shown_at = models.DateTimeField(_("visible à"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    written_by = models.ForeignKey(
        Person, models.PROTECT, related_name="lesson_records", verbose_name=_("écrit par")
    )
    written_at = models.DateTimeField(_("écrit à"))

    objects = LessonRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("séance du cahier de textes")
        verbose_name_plural = _("séances du cahier de textes")
        constraints = [
            models.CheckConstraint(
                condition=Q(shown="hour", shown_at__isnull=False) | (~Q(shown="hour") & Q(shown_at=None)),
                name="record_hour_when_chosen",
            ),
        ]
        indexes = [models.Index(fields=["school", "day"], name="record_by_school_day")]

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    def is_published(self, now: datetime) -> bool:
        """The same as `published`, of a record whose lesson is at hand."""
        return not self.is_draft and (at := self.appears_at()) is not None and at <= now

    def appears_at(self) -> datetime | None:
        """When families read it once it is ready; None for a lesson that is not held."""
        if self.shown == self.Shown.HOUR:
            return self.shown_at
        if self.lesson is None or self.lesson.state == Lesson.State.CANCELLED:
            return None
        return self.lesson.starts if self.shown == self.Shown.START else self.lesson.ends


class OwnWordsQuerySet(SchoolQuerySet):
    school_path = "record__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Their author alone."""
        return self.in_school(viewer).filter(author_id=viewer.person.pk) if viewer.is_staff else self.none()


class LessonNote(models.Model):
    """What a teacher notes of a lesson for themselves."""

    record = models.ForeignKey(
        LessonRecord,
        models.CASCADE,
        related_name="notes",
        verbose_name=_("séance du cahier de textes"),
    )
    author = models.ForeignKey(Person, models.CASCADE, related_name="lesson_notes", verbose_name=_("auteur"))
    text = models.TextField(_("note"))

    objects = OwnWordsQuerySet.as_manager()

    class Meta:
        verbose_name = _("note personnelle d’une séance")
        verbose_name_plural = _("notes personnelles de séances")
        constraints = [models.UniqueConstraint(fields=["record", "author"], name="one_note_per_author")]


class CorrectionQuerySet(SchoolQuerySet):
    school_path = "record__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever gives the lesson, and who reads the cahiers de textes of the school."""
        if viewer.profile not in {Profile.STAFF, Profile.AGENT}:
            return self.none()
        here = self.in_school(viewer)
        if viewer.has_power(RECORDS):
            return here
        return here.filter(taught_by(viewer.person.pk, "record__lesson_id"))


class Correction(models.Model):
    """What families could read of a lesson before it was changed. Rows are only added."""

    record = models.ForeignKey(
        LessonRecord,
        models.CASCADE,
        related_name="corrections",
        verbose_name=_("séance du cahier de textes"),
    )
    content = models.TextField(_("contenu d’avant"), blank=True)
    works: "models.JSONField[Any, Any]" = models.JSONField(_("travail d’avant"), default=list)
    papers: "models.JSONField[Any, Any]" = models.JSONField(_("documents d’avant"), default=list)
    corrected_by = models.ForeignKey(
        Person, models.PROTECT, related_name="record_corrections", verbose_name=_("corrigé par")
    )
    corrected_at = models.DateTimeField(_("corrigé à"))

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction du cahier de textes")
        verbose_name_plural = _("corrections du cahier de textes")
        ordering = ["pk"]
