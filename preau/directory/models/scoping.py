"""How rows are scoped: by school for those who work or learn there, by dates for whatever starts and ends."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.words import Profile

if TYPE_CHECKING:
    from preau.directory.viewer import Viewer


class SchoolQuerySet(models.QuerySet[Any]):
    """Rows of a school. A subclass says once, in `visible_to`, who sees them."""

    school_path = "school"

    def in_school(self, viewer: "Viewer") -> Self:
        """The rows of the school the viewer acts in; nothing for a viewer who acts in none."""
        if viewer.school_id is None:
            return self.none()
        return self.filter(
            **{f"{self.school_path}_id" if self.school_path != "pk" else "pk": viewer.school_id}
        )

    def visible_to(self, viewer: "Viewer") -> Self:
        raise NotImplementedError(f"{type(self).__name__} does not say who sees {self.model._meta.label}.")


class StaffQuerySet(SchoolQuerySet):
    """Rows that the whole staff of a school sees, and nobody else."""

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.in_school(viewer) if viewer.profile == Profile.STAFF else self.none()


class MemberQuerySet(SchoolQuerySet):
    """Rows of a school without a secret (rooms, subjects, years): its staff and pupils, and its pupils' guardians."""

    def visible_to(self, viewer: "Viewer") -> Self:
        if viewer.profile == Profile.GUARDIAN:
            return self.filter(**{f"{self.school_path}__in": viewer.schools_of_own_pupils()})
        if viewer.profile in {Profile.STAFF, Profile.PUPIL}:
            return self.in_school(viewer)
        return self.none()


def active_on(day: date | F, prefix: str = "") -> Q:
    """Started and not ended on a day. `ends` is the first day without, so that one period can follow another."""
    return (Q(**{f"{prefix}starts__isnull": True}) | Q(**{f"{prefix}starts__lte": day})) & (
        Q(**{f"{prefix}ends__isnull": True}) | Q(**{f"{prefix}ends__gt": day})
    )


def ends_after_start(name: str) -> models.CheckConstraint:
    condition = Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts"))
    return models.CheckConstraint(
        condition=condition, name=name, violation_error_message=_("La fin précède le début.")
    )


def source_field() -> models.CharField[str, str]:
    """Which official file keeps this row (« aaf »). Empty for a row made here: no import ends or changes it."""
    return models.CharField(_("tenu par"), max_length=20, blank=True, default="", db_default="")
