"""Groups of work: the pupils of a class as a person of the staff splits them, for themselves alone."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from preau.directory.models.groups import Group
from preau.directory.models.people import Person
from preau.directory.models.schools import School
from preau.directory.models.scoping import SchoolQuerySet
from preau.foundation.db import NATURAL

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer

LONGEST_NAME = 40


class WorkGroupQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own, as long as one works with pupils there; no pupil, no family, no colleague."""
        own = self.in_school(viewer).filter(owner=viewer.person.pk)
        return own if viewer.works_with_pupils else self.none()


class WorkGroup(models.Model):
    """« Demi-classe A », « Îlot 2 »: some pupils of a class or a group, ticked together wherever pupils are ticked."""

    school = models.ForeignKey(
        School, models.CASCADE, related_name="work_groups", verbose_name=_("établissement")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, related_name="work_groups", verbose_name=_("classe ou groupe")
    )
    owner = models.ForeignKey(Person, models.CASCADE, related_name="work_groups", verbose_name=_("fait par"))
    name = models.CharField(_("nom"), max_length=LONGEST_NAME, db_collation=NATURAL)
    pupils = models.ManyToManyField(Person, related_name="work_groups_in", verbose_name=_("élèves"))
    kept_at = models.DateTimeField(_("enregistré à"))

    objects = WorkGroupQuerySet.as_manager()

    class Meta:
        verbose_name = _("groupe de travail")
        verbose_name_plural = _("groupes de travail")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
