"""Pages of a school's own tables: bring them, say what their columns hold."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.directory import rules
from preau.directory.actions import deliveries as actions
from preau.directory.forms.tables import ColumnsForm, TablesForm
from preau.directory.imports.tables.fields import PUPILS
from preau.directory.imports.tables.shown import check_headings, tables_of
from preau.directory.models import Delivery
from preau.foundation import uploads
from preau.foundation.access import opens
from preau.foundation.pages import render_form


@opens(to=rules.keeps_directory)
@require_http_methods(["GET", "POST"])
def bring_tables(request: HttpRequest) -> HttpResponse:
    """Bring the tables of a school, whatever wrote them."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = TablesForm(*sent, cut=uploads.was_cut(request))
    if form.is_valid():
        told = form.cleaned_data
        try:
            brought = actions.bring_tables(
                request.viewer,
                form.sent(),
                check_headings,
                complete=told["reach"] == "complete",
                certified=told["certified"],
            )
        except actions.AlreadyOne as known:
            messages.info(
                request,
                _("Une livraison est déjà en cours : la voici. Vos nouveaux fichiers ne sont pas pris."),
            )
            return redirect("directory:delivery", pk=known.delivery.pk)
        except uploads.Refused as refusal:
            form.add_error(next(iter(form.sent()), PUPILS), str(refusal))
        else:
            return redirect("directory:columns", pk=brought.pk)
    open_one = Delivery.objects.visible_to(request.viewer).unsettled().exclude(school=None).first()
    context = {"form": form, "open_one": open_one}
    return render_form(request, "directory/bring_tables.html", context)


@opens(Delivery, to=rules.decides_on)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, delivery: Delivery) -> HttpResponse:
    """Say what each column holds; what is sure, or was said before, is proposed."""
    told = tables_of(request.viewer, delivery)
    if told is None:
        return redirect("directory:delivery", pk=delivery.pk)
    form = ColumnsForm(
        {table.key: table.titles for table in told}, {table.key: table.proposed for table in told},
        request.POST if request.method == "POST" else None, complete=bool((delivery.matching or {}).get("complete")),
    )  # fmt: skip
    if form.is_valid():
        try:
            actions.name_columns(request.viewer, delivery, form.columns())
        except actions.MovedOn:
            messages.info(request, _("La livraison a avancé entre-temps : voici où elle en est."))
        else:
            messages.success(
                request, _("Vos tableaux sont lus. Rien ne change avant que vous l’ayez décidé.")
            )
        return redirect("directory:delivery", pk=delivery.pk)
    context = {
        "delivery": delivery,
        "form": form,
        "tables": [(table, table.fields_of(form)) for table in told],
    }
    return render_form(request, "directory/columns.html", context)
