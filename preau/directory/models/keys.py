"""The identifiers that other systems give to our people, classes, groups and schools."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.groups import Group
from preau.directory.models.people import Person
from preau.directory.models.schools import School
from preau.directory.words import Role

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class ExternalIdQuerySet(models.QuerySet["ExternalId"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those who keep the directory of a school; an INE is for nobody else."""
        if not viewer.holds(Role.HEAD, Role.SECRETARY):
            return self.none()
        people = Person.objects.visible_to(viewer)
        here = Q(school_id=viewer.school_id) | Q(group__school_id=viewer.school_id)
        return self.filter(here | Q(person__in=people))


class ExternalId(models.Model):
    """`value` designates one of our rows for `authority` (an académie, an établissement) in `source` (aaf, siecle…).

    The INE (kind « ine ») stands only here, never on a person's row; the personal data board names its use.
    `is_second`: the key of a row that was merged into this person; a file only fills by it what is empty.
    """

    source = models.CharField(_("source"), max_length=20)
    authority = models.CharField(_("autorité"), max_length=40)
    kind = models.CharField(_("nature"), max_length=20)
    value = models.CharField(_("valeur"), max_length=120)
    person = models.ForeignKey(
        Person, models.CASCADE, null=True, related_name="external_ids", verbose_name=_("personne")
    )
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, related_name="external_ids", verbose_name=_("classe")
    )
    school = models.ForeignKey(
        School, models.CASCADE, null=True, related_name="external_ids", verbose_name=_("établissement")
    )
    is_second = models.BooleanField(_("seconde clé"), default=False, db_default=False)

    objects = ExternalIdQuerySet.as_manager()

    class Meta:
        verbose_name = _("identifiant externe")
        verbose_name_plural = _("identifiants externes")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "authority", "kind", "value"], name="one_row_per_external_id"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, group__isnull=True, school__isnull=True)
                | Q(person__isnull=True, group__isnull=False, school__isnull=True)
                | Q(person__isnull=True, group__isnull=True, school__isnull=False),
                name="external_id_of_one_thing",
            ),
        ]
