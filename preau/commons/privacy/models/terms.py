"""What is past its term in a school: counted, agreed to by two people, then erased batch by batch (docs/decisions/0113)."""

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

# After so many reminders without an answer, whoever operates the platform is shown it.
LATE_AFTER = 3


class RetentionRunQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those of the school, to whoever answers for its data. Of the schools that an operator runs, in numbers, what waits,
        and what they confirmed."""
        if viewer.profile == Profile.OPERATOR:
            waits = Q(state__in=[RetentionRun.State.PREPARED, RetentionRun.State.APPROVED])
            seen = waits | Q(confirmed_by=viewer.person.pk) | Q(school=None)
            return self.filter(operated_by(viewer, "school__"), seen)
        return self.in_school(viewer) if viewer.has_power(RIGHTS) else self.none()

    def open(self) -> Self:
        """Those that are not executed yet."""
        return self.exclude(state=RetentionRun.State.DONE)

    def undecided(self) -> Self:
        return self.filter(state__in=[RetentionRun.State.PREPARED, RetentionRun.State.APPROVED])

    def late(self) -> Self:
        return self.undecided().filter(reminded__gte=LATE_AFTER, postponed_until=None)


class RetentionRun(models.Model):
    """All that is past its term in one school on `day` (`school`: None for what is of no school).

    One person approves, another confirms; then a task erases. `postponed_until`: nobody is reminded before that day.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", _("À décider")
        APPROVED = "approved", _("Une personne est d’accord")
        CONFIRMED = "confirmed", _("Effacement en cours")
        DONE = "done", _("Effacé")

    school = models.ForeignKey(
        School, models.PROTECT, null=True, related_name="retention_runs", verbose_name=_("établissement")
    )
    day = models.DateField(_("jour des comptes"))
    state = models.CharField(_("état"), max_length=9, choices=State.choices, default=State.PREPARED)
    prepared_at = models.DateTimeField(_("préparé le"))
    approved_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("premier accord")
    )
    approved_at = models.DateTimeField(_("premier accord le"), null=True)
    confirmed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("second accord")
    )
    confirmed_at = models.DateTimeField(_("second accord le"), null=True)
    postponed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("reporté par")
    )
    postponed_until = models.DateField(_("reporté jusqu’au"), null=True)
    postponed_why = models.CharField(_("raison du report"), max_length=300, blank=True)
    reminded = models.PositiveSmallIntegerField(_("rappels"), default=0)
    reminded_on = models.DateField(_("dernier rappel"), null=True)
    done_at = models.DateTimeField(_("fini le"), null=True)

    objects = RetentionRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("effacement à terme")
        verbose_name_plural = _("effacements à terme")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school"], condition=~Q(state="done"), name="one_open_retention_run"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(school=None) & ~Q(state="done"), name="one_open_platform_run"
            ),
            # Nobody erases alone.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=models.F("approved_by")),
                name="retention_by_two_people",
            ),
            models.CheckConstraint(
                condition=Q(postponed_until=None, postponed_why="")
                | (Q(postponed_until__isnull=False) & ~Q(postponed_why="")),
                name="retention_postponed_with_why",
            ),
        ]

    @property
    def is_undecided(self) -> bool:
        return self.state in {self.State.PREPARED, self.State.APPROVED}

    @property
    def is_late(self) -> bool:
        return self.is_undecided and self.reminded >= LATE_AFTER and self.postponed_until is None

    @property
    def tag(self) -> tuple[str, str]:
        """Its state in a word, as `ui.tag` shows it."""
        if self.is_undecided and self.postponed_until:
            return str(_("Reporté")), "neutral"
        if self.is_late:
            return str(_("En retard")), "changed"
        tone = {"prepared": "todo", "approved": "todo", "done": "done"}.get(self.state, "neutral")
        return str(self.State(self.state).label), tone

    def waits_on(self, day: date) -> bool:
        """Does it wait for somebody on that day?"""
        return self.is_undecided and (self.postponed_until is None or self.postponed_until < day)


class RetentionPartQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(run__in=RetentionRun.objects.visible_to(viewer))


class RetentionPart(models.Model):
    """What one rule (`rule`: its key, `since`: which one of that key) finds: counts and days, no name.

    `reached`: the key of the last row that its task has looked at.
    """

    run = models.ForeignKey(
        RetentionRun, models.CASCADE, related_name="parts", verbose_name=_("effacement à terme")
    )
    rule = models.CharField(_("règle"), max_length=60)
    since = models.DateField(_("règle en vigueur depuis"))
    count = models.PositiveIntegerField(_("lignes à terme"))
    held = models.PositiveIntegerField(_("lignes retenues"), default=0)
    oldest = models.DateField(_("la plus ancienne"), null=True)
    newest = models.DateField(_("la plus récente"), null=True)
    erased = models.PositiveIntegerField(_("lignes effacées"), default=0)
    reached = models.BigIntegerField(_("dernière ligne vue"), default=0)
    done_at = models.DateTimeField(_("fini le"), null=True)

    objects = RetentionPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part d’un effacement à terme")
        verbose_name_plural = _("parts d’effacements à terme")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "rule"], name="one_part_per_rule_of_a_run"),
        ]


class RetentionBatchQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(part__in=RetentionPart.objects.visible_to(viewer))


class RetentionBatch(models.Model):
    """One transaction of a run: how many rows went, how many stayed because something kept points at them."""

    part = models.ForeignKey(
        RetentionPart, models.CASCADE, related_name="batches", verbose_name=_("part d’un effacement à terme")
    )
    erased = models.PositiveIntegerField(_("lignes effacées"))
    left = models.PositiveIntegerField(_("lignes laissées"))
    at = models.DateTimeField(_("le"))

    objects = RetentionBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot d’un effacement à terme")
        verbose_name_plural = _("lots d’effacements à terme")
        ordering = ["pk"]
