"""Pages of attendance: the roll, what families follow, what school life does."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.domains.attendance import actions, exports, queries, rules
from preau.domains.attendance.forms import AbsenceFilter, CorrectionForm, DecisionForm, ExplainForm, RollForm
from preau.domains.attendance.models import Entry, Explanation, Status
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import row_of
from preau.foundation import dates, journal
from preau.foundation.access import opens
from preau.foundation.http import page_or_block
from preau.foundation.sorting import Sorting

TYPED_WRONG = 422
CONFLICT = 409


@opens(Lesson, to=rules.can_call_register)
@require_http_methods(["GET", "POST"])
def roll(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Call the roll of a lesson: all present at first, nothing exists until it is validated."""
    if not rules.roll_is_open(lesson, timezone.now()):
        return _roll_page(request, lesson, None)
    if request.method == "GET":
        return _roll_page(request, lesson, RollForm(queries.register_of(lesson)))
    form = RollForm.sent(request.POST)
    if form is None or not form.is_valid():
        form = RollForm(queries.register_of(lesson), request.POST)
    if not form.is_valid():
        return _roll_page(request, lesson, form, TYPED_WRONG)
    try:
        actions.validate_roll(request.viewer, lesson, form.marks)
    except actions.RollConflict as conflict:
        form = RollForm(queries.register_of(lesson), request.POST)
        form.add_conflicts(conflict.conflicts)
        return _roll_page(request, lesson, form, CONFLICT)
    told = _("Les familles des élèves absents sont prévenues.")
    absent = any(mark.status == Status.ABSENT for mark in form.marks)
    messages.success(
        request, f"{_('L’appel est enregistré.')} {told if absent else _('Personne ne manque.')}"
    )
    return redirect("/")


def _roll_page(
    request: HttpRequest, lesson: Lesson, form: RollForm | None, status: int = 200
) -> HttpResponse:
    row = row_of(lesson.pk)
    call = queries.call_of(lesson)
    lines = form.lines() if form else []
    counts = {value: sum(line.status == value for line in lines) for value in Status.values}
    context = {"lesson": row, "call": call, "lines": lines, "counts": counts, "is_open": form is not None}
    context["has_errors"] = bool(form and form.errors)
    return render(request, "attendance/roll.html", context, status=status)


@opens(to=rules.follows_absences)
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """What a family follows: absences, latenesses, and what became of each."""
    viewer = request.viewer
    children = list(Person.objects.filter(pk__in=viewer.own_pupils())) if viewer.is_guardian else []
    child = next((c for c in children if c.public_id == request.GET.get("enfant")), None)
    seen = queries.absences_of(viewer).filter(pupil=child) if child else queries.absences_of(viewer)
    page = Paginator(seen, 30).get_page(request.GET.get("page"))
    own = Explanation.objects.visible_to(viewer).pending().values_list("pk", flat=True)
    context = {
        "page_obj": page,
        "rows": queries.rows_of(page.object_list, {}),
        "children": children,
        "child": child,
        "may_explain": rules.answers_for_absences(viewer),
        "own_pending": set(own),
    }
    return render(request, "attendance/absences.html", context)


