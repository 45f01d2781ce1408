"""A class as those who hold its council open it."""

from typing import Self

from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.report_cards.models.reading import led, reads_every_class
from preau.foundation.prepared import Prepared


class CouncilClassQuerySet(SchoolQuerySet):
    def visible_to(self, viewer: Viewer) -> Self:
        """Of this year: head and school life, every class; a head teacher, theirs."""
        if not viewer.is_staff:
            return self.none()
        here = self.in_school(viewer).filter(kind=Group.Kind.CLASS, year=viewer.year)
        if reads_every_class(viewer):
            return here
        return here.filter(pk__in=led(viewer)) if viewer.holds(Role.TEACHER) else here.none()

    def opened_by(self, viewer: Viewer, pk: int) -> "CouncilClass | None":
        """The class of a page if the viewer reads its council (one prepared query); what it says of who leads it is not asked again."""
        found: CouncilClass | None = OPENED.first(viewer, pk)
        if found and not reads_every_class(viewer):
            viewer.found["report_cards.leads", pk] = True
        return found


class CouncilClass(Group):
    """A class, in council."""

    objects = CouncilClassQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("classe en conseil")
        verbose_name_plural = _("classes en conseil")


OPENED = Prepared(lambda viewer, pk: CouncilClass.objects.visible_to(viewer).filter(pk=pk))
