"""Pages of the timetables that another program made."""

from functools import partial
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

from preau.domains.timetable import rules
from preau.domains.timetable.actions import imported as actions
from preau.domains.timetable.forms.imported import ColumnsForm, ImportForm
from preau.domains.timetable.models import TimetableImport
from preau.domains.timetable.queries import imported as queries
from preau.foundation import dates, journal, uploads
from preau.foundation.access import opens
from preau.foundation.downloads import csv_file, json_file
from preau.foundation.http import page_or_block
from preau.foundation.pages import TYPED_WRONG, render_form
from preau.foundation.paging import page_for


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Bring a timetable, and see what became of the others."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*sent, cut=uploads.was_cut(request))
    if form.is_valid() and (answer := _brought(request, form)):
        return answer
    page = page_for(request, queries.imports_of(request.viewer), 20)
    rows = queries.rows_of(page.object_list)
    open_one = TimetableImport.objects.visible_to(request.viewer).unsettled().first()
    context = {"form": form, "page_obj": page, "rows": rows, "open_one": open_one}
    return render_form(request, "timetable/imports.html", context)


def _brought(request: HttpRequest, form: ImportForm) -> HttpResponseRedirect | None:
    try:
        brought = actions.bring(request.viewer, form.cleaned_data["files"], form.cleaned_data["scope"])
    except actions.AlreadyOne as already:
        said = _(
            "Un emploi du temps est déjà en cours d’import : le voici. Vos nouveaux fichiers ne sont pas pris."
        )
        messages.info(request, said)
        return redirect("timetable:import", pk=already.known.pk)
    except uploads.Refused as refusal:
        form.add_error("files", str(refusal))
        return None
    messages.success(request, _("Vos fichiers sont reçus. Rien ne change avant que vous l’ayez décidé."))
    return redirect("timetable:import", pk=brought.pk)


@opens(TimetableImport, to=rules.edits_timetable)
@require_safe
def one_import(request: HttpRequest, brought: TimetableImport) -> HttpResponse:
    """One import: how far it is, what it would change, what it changed."""
    if request.htmx and not brought.is_working:
        # What was waited for is here: the whole page changes.
        return HttpResponse(headers={"HX-Refresh": "true"})
    return page_or_block(request, "timetable/import.html", block="progress", context=_page(brought))


def _page(brought: TimetableImport) -> dict[str, Any]:
    label, tone, icon = queries.said(brought.state)
    return {
        "brought": brought,
        "label": label,
        "tone": tone,
        "icon": icon,
        "by": queries.by(brought),
        "figures": queries.figures_of(brought.report),
        "changes": queries.changes_of(brought),
        "decisions": queries.decisions_of(brought),
        "notes": queries.notes_of(brought),
        "sentences": queries.sentences_of(brought),
    }


@opens(TimetableImport, to=rules.edits_timetable)
@require_safe
def import_part(request: HttpRequest, brought: TimetableImport, part: str) -> HttpResponse:
    """One list in full: courses that arrive, change or stop, lines put aside."""
    listed = queries.part_of(brought, part)
    if listed is None:
        raise Http404
    page = page_for(request, listed.rows, 50)
    context = {"brought": brought, "listed": listed, "page_obj": page, "of_courses": part in queries.CHANGES}
    return render(request, "timetable/import_part.html", context)


@opens(TimetableImport, to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def import_choices(request: HttpRequest, brought: TimetableImport) -> HttpResponse:
    """Where the file and people have decided of the same thing: who wins."""
    decisions, is_wrong = queries.decisions_of(brought), False
    if request.method == "POST":
        shown, taken = request.POST.getlist("shown"), request.POST.getlist("take")
        is_wrong = bool(decisions) and not set(taken) <= {row["id"] for row in decisions}
        if not is_wrong:
            choose = partial(actions.choose, shown=shown, taken=taken)
            return _decided(request, brought, choose, _("Vos choix sont gardés. Rien n’est encore changé."))
    if not decisions:
        raise Http404
    page = page_for(request, decisions, 30)
    context = {"brought": brought, "page_obj": page, "is_wrong": is_wrong}
    return render(request, "timetable/import_choices.html", context, status=TYPED_WRONG if is_wrong else 200)


@opens(TimetableImport, to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, brought: TimetableImport) -> HttpResponse:
    """Say what each column of a table holds; what is known, or was said before, is proposed."""
    columns = queries.columns_of(brought)
    if not columns:
        return redirect("timetable:import", pk=brought.pk)
    form = ColumnsForm(columns, request.POST if request.method == "POST" else None)
    if form.is_valid():
        name = partial(actions.name_columns, columns=form.columns())
        return _decided(request, brought, name, _("Vos colonnes sont notées : le tableau est lu."))
    fields = list(zip(form, [column["cells"] for column in columns], strict=True))
    context = {"brought": brought, "form": form, "fields": fields}
    return render_form(request, "timetable/import_columns.html", context)


@opens(TimetableImport, to=rules.edits_timetable)
@require_POST
def apply_import(request: HttpRequest, brought: TimetableImport) -> HttpResponseRedirect:
    return _decided(request, brought, actions.apply, _("C’est parti : l’emploi du temps s’applique."))


@opens(TimetableImport, to=rules.edits_timetable)
@require_POST
def drop_import(request: HttpRequest, brought: TimetableImport) -> HttpResponseRedirect:
    said = _("L’import est abandonné, ses fichiers sont effacés. L’emploi du temps n’a pas changé.")
    return _decided(request, brought, actions.drop, said)


def _decided(request: HttpRequest, brought: TimetableImport, action: Any, said: str) -> HttpResponseRedirect:
    try:
        action(request.viewer, brought)
    except actions.MovedOn:
        messages.info(request, _("L’import a avancé entre-temps : voici où il en est."))
    else:
        messages.success(request, said)
    return redirect("timetable:import", pk=brought.pk)


@opens(TimetableImport, to=rules.edits_timetable)
@require_safe
def import_csv(request: HttpRequest, brought: TimetableImport) -> StreamingHttpResponse:
    """The report for a spreadsheet."""
    header = [_("Nature"), _("Fichier"), _("Ligne"), _("Cours"), _("Texte")]
    rows = queries.csv_rows(_exported(request, brought))
    return csv_file(_name(brought), header, rows)


@opens(TimetableImport, to=rules.edits_timetable)
@require_safe
def import_json(request: HttpRequest, brought: TimetableImport) -> JsonResponse:
    """The report for another program."""
    return json_file(_name(brought), _exported(request, brought))


def _exported(request: HttpRequest, brought: TimetableImport) -> dict[str, Any]:
    journal.record(request.viewer, "timetable.import_exported", brought)
    return queries.exported(brought)


def _name(brought: TimetableImport) -> str:
    return f"emploi-du-temps-{dates.local(brought.brought_at).date():%Y-%m-%d}-{brought.pk}"
