"""The « cahier de progrès » on paper: of one pupil, for the family too, or of a class."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from preau.directory.models import Group, Person
from preau.domains.competences.queries import booklets, reading
from preau.domains.competences.rules import access
from preau.foundation import journal
from preau.foundation.access import opens


@opens(Person, to=access.reads_levels_of, by="public_id")
@require_safe
def booklet(request: HttpRequest, pupil: Person) -> HttpResponse:
    """One pupil, period by period, to print and sign."""
    viewer = request.viewer
    school = reading.school_of(viewer, pupil)
    if school is None:
        raise Http404
    if viewer.is_staff:
        journal.record_read(viewer, "competences.levels_read", pupil, subject_id=pupil.pk)
    back = reverse("competences:pupil", kwargs={"public_id": pupil.public_id})
    context = {"page": booklets.booklet_of(viewer, pupil, school), "back": back, "group": None}
    return render(request, "competences/booklets.html", context)


@opens(Group, to=access.reads_class)
@require_safe
def class_booklets(request: HttpRequest, group: Group) -> HttpResponse:
    """Those of a class, a pupil a sheet."""
    viewer = request.viewer
    journal.record(viewer, "competences.booklets_read", group)
    back = reverse("competences:group", kwargs={"pk": group.pk})
    context = {"page": booklets.booklets_of(viewer, group), "back": back, "group": group}
    return render(request, "competences/booklets.html", context)
