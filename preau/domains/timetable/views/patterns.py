"""Pages of weekly lessons: the list, a new one, one changed from a day on, one stopped."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.timetable import rules
from preau.domains.timetable.actions.patterns import (
    AlreadyStopped,
    SlotTaken,
    TooEarly,
    change_weekly_lesson,
    create_weekly_lesson,
    stop_weekly_lesson,
)
from preau.domains.timetable.forms.weekly import WeeklyLessonForm
from preau.domains.timetable.models import WeeklyPattern
from preau.domains.timetable.queries import lessons
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form


@opens(to=rules.edits_timetable)
@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """The weekly lessons of the year."""
    rows = lessons.patterns_of(request.viewer).select_related("subject", "room", "alternation")
    pages = Paginator(rows.prefetch_related("groups", "teachers"), 25)
    context = {"page_obj": pages.get_page(request.GET.get("page")), "school": request.viewer.school}
    return render(request, "timetable/patterns.html", context)


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Create a weekly lesson until the end of the year."""
    form = WeeklyLessonForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pattern = create_weekly_lesson(request.viewer, form.weekly())
        except SlotTaken as taken:
            form.add_clashes(taken.clashes)
        else:
            return _created(request, pattern)
    return render_form(request, "timetable/create.html", {"form": form})


def _created(request: HttpRequest, pattern: WeeklyPattern) -> HttpResponseRedirect:
    count = pattern.lessons.count()
    made = ngettext("Séance créée : %(count)s date.", "Séance créée : %(count)s dates.", count)
    messages.success(request, made % {"count": count})
    return redirect("timetable:patterns")


@removes
@opens(WeeklyPattern, to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def change_pattern(request: HttpRequest, pattern: WeeklyPattern) -> HttpResponse:
    """Give a weekly lesson other hours, people or room from a day on."""
    form = WeeklyLessonForm(request.viewer, request.POST or None, pattern=pattern)
    if request.method == "POST" and form.is_valid():
        try:
            new = change_weekly_lesson(request.viewer, pattern, form.weekly())
        except SlotTaken as taken:
            form.add_clashes(taken.clashes)
        except TooEarly:
            form.add_error("first_day", _("Au plus tôt demain : ce qui a eu lieu aujourd’hui reste."))
        except AlreadyStopped:
            form.add_error("first_day", _("Cette séance est arrêtée avant ce jour."))
        else:
            return _changed(request, new)
    context = {"form": form, "pattern": pattern}
    return render_form(request, "timetable/pattern.html", context)


def _changed(request: HttpRequest, pattern: WeeklyPattern) -> HttpResponseRedirect:
    count = pattern.lessons.count()
    said = ngettext("Séance changée : %(count)s date.", "Séance changée : %(count)s dates.", count)
    messages.success(request, said % {"count": count})
    return redirect("timetable:patterns")


@removes
@opens(WeeklyPattern, to=rules.edits_timetable)
@require_POST
def stop(request: HttpRequest, pattern: WeeklyPattern) -> HttpResponseRedirect:
    try:
        gone = stop_weekly_lesson(request.viewer, pattern)
    except AlreadyStopped:
        messages.info(request, _("Cette séance est déjà arrêtée : il ne reste rien à retirer."))
    else:
        said = ngettext("%(count)s séance à venir retirée.", "%(count)s séances à venir retirées.", gone)
        messages.success(request, said % {"count": gone})
    return redirect("timetable:patterns")
