"""School life's day, every absence of the school, and the page of each."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.domains.attendance import exports, rules
from preau.domains.attendance.actions import handlings
from preau.domains.attendance.boards import Place, ways_from
from preau.domains.attendance.forms import AbsenceFilter
from preau.domains.attendance.forms.reasons import SettleForm, TakeBackForm
from preau.domains.attendance.queries import absences, past, school_life
from preau.domains.attendance.queries.settling import MOST, first_of_week, to_settle_by_pupil
from preau.foundation import dates, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.http import page_or_block, safe_next
from preau.foundation.pages import TYPED_WRONG
from preau.foundation.paging import page_for, query_of
from preau.foundation.sorting import Sorting


@opens(to=rules.runs_school_life)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """School life's day: explanations to read, calls not made, pupils absent. Days past can be looked at too."""
    viewer = request.viewer
    now = timezone.now()
    day = dates.parse(request.GET.get("jour"), viewer.today)
    everything = request.GET.get("appels") == "tous"
    figures = school_life.waiting_for(viewer)
    known = figures.forgotten if day == viewer.today else None
    calls = (
        school_life.calls_of(viewer, day)
        if everything
        else school_life.calls_missing(viewer, day, now, known)
    )
    to_settle = to_settle_by_pupil(viewer)
    shown, lines = to_settle[:MOST], sum(one.count for one in to_settle)
    first = first_of_week(viewer)
    context = {
        "to_settle": shown,
        "classes": absences.classes_of([one.pupil_id for one in shown], viewer.today),
        "pupils_to_settle": len(to_settle),
        "more_to_settle": len(to_settle) - len(shown),
        "lines": lines,
        "first": first,
        "older": max(0, figures.to_settle - lines),
        "day_before": first - timedelta(days=1),
        "to_read": school_life.explanations_to_read(viewer),
        "figures": figures,
        "since": school_life.settled_from(viewer),
        "ways": ways_from(viewer, Place.SCHOOL_LIFE),
        "page_obj": page_for(request, calls, 30),
        "uncalled": school_life.uncalled_before(viewer) if day == viewer.today else None,
        "all_calls": everything,
        "now": now,
        "day": day,
        "today": viewer.today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }
    return page_or_block(request, "attendance/board.html", block="calls", context=context)


ORDERS = {"jour": absences.Order.EARLIEST.value, "nom": absences.Order.BY_NAME.value}


@opens(to=rules.runs_school_life)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Every absence and lateness of the school, filtered; those chosen are settled together."""
    return _entries_page(request, SettleForm(request.viewer))


def _entries_page(request: HttpRequest, settling: SettleForm, status: int = 200) -> HttpResponse:
    form = AbsenceFilter(request.viewer, request.GET)
    sorting = Sorting(request.GET, ORDERS, "-jour")
    order = absences.Order(tuple(sorting.fields))
    found = absences.entries_listed(request.viewer, form.chosen(), order)
    page = page_for(request, found, 30)
    classes = absences.classes_of([line["pupil_id"] for line in page.object_list], request.viewer.today)
    context = {
        "form": form,
        "settling": settling,
        "picked": set(request.POST.getlist("entries")),
        "page_obj": page,
        "rows": absences.rows_of(page.object_list, classes, request.viewer),
        "query": query_of(request),
        "whole_query": request.GET.urlencode(),
        "filtered": bool(form.chosen()),
        "sorting": sorting,
        "ways": ways_from(request.viewer, Place.CHOSEN),
        "before": past.past_number(request.viewer, form.chosen()),
        "takes_in": rules.takes_in_absences(request.viewer),
    }
    return render(request, "attendance/entries.html", context, status=status)


@opens(to=rules.runs_school_life)
@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Keep one reason for the lines chosen in the list."""
    form = SettleForm(request.viewer, request.POST)
    if not form.is_valid():
        return _entries_page(request, form, TYPED_WRONG)
    chosen = form.cleaned_data
    outcome = handlings.settle(request.viewer, list(chosen["entries"]), chosen["reason"])
    _say(
        request,
        outcome,
        lambda count: ngettext("%(num)s ligne est traitée.", "%(num)s lignes sont traitées.", count),
    )
    return redirect(_entries_address(request))


@opens(to=rules.runs_school_life)
@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Take back what was made of the lines chosen."""
    form = TakeBackForm(request.viewer, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez au moins une ligne."))
        return redirect(_entries_address(request))
    outcome = handlings.reopen(request.viewer, list(form.cleaned_data["entries"]))
    _say(
        request,
        outcome,
        lambda count: ngettext(
            "%(num)s ligne est de nouveau à régler.", "%(num)s lignes sont de nouveau à régler.", count
        ),
    )
    return redirect(safe_next(request, _entries_address(request)))


def _say(request: HttpRequest, outcome: handlings.Outcome, done: Callable[[int], str]) -> None:
    """What was done, and what somebody else had done before: their word stays."""
    if outcome.done:
        messages.success(request, done(len(outcome.done)) % {"num": len(outcome.done)})
    left = len(outcome.left)
    if left:
        sentence = ngettext(
            "%(num)s ligne n’a pas changé : elle l’était déjà, ou une explication attend d’être lue.",
            "%(num)s lignes n’ont pas changé : elles l’étaient déjà, ou une explication attend d’être lue.",
            left,
        )
        messages.info(request, sentence % {"num": left})
    elif not outcome.done:
        messages.info(request, _("C’était déjà fait."))


def _entries_address(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("suite", None)
    return reverse("attendance:entries") + (f"?{query.urlencode()}" if query else "")


@opens(to=rules.runs_school_life)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered list as CSV, streamed."""
    viewer, chosen = request.viewer, AbsenceFilter(request.viewer, request.GET).chosen()
    found, before = absences.entries_matching(viewer, chosen), past.standing_lines(viewer, chosen)
    journal.record(viewer, "attendance.exported", viewer.school, rows=found.count() + before.count())
    return csv_lines(
        f"absences-{viewer.today:%Y-%m-%d}", exports.csv_of(viewer, absences.lines_of(found), before)
    )
