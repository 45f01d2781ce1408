"""The hours that a school lets things leave, and those that a person keeps for themselves; without a row, the ordinary ones."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import MemberQuerySet, Person, School
from preau.directory.viewer import Viewer

OPENS, CLOSES = 7 * 60, 20 * 60


def working_days() -> list[int]:
    """Monday to Friday."""
    return [1, 2, 3, 4, 5]


class SchoolPolicy(models.Model):
    """When things leave from a school: minutes of its clock, days of the week (1: Monday), and whether its closed days count.

    `waits`: urgent kinds that wait like the others here. `offers_texts`: people may ask for text messages, that the school pays.
    """

    school = models.OneToOneField(
        School, models.CASCADE, related_name="delivery_policy", verbose_name=_("établissement")
    )
    opens = models.PositiveSmallIntegerField(_("à partir de"), default=OPENS)
    closes = models.PositiveSmallIntegerField(_("jusqu’à"), default=CLOSES)
    days = models.JSONField(_("jours"), default=working_days)
    keeps_closures = models.BooleanField(_("rien pendant les vacances et les jours fermés"), default=True)
    waits = models.JSONField(_("natures urgentes qui attendent"), default=list)
    offers_texts = models.BooleanField(_("nouvelles par SMS"), default=False, db_default=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("heures d’envoi d’un établissement")
        verbose_name_plural = _("heures d’envoi des établissements")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes"), closes__lte=24 * 60),
                name="things_leave_some_time_of_the_day",
            )
        ]


class PersonPolicyQuerySet(models.QuerySet["PersonPolicy"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, and nobody else's."""
        return self.filter(person_id=viewer.person.pk)


class PersonPolicy(models.Model):
    """When a person lets nothing reach them: spans of minutes of the clock of the school (one may pass midnight), and the days on which
    something may (1: Monday; null: any)."""

    person = models.OneToOneField(
        Person, models.CASCADE, related_name="delivery_policy", verbose_name=_("personne")
    )
    quiet = models.JSONField(_("heures de silence"), default=list)
    days = models.JSONField(_("jours"), null=True)

    objects = PersonPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("heures d’une personne")
        verbose_name_plural = _("heures des personnes")
