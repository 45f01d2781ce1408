"""Sanctions: a procedure that is told, answered and decided; the register; the letter."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.conduct import exports, rules
from preau.domains.conduct.actions import sanctions as actions
from preau.domains.conduct.forms.sanctions import AnswerForm, ProcedureForm, PronounceForm
from preau.domains.conduct.models import Involvement, Sanction
from preau.domains.conduct.queries import sanctions as queries
from preau.domains.conduct.queries.engagements import responsibility_of
from preau.domains.conduct.views.followed import printed
from preau.domains.conduct.views.incidents import (
    A_PAGE,
    TYPED_WRONG,
    chosen_group,
    classes_context,
    from_incident,
    group_of,
    parts_open_to,
)
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for


@opens(to=rules.reads_sanctions)
@require_safe
def sanctions(request: HttpRequest) -> HttpResponse:
    """The procedures and sanctions that the school still holds."""
    state = request.GET.get("etat", "")
    page = page_for(request, queries.sanctions_of(request.viewer, state), A_PAGE)
    context = {
        "rows": queries.rows_of(page.object_list),
        "page_obj": page,
        "state": state,
        "states": Sanction.State.choices,
        "may_open": rules.decides_sanctions(request.viewer),
    }
    return render(request, "conduct/sanctions.html", context | parts_open_to(request))


@opens(to=rules.decides_sanctions)
@require_http_methods(["GET", "POST"])
def open_procedure(request: HttpRequest) -> HttpResponse:
    """Tell a pupil and their family of a procedure, and until when they may answer."""
    group, incident = chosen_group(request), from_incident(request)
    initial = {}
    if incident:
        part = incident.involvements.filter(part=Involvement.Part.CONCERNED).first()
        initial = {"pupil": part.person_id} if part else {}
        group = group_of(request, list(initial.values())) or group
    form = ProcedureForm(request.viewer, group, incident, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = actions.open_procedure(request.viewer, data["pupil"], form.charge(), data["sent_as"])
        messages.success(request, _("La procédure est ouverte. L’élève et sa famille sont prévenus."))
        return redirect("conduct:sanction", pk=made.pk)
    context = {"form": form, "incident": incident} | classes_context(request, group)
    return render_form(request, "conduct/open_procedure.html", context)


@opens(Sanction, to=rules.reads_one_sanction)
@require_safe
def sanction(request: HttpRequest, sanction: Sanction) -> HttpResponse:
    """One procedure: the facts, the answers that one may read, the decision, until when it is kept."""
    viewer = request.viewer
    if viewer.is_staff:
        journal.record_read(viewer, "conduct.page_read", sanction, subject_id=sanction.pupil_id)
    return _sanction_page(request, sanction, AnswerForm(), 200)


def _sanction_page(request: HttpRequest, sanction: Sanction, form: AnswerForm, status: int) -> HttpResponse:
    viewer = request.viewer
    sanction = queries.whole_sanction(sanction.pk)
    context = {
        "sanction": sanction,
        "observations": queries.observations_of(viewer, sanction),
        "form": form,
        "term": queries.said_of_term(sanction),
        "may_decide": rules.decides_sanctions(viewer),
        "may_answer": rules.can_answer(viewer, sanction),
        "too_early": viewer.today <= sanction.defend_until,
        "is_staff": viewer.is_staff,
        "to_prepare": rules.is_to_prepare(sanction),
        "may_agree": rules.follows_own(viewer),
        "measure": responsibility_of(sanction) if rules.is_to_prepare(sanction) else None,
    }
    return render(request, "conduct/sanction.html", context, status=status)


@opens(Sanction, to=rules.follows_own)
@require_POST
def answer(request: HttpRequest, sanction: Sanction) -> HttpResponse:
    """A pupil or a guardian answers."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _sanction_page(request, sanction, form, TYPED_WRONG)
    try:
        added = actions.answer(request.viewer, sanction, form.cleaned_data["text"])
    except actions.Decided:
        messages.info(request, _("La décision est déjà prise."))
    else:
        sentence = (
            _("Vos observations sont envoyées à la direction.")
            if added
            else _("Ces observations sont déjà envoyées.")
        )
        messages.success(request, sentence)
    return redirect("conduct:sanction", pk=sanction.pk)


