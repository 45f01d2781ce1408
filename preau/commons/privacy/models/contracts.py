"""A school leaves at the end of its contract: everything of it is counted, agreed to by two operators, waits, then goes (docs/decisions/0181)."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.commons.platform.models import operated_by
from preau.commons.privacy.models.requests import RIGHTS
from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.words import Profile

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class SchoolErasureQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those of the schools that an operator runs; once two operators agree, whoever answers for the data of that school."""
        if viewer.profile == Profile.OPERATOR:
            return self.filter(operated_by(viewer, "school__"))
        if not viewer.has_power(RIGHTS):
            return self.none()
        return self.in_school(viewer).filter(
            state__in=[SchoolErasure.State.CONFIRMED, SchoolErasure.State.ERASING]
        )

    def open(self) -> Self:
        """Those that are neither finished nor called off."""
        return self.exclude(state__in=[SchoolErasure.State.DONE, SchoolErasure.State.CALLED_OFF])

    def to_execute(self, day: date) -> Self:
        """Those of which the delay is over, and those that have begun."""
        waited = Q(state=SchoolErasure.State.CONFIRMED, due__lte=day)
        return self.filter(waited | Q(state=SchoolErasure.State.ERASING))


class SchoolErasure(models.Model):
    """The end of the contract of one school: one operator prepares, another confirms; from `due` on, a task erases all of it.

    `people`: those who are of no other school, and go; `staying`: those who are of another one too. Nobody's name.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("À confirmer")
        CONFIRMED = "confirmed", _("Délai en cours")
        ERASING = "erasing", _("Effacement en cours")
        DONE = "done", _("Effacé")
        CALLED_OFF = "called_off", _("Abandonné")

    # The row of a school stays, as what its journal speaks of.
    school = models.ForeignKey(
        School, models.PROTECT, related_name="erasures", verbose_name=_("établissement")
    )
    state = models.CharField(_("état"), max_length=10, choices=State.choices, default=State.PREPARED)
    prepared_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("préparé par")
    )
    prepared_at = models.DateTimeField(_("préparé le"))
    confirmed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmé par")
    )
    confirmed_at = models.DateTimeField(_("confirmé le"), null=True)
    due = models.DateField(_("effacé à partir du"), null=True)
    called_off_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("abandonné par")
    )
    called_off_at = models.DateTimeField(_("abandonné le"), null=True)
    people = models.PositiveIntegerField(_("personnes qui partent"), default=0)
    staying = models.PositiveIntegerField(_("personnes d’un autre établissement aussi"), default=0)
    erased_people = models.PositiveIntegerField(_("personnes effacées"), default=0)
    people_done_at = models.DateTimeField(_("personnes effacées le"), null=True)
    done_at = models.DateTimeField(_("fini le"), null=True)

    objects = SchoolErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("fin de contrat d’un établissement")
        verbose_name_plural = _("fins de contrat")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"],
                condition=Q(state__in=["prepared", "confirmed", "erasing"]),
                name="one_open_erasure_of_a_school",
            ),
            # Nobody erases a school alone.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("prepared_by")),
                name="school_erased_by_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "erasing"]) | Q(due__isnull=False),
                name="school_erasure_waits_for_a_day",
            ),
        ]

    @property
    def may_be_called_off(self) -> bool:
        return self.state in {self.State.PREPARED, self.State.CONFIRMED}

    @property
    def tag(self) -> tuple[str, str]:
        """Its state in a word, as `ui.tag` shows it."""
        tones = {"prepared": "todo", "confirmed": "changed", "done": "done"}
        return str(self.State(self.state).label), tones.get(self.state, "neutral")


class SchoolErasurePartQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(erasure__in=SchoolErasure.objects.visible_to(viewer))


class SchoolErasurePart(models.Model):
    """One table (`table`: its label in the code) of a school that leaves: how many rows were counted, went, and stay because
    a row of another school needs them."""

    erasure = models.ForeignKey(
        SchoolErasure, models.CASCADE, related_name="parts", verbose_name=_("fin de contrat")
    )
    table = models.CharField(_("table"), max_length=80)
    place = models.PositiveSmallIntegerField(_("rang"))
    count = models.PositiveIntegerField(_("lignes comptées"), default=0)
    erased = models.PositiveIntegerField(_("lignes effacées"), default=0)
    left = models.PositiveIntegerField(_("lignes laissées"), default=0)
    done_at = models.DateTimeField(_("fini le"), null=True)

    objects = SchoolErasurePartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part d’une fin de contrat")
        verbose_name_plural = _("parts de fins de contrat")
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["erasure", "table"], name="one_part_per_table_of_an_erasure")
        ]
