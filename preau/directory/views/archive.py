"""Former years of a school, as they were: read by those who keep its directory, changed by nobody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory import rules
from preau.directory.models import Group, SchoolYear
from preau.directory.queries import years as queries
from preau.directory.words import lead_of_class
from preau.foundation.access import opens
from preau.foundation.paging import page_for

A_PAGE = 40


@opens(to=rules.keeps_directory)
@require_safe
def school_years(request: HttpRequest) -> HttpResponse:
    """Every year of the school."""
    page = page_for(request, queries.years_of(request.viewer), A_PAGE)
    context = {"page_obj": page, "rows": page.object_list, "current": request.viewer.year}
    return render(request, "directory/school_years.html", context)


@opens(SchoolYear, to=rules.keeps_directory)
@require_safe
def school_year(request: HttpRequest, year: SchoolYear) -> HttpResponse:
    """The classes of one year."""
    page = page_for(request, queries.classes_in(year), A_PAGE)
    context = {"year": year, "page_obj": page, "rows": page.object_list}
    return render(request, "directory/school_year.html", context)


@opens(Group, to=rules.keeps_directory)
@require_safe
def former_class(request: HttpRequest, group: Group) -> HttpResponse:
    """Who learned in a class or a group, and who taught it."""
    page = page_for(request, queries.pupils_of_then(group), A_PAGE)
    context = {
        "lead": lead_of_class(in_ecole=request.viewer.in_primary),
        "group": group,
        "page_obj": page,
        "rows": queries.stays(page.object_list),
        "team": queries.team_of_then(group) if page.number == 1 else [],
    }
    return render(request, "directory/former_class.html", context)
