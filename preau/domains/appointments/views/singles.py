"""Single appointments: one's own, hours opened, one taken, a call asked for, an hour proposed, accepted, given back."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.appointments import rules
from preau.domains.appointments.actions import rooms, single, taking
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs
from preau.domains.appointments.forms import AskForm, HoursForm, InviteForm, ProposeForm, SlotForm
from preau.domains.appointments.models import Host, Meeting, Opening
from preau.domains.appointments.queries import functions, pages
from preau.domains.appointments.queries import singles as queries
from preau.domains.appointments.queries.slots import SAID, No
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20
# Digits of a revision, or of a number in an address.
LONGEST = 9


@opens(to=rules.reads_evenings)
@require_safe
def appointments(request: HttpRequest) -> HttpResponse:
    """One's own, and the hours that are open."""
    viewer = request.viewer
    page = page_for(request, queries.appointments_of(viewer), A_PAGE)
    guardian = viewer.person.pk if viewer.is_guardian else None
    openings, alone = queries.openings_of(viewer), request.GET.get("heures", "")
    if alone.isascii() and alone.isdigit() and len(alone) < LONGEST:
        openings = openings.filter(pk=int(alone))
    else:
        alone = ""
    hours = Paginator(openings, queries.A_PAGE).get_page(request.GET.get("ouvertures"))
    hosts = [one.host_id for one in (*page.object_list, *hours.object_list)]
    context = {
        "page_obj": page,
        "openings": queries.with_free(list(hours.object_list), guardian),
        "functions": functions.said_of(viewer, hosts),
        "hours": hours,
        "alone": alone,
        "children": queries.children_by_school(viewer),
        "is_guardian": viewer.is_guardian,
    }
    return render(request, "appointments/appointments.html", context)


@opens(to=rules.opens_hours)
@require_http_methods(["GET", "POST"])
def open_hours(request: HttpRequest) -> HttpResponse:
    """Hours for appointments, which families then take."""
    viewer = request.viewer
    form = HoursForm(viewer, request.POST or None)
    if form.is_valid():
        data, zone = form.cleaned_data, ZoneInfo(viewer.school.timezone)
        hours = single.Hours(
            datetime.combine(data["day"], data["starts"], zone),
            datetime.combine(data["day"], data["ends"], zone),
            data["minutes"],
            data["way"],
            data["place"],
        )
        done = single.open_hours(viewer, hours)
        tell_outcome(request, done, _("Ces horaires sont ouverts aux familles."), _("Ils l’étaient déjà."))
        return redirect("appointments:appointments")
    return render_form(request, "appointments/hours.html", {"form": form})


@opens(Opening, to=rules.keeps_hours)
@require_POST
def close_hours(request: HttpRequest, opening: Opening) -> HttpResponseRedirect:
    """Nobody takes them any more; what was taken stays."""
    done = single.close_hours(request.viewer, opening)
    tell_outcome(request, done, _("Ces horaires sont fermés. Les rendez-vous déjà pris restent."))
    return redirect("appointments:appointments")


@opens(Opening, to=rules.is_guardian)
@require_POST
def take(request: HttpRequest, opening: Opening) -> HttpResponseRedirect:
    """Take one of these hours."""
    form = SlotForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez une heure avec l’un des boutons."))
        return redirect("appointments:appointments")
    pupils = request.viewer.own_pupils()
    child = form.cleaned_data["child"] or (pupils[0] if len(pupils) == 1 else 0)
    try:
        done = single.take(request.viewer, opening, form.cleaned_data["slot"], child)
    except Closed:
        messages.error(request, _("Ces horaires ne se prennent plus."))
    except NotTheirs:
        messages.error(request, _("Dites pour quel enfant vous prenez ce rendez-vous."))
    except NotFree as no:
        messages.error(request, _said(no))
    else:
        tell_outcome(request, done, _("Le rendez-vous est pris."), _("Vous l’aviez déjà."))
    return redirect("appointments:appointments")


def _said(no: NotFree) -> str:
    if no.why == No.FAMILY:
        return _("L’un de vous a un autre rendez-vous à cette heure.")
    if no.why in {No.LESSON, No.COLLEAGUE}:
        return _("Cette personne n’est pas libre à cette heure. Choisissez-en une autre.")
    return _("Cette heure vient d’être prise. Choisissez-en une autre.")


