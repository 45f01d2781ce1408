"""What a family reads of its own: plans, in full for the guardians of a minor, in plain words for a pupil."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.domains.records import rules
from preau.domains.records.actions import handing
from preau.domains.records.models import Record
from preau.domains.records.queries import around, pages
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(to=rules.follows_own)
@require_safe
def own_records(request: HttpRequest) -> HttpResponse:
    """The plans of one's children, or one's own."""
    page = page_for(request, pages.own_records(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": pages.rows_of(request.viewer, page.object_list),
        "is_guardian": request.viewer.is_guardian,
    }
    return render(request, "records/own_records.html", context)


@opens(Record, to=rules.follows_own, by="public_id")
@require_safe
def own_record(request: HttpRequest, record: Record) -> HttpResponse:
    """One plan: all of it, or what a minor pupil reads of it."""
    viewer, record = request.viewer, pages.whole(record)
    opened, is_whole = pages.opened_at(record, record.revision), record.is_read_whole_by(request.viewer)
    journal.record_read(viewer, "records.read", record, subject_id=record.pupil_id)
    context = {
        "record": record,
        "opened": opened,
        "is_whole": is_whole,
        "measures": around.own_measures(record, viewer.today),
        "papers": pages.papers_of(record) if is_whole else [],
        "steps": pages.steps_of(record) if is_whole else [],
        "is_guardian": viewer.is_guardian,
        "agrees": rules.agrees(viewer, record),
        "has_agreed": record.agreements.standing().filter(by=viewer.person.pk).exists(),
    }
    return render(request, "records/own_record.html", context)


@opens(Record, to=rules.agrees, by="public_id")
@require_POST
def agree(request: HttpRequest, record: Record) -> HttpResponseRedirect:
    """Agree that the record goes to the next school, or take it back: the button says which."""
    if request.POST.get("accord") == "repris":
        done, sentence = handing.take_back(request.viewer, record), _("Votre accord est repris.")
    else:
        done, sentence = handing.agree(request.viewer, record), _("Votre accord est noté.")
    messages.success(request, sentence if done else _("C’était déjà fait."))
    return redirect("records:own_record", public_id=record.public_id)
