"""« Ce que je sais »: the levels of a pupil, for the pupil, the family and the team of the class."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from preau.directory.models import Person, School
from preau.directory.queries.apart import children_of
from preau.domains.competences.queries import reading
from preau.domains.competences.queries.history import competence_of, history_of
from preau.domains.competences.rules import access
from preau.foundation import journal
from preau.foundation.access import opens

MOST_ASKED = 3


@opens(to=access.follows)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A pupil's own page; in a family, that of the child who had the last level, with a link to the others."""
    viewer = request.viewer
    children = children_of(viewer)
    if not children:
        return render(request, "competences/nothing.html", {"group": None})
    newest = None
    if len(children) > 1:
        newest = next(iter(reading.NEWEST.part(0, 1, viewer)), None)
    shown = next((child for child in children if child.pk == newest), children[0])
    return _page(request, shown, children)


@opens(Person, to=access.reads_levels_of, by="public_id")
@require_safe
def pupil(request: HttpRequest, pupil: Person) -> HttpResponse:
    """What a pupil knows, by domain, with what proves it and what comes next."""
    viewer = request.viewer
    if viewer.is_staff:
        journal.record_read(viewer, "competences.levels_read", pupil, subject_id=pupil.pk)
    return _page(request, pupil, children_of(viewer) if viewer.is_guardian else [])


@opens(Person, to=access.reads_history, by="public_id")
@require_safe
def history(request: HttpRequest, pupil: Person) -> HttpResponse:
    """One competence of a pupil, for those who work here: each level, who wrote it, what proves it, and what it was."""
    viewer = request.viewer
    journal.record_read(viewer, "competences.levels_read", pupil, subject_id=pupil.pk)
    known = competence_of(viewer, pupil, request.GET.get("competence", ""))
    page = history_of(viewer, pupil, known) if known else None
    return render(request, "competences/history.html", {"page": page, "pupil": pupil})


def _title(viewer: Any, pupil: Person) -> str:
    if viewer.person.pk == pupil.pk:
        return _("Ce que je sais")
    return _("Ce que sait %(name)s") % {"name": pupil.given_name if viewer.is_guardian else pupil.full_name}


def _page(request: HttpRequest, pupil: Person, children: list[Person]) -> HttpResponse:
    viewer = request.viewer
    school = reading.school_of(viewer, pupil)
    if school is None:
        raise Http404
    page = reading.page_of(viewer, pupil, school, request.GET.get("periode"), request.GET.get("annee"))
    is_own = viewer.person.pk == pupil.pk
    asked = reading.ASKING.part(0, MOST_ASKED, viewer) if is_own else []
    kind = viewer.school.kind if viewer.school else None
    places = {place.school.pk: place.school for place in viewer.places}
    where = places.get(school)
    context = {
        "title": _title(viewer, pupil),
        "page": page,
        "pupil": pupil,
        "children": children,
        "is_own": is_own,
        "asked": [sheet for sheet in asked if access.answers(viewer, sheet)],
        "words": sorted(page.policy.words.items(), reverse=True),
        "in_primary": (where.kind if where else kind) == School.Kind.ECOLE,
        "shows_by": viewer.is_staff,
    }
    return render(request, "competences/pupil.html", context)
