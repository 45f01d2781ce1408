"""The two floors: what no page can go below, and a plain page of lists as good Django code writes it.

Both are opened by a visitor, behind all of our middleware: neither session nor viewer is in their cost, so that a page
of ours that costs as much as the reference page does its signing in for nothing.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from preau.directory.models import Assignment, Enrolment
from preau.domains.attendance.models import Entry, Explanation
from preau.domains.timetable.models import Lesson
from preau.foundation.access import anyone, opens

ROWS = 30


@opens(to=anyone)
def bare(request: HttpRequest) -> HttpResponse:
    """A short text."""
    return HttpResponse("préau", content_type="text/plain; charset=utf-8")


@opens(to=anyone)
def reference(request: HttpRequest) -> HttpResponse:
    """Five list queries as plain rows, 150 rows in all, 19 KB, no component."""
    school = int(request.GET["school"])
    return render(request, "bench/reference.html", {"lists": lists_of(school)})


def lists_of(school: int) -> list[tuple[str, list[tuple[object, ...]]]]:
    """Thirty rows of each of five tables of a school, with what they point at."""
    queries = {
        "Élèves": Enrolment.objects.values_list("pupil__family_name", "pupil__given_name", "group__name"),
        "Séances": Lesson.objects.values_list("subject__name", "room__name", "starts"),
        "Enseignements": Assignment.objects.values_list(
            "subject__name", "teacher__family_name", "group__name"
        ),
        "Absences": Entry.objects.values_list("pupil__family_name", "day", "status"),
        "Explications": Explanation.objects.values_list("pupil__family_name", "reason__label", "state"),
    }
    return [
        (title, list(rows.filter(school=school).order_by("pk")[:ROWS])) for title, rows in queries.items()
    ]
