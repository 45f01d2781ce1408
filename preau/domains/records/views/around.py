"""For the adults who have pupils before them: measures in neutral words, and what to do in an emergency."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.domains.records import rules
from preau.domains.records.models import Protocol
from preau.domains.records.queries import around as around_queries
from preau.domains.records.queries import pages
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.paging import page_of

A_PAGE = 40


@opens(to=rules.looks_after)
@require_safe
def around(request: HttpRequest) -> HttpResponse:
    """One's pupils of whom there is something to know: what to do, never why."""
    urgent = request.GET.get("voir") == "urgences"
    page = page_of(
        around_queries.people_around(request.viewer, only_emergencies=urgent), request.GET.get("page"), A_PAGE
    )
    context = {
        "page_obj": page,
        "rows": around_queries.around(request.viewer, page.object_list),
        "urgent": urgent,
    }
    return render(request, "records/around.html", context)


@opens(Protocol, to=rules.reads_as_staff, by="public_id")
@require_safe
def emergency(request: HttpRequest, protocol: Protocol) -> HttpResponse:
    """What to do, at once: no password is asked, and no reason. The reading is written down."""
    record = pages.whole(protocol)
    journal.record_read(request.viewer, "records.emergency_read", record, subject_id=record.pupil_id)
    context = {"record": record, "words": around_queries.emergency_of(record)}
    return render(request, "records/emergency.html", context)
