"""Records: the list of those one may open, opening one, reading it, writing its next version, closing it, printing it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group
from preau.domains.records import exports, rules
from preau.domains.records.actions import writing as actions
from preau.domains.records.forms.records import OpenForm, RecordFilter, ReviseForm
from preau.domains.records.models import Kind, Record, Words
from preau.domains.records.queries import around, choices, pages
from preau.foundation import journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import pdf_file
from preau.foundation.pages import CONFLICT, render_form, status_of
from preau.foundation.paging import page_for, query_of

A_PAGE = 30
LONGEST_ID = 18


@opens(to=rules.has_a_list)
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """The records that one may open; nothing of what they say."""
    form = RecordFilter(request.viewer, request.GET)
    chosen = form.chosen()
    page = page_for(request, pages.records_of(request.viewer, chosen), A_PAGE)
    context = {
        "form": form,
        "page_obj": page,
        "rows": pages.rows_of(request.viewer, page.object_list),
        "query": query_of(request),
        "filtered": bool(chosen),
        "may_open": rules.opens_records(request.viewer),
        "audits": rules.audits(request.viewer),
    }
    return render(request, "records/records.html", context)


def _chosen(request: HttpRequest) -> tuple[str, Group | None]:
    """The kind and the class that the form is for: those of the address or of what was sent, among those allowed."""
    kinds = rules.kinds_opened_by(request.viewer)
    asked = request.POST.get("nature") or request.GET.get("nature") or ""
    kind = asked if asked in kinds else kinds[0]
    wanted = request.POST.get("classe") or request.GET.get("classe") or ""
    groups = choices.groups_to_choose(request.viewer)
    is_id = wanted.isascii() and wanted.isdigit() and len(wanted) <= LONGEST_ID
    return kind, (groups.filter(pk=int(wanted)).first() if is_id else None) or groups.first()


@opens(to=rules.opens_records)
@confirmed(reading=True)
@require_http_methods(["GET", "POST"])
def open_record(request: HttpRequest) -> HttpResponse:
    """Open a record of a pupil."""
    kind, group = _chosen(request)
    form = OpenForm(request.viewer, kind, group, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = actions.open_record(request.viewer, data["pupil"], kind, form.written(), data["sent_as"])
        messages.success(
            request,
            _("Le dossier est ouvert. Vous seul pouvez l’ouvrir, jusqu’à ce que vous ajoutiez quelqu’un."),
        )
        return redirect("records:record", public_id=made.public_id)
    context = {
        "form": form,
        "kind": kind,
        "kind_said": Kind(kind).label,
        "group": group,
        "kinds": [(one.value, one.label) for one in rules.kinds_opened_by(request.viewer)],
        "groups": list(choices.groups_to_choose(request.viewer)),
        "is_shared": rules.has_plain_part(kind),
    }
    return render_form(request, "records/open.html", context)


@opens(Record, to=rules.reads_as_staff, by="public_id")
@confirmed(reading=True)
@require_safe
def record(request: HttpRequest, record: Record) -> HttpResponse:
    """What the record says, in its version of today or in the one that is asked; the reading is written down."""
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else record.revision
    record = pages.whole(record)
    opened = pages.opened_at(record, number) or pages.opened_at(record, record.revision)
    _read(request, record, "read")
    context = {
        "record": record,
        "opened": opened,
        "is_last": opened is not None and opened.number == record.revision,
        "steps": pages.steps_of(record),
        "papers": pages.papers_of(record),
        "measures": around.measure_rows(record, request.viewer.today),
        "writes": rules.writes(request.viewer, record),
        "near": record.is_open and rules.is_to_review(record.review_on, request.viewer.today),
    }
    return render(request, "records/record.html", context)


def _read(request: HttpRequest, record: Record, gesture: str) -> None:
    journal.record_read(
        request.viewer,
        f"records.{gesture}",
        Record(pk=record.pk, school_id=record.school_id),
        subject_id=record.pupil_id,
    )


@opens(Record, to=rules.writes, by="public_id")
@confirmed(reading=True)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, record: Record) -> HttpResponse:
    """Write the next version; the others stay."""
    record = pages.whole(record)
    opened = pages.opened_at(record, record.revision)
    if not record.is_open or opened is None or opened.words is None:
        messages.info(request, _("Ce dossier ne se modifie pas."))
        return redirect("records:record", public_id=record.public_id)
    form = ReviseForm(request.viewer, record, opened.words, request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            return _revised(request, record, form)
    else:
        # The form shows all of it: it is a reading too.
        _read(request, record, "read")
    return _revise_page(request, record, form, None, status_of(form))


def _revised(request: HttpRequest, record: Record, form: ReviseForm) -> HttpResponse:
    try:
        changed = actions.revise(request.viewer, record, form.written(), form.cleaned_data["seen"])
    except actions.WrittenSince as since:
        data = request.POST.copy()
        data["seen"] = str(since.record.revision)
        _read(request, record, "read")
        again = ReviseForm(request.viewer, pages.whole(record), since.words, data)
        return _revise_page(request, record, again, since.words, CONFLICT)
    except (actions.RecordClosed, actions.Unreadable):
        messages.info(request, _("Ce dossier ne se modifie pas."))
    else:
        sentence = _("C’est écrit. Les versions d’avant restent.") if changed else _("Rien n’a changé.")
        messages.success(request, sentence)
    return redirect("records:record", public_id=record.public_id)


def _revise_page(
    request: HttpRequest, record: Record, form: ReviseForm, theirs: Words | None, status: int
) -> HttpResponse:
    names = ("needs", "plan", "emergency", "plain")
    both = [
        (pages.PARTS[name], getattr(theirs, name), form[name].value())
        for name in names
        if theirs and name in form.fields and getattr(theirs, name) != form[name].value()
    ]
    context = {"record": record, "form": form, "is_conflict": theirs is not None, "both": both}
    return render(request, "records/revise.html", context, status=status)


@opens(Record, to=rules.writes, by="public_id")
@require_POST
def close(request: HttpRequest, record: Record) -> HttpResponseRedirect:
    """Close it, or go on with it: the button says which."""
    if request.POST.get("etat") == "ouvert":
        done, sentence = (
            actions.reopen(request.viewer, record),
            _("Le dossier est rouvert. Notez de nouveau ses aménagements."),
        )
    else:
        done, sentence = (
            actions.close(request.viewer, record),
            _("Le dossier est clos, et ses aménagements sont terminés."),
        )
    messages.success(request, sentence if done else _("C’était déjà fait."))
    return redirect("records:record", public_id=record.public_id)


@opens(Record, to=rules.reads_as_staff, by="public_id")
@confirmed(reading=True)
@require_safe
def printed(request: HttpRequest, record: Record) -> HttpResponse:
    """The version of today on paper, under the name of whoever prints it."""
    _read(request, record, "printed")
    record = pages.whole(record)
    context: dict[str, Any] = {
        "record": record,
        "opened": pages.opened_at(record, record.revision),
        "who": request.viewer.person.full_name,
        "now": timezone.now(),
        "measures": around.own_measures(record, request.viewer.today),
    }
    page = exports.page_of(context)
    if not pdf.is_possible():
        return HttpResponse(page)
    return pdf_file("dossier", exports.pdf_of(page))
