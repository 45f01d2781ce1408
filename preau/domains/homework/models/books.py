"""A class as the readers of its cahier de textes open it: an inspector sees no other page of it."""

from typing import Self

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group, SchoolQuerySet
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.homework.models.records import RECORDS
from preau.domains.timetable.models import Lesson
from preau.foundation.prepared import Prepared


class ClassBookQuerySet(SchoolQuerySet):
    def classes(self) -> Self:
        return self.filter(kind=Group.Kind.CLASS)

    def visible_to(self, viewer: Viewer) -> Self:
        """Head, school life, library and assistants, and whoever was given it: every class; a teacher, those they teach."""
        if viewer.profile not in {Profile.STAFF, Profile.AGENT}:
            return self.none()
        here = self.in_school(viewer)
        if viewer.has_power(RECORDS):
            return here
        if viewer.holds(Role.TEACHER):
            joined = Lesson.groups.through.objects
            taught = joined.filter(lesson__teachers=viewer.person.pk, lesson__year=viewer.year)
            return here.filter(
                Q(pk__in=taught.values("group_id")) | Q(groups_drawn__in=taught.values("group_id"))
            ).distinct()
        return self.none()

    def opened_by(self, viewer: Viewer, pk: int) -> "ClassBook | None":
        """The class of a page if the viewer reads its cahier de textes (one prepared query)."""
        book: ClassBook | None = OPENED.first(viewer, pk)
        return book


class ClassBook(Group):
    """The cahier de textes of a class or a group."""

    objects = ClassBookQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("cahier de textes d’une classe")
        verbose_name_plural = _("cahiers de textes des classes")


OPENED = Prepared(lambda viewer, pk: ClassBook.objects.visible_to(viewer).filter(pk=pk))
