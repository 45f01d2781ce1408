"""The council of a class for a period, and what it decides of each pupil."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, Period, Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.report_cards.models.reading import attended, led, reads_every_class
from preau.domains.report_cards.models.settings import DISTINCTION_LENGTH, LSU_LIMIT

PRESENT_LENGTH = 1000


class CouncilQuerySet(SchoolQuerySet):
    def held(self) -> Self:
        """Those that are over: what was written for them does not change any more."""
        return self.exclude(held_at=None)

    def attended_by(self, viewer: Viewer) -> Self:
        """Those where the viewer sits: head and school life, in all; a teacher, in those of their classes. Of these, the day and the hour."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if reads_every_class(viewer):
            return here
        return here.filter(attended(viewer)) if viewer.holds(Role.TEACHER) else here.none()

    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, all; a head teacher, that of their class."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if reads_every_class(viewer):
            return here
        return here.filter(group__in=led(viewer)) if viewer.holds(Role.TEACHER) else here.none()


class Council(models.Model):
    """The council of a class (`group`) for a `period`; its row is there from when a day is chosen, or from its first gesture.

    `starts`: when it meets, once chosen. `shown`: the pupil of whom the projected page speaks now. `held_at`, `held_by`: it is over, and
    the appreciations of its pupils are closed; both are empty again when the head opens it again. `present`: who was there, as the minutes
    say it. `comment`: what the council says of the class.
    """

    school = models.ForeignKey(
        School, models.CASCADE, related_name="councils", verbose_name=_("établissement")
    )
    group = models.ForeignKey(Group, models.CASCADE, related_name="councils", verbose_name=_("classe"))
    period = models.ForeignKey(Period, models.PROTECT, related_name="councils", verbose_name=_("période"))
    starts = models.DateTimeField(_("se réunit à"), null=True, blank=True)
    shown = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("élève projeté")
    )
    held_at = models.DateTimeField(_("tenu à"), null=True, blank=True)
    held_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="councils_held",
        verbose_name=_("clos par"),
    )
    present = models.CharField(_("présents"), max_length=PRESENT_LENGTH, blank=True)
    comment = models.CharField(_("appréciation de la classe"), max_length=LSU_LIMIT, blank=True)

    objects = CouncilQuerySet.as_manager()

    class Meta:
        verbose_name = _("conseil de classe")
        verbose_name_plural = _("conseils de classe")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["group", "period"], name="one_council_per_class_and_period"),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None) | Q(held_at__isnull=False, held_by__isnull=False),
                name="council_held_by_somebody",
            ),
        ]


class DecisionQuerySet(SchoolQuerySet):
    school_path = "council__school"

    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, all; a head teacher, those of the council of their class. Families read bulletins."""
        return self.filter(council__in=Council.objects.visible_to(viewer))


class Decision(models.Model):
    """What a council has decided of one pupil: without a row, it has not come to them yet.

    `distinction`: the school's word of that day (« Compliments »), empty where none is given; a school that renames its distinctions
    changes no decision. `version`: what a page had shown when it writes again.
    """

    council = models.ForeignKey(
        Council, models.CASCADE, related_name="decisions", verbose_name=_("conseil de classe")
    )
    pupil = models.ForeignKey(
        Person, models.CASCADE, related_name="council_decisions", verbose_name=_("élève")
    )
    distinction = models.CharField(_("mention"), max_length=DISTINCTION_LENGTH, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="council_decisions_written", verbose_name=_("validée par")
    )
    at = models.DateTimeField(_("validée à"), default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision du conseil")
        verbose_name_plural = _("décisions des conseils")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["council", "pupil"], name="one_decision_per_council_and_pupil")
        ]
