"""The virtual classes of a space: planned, opened, joined, closed; who came."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.domains.spaces import rules
from preau.domains.spaces.actions import meeting as acting
from preau.domains.spaces.forms import MeetingForm
from preau.domains.spaces.models import Meeting, Space
from preau.domains.spaces.providers import Unreachable, is_offered
from preau.domains.spaces.queries import meetings as shown
from preau.domains.spaces.views.frame import framed
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(Space, to=rules.has_meetings)
@require_safe
def meetings(request: HttpRequest, space: Space) -> HttpResponse:
    """Those to come, open, and over."""
    return _meetings(request, space)


def _meetings(
    request: HttpRequest, space: Space, form: MeetingForm | None = None, status: int = 200
) -> HttpResponse:
    page = page_for(request, shown.meetings_of(request.viewer, space), A_PAGE)
    zone = space.school.timezone
    context: dict[str, Any] = {
        "rows": [(one, shown.when_said(one, zone)) for one in page.object_list],
        "page_obj": page,
        "plans": rules.plans_meetings(request.viewer, space),
        "form": form or MeetingForm(space),
        "now": request.viewer.moment,
    }
    return framed(request, "spaces/meetings.html", space, "meetings", context, status)


@opens(Space, to=rules.plans_meetings)
@require_POST
def plan(request: HttpRequest, space: Space) -> HttpResponse:
    form = MeetingForm(space, request.POST)
    if not form.is_valid():
        return _meetings(request, space, form, TYPED_WRONG)
    starts, ends = form.moments()
    title, number = form.cleaned_data["title"], form.cleaned_data["sent_as"]
    acting.plan(request.viewer, space, title, starts, ends, sent_as=number)
    messages.success(
        request, _("La classe virtuelle est prévue : elle est dans l’agenda de ceux de l’espace.")
    )
    return redirect("spaces:meetings", pk=space.pk)


def _on_server(request: HttpRequest, meeting: Meeting, act: Any, sentence: str) -> HttpResponseRedirect:
    try:
        tell_outcome(request, act(request.viewer, meeting), sentence)
    except Unreachable:
        messages.error(
            request,
            _("Le serveur de classes virtuelles ne répond pas : rien n’a changé. Réessayez dans un instant."),
        )
    return redirect("spaces:meetings", pk=meeting.space_id)


@opens(Meeting, to=rules.runs_meeting)
@require_POST
def open_meeting(request: HttpRequest, meeting: Meeting) -> HttpResponseRedirect:
    return _on_server(
        request, meeting, acting.open_room, _("La classe virtuelle est ouverte : on peut y entrer.")
    )


@opens(Meeting, to=rules.runs_meeting)
@require_POST
def close_meeting(request: HttpRequest, meeting: Meeting) -> HttpResponseRedirect:
    return _on_server(request, meeting, acting.close_room, _("La classe virtuelle est fermée pour tous."))


@opens(Meeting, to=rules.runs_meeting)
@require_POST
def cancel_meeting(request: HttpRequest, meeting: Meeting) -> HttpResponseRedirect:
    tell_outcome(request, acting.cancel(request.viewer, meeting), _("La classe virtuelle est annulée."))
    return redirect("spaces:meetings", pk=meeting.space_id)


@opens(Meeting, to=rules.joins_meeting)
@require_POST
def join_meeting(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """That one comes is kept; the page then leads to the room, which another site may hold."""
    try:
        address = acting.join(request.viewer, meeting)
    except acting.NotOpen:
        messages.info(request, _("Cette classe virtuelle n’est pas ouverte."))
        return redirect("spaces:meetings", pk=meeting.space_id)
    context = {"meeting": meeting, "address": address}
    return framed(request, "spaces/join.html", meeting.space, "meetings", context)


@opens(Meeting, to=rules.runs_meeting)
@require_safe
def attendance(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Who came, and when."""
    zone = meeting.space.school.timezone
    people = shown.who_came(request.viewer, meeting)
    context = {"meeting": meeting, "when": shown.when_said(meeting, zone), "people": people}
    return framed(request, "spaces/attendance.html", meeting.space, "meetings", context)


@opens(to=rules.enters_spaces)
@require_safe
def stand_in(request: HttpRequest) -> HttpResponse:
    """Where the demonstration leads instead of a room; elsewhere there is no such page."""
    if not is_offered():
        raise Http404
    return render(request, "spaces/stand_in.html")
