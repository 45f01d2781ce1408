"""Timetables brought from a file: what it told, what it would change, what it changed."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet, SchoolYear
from preau.directory.words import Role
from preau.domains.timetable.models.lessons import WeeklyPattern
from preau.foundation.importers.rows import ImportRow, State

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

OPEN = ["received", "reading", "applying", "matching", "preview"]


class TimetableImportQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those who make the timetable of the school."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD, Role.SECRETARY) else self.none()


class TimetableImport(ImportRow):
    """One file, or several of one format, brought for a year of a school.

    `scope` says which courses the files tell whole: those of them that they leave out are stopped.
    """

    State = State

    class Scope(models.TextChoices):
        ALL = "all", _("Tout l’emploi du temps de l’établissement")
        CLASSES = "classes", _("Tout l’emploi du temps des classes et groupes qu’il nomme")
        SOME = "some", _("Des cours à ajouter, sans rien arrêter")

    class Source(models.TextChoices):
        EDT = "edt", "EDT"
        STS = "sts", "STSWEB"
        ICS = "ics", _("Calendrier (ICS)")
        TABLE = "csv", _("Tableau")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="timetable_imports", verbose_name=_("établissement")
    )
    year = models.ForeignKey(
        SchoolYear, models.CASCADE, related_name="timetable_imports", verbose_name=_("année")
    )
    source = models.CharField(_("format"), max_length=8, choices=Source.choices, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.RECEIVED)
    scope = models.CharField(_("portée"), max_length=8, choices=Scope.choices, blank=True)
    brought_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="timetables_brought",
        verbose_name=_("apporté par"),
    )

    objects = TimetableImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import d’emploi du temps")
        verbose_name_plural = _("imports d’emploi du temps")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=models.Q(state__in=OPEN), name="one_open_timetable_import"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class ToldCourseQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those who make the timetable of the school."""
        return self.in_school(viewer) if viewer.holds(Role.HEAD, Role.SECRETARY) else self.none()


class ToldCourse(models.Model):
    """What the last file of a format said of one course (`said`), and the weekly lesson that it is here.

    Where the two differ, people have decided: the next file does not undo it. `pattern` is empty when they took the course away.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="told_courses", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="told_courses", verbose_name=_("année"))
    source = models.CharField(_("format"), max_length=8, choices=TimetableImport.Source.choices)
    key = models.CharField(_("clé dans la source"), max_length=120)
    said = models.JSONField(_("dit par le fichier"), default=dict)
    pattern = models.ForeignKey(
        WeeklyPattern,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="told_as",
        verbose_name=_("séance hebdomadaire"),
    )
    changed_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="told_courses_changed",
        verbose_name=_("changé ici par"),
    )
    changed_at = models.DateTimeField(_("changé ici le"), null=True, blank=True)

    objects = ToldCourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("cours dit par un fichier")
        verbose_name_plural = _("cours dits par des fichiers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "source", "key"], name="one_told_course_per_key")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key}"
