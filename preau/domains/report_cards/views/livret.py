"""The official file of a period: what is wrong with it, line by line, and the file once nothing is."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Period
from preau.domains.report_cards.actions.livret_files import ask_livret
from preau.domains.report_cards.livret.versions import version_of
from preau.domains.report_cards.queries.courses import chosen_period, periods_of
from preau.domains.report_cards.queries.livret import files
from preau.domains.report_cards.rules.livret import makes_livret
from preau.foundation.access import confirmed, opens
from preau.foundation.paging import page_for, query_of

LINES = 40


def _periods(request: HttpRequest) -> tuple[Sequence[Period], Period]:
    """Those that have begun, and the one that is asked for; 404 before the first."""
    begun = periods_of(request.viewer)
    period = chosen_period(begun, request.GET.get("periode"), request.viewer.today)
    if period is None:
        raise Http404
    return begun, period


@opens(to=makes_livret)
@require_safe
def livret(request: HttpRequest) -> HttpResponse:
    """The list that was made last, and the file."""
    begun, period = _periods(request)
    file = files.latest_of(request.viewer, period)
    every = files.lines_of(file)
    teacher = request.GET.get("enseignant", "")
    lines = [line for line in every if not teacher or line.teacher == teacher]
    version = version_of("lsu")
    context = {
        "periods": [(one.name, f"?periode={one.pk}", one == period) for one in begun],
        "period": period,
        "file": file,
        "teacher": teacher,
        "teachers": sorted({line.teacher for line in every if line.teacher}),
        "lines": page_for(request, lines, LINES),
        "query": query_of(request),
        "version": version,
    }
    return render(request, "report_cards/livret.html", context)


@opens(to=makes_livret)
@confirmed()
@require_POST
def prepare_livret(request: HttpRequest) -> HttpResponse:
    """Ask for the livret of a period: a task checks it, makes it, and tells when it is there."""
    _begun, period = _periods(request)
    ask_livret(request.viewer, period)
    messages.success(
        request, _("C’est en préparation. Vous serez prévenu quand la liste et le fichier seront là.")
    )
    return redirect(f"{request.path.removesuffix('preparer/')}?periode={period.pk}")
