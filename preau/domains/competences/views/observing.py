"""What a teacher sees in class, on a phone, with or without a network; what proves it; what a pupil says of themselves."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group, Period
from preau.domains.competences.actions import levels
from preau.domains.competences.forms import AnswerForm, ObserveForm, ProofForm, moment_in
from preau.domains.competences.models import Level, Sheet, SheetColumn, policy_of
from preau.domains.competences.queries import sheets as queries
from preau.domains.competences.rules import access, cycles
from preau.domains.competences.views.sheets import (
    SEALED,
    said_deleted,
    said_elsewhere,
    said_sealed,
    subjects_of,
)
from preau.domains.gradebook.actions.marks import Elsewhere
from preau.domains.gradebook.actions.sealing import AlreadyDone, PeriodSealed
from preau.domains.gradebook.queries.grid import learners_of
from preau.domains.gradebook.queries.periods import chosen_period, periods_of
from preau.foundation.access import anyone, opens
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome


def _form(viewer: Any, group: Group, period: Period | None, *sent: Any, **initial: str) -> ObserveForm:
    """The form of a class: what may be assessed there, what was seen last first."""
    learners = learners_of(viewer, group, period) if period else []
    taught = subjects_of(viewer, group)
    only = taught[0].pk if len(taught) == 1 else None
    choices = queries.choices_of(viewer, cycles.cycle_of(group), only)
    recent = queries.recent_competences(viewer, group)
    initial = {"competence": str(recent[0]) if recent else ""} | initial
    return ObserveForm(viewer, learners, choices, recent, policy_of(group.school_id), *sent, initial=initial)


@opens(Group, to=access.assesses_in)
@require_http_methods(["GET", "POST"])
def observe(request: HttpRequest, group: Group) -> HttpResponse:
    """A competence, a pupil, a level. The page comes back on the same competence."""
    viewer = request.viewer
    period = chosen_period(periods_of(viewer), None, viewer.today)
    named = {"competence": request.GET["competence"]} if request.GET.get("competence") else {}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = _form(viewer, group, period, *sent, **named)
    if period is not None and form.is_valid():
        seen = form.seen()
        try:
            levels.observe(viewer, group, period, seen)
        except PeriodSealed:
            form.add_error(None, said_sealed())
        except Elsewhere:
            form.add_error("eleve", said_elsewhere())
        else:
            values = {"name": seen.pupil.given_name, "level": form.policy.words[seen.typed.value or 1]}
            messages.success(request, _("%(name)s : %(level)s. C’est gardé.") % values)
            response: HttpResponse = redirect("competences:observe", pk=group.pk)
            response["Location"] += f"?competence={seen.competence.pk}"
            return response
    context = {
        "form": form,
        "group": group,
        "period": period,
        "words": queries.words_of(form.policy),
        "policy": form.policy,
        "has_choices": bool(form.held),
    }
    return render_form(request, "competences/observe.html", context)


@opens(to=anyone)
@require_safe
def without_network(request: HttpRequest) -> HttpResponse:
    """« Observer » as the service worker keeps it: it names nobody, its script fills it with what this device may show."""
    return render(request, "competences/without_network.html")


@opens(Group, to=access.assesses_in)
@require_POST
def send(request: HttpRequest, group: Group) -> JsonResponse:
    """An observation that waited for the network on a device: 200 `{proof}`, where to add what proves it; 422 and 423 `{sentence}`.

    Sent twice, because its first answer was lost, it is written once.
    """
    viewer = request.viewer
    at = moment_in(request.POST, timezone.now())
    period = _period_of(viewer, at)
    form = _form(viewer, group, period, request.POST)
    if at is None or period is None:
        return _refused(_("elle date de plus d’une semaine, ou d’aucune période de l’année."), TYPED_WRONG)
    if not form.is_valid():
        return _refused(" ".join(str(one) for errors in form.errors.values() for one in errors), TYPED_WRONG)
    try:
        level = levels.observe(viewer, group, period, form.seen(), at)
    except PeriodSealed:
        return _refused(said_sealed(), SEALED)
    except Elsewhere:
        return _refused(said_elsewhere(), TYPED_WRONG)
    return JsonResponse({"proof": reverse("competences:prove", kwargs={"pk": level.pk})})


def _period_of(viewer: Any, at: datetime | None) -> Period | None:
    day = timezone.localdate(at) if at else None
    return next((one for one in periods_of(viewer) if day and one.starts <= day <= one.ends), None)


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"sentence": sentence}, status=status)


@opens(Level, to=access.writes_level)
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest, level: Level) -> HttpResponse:
    """A photo, a sound or a word beside a level that is there already."""
    viewer = request.viewer
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ProofForm(viewer, level, *sent)
    sheet = level.column.sheet
    if form.is_valid():
        try:
            changed = levels.prove(viewer, level, *form.proved())
        except PeriodSealed:
            form.add_error(None, said_sealed())
        except AlreadyDone:
            form.add_error(None, said_deleted())
        else:
            tell_outcome(request, changed, _("C’est gardé avec ce niveau."), _("Rien n’a changé."))
            return redirect("competences:sheet", pk=sheet.pk)
    context = {"form": form, "level": level, "sheet": sheet, "policy": policy_of(sheet.school_id)}
    return render_form(request, "competences/prove.html", context)


@opens(Sheet, to=access.answers)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """« Où pensez-vous en être ? »: what a pupil says, which counts for nothing."""
    viewer, policy = request.viewer, policy_of(sheet.school_id)
    columns = list(SheetColumn.objects.filter(sheet=sheet).select_related("competence"))
    known = queries.own_answers(viewer, sheet)
    form = AnswerForm(columns, policy, known, request.POST if request.method == "POST" else None)
    if form.is_valid():
        changed = levels.answer(viewer, sheet, form.levels())
        tell_outcome(request, changed, _("C’est dit."), _("Rien n’a changé."))
        return redirect("competences:own")
    return render_form(request, "competences/answer.html", {"form": form, "sheet": sheet})
