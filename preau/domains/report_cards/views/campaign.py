"""The campaign of the head: where the bulletins of a period are, reminding those who have not written, the figures of the period."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Period
from preau.domains.gradebook.rules.access import seals_periods
from preau.domains.report_cards.actions import reminding
from preau.domains.report_cards.forms.campaign import ComparisonForm, RemindForm
from preau.domains.report_cards.models import Suggestion
from preau.domains.report_cards.queries import campaign as queries
from preau.domains.report_cards.queries import courses, figures, proofreading
from preau.domains.report_cards.queries.campaign import Campaign, TeacherLeft
from preau.domains.report_cards.queries.livret import files
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.rules.livret import makes_livret
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_file
from preau.foundation.paging import page_for, query_of

State = Suggestion.State
# As many names as a message says before it counts.
NAMED = 6
TEACHERS = 12


def _period(request: HttpRequest) -> tuple[Period, list[Period]]:
    """Those that have begun, and the one that is asked for; 404 before the first."""
    periods = courses.periods_of(request.viewer)
    period = courses.chosen_period(periods, request.GET.get("periode"), request.viewer.today)
    if period is None:
        raise Http404
    return period, periods


@opens(to=access.runs_campaign)
@require_safe
def campaign(request: HttpRequest) -> HttpResponse:
    """Where each class is, who has still to write, what stands before the official file."""
    viewer = request.viewer
    period, periods = _period(request)
    found = queries.campaign_of(viewer, period)
    proofs = proofreading.counts_of(viewer, period)
    context = {
        "period": period,
        "periods": [(one.name, f"?periode={one.pk}", one == period) for one in periods],
        "campaign": found,
        "teachers": page_for(request, found.teachers, TEACHERS),
        "base": query_of(request),
        "steps": _steps(found, period, proofs),
        "proofs": {state.value: proofs.get(state.value, 0) for state in State},
        "suggested": sum(proofs.values()) - proofs.get(State.WITHDRAWN, 0),
        "seals": seals_periods(viewer),
        "livret": files.latest_of(viewer, period) if makes_livret(viewer) else None,
        "makes_livret": makes_livret(viewer),
        "query": f"periode={period.pk}",
    }
    return render(request, "report_cards/campaign.html", context)


def _steps(found: Campaign, period: Any, proofs: Mapping[str, int]) -> list[tuple[str, str, str]]:
    """Each step of the campaign: its name, where it is, and its state (done, current, todo)."""
    total = len(found.classes)
    written = found.left == 0

    return [
        (_("Notes"), _("arrêtées") if period.is_sealed else _("encore ouvertes"), _state(period.is_sealed)),
        (
            _("Appréciations"),
            _("complètes")
            if written
            else ngettext("%(num)s texte à écrire", "%(num)s textes à écrire", found.left)
            % {"num": found.left},
            _state(written),
        ),
        _proof_step(proofs),
        *(
            (label, _of(done, total), _state(done == total, begun=done > 0))
            for label, done in [
                (_("Conseils"), found.held),
                (_("Bulletins préparés"), found.made),
                (_("Remis aux familles"), found.given),
            ]
        ),
    ]


def _proof_step(proofs: Mapping[str, int]) -> tuple[str, str, str]:
    """Proofreading is no duty of a school: without a suggestion there is nothing to wait for."""
    waiting, total = proofs.get(State.WAITING, 0), sum(proofs.values())
    sentence = _("aucune correction")
    if waiting:
        sentence = ngettext("%(num)s sans réponse", "%(num)s sans réponse", waiting) % {"num": waiting}
    elif total:
        sentence = _("tout a sa réponse")
    return (_("Relecture"), sentence, _state(bool(total) and not waiting, begun=total > 0))


def _state(done: bool, *, begun: bool = True) -> str:
    return "done" if done else "current" if begun else "todo"


def _of(done: int, total: int) -> str:
    sentence = ngettext("%(num)s classe sur %(all)s", "%(num)s classes sur %(all)s", done)
    return sentence % {"num": done, "all": total}


@opens(to=access.runs_campaign)
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind teachers of what they have not written: one (`professeur`), or all."""
    period, _periods = _period(request)
    form = RemindForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        outcome = reminding.remind(request.viewer, period, form.cleaned_data["professeur"])
    except reminding.NothingLeft:
        messages.info(request, _("Il ne reste rien à écrire : personne n’a été rappelé."))
    else:
        _say(request, outcome, request.viewer.today)
    return redirect(f"{reverse('report_cards:campaign')}?periode={period.pk}")


