"""A sanction, from the procedure that opens it to the day it is erased; and the register, which names nobody."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.domains.conduct.models.incidents import FOLLOWS, Incident


class SanctionQuerySet(SchoolQuerySet):
    def waiting(self) -> Self:
        """Procedures on which nobody has decided."""
        return self.filter(state=Sanction.State.OPEN)

    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, by their function alone; the pupil, and guardians who may be informed. No other adult."""
        if viewer.holds(*FOLLOWS):
            return self.in_school(viewer)
        return self.none() if viewer.is_staff else self.filter(pupil__in=viewer.own_pupils())


class Sanction(models.Model):
    """A disciplinary procedure and the sanction it leads to (Code de l'éducation, articles R. 421-10-1 and R. 511-13).

    `facts` are what the pupil is told to have done, `grounds` why the sanction was chosen: both are read by the family.
    `kept_until` is the last day it may stay in the file; without one, until the end of schooling in the second degree.
    """

    class Kind(models.TextChoices):
        WARNING = "warning", _("Avertissement")
        BLAME = "blame", _("Blâme")
        RESPONSIBILITY = "responsibility", _("Mesure de responsabilisation")
        CLASS_OUT = "class_out", _("Exclusion temporaire de la classe")
        SCHOOL_OUT = "school_out", _("Exclusion temporaire de l’établissement ou d’un service annexe")
        EXPULSION = "expulsion", _("Exclusion définitive de l’établissement ou d’un service annexe")

    class Authority(models.TextChoices):
        HEAD = "head", _("Chef d’établissement")
        COUNCIL = "council", _("Conseil de discipline")

    class State(models.TextChoices):
        OPEN = "open", _("Procédure en cours")
        PRONOUNCED = "pronounced", _("Prononcée")
        DROPPED = "dropped", _("Sans suite")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="sanctions", verbose_name=_("établissement")
    )
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="sanctions", verbose_name=_("élève"))
    incident = models.ForeignKey(
        Incident,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sanctions",
        verbose_name=_("incident"),
    )
    authority = models.CharField(_("décidée par"), max_length=7, choices=Authority.choices)
    facts = models.TextField(_("faits reprochés"), max_length=2000)
    opened_by = models.ForeignKey(
        Person, models.PROTECT, related_name="procedures_opened", verbose_name=_("procédure ouverte par")
    )
    told_on = models.DateField(_("famille informée le"))
    defend_until = models.DateField(_("observations jusqu’au"))
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.OPEN)
    kind = models.CharField(_("sanction"), max_length=14, choices=Kind.choices, blank=True)
    grounds = models.TextField(_("motifs de la décision"), max_length=2000, blank=True)
    pronounced_on = models.DateField(_("prononcée le"), null=True, blank=True)
    pronounced_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sanctions_pronounced",
        verbose_name=_("signée par"),
    )
    starts = models.DateField(_("du"), null=True, blank=True)
    ends = models.DateField(_("au"), null=True, blank=True)
    suspended_until = models.DateField(_("sursis jusqu’au"), null=True, blank=True)
    kept_until = models.DateField(_("gardée au dossier jusqu’au"), null=True, blank=True)
    register_line = models.OneToOneField(
        "RegisterLine",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sanction",
        verbose_name=_("ligne du registre"),
    )
    sent_as = models.CharField(_("numéro du formulaire"), max_length=32, blank=True)

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sanction")
        ordering = ["-told_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="pronounced", pronounced_on__isnull=False) & ~Q(kind="")
                | ~Q(state="pronounced") & Q(pronounced_on=None),
                name="pronounced_says_what_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind="expulsion") | Q(authority="council"), name="expulsion_is_for_the_council"
            ),
            models.UniqueConstraint(
                fields=["opened_by", "sent_as"], condition=~Q(sent_as=""), name="one_procedure_per_form"
            ),
        ]
        indexes = [
            models.Index(fields=["school", "state"], name="sanction_by_state"),
            models.Index(fields=["pupil"], name="sanction_of_pupil"),
            models.Index(fields=["kept_until"], name="sanction_by_term"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_pronounced(self) -> bool:
        return self.state == self.State.PRONOUNCED


class ObservationQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life; of a family, only whoever wrote it: a separated parent's words are theirs."""
        if viewer.holds(*FOLLOWS):
            return self.in_school(viewer)
        if viewer.is_staff:
            return self.none()
        return self.filter(by_id=viewer.person.pk, sanction__pupil__in=viewer.own_pupils())


class Observation(models.Model):
    """What a pupil or a guardian answers before the decision. Nobody's answer is changed: another one is added."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="observations", verbose_name=_("établissement")
    )
    sanction = models.ForeignKey(
        Sanction, models.CASCADE, related_name="observations", verbose_name=_("procédure")
    )
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="observations_made", verbose_name=_("de la part de")
    )
    text = models.TextField(_("observations"), max_length=4000)
    at = models.DateTimeField(_("reçues à"))

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observations sur une procédure")
        verbose_name_plural = _("observations sur des procédures")
        ordering = ["pk"]


class RegisterLineQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life. It names nobody, and in a small school that is not enough to show it to all."""
        return self.in_school(viewer) if viewer.holds(*FOLLOWS) else self.none()


class RegisterLine(models.Model):
    """One line of the register of sanctions: what was decided and why, without whom. It outlives the sanction."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="sanction_register", verbose_name=_("établissement")
    )
    pronounced_on = models.DateField(_("prononcée le"))
    kind = models.CharField(_("sanction"), max_length=14, choices=Sanction.Kind.choices)
    authority = models.CharField(_("décidée par"), max_length=7, choices=Sanction.Authority.choices)
    days = models.PositiveSmallIntegerField(_("jours"), null=True, blank=True)
    is_suspended = models.BooleanField(_("avec sursis"), default=False)
    facts = models.CharField(_("faits et circonstances, sans nom"), max_length=500)

    objects = RegisterLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("ligne du registre des sanctions")
        verbose_name_plural = _("registre des sanctions")
        ordering = ["-pronounced_on", "-pk"]
        indexes = [models.Index(fields=["school", "pronounced_on"], name="register_by_day")]
