"""One human being under two rows: what was merged and can be undone, and who was said to be two people."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models.people import Person
from preau.directory.models.schools import School
from preau.directory.models.scoping import SchoolQuerySet
from preau.directory.words import DIRECTORY

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class KeepersQuerySet(SchoolQuerySet):
    """Rows that those who keep the directory of a school see, and nobody else."""

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.in_school(viewer) if viewer.has_power(DIRECTORY) else self.none()


class MergeQuerySet(KeepersQuerySet):
    def standing(self) -> Self:
        """Not undone."""
        return self.filter(undone_at=None)


class Merge(models.Model):
    """Two rows of one human being became one: `other` is blanked, what it held went to `kept`.

    `before` lists what was written, in its order, as `actions.ledger` undoes it. It is emptied after thirty days: the
    merge is then for good.
    """

    # Which row became which: a later merge of `kept` changes nothing of it (see `actions.ledger`).
    stays_put: ClassVar = frozenset({"kept", "other"})

    school = models.ForeignKey(School, models.CASCADE, related_name="merges", verbose_name=_("établissement"))
    kept = models.ForeignKey(
        Person, models.CASCADE, related_name="merges_kept", verbose_name=_("fiche gardée")
    )
    other = models.ForeignKey(
        Person, models.CASCADE, related_name="merges_left", verbose_name=_("fiche réunie")
    )
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="merges_made", verbose_name=_("réunies par")
    )
    at = models.DateTimeField(_("réunies le"), db_index=True)
    undone_by = models.ForeignKey(
        Person,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merges_undone",
        verbose_name=_("séparées par"),
    )
    undone_at = models.DateTimeField(_("séparées le"), null=True, blank=True)
    before = models.JSONField(_("ce qui était écrit"), default=list, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("fusion de deux fiches")
        verbose_name_plural = _("fusions de fiches")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["other"], condition=Q(undone_at=None), name="one_standing_merge_per_person"
            ),
            models.CheckConstraint(condition=~Q(kept=F("other")), name="merge_of_two_people"),
        ]


class Distinction(models.Model):
    """Somebody looked at these two people and said that they are two. `one` has the smaller key."""

    stays_put: ClassVar = frozenset({"one", "other"})

    school = models.ForeignKey(
        School, models.CASCADE, related_name="distinctions", verbose_name=_("établissement")
    )
    one = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("une personne"))
    other = models.ForeignKey(Person, models.CASCADE, related_name="+", verbose_name=_("l’autre"))
    by = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="distinctions_made", verbose_name=_("dit par")
    )
    at = models.DateTimeField(_("dit le"))

    objects = KeepersQuerySet.as_manager()

    class Meta:
        verbose_name = _("personnes distinctes")
        verbose_name_plural = _("personnes distinctes")
        constraints = [
            models.UniqueConstraint(fields=["school", "one", "other"], name="two_people_said_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="two_people_in_order"),
        ]
