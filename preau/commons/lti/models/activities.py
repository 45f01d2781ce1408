"""Activities given to a class, what is counted of them, and what each pupil got."""

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.signon.models import Opening
from preau.directory.models import Assignment, Enrolment, Group, Person, SchoolQuerySet
from preau.directory.models.schools import new_public_id
from preau.directory.words import Profile, Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


def new_number() -> str:
    """In addresses that clients write in small letters: digits and « a » to « f » alone."""
    return secrets.token_hex(12)


def groups_taught(viewer: "Viewer") -> Any:
    """The classes and groups of which this seat is in charge today, as ids."""
    charged = Assignment.objects.in_school(viewer).active(viewer.today).filter(teacher=viewer.person.pk)
    return charged.values("group_id")


def groups_learnt(viewer: "Viewer") -> Any:
    """Those in which the pupils of this seat learn today, as ids."""
    return Enrolment.objects.active(viewer.today).filter(pupil__in=viewer.own_pupils()).values("group_id")


def _seen_groups(viewer: "Viewer", path: str, school: str) -> Q:
    """The head: every class of the school; a teacher: their own; families: those of the children. Nobody else."""
    if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
        return Q(**{f"{path}__in": groups_learnt(viewer)})
    if viewer.profile != Profile.STAFF or not viewer.holds(Role.HEAD, Role.TEACHER):
        return Q(pk__in=[])
    here = Q(**{school: viewer.school_id})
    return here if viewer.holds(Role.HEAD) else here & Q(**{f"{path}__in": groups_taught(viewer)})


class ContextQuerySet(SchoolQuerySet):
    school_path = "opening__school"

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(_seen_groups(viewer, "group", "opening__school"))


class Context(models.Model):
    """A service in a class: the only place that its words name. Its number says nothing of the class."""

    opening = models.ForeignKey(Opening, models.CASCADE, related_name="+", verbose_name=_("ouverture"))
    group = models.ForeignKey(Group, models.CASCADE, related_name="+", verbose_name=_("classe ou groupe"))
    number = models.CharField(_("numéro"), max_length=24, unique=True, default=new_number)

    objects = ContextQuerySet.as_manager()

    class Meta:
        verbose_name = _("service dans une classe")
        verbose_name_plural = _("services dans des classes")
        constraints = [models.UniqueConstraint(fields=["opening", "group"], name="one_context_a_class")]


class ActivityQuerySet(SchoolQuerySet):
    def going(self) -> Self:
        """Not taken back."""
        return self.filter(ended_at=None)

    def visible_to(self, viewer: "Viewer") -> Self:
        """The head and whoever is in charge of the class; its pupils and their families, until it is taken back."""
        seen = self.filter(_seen_groups(viewer, "context__group", "school"))
        return seen if viewer.is_staff else seen.going()

    def opened_by(self, viewer: "Viewer", **by: Any) -> "Activity | None":
        """The activity of a page, with all that its pages say of it."""
        rows = self.visible_to(viewer).select_related(
            "context__group", "context__opening__service", "given_by"
        )
        found: Activity | None = rows.filter(**by).first()
        return found


class Activity(models.Model):
    """Something of a service that a teacher gave to a class (a resource link). `target`: what is opened there, empty for the
    service's own; `custom`: what the service wants to find again, as it said it."""

    school = models.ForeignKey(
        "directory.School", models.CASCADE, related_name="+", verbose_name=_("établissement")
    )
    context = models.ForeignKey(
        Context, models.CASCADE, related_name="activities", verbose_name=_("service et classe")
    )
    public_id = models.CharField(_("identifiant public"), max_length=24, unique=True, default=new_public_id)
    title = models.CharField(_("titre"), max_length=120)
    text = models.CharField(_("consigne"), max_length=500, blank=True, default="")
    target = models.CharField(_("adresse"), max_length=2_000, blank=True, default="")
    custom = models.JSONField(_("réglages du service"), default=dict, blank=True)
    due_on = models.DateField(_("à faire pour le"), null=True, blank=True)
    given_by = models.ForeignKey(
        Person, models.CASCADE, related_name="activities_given", verbose_name=_("donnée par")
    )
    given_at = models.DateTimeField(_("donnée le"))
    ended_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activité")
        verbose_name_plural = _("activités")
        ordering = ["-given_at", "-pk"]


class ColumnQuerySet(SchoolQuerySet):
    school_path = "context__opening__school"

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(context__in=Context.objects.visible_to(viewer))


class Column(models.Model):
    """Something that a service counts for each pupil of a class (a line item), of one activity or of none in particular."""

    context = models.ForeignKey(
        Context, models.CASCADE, related_name="columns", verbose_name=_("service et classe")
    )
    activity = models.ForeignKey(
        Activity, models.CASCADE, null=True, blank=True, related_name="columns", verbose_name=_("activité")
    )
    number = models.CharField(_("numéro"), max_length=24, unique=True, default=new_number)
    label = models.CharField(_("intitulé"), max_length=200)
    maximum = models.FloatField(_("sur"))
    resource = models.CharField(_("ressource du service"), max_length=255, blank=True, default="")
    tag = models.CharField(_("étiquette du service"), max_length=255, blank=True, default="")
    starts_at = models.DateTimeField(_("début"), null=True, blank=True)
    ends_at = models.DateTimeField(_("fin"), null=True, blank=True)

    objects = ColumnQuerySet.as_manager()

    class Meta:
        verbose_name = _("résultat attendu")
        verbose_name_plural = _("résultats attendus")
        ordering = ["pk"]


class ScoreQuerySet(SchoolQuerySet):
    school_path = "column__context__opening__school"

    def visible_to(self, viewer: "Viewer") -> Self:
        """The head and whoever is in charge of the class, of those who learn there; a pupil's own, to them and their family."""
        seen = self.filter(column__context__in=Context.objects.visible_to(viewer))
        return seen if viewer.is_staff else seen.filter(pupil__in=viewer.own_pupils())


class Score(models.Model):
    """The last thing that a service said of a pupil's work. `given` is empty where it said no number. `said_at`: the
    service's own clock; what it says later stands, what it said before is not taken."""

    column = models.ForeignKey(Column, models.CASCADE, related_name="scores", verbose_name=_("résultat"))
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("élève"))
    given = models.FloatField(_("note"), null=True, blank=True)
    maximum = models.FloatField(_("note sur"), null=True, blank=True)
    comment = models.CharField(_("remarque du service"), max_length=1_000, blank=True, default="")
    activity = models.CharField(_("avancement"), max_length=12)
    grading = models.CharField(_("état de la note"), max_length=14)
    said_at = models.DateTimeField(_("dit le"))

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("résultat d’une activité")
        verbose_name_plural = _("résultats d’activités")
        constraints = [models.UniqueConstraint(fields=["column", "pupil"], name="one_score_a_pupil")]
