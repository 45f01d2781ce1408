"""Who may write to whom in a school: one readable table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School
from preau.directory.models.scoping import MemberQuerySet
from preau.directory.words import Role


class Writer(models.TextChoices):
    """The lines of the table."""

    STAFF = "staff", _("Direction, vie scolaire et autres adultes")
    TEACHER = "teacher", _("Enseignants")
    GUARDIAN = "guardian", _("Parents et responsables")
    PUPIL = "pupil", _("Élèves")


class Reader(models.TextChoices):
    """The columns of the table."""

    TEACHER = "teacher", _("Aux enseignants")
    STAFF = "staff", _("Aux autres adultes")
    GUARDIAN = "guardian", _("Aux parents")
    PUPIL = "pupil", _("Aux élèves")


class Scope(models.TextChoices):
    """How far: one's own are the classes that one teaches, or that one's children are in; of the adults, those that the school chose."""

    NONE = "none", _("Personne")
    OWN = "own", _("Les siens")
    ALL = "all", _("Tous")


def first_roles() -> list[str]:
    """The adults to whom pupils and families may write before a school has chosen: CPE and nurse."""
    return [Role.SCHOOL_LIFE.value, Role.NURSE.value]


class Policy(models.Model):
    """What one school allows. `scopes` holds what differs from the first table: « pupil.pupil » → « own ».

    `adult_roles`: to whom pupils and families may write besides teachers. `referents` receive what is reported; without any,
    head and school life do.
    """

    class ReadState(models.TextChoices):
        HIDDEN = "hidden", _("Ne rien dire")
        READ = "read", _("« Lu », sans l’heure")
        HOUR = "hour", _("« Lu », avec l’heure")

    school = models.OneToOneField(
        School, models.CASCADE, related_name="messaging_policy", verbose_name=_("établissement")
    )
    scopes = models.JSONField(_("qui écrit à qui"), default=dict)
    adult_roles = models.JSONField(_("adultes joignables"), default=first_roles)
    referents = models.ManyToManyField(
        Person, blank=True, related_name="messaging_referent_of", verbose_name=_("adultes référents")
    )
    read_state = models.CharField(
        _("état de lecture"), max_length=6, choices=ReadState.choices, default=ReadState.READ
    )
    changed_at = models.DateTimeField(_("changé le"), null=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("règle de la messagerie")
        verbose_name_plural = _("règles de la messagerie")
