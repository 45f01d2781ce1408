"""What a pupil commits to: a measure of responsibility, which is a sanction's; a contract, which is nobody's sanction."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.conduct.models.incidents import INCIDENTS
from preau.domains.conduct.models.sanctions import Sanction

# Code de l'éducation, article R. 511-13, II.
MOST_HOURS = 20


class ResponsibilityQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever sees the sanction."""
        return self.filter(sanction__in=Sanction.objects.visible_to(viewer))


class Responsibility(models.Model):
    """A measure of responsibility as it is carried out: where, how long, and who agreed to it outside of the school."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("En préparation")
        DONE = "done", _("Accomplie")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="responsibilities", verbose_name=_("établissement")
    )
    sanction = models.OneToOneField(
        Sanction, models.CASCADE, related_name="responsibility", verbose_name=_("sanction")
    )
    host = models.CharField(_("lieu ou structure d’accueil"), max_length=160)
    is_outside = models.BooleanField(_("hors de l’établissement"), default=False)
    task = models.CharField(_("activité"), max_length=500)
    hours = models.PositiveSmallIntegerField(_("heures"))
    signed_on = models.DateField(_("convention signée le"), null=True, blank=True)
    pupil_agreed_on = models.DateField(_("accord de l’élève le"), null=True, blank=True)
    guardian_agreed_on = models.DateField(_("accord d’un responsable le"), null=True, blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.PREPARED)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("mesure de responsabilisation")
        verbose_name_plural = _("mesures de responsabilisation")
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=MOST_HOURS), name="responsibility_within_twenty_hours"
            )
        ]

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE


class ContractQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """School life and head; a family its own pupils'."""
        if viewer.has_power(INCIDENTS):
            return self.in_school(viewer)
        return self.none() if viewer.is_staff else self.filter(pupil__in=viewer.own_pupils())


class Contract(models.Model):
    """Goals that a pupil and the school set together for some weeks, what the school does to help, and how it goes."""

    class State(models.TextChoices):
        RUNNING = "running", _("En cours")
        ENDED = "ended", _("Terminé")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="contracts", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="contracts", verbose_name=_("élève"))
    goals = models.CharField(_("objectifs"), max_length=500)
    help = models.CharField(_("aide de l’établissement"), max_length=500)
    starts = models.DateField(_("du"))
    ends = models.DateField(_("au"))
    state = models.CharField(_("état"), max_length=7, choices=State.choices, default=State.RUNNING)
    outcome = models.CharField(_("bilan"), max_length=500, blank=True)
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="contracts_opened", verbose_name=_("proposé par")
    )
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contrat d’objectifs")
        verbose_name_plural = _("contrats d’objectifs")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="contract_ends_after_start"),
            models.UniqueConstraint(
                fields=["opened_by", "sent_as"], condition=~Q(sent_as=""), name="one_contract_per_form"
            ),
        ]
        indexes = [models.Index(fields=["school", "state"], name="contract_by_state")]

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING


class ContractWeekQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(contract__in=Contract.objects.visible_to(viewer))


class ContractWeek(models.Model):
    """How one week of a contract went, in words that the pupil and the family read."""

    class How(models.TextChoices):
        MET = "met", _("Objectifs tenus")
        PARTLY = "partly", _("Tenus en partie")
        NOT_YET = "not_yet", _("Pas encore tenus")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="contract_weeks", verbose_name=_("établissement")
    )
    contract = models.ForeignKey(Contract, models.CASCADE, related_name="weeks", verbose_name=_("contrat"))
    monday = models.DateField(_("semaine du"))
    how = models.CharField(_("comment"), max_length=7, choices=How.choices)
    note = models.CharField(_("point de la semaine"), max_length=300, blank=True)
    noted_by = models.ForeignKey(
        Person, models.PROTECT, related_name="contract_weeks", verbose_name=_("noté par")
    )
    noted_at = models.DateTimeField(_("noté à"))

    objects = ContractWeekQuerySet.as_manager()

    class Meta:
        verbose_name = _("semaine d’un contrat")
        verbose_name_plural = _("semaines d’un contrat")
        ordering = ["monday"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "monday"], name="one_note_per_week"),
        ]
