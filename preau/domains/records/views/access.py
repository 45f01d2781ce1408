"""Who may open a record, who did, and the school to which it goes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.rules.authority import Verdict
from preau.domains.records import rules
from preau.domains.records.actions import access as actions
from preau.domains.records.actions import handing
from preau.domains.records.actions.writing import Unreadable
from preau.domains.records.forms.around import HandOverForm, ReaderForm
from preau.domains.records.models import Reader, Record
from preau.domains.records.queries import choices, pages
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, status_of
from preau.foundation.paging import page_of
from preau.foundation.uploads import UploadRefused

A_PAGE = 40


@opens(Record, to=rules.reads_as_staff, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def readers(request: HttpRequest, record: Record) -> HttpResponse:
    """The list, which whoever writes in the record may lengthen."""
    record, writes = pages.whole(record), rules.writes(request.viewer, record)
    form = ReaderForm(request.viewer, record, request.POST or None) if writes else None
    if request.method == "POST" and form and form.is_valid():
        data = form.cleaned_data
        actions.add_reader(request.viewer, record, data["person"], data["reason"], data["until"])
        messages.success(request, _("%(name)s peut ouvrir ce dossier.") % {"name": data["person"].full_name})
        return redirect("records:readers", public_id=record.public_id)
    page = page_of(pages.readers_of(record), request.GET.get("page"), A_PAGE)
    context = {"record": record, "form": form, "page_obj": page, "today": request.viewer.today}
    status = status_of(form)
    return render(request, "records/readers.html", context, status=status)


@removes
@opens(Reader, to=rules.writes_list)
@confirmed()
@require_POST
def end_reader(request: HttpRequest, reader: Reader) -> HttpResponseRedirect:
    """Take somebody off the list."""
    is_own, record = reader.person_id == request.viewer.person.pk, reader.record
    try:
        done = actions.end_reader(request.viewer, reader)
    except actions.LastOne:
        messages.warning(request, _("Plus personne n’ouvrirait ce dossier : ajoutez d’abord quelqu’un."))
    else:
        messages.success(request, _("L’accès est retiré.") if done else _("C’était déjà fait."))
        if is_own:
            return redirect("records:records")
    return redirect("records:readers", public_id=record.public_id)


@opens(Record, to=rules.reads_readings, by="public_id")
@require_safe
def readings(request: HttpRequest, record: Record) -> HttpResponse:
    """Who opened this record: those of its list read names, a family in which role."""
    record = pages.whole(record)
    page = page_of(pages.readings_of(request.viewer, record), request.GET.get("page"), A_PAGE)
    rows = pages.reading_rows(request.viewer, record, page.object_list)
    context = {"record": record, "page_obj": page, "rows": rows, "is_staff": request.viewer.is_staff}
    return render(request, "records/readings.html", context)


@opens(Record, to=rules.writes, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, record: Record) -> HttpResponse:
    """Give a copy to the school where the pupil goes on, once everyone who decides has agreed."""
    record = pages.whole(record)
    form = HandOverForm(request.viewer, record, request.POST or None)
    if request.method == "POST" and form.is_valid() and _handed(request, record, form):
        return redirect("records:record", public_id=record.public_id)
    verdict = handing.is_agreed(request.viewer, record)
    context = {
        "record": record,
        "form": form,
        "is_agreed": verdict == Verdict.AGREED,
        "is_unsettled": verdict == Verdict.UNSETTLED,
        "has_school": choices.next_schools(request.viewer, record).exists(),
    }
    return render_form(request, "records/hand_over.html", context)


def _handed(request: HttpRequest, record: Record, form: HandOverForm) -> bool:
    school = form.cleaned_data["school"]
    try:
        _copy, is_new = handing.hand_over(request.viewer, record, school)
    except handing.NotAgreed:
        form.add_error(None, _("L’accord de la famille manque : il se donne sur la page du dossier."))
    except (handing.NotThere, Unreadable):
        form.add_error("school", _("Ce dossier ne peut pas être transmis à cet établissement."))
    except UploadRefused:
        form.add_error("school", _("Cet établissement n’a plus de place pour les documents."))
    else:
        done = _("Une copie est transmise : la direction de l’établissement dira qui l’ouvre.")
        messages.success(request, done if is_new else _("C’était déjà fait."))
        return True
    return False
