"""Those who answer: what waits, one request, its lines, and erasing what was granted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.privacy import rules
from preau.commons.privacy.actions import answering
from preau.commons.privacy.forms import AnswerForm, ProlongForm
from preau.commons.privacy.models import DataRequest, RequestLine
from preau.commons.privacy.queries import held, requests
from preau.directory.rules import reads_families
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, NOTHING_CHANGED, TYPED_WRONG, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(to=rules.answers_requests)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What was asked of the school, the nearest day first."""
    part = request.GET.get("voir", "")
    part = part if part in requests.PARTS else ""
    page = page_for(request, requests.queue_of(request.viewer, part), A_PAGE)
    context = {
        "page_obj": page,
        "part": part,
        "today": request.viewer.today,
        "kept_away": requests.number_kept_away(request.viewer),
    }
    return render(request, "privacy/queue.html", context)


@opens(DataRequest, to=rules.handles)
@require_safe
def handle(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """One request, as those who answer read it."""
    return _page(request, asked, ProlongForm())


def _page(request: HttpRequest, asked: DataRequest, form: ProlongForm, status: int = 200) -> HttpResponse:
    journal.record_read(request.viewer, "privacy.request_read", asked, subject_id=asked.subject_id)
    lines = requests.lines_of(asked)
    context = {
        "asked": asked,
        "lines": lines,
        "form": form,
        "today": request.viewer.today,
        "whole": all(line.line.outcome for line in lines),
        "erasable": {line.line.pk for line in lines if requests.may_be_erased(asked, line.line)},
        "applied": any(line.line.applied_at for line in lines),
        "reads_file": reads_families(request.viewer),
    }
    return render(request, "privacy/handle.html", context, status=status)


def _over(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    messages.info(request, _("Cette demande a déjà une réponse, ou elle a été retirée."))
    return redirect("privacy:handle", pk=asked.pk)


@opens(DataRequest, to=rules.handles)
@require_POST
def take(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """Say that somebody is at it."""
    try:
        done = answering.take(request.viewer, asked)
    except answering.Over:
        return _over(request, asked)
    sentence = _("La personne sait que vous y répondez.") if done else _("Quelqu’un y répondait déjà.")
    messages.info(request, sentence)
    return redirect("privacy:handle", pk=asked.pk)


@opens(DataRequest, to=rules.handles)
@require_POST
def prolong(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """Two months more, within the first month."""
    form = ProlongForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, form, TYPED_WRONG)
    try:
        done = answering.prolong(request.viewer, asked, form.cleaned_data["why"])
    except answering.Over:
        return _over(request, asked)
    except answering.TooLate:
        messages.error(request, _("Le premier mois est passé : la loi ne permet plus de prolonger."))
        return redirect("privacy:handle", pk=asked.pk)
    tell_outcome(
        request,
        done,
        _("Le délai est prolongé de deux mois. La personne en est prévenue."),
        _("Le délai était déjà prolongé."),
    )
    return redirect("privacy:handle", pk=asked.pk)


@opens(RequestLine, to=rules.handles_line)
@require_http_methods(["GET", "POST"])
def answer_line(request: HttpRequest, line: RequestLine) -> HttpResponse:
    """What one line is answered; nothing leaves before the whole is sent."""
    asked = line.request
    form = AnswerForm(line, request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            done = answering.answer_line(
                request.viewer, line, typed["outcome"], typed["answer"], typed["seen"]
            )
        except answering.Over:
            return _over(request, asked)
        except answering.AnsweredMeanwhile:
            return _answered_meanwhile(request, line, form)
        tell_outcome(
            request,
            done,
            _("La réponse à cette ligne est notée. Elle partira avec les autres."),
            NOTHING_CHANGED,
        )
        return redirect("privacy:handle", pk=asked.pk)
    if not asked.is_waiting:
        return _over(request, asked)
    return _line_page(request, line, form, status_of(form))


def _answered_meanwhile(request: HttpRequest, line: RequestLine, form: AnswerForm) -> HttpResponse:
    """Both are there: what somebody else has just written above, what was typed in the form."""
    line.refresh_from_db()
    form.add_error(
        None, _("Quelqu’un vient de répondre à cette ligne : relisez sa réponse avant de la remplacer.")
    )
    form.data = form.data.copy()
    form.data["seen"] = answering.mark_of(line)
    return _line_page(request, line, form, CONFLICT)


def _line_page(request: HttpRequest, line: RequestLine, form: AnswerForm, status: int) -> HttpResponse:
    asked = line.request
    journal.record_read(request.viewer, "privacy.request_read", asked, subject_id=asked.subject_id)
    entry = held.entry_of(line.kind) if line.kind else None
    grant = next(grant for grant in requests.grants_of(entry) if grant.right == line.right)
    context = {
        "asked": asked,
        "line": line,
        "form": form,
        "entry": entry,
        "kind": requests.kind_said(line.kind),
        "grant": grant,
        "reads_file": reads_families(request.viewer),
        "theirs": line if status == CONFLICT else None,
    }
    return render(request, "privacy/answer_line.html", context, status=status)


@opens(DataRequest, to=rules.handles)
@require_POST
def send_answer(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """Send the answers of all the lines, in ten minutes."""
    try:
        done = answering.send_answer(request.viewer, asked)
    except answering.Over:
        return _over(request, asked)
    except answering.Unanswered:
        messages.error(request, _("Répondez d’abord à chaque ligne."))
        return redirect("privacy:handle", pk=asked.pk)
    tell_outcome(
        request,
        done,
        _("La réponse part dans dix minutes. D’ici là, vous pouvez la reprendre."),
        _("La réponse était déjà donnée."),
    )
    return redirect("privacy:handle", pk=asked.pk)


@opens(DataRequest, to=rules.handles)
@require_POST
def take_back(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """Take the answer back before it leaves."""
    try:
        done = answering.take_back_answer(request.viewer, asked)
    except answering.TooLate:
        messages.error(request, _("Il est trop tard : la réponse est partie, ou l’effacement est fait."))
        return redirect("privacy:handle", pk=asked.pk)
    messages.info(
        request,
        _("La réponse n’est pas partie : vous pouvez la changer.") if done else _("Elle était déjà reprise."),
    )
    return redirect("privacy:handle", pk=asked.pk)


@opens(RequestLine, to=rules.handles_line)
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, line: RequestLine) -> HttpResponse:
    """What an erasure that was granted would do, and doing it."""
    asked = line.request
    plan = requests.erasure_of(asked, line)
    if request.method == "POST":
        try:
            rows = answering.apply_erasure(request.viewer, line)
        except answering.Over:
            messages.error(request, _("Rien n’est effacé : cela ne se fait pas d’ici."))
            return redirect("privacy:handle", pk=asked.pk)
        if rows is None:
            messages.info(request, _("C’était déjà effacé."))
        else:
            sentence = ngettext("%(num)s ligne est effacée.", "%(num)s lignes sont effacées.", rows) % {
                "num": rows
            }
            messages.success(request, sentence if rows else _("Il n’y avait plus rien à effacer."))
        return redirect("privacy:handle", pk=asked.pk)
    if plan is None or line.applied_at:
        return _over(request, asked)
    journal.record_read(request.viewer, "privacy.request_read", asked, subject_id=asked.subject_id)
    return render(request, "privacy/erase.html", {"asked": asked, "line": line, "plan": plan})
