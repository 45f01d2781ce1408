"""Pages of weekly lessons: the list, a new one, one changed from a day on, one stopped."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.timetable import rules
from preau.domains.timetable.actions.half_days import HalfDaysMade, make_half_days, undo_half_days
from preau.domains.timetable.actions.patterns import (
    AlreadyStopped,
    SlotTaken,
    TooEarly,
    change_weekly_lesson,
    create_weekly_lesson,
    stop_weekly_lesson,
)
from preau.domains.timetable.forms.half_days import HalfDaysForm
from preau.domains.timetable.forms.weekly import WeeklyLessonForm
from preau.domains.timetable.models import WeeklyPattern
from preau.domains.timetable.queries import lessons
from preau.domains.timetable.queries.half_days import bare_classes, half_days_made
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, tell_outcome


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
    sentence = ngettext("Séance changée : %(count)s date.", "Séance changée : %(count)s dates.", count)
    messages.success(request, sentence % {"count": count})
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
        sentence = ngettext("%(count)s séance à venir retirée.", "%(count)s séances à venir retirées.", gone)
        messages.success(request, sentence % {"count": gone})
    return redirect("timetable:patterns")


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def half_days(request: HttpRequest) -> HttpResponse:
    """A morning and an afternoon for each class that has no lesson."""
    form = HalfDaysForm(request.viewer, request.POST or None)
    if form.is_valid():
        _say_half_days(request, make_half_days(request.viewer, form.wanted()))
        return redirect("timetable:half_days")
    context = {
        "form": form,
        "classes": bare_classes(request.viewer, form.day),
        "made": half_days_made(request.viewer),
    }
    return render_form(request, "timetable/half_days.html", context)


@opens(to=rules.edits_timetable)
@require_POST
def take_half_days_back(request: HttpRequest) -> HttpResponseRedirect:
    """The classes of one gesture have none any more."""
    undone = undo_half_days(request.viewer, request.POST.get("ensemble", ""))
    said = ngettext(
        "%(num)s classe n’a plus de demi-journées.",
        "%(num)s classes n’ont plus de demi-journées.",
        undone.classes,
    ) % {"num": undone.classes}
    if undone.kept:
        said += " " + ngettext(
            "%(num)s séance reste : quelque chose y est déjà noté.",
            "%(num)s séances restent : quelque chose y est déjà noté.",
            undone.kept,
        ) % {"num": undone.kept}
    tell_outcome(request, undone.classes, said)
    return redirect("timetable:half_days")


def _say_half_days(request: HttpRequest, found: HalfDaysMade) -> None:
    told = ngettext(
        "%(num)s classe a ses demi-journées : l’appel s’y fait matin et après-midi.",
        "%(num)s classes ont leurs demi-journées : l’appel s’y fait matin et après-midi.",
        len(found.made),
    )
    if found.made:
        messages.success(request, told % {"num": len(found.made)})
    aside = [
        (found.taken, _("Sans demi-journées, faute d’enseignant libre à ces heures : %(names)s.")),
        (found.untaught, _("Sans demi-journées, faute d’enseignant ce jour-là : %(names)s.")),
    ]
    for classes, sentence in aside:
        if classes:
            messages.warning(request, sentence % {"names": ", ".join(one.group.name for one in classes)})
    if not (found.made or found.taken or found.untaught):
        messages.info(request, _("Aucune classe n’attendait de demi-journées."))
