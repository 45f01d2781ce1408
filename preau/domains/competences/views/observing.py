"""What a teacher sees in class, on a phone; what a pupil says of themselves."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.directory.models import Group
from preau.domains.competences.actions import levels
from preau.domains.competences.forms import AnswerForm, ObserveForm
from preau.domains.competences.models import Sheet, SheetColumn, policy_of
from preau.domains.competences.queries import sheets as queries
from preau.domains.competences.rules import access, cycles
from preau.domains.competences.views.sheets import said_elsewhere, said_sealed, subjects_of
from preau.domains.gradebook.actions.marks import Elsewhere
from preau.domains.gradebook.actions.sealing import PeriodSealed
from preau.domains.gradebook.queries.grid import learners_of
from preau.domains.gradebook.queries.periods import chosen_period, periods_of
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome


@opens(Group, to=access.assesses_in)
@require_http_methods(["GET", "POST"])
def observe(request: HttpRequest, group: Group) -> HttpResponse:
    """Three taps: a competence, a pupil, a level. The page comes back on the same competence."""
    viewer = request.viewer
    period = chosen_period(periods_of(viewer), None, viewer.today)
    learners = learners_of(viewer, group, period) if period else []
    taught = subjects_of(viewer, group)
    only = taught[0].pk if len(taught) == 1 else None
    choices = queries.choices_of(viewer, cycles.cycle_of(group), only)
    recent = queries.recent_competences(viewer, group)
    policy = policy_of(group.school_id)
    initial = {"competence": request.GET.get("competence") or (str(recent[0]) if recent else "")}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ObserveForm(viewer, learners, choices, recent, policy, *sent, initial=initial)
    if period is not None and form.is_valid():
        seen = form.seen()
        try:
            levels.observe(viewer, group, period, seen)
        except PeriodSealed:
            form.add_error(None, said_sealed())
        except Elsewhere:
            form.add_error("eleve", said_elsewhere())
        else:
            told = {"name": seen.pupil.given_name, "level": policy.words[seen.typed.value or 1]}
            messages.success(request, _("%(name)s : %(level)s. C’est gardé.") % told)
            response: HttpResponse = redirect("competences:observe", pk=group.pk)
            response["Location"] += f"?competence={seen.competence.pk}"
            return response
    context = {
        "form": form,
        "group": group,
        "period": period,
        "words": queries.words_of(policy),
        "policy": policy,
        "has_choices": bool(choices),
    }
    return render_form(request, "competences/observe.html", context)


@opens(Sheet, to=access.answers)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """« Où penses-tu en être ? »: what a pupil says, which counts for nothing."""
    viewer, policy = request.viewer, policy_of(sheet.school_id)
    columns = list(SheetColumn.objects.filter(sheet=sheet).select_related("competence"))
    known = queries.own_answers(viewer, sheet)
    form = AnswerForm(columns, policy, known, request.POST if request.method == "POST" else None)
    if form.is_valid():
        changed = levels.answer(viewer, sheet, form.levels())
        tell_outcome(request, changed, _("C’est dit."), _("Rien n’a changé."))
        return redirect("competences:own")
    return render_form(request, "competences/answer.html", {"form": form, "sheet": sheet})
