"""A family at an evening: their own slots, one after the other, and nobody else's; wishes; a sheet, a calendar."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.appointments import exports, rules
from preau.domains.appointments.actions import taking, wishing
from preau.domains.appointments.actions.taking import Closed, NotFree, NotTheirs, Wanted
from preau.domains.appointments.forms import SlotForm, WishesForm
from preau.domains.appointments.models import Evening, Host, Meeting
from preau.domains.appointments.queries import around, pages, sides
from preau.domains.appointments.queries.slots import No
from preau.foundation import pdf
from preau.foundation.access import opens
from preau.foundation.downloads import as_file, pdf_file
from preau.foundation.pages import keys_of, render_form, tell_outcome

ALL_SLOTS = 72
HALVES = {"0": 0, "1": 1}
# What a family reads of a slot that it cannot take: of itself alone.
OWN = {
    No.FAMILY: gettext_lazy("Vous avez un autre rendez-vous à cette heure."),
    No.WALK: gettext_lazy("C’est trop court pour changer de salle."),
    No.PAIR: gettext_lazy("Vous avez déjà un rendez-vous avec cette personne."),
    No.PAST: gettext_lazy("Cette heure est passée."),
}


def family_page(request: HttpRequest, evening: Evening) -> HttpResponse:
    """The evening of one guardian."""
    found = pages.family_evening(request.viewer, evening)
    now = timezone.now()
    context: dict[str, Any] = {
        "evening": evening,
        "found": found,
        "may_book": evening.takes_bookings(now),
        "may_wish": evening.takes_wishes(now),
        "is_over": evening.is_over(now),
        # Whoever follows several children reads of which one a slot is, even where one alone is of this evening.
        "several": request.viewer.follows_several or len(found.children) > 1,
        "school": evening.school.name
        if len({place.school.pk for place in request.viewer.places}) > 1
        else "",
        "why_nothing": partial(sides.why_nothing, found),
    }
    return render(request, "appointments/family.html", context)


@opens(Evening, to=rules.takes_part)
@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest, evening: Evening) -> HttpResponse:
    """Whom one wants to meet, in order; when one comes."""
    evening = pages.whole(request.viewer, evening)
    found = pages.family_evening(request.viewer, evening, at_once=0)
    form = WishesForm(
        evening, pages.options_for(found), request.POST or None, initial=pages.initial_of(found)
    )
    if request.method == "POST" and form.is_valid():
        try:
            done = wishing.say(request.viewer, evening, form.said())
        except Closed:
            messages.error(request, _("Les souhaits ne se changent plus. Téléphonez à l’établissement."))
        except NotTheirs:
            messages.error(request, _("Cette personne ne peut plus être demandée."))
        else:
            tell_outcome(
                request,
                done,
                _("Vos souhaits sont gardés. Le planning vous sera envoyé."),
                _("Rien n’a changé."),
            )
        return redirect("appointments:evening", pk=evening.pk)
    context = {"form": form, "evening": evening, "may_wish": evening.takes_wishes(timezone.now())}
    return render_form(request, "appointments/wishes.html", context)


@opens(Host, to=rules.takes_part)
@require_safe
def slots(request: HttpRequest, host: Host) -> HttpResponse:
    """All that is free with one person, for this family."""
    evening = pages.whole(request.viewer, host.evening)
    found = pages.family_evening(request.viewer, evening, at_once=ALL_SLOTS)
    choice = next((one for one in found.choices if one.host.pk == host.pk), None)
    if choice is None:
        messages.info(request, _("Cette personne ne reçoit pas votre famille à cette rencontre."))
        return redirect("appointments:evening", pk=evening.pk)
    context = {
        "evening": evening,
        "choice": choice,
        "may_book": evening.takes_bookings(timezone.now()),
        "offered": request.GET.getlist("propose")[:2],
        "why_nothing": partial(sides.why_nothing, found),
    }
    return render(request, "appointments/slots.html", context)


@opens(Host, to=rules.takes_part)
@require_POST
def book(request: HttpRequest, host: Host) -> HttpResponseRedirect:
    """Take a slot. Who comes too late is offered the next two, and keeps what they have."""
    evening, form = pages.whole(request.viewer, host.evening), SlotForm(request.POST)
    if not form.is_valid() or not form.cleaned_data["child"]:
        messages.error(request, _("Choisissez une heure avec l’un des boutons."))
        return redirect("appointments:slots", pk=host.pk)
    data = form.cleaned_data
    wanted = Wanted(host.person_id, request.viewer.person.pk, data["child"], data["slot"])
    try:
        done = taking.book(request.viewer, evening, wanted)
    except Closed:
        messages.error(request, _("Les réservations sont closes. Téléphonez à l’établissement."))
    except NotTheirs:
        messages.error(request, _("Ce rendez-vous n’est pas possible pour cet élève."))
    except NotFree as no:
        messages.error(request, _too_late(evening, no))
        if no.offered:
            return redirect_to_offers(host, no.offered)
    else:
        sentence = _taken(evening, host, wanted)
        tell_outcome(request, done, sentence, _("Vous aviez déjà ce rendez-vous."))
    return redirect("appointments:evening", pk=evening.pk)


def _taken(evening: Evening, host: Host, wanted: Wanted) -> str:
    """« C’est pris : 18 h 30 avec M. Martin, Mathématiques. »"""
    subjects = around.received_at(evening, [wanted.pupil], [host]).get(wanted.pupil, {}).get(wanted.host, ())
    who = ", ".join([host.person.formal_name, *subjects])
    return _("C’est pris : %(hour)s avec %(who)s.") % {"hour": evening.hour(wanted.slot), "who": who}


def _too_late(evening: Evening, no: NotFree) -> str:
    sentence = str(OWN.get(no.why) or _("Cette heure vient d’être prise."))
    if not no.offered:
        return _("%(said)s Il ne reste pas d’autre heure pour vous avec cette personne.") % {"said": sentence}
    hours = _(" ou ").join(evening.hour(slot) for slot in no.offered)
    return _("%(said)s Prochaines heures libres : %(hours)s.") % {"said": sentence, "hours": hours}


def redirect_to_offers(host: Host, offered: tuple[int, ...]) -> HttpResponseRedirect:
    address = redirect("appointments:slots", pk=host.pk)
    query = "&".join(f"propose={slot}" for slot in offered)
    return HttpResponseRedirect(f"{address.url}?{query}")


@opens(Host, to=rules.takes_part)
@require_POST
def wait(request: HttpRequest, host: Host) -> HttpResponseRedirect:
    """Be told when a slot is given back."""
    form = SlotForm({"slot": "0", "child": request.POST.get("child", "")})
    child = form.cleaned_data["child"] if form.is_valid() else None
    try:
        done = wishing.wait(request.viewer, host, child or 0)
    except (Closed, NotTheirs):
        messages.error(request, _("Il n’y a pas de liste d’attente pour ce rendez-vous."))
    else:
        tell_outcome(
            request, done, _("Vous serez prévenu si une heure se libère."), _("Vous êtes déjà sur la liste.")
        )
    return redirect("appointments:evening", pk=host.evening_id)


@opens(Evening, to=rules.takes_part)
@require_http_methods(["GET", "POST"])
def apart(request: HttpRequest, evening: Evening) -> HttpResponse:
    """Ask to cross nobody, where families book: what it would change is said first."""
    evening = pages.whole(request.viewer, evening)
    if request.method == "POST":
        return _set_apart(request, evening)
    found = pages.family_evening(request.viewer, evening, at_once=0)
    context = {
        "evening": evening,
        "found": found,
        "may_book": evening.takes_bookings(timezone.now()),
        "sides": sides.sides_of(request.viewer, found),
    }
    return render(request, "appointments/apart.html", context)


def _set_apart(request: HttpRequest, evening: Evening) -> HttpResponseRedirect:
    asks, half = request.POST.get("apart") == "oui", HALVES.get(request.POST.get("half", ""))
    try:
        done = wishing.set_apart(
            request.viewer, evening, apart=asks, half=half, give_back=keys_of(request.POST, "meeting")
        )
    except wishing.ChosenAlready:
        messages.error(
            request,
            _("Vous aviez déjà votre moitié de la soirée : pour en changer, demandez-le à l’établissement."),
        )
    except wishing.BothHalves:
        messages.error(request, _("Rien n’est changé : choisissez d’abord quand vous venez."))
        return redirect("appointments:apart", pk=evening.pk)
    except Closed:
        messages.error(request, _("Les réservations sont closes. Téléphonez à l’établissement."))
    else:
        tell_outcome(
            request, done, _("C’est noté. Seul l’établissement le sait.") if asks else _("C’est noté.")
        )
    return redirect("appointments:evening", pk=evening.pk)


def _mine(request: HttpRequest, evening: Evening) -> list[Meeting]:
    own = (
        {"guardian": request.viewer.person.pk}
        if request.viewer.is_guardian
        else {"host": request.viewer.person.pk}
    )
    found = Meeting.objects.visible_to(request.viewer).live().told().filter(evening=evening, **own)
    return list(found.select_related("school", "host", "guardian", "pupil").order_by("starts", "pk"))


@opens(Evening, to=rules.reads_evenings)
@require_safe
def calendar(request: HttpRequest, evening: Evening) -> HttpResponse:
    """One's own meetings of the evening, for the calendar of a phone."""
    places = {host.person_id: host.place for host in evening.hosts.select_related("room")}
    file = exports.calendar_file(_mine(request, evening), places, for_host=request.viewer.is_staff)
    return as_file(HttpResponse(file, content_type="text/calendar"), f"rencontre-{evening.pk}.ics")


@opens(Evening, to=rules.takes_part)
@require_safe
def sheet(request: HttpRequest, evening: Evening) -> HttpResponse:
    """One's own evening, on paper."""
    evening = pages.whole(request.viewer, evening)
    found = pages.family_evening(request.viewer, evening, at_once=0)
    page = exports.families_page(evening, [(request.viewer.person, found.steps)])
    return printed(page, f"ma-rencontre-{evening.pk}")


def printed(page: str, name: str) -> HttpResponse:
    """A PDF, or the page to print where the machine makes none."""
    return pdf_file(name, exports.pdf_of(page)) if pdf.is_possible() else HttpResponse(page)
