"""Evenings: the list, one of them as each reads it, preparing it, its rooms, opening it, cancelling it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.appointments import rules
from preau.domains.appointments.actions import keeping, wishing
from preau.domains.appointments.actions.taking import Closed, NotTheirs
from preau.domains.appointments.forms import EveningForm, HalfForm, HostForm, HostsForm
from preau.domains.appointments.models import Evening
from preau.domains.appointments.queries import pages, sides, slots
from preau.domains.appointments.queries.rooms import shared_at
from preau.domains.appointments.views.families import HALVES, family_page
from preau.domains.appointments.views.hosts import host_page
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE, A_PAGE_OF_ROOMS = 20, 10


@opens(to=rules.reads_evenings)
@require_safe
def evenings(request: HttpRequest) -> HttpResponse:
    """Those that the viewer organises, hosts or comes to."""
    page = page_for(request, pages.evenings_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "organises": rules.organises(request.viewer),
        "is_guardian": request.viewer.is_guardian,
        "children": pages.children_of_evenings(request.viewer, page.object_list),
        "several_schools": len({place.school.pk for place in request.viewer.places}) > 1,
    }
    return render(request, "appointments/evenings.html", context)


@opens(Evening, to=rules.reads_evenings)
@require_safe
def evening(request: HttpRequest, evening: Evening) -> HttpResponse:
    """For a family, their own evening; for whoever organises, the whole; for whoever receives, their slots."""
    evening = pages.whole(request.viewer, evening)
    viewer = request.viewer
    if viewer.is_guardian:
        return family_page(request, evening)
    if not rules.organises_it(viewer, evening):
        mine = evening.hosts.filter(person=viewer.person.pk).first()
        if mine is None:
            # Whoever organises, between two school years.
            raise Http404
        mine.evening = evening
        return host_page(request, mine)
    board = slots.board_of(evening)
    context: dict[str, Any] = {
        "evening": evening,
        "rows": pages.rows_of_hosts(board),
        "numbers": pages.numbers_of(evening),
        "groups": list(evening.groups.order_by("rank", "name").values_list("name", flat=True)),
        "shared": shared_at(evening, board.hosts.values()) if not evening.is_over(timezone.now()) else [],
        "asked_apart": any(one.apart or one.half is not None for one in board.parties.values()),
        "is_over": evening.is_over(timezone.now()),
        "may_open": evening.closes_at > timezone.now(),
    }
    return render(request, "appointments/evening.html", context)


@opens(to=rules.organises)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A draft, with the teachers of its classes: nobody is told."""
    form = EveningForm(request.viewer, request.POST or None)
    if form.is_valid():
        made = keeping.create(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        messages.success(
            request, _("Le brouillon est gardé. Donnez une salle à chacun, puis ouvrez aux familles.")
        )
        return redirect("appointments:rooms", pk=made.pk)
    return render_form(request, "appointments/edit.html", {"form": form, "evening": None})


@opens(Evening, to=rules.organises_it)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, evening: Evening) -> HttpResponse:
    """A draft, all of it; then its title, its day, the last day to answer: everybody is told of another day."""
    evening = pages.whole(request.viewer, evening)
    form = EveningForm(request.viewer, request.POST or None, evening=evening)
    if form.is_valid():
        try:
            changed = keeping.change(request.viewer, evening, form.facts())
        except keeping.NotNow:
            messages.error(request, _("Cette rencontre est annulée ou passée : elle ne change plus."))
        except keeping.Clashes as clashes:
            people = ", ".join(clashes.people)
            form.add_error("day", _("Déjà pris à ces heures : %(people)s.") % {"people": people})
            return render_form(request, "appointments/edit.html", {"form": form, "evening": evening})
        else:
            tell_outcome(request, changed, _("La rencontre est changée."), _("Rien n’a changé."))
        return redirect("appointments:evening", pk=evening.pk)
    return render_form(request, "appointments/edit.html", {"form": form, "evening": evening})