@opens(to=rules.is_guardian)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """« Rappelez-moi »."""
    viewer = request.viewer
    form = AskForm(viewer, request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            done = single.ask(viewer, data["host"], data["pupil"].pk, data["reason"], data["phone"])
        except NotTheirs:
            form.add_error("pupil", _("Cette personne n’est pas de l’établissement de cet élève."))
        else:
            tell_outcome(
                request, done, _("La demande est envoyée."), _("Vous avez déjà une demande en attente.")
            )
            return redirect("appointments:appointments")
    return render_form(request, "appointments/ask.html", {"form": form})


@opens(Meeting, to=rules.attends)
@require_safe
def appointment(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """One appointment, and what may be done with it."""
    return appointment_page(request, meeting)


def appointment_page(
    request: HttpRequest,
    meeting: Meeting,
    form: ProposeForm | None = None,
    status: int = 200,
    inviting: InviteForm | None = None,
) -> HttpResponse:
    """The page of one appointment, whatever its address."""
    viewer = request.viewer
    meeting = Meeting.objects.select_related("school", "host", "guardian", "pupil").get(pk=meeting.pk)
    now, is_guardian = timezone.now(), viewer.is_guardian
    is_ours = rules.gives_back(viewer, meeting)
    to_come = meeting.state != Meeting.State.CANCELLED and (meeting.starts is None or meeting.starts > now)
    is_open = to_come and is_ours
    invites = to_come and meeting.evening_id is None and rules.invites(viewer, meeting)
    if invites and inviting is None:
        inviting = InviteForm(meeting, viewer.today)
    keeps_note = rules.keeps_note(viewer, meeting)
    waits = meeting.asked_hour is not None and meeting.asked_hour > now
    context: dict[str, Any] = {
        "meeting": meeting,
        "form": form or ProposeForm(),
        "is_guardian": is_guardian,
        "function": functions.said_of(viewer, [meeting.host_id]).get(
            (meeting.school_id, meeting.host_id), ""
        ),
        "is_ours": is_ours,
        "is_open": is_open,
        "to_come": to_come,
        "colleagues": queries.colleagues_of(meeting),
        "invites": invites,
        "inviting": inviting,
        "given_back": rooms.said_of_given_back(meeting) if invites and meeting.room_given_back else "",
        "may_have_room": invites and rooms.may_have_room(meeting, now),
        "may_accept": is_open and waits and meeting.proposed_by_host == is_guardian,
        "may_propose": is_open and meeting.evening_id is None,
        "keeps_note": keeps_note,
        "note": pages.note_of(viewer, meeting) if keeps_note else "",
        "ways_on": pages.ways_on(viewer) if keeps_note else [],
    }
    return render(request, "appointments/appointment.html", context, status=status)


@opens(Meeting, to=rules.gives_back)
@require_POST
def propose(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """An hour, or another one."""
    form = ProposeForm(request.POST)
    if not form.is_valid():
        return appointment_page(request, meeting, form, TYPED_WRONG)
    data, zone = form.cleaned_data, ZoneInfo(meeting.school.timezone)
    starts = datetime.combine(data["day"], data["starts"], zone)
    try:
        done = single.propose(request.viewer, meeting, starts, data["minutes"])
    except Closed:
        messages.error(request, _("Cette heure est passée, ou ce rendez-vous est annulé."))
    except NotFree as no:
        sentence = _said(no) if request.viewer.is_guardian else str(SAID[no.why])
        form.add_error("starts", sentence)
        return appointment_page(request, meeting, form, TYPED_WRONG)
    else:
        tell_outcome(
            request, done, _("C’est proposé : l’autre personne peut accepter, ou proposer une autre heure.")
        )
    return redirect("appointments:appointment", pk=meeting.pk)


def _revision(request: HttpRequest) -> int:
    """Which proposal the page was showing."""
    value = request.POST.get("revision", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < LONGEST else -1


@opens(Meeting, to=rules.gives_back)
@require_POST
def accept(request: HttpRequest, meeting: Meeting) -> HttpResponseRedirect:
    """Yes to what the other one proposed."""
    try:
        done = single.accept(request.viewer, meeting, _revision(request))
    except single.Changed:
        messages.error(
            request, _("L’heure proposée n’est plus celle que vous lisiez : relisez-la avant d’accepter.")
        )
    except Closed:
        messages.error(request, _("Cette heure est passée, ou ce rendez-vous est annulé."))
    except NotFree:
        messages.error(request, _("Cette heure n’est plus possible : proposez-en une autre."))
    else:
        tell_outcome(request, done, _("Le rendez-vous est confirmé."))
    return redirect("appointments:appointment", pk=meeting.pk)


@opens(Meeting, to=rules.gives_back)
@require_POST
def give_back(request: HttpRequest, meeting: Meeting) -> HttpResponseRedirect:
    """Cancel: the other one is told."""
    try:
        done = taking.give_back(request.viewer, meeting)
    except Closed:
        messages.error(request, _("Ce rendez-vous a déjà commencé : il ne s’annule plus."))
    else:
        tell_outcome(request, done, _("Le rendez-vous est annulé ; l’autre personne est prévenue."))
    return redirect(_after(request, meeting))


def _after(request: HttpRequest, meeting: Meeting) -> str:
    if meeting.evening_id is None:
        return reverse("appointments:appointments")
    if request.viewer.is_guardian:
        return reverse("appointments:evening", kwargs={"pk": meeting.evening_id})
    host = Host.objects.filter(evening=meeting.evening_id, person=meeting.host_id).first()
    return reverse("appointments:host", kwargs={"pk": host.pk}) if host else reverse("appointments:evenings")
