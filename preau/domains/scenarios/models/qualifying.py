"""What several people do together before a resource is recommended: who moved it, what was said and tried."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.identity.rules import runs_platform

# The key of the power that a head may give to a teacher, until a day.
QUALIFIES = "qualify_resources"


class OfQualifiers:
    """Rows that belong to no school: those who qualify resources read them, wherever they are."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever runs the platform, and whoever was given it."""
        qualifies = runs_platform(viewer) or viewer.has_power(QUALIFIES)
        return self.all() if qualifies else self.none()  # type: ignore[attr-defined, no-any-return]


class QualificationQuerySet(OfQualifiers, models.QuerySet["Qualification"]):
    pass


class Qualification(models.Model):
    """Where a resource stands. `moved_by` brought it there, and cannot be who brings it further."""

    class State(models.TextChoices):
        NOTICED = "noticed", _("Signalée")
        CLEARED = "cleared", _("Droits vérifiés")
        TRIED = "tried", _("Essayée en classe")
        RECOMMENDED = "recommended", _("Recommandée")
        AGAIN = "again", _("À revoir")

    resource = models.OneToOneField(
        Resource, models.CASCADE, related_name="qualification", verbose_name=_("ressource")
    )
    state = models.CharField(_("état"), max_length=12, choices=State.choices, default=State.NOTICED)
    moved_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="qualifications_moved",
        verbose_name=_("menée là par"),
    )
    assigned_to = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="qualifications_assigned",
        verbose_name=_("suivie par"),
    )
    trials = models.PositiveIntegerField(_("retours de classe"), default=0)
    opened_at = models.DateTimeField(_("ouverte à"))
    changed_at = models.DateTimeField(_("changée à"))

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification d’une ressource")
        verbose_name_plural = _("qualifications de ressources")
        ordering = ["-changed_at", "-pk"]

    @property
    def nexts(self) -> list[tuple[str, str]]:
        """The states to which it may go from here."""
        return [(key, str(self.State(key).label)) for key in NEXT[self.state]]


State = Qualification.State
# « À revoir » is open from everywhere, and leads back to the rights.
NEXT: dict[str, tuple[str, ...]] = {
    State.NOTICED: (State.CLEARED, State.AGAIN),
    State.CLEARED: (State.TRIED, State.AGAIN),
    State.TRIED: (State.RECOMMENDED, State.AGAIN),
    State.RECOMMENDED: (State.AGAIN,),
    State.AGAIN: (State.CLEARED,),
}


class QualificationStepQuerySet(OfQualifiers, models.QuerySet["QualificationStep"]):
    pass


class QualificationStep(models.Model):
    """One line of its history. Rows are only added. `signed`: what its author was, without a name: people of other schools read it."""

    class Kind(models.TextChoices):
        MOVE = "move", _("Changement d’état")
        TRIAL = "trial", _("Retour de classe")
        COMMENT = "comment", _("Commentaire")
        TAKEN = "taken", _("Prise en charge")
        LEFT = "left", _("Fin de prise en charge")

    qualification = models.ForeignKey(
        Qualification, models.CASCADE, related_name="steps", verbose_name=_("qualification d’une ressource")
    )
    kind = models.CharField(_("genre"), max_length=8, choices=Kind.choices)
    state = models.CharField(_("état"), max_length=12, choices=State.choices)
    words = models.TextField(_("mots"), blank=True)
    by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="qualification_steps",
        verbose_name=_("par"),
    )
    signed = models.CharField(_("en tant que"), max_length=60)
    at = models.DateTimeField(_("le"))

    objects = QualificationStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("étape d’une qualification")
        verbose_name_plural = _("étapes de qualifications")
        ordering = ["-pk"]
