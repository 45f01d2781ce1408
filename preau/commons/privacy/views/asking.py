"""What a person asks about their data, or a child's: the list, a request, its lines."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.privacy import rules
from preau.commons.privacy.actions import asking
from preau.commons.privacy.forms import AskForm, LineForm
from preau.commons.privacy.models import DataRequest, RequestLine
from preau.commons.privacy.queries import held
from preau.commons.privacy.queries.requests import (
    grants_of,
    kind_exists,
    kind_said,
    kinds_held,
    lines_of,
    own_page_of,
    requests_of,
    schools_for,
)
from preau.commons.privacy.views.own import subject_of
from preau.directory.models import Person, School
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, TYPED_WRONG, render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20
# In an address: no kind of data in particular.
ANY = "autre"


@opens(to=rules.has_data)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What I asked, and where it is."""
    page = page_for(request, requests_of(request.viewer), A_PAGE)
    return render(request, "privacy/requests.html", {"page_obj": page, "today": request.viewer.today})


@opens(to=rules.has_data)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a kind of data, read what may be granted, and ask."""
    typed = request.POST if request.method == "POST" else request.GET
    subject, children = subject_of(request, typed.get("pour", ""))
    schools = schools_for(request.viewer, subject.person)
    wanted = typed.get("quoi", "")
    people = [request.viewer.person, *children] if children else []
    if not schools or not (wanted == ANY or kind_exists(wanted)):
        return _ask_what(request, subject, schools, people)
    kind = "" if wanted == ANY else wanted
    form = AskForm(schools, kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = asking.ask(request.viewer, form.school_asked(), subject.person, form.asked())
        messages.success(request, _("Votre demande est envoyée. Voici votre accusé de réception."))
        return redirect("privacy:asked", pk=made.pk)
    context = {"subject": subject, "form": form, "wanted": wanted, **_about(kind, subject)}
    return render_form(request, "privacy/ask.html", context)


def _ask_what(
    request: HttpRequest,
    subject: held.Subject,
    schools: list[School],
    people: list[Person],
    asked: DataRequest | None = None,
) -> HttpResponse:
    """Which kind of data? Nothing is sent at this step."""
    context = {
        "subject": subject,
        "schools": schools,
        "people": people,
        "asked": asked,
        "kinds": kinds_held(subject) if schools else [],
    }
    status = TYPED_WRONG if request.method == "POST" else 200
    return render(request, "privacy/ask_what.html", context, status=status)


def _about(kind: str, subject: held.Subject) -> dict[str, object]:
    """What a form says beforehand of a kind of data; what one changes oneself is one's own."""
    entry = held.entry_of(kind) if kind else None
    return {
        "entry": entry,
        "kind": kind_said(kind),
        "grants": grants_of(entry),
        "own_page": own_page_of(entry) if subject.is_own else "",
    }


@opens(DataRequest, to=rules.follows_request)
@require_safe
def asked(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """One request of mine: the receipt, what was asked, what was answered."""
    context = {
        "asked": asked,
        "lines": lines_of(asked),
        "today": request.viewer.today,
        "for_other": asked.subject_id != request.viewer.person.pk,
    }
    return render(request, "privacy/asked.html", context)


@opens(DataRequest, to=rules.follows_request)
@require_http_methods(["GET", "POST"])
def add_line(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """One thing more in the same request."""
    typed = request.POST if request.method == "POST" else request.GET
    wanted = typed.get("quoi", "")
    subject = held.Subject(asked.subject, request.viewer.person)
    if not asked.may_still_add():
        return _refused(request, asked)
    if not (wanted == ANY or kind_exists(wanted)):
        return _ask_what(request, subject, [asked.school], [], asked)
    kind = "" if wanted == ANY else wanted
    form = LineForm(kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = asking.add_line(request.viewer, asked, form.asked())
        except asking.TakenInHand:
            return _refused(request, asked)
        tell_outcome(
            request, added, _("La ligne est ajoutée à votre demande."), _("Cette ligne y était déjà.")
        )
        return redirect("privacy:asked", pk=asked.pk)
    context = {
        "form": form,
        "asked": asked,
        "subject": subject,
        "wanted": wanted,
        "line": None,
        **_about(kind, subject),
    }
    return render_form(request, "privacy/line.html", context)


@opens(RequestLine, to=rules.follows_line)
@require_http_methods(["GET", "POST"])
def change_line(request: HttpRequest, line: RequestLine) -> HttpResponse:
    """Say a line otherwise, before somebody takes the request in hand."""
    form = LineForm(line.kind, request.POST or None, line=line)
    if request.method == "POST" and form.is_valid():
        try:
            changed = asking.change_line(request.viewer, line, form.asked())
        except asking.TakenInHand:
            return _refused(request, line.request)
        tell_outcome(request, changed, _("La ligne est changée."), NOTHING_CHANGED)
        return redirect("privacy:asked", pk=line.request_id)
    if request.method != "POST" and line.request.state != DataRequest.State.RECEIVED:
        return _refused(request, line.request)
    subject = held.Subject(line.request.subject, request.viewer.person)
    context = {
        "form": form,
        "asked": line.request,
        "subject": subject,
        "line": line,
        **_about(line.kind, subject),
    }
    return render_form(request, "privacy/line.html", context)


def _refused(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    messages.info(
        request,
        _(
            "Cette demande ne change plus : quelqu’un y répond, ou elle a plus d’une semaine. Vous pouvez en envoyer une autre."
        ),
    )
    return redirect("privacy:asked", pk=asked.pk)


@opens(DataRequest, to=rules.follows_request)
@require_POST
def withdraw(request: HttpRequest, asked: DataRequest) -> HttpResponse:
    """Take the request back."""
    try:
        done = asking.withdraw(request.viewer, asked)
    except asking.TakenInHand:
        messages.info(request, _("Cette demande a déjà une réponse : elle ne se retire plus."))
        return redirect("privacy:asked", pk=asked.pk)
    messages.info(
        request, _("Votre demande est retirée.") if done else _("Cette demande était déjà retirée.")
    )
    return redirect("privacy:asked", pk=asked.pk)
