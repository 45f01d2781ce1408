"""Finding what is free at an hour and booking it; one's bookings; the list of what may be booked."""

from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Room
from preau.domains.timetable import rules
from preau.domains.timetable.actions import bookings as bookings_actions
from preau.domains.timetable.actions import changes, following, patterns
from preau.domains.timetable.exports.bookings import bookings_csv
from preau.domains.timetable.forms.bookings import BookableForm, BookForm, FindForm
from preau.domains.timetable.models import Bookable, Booking, Lesson
from preau.domains.timetable.queries import days, lessons
from preau.domains.timetable.queries.bookings import (
    Thing,
    booking_rows,
    bookings_of,
    found_at,
    things_kept,
    things_of,
    usual_end,
)
from preau.foundation import dates, journal
from preau.foundation.access import opens
from preau.foundation.downloads import csv_lines
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for, query_of

When = tuple[date, time, time]


@opens(to=rules.books)
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """What is free at some hours of a day; one button books it."""
    find = FindForm(request.GET)
    when = _when(request, find.chosen())
    context = {"find": find, "lesson": None, "row": None, "first": request.GET.get("salle", "")}
    return _book(request, when, None, context)


@opens(Lesson, to=rules.books_for)
@require_http_methods(["GET", "POST"])
def equip(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Equipment for a lesson, at its hours; it follows the lesson if that one moves."""
    starts, ends = (dates.local(one, lesson.school.timezone) for one in (lesson.starts, lesson.ends))
    if lesson.is_cancelled:
        messages.info(request, _("Ce cours est annulé : il n’a besoin de rien."))
        return redirect("timetable:lesson", pk=lesson.pk)
    when = (lesson.day, starts.time(), ends.time())
    context = {"find": None, "lesson": lesson, "row": lessons.row_at_hand(lesson), "first": ""}
    return _book(request, when, lesson, context)


def _when(request: HttpRequest, chosen: dict[str, Any]) -> When:
    """The hours of the address; else the hour that comes, as long as the school's bell makes it."""
    viewer = request.viewer
    now = dates.local(viewer.moment, viewer.school.timezone)
    starts = chosen.get("debut") or time(min(now.hour + 1, 22))
    ends = chosen.get("fin")
    if ends is None or ends <= starts:
        ends = usual_end(viewer.year, starts)
    return chosen.get("jour") or viewer.today, starts, ends


def _book(request: HttpRequest, when: When, lesson: Lesson | None, context: dict[str, Any]) -> HttpResponse:
    viewer = request.viewer
    things = [thing for thing in things_of(viewer.school_id, rooms=lesson is None) if thing.is_open]
    form = BookForm(things, when, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        when = (data["day"], data["starts_at"], data["ends_at"]) if lesson is None else when
        asked = bookings_actions.Asked(data["thing"], *when, purpose=data["purpose"], lesson=lesson)
        try:
            booking = bookings_actions.book(viewer, viewer.year, asked)
        except patterns.SlotTaken as taken:
            form.add_clashes(taken.clashes)
        except changes.NotNow as refused:
            form.add_error(None, str(refused))
        else:
            _said(request, booking)
            return redirect("timetable:lesson", pk=lesson.pk) if lesson else redirect("timetable:bookings")
    context |= _found(request, when, things) | {"form": form, "when": when}
    return render_form(request, "timetable/book.html", context)


def _said(request: HttpRequest, booking: Booking) -> None:
    facts = {
        "what": dates.capital(booking.bookable.called),
        "day": dates.day(booking.day),
        "hours": booking.hours,
    }
    messages.success(request, _("Réservé : %(what)s, %(day)s, %(hours)s.") % facts)


def _found(request: HttpRequest, when: When, things: list[Thing]) -> dict[str, Any]:
    """What is free then; nothing while the school is closed, and why."""
    viewer = request.viewer
    starts, ends = (patterns.at(viewer.school, when[0], clock) for clock in when[1:])
    year: Any = viewer.year
    # At hand already: what follows asks its zone.
    year.school = viewer.school
    closed = days.why_not(year, when[0], ends)
    context = {"closed": closed, "hours": dates.hours(*when[1:]), "things": bool(things)}
    if closed or ends <= starts:
        return context | {"free": (), "taken": (), "instead": ""}
    finding = found_at(year, starts, ends, things, person=viewer.person.pk)
    return context | {"free": finding.free, "taken": finding.taken, "instead": finding.said()}


@opens(to=rules.books)
@require_safe
def bookings(request: HttpRequest) -> HttpResponse:
    """One's bookings to come; or those of the school, and those of the year."""
    page = page_for(request, bookings_of(request.viewer, **_asked(request)), 30)
    viewer = request.viewer
    context = {
        "page_obj": page,
        "rows": booking_rows(viewer, page.object_list),
        "query": query_of(request),
        "keeps": rules.keeps_bookables(viewer),
        "asked": _asked(request),
    }
    return render(request, "timetable/bookings.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """One's own or all, to come or of the year; of one thing, everybody's."""
    seen, thing = request.GET.get("voir", ""), request.GET.get("quoi", "")
    return {"own": seen in {"", "annee"} and not thing, "past": seen in {"annee", "tout"}, "thing": thing}


@opens(Booking, to=rules.cancels_booking)
@require_POST
def cancel_booking(request: HttpRequest, booking: Booking) -> HttpResponseRedirect:
    """Free what was booked."""
    done = following.cancel_booking(request.viewer, booking)
    tell_outcome(request, done, _("La réservation est annulée : d’autres peuvent la prendre."))
    if booking.lesson_id and request.POST.get("back") == "lesson":
        return redirect("timetable:lesson", pk=booking.lesson_id)
    return redirect("timetable:bookings")


@opens(to=rules.keeps_bookables)
@require_safe
def export_bookings(request: HttpRequest) -> StreamingHttpResponse:
    """The bookings of the year as CSV, streamed."""
    viewer = request.viewer
    found = bookings_of(viewer, own=False, past=True)
    journal.record(viewer, "timetable.bookings_exported", viewer.school, rows=found.count())
    return csv_lines(f"reservations-{viewer.today:%Y-%m-%d}", bookings_csv(viewer, found))


@opens(to=rules.keeps_bookables)
@require_safe
def bookables(request: HttpRequest) -> HttpResponse:
    """What may be booked, and how often it was this year."""
    page = page_for(request, things_kept(request.viewer), 40)
    return render(request, "timetable/bookables.html", {"page_obj": page})


@opens(to=rules.keeps_bookables)
@require_http_methods(["GET", "POST"])
def create_bookable(request: HttpRequest) -> HttpResponse:
    """Equipment, or a place that no timetable names."""
    return _edit(
        request, BookableForm(request.POST or None), {"title": _("Ajouter une salle ou du matériel")}
    )


@removes
@opens(Bookable, to=rules.changes_bookable)
@require_http_methods(["GET", "POST"])
def change_bookable(request: HttpRequest, bookable: Bookable) -> HttpResponse:
    """What is known of equipment, or of a room that was described."""
    form = BookableForm(request.POST or None, bookable=bookable, is_room=bookable.room_id is not None)
    was_booked = Booking.objects.filter(bookable=bookable).exists()
    context = {"title": dates.capital(bookable.called), "bookable": bookable, "was_booked": was_booked}
    return _edit(request, form, context)


@opens(Room, to=rules.keeps_bookables)
@require_http_methods(["GET", "POST"])
def describe_room(request: HttpRequest, room: Room) -> HttpResponse:
    """What the timetable does not say of a room."""
    bookable = Bookable.objects.filter(room=room).first()
    form = BookableForm(request.POST or None, bookable=bookable, is_room=True)
    return _edit(request, form, {"title": dates.capital(room.place), "room": room})


def _edit(request: HttpRequest, form: BookableForm, context: dict[str, Any]) -> HttpResponse:
    known: dict[str, Any] = {"bookable": None, "room": None, "was_booked": True} | context
    if request.method == "POST" and form.is_valid():
        viewer = request.viewer
        whose = {"bookable": known["bookable"], "room": known["room"]}
        try:
            bookings_actions.keep_bookable(viewer, viewer.year, form.cleaned_data, **whose)
        except bookings_actions.NameKnown:
            form.add_known()
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("timetable:bookables")
    return render_form(request, "timetable/bookable.html", {"form": form} | known)


@removes
@opens(Bookable, to=rules.changes_bookable)
@require_POST
def remove_bookable(request: HttpRequest, bookable: Bookable) -> HttpResponseRedirect:
    """Take off the list what nobody ever booked."""
    try:
        bookings_actions.remove_bookable(request.viewer, bookable)
    except bookings_actions.WasBooked:
        messages.error(request, _("Déjà réservé au moins une fois : décochez « À réserver » pour le fermer."))
        return redirect("timetable:change_bookable", pk=bookable.pk)
    messages.success(request, _("C’est retiré de la liste."))
    return redirect("timetable:bookables")