@opens(Entry, to=rules.answers_for_absences)
@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, entry: Entry) -> HttpResponse:
    """A guardian says why a pupil was missing, for one or several lessons of the same day."""
    entry = Entry.objects.select_related("pupil", "explanation").get(pk=entry.pk)
    if not rules.can_explain(request.viewer, entry):
        messages.info(request, _("Cette absence n’est plus à expliquer."))
        return redirect("attendance:absences")
    form = ExplainForm(request.viewer, entry, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _explained(request, form)
    context = {"form": form, "entry": entry}
    return render(request, "attendance/explain.html", context, status=TYPED_WRONG if form.errors else 200)


def _explained(request: HttpRequest, form: ExplainForm) -> HttpResponseRedirect:
    data = form.cleaned_data
    try:
        actions.explain(request.viewer, list(data["entries"]), data["reason"], data["comment"])
    except actions.NothingToExplain:
        messages.info(request, _("Cette absence n’est plus à expliquer."))
    else:
        messages.success(request, _("C’est envoyé. La vie scolaire va lire votre explication."))
    return redirect("attendance:absences")


@opens(Explanation, to=rules.can_withdraw)
@require_POST
def withdraw(request: HttpRequest, explanation: Explanation) -> HttpResponseRedirect:
    if actions.withdraw(request.viewer, explanation):
        messages.success(request, _("Votre explication est retirée. Vous pouvez en donner une autre."))
    elif Explanation.objects.filter(pk=explanation.pk, state=Explanation.State.WITHDRAWN).exists():
        messages.info(request, _("Votre explication est déjà retirée."))
    else:
        messages.info(request, _("Trop tard pour la retirer : l’établissement vient de répondre."))
    return redirect("attendance:absences")


@opens(to=rules.runs_school_life)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """School life's day: explanations to read, calls not made, pupils absent. Days past can be looked at too."""
    viewer = request.viewer
    now = timezone.now()
    day = dates.parse(request.GET.get("jour"), viewer.today)
    everything = request.GET.get("appels") == "tous"
    calls = queries.calls_of(viewer, day) if everything else queries.calls_missing(viewer, day, now)
    context = {
        "to_read": queries.explanations_to_read(viewer),
        "figures": queries.figures_of(viewer, now),
        "page_obj": Paginator(calls, 30).get_page(request.GET.get("page")),
        "all_calls": everything,
        "now": now,
        "day": day,
        "today": viewer.today,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
    }
    return page_or_block(request, "attendance/board.html", block="calls", context=context)


# By what the list may be sorted; the last fields keep the pages the same from one to the next.
ORDERS = {
    "jour": ("day", "lesson__starts", "-pupil__search_name", "-pk"),
    "nom": ("pupil__search_name", "-day", "-lesson__starts", "pk"),
}


@opens(to=rules.runs_school_life)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Every absence and lateness of the school, filtered."""
    form = AbsenceFilter(request.GET)
    sorting = Sorting(request.GET, ORDERS, "-jour")
    found = _filtered(request, form)
    paginator = Paginator(queries.lines_of(found).order_by(*sorting.fields), 40)
    paginator.count = found.count()
    page = paginator.get_page(request.GET.get("page"))
    classes = queries.classes_of([line["pupil_id"] for line in page.object_list], request.viewer.today)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page_obj": page,
        "rows": queries.rows_of(page.object_list, classes),
        "query": query.urlencode(),
        "filtered": bool(form.chosen()),
        "sorting": sorting,
    }
    return render(request, "attendance/entries.html", context)


def _filtered(request: HttpRequest, form: AbsenceFilter) -> "QuerySet[Entry]":
    return queries.entries_matching(request.viewer, form.chosen())


@opens(to=rules.runs_school_life)
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered list as CSV, streamed."""
    found = _filtered(request, AbsenceFilter(request.GET))
    journal.record(request.viewer, "attendance.exported", request.viewer.school, rows=found.count())
    response = StreamingHttpResponse(
        exports.csv_of(request.viewer, queries.lines_of(found)), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="absences-{request.viewer.today:%Y-%m-%d}.csv"'
    return response


@opens(Entry, to=rules.runs_school_life)
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, entry: Entry) -> HttpResponse:
    """One absence: what was seen, every change since, and the means to correct it."""
    form = CorrectionForm(
        request.POST or None, initial={"status": entry.status, "minutes_late": entry.minutes_late}
    )
    if request.method == "POST" and form.is_valid():
        actions.correct_entry(request.viewer, entry, **form.cleaned_data)
        messages.success(request, _("La correction est enregistrée."))
        return redirect("attendance:entry", pk=entry.pk)
    return _entry_page(request, entry, {"form": form}, TYPED_WRONG if form.errors else 200)


def _entry_page(request: HttpRequest, entry: Entry, forms: dict[str, Any], status: int) -> HttpResponse:
    journal.record_read(request.viewer, "attendance.entry_read", entry, subject_id=entry.pupil_id)
    entry = queries.whole_entry(entry.pk)
    explanation = entry.explanation
    decision = DecisionForm() if explanation and rules.can_decide(request.viewer, explanation) else None
    context = {
        "entry": entry,
        "lesson": row_of(entry.lesson_id),
        "explanation": explanation,
        "history": queries.history_of(entry),
        "decision": decision,
        "form": CorrectionForm(initial={"status": entry.status, "minutes_late": entry.minutes_late}),
    } | forms
    return render(request, "attendance/entry.html", context, status=status)


@opens(Explanation, to=rules.can_decide)
@require_POST
def decide(request: HttpRequest, explanation: Explanation) -> HttpResponse:
    """Accept or refuse an explanation."""
    form = DecisionForm(request.POST)
    entries = explanation.entries.order_by("pk")
    about = next((e for e in entries if str(e.pk) == request.POST.get("entry")), None) or entries.first()
    if not form.is_valid():
        return (
            _entry_page(request, about, {"decision": form}, TYPED_WRONG)
            if about
            else redirect("attendance:board")
        )
    if actions.decide(request.viewer, explanation, **form.cleaned_data):
        messages.success(request, _("La décision est enregistrée."))
    else:
        messages.info(request, _("Cette explication avait déjà reçu cette décision, ou a été retirée."))
    return redirect("attendance:board")
