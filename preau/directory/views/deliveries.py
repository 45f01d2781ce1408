"""Pages of the deliveries of official files."""

from typing import Any

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory import queries, rules
from preau.directory.actions import deliveries as actions
from preau.directory.exports.tables import TABLES
from preau.directory.forms.deliveries import DeliveryForm
from preau.directory.models import Delivery
from preau.foundation import dates, journal, uploads
from preau.foundation.access import opens
from preau.foundation.downloads import csv_file, json_file
from preau.foundation.http import page_or_block
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for


@opens(to=rules.keeps_directory)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """What was brought, and what became of it."""
    page = page_for(request, queries.table_of(request.viewer), 20)
    context = {
        "page_obj": page,
        "rows": queries.rows_of(request.viewer, page.object_list),
        "tables": TABLES.values() if rules.exports_directory(request.viewer) else (),
    }
    return render(request, "directory/deliveries.html", context)


@opens(to=rules.keeps_directory)
@require_http_methods(["GET", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    """Bring the official files of the school."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = DeliveryForm(*sent, cut=uploads.was_cut(request))
    if form.is_valid():
        try:
            brought = actions.bring(request.viewer, form.cleaned_data["files"])
        except actions.AlreadyOne as known:
            messages.info(
                request,
                _("Une livraison est déjà en cours : la voici. Vos nouveaux fichiers ne sont pas pris."),
            )
            return redirect("directory:delivery", pk=known.delivery.pk)
        except uploads.Refused as refusal:
            form.add_error("files", str(refusal))
        else:
            messages.success(
                request, _("Vos fichiers sont reçus. Rien ne change avant que vous l’ayez décidé.")
            )
            return redirect("directory:delivery", pk=brought.pk)
    open_one = Delivery.objects.visible_to(request.viewer).unsettled().exclude(school=None).first()
    context = {"form": form, "open_one": open_one}
    return render_form(request, "directory/bring.html", context)


@opens(Delivery, to=rules.keeps_directory)
@require_safe
def delivery(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """One delivery: how far it is, what it would change, what it changed."""
    if request.htmx and not delivery.is_working:
        # What was waited for is here: the whole page changes.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return page_or_block(
        request, "directory/delivery.html", block="progress", context=_page(request, delivery)
    )


def _page(request: HttpRequest, delivery: Delivery) -> dict[str, Any]:
    viewer = request.viewer
    label, tone, icon = queries.said(delivery.state)
    told = queries.told_to(viewer, delivery)
    held = delivery.state == Delivery.State.BLOCKED and delivery.school_id
    return {
        "delivery": delivery,
        "label": label,
        "tone": tone,
        "icon": icon,
        "by": queries.brought_by(delivery),
        "own": delivery.school_id is not None,
        "figures": queries.figures_of(told.counts),
        "changes": queries.changes_of(delivery, told.counts),
        "parts": queries.parts_of(told.notes),
        "departures": delivery.report.get("blocked", []) if held else [],
        "seconds": queries.seconds_for(viewer, delivery) if held else [],
        "may_apply": rules.may_apply(viewer, delivery),
        "may_approve": rules.may_approve(viewer, delivery),
        "may_drop": rules.may_drop(viewer, delivery),
    }


@opens(Delivery, to=rules.keeps_directory)
@require_safe
def delivery_part(request: HttpRequest, delivery: Delivery, part: str) -> HttpResponse:
    """One list in full: people who arrive or leave, lines set aside."""
    listed = queries.part_of(request.viewer, delivery, part)
    if listed is None:
        raise Http404
    page = page_for(request, listed.rows, 50)
    return render(request, "directory/part.html", {"delivery": delivery, "listed": listed, "page_obj": page})


@opens(Delivery, to=rules.decides_on)
@require_POST
def apply(request: HttpRequest, delivery: Delivery) -> HttpResponseRedirect:
    return _decided(request, delivery, actions.apply, _("C’est parti : la livraison s’applique."))


@opens(Delivery, to=rules.is_second_for)
@require_POST
def approve(request: HttpRequest, delivery: Delivery) -> HttpResponseRedirect:
    return _decided(
        request, delivery, actions.approve, _("Vous avez approuvé la livraison : elle s’applique.")
    )


@opens(Delivery, to=rules.decides_on)
@require_POST
def drop(request: HttpRequest, delivery: Delivery) -> HttpResponseRedirect:
    said = _("La livraison est abandonnée, ses fichiers sont effacés. L’annuaire n’a pas changé.")
    return _decided(request, delivery, actions.drop, said)


def _decided(request: HttpRequest, delivery: Delivery, action: Any, said: str) -> HttpResponseRedirect:
    try:
        action(request.viewer, delivery)
    except actions.MovedOn:
        messages.info(request, _("La livraison a avancé entre-temps : voici où elle en est."))
    else:
        messages.success(request, said)
    return redirect("directory:delivery", pk=delivery.pk)


@opens(Delivery, to=rules.keeps_directory)
@require_safe
def report_csv(request: HttpRequest, delivery: Delivery) -> StreamingHttpResponse:
    """The report for a spreadsheet."""
    header = [_("Nature"), _("Fichier"), _("Ligne"), _("Clé"), _("Texte"), _("Nombre")]
    rows = queries.csv_rows(_exported(request, delivery))
    return csv_file(_name(delivery), header, rows)


@opens(Delivery, to=rules.keeps_directory)
@require_safe
def report_json(request: HttpRequest, delivery: Delivery) -> JsonResponse:
    """The report for another program."""
    return json_file(_name(delivery), _exported(request, delivery))


def _exported(request: HttpRequest, delivery: Delivery) -> dict[str, Any]:
    journal.record(request.viewer, "directory.report_exported", delivery)
    return queries.exported(request.viewer, delivery)


def _name(delivery: Delivery) -> str:
    return f"livraison-{dates.local(delivery.brought_at).date():%Y-%m-%d}-{delivery.pk}"
