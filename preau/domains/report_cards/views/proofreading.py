"""The proofreading stage: suggesting a text to a colleague, answering what was suggested, the list of what waits."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Period
from preau.domains.report_cards.actions import proofreading as keeping
from preau.domains.report_cards.actions import writing
from preau.domains.report_cards.forms import proofreading as forms
from preau.domains.report_cards.models import Appreciation, Suggestion, policy_of
from preau.domains.report_cards.queries import courses
from preau.domains.report_cards.queries import proofreading as queries
from preau.domains.report_cards.queries.writing import limit_of
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.rules.differences import differences
from preau.domains.report_cards.views.writing import address, said_closed
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, status_of
from preau.foundation.paging import page_for, query_of

LINES = 25


def _period(request: HttpRequest) -> tuple[Period, list[Period]]:
    periods = courses.periods_of(request.viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"), request.viewer.today)
    if period is None:
        raise Http404
    return period, periods


@opens(to=access.takes_part)
@require_safe
def proofreading(request: HttpRequest) -> HttpResponse:
    """The corrections that wait for one's answer, those that one has suggested; for the head, all."""
    viewer = request.viewer
    period, periods = _period(request)
    views = [(queries.RECEIVED, _("Sur mes textes")), (queries.MADE, _("Que je propose"))]
    if access.runs_campaign(viewer):
        views.append((queries.ALL, _("De tout l’établissement")))
    usual = queries.ALL if access.runs_campaign(viewer) else queries.RECEIVED
    view = next((one for one, _label in views if one == request.GET.get("corrections")), usual)
    rows = queries.suggestions_in(viewer, period, view)
    context = {
        "period": period,
        "periods": [(one.name, f"?corrections={view}&periode={one.pk}", one == period) for one in periods],
        "views": [(label, f"?corrections={one}&periode={period.pk}", one == view) for one, label in views],
        "view": view,
        "rows": page_for(request, rows, LINES),
        "base": query_of(request),
    }
    return render(request, "report_cards/proofreading.html", context)


@opens(Appreciation, to=access.suggests)
@require_http_methods(["GET", "POST"])
def suggest(request: HttpRequest, text: Appreciation) -> HttpResponse:
    """Suggest a text in the place of a colleague's."""
    viewer, waiting = request.viewer, queries.waiting_of(text.pk)
    own = waiting if waiting and waiting.by_id == viewer.person.pk else None
    most = limit_of(policy_of(text.school_id), text.kind)
    data = request.POST if request.method == "POST" else None
    form = forms.SuggestionForm(own.text if own else text.text, text.version, most, data)
    if data is None:
        journal.record_read(viewer, "report_cards.text_read", text, subject_id=text.pupil_id)
    status = 200
    if data is not None:
        status = _suggested(request, text, form) if form.is_valid() else status_of(form)
        if status == 200:
            messages.success(request, _("La correction est proposée. Rien ne change sans l’auteur du texte."))
            return redirect(address(text.group, keeping.passage_of(text), text.period))
    context = {
        "text": text,
        "form": form,
        "own": own,
        "other": waiting if waiting and not own else None,
        "back": address(text.group, keeping.passage_of(text), text.period),
        "matter": keeping.passage_of(text).label,
    }
    return render(request, "report_cards/suggest.html", context, status=status)


def _suggested(request: HttpRequest, text: Appreciation, form: forms.SuggestionForm) -> int:
    """200, or the status of the page that says why it is not suggested."""
    values = form.cleaned_data
    try:
        keeping.suggest(request.viewer, text, values["texte"], values["version"])
    except keeping.SameText:
        form.add_error("texte", _("C’est le texte d’aujourd’hui : changez-y quelque chose."))
    except writing.CouncilClosed:
        form.add_error(None, said_closed())
        return CONFLICT
    except keeping.AlreadySuggested as refused:
        who = {"who": refused.there.by.formal_name}
        form.add_error(None, _("%(who)s a déjà proposé une correction, qui attend sa réponse.") % who)
        return CONFLICT
    except writing.TextConflict as refused:
        there = refused.there[text.pupil_id]
        text.text, text.version = there.text, there.version
        form.accept(there.version)
        form.add_error(
            None, _("Le texte a changé depuis que vous l’avez lu : le voici. Ce que vous proposez est gardé.")
        )
        return CONFLICT
    return status_of(form)


