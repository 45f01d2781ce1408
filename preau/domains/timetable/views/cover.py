"""Pages of covers: the lessons to cover, one of them with whom to ask, and the page of the person asked."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.timetable import rules
from preau.domains.timetable.actions import covering, patterns
from preau.domains.timetable.actions.changes import NothingChanges, NotNow
from preau.domains.timetable.exports.changes import cover_csv
from preau.domains.timetable.forms.changes import FilterForm
from preau.domains.timetable.forms.cover import AskForm, DeclineForm, SettleForm
from preau.domains.timetable.models import CoverAsk, Lesson, TeacherAbsence
from preau.domains.timetable.queries import absences, colleagues, lessons
from preau.domains.timetable.queries.cover import NeedRow, left_to_cover, needs_from, to_cover
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import TYPED_WRONG, render_form
from preau.foundation.paging import page_for

FORTNIGHT = timedelta(days=14)


@opens(to=rules.organises_covers)
@require_safe
def cover(request: HttpRequest) -> HttpResponse:
    """The lessons whose teacher is away, day by day: what is left to do, or all of them."""
    form, found = _found(request)
    viewer, now = request.viewer, timezone.now()
    page = page_for(request, lessons.lines_of(found), 30)
    rows = [row for row in absences.absences_of(viewer, now) if row.is_waiting]
    context = {
        "form": form,
        "page_obj": page,
        "needs": needs_from(lessons.rows_from(page.object_list), now),
        "to_confirm": rows,
        "all_of_them": request.GET.get("etat") == "tous",
        "days": _days(form),
    }
    return render_form(request, "timetable/cover_list.html", context)


def _found(request: HttpRequest) -> tuple[FilterForm, Any]:
    """From today, two weeks, unless said otherwise."""
    form = FilterForm(request.GET or None)
    chosen: dict[str, date | None] = form.cleaned_data if form.is_valid() else {}
    viewer = request.viewer
    first = chosen.get("du") or viewer.today
    last = chosen.get("au") or max(first, viewer.today) + FORTNIGHT
    if request.GET.get("etat") == "tous":
        return form, to_cover(viewer, first, last)
    return form, left_to_cover(viewer, first, last, timezone.now())


def _days(form: FilterForm) -> str:
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return "&".join(f"{name}={day}" for name, day in chosen.items() if day)


@opens(to=rules.organises_covers)
@confirmed(reading=True)
@require_safe
def export_cover(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV."""
    _form, found = _found(request)
    viewer = request.viewer
    journal.record(viewer, "timetable.covers_exported", viewer.school, rows=found.count())
    lines = cover_csv(found, timezone.now())
    return csv_lines(f"remplacements-{viewer.today:%Y-%m-%d}", lines)


@opens(Lesson, to=rules.organises_covers)
@require_http_methods(["GET", "POST"])
def cover_lesson(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """One lesson to cover: who is free, in which order and why; asking them."""
    need = _need(lesson)
    proposals = colleagues.proposals_for(need, lesson)
    form = AskForm(proposals, request.POST or None)
    if request.method == "POST" and not need.is_open:
        messages.info(request, _("Ce cours n’est plus à remplacer."))
        return redirect("timetable:cover_lesson", pk=lesson.pk)
    if request.method == "POST" and _asked_already(request, need):
        messages.info(request, _("C’est déjà demandé."))
        return redirect("timetable:cover_lesson", pk=lesson.pk)
    if request.method == "POST" and form.is_valid() and _ask(request, lesson, need, form):
        return redirect("timetable:cover_lesson", pk=lesson.pk)
    context = {
        "need": need,
        "row": need.row,
        "form": form,
        "proposals": proposals,
        "can_edit": rules.edits_timetable(request.viewer),
    }
    return render_form(request, "timetable/cover_lesson.html", context)


def _need(lesson: Lesson) -> NeedRow:
    (need,) = needs_from([lessons.row_of(lesson.pk)], timezone.now())
    return need


def _asked_already(request: HttpRequest, need: NeedRow) -> bool:
    """A second click: everybody who was ticked has been asked."""
    chosen = set(request.POST.getlist("teachers"))
    return bool(chosen) and chosen <= {str(ask.person) for ask in need.waiting}


def _ask(request: HttpRequest, lesson: Lesson, need: NeedRow, form: AskForm) -> bool:
    people = list(form.cleaned_data["teachers"])
    absence = TeacherAbsence.objects.visible_to(request.viewer).get(pk=need.missing[0].absence)
    try:
        asks = covering.ask_cover(request.viewer, lesson, absence, people)
    except covering.Busy as busy:
        form.add_error("teachers", _("%(who)s n’est plus libre à cette heure.") % {"who": busy})
        return False
    except NotNow as refused:
        form.add_error(None, str(refused))
        return False
    words = ngettext("%(num)s personne est sollicitée.", "%(num)s personnes sont sollicitées.", len(asks))
    sentence = words % {"num": len(asks)}
    messages.success(request, f"{sentence} {_('Vous serez prévenu de la réponse.')}")
    return True


@opens(Lesson, to=rules.organises_covers)
@require_POST
def settle(request: HttpRequest, lesson: Lesson) -> HttpResponseRedirect:
    """Nobody gives it: study room, or cancelled."""
    form, need = SettleForm(request.POST), _need(lesson)
    if not form.is_valid() or not need.missing:
        messages.error(request, _("Choisissez « Permanence » ou « Annuler le cours »."))
        return redirect("timetable:cover_lesson", pk=lesson.pk)
    absence = TeacherAbsence.objects.visible_to(request.viewer).get(pk=need.missing[0].absence)
    try:
        covering.settle_otherwise(
            request.viewer, lesson, absence, study=form.cleaned_data["geste"] == "permanence"
        )
    except NothingChanges:
        messages.info(request, _("C’est déjà ainsi : rien n’a changé."))
    except NotNow as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("C’est noté. Élèves et familles sont prévenus."))
    return redirect("timetable:cover_lesson", pk=lesson.pk)


