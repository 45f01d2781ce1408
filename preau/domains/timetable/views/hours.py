"""Hours held: what the weekly lessons planned, and what became of it, by class and subject."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory.models import Group
from preau.domains.timetable import rules
from preau.domains.timetable.exports.hours import hours_csv
from preau.domains.timetable.forms.hours import HoursForm
from preau.domains.timetable.queries.hours import (
    hours_between,
    hours_in_all,
    hours_rows,
    hours_said,
    last_day_of_hours,
)
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.paging import page_for, query_of

LINES = 30


def _asked(request: HttpRequest) -> tuple[HoursForm, tuple[Any, date, date, Group | None]]:
    """What the address asks for: the year until yesterday when it does not say."""
    viewer = request.viewer
    form = HoursForm(viewer, request.GET)
    chosen = form.chosen()
    first = max(chosen.get("du") or viewer.year.starts, viewer.year.starts)
    last = last_day_of_hours(viewer, chosen.get("au"))
    return form, (viewer, first, last, chosen.get("classe"))


@opens(to=rules.edits_timetable)
@require_safe
def hours(request: HttpRequest) -> HttpResponse:
    """Hours planned, held, replaced, cancelled and added since the start of the year, or in some days of it."""
    form, asked = _asked(request)
    page = page_for(request, hours_between(*asked), LINES)
    context = {
        "form": form,
        "first": asked[1],
        "last": asked[2],
        "group": asked[3],
        "page_obj": page,
        "rows": hours_rows(page.object_list),
        "whole": hours_in_all(*asked),
        "said": hours_said,
        "kept": query_of(request),
    }
    return render(request, "timetable/hours.html", context)


@opens(to=rules.edits_timetable)
@confirmed(reading=True)
@require_safe
def export_hours(request: HttpRequest) -> StreamingHttpResponse:
    """The same, whole, as a spreadsheet."""
    _form, asked = _asked(request)
    rows = hours_rows(hours_between(*asked))
    journal.record(request.viewer, "timetable.hours_exported", request.viewer.school, rows=len(rows))
    return csv_lines(f"heures-faites-{asked[2]:%Y-%m-%d}", hours_csv(rows))
