"""The list of a lesson is wrong: what its teacher says of it, for the secretary to mend."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Person, School, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.timetable.models import Lesson


class ListRemarkQuerySet(SchoolQuerySet):
    def open(self) -> Self:
        return self.filter(settled_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Secretary and head; its author."""
        if viewer.holds(Role.SECRETARY, Role.HEAD):
            return self.in_school(viewer)
        return self.in_school(viewer).filter(said_by_id=viewer.person.pk) if viewer.is_staff else self.none()


class ListRemark(models.Model):
    """« Nina is here and not on my list », « Hugo is on it and not in this group ». It changes no list by itself."""

    class Kind(models.TextChoices):
        MISSING = "missing", _("est en cours, et n’est pas sur la liste")
        NOT_HERE = "not_here", _("est sur la liste, et n’est pas de ce groupe")

    school = models.ForeignKey(
        School, models.CASCADE, related_name="list_remarks", verbose_name=_("établissement")
    )
    lesson = models.ForeignKey(Lesson, models.PROTECT, related_name="list_remarks", verbose_name=_("séance"))
    pupil = models.ForeignKey(Person, models.PROTECT, related_name="list_remarks", verbose_name=_("élève"))
    kind = models.CharField(_("remarque"), max_length=8, choices=Kind.choices)
    said_by = models.ForeignKey(
        Person, models.PROTECT, related_name="list_remarks_said", verbose_name=_("dite par")
    )
    said_at = models.DateTimeField(_("dite à"))
    settled_by = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="list_remarks_settled",
        verbose_name=_("réglée par"),
    )
    settled_at = models.DateTimeField(_("réglée à"), null=True, blank=True)

    objects = ListRemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remarque sur une liste")
        verbose_name_plural = _("remarques sur les listes")
        ordering = ["said_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "pupil"],
                condition=Q(settled_at=None),
                name="one_open_remark_per_pupil_and_lesson",
            )
        ]
        indexes = [models.Index(fields=["school", "settled_at"], name="remark_by_state")]