@opens(CoverAsk, to=rules.answers_ask)
@require_safe
def ask(request: HttpRequest, ask: CoverAsk) -> HttpResponse:
    """What the viewer is asked: yes or no in one gesture."""
    return _ask_page(request, ask)


def _ask_page(request: HttpRequest, ask: CoverAsk, form: DeclineForm | None = None, status: int = 200) -> Any:
    need = _need(ask.lesson)
    context = {
        "ask": ask,
        "need": need,
        "row": need.row,
        "form": form or DeclineForm(),
        "is_own": ask.change is not None and ask.change.undone_at is None,
        "may_accept": need.is_open and ask.state in {CoverAsk.State.ASKED, CoverAsk.State.DECLINED},
    }
    return render(request, "timetable/cover_ask.html", context, status=status)


@opens(CoverAsk, to=rules.answers_ask)
@require_POST
def accept(request: HttpRequest, ask: CoverAsk) -> HttpResponse:
    """Take the lesson; the second who wants it is told that it is taken."""
    try:
        covering.accept_cover(request.viewer, ask)
    except covering.AlreadyAnswered:
        messages.info(request, _("C’était déjà noté : ce cours est le vôtre."))
    except (covering.TakenByAnother, covering.Busy, NotNow, patterns.SlotTaken) as refused:
        messages.error(request, _why_not(refused))
        ask.refresh_from_db()
        return _ask_page(request, ask, status=409)
    else:
        messages.success(request, _("C’est noté : ce cours est le vôtre. Merci."))
    return redirect("timetable:ask", pk=ask.pk)


def _why_not(refused: Exception) -> str:
    if isinstance(refused, covering.TakenByAnother):
        return _("Déjà pris : quelqu’un d’autre donne ce cours, ou il n’est plus à remplacer.")
    if isinstance(refused, NotNow):
        return str(refused)
    return _("Vous n’êtes plus libre à cette heure : un cours ou une absence vous y attend déjà.")


@opens(CoverAsk, to=rules.answers_ask)
@require_POST
def decline(request: HttpRequest, ask: CoverAsk) -> HttpResponse:
    """Say no, with or without a word."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, ask, form, TYPED_WRONG)
    try:
        covering.decline_cover(request.viewer, ask, form.cleaned_data["words"])
    except (covering.AlreadyAnswered, covering.TakenByAnother):
        messages.info(request, _("Il n’y a plus rien à répondre."))
    except NotNow as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("C’est noté : vous ne prenez pas ce cours."))
    return redirect("timetable:ask", pk=ask.pk)


@opens(CoverAsk, to=rules.organises_covers)
@require_POST
def cancel(request: HttpRequest, ask: CoverAsk) -> HttpResponseRedirect:
    """Ask this person no longer."""
    try:
        covering.cancel_ask(request.viewer, ask)
    except covering.AlreadyAnswered:
        messages.info(request, _("Cette demande n’attend plus de réponse."))
    except NotNow as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("La demande est retirée."))
    return redirect("timetable:cover_lesson", pk=ask.lesson_id)
