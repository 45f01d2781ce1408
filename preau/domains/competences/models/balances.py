"""The end of a cycle: where a pupil stands in each component of the socle, as the team has settled it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Enrolment, Person, School, SchoolQuerySet, SchoolYear
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.competences.models.reading import groups_today
from preau.domains.gradebook.models import MARKS

# The eight components, by their codes in the livret scolaire (LSU); their names are those of the décret n° 2015-372.
COMPONENTS = {
    "CPD_FRA": _("Comprendre, s’exprimer en utilisant la langue française à l’oral et à l’écrit"),
    "CPD_ETR": _(
        "Comprendre, s’exprimer en utilisant une langue étrangère et, le cas échéant, une langue régionale"
    ),
    "CPD_SCI": _(
        "Comprendre, s’exprimer en utilisant les langages mathématiques, scientifiques et informatiques"
    ),
    "CPD_ART": _("Comprendre, s’exprimer en utilisant les langages des arts et du corps"),
    "MET_APP": _("Les méthodes et outils pour apprendre"),
    "FRM_CIT": _("La formation de la personne et du citoyen"),
    "SYS_NAT": _("Les systèmes naturels et les systèmes techniques"),
    "REP_MND": _("Les représentations du monde et l’activité humaine"),
}


class BalanceQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, and the team of the pupil's class; the pupil and the family, once it is given to them."""
        if viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}:
            return self.filter(pupil__in=viewer.own_pupils(), given_at__lte=viewer.moment)
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD) or viewer.has_power(MARKS):
            return here
        learnt = Enrolment.objects.active(viewer.today).filter(group__in=groups_today(viewer))
        return here.filter(pupil__in=learnt.values("pupil_id"))


class Balance(models.Model):
    """The level of a pupil in one component at the end of a cycle; zero: exempt, as the livret scolaire writes it."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="balances", verbose_name=_("établissement")
    )
    year = models.ForeignKey(SchoolYear, models.CASCADE, related_name="balances", verbose_name=_("année"))
    pupil = models.ForeignKey(Person, models.CASCADE, related_name="balances", verbose_name=_("élève"))
    cycle = models.PositiveSmallIntegerField(_("cycle"))
    component = models.CharField(_("composante"), max_length=7)
    level = models.PositiveSmallIntegerField(_("niveau"))
    by = models.ForeignKey(
        Person, models.PROTECT, related_name="balances_settled", verbose_name=_("arrêté par")
    )
    at = models.DateTimeField(_("arrêté à"), default=timezone.now)
    given_at = models.DateTimeField(_("remis aux familles à"), null=True, blank=True)

    objects = BalanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("bilan de fin de cycle")
        verbose_name_plural = _("bilans de fin de cycle")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "pupil", "cycle", "component"], name="one_balance_per_component"
            ),
            models.CheckConstraint(condition=Q(level__in=[0, 1, 2, 3, 4]), name="balance_is_a_level"),
        ]
