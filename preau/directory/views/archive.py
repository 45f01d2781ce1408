"""Former years of a school, as they were: read by those who keep its directory, changed by nobody."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory import rules
from preau.directory.models import Group, SchoolYear
from preau.directory.queries import years as queries
from preau.foundation.access import opens

A_PAGE = 40


@opens(to=rules.keeps_directory)
@require_safe
def school_years(request: HttpRequest) -> HttpResponse:
    """Every year of the school."""
    page = Paginator(queries.years_of(request.viewer), A_PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": page, "rows": page.object_list, "current": request.viewer.year}
    return render(request, "directory/school_years.html", context)


@opens(SchoolYear, to=rules.keeps_directory)
@require_safe
def school_year(request: HttpRequest, year: SchoolYear) -> HttpResponse:
    """The classes of one year."""
    page = Paginator(queries.classes_in(year), A_PAGE).get_page(request.GET.get("page"))
    context = {"year": year, "page_obj": page, "rows": page.object_list}
    return render(request, "directory/school_year.html", context)


@opens(Group, to=rules.keeps_directory)
@require_safe
def former_class(request: HttpRequest, group: Group) -> HttpResponse:
    """Who learned in a class or a group, and who taught it."""
    page = Paginator(queries.pupils_of_then(group), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "group": group,
        "page_obj": page,
        "rows": queries.stays(page.object_list),
        "team": queries.team_of_then(group) if page.number == 1 else [],
    }
    return render(request, "directory/former_class.html", context)
