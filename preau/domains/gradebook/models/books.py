"""A class or a group as a gradebook: who opens its grid of marks."""

from typing import Self

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook.models.reading import MARKS, charges, led
from preau.foundation.prepared import Prepared


class GradeBookQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Head and school life, every one; a teacher, those in which they teach, or the class that they lead and its groups; of a past year, as then."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer)
        if viewer.holds(Role.HEAD) or viewer.has_power(MARKS):
            return here
        own = charges(viewer).filter(group_id=OuterRef("pk"))
        drawn = Group.classes.through.objects.filter(to_group__in=led(viewer)).values("from_group_id")
        return here.filter(Q(Exists(own)) | Q(pk__in=drawn))

    def opened_by(self, viewer: Viewer, pk: int) -> "GradeBook | None":
        """The class of a page if the viewer reads marks of it (one prepared query)."""
        book: GradeBook | None = OPENED.first(viewer, pk)
        return book


class GradeBook(Group):
    """The gradebook of a class or a group."""

    objects = GradeBookQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("carnet de notes d’une classe")
        verbose_name_plural = _("carnets de notes des classes")


OPENED = Prepared(
    lambda viewer, pk: GradeBook.objects.visible_to(viewer).filter(pk=pk).select_related("year")
)
