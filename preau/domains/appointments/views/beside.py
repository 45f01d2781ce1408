"""Beside a single appointment: its room, a colleague who joins it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.domains.appointments import rules
from preau.domains.appointments.actions import joining, rooms
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs
from preau.domains.appointments.forms import InviteForm, RoomForm
from preau.domains.appointments.models import Meeting
from preau.domains.appointments.queries.rooms import free_rooms
from preau.domains.appointments.views.singles import LONGEST, appointment_page
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome


@opens(Meeting, to=rules.invites)
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Hold a room for it, among those that are free."""
    meeting = Meeting.objects.select_related("school", "guardian", "pupil", "room").get(pk=meeting.pk)
    year, may_have = request.viewer.year, rooms.may_have_room(meeting, timezone.now())
    free = free_rooms(year, meeting.starts, meeting.ends) if year and may_have else {}  # type: ignore[arg-type]
    if meeting.room is not None:
        free = {meeting.room.pk: meeting.room.place} | free
    form = RoomForm(free, request.POST or None, initial={"room": meeting.room_id or ""})
    if request.method == "POST" and form.is_valid():
        try:
            done = rooms.book_room(request.viewer, meeting, form.cleaned_data["room"])
        except Closed:
            messages.error(
                request, _("Une salle se réserve quand l’heure est convenue, pour un rendez-vous sur place.")
            )
        except rooms.RoomTaken:
            form.add_error("room", _("Cette salle vient d’être prise."))
        else:
            tell_outcome(request, done, _("C’est fait : la salle est réservée, la famille sait où venir."))
        if not form.errors:
            return redirect("appointments:appointment", pk=meeting.pk)
    context = {"meeting": meeting, "form": form, "may_have": may_have}
    return render_form(request, "appointments/room.html", context)


@opens(Meeting, to=rules.invites)
@require_POST
def invite(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """A colleague is to be there too: they and the family are told."""
    form = InviteForm(meeting, request.viewer.today, request.POST)
    if not form.is_valid():
        return appointment_page(request, meeting, status=TYPED_WRONG, inviting=form)
    try:
        done = joining.invite(request.viewer, meeting, form.cleaned_data["person"].pk)
    except Closed:
        messages.error(request, _("Ce rendez-vous est passé, ou annulé."))
    except NotTheirs:
        form.add_error("person", _("Cette personne ne travaille plus ici."))
    except NotFree:
        form.add_error("person", _("Cette personne n’est pas libre à cette heure."))
    except joining.TooMany:
        form.add_error("person", _("Vous êtes déjà nombreux face à une famille."))
    else:
        tell_outcome(
            request,
            done,
            _("C’est fait : la famille sait qui sera là, et votre collègue est prévenu."),
            _("Cette personne y est déjà invitée."),
        )
    if form.errors:
        return appointment_page(request, meeting, status=TYPED_WRONG, inviting=form)
    return redirect("appointments:appointment", pk=meeting.pk)


@removes
@opens(Meeting, to=rules.settles_joining)
@require_POST
def leave(request: HttpRequest, meeting: Meeting) -> HttpResponseRedirect:
    """A colleague will not be there: of themselves, or as whoever receives says."""
    person, invites = request.viewer.person.pk, rules.invites(request.viewer, meeting)
    value = request.POST.get("person", "")
    if invites and value.isascii() and value.isdigit() and len(value) < LONGEST:
        person = int(value)
    try:
        done = joining.leave(request.viewer, meeting, person)
    except Closed:
        messages.error(request, _("Ce rendez-vous est passé, ou annulé."))
    else:
        tell_outcome(request, done, _("C’est fait : les autres personnes sont prévenues."))
    if invites:
        return redirect("appointments:appointment", pk=meeting.pk)
    return redirect("appointments:appointments")
