"""Pages of classes and groups: all of them, one of them, and the pupils who have no class."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory.models import Group
from preau.directory.queries import groups as queries
from preau.directory.queries.departures import last_days_of, with_end
from preau.directory.queries.finding import classes_of
from preau.directory.queries.photos import pupils_to_answer_for
from preau.directory.rules import groups as rules
from preau.directory.rules import photos as photo_rules
from preau.directory.words import lead_of_class
from preau.foundation import boards
from preau.foundation.access import opens
from preau.foundation.paging import page_for, page_of

A_PAGE = 40
# The largest choir of a school goes on a second page; a class never does.
PUPILS_A_PAGE = 60
GROUPS = "groupes"


@opens(to=rules.reads_groups)
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """The classes and groups of the year; a family reads those of its own."""
    viewer = request.viewer
    if not rules.reads_pupils_of_groups(viewer):
        context = {
            "own": queries.own_groups(viewer),
            "is_pupil": rules.reads_own_class(viewer),
            "photos": pupils_to_answer_for(viewer),
        }
        return render(request, "directory/own_groups.html", context)
    mine = queries.own_taught(viewer) if rules.teaches_groups(viewer) else []
    context = {
        "mine": mine,
        "teaches": rules.teaches_groups(viewer),
        "without": queries.pupils_without_class(viewer).count(),
        "shown": request.GET.get("montrer"),
    }
    if context["shown"] == GROUPS:
        found = queries.groups_of_year(viewer, Group.Kind.GROUP)
        page = page_for(request, found, A_PAGE)
        context |= {"page_obj": page, "rows": queries.group_rows(viewer, page.object_list)}
    else:
        lead = lead_of_class(in_ecole=viewer.in_primary)
        context |= {"levels": queries.classes_by_level(viewer), "lead": lead}
    return render(request, "directory/groups.html", context)


@opens(to=rules.reads_pupils_of_groups)
@require_safe
def without_class(request: HttpRequest) -> HttpResponse:
    """The pupils of the school whom no class holds."""
    found = queries.pupils_without_class(request.viewer)
    page = page_for(request, found, A_PAGE)
    return render(request, "directory/without_class.html", {"page_obj": page})


@opens(Group, to=rules.reads_groups)
@require_safe
def group(request: HttpRequest, group: Group) -> HttpResponse:
    """A class or a group: who teaches there, and for the staff who learns there."""
    viewer = request.viewer
    context = {
        "group": group,
        "is_class": group.kind == Group.Kind.CLASS,
        "level": group.level_said,
        "team": queries.team_of(viewer, group),
        "neighbours": queries.neighbours_of(viewer, group),
        "sees_faces": photo_rules.sees_faces(viewer, group),
        "reads_pupils": rules.reads_pupils_of_groups(viewer),
        "facts": [],
        "links": [
            (link.label, link.address(group.pk), link.icon)
            for link, seated in boards.offered(boards.group_links, viewer)
            if link.open_to(seated, group)
        ],
    }
    if context["reads_pupils"]:
        context["facts"] = queries.facts_of(viewer, group)
        pupils = with_end(viewer, queries.pupils_of(viewer, group))
        page = page_of(pupils, request.GET.get("page"), PUPILS_A_PAGE)
        classes = {} if context["is_class"] else classes_of(viewer, [one.pk for one in page.object_list])
        context |= {"page_obj": page, "classes": classes, "leaves": last_days_of(page.object_list)}
    return render(request, "directory/group.html", context)
