"""Somebody who receives: their slots, placing a family, asking to see one, moving, the evening itself on a phone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.appointments import exports, rules
from preau.domains.appointments.actions import keeping, running, taking, wishing
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs, Wanted
from preau.domains.appointments.forms import HostHoursForm, LateForm, NoteForm, PlaceForm, SlotForm
from preau.domains.appointments.models import Evening, Host, Meeting
from preau.domains.appointments.queries import pages
from preau.domains.appointments.queries.slots import SAID, No
from preau.domains.appointments.views.families import printed
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome

OUTCOMES = dict(Meeting.Outcome.choices)
# Digits of a number in a form; letters of a name that is sought.
LONGEST, LONGEST_NAME = 9, 60


@opens(Host, to=rules.runs)
@require_safe
def host(request: HttpRequest, host: Host) -> HttpResponse:
    """The slots of one person at an evening."""
    return host_page(request, host)


def host_page(
    request: HttpRequest, host: Host, form: LateForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of one person's slots, whatever its address."""
    evening = pages.whole(request.viewer, host.evening)
    found = pages.host_evening(request.viewer, evening, host)
    now = timezone.now()
    running_now = running.is_running(evening)
    current = next(
        (line for line in found.lines if line.meeting and not line.meeting.outcome and running_now), None
    )
    is_own = host.person_id == request.viewer.person.pk
    context: dict[str, Any] = {
        "evening": evening,
        "host": found.host,
        "found": found,
        "organises": rules.organises(request.viewer),
        "is_own": is_own,
        "ways_on": pages.ways_on(request.viewer) if is_own else [],
        "note_form": NoteForm(initial={"text": current.note if current else ""}),
        "may_change": evening.is_live and not evening.is_over(now),
        "may_set_hours": evening.state != Evening.State.CANCELLED and not evening.is_over(now),
        "running": running_now,
        "current": current,
        "late_form": form or LateForm(initial={"minutes": found.host.late or 10}),
    }
    return render(request, "appointments/host.html", context, status=status)


@opens(Host, to=rules.runs)
@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest, host: Host) -> HttpResponse:
    """From when to when they receive."""
    evening = pages.whole(request.viewer, host.evening)
    form = HostHoursForm(evening, host, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = keeping.set_hours(request.viewer, host, form.away())
        except keeping.NotNow:
            form.add_error(None, _("Cette rencontre est annulée ou passée : elle ne change plus."))
        except keeping.Held as held:
            sentence = _("Des rendez-vous sont pris à ces heures : %(hours)s. Déplacez-les d’abord.")
            form.add_error(None, sentence % {"hours": ", ".join(held.hours)})
        else:
            tell_outcome(request, done, _("Les heures sont gardées."), _("Rien n’a changé."))
            return redirect("appointments:host", pk=host.pk)
    context = {"form": form, "evening": evening, "host": host}
    return render_form(request, "appointments/host_hours.html", context)


@opens(Host, to=rules.runs)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest, host: Host) -> HttpResponse:
    """The school, or whoever receives, gives a slot to a family."""
    evening = pages.whole(request.viewer, host.evening)
    found = pages.host_evening(request.viewer, evening, host)
    hours = [(line.slot, line.hour) for line in found.free]
    asked = request.GET.get("creneau", "")
    families = _families(request, evening, host)
    form = PlaceForm(families.options, hours, request.POST or None, initial={"slot": asked})
    if form.is_valid():
        guardian, pupil = form.chosen()
        wanted = Wanted(
            host.person_id,
            guardian,
            pupil,
            form.cleaned_data["slot"],
            form.cleaned_data["way"] or Meeting.Way.HERE,
        )
        try:
            done = taking.place(request.viewer, evening, wanted)
        except Closed:
            form.add_error(None, _("Cette rencontre est passée, annulée, ou pas encore ouverte."))
        except NotTheirs:
            form.add_error("family", _("Cette personne ne suit plus cet élève."))
        except NotFree as no:
            form.add_error("slot", _why(request, evening, no))
        else:
            tell_outcome(request, done, _("La famille est placée."), _("Elle l’était déjà."))
            return redirect("appointments:host", pk=host.pk)
    context = {"form": form, "evening": evening, "host": found.host, "asked": asked} | _sought(
        request, families
    )
    return render_form(request, "appointments/place.html", context)