def _say(request: HttpRequest, outcome: reminding.Reminded, today: date) -> None:
    """Whom it has reached, and whom it has not."""
    if outcome.told:
        messages.success(request, _("Rappel envoyé à %(names)s.") % {"names": _names(outcome.told)})
    if outcome.already:
        messages.info(
            request, _("Déjà rappelés aujourd’hui : %(names)s.") % {"names": _names(outcome.already)}
        )
    if outcome.unreached:
        sentence = _("Sans compte ouvert, à prévenir de vive voix : %(names)s.")
        messages.warning(request, sentence % {"names": _names(outcome.unreached)})


def _names(teachers: Sequence[TeacherLeft]) -> str:
    names = [one.person.formal_name for one in teachers[:NAMED]]
    more = len(teachers) - len(names)
    if more:
        names.append(ngettext("%(num)s autre", "%(num)s autres", more) % {"num": more})
    return ", ".join(names[:-1]) + _(" et ") + names[-1] if len(names) > 1 else names[0]


@opens(to=access.runs_campaign)
@require_safe
def campaign_figures(request: HttpRequest) -> HttpResponse:
    """Averages by class in a subject, or by subject in a class; what councils have given."""
    viewer = request.viewer
    period, periods = _period(request)
    found = figures.figures_of(viewer, period)
    chosen = next((one for one in found.columns if str(one.pk) == request.GET.get("classe")), None)
    asked = request.GET.get("matiere")
    subject = next((one for one in found.subjects if str(one[0]) == asked), (figures.GENERAL, ""))
    context = {
        "period": period,
        "periods": [(one.name, f"?periode={one.pk}", one == period) for one in periods],
        "figures": found,
        "column": chosen,
        "subject": subject,
        "rows": _rows(found, chosen, subject[0]),
        "form": ComparisonForm(found.subjects, subject[0]),
        "given": [one for one in found.columns if one.seen],
        "query": f"periode={period.pk}",
    }
    return render(request, "report_cards/figures.html", context)


def _rows(
    found: figures.Figures, chosen: figures.Column | None, subject: int
) -> list[tuple[str, str, figures.Cell]]:
    """Each line: a name, where it leads, and its cell."""
    if chosen:
        subjects = [(figures.GENERAL, _("Moyenne générale")), *found.subjects]
        lines = [(name, f"matiere={pk}", found.cell(chosen, pk)) for pk, name in subjects]
    else:
        lines = [(one.name, f"classe={one.pk}", found.cell(one, subject)) for one in found.columns]
    return [(name, address, cell) for name, address, cell in lines if cell]


@opens(to=access.runs_campaign)
@confirmed(reading=True)
@require_safe
def figures_csv(request: HttpRequest) -> HttpResponseBase:
    """The same for a spreadsheet, without what speaks of fewer than ten pupils."""
    period, _periods = _period(request)
    found = figures.figures_of(request.viewer, period)
    journal.record(request.viewer, "report_cards.figures_taken", request.viewer.school, period=period.pk)
    head = [
        _("Classe"),
        _("Matière ou mention"),
        _("Moyenne"),
        _("Premier quart"),
        _("Troisième quart"),
        _("Élèves"),
    ]
    return csv_file(slugify(f"chiffres {period.name}"), head, found.outside())
