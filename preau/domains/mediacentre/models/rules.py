"""Who has which resources: rules over the directory, exceptions by person, and the history of both."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Person, School, Subject
from preau.domains.mediacentre.models.resources import AssignerQuerySet, Resource
from preau.domains.mediacentre.models.words import Public


class Rule(models.Model):
    """Some resources for those whom the directory says: a public, whole or narrowed by its targets; or named people.

    It is read from the directory each time, so that it stays true. Ended, it is kept and may be taken up again. `sent_as` is the number
    of the form it came from.
    """

    class Scope(models.TextChoices):
        ALL = "all", _("Tous")
        LEVELS = "levels", _("Certains niveaux")
        GROUPS = "groups", _("Certaines classes, certains groupes")
        SUBJECTS = "subjects", _("Certaines matières")
        PEOPLE = "people", _("Des personnes choisies")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="resource_rules", verbose_name=_("établissement")
    )
    public = models.CharField(_("public"), max_length=10, choices=Public.choices, blank=True)
    scope = models.CharField(_("étendue"), max_length=8, choices=Scope.choices)
    resources = models.ManyToManyField(Resource, related_name="rules", verbose_name=_("ressources"))
    made_by = models.ForeignKey(
        Person, models.PROTECT, related_name="resource_rules_made", verbose_name=_("faite par")
    )
    made_at = models.DateTimeField(_("faite le"))
    ended_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resource_rules_ended",
        verbose_name=_("retirée par"),
    )
    ended_at = models.DateTimeField(_("retirée le"), null=True, blank=True)
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = AssignerQuerySet.as_manager()

    class Meta:
        verbose_name = _("attribution")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="people", public="") | Q(~Q(public=""), ~Q(scope="people")),
                name="rule_names_a_public_or_people",
            ),
            models.CheckConstraint(
                condition=~Q(scope="levels") | Q(public=Public.PUPIL), name="levels_are_of_pupils"
            ),
            models.CheckConstraint(
                condition=~Q(scope="subjects") | Q(public=Public.TEACHER), name="subjects_are_of_teachers"
            ),
            models.UniqueConstraint(
                fields=["made_by", "sent_as"], condition=~Q(sent_as=""), name="one_rule_per_form"
            ),
        ]
        indexes = [models.Index(fields=["school", "ended_at"], name="rule_in_force")]


class ResourceTargetQuerySet(AssignerQuerySet):
    """A person named is named to whoever assigns; everybody reads their own in « Mes données »."""


class Target(models.Model):
    """What narrows a rule: a level, a class or a group, a subject; or whom it names."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="resource_targets", verbose_name=_("établissement")
    )
    rule = models.ForeignKey(Rule, models.CASCADE, related_name="targets", verbose_name=_("attribution"))
    level = models.CharField(_("niveau"), max_length=20, blank=True)
    group = models.ForeignKey(
        Group,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="resource_targets",
        verbose_name=_("classe ou groupe"),
    )
    subject = models.ForeignKey(
        Subject,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="resource_targets",
        verbose_name=_("matière"),
    )
    person = models.ForeignKey(
        Person,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="resource_targets",
        verbose_name=_("personne"),
    )

    objects = ResourceTargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("ce que vise une attribution")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(~Q(level=""), group=None, subject=None, person=None)
                | Q(level="", group__isnull=False, subject=None, person=None)
                | Q(level="", group=None, subject__isnull=False, person=None)
                | Q(level="", group=None, subject=None, person__isnull=False),
                name="target_is_one_thing",
            ),
            models.UniqueConstraint(
                fields=["rule", "person"], condition=Q(person__isnull=False), name="one_target_a_person"
            ),
        ]


class ExemptionQuerySet(AssignerQuerySet):
    """That somebody does not have what the others have is for whoever assigns."""


class Exemption(models.Model):
    """Somebody who does not have a resource, whatever its rules say."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="resource_exemptions", verbose_name=_("établissement")
    )
    resource = models.ForeignKey(
        Resource, models.CASCADE, related_name="exemptions", verbose_name=_("ressource")
    )
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="resource_exemptions", verbose_name=_("personne")
    )
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("mise à part par"))
    made_at = models.DateTimeField(_("mise à part le"))

    objects = ExemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exception à une attribution")
        verbose_name_plural = _("exceptions à des attributions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["resource", "person"], name="one_exemption_a_person")]


class ResourceStepQuerySet(AssignerQuerySet):
    """The history of a resource."""


class Step(models.Model):
    """One step of the life of a resource in a school. Only added. `by` is empty for what the operator's command did."""

    class Gesture(models.TextChoices):
        LISTED = "listed", _("Entrée dans la liste")
        CLOSED = "closed", _("Sortie de la liste : attributions suspendues")
        BACK = "back", _("Revenue dans la liste : attributions reprises")
        ASSIGNED = "assigned", _("Attribuée")
        ENDED = "ended", _("Attribution retirée")
        RESTORED = "restored", _("Attribution rétablie")
        APART = "apart", _("Retirée à une personne")
        AGAIN = "again", _("Rendue à une personne")
        LICENCES = "licences", _("Licences changées à la main")
        SHOWN = "shown", _("Montrée aux familles")
        HIDDEN = "hidden", _("N’est plus montrée aux familles")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="resource_steps", verbose_name=_("établissement")
    )
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="steps", verbose_name=_("ressource"))
    rule = models.ForeignKey(
        Rule, models.CASCADE, null=True, blank=True, related_name="steps", verbose_name=_("attribution")
    )
    gesture = models.CharField(_("geste"), max_length=8, choices=Gesture.choices)
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    at = models.DateTimeField("à")

    objects = ResourceStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape d’une ressource")
        verbose_name_plural = _("étapes de ressources")
        ordering = ["-pk"]