@opens(Sanction, to=rules.decides_sanctions)
@require_http_methods(["GET", "POST"])
def pronounce(request: HttpRequest, sanction: Sanction) -> HttpResponse:
    """Decide, once the pupil has had the time to answer."""
    sanction = queries.whole_sanction(sanction.pk)
    if not sanction.is_open:
        messages.info(request, _("Cette procédure est déjà terminée."))
        return redirect("conduct:sanction", pk=sanction.pk)
    form = PronounceForm(request.viewer, sanction, request.POST or None)
    if request.method == "POST" and form.is_valid() and _pronounced(request, sanction, form):
        return redirect("conduct:sanction", pk=sanction.pk)
    journal.record_read(request.viewer, "conduct.page_read", sanction, subject_id=sanction.pupil_id)
    context = {
        "form": form,
        "sanction": sanction,
        "observations": queries.observations_of(request.viewer, sanction),
        "too_early": request.viewer.today <= sanction.defend_until,
    }
    return render_form(request, "conduct/pronounce.html", context)


def _pronounced(request: HttpRequest, sanction: Sanction, form: PronounceForm) -> bool:
    try:
        actions.pronounce(request.viewer, sanction, form.decision())
    except actions.TooEarly:
        form.add_error(None, _("L’élève peut encore répondre : la décision vient après ce délai."))
        return False
    except actions.Decided:
        messages.info(request, _("Cette procédure est déjà terminée."))
    else:
        messages.success(request, _("La sanction est prononcée. L’élève et sa famille sont prévenus."))
    return True


@opens(Sanction, to=rules.decides_sanctions)
@require_POST
def drop(request: HttpRequest, sanction: Sanction) -> HttpResponseRedirect:
    tell_outcome(
        request,
        actions.drop(request.viewer, sanction),
        _("La procédure est close sans suite. La famille est prévenue."),
        _("Cette procédure est déjà terminée."),
    )
    return redirect("conduct:sanction", pk=sanction.pk)


@removes
@opens(Sanction, to=rules.decides_sanctions)
@require_POST
def erase(request: HttpRequest, sanction: Sanction) -> HttpResponseRedirect:
    """Erase a sanction before its term, at the request of a pupil who changes school."""
    if not actions.erase(request.viewer, sanction):
        messages.info(request, _("Cette procédure est en cours : décidez, ou classez-la sans suite."))
        return redirect("conduct:sanction", pk=sanction.pk)
    messages.success(request, _("La sanction est effacée du dossier. Le registre garde sa ligne, sans nom."))
    return redirect("conduct:sanctions")


@opens(Sanction, to=rules.reads_one_sanction)
@require_safe
def letter(request: HttpRequest, sanction: Sanction) -> HttpResponse:
    """The letter of a procedure or of a decision: nobody else's answers are in it."""
    if request.viewer.is_staff:
        journal.record_read(request.viewer, "conduct.page_read", sanction, subject_id=sanction.pupil_id)
    sanction = queries.whole_sanction(sanction.pk)
    context = {"sanction": sanction, "term": queries.said_of_term(sanction), "today": request.viewer.today}
    return printed("conduct/letter_pdf.html", context, f"courrier-{sanction.pk}")


@opens(to=rules.reads_sanctions)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register of sanctions: what was decided and why, without a name."""
    page = page_for(request, queries.register_of(request.viewer), A_PAGE)
    return render(request, "conduct/register.html", {"page_obj": page})


@opens(to=rules.reads_sanctions)
@confirmed(reading=True)
@require_safe
def export_register(request: HttpRequest) -> StreamingHttpResponse:
    """The register for a spreadsheet."""
    found = queries.register_of(request.viewer)
    journal.record(request.viewer, "conduct.register_exported", request.viewer.school, lines=found.count())
    return csv_lines(f"registre-{request.viewer.today:%Y-%m-%d}", exports.register_csv(found.iterator()))
