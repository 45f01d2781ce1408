"""Pages of the timetable."""

from datetime import date, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group
from preau.domains.timetable import actions, queries, rules
from preau.domains.timetable.forms import WeeklyLessonForm
from preau.domains.timetable.models import WeeklyPattern
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.gone import removes


@opens(to=rules.reads_timetable)
@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """A week of lessons: one's own, or for staff those of a class."""
    viewer = request.viewer
    monday = dates.monday_of(dates.parse(request.GET.get("semaine"), viewer.today))
    groups = list(Group.objects.visible_to(viewer).filter(year=viewer.year)) if viewer.is_staff else []
    group = next((g for g in groups if str(g.pk) == request.GET.get("classe")), None)
    if group is None and groups and rules.reads_classes_first(viewer):
        group = groups[0]
    days = (monday, monday + timedelta(days=6))
    rows = queries.group_rows(viewer, group, *days) if group else queries.own_rows(viewer, *days)
    context = {
        "days": _by_day(rows, monday),
        "monday": monday,
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
        "groups": groups,
        "group": group,
        "children": queries.pupil_groups(viewer) if viewer.is_guardian else {},
        "may_give_lessons": not rules.reads_classes_first(viewer),
        "can_edit": rules.edits_timetable(viewer),
    }
    return render(request, "timetable/week.html", context)


def _by_day(rows: list[queries.LessonRow], monday: date) -> list[tuple[date, list[queries.LessonRow]]]:
    days = [monday + timedelta(days=number) for number in range(7)]
    found = [(day, [row for row in rows if row.day == day]) for day in days]
    # Saturday and Sunday are shown only when something happens.
    return [(day, lessons) for day, lessons in found if lessons or day.weekday() < 5]


@opens(to=rules.edits_timetable)
@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """The weekly lessons of the year."""
    rows = queries.patterns_of(request.viewer).select_related("subject", "room")
    pages = Paginator(rows.prefetch_related("groups", "teachers"), 30)
    context = {"page_obj": pages.get_page(request.GET.get("page")), "school": request.viewer.school}
    return render(request, "timetable/patterns.html", context)


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create a weekly lesson until the end of the year."""
    form = WeeklyLessonForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pattern = actions.create_weekly_lesson(request.viewer, form.weekly())
        except actions.Taken as taken:
            form.add_clashes(taken.clashes)
        else:
            return _created(request, pattern)
    return render(request, "timetable/create.html", {"form": form}, status=422 if form.errors else 200)


def _created(request: HttpRequest, pattern: WeeklyPattern) -> HttpResponseRedirect:
    count = pattern.lessons.count()
    made = ngettext("Séance créée : %(count)s date.", "Séance créée : %(count)s dates.", count)
    messages.success(request, made % {"count": count})
    return redirect("timetable:patterns")


@removes
@opens(WeeklyPattern, to=rules.edits_timetable)
@require_POST
def stop(request: HttpRequest, pattern: WeeklyPattern) -> HttpResponseRedirect:
    try:
        gone = actions.stop_weekly_lesson(request.viewer, pattern)
    except actions.AlreadyStopped:
        messages.info(request, _("Cette séance est déjà arrêtée : il ne reste rien à retirer."))
    else:
        said = ngettext("%(count)s séance à venir retirée.", "%(count)s séances à venir retirées.", gone)
        messages.success(request, said % {"count": gone})
    return redirect("timetable:patterns")
