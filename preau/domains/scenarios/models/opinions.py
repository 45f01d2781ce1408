"""What teachers say of a resource or of a scenario, what is reported, and what was decided."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models.scenarios import Scenario, written_by
from preau.identity.rules import runs_platform


class Mark(models.IntegerChoices):
    """From one to five, in words."""

    ONE = 1, _("1 : pas du tout")
    TWO = 2, _("2 : un peu")
    THREE = 3, _("3 : assez")
    FOUR = 4, _("4 : bien")
    FIVE = 5, _("5 : très bien")


# What is judged, and the question it answers.
CRITERIA = {
    "clarity": _("Clarté"),
    "interest": _("Intérêt des élèves"),
    "access": _("Accessibilité"),
    "ease": _("Facilité de mise en œuvre"),
}


def one_target(first: str, second: str, name: str) -> models.CheckConstraint:
    """Of one thing, and of one only."""
    none = {f"{first}__isnull": True, f"{second}__isnull": False}
    other = {f"{first}__isnull": False, f"{second}__isnull": True}
    return models.CheckConstraint(condition=Q(**none) | Q(**other), name=name)


class TeacherReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, to change or to take away. What is shown of all of them has its own door."""
        return self.filter(person_id=viewer.person.pk) if viewer.is_staff else self.none()

    def shown(self) -> Self:
        """What anyone in the world may read."""
        return self.filter(hidden_at=None)


class Review(models.Model):
    """What a teacher says of a resource or of a scenario that they know. `signed`: the words by which they chose to be named."""

    class Signature(models.TextChoices):
        ROLE = "role", _("Sans nom : « Enseignante de CE1 », par exemple")
        NAME = "name", _("Mon prénom et mon nom")

    person = models.ForeignKey(
        Person, models.CASCADE, related_name="reviews_of_works", verbose_name=_("enseignant")
    )
    resource = models.ForeignKey(
        Resource, models.CASCADE, null=True, blank=True, related_name="reviews", verbose_name=_("ressource")
    )
    scenario = models.ForeignKey(
        Scenario,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("scénario pédagogique"),
    )
    clarity = models.PositiveSmallIntegerField(_("clarté"), choices=Mark.choices)
    interest = models.PositiveSmallIntegerField(_("intérêt des élèves"), choices=Mark.choices)
    access = models.PositiveSmallIntegerField(_("accessibilité"), choices=Mark.choices)
    ease = models.PositiveSmallIntegerField(_("facilité de mise en œuvre"), choices=Mark.choices)
    level = models.CharField(_("niveau"), max_length=120)
    context = models.CharField(_("contexte"), max_length=200, blank=True)
    text = models.TextField(_("avis"), blank=True)
    signature = models.CharField(
        _("signature"), max_length=4, choices=Signature.choices, default=Signature.ROLE
    )
    signed = models.CharField(_("signé"), max_length=220)
    made_at = models.DateTimeField(_("écrit à"))
    changed_at = models.DateTimeField(_("modifié à"))
    hidden_at = models.DateTimeField(_("masqué à"), null=True, blank=True)

    objects = TeacherReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis d’un enseignant")
        verbose_name_plural = _("avis d’enseignants")
        ordering = ["-changed_at", "-pk"]
        constraints = [
            one_target("resource", "scenario", "review_of_one_work"),
            models.UniqueConstraint(fields=["person", "resource"], name="one_review_a_resource"),
            models.UniqueConstraint(fields=["person", "scenario"], name="one_review_a_scenario"),
        ]

    @property
    def marks(self) -> list[tuple[str, int]]:
        """Each criterion, and what was given."""
        return [(str(label), getattr(self, key)) for key, label in CRITERIA.items()]

    @property
    def work(self) -> Any:
        return self.resource or self.scenario


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Moderators; once it is hidden, whoever wrote what was reported."""
        if runs_platform(viewer):
            return self.all()
        if not viewer.is_staff:
            return self.none()
        own = Q(review__person_id=viewer.person.pk) | Q(written_by(viewer, "scenario_id"))
        return self.filter(own, Q(hidden=True) | ~Q(appealed_at=None))

    def waiting(self) -> Self:
        """Those that a moderator has to look at: never decided, reported again, or appealed."""
        return self.filter(Q(state=Case.State.OPEN) | Q(state=Case.State.APPEALED))


class Case(models.Model):
    """What was reported: a review or a published scenario, once for all its reports. `why` is told to its author.

    Who is told that it is hidden may appeal once; the second decision is the last.
    """

    class State(models.TextChoices):
        OPEN = "open", _("À regarder")
        DECIDED = "decided", _("Décidé")
        APPEALED = "appealed", _("Contesté")
        CLOSED = "closed", _("Décidé après contestation")

    review = models.OneToOneField(
        Review, models.CASCADE, null=True, blank=True, related_name="case", verbose_name=_("avis")
    )
    scenario = models.OneToOneField(
        Scenario,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="case",
        verbose_name=_("scénario pédagogique"),
    )
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    hidden = models.BooleanField(_("masqué"), default=False)
    why = models.TextField(_("raison"), blank=True)
    decided_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases_decided",
        verbose_name=_("décidé par"),
    )
    decided_at = models.DateTimeField(_("décidé à"), null=True, blank=True)
    appeal = models.TextField(_("contestation"), blank=True)
    appealed_at = models.DateTimeField(_("contesté à"), null=True, blank=True)
    opened_at = models.DateTimeField(_("ouvert à"))

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement à regarder")
        verbose_name_plural = _("signalements à regarder")
        ordering = ["opened_at", "pk"]
        constraints = [one_target("review", "scenario", "case_of_one_thing")]

    @property
    def is_waiting(self) -> bool:
        return self.state in {self.State.OPEN, self.State.APPEALED}


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Moderators, and whoever made it; never whoever wrote what was reported."""
        if runs_platform(viewer):
            return self.all()
        return self.filter(person_id=viewer.person.pk)


class Report(models.Model):
    """Somebody says that something should not be there."""

    class Reason(models.TextChoices):
        NAMED = "named", _("Quelqu’un y est nommé ou reconnaissable")
        RIGHTS = "rights", _("C’est copié sans en avoir le droit")
        HURTFUL = "hurtful", _("C’est blessant ou choquant")
        WRONG = "wrong", _("C’est faux ou dangereux")
        OTHER = "other", _("Autre chose")

    case = models.ForeignKey(Case, models.CASCADE, related_name="reports", verbose_name=_("signalement"))
    person = models.ForeignKey(
        Person, models.CASCADE, related_name="reports_of_works", verbose_name=_("signalé par")
    )
    reason = models.CharField(_("raison"), max_length=8, choices=Reason.choices)
    words = models.CharField(_("précision"), max_length=500, blank=True)
    made_at = models.DateTimeField(_("signalé à"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="one_report_a_person_a_case")]
