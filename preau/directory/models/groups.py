"""Classes and groups of a year, who learns in them and who teaches them what."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Person
from preau.directory.models.schools import School, SchoolYear
from preau.directory.models.scoping import (
    MemberQuerySet,
    SchoolQuerySet,
    active_on,
    ends_after_start,
    source_field,
)
from preau.directory.words import LEVELS, Profile, level_rank, level_said
from preau.foundation.db import NATURAL

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class Subject(models.Model):
    """A subject as a school names it; `code` is the national one (nomenclature des matières) where it has one."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="subjects", verbose_name=_("établissement")
    )
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=80, db_collation=NATURAL)
    short_name = models.CharField(_("nom court"), max_length=20, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("matière")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="one_subject_per_code")]

    def __str__(self) -> str:
        return self.name


class LevelRank(models.PositiveSmallIntegerField[int, int]):
    """The place of the level beside it among those of schools, written with it (`words.level_rank`)."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int:
        rank = level_rank(model_instance.level)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, rank)
        return rank


class GroupQuerySet(SchoolQuerySet):
    def classes(self) -> Self:
        return self.filter(kind=Group.Kind.CLASS)

    def visible_to(self, viewer: "Viewer") -> Self:
        """Staff see every class of their school; families and pupils those the pupil is in."""
        if viewer.profile == Profile.STAFF:
            return self.in_school(viewer)
        learnt = Enrolment.objects.filter(active_on(viewer.today), pupil__in=viewer.own_pupils())
        return self.filter(pk__in=learnt.values("group_id"))


class Group(models.Model):
    """A class (division) or a teaching group of a year, the youngest first. A group may draw its pupils from several classes."""

    class Kind(models.TextChoices):
        CLASS = "class", _("Classe")
        GROUP = "group", _("Groupe")

    school = models.ForeignKey(School, models.CASCADE, related_name="groups", verbose_name=_("établissement"))
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="groups", verbose_name=_("année"))
    kind = models.CharField(_("nature"), max_length=5, choices=Kind.choices)
    name = models.CharField(_("nom"), max_length=60, db_collation=NATURAL)
    level = models.CharField(_("niveau"), max_length=20, blank=True)
    rank = LevelRank(_("rang du niveau"), editable=False, db_default=len(LEVELS))
    classes = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="groups_drawn")

    objects = GroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("classe ou groupe")
        verbose_name_plural = _("classes et groupes")
        ordering = ["rank", "name"]
        constraints = [models.UniqueConstraint(fields=["year", "kind", "name"], name="one_group_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def level_said(self) -> str:
        """« 6e » for the « 6EME » of a file."""
        return level_said(self.level)


class EnrolmentQuerySet(SchoolQuerySet):
    def active(self, day: date) -> Self:
        return self.filter(active_on(day))

    def visible_to(self, viewer: "Viewer") -> Self:
        if viewer.works_with_pupils:
            return self.in_school(viewer)
        return self.filter(pupil__in=viewer.own_pupils())


class Enrolment(models.Model):
    """A pupil in a class or a group, between two dates (`ends`: first day without)."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="enrolments", verbose_name=_("établissement")
    )
    group = models.ForeignKey(
        Group, models.PROTECT, related_name="enrolments", verbose_name=_("classe ou groupe")
    )
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="enrolments", verbose_name=_("élève"))
    source = source_field()
    starts = models.DateField(_("début"), null=True, blank=True)
    ends = models.DateField(_("fin"), null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("inscription")
        constraints = [
            ends_after_start("enrolment_ends_after_start"),
            models.UniqueConstraint(
                fields=["group", "pupil"], condition=Q(ends__isnull=True), name="one_open_enrolment_per_group"
            ),
        ]
        indexes = [models.Index(fields=["pupil", "group"], name="enrolment_of_pupil")]


class AssignmentQuerySet(SchoolQuerySet):
    def active(self, day: date) -> Self:
        return self.filter(active_on(day))

    def led_by(self, viewer: "Viewer") -> Self:
        """The classes of which the viewer is head teacher (professeur principal) today."""
        return self.active(viewer.today).filter(teacher=viewer.person.pk, kind=Assignment.Kind.HEAD_TEACHER)

    def visible_to(self, viewer: "Viewer") -> Self:
        """Who teaches a class is no secret for those who see the class."""
        return self.filter(group__in=Group.objects.visible_to(viewer))


class Assignment(models.Model):
    """A teacher in charge of a subject for a class or group, or its head teacher (professeur principal)."""

    class Kind(models.TextChoices):
        TEACHES = "teaches", _("Enseigne")
        HEAD_TEACHER = "head_teacher", _("Professeur principal")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="assignments", verbose_name=_("établissement")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, related_name="assignments", verbose_name=_("classe ou groupe")
    )
    teacher = models.ForeignKey(
        Person, models.CASCADE, related_name="assignments", verbose_name=_("enseignant")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=Kind.choices, default=Kind.TEACHES)
    subject = models.ForeignKey(
        Subject, models.CASCADE, null=True, blank=True, related_name="assignments", verbose_name=_("matière")
    )
    source = source_field()
    starts = models.DateField(_("début"), null=True, blank=True)
    ends = models.DateField(_("fin"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("service d’enseignement")
        verbose_name_plural = _("services d’enseignement")
        constraints = [
            ends_after_start("assignment_ends_after_start"),
            models.CheckConstraint(
                condition=Q(kind="head_teacher", subject__isnull=True)
                | Q(kind="teaches", subject__isnull=False),
                name="teaching_names_its_subject",
            ),
            models.UniqueConstraint(
                fields=["group", "teacher", "subject"],
                condition=Q(ends__isnull=True),
                name="one_open_assignment",
            ),
            models.UniqueConstraint(
                fields=["group", "teacher"],
                condition=Q(ends__isnull=True, kind="head_teacher"),
                name="one_open_head_teaching",
            ),
        ]
