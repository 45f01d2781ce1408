"""How much homework a day a school advises for a level."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import School
from preau.directory.models.scoping import StaffQuerySet


class WorkloadLimit(models.Model):
    """The minutes of homework for one day past which whoever gives more is told, for a level of a school."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="workload_limits", verbose_name=_("établissement")
    )
    level = models.CharField(_("niveau"), max_length=20)
    minutes = models.PositiveSmallIntegerField(_("minutes par jour"))

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge de travail conseillée")
        verbose_name_plural = _("charges de travail conseillées")
        ordering = ["level"]
        constraints = [
            models.UniqueConstraint(fields=["school", "level"], name="one_workload_limit_per_level"),
            models.CheckConstraint(condition=Q(minutes__gte=1, minutes__lte=600), name="workload_of_a_day"),
        ]
