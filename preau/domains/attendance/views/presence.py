"""School life at 8 h 25: who is expected, missing and late at this minute, and the list of an evacuation."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Person
from preau.domains.attendance import rules
from preau.domains.attendance.actions import rolls, visits
from preau.domains.attendance.exports.presence import presence_csv, presence_pdf
from preau.domains.attendance.queries import presence, registers, since_morning
from preau.domains.attendance.queries.presence import Where
from preau.domains.attendance.queries.visits import pupils_found
from preau.foundation import dates, journal, pdf
from preau.foundation.access import opens
from preau.foundation.downloads import csv_lines, no_pdf, pdf_file
from preau.foundation.paging import page_for

LATE, SINCE_MORNING = "retards", "jour"


@opens(to=rules.runs_school_life)
@require_safe
def now(request: HttpRequest) -> HttpResponse:
    """Who is missing now or was since the morning, pupil by pupil, who is late, and where each class is; of one class, every name."""
    moment = timezone.now()
    pupils = presence.pupils_now(request.viewer, moment)
    classes = presence.by_class(pupils)
    wanted = request.GET.get("classe", "")
    one = next((line for line in classes if str(line.pk) == wanted), None)
    shows = "" if one else request.GET.get("voir", "")
    late = shows == LATE
    absent = since_morning.absent_today(request.viewer, {pupil.pupil_id: pupil for pupil in pupils})
    # Once nobody is expected any more, the day is what is left to look at.
    today = shows == SINCE_MORNING or (bool(absent) and not pupils)
    missing = [pupil for pupil in pupils if pupil.where == Where.MISSING]
    latecomers = [pupil for pupil in pupils if pupil.late is not None]
    chosen = [pupil for pupil in pupils if one and pupil.group_id == one.pk]
    now_missing = sorted(missing, key=lambda pupil: bool(pupil.news))
    shown: Sequence[Any] = absent if today else chosen if one else latecomers if late else now_missing
    context: dict[str, Any] = {
        "now": moment,
        "counts": presence.counts_of(pupils),
        "whole": len(pupils),
        "silent": sum(1 for pupil in missing if not pupil.news),
        "latecomers": len(latecomers),
        "missing": len(missing),
        "classes": classes,
        "uncalled": [line for line in classes if line.counts[Where.UNSEEN]],
        "one": one,
        "late": late,
        "today": today,
        "absent": len(absent),
        "page_obj": page_for(request, shown, 40),
        "Where": Where,
        "query": f"classe={one.pk}" if one else f"voir={shows}" if late or today else "",
        "has_pdf": pdf.is_possible(),
    }
    return render(request, "attendance/now.html", context)


@opens(to=rules.runs_school_life)
@require_safe
def building_as_pdf(request: HttpRequest) -> HttpResponse:
    """Who is in the building at this minute, class by class, to take out of it."""
    if not pdf.is_possible():
        return no_pdf()
    moment, pupils = timezone.now(), presence.pupils_now(request.viewer, timezone.now())
    journal.record(request.viewer, "attendance.building_read", request.viewer.school, rows=len(pupils))
    return pdf_file(f"presents-{_stamp(moment)}", presence_pdf(request.viewer, pupils, moment))


@opens(to=rules.runs_school_life)
@require_safe
def building_as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The same, as a spreadsheet."""
    moment, pupils = timezone.now(), presence.pupils_now(request.viewer, timezone.now())
    journal.record(request.viewer, "attendance.building_read", request.viewer.school, rows=len(pupils))
    return csv_lines(f"presents-{_stamp(moment)}", presence_csv(pupils))


def _stamp(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d-%Hh%M}"


@opens(to=rules.runs_school_life)
@require_safe
def latecomers(request: HttpRequest) -> HttpResponse:
    """A pupil is at the gate: who."""
    typed = request.GET.get("nom", "")[:80]
    context = {"typed": typed, "found": pupils_found(request.viewer, typed)}
    return render(request, "attendance/latecomer.html", context)


@opens(Person, to=rules.can_follow, by="public_id")
@require_POST
def note_latecomer(request: HttpRequest, pupil: Person) -> HttpResponse:
    """Let in, and noted on the roll of the lesson that has begun; between two lessons, noted as there at this hour."""
    lesson = presence.lesson_begun(request.viewer, pupil, timezone.now())
    if lesson is None:
        return _between_lessons(request, pupil)
    entry = rolls.note_latecomer(request.viewer, lesson, pupil.pk)
    if entry is None:
        messages.info(request, _("C’était déjà noté."))
    else:
        called = registers.call_of(lesson)
        rest = (
            _("L’appel de %(name)s est déjà fait : la ligne y est corrigée.")
            % {"name": called.called_by.formal_name}
            if called
            else _("L’appel reste à faire par l’enseignant.")
        )
        values = {
            "name": pupil.full_name,
            "minutes": dates.minutes(entry.minutes_late or 0),
            "lesson": lesson.subject.name,
        }
        messages.success(request, f"{_('%(name)s : %(minutes)s de retard en %(lesson)s.') % values} {rest}")
    return redirect("attendance:latecomers")


def _between_lessons(request: HttpRequest, pupil: Person) -> HttpResponse:
    """Nobody is late for a lesson that has not begun: the arrival is noted, what the rolls say is not touched."""
    coming = presence.lesson_to_come(request.viewer, pupil, timezone.now())
    if coming is None:
        details = _("%(name)s n’a plus cours aujourd’hui : rien n’est noté.") % {"name": pupil.full_name}
        messages.error(request, details)
        typed = request.POST.get("nom", "")[:80]
        return redirect(f"{reverse('attendance:latecomers')}?{urlencode({'nom': typed})}")
    visit = visits.note_arrival(request.viewer, pupil)
    if visit is None:
        messages.info(request, _("C’était déjà noté."))
        return redirect("attendance:latecomers")
    words = _(
        "%(name)s : arrivée notée à %(hour)s, avant %(lesson)s (%(starts)s). Les cours d’avant ne changent pas."
    )
    details = {
        "name": pupil.full_name,
        "hour": dates.hour(visit.starts),
        "lesson": coming.subject.name,
        "starts": dates.hour(coming.starts),
    }
    messages.success(request, words % details)
    return redirect("attendance:latecomers")
