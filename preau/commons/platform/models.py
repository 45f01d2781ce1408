"""What an operator sees: the schools they run, the deliveries they bring, and counts taken each night."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Delivery, Holding, School
from preau.directory.models.deliveries import DeliveryQuerySet
from preau.directory.models.schools import SchoolsQuerySet
from preau.directory.models.scoping import active_on
from preau.directory.words import Profile, Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

# A commune lies in a département, in a région or an académie: four words deep at most.
DEPTH = 4


def held_by(viewer: "Viewer") -> "models.QuerySet[Holding]":
    """What makes the viewer an operator today: without territory, of the whole platform."""
    return Holding.objects.filter(active_on(viewer.today), person=viewer.person.pk, role=Role.OPERATOR)


def operated_by(viewer: "Viewer", school: str = "") -> Q:
    """The schools that a viewer runs, for a filter; `school` leads to the school from the filtered rows (« school__ »)."""
    if viewer.profile != Profile.OPERATOR:
        return Q(pk__in=[])
    held = held_by(viewer)
    territories = held.exclude(territory=None).values("territory")
    found = Q(Exists(held.filter(territory=None, school=None)))
    for depth in range(DEPTH):
        found |= Q(**{f"{school}territory{'__parent' * depth}__in": territories})
    return found


class OperatedSchoolQuerySet(SchoolsQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those that the viewer runs."""
        return self.filter(operated_by(viewer))


class OperatedSchool(School):
    """A school as its operator sees it."""

    objects = OperatedSchoolQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("établissement exploité")


class OperatedDeliveryQuerySet(DeliveryQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those brought for several schools, to whoever runs the whole platform: they hold schools of every territory."""
        if viewer.profile != Profile.OPERATOR:
            return self.none()
        return self.filter(Exists(held_by(viewer).filter(territory=None, school=None)), school=None)


class OperatedDelivery(Delivery):
    """A delivery that the platform brought, as its operator sees it."""

    objects = OperatedDeliveryQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = _("livraison de la plateforme")


def share(part: int, whole: int) -> str:
    """A share in words: a few of many are not none."""
    per_cent = min(100, 100 * part // whole) if whole else 0
    return gettext("moins de 1 %") if part and not per_cent else f"{per_cent}\N{NARROW NO-BREAK SPACE}%"


class FiguresQuerySet(models.QuerySet["Figures"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those of the schools that the viewer runs."""
        return self.filter(operated_by(viewer, "school__"))


class Figures(models.Model):
    """How many people a school has, as counted one night. `opened`: those whose account has a password, of everybody counted.

    `keys`: keys of access in use of those who work or learn there; whose is never counted.
    """

    school = models.OneToOneField(
        School, models.CASCADE, related_name="figures", verbose_name=_("établissement")
    )
    pupils = models.PositiveIntegerField(_("élèves"), default=0)
    staff = models.PositiveIntegerField(_("personnels"), default=0)
    guardians = models.PositiveIntegerField(_("responsables"), default=0)
    opened = models.PositiveIntegerField(_("comptes ouverts"), default=0)
    keys = models.PositiveIntegerField(_("accès d’applications en service"), default=0, db_default=0)
    delivered_at = models.DateTimeField(_("dernière livraison appliquée le"), null=True, blank=True)
    counted_at = models.DateTimeField(_("compté le"))

    objects = FiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("chiffres d’un établissement")

    @property
    def people(self) -> int:
        return self.pupils + self.staff + self.guardians

    @property
    def share_opened(self) -> str:
        """« 62 % »: how many of those counted have opened their account."""
        return share(self.opened, self.people)
