"""Who is where now: a name, a place, two gestures; and the slip of who leaves early."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance import rules
from preau.domains.attendance.actions import announcements as announcements_actions
from preau.domains.attendance.actions import visits as visits_actions
from preau.domains.attendance.forms.announcements import CallForm, DepartureForm
from preau.domains.attendance.models import Announcement, Visit, places_of
from preau.domains.attendance.queries import absences
from preau.domains.attendance.queries.announcements import announced_in, announced_rows
from preau.domains.attendance.queries.visits import pupils_found, visits_ended_by_others, visits_going_on
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, render_form, tell_outcome
from preau.foundation.paging import page_for


@opens(to=rules.notes_visits)
@require_safe
def passages(request: HttpRequest) -> HttpResponse:
    """Who is where now, and a pupil to find."""
    viewer = request.viewer
    typed = request.GET.get("nom", "")[:80]
    runs = rules.runs_school_life(viewer)
    going_on = page_for(request, visits_going_on(viewer), 30)
    places = [(place, Visit.Place(place).label) for place in places_of(viewer)]
    context = {
        "typed": typed,
        "found": pupils_found(viewer, typed),
        "places": places,
        "page_obj": going_on,
        "classes": absences.classes_of([one.pupil_id for one in going_on], viewer.today),
        "runs": runs,
        "keeps": rules.keeps_from_family(viewer),
        # School life ends visits all day; a nurse is told of those that she did not end.
        "ended": [] if runs else visits_ended_by_others(viewer),
    }
    return render(request, "attendance/passages.html", context)


@opens(Person, to=rules.can_note_visit, by="public_id")
@require_POST
def begin_visit(request: HttpRequest, pupil: Person) -> HttpResponse:
    """A pupil is somewhere now."""
    place = request.POST.get("place", "")
    if place not in places_of(request.viewer):
        messages.error(request, _("Choisissez un lieu."))
        return redirect("attendance:passages")
    leaving = request.POST.get("quitte", "")[:18]
    is_for_family = not (rules.keeps_from_family(request.viewer, place) and request.POST.get("garder"))
    try:
        visits_actions.begin_visit(
            request.viewer, pupil, place, int(leaving) if leaving.isdecimal() else None, told=is_for_family
        )
    except visits_actions.StillElsewhere as still:
        return _still_elsewhere(request, pupil, place, still.visit, told=is_for_family)
    values = {"name": pupil.full_name, "place": Visit.Place(place).label}
    noted = (
        _("C’est noté : %(name)s, %(place)s.")
        if is_for_family
        else _("C’est noté, et la famille ne le lit pas : %(name)s.")
    )
    messages.success(request, noted % values)
    return redirect("attendance:passages")


def _still_elsewhere(
    request: HttpRequest, pupil: Person, place: str, visit: Visit, *, told: bool
) -> HttpResponse:
    """Ask first. Where the pupil is noted is said to those who may read it; to others, that they are somewhere else."""
    known = visit.place in places_of(request.viewer)
    context = {
        "pupil": pupil,
        "place": place,
        "label": Visit.Place(place).label,
        "visit": visit,
        "known": known,
        "told": told,
    }
    return render(request, "attendance/still_elsewhere.html", context, status=CONFLICT)


@opens(Visit, to=rules.notes_visits)
@require_POST
def end_visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The pupil has left."""
    tell_outcome(
        request,
        visits_actions.end_visit(request.viewer, visit),
        _("C’est noté : l’élève est retourné en classe."),
    )
    return redirect("attendance:passages")


@opens(Person, to=rules.can_follow, by="public_id")
@require_http_methods(["GET", "POST"])
def depart(request: HttpRequest, pupil: Person) -> HttpResponse:
    """The slip of a pupil who leaves before the end of the day."""
    from_record = "fiche" in request.GET
    form = DepartureForm(request.viewer, request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        announcements_actions.announce(
            request.viewer,
            pupil,
            request.viewer.school_id or 0,
            kind=Announcement.Kind.DEPARTURE,
            starts=data["starts"],
            ends=data["ends"],
            reason=data["reason"],
            comment=data["comment"],
            leaves_with=data["leaves_with"],
        )
        messages.success(
            request, _("Le départ est noté. Les enseignants des cours suivants le verront à l’appel.")
        )
        if from_record:
            return redirect("directory:person", public_id=pupil.public_id)
        return redirect("attendance:announced")
    context = {"form": form, "pupil": pupil, "from_record": from_record}
    return render_form(request, "attendance/depart.html", context)


@opens(to=rules.runs_school_life)
@require_safe
def calling(request: HttpRequest) -> HttpResponse:
    """A parent is on the telephone: of which pupil. One found alone is opened at once."""
    typed = request.GET.get("nom", "")[:80]
    found = pupils_found(request.viewer, typed)
    if len(found) == 1:
        return redirect("attendance:note_call", public_id=found[0].person.public_id)
    return render(request, "attendance/calling.html", {"typed": typed, "found": found})


@opens(Person, to=rules.can_follow, by="public_id")
@require_http_methods(["GET", "POST"])
def note_call(request: HttpRequest, pupil: Person) -> HttpResponse:
    """What a parent says on the telephone: the absence is known before the roll, and settled once it is noted there."""
    viewer = request.viewer
    from_record = "fiche" in request.GET
    form = CallForm(viewer, pupil, request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        announcements_actions.announce(
            viewer,
            pupil,
            viewer.school_id or 0,
            told_by=data["told_by"],
            kind=Announcement.Kind.ABSENCE,
            starts=data["starts"],
            ends=data["ends"],
            reason=data["motif"],
            comment=data["comment"],
        )
        messages.success(request, _call_noted(viewer, pupil, data["starts"], data["ends"]))
        if from_record:
            return redirect("directory:person", public_id=pupil.public_id)
        return redirect("attendance:announced")
    context = {"form": form, "pupil": pupil, "from_record": from_record}
    return render_form(request, "attendance/note_call.html", context)


def _call_noted(viewer: Viewer, pupil: Person, starts: datetime, ends: datetime) -> str:
    """What the call changes: rolls that were made have noted the absence before, and the others will find it known."""
    noted = absences.absences_between(viewer, pupil, starts, ends)
    if not noted:
        return _("L’appel est noté. L’absence est connue avant l’appel des cours, et réglée.")
    return _(
        "L’appel est noté. L’absence était déjà notée à %(num)s cours ; elle est réglée, comme celle des cours qui suivent."
    ) % {"num": noted}


@opens(to=rules.runs_school_life)
@require_safe
def announced(request: HttpRequest) -> HttpResponse:
    """Absences and departures known in advance, from today on."""
    page = page_for(request, announced_in(request.viewer), 30)
    context = {"page_obj": page, "rows": announced_rows(request.viewer, page.object_list)}
    return render(request, "attendance/announced.html", context)


@opens(Announcement, to=rules.can_withdraw_announcement)
@require_POST
def withdraw_announcement(request: HttpRequest, announcement: Announcement) -> HttpResponse:
    """Take back an announcement: by whoever gave it, or by school life what it noted."""
    tell_outcome(
        request,
        announcements_actions.withdraw_announcement(request.viewer, announcement),
        _("L’annonce est retirée."),
    )
    back = "attendance:announced" if request.viewer.is_staff else "attendance:absences"
    return redirect(reverse(back))