def _families(request: HttpRequest, evening: Evening, host: Host) -> pages.Families:
    """Those of the name that is sought; when one is sent, that one."""
    pupil = request.POST.get("family", "").rpartition("-")[2]
    sent = int(pupil) if pupil.isascii() and pupil.isdigit() and len(pupil) < LONGEST else None
    return pages.families_for(evening, host, named=request.GET.get("nom", "")[:LONGEST_NAME], pupil=sent)


def _sought(request: HttpRequest, families: pages.Families) -> dict[str, Any]:
    named = request.GET.get("nom", "")[:LONGEST_NAME]
    return {"named": named, "is_cut": families.is_cut, "seeks": families.is_cut or bool(named)}


def _why(request: HttpRequest, evening: Evening, no: NotFree) -> str:
    """For the staff: the true reason, and the next hours; who asked to cross nobody is for whoever organises."""
    hidden = no.why == No.APART and not rules.organises(request.viewer)
    sentence = _("Cette famille ne peut pas venir à cette heure.") if hidden else str(SAID[no.why])
    if not no.offered:
        return sentence
    hours = _(" ou ").join(evening.hour(slot) for slot in no.offered)
    return _("%(said)s Possible : %(hours)s.") % {"said": sentence, "hours": hours}


@opens(Host, to=rules.runs)
@require_http_methods(["GET", "POST"])
def ask_to_see(request: HttpRequest, host: Host) -> HttpResponse:
    """Ask a family to come: it hears of it, and the plan counts it."""
    evening = pages.whole(request.viewer, host.evening)
    families = _families(request, evening, host)
    form = PlaceForm(families.options, [], request.POST or None)
    del form.fields["slot"], form.fields["way"]
    if form.is_valid():
        guardian, pupil = form.chosen()
        try:
            done = wishing.ask_to_see(request.viewer, host, guardian, pupil)
        except Closed:
            form.add_error(None, _("Cette rencontre est passée, annulée, ou pas encore ouverte."))
        except NotTheirs:
            form.add_error("family", _("Cette personne ne suit plus cet élève."))
        else:
            tell_outcome(
                request,
                done,
                _("La famille est prévenue que vous souhaitez la voir."),
                _("C’était déjà demandé."),
            )
            return redirect("appointments:host", pk=host.pk)
    context = {"form": form, "evening": evening, "host": host} | _sought(request, families)
    return render_form(request, "appointments/ask_to_see.html", context)


@opens(Meeting, to=rules.hosts)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """To another slot; where it is taken, the two families are exchanged."""
    form = SlotForm(request.POST)
    if request.method != "POST" and meeting.evening_id is not None:
        return _move_page(request, meeting)
    if not form.is_valid() or meeting.evening is None:
        messages.error(request, _("Choisissez une heure dans la liste."))
        return redirect(_back(meeting))
    try:
        done = taking.move(request.viewer, meeting, form.cleaned_data["slot"])
    except Closed:
        messages.error(request, _("Ce rendez-vous ne se déplace plus."))
    except NotTheirs:
        messages.error(request, _("Cette personne ne suit plus cet élève."))
    except NotFree as no:
        messages.error(request, _why(request, pages.whole(request.viewer, meeting.evening), no))
    else:
        tell_outcome(request, done, _("C’est déplacé. Les familles déjà prévenues le sont de nouveau."))
    return redirect(_back(meeting))


