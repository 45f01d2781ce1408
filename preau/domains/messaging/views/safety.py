"""Asking for help; and what adults watch: messages held, reports, brakes, frozen accounts, the table of the school."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.words import Profile
from preau.domains.messaging import rules
from preau.domains.messaging.actions import safety
from preau.domains.messaging.forms import (
    DecisionForm,
    FreezeForm,
    OutcomeForm,
    PeriodForm,
    PolicyForm,
    ReportForm,
)
from preau.domains.messaging.models import Brake, Freeze, Message, Report
from preau.domains.messaging.queries import addressing, conversation, reach, watching
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.reports)
@require_http_methods(["GET", "POST"])
def ask_help(request: HttpRequest) -> HttpResponse:
    """Ask the chosen adults for help, with or without a message; the words are those of the reader, pupil or adult."""
    schools = addressing.schools_of(request.viewer)
    form = ReportForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid() and schools:
        return _report(request, schools[0][0], form, None)
    return render_form(
        request, "messaging/ask_help.html", {"form": form, "message": None, "sent": "envoye" in request.GET}
    )


@opens(Message, to=rules.may_report)
@require_http_methods(["GET", "POST"])
def report_message(request: HttpRequest, message: Message) -> HttpResponse:
    """Show a message to the chosen adults."""
    form = ReportForm(request.viewer, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _report(request, message.school_id, form, message)
    return render_form(request, "messaging/ask_help.html", {"form": form, "message": message, "sent": False})


def _report(
    request: HttpRequest, school_id: int, form: ReportForm, message: Message | None
) -> HttpResponseRedirect:
    data, is_pupil = form.cleaned_data, request.viewer.profile == Profile.PUPIL
    try:
        safety.report(request.viewer, school_id, data["kind"], data["words"], message, data["sent_as"])
    except safety.TooOften:
        too_often = (
            _(
                "Vos signalements de cette heure sont déjà chez les adultes. En cas de danger, appelez le 119 ou le 3018."
            )
            if is_pupil
            else _(
                "Vos signalements de cette heure sont déjà transmis. Si un élève est en danger, appelez le 119 ou le 3018."
            )
        )
        messages.error(request, too_often)
    else:
        done = (
            _("Les adultes choisis sont prévenus. Vous avez bien fait d’en parler.")
            if is_pupil
            else _("C’est transmis aux personnes choisies par l’établissement.")
        )
        messages.success(request, done)
    return redirect("messaging:ask_help")


@opens(to=rules.watches)
@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """What waits for an adult, what was reported, what is stopped."""
    viewer = request.viewer
    context: dict[str, Any] = {
        "held": list(watching.held_in(viewer)),
        "page_obj": page_for(request, watching.reports_in(viewer), A_PAGE),
        "freezes": list(watching.freezes_in(viewer)),
        "brakes": watching.brakes_in(viewer),
        "brakes_may": rules.settles_policy(viewer),
        "profiles": Brake.PROFILES,
    }
    return render(request, "messaging/watch.html", context)


@opens(Report, to=rules.reads_report)
@require_http_methods(["GET", "POST"])
def report_page(request: HttpRequest, report: Report) -> HttpResponse:
    """One report, the message it shows, to whom it went and what was said around it; and what was done."""
    viewer = request.viewer
    form = OutcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = safety.close_report(viewer, report, form.cleaned_data["outcome"])
        tell_outcome(request, done, _("Ce qui a été fait est gardé."))
        return redirect("messaging:report_page", pk=report.pk)
    message = report.message
    found = watching.reported(report, message) if message else None
    if request.method == "GET":
        journal.record_read(viewer, "messaging.report_read", report, subject_id=report.by_id)
        if message and found:
            # Whose words are read here, for those who verify the journal: the verb is private, or whoever is reported would learn it.
            authors = {one.author_id for one in (message, *found.around) if one.author_id}
            journal.record_reads(
                viewer,
                "messaging.message_read",
                message,
                subject_ids=sorted(authors - {report.by_id, viewer.person.pk}),
            )
    context = {
        "report": report,
        "form": form,
        "message": message,
        "found": found,
        "files": conversation.files_of(viewer, [message.pk]).get(message.pk, []) if message else [],
        "freeze_form": FreezeForm(viewer, initial={"person": message.author.public_id})
        if message and message.author
        else None,
    }
    return render_form(request, "messaging/report.html", context)


@opens(Message, to=rules.reads_held)
@require_safe
def held_page(request: HttpRequest, message: Message) -> HttpResponse:
    """A held message, before it leaves."""
    if message.author_id:
        journal.record_read(request.viewer, "messaging.held_read", message, subject_id=message.author_id)
    context = {
        "message": message,
        "form": DecisionForm(),
        "files": conversation.files_of(request.viewer, [message.pk]).get(message.pk, []),
        "freeze_form": FreezeForm(request.viewer, initial={"person": message.author.public_id})
        if message.author
        else None,
    }
    return render(request, "messaging/held.html", context)


def _decide(request: HttpRequest, message: Message, *, lets: bool) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return render(
            request,
            "messaging/held.html",
            {"message": message, "form": form, "files": [], "freeze_form": None},
            status=TYPED_WRONG,
        )
    done = safety.decide(request.viewer, message, lets=lets, note=form.cleaned_data["note"])
    tell_outcome(
        request,
        done,
        _("Le message part.") if lets else _("Le message n’est pas transmis. Son auteur le sait."),
    )
    return redirect("messaging:watch")


@removes
@opens(Message, to=rules.decides_held)
@require_POST
def release(request: HttpRequest, message: Message) -> HttpResponse:
    return _decide(request, message, lets=True)


@removes
@opens(Message, to=rules.decides_held)
@require_POST
def refuse(request: HttpRequest, message: Message) -> HttpResponse:
    return _decide(request, message, lets=False)


@opens(to=rules.watches)
@require_http_methods(["GET", "POST"])
def freeze(request: HttpRequest) -> HttpResponse:
    """Stop an account and recall what it sent, in one gesture."""
    asked = request.POST.get("person", "") or request.GET.get("personne", "")
    named = FreezeForm(request.viewer).fields["person"].queryset.filter(public_id=asked).first()  # type: ignore[attr-defined]
    form = PeriodForm(request.viewer, named, request.POST or None, initial={"person": asked})
    if not form.is_valid():
        return render_form(request, "messaging/freeze.html", {"form": form, "named": named})
    made, recalled = safety.freeze(
        request.viewer, form.cleaned_data["person"], form.cleaned_data["why"], form.since
    )
    said = ngettext(
        "Le compte est gelé, ses sessions sont fermées et %(num)s message est rappelé.",
        "Le compte est gelé, ses sessions sont fermées et %(num)s messages sont rappelés.",
        recalled,
    )
    messages.success(request, said % {"num": recalled})
    return redirect("messaging:inquiry", pk=made.pk)


@opens(Freeze, to=rules.reads_freeze)
@require_safe
def inquiry(request: HttpRequest, freeze: Freeze) -> HttpResponse:
    """What a frozen account had sent, who received it and read it, and the trace that the journal sealed."""
    journal.record_read(request.viewer, "messaging.inquiry_read", freeze, subject_id=freeze.person_id)
    context = {
        "freeze": freeze,
        "sent": watching.sent_by_frozen(freeze),
        "trace": watching.trace_of(freeze),
        "may_read_journal": rules.settles_policy(request.viewer),
    }
    return render(request, "messaging/inquiry.html", context)


@opens(Freeze, to=rules.reads_freeze)
@require_POST
def thaw(request: HttpRequest, freeze: Freeze) -> HttpResponseRedirect:
    tell_outcome(
        request,
        safety.thaw(request.viewer, freeze),
        _("Le compte peut de nouveau écrire. Faites d’abord changer son mot de passe."),
    )
    return redirect("messaging:inquiry", pk=freeze.pk)


@opens(to=rules.settles_policy)
@require_POST
def brake(request: HttpRequest) -> HttpResponseRedirect:
    """Nobody of a profile writes, from their next request on."""
    profile = request.POST.get("profil", "")
    if profile in dict(Brake.PROFILES):
        tell_outcome(
            request,
            safety.brake(request.viewer, profile),
            _("Le frein est mis : plus aucun message de ce profil ne part."),
        )
    return redirect("messaging:watch")


@opens(Brake, to=rules.settles_policy)
@require_POST
def lift(request: HttpRequest, brake: Brake) -> HttpResponseRedirect:
    tell_outcome(
        request,
        safety.lift(request.viewer, brake),
        _("Le frein est levé : les messages partent de nouveau."),
    )
    return redirect("messaging:watch")


@opens(to=rules.settles_policy)
@confirmed()
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """The table of the school."""
    known = reach.policy_of(request.viewer.school_id)
    form = PolicyForm(request.viewer, known, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        safety.settle_policy(
            request.viewer, form.scopes(), data["adult_roles"], data["read_state"], list(data["referents"])
        )
        messages.success(request, _("C’est en vigueur dès maintenant."))
        return redirect("messaging:policy")
    return render_form(request, "messaging/policy.html", {"form": form})