@opens(Evening, to=rules.organises_it)
@require_http_methods(["GET", "POST"])
def rooms(request: HttpRequest, evening: Evening) -> HttpResponse:
    """Who receives, in which room, on which floor."""
    rows = evening.hosts.select_related("person").order_by("person__family_name", "person__given_name", "pk")
    page = page_for(request, rows, A_PAGE_OF_ROOMS)
    form = HostsForm(evening, list(page.object_list), request.POST or None)
    if form.is_valid():
        changed = keeping.settle_hosts(request.viewer, evening, form.places())
        tell_outcome(request, changed, _("Les salles sont gardées."), _("Rien n’a changé."))
        if page.has_next():
            address = reverse("appointments:rooms", kwargs={"pk": evening.pk})
            return redirect(f"{address}?page={page.next_page_number()}")
        return redirect("appointments:evening", pk=evening.pk)
    everybody = evening.hosts.select_related("person", "room").order_by("pk")
    context = {
        "form": form,
        "evening": evening,
        "page_obj": page,
        "shared": shared_at(evening, everybody),
    }
    return render_form(request, "appointments/rooms.html", context)


@opens(Evening, to=rules.organises_it)
@require_http_methods(["GET", "POST"])
def add_host(request: HttpRequest, evening: Evening) -> HttpResponse:
    """Somebody who teaches none of these classes receives too."""
    evening = pages.whole(request.viewer, evening)
    form = HostForm(evening, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = keeping.add_host(request.viewer, evening, form.cleaned_data["person"])
        except keeping.NotNow:
            messages.error(request, _("Cette rencontre est annulée ou passée : elle ne change plus."))
        except NotTheirs:
            messages.error(request, _("Cette personne ne travaille pas ici ce jour-là."))
        else:
            tell_outcome(request, done, _("C’est fait : les familles peuvent demander à la voir."))
        return redirect("appointments:evening", pk=evening.pk)
    return render_form(request, "appointments/add_host.html", {"form": form, "evening": evening})


@opens(Evening, to=rules.organises_it)
@require_http_methods(["GET", "POST"])
def apart_families(request: HttpRequest, evening: Evening) -> HttpResponse:
    """Who asked to cross nobody, and in which half of the evening they come: the school alone changes it."""
    evening = pages.whole(request.viewer, evening)
    asked = sides.asked_at(evening)
    form = HalfForm(asked, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = wishing.settle_half(
                request.viewer, form.cleaned_data["party"], HALVES.get(form.cleaned_data["half"])
            )
        except Closed:
            messages.error(request, _("Cette rencontre est annulée ou passée : elle ne change plus."))
        except wishing.Outside as outside:
            sentence = _("Des rendez-vous sont dans l’autre moitié : %(hours)s. Déplacez-les d’abord.")
            messages.error(request, sentence % {"hours": ", ".join(outside.hours)})
        else:
            tell_outcome(request, done, _("C’est noté, et les familles concernées sont prévenues."))
        return redirect("appointments:apart_families", pk=evening.pk)
    page = page_for(request, asked, A_PAGE)
    context = {
        "evening": evening,
        "form": form,
        "page_obj": page,
        "rows": sides.rows_apart(evening, list(page.object_list)),
        "may_change": evening.is_live
        and evening.mode == Evening.Mode.BOOKING
        and not evening.is_over(timezone.now()),
    }
    return render_form(request, "appointments/apart_families.html", context)


@opens(Evening, to=rules.organises_it)
@require_POST
def open_evening(request: HttpRequest, evening: Evening) -> HttpResponseRedirect:
    """Families are told, and may answer."""
    try:
        done = keeping.open_to_families(request.viewer, evening)
    except keeping.NotNow:
        messages.error(
            request,
            _("Elle ne peut pas s’ouvrir : le dernier jour pour répondre est passé, ou elle est annulée."),
        )
    else:
        tell_outcome(
            request,
            done,
            _("C’est ouvert. Les familles et les professeurs sont prévenus aux heures permises."),
        )
    return redirect("appointments:evening", pk=evening.pk)


@opens(Evening, to=rules.organises_it)
@require_POST
def cancel(request: HttpRequest, evening: Evening) -> HttpResponseRedirect:
    """It does not take place: everybody is told."""
    try:
        done = keeping.cancel(request.viewer, evening)
    except keeping.NotNow:
        messages.error(request, _("Cette rencontre est passée."))
    else:
        tell_outcome(request, done, _("La rencontre est annulée, avec tous ses rendez-vous."))
    return redirect("appointments:evening", pk=evening.pk)