@opens(Suggestion, to=access.reads_suggestion)
@require_safe
def suggestion(request: HttpRequest, row: Suggestion) -> HttpResponse:
    """One correction beside the text; whoever writes it answers, whoever suggested may take it back."""
    row = queries.whole(row)
    journal.record_read(request.viewer, "report_cards.text_read", row.appreciation, subject_id=row.pupil_id)
    return _suggestion_page(request, row, _answer_form(row))


def _answer_form(row: Suggestion, data: Any = None) -> forms.AnswerForm:
    text = row.appreciation
    return forms.AnswerForm(row.text, text.version, limit_of(policy_of(text.school_id), text.kind), data)


def _suggestion_page(
    request: HttpRequest, row: Any, form: forms.AnswerForm, status: int = 200
) -> HttpResponse:
    text, waits = row.appreciation, row.state == Suggestion.State.WAITING
    old, new = differences(text.text if waits else row.former, row.text)
    context = {
        "row": row,
        "text": text,
        "old": old,
        "new": new,
        "form": form,
        "waits": waits,
        "moved": waits and text.text != row.former,
        "answers": access.answers(request.viewer, row),
        "owns": access.takes_back(request.viewer, row),
        "closed": row.is_closed,
        "rewriting": form.data.get("sens") == forms.REWRITE,
        "matter": keeping.passage_of(text).label,
    }
    return render(request, "report_cards/suggestion.html", context, status=status)


@opens(Suggestion, to=access.answers)
@require_POST
def answer(request: HttpRequest, row: Suggestion) -> HttpResponse:
    """What the author answers; the next correction follows."""
    form = _answer_form(row, request.POST)
    status = _answered(request, row, form) if form.is_valid() else status_of(form)
    if status == 200:
        return redirect(_next(request, row.appreciation.period))
    return _suggestion_page(request, queries.whole(row), form, status)


@opens(Suggestion, to=access.takes_back)
@require_POST
def withdraw(request: HttpRequest, row: Suggestion) -> HttpResponse:
    """Whoever suggested takes it back."""
    try:
        keeping.withdraw(request.viewer, row)
    except keeping.AlreadyAnswered as refused:
        messages.info(request, _answered_already(refused.there))
    else:
        messages.success(request, _("Votre proposition est retirée."))
    return redirect("report_cards:suggestion", pk=row.pk)


def _answered_already(row: Suggestion) -> str:
    state = row.get_state_display().lower()
    return _("Cette correction n’attend plus de réponse : %(state)s.") % {"state": state}


def _answered(request: HttpRequest, row: Suggestion, form: forms.AnswerForm) -> int:
    """200, or the status of the page that says why nothing was answered."""
    viewer, values = request.viewer, form.cleaned_data
    seen = values["version"] or 0
    try:
        if values["sens"] == forms.ACCEPT:
            keeping.accept(viewer, row, seen)
            messages.success(request, _("La correction est acceptée : c’est maintenant votre texte."))
        elif values["sens"] == forms.REFUSE:
            keeping.refuse(viewer, row)
            messages.success(request, _("Votre texte reste tel quel."))
        else:
            keeping.rewrite(viewer, row, values["texte"], seen)
            messages.success(request, _("Votre nouveau texte est enregistré."))
    except keeping.AlreadyAnswered as refused:
        form.add_error(None, _answered_already(refused.there))
        return CONFLICT
    except writing.CouncilClosed:
        form.add_error(None, said_closed())
        return CONFLICT
    except writing.TextConflict as refused:
        there = refused.there[row.pupil_id]
        form.accept(there.version)
        who = {"who": there.changed_by.formal_name}
        form.add_error(None, _("%(who)s vient de changer ce texte : lisez-le, puis répondez.") % who)
        return CONFLICT
    return 200


def _next(request: HttpRequest, period: Period) -> str:
    """The next correction that waits for an answer of this person, else the list."""
    following = queries.to_answer(request.viewer, period).first()
    if following:
        return reverse("report_cards:suggestion", kwargs={"pk": following.pk})
    return f"{reverse('report_cards:proofreading')}?periode={period.pk}"