def _move_page(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Which other hours there are."""
    meeting = Meeting.objects.select_related("evening__school", "guardian", "pupil").get(pk=meeting.pk)
    evening = meeting.evening
    host = Host.objects.filter(evening=evening, person=meeting.host_id).select_related("person").first()
    if evening is None or host is None or meeting.starts is None:
        raise Http404
    found = pages.host_evening(request.viewer, evening, host)
    context = {
        "meeting": meeting,
        "evening": evening,
        "host": found.host,
        "hour": evening.hour(evening.slot_at(meeting.starts)),
        "lines": [
            line
            for line in found.lines
            if line.kind in {"free", "meeting"} and (line.meeting is None or line.meeting.pk != meeting.pk)
        ],
    }
    return render(request, "appointments/move.html", context)


def _back(meeting: Meeting) -> str:

    if meeting.evening_id is None:
        return reverse("appointments:appointment", kwargs={"pk": meeting.pk})
    host = Host.objects.filter(evening=meeting.evening_id, person=meeting.host_id).first()
    if host is None:
        return reverse("appointments:appointments")
    return reverse("appointments:host", kwargs={"pk": host.pk})


@opens(Host, to=rules.runs)
@require_POST
def absence(request: HttpRequest, host: Host) -> HttpResponseRedirect:
    """Not there that evening: all their families are told; or there after all."""
    is_absent = request.POST.get("absent") != "non"
    done = keeping.note_absence(request.viewer, host, is_absent=is_absent)
    sentence = (
        _("C’est noté : les familles sont prévenues, et seront les premières rappelées.")
        if is_absent
        else _("C’est noté : cette personne reçoit.")
    )
    tell_outcome(request, done, sentence)
    return redirect("appointments:host", pk=host.pk)


@opens(Host, to=rules.runs)
@require_POST
def late(request: HttpRequest, host: Host) -> HttpResponse:
    """The families that come next hear how late it is."""
    form = LateForm(request.POST)
    if not form.is_valid():
        return host_page(request, host, form, TYPED_WRONG)
    minutes = form.cleaned_data["minutes"]
    try:
        done = running.run_late(request.viewer, host, minutes)
    except running.NotYet:
        messages.error(request, _("Un retard se dit le jour de la rencontre."))
        return redirect("appointments:host", pk=host.pk)
    sentence = _("Les familles suivantes sont prévenues : %(num)s minutes de retard.") % {"num": minutes}
    tell_outcome(
        request,
        done,
        sentence if minutes else _("Les familles suivantes sont prévenues : vous êtes à l’heure."),
    )
    return redirect("appointments:host", pk=host.pk)


@opens(Meeting, to=rules.hosts)
@require_POST
def note(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Seen, or not come; with what whoever receives noted for themselves in the same form."""
    outcome = request.POST.get("outcome", "")
    if outcome not in OUTCOMES:
        messages.error(request, _("Répondez avec l’un des boutons."))
        return redirect(_back(meeting))
    if "text" in request.POST and rules.keeps_note(request.viewer, meeting):
        form = NoteForm(request.POST)
        if not form.is_valid():
            return _note_page(request, meeting, form, outcome)
        # Left empty here, what was written elsewhere stays: a note is emptied on its own page.
        if form.cleaned_data["text"]:
            running.remember(request.viewer, meeting, form.cleaned_data["text"])
    try:
        done = running.note(request.viewer, meeting, outcome)
    except running.NotYet:
        messages.error(request, _("Ce rendez-vous n’a pas encore lieu."))
    else:
        tell_outcome(request, done, _("C’est noté."))
    return redirect(_back(meeting))


@opens(Meeting, to=rules.keeps_note)
@require_http_methods(["GET", "POST"])
def own_note(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """What one notes of a meeting for oneself, and what may be done next."""
    form = NoteForm(request.POST or None, initial={"text": pages.note_of(request.viewer, meeting)})
    if request.method == "POST" and form.is_valid():
        done = running.remember(request.viewer, meeting, form.cleaned_data["text"])
        tell_outcome(request, done, _("La note est gardée, pour vous."), _("Rien n’a changé."))
        return redirect(_back(meeting))
    return _note_page(request, meeting, form)


def _note_page(request: HttpRequest, meeting: Meeting, form: NoteForm, outcome: str = "") -> HttpResponse:
    meeting = Meeting.objects.select_related("school", "guardian", "pupil").get(pk=meeting.pk)
    context = {
        "meeting": meeting,
        "form": form,
        "outcome": outcome,
        "back": _back(meeting),
        "ways_on": pages.ways_on(request.viewer),
    }
    return render_form(request, "appointments/note.html", context)


@opens(Host, to=rules.runs)
@require_safe
def sheet(request: HttpRequest, host: Host) -> HttpResponse:
    """One's own sheet, on paper."""
    evening = pages.whole(request.viewer, host.evening)
    journal.record(request.viewer, "appointments.sheets_printed", evening)
    found = pages.host_evening(request.viewer, evening, host)
    return printed(
        exports.hosts_page(evening, [found], with_phones=rules.organises(request.viewer)),
        f"ma-feuille-{evening.pk}",
    )
