"""Alerts, follow-ups, letters: what counts say, and what people decide of it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.domains.attendance import rules
from preau.domains.attendance.actions import follow_ups as follow_ups_actions
from preau.domains.attendance.boards import Place, ways_from
from preau.domains.attendance.exports.letters import letters_pdf
from preau.domains.attendance.forms.follow_ups import ActionForm, ChosenAlerts, CountingForm, WordForm
from preau.domains.attendance.models import Alert, FollowUp, FollowUpAction
from preau.domains.attendance.queries import half_days
from preau.domains.attendance.queries.follow_ups import (
    actions_of,
    alerts_waiting,
    facts_of,
    follow_ups_of,
    letters_of,
    numbers_of_alerts,
    rows_of_alerts,
)
from preau.foundation import journal, pdf
from preau.foundation.access import opens
from preau.foundation.downloads import pdf_file
from preau.foundation.pages import CONFLICT, NOTHING_CHANGED, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

MOST_LETTERS = 40


@opens(to=rules.runs_school_life)
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """Who has reached a threshold, with the half-days that it counts."""
    level = request.GET.get("seuil", "")
    level = level if level in Alert.Level.values else ""
    page = page_for(request, alerts_waiting(request.viewer, level), 20)
    numbers = numbers_of_alerts(request.viewer)
    context = {
        "level": level,
        "whole": sum(numbers.values()),
        "levels": [(one.value, one.label, numbers.get(one.value, 0)) for one in reversed(Alert.Level)],
        "query": f"seuil={level}" if level else "",
        "page_obj": page,
        "rows": rows_of_alerts(request.viewer, page.object_list),
        "settings": half_days.settings_of(request.viewer.school_id or 0),
        "may_settle": rules.settles_reasons(request.viewer),
        "ways": ways_from(request.viewer, Place.CHOSEN),
    }
    return render(request, "attendance/alerts.html", context)


@opens(Alert, to=rules.runs_school_life)
@require_POST
def open_follow_up(request: HttpRequest, alert: Alert) -> HttpResponse:
    """Follow the pupil of an alert."""
    follow_up = follow_ups_actions.open_follow_up(request.viewer, alert.pupil, alert)
    messages.success(request, _("Le suivi est ouvert. La famille le voit."))
    return redirect("attendance:follow_up", pk=follow_up.pk)


@opens(Alert, to=rules.runs_school_life)
@require_POST
def close_alert(request: HttpRequest, alert: Alert) -> HttpResponse:
    """Leave an alert there."""
    tell_outcome(
        request,
        follow_ups_actions.close_alert(request.viewer, alert),
        _("L’alerte est classée. Les absences ne changent pas."),
    )
    return redirect("attendance:alerts")


@opens(Person, to=rules.can_follow, by="public_id")
@require_POST
def start_follow_up(request: HttpRequest, pupil: Person) -> HttpResponse:
    """Follow a pupil whom no count has named."""
    follow_up = follow_ups_actions.open_follow_up(request.viewer, pupil)
    return redirect("attendance:follow_up", pk=follow_up.pk)


@opens(to=rules.runs_school_life)
@require_safe
def follow_ups(request: HttpRequest) -> HttpResponse:
    """The follow-ups that go on, or those that are over."""
    closed = request.GET.get("voir") == "fermes"
    page = page_for(request, follow_ups_of(request.viewer, closed=closed), 30)
    ways = ways_from(request.viewer, Place.CHOSEN)
    return render(request, "attendance/follow_ups.html", {"page_obj": page, "closed": closed, "ways": ways})


@opens(FollowUp, to=rules.runs_school_life)
@require_http_methods(["GET", "POST"])
def follow_up(request: HttpRequest, follow_up: FollowUp) -> HttpResponse:
    """One follow-up: the facts, what was done, and the means to add to it."""
    form = ActionForm(request.viewer, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, follow_up, form, status_of(form))
    data = form.cleaned_data
    try:
        noted = follow_ups_actions.note_action(
            request.viewer,
            follow_up,
            data["kind"],
            data["done_on"],
            data["words"],
            for_family=data["for_family"],
        )
    except follow_ups_actions.ClosedAlready:
        form.add_error(None, _("Ce suivi vient d’être fermé par quelqu’un d’autre : rien n’a été ajouté."))
        return _page(request, follow_up, form, CONFLICT)
    tell_outcome(request, noted, _("C’est noté."))
    return redirect("attendance:follow_up", pk=follow_up.pk)


def _page(request: HttpRequest, follow_up: FollowUp, form: ActionForm, status: int) -> HttpResponse:
    follow_up = FollowUp.objects.select_related("pupil", "school", "opened_by", "closed_by").get(
        pk=follow_up.pk
    )
    journal.record_read(request.viewer, "attendance.follow_up_read", follow_up, subject_id=follow_up.pupil_id)
    context = {
        "follow_up": follow_up,
        "facts": facts_of(follow_up, request.viewer.today),
        "actions": actions_of(request.viewer, follow_up),
        "form": form,
    }
    return render(request, "attendance/follow_up.html", context, status=status)


@opens(FollowUp, to=rules.runs_school_life)
@require_POST
def end_follow_up(request: HttpRequest, follow_up: FollowUp) -> HttpResponse:
    """Close a follow-up, or open it again."""
    closed = request.POST.get("geste") != "rouvrir"
    if not follow_ups_actions.end_follow_up(request.viewer, follow_up, closed=closed):
        messages.info(request, _("C’était déjà fait."))
    elif closed:
        messages.success(request, _("Le suivi est fermé."))
    else:
        messages.success(request, _("Le suivi est de nouveau ouvert."))
    return redirect("attendance:follow_up", pk=follow_up.pk)


@opens(FollowUp, to=rules.follows_absences)
@require_http_methods(["GET", "POST"])
def told_follow_up(request: HttpRequest, follow_up: FollowUp) -> HttpResponse:
    """What a family reads of a follow-up: the facts, what was done; and its own word, which contests them if need be."""
    form = WordForm(request.POST or None)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            kind, words = FollowUpAction.Kind.WORD, form.cleaned_data["words"]
            follow_ups_actions.note_action(request.viewer, follow_up, kind, request.viewer.today, words)
        except follow_ups_actions.ClosedAlready:
            form.add_error(None, _("Ce suivi vient d’être fermé : appelez l’établissement."))
            status = CONFLICT
        else:
            messages.success(request, _("C’est envoyé. La vie scolaire va lire votre mot."))
            return redirect("attendance:told_follow_up", pk=follow_up.pk)
    follow_up = FollowUp.objects.select_related("pupil", "school").get(pk=follow_up.pk)
    context = {
        "follow_up": follow_up,
        "facts": facts_of(follow_up, request.viewer.today),
        "actions": actions_of(request.viewer, follow_up),
        "form": form,
    }
    return render(request, "attendance/told_follow_up.html", context, status=status)


@opens(to=rules.runs_school_life)
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest) -> HttpResponse:
    """What to look at before letters leave, then the letters themselves (a PDF), noted in each follow-up."""
    if request.method == "POST" and request.POST.get("geste") == "relire":
        # The list sends its boxes with a token that has no place in an address.
        query = urlencode([("alertes", one) for one in request.POST.getlist("alertes")[:MOST_LETTERS]])
        return redirect(f"{reverse('attendance:letters')}?{query}")
    form = ChosenAlerts(request.viewer, request.POST or request.GET)
    chosen = list(form.cleaned_data["alertes"][:MOST_LETTERS]) if form.is_valid() else []
    rows = letters_of(request.viewer, chosen)
    writable = [row for row in rows if row.recipients]
    if request.method == "POST" and writable and pdf.is_possible():
        for row in writable:
            follow_ups_actions.letter_sent(request.viewer, row.alert)
        return pdf_file(f"courriers-{request.viewer.today:%Y-%m-%d}", letters_pdf(request.viewer, writable))
    if not rows:
        messages.info(request, _("Choisissez au moins une alerte."))
        return redirect("attendance:alerts")
    context = {"rows": rows, "writable": len(writable), "has_pdf": pdf.is_possible()}
    return render(request, "attendance/letters.html", context)


@opens(to=rules.settles_reasons)
@require_http_methods(["GET", "POST"])
def counting(request: HttpRequest) -> HttpResponse:
    """When the afternoon begins, and the thresholds."""
    known = half_days.settings_of(request.viewer.school_id or 0)
    form = CountingForm(request.POST or None, instance=known)
    if form.is_valid():
        tell_outcome(
            request,
            follow_ups_actions.settle_counting(request.viewer, **form.cleaned_data),
            _("C’est enregistré. Les alertes sont recomptées."),
            NOTHING_CHANGED,
        )
        return redirect("attendance:alerts")
    return render_form(request, "attendance/counting.html", {"form": form})
