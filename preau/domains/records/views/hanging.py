"""The measures and the papers of a record."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.records import rules
from preau.domains.records.actions import hanging as actions
from preau.domains.records.actions.writing import RecordClosed
from preau.domains.records.forms.around import MeasureForm, PaperForm
from preau.domains.records.models import Measure, Paper, Record
from preau.domains.records.queries import around, pages
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form
from preau.foundation.served import SANDBOX
from preau.foundation.uploads import UploadRefused


@opens(Record, to=rules.writes_plan, by="public_id")
@require_http_methods(["GET", "POST"])
def measures(request: HttpRequest, record: Record) -> HttpResponse:
    """What the plan asks of every lesson, published in neutral words."""
    record = pages.whole(record)
    form = MeasureForm(request.POST or None, initial={"first_day": request.viewer.today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            added = actions.add_measure(
                request.viewer, record, data["words"], data["first_day"], data["last_day"]
            )
        except RecordClosed:
            messages.info(request, _("Ce dossier est clos."))
        else:
            sentence = (
                _("C’est noté : les enseignants le verront en faisant l’appel, quand ils le demandent.")
                if added
                else _("C’était déjà noté.")
            )
            messages.success(request, sentence)
        return redirect("records:measures", public_id=record.public_id)
    rows = around.measures_of(record, request.viewer.today)
    context = {"record": record, "form": form, "rows": rows}
    return render_form(request, "records/measures.html", context)


@opens(Measure, to=rules.writes_measure)
@require_POST
def end_measure(request: HttpRequest, measure: Measure) -> HttpResponseRedirect:
    """It holds no more."""
    done = actions.end_measure(request.viewer, measure)
    messages.success(
        request, _("C’est terminé : l’appel ne le montre plus.") if done else _("C’était déjà terminé.")
    )
    return redirect("records:measures", public_id=measure.record.public_id)


@opens(Record, to=rules.writes, by="public_id")
@confirmed(reading=True)
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, record: Record) -> HttpResponse:
    """Attach a paper; those that are there."""
    record = pages.whole(record)
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_paper(request.viewer, record, form.cleaned_data["file"])
        except UploadRefused as refused:
            form.add_error("file", str(refused))
        except RecordClosed:
            messages.info(request, _("Ce dossier est clos."))
            return redirect("records:papers", public_id=record.public_id)
        else:
            messages.success(request, _("Le document est joint."))
            return redirect("records:papers", public_id=record.public_id)
    rows = pages.papers_of(record)
    if request.method == "GET" and rows:
        # Names of papers are sealed too: « Ordonnance… » says what a record is about.
        journal.record_read(request.viewer, "records.read", record, subject_id=record.pupil_id)
    context = {"record": record, "form": form, "rows": rows}
    return render_form(request, "records/papers.html", context)


@opens(Paper, to=rules.reads_paper)
@confirmed(reading=True)
@require_safe
def paper(request: HttpRequest, paper: Paper) -> HttpResponse:
    """A paper as it was sent, opened in memory alone."""
    content = actions.opened(paper)
    if content is None:
        raise Http404
    journal.record_read(
        request.viewer,
        "records.paper_read",
        paper.record,
        subject_id=paper.record.pupil_id,
    )
    response = HttpResponse(content, content_type=paper.kind)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=paper.name) or "attachment"
    )
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@removes
@opens(Paper, to=rules.writes_paper)
@confirmed()
@require_POST
def remove_paper(request: HttpRequest, paper: Paper) -> HttpResponseRedirect:
    """Take away a paper attached by mistake."""
    record = paper.record
    actions.remove_paper(request.viewer, paper)
    messages.success(request, _("Le document est retiré."))
    return redirect("records:papers", public_id=record.public_id)
