"""Pages of the deliveries of official files."""

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from preau.directory import rules
from preau.directory.exports.tables import TABLES
from preau.directory.forms.deliveries import DeliveryForm
from preau.directory.imports.importer import DELIVERIES
from preau.directory.models import Delivery
from preau.directory.queries import deliveries as queries
from preau.directory.viewer import Viewer
from preau.foundation.access import opens
from preau.foundation.importers import pages, stages
from preau.foundation.importers.reports import lines_of
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

KEEPS = rules.keeps_directory


@opens(to=KEEPS)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """What was brought, and what became of it."""
    page = page_for(request, queries.table_of(request.viewer), 20)
    figures = queries.figures_in(request.viewer, page.object_list)
    context = {
        "page_obj": page,
        "rows": lines_of(DELIVERIES, page.object_list, queries.brought_by, figures),
        "tables": TABLES.values() if rules.exports_directory(request.viewer) else (),
    }
    return render(request, "directory/deliveries.html", context)


@opens(to=KEEPS)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Bring the official files of the school."""
    form = pages.sent_form(request, DeliveryForm)
    if form.is_valid():
        take = partial(
            stages.bring, DELIVERIES, request.viewer, form.cleaned_data["files"], **given_by(request.viewer)
        )
        if answer := pages.bring(request, DELIVERIES, form, take):
            return answer
    return render_form(request, "directory/bring.html", bringing(request, form))


def given_by(viewer: Viewer) -> dict[str, Any]:
    """Who had given the power to bring, when no function did."""
    return {"brought_for_id": viewer.stands_in_for("directory.delivery_brought")}


def bringing(request: HttpRequest, form: Any) -> dict[str, Any]:
    """What a page that brings shows: its form, or the delivery that the school deals with."""
    return pages.in_words(DELIVERIES) | {
        "form": form,
        "open_one": stages.open_one(DELIVERIES, request.viewer),
    }


def _shown(viewer: Viewer, delivery: Delivery) -> dict[str, Any]:
    report = queries.told_to(viewer, delivery)
    own = delivery.school_id is not None
    held = own and delivery.state == Delivery.State.BLOCKED
    shown: dict[str, Any] = {
        "by": queries.brought_by(delivery),
        "own": own,
        "figures": queries.figures_of(report.counts),
        "changes": queries.changes_of(delivery, report.counts),
        "notes": queries.notes_of(report.notes),
        "departures": delivery.report.get("blocked", []) if held else [],
        "seconds": queries.seconds_for(viewer, delivery) if held else [],
        "may_apply": rules.may_apply(viewer, delivery),
        "may_approve": rules.may_approve(viewer, delivery),
    }
    if not own:
        of_share = _("Ce qui concerne votre établissement : nombres, lignes et raisons ; aucun nom.")
        shown["words"] = DELIVERIES.sentences() | {"report": of_share}
    return shown


delivery = pages.detail(DELIVERIES, KEEPS, "directory/delivery.html", _shown)
delivery_part = pages.part(DELIVERIES, KEEPS, queries.part_of, "directory/part.html")
apply = pages.agree(DELIVERIES, rules.decides_on)
drop = pages.drop(DELIVERIES, rules.decides_on)
report_csv = pages.csv_report(
    DELIVERIES, KEEPS, queries.exported, queries.csv_rows, "directory.report_exported"
)
report_json = pages.json_report(DELIVERIES, KEEPS, queries.exported, "directory.report_exported")


def _approve(viewer: Viewer, known: Delivery) -> None:
    """Agree, as a second person, to a large departure. Raises MovedOn, for the person who brought it too."""
    stages.agree(DELIVERIES, viewer, known, verb="approved", may=rules.may_approve, approved_by=viewer.person)


approve = pages.gesture(
    DELIVERIES,
    rules.is_second_for,
    _approve,
    gettext_lazy("Vous avez approuvé la livraison : elle s’applique."),
)
