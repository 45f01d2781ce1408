"""The page of one absence: what was seen, what was said and decided, and the means to correct, settle, decide."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.viewer import Viewer
from preau.domains.attendance import rules
from preau.domains.attendance.actions import explanations, handlings, rolls
from preau.domains.attendance.forms import CorrectionForm, DecisionForm
from preau.domains.attendance.forms.reasons import SettleOneForm
from preau.domains.attendance.models import Entry, Explanation, Status
from preau.domains.attendance.queries import registers, school_life
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, TYPED_WRONG, status_of, tell_outcome


@opens(Entry, to=rules.runs_school_life)
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, entry: Entry) -> HttpResponse:
    """One absence: what was seen, every change since, and the means to correct it."""
    form = CorrectionForm(request.POST or None, initial=_seen(entry))
    if request.method != "POST" or not form.is_valid():
        return _entry_page(request, entry, {"form": form}, status_of(form))
    try:
        rolls.correct_entry(request.viewer, entry, **form.cleaned_data)
    except rolls.CorrectedOtherwise as conflict:
        return _corrected_otherwise(request, entry, conflict)
    messages.success(request, _("La correction est enregistrée."))
    return redirect("attendance:entry", pk=entry.pk)


def _seen(entry: Entry) -> dict[str, Any]:
    seen = registers.seen_of(entry.status, entry.minutes_late)
    return {"status": entry.status, "minutes_late": entry.minutes_late, "seen": seen}


def _corrected_otherwise(
    request: HttpRequest, entry: Entry, conflict: rolls.CorrectedOtherwise
) -> HttpResponse:
    """Both values, and what was chosen still chosen: to be sent again, knowing the other."""
    entry.refresh_from_db()
    typed = request.POST.copy()
    typed["seen"] = _seen(entry)["seen"]
    sentence = _(
        "Quelqu’un vient de noter « %(theirs)s ». Vous avez choisi « %(mine)s » : enregistrez de nouveau pour garder votre choix, ou changez-le."
    )
    mine = Status(typed["status"]).label
    form = CorrectionForm(typed)
    form.add_error("status", sentence % {"theirs": conflict.theirs, "mine": mine})
    return _entry_page(request, entry, {"form": form}, CONFLICT)


def _entry_page(request: HttpRequest, entry: Entry, forms: dict[str, Any], status: int) -> HttpResponse:
    viewer = request.viewer
    journal.record_read(viewer, "attendance.entry_read", entry, subject_id=entry.pupil_id)
    entry = school_life.whole_entry(entry.pk)
    explanation = entry.explanation
    decision = None
    if explanation and rules.can_decide(viewer, explanation):
        decision = DecisionForm(initial={"seen": entry.last_decision or 0})
    context = {
        "entry": entry,
        "lesson": school_life.lesson_of(entry),
        "explanation": explanation,
        "who_reads": rules.who_reads_explanations(),
        "said": school_life.reason_of(viewer, explanation.reason, explanation.given_by_id)
        if explanation
        else "",
        "words": school_life.words_of(viewer, explanation.reason, explanation.comment) if explanation else "",
        "document": school_life.paper_of(viewer, explanation),
        "kept": school_life.reason_of(viewer, entry.handling.reason, None) if entry.handling else "",
        "history": school_life.history_of(viewer, entry),
        "decision": decision,
        "following": school_life.next_to_read(viewer, explanation) if decision else None,
        "settling": SettleOneForm(viewer, entry) if _to_settle(viewer, entry) else None,
        "form": CorrectionForm(initial=_seen(entry)),
    } | forms
    return render(request, "attendance/entry.html", context, status=status)


def _to_settle(viewer: Viewer, entry: Any) -> bool:
    """Nothing is to be made of the absence of a pupil who was free not to come."""
    free = entry.exempt and entry.status == Status.ABSENT
    return rules.can_settle(viewer, entry) and not free


@opens(Entry, to=rules.runs_school_life)
@require_POST
def settle_one(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Keep a reason for one absence or lateness: a parent has called, or the school knows."""
    form = SettleOneForm(request.viewer, entry, request.POST)
    if not form.is_valid():
        return _entry_page(request, entry, {"settling": form}, TYPED_WRONG)
    data = form.cleaned_data
    try:
        done = handlings.settle_one(
            request.viewer, entry, data["motif"], comment=data["note"], told_by=data["told_by"]
        )
    except handlings.SettledAlready as conflict:
        form.add_error("motif", _settled_already(request, conflict))
        return _entry_page(request, entry, {"settling": form}, CONFLICT)
    tell_outcome(request, done, _("C’est noté."))
    return redirect("attendance:entry", pk=entry.pk)


def _settled_already(request: HttpRequest, conflict: handlings.SettledAlready) -> str:
    theirs = conflict.theirs
    if theirs is None or theirs.reason is None:
        return _(
            "Une explication de la famille vient d’arriver, ou l’absence vient d’être corrigée. Rien n’a changé."
        )
    sentence = _(
        "%(name)s vient de retenir « %(theirs)s ». Rien n’a changé : annulez d’abord ce traitement si votre motif est le bon."
    )
    return sentence % {
        "name": theirs.handled_by.full_name,
        "theirs": school_life.reason_of(request.viewer, theirs.reason, None),
    }


@opens(Explanation, to=rules.can_decide)
@require_POST
def decide(request: HttpRequest, explanation: Explanation) -> HttpResponse:
    """Accept or refuse an explanation."""
    form = DecisionForm(request.POST)
    entries = explanation.entries.order_by("pk")
    about = next((e for e in entries if str(e.pk) == request.POST.get("entry")), None) or entries.first()
    if not form.is_valid():
        return _asked_again(request, about, form, TYPED_WRONG)
    try:
        decided = explanations.decide(request.viewer, explanation, **form.cleaned_data)
    except explanations.DecidedOtherwise as conflict:
        return _asked_again(request, about, _decided_otherwise(request, conflict), CONFLICT)
    tell_outcome(
        request,
        decided,
        _("La décision est enregistrée."),
        _("Cette explication avait déjà reçu cette décision, ou a été retirée."),
    )
    following = (
        school_life.next_to_read(request.viewer, explanation)
        if request.POST.get("geste") == "suivante"
        else None
    )
    return redirect("attendance:entry", pk=following) if following else redirect("attendance:board")


def _asked_again(request: HttpRequest, about: Entry | None, form: DecisionForm, status: int) -> HttpResponse:
    return _entry_page(request, about, {"decision": form}, status) if about else redirect("attendance:board")


def _decided_otherwise(request: HttpRequest, conflict: explanations.DecidedOtherwise) -> DecisionForm:
    """Both decisions, and what was typed still there: to be sent again, knowing the other."""
    theirs = conflict.theirs
    typed = request.POST.copy()
    typed["seen"] = str(theirs.pk)
    form = DecisionForm(typed)
    sentence = _(
        "%(name)s vient de décider « %(theirs)s ». Vous avez choisi « %(mine)s » : enregistrez de nouveau pour garder votre choix, ou changez-le."
    )
    words = {"name": theirs.decided_by.full_name, "theirs": theirs.get_state_display()}
    form.add_error("state", sentence % (words | {"mine": Explanation.State(typed["state"]).label}))
    return form
