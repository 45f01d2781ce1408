"""Punitions: given, followed, placed in a slot, done or taken back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.conduct import rules
from preau.domains.conduct.actions import punitions as actions
from preau.domains.conduct.forms.punitions import CancelForm, GiveForm, PlaceForm, PunitionFilter
from preau.domains.conduct.models import Involvement, Punition
from preau.domains.conduct.queries import incidents
from preau.domains.conduct.queries import punitions as queries
from preau.domains.conduct.views.incidents import (
    A_PAGE,
    CONFLICT,
    TYPED_WRONG,
    as_typed,
    chosen_group,
    classes_context,
    from_incident,
    from_record,
    group_of,
    parts_open_to,
    shown_and_kept,
    shows_class,
)
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import query_of


@opens(to=rules.gives_punitions)
@require_safe
def punitions(request: HttpRequest) -> HttpResponse:
    """What one has given; for school life, every punition of the school."""
    form = PunitionFilter(request.GET)
    found = queries.punitions_matching(request.viewer, form.chosen())
    paginator = Paginator(queries.with_hours(found.order_by("-day", "-pk")), A_PAGE)
    paginator.count = found.count()
    page = paginator.get_page(request.GET.get("page"))
    rows = queries.rows_of(page.object_list)
    context = {
        "form": form,
        "rows": rows,
        "opened": queries.opened_among(request.viewer, rows),
        "page_obj": page,
        "query": query_of(request),
        "filtered": bool(form.chosen()),
    }
    return render(request, "conduct/punitions.html", context | parts_open_to(request))


@opens(to=rules.gives_punitions)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Give a punition to pupils of a class, from an incident or by itself."""
    now = incidents.lesson_now(request.viewer, timezone.now())
    group, incident = chosen_group(request, now.group_id if now else None), from_incident(request)
    pupil, initial = from_record(request), {}
    if pupil:
        initial = {"pupils": [pupil.pk]}
        group = group_of(request, initial["pupils"]) or group
    if incident:
        concerned = incident.involvements.filter(part=Involvement.Part.CONCERNED)
        initial = {"pupils": list(concerned.values_list("person_id", flat=True))}
        group = group_of(request, initial["pupils"]) or group
    shown, kept = shown_and_kept(request, group, "pupils")
    if shows_class(request):
        form = as_typed(GiveForm(request.viewer, shown, incident, kept=kept), request.POST)
    else:
        form = GiveForm(request.viewer, group, incident, request.POST or None, initial=initial, kept=kept)
    if form.is_bound and form.is_valid() and _given(request, form):
        if pupil:
            return redirect("directory:person", public_id=pupil.public_id)
        return redirect("conduct:punitions")
    context = {"form": form, "incident": incident, "pupil": pupil} | classes_context(request, group)
    return render_form(request, "conduct/give.html", context)


def _given(request: HttpRequest, form: GiveForm) -> bool:
    data = form.cleaned_data
    try:
        made = actions.give(request.viewer, list(data["pupils"]), form.given(), data["slot"], data["sent_as"])
    except actions.Full:
        form.add_error("slot", _("Il ne reste plus assez de places sur ce créneau."))
        return False
    except actions.NoLongerHere:
        form.add_error("slot", _("Ce créneau est passé."))
        return False
    sentence = ngettext("La punition est donnée.", "%(num)s punitions sont données.", len(made)) % {
        "num": len(made)
    }
    messages.success(request, f"{sentence} {_('Les familles sont prévenues.')}")
    return True


@opens(Punition, to=rules.reads_as_staff)
@require_safe
def punition(request: HttpRequest, punition: Punition) -> HttpResponse:
    """One punition, where it stands, and the means to end it."""
    return _punition_page(request, punition, CancelForm(), 200)


def _punition_page(request: HttpRequest, punition: Punition, form: CancelForm, status: int) -> HttpResponse:
    journal.record_read(request.viewer, "conduct.page_read", punition, subject_id=punition.pupil_id)
    punition = queries.whole_punition(punition.pk)
    context = {
        "punition": punition,
        "detentions": queries.detentions_of(punition),
        "readings": queries.readings_of(request.viewer, punition),
        "form": form,
        "may_end": rules.can_end(request.viewer, punition),
        "sees_incident": bool(punition.incident_id) and rules.follows_incidents(request.viewer),
    }
    return render(request, "conduct/punition.html", context, status=status)


@opens(Punition, to=rules.can_end)
@require_POST
def finish(request: HttpRequest, punition: Punition) -> HttpResponseRedirect:
    tell_outcome(
        request,
        actions.finish(request.viewer, punition),
        _("La punition est notée comme faite."),
        _("Cette punition était déjà terminée."),
    )
    return redirect("conduct:punition", pk=punition.pk)


@opens(Punition, to=rules.can_end)
@require_POST
def cancel(request: HttpRequest, punition: Punition) -> HttpResponse:
    """Take a punition back, with a reason."""
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _punition_page(request, punition, form, TYPED_WRONG)
    tell_outcome(
        request,
        actions.cancel(request.viewer, punition, form.cleaned_data["why"]),
        _("La punition est annulée. La famille lit pourquoi."),
        _("Cette punition était déjà terminée."),
    )
    return redirect("conduct:punition", pk=punition.pk)


@opens(Punition, to=rules.can_end)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, punition: Punition) -> HttpResponse:
    """Choose when a detention is held, or move it; a lesson that it falls upon is said before."""
    punition, status = queries.whole_punition(punition.pk), 200
    form = PlaceForm(request.viewer, punition, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.place(request.viewer, punition, form.cleaned_data["slot"])
        except actions.Full:
            form.add_error("slot", _("La dernière place vient d’être prise : choisissez un autre créneau."))
            status = CONFLICT
        except actions.NoLongerHere:
            messages.info(request, _("Cette punition est terminée, ou ce créneau est passé."))
            return redirect("conduct:punition", pk=punition.pk)
        else:
            messages.success(request, _("La retenue est placée. La famille est prévenue."))
            return redirect("conduct:punition", pk=punition.pk)
    context = {"form": form, "punition": punition}
    if form.errors and status == 200:
        status = TYPED_WRONG
    return render(request, "conduct/place.html", context, status=status)
