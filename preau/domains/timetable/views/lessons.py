"""Pages of one dated lesson: what it is, what changed, and the gestures that change it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.viewer import Viewer
from preau.domains.timetable import rules
from preau.domains.timetable.actions import copying, patterns
from preau.domains.timetable.actions.changes import (
    AlreadyUndone,
    ChangedSince,
    NothingChanges,
    NotNow,
    add_lesson,
    cancel_lesson,
    change_room,
    move_lesson,
    replace_teacher,
    undo_change,
)
from preau.domains.timetable.boards import lesson_parts
from preau.domains.timetable.exports.changes import changes_csv
from preau.domains.timetable.forms.changes import (
    FilterForm,
    MoveForm,
    OneOffForm,
    ReplaceForm,
    RoomForm,
    WhyForm,
)
from preau.domains.timetable.forms.weeks import CopyForm
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries import bookings, lessons
from preau.domains.timetable.queries.changes import changes_of, changes_of_lesson, rows_of
from preau.domains.timetable.queries.weeks import name_of_week, weeks_of
from preau.foundation import dates, journal
from preau.foundation.access import opens
from preau.foundation.boards import offered
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import render_form

MOST_SAID = 10


@opens(Lesson, to=rules.reads_timetable)
@require_safe
def lesson(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """One lesson: when, where, with whom; for who edits, its changes and what may be done."""
    viewer = request.viewer
    (row,) = lessons.with_marks(viewer, [lessons.row_at_hand(lesson)])
    context = {
        "row": row,
        "lesson": lesson,
        "can_edit": rules.edits_timetable(viewer),
        "can_change_room": rules.changes_room(viewer, lesson),
        "bookings": bookings.bookings_for(viewer, lesson) if rules.books(viewer) else [],
        "me": viewer.person.pk,
        "keeps": rules.keeps_bookables(viewer),
        "is_over": lesson.ends <= timezone.now(),
        "changes": changes_of_lesson(lesson) if viewer.is_staff else [],
        "week": name_of_week(viewer, dates.monday_of(lesson.day)),
        "children": lessons.pupil_groups(viewer) if viewer.is_guardian else {},
        "parts": list(_parts(viewer, lesson)),
    }
    return render(request, "timetable/lesson.html", context)


def _parts(viewer: Viewer, lesson: Lesson) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What other houses show of this lesson, in their order."""
    for house, seated in offered(lesson_parts, viewer):
        content = house.content(seated, lesson) if house.open_to(seated) else None
        if content is not None:
            yield house.template, content


def _change(
    request: HttpRequest,
    lesson: Lesson,
    form: Any,
    words: tuple[str, str],
    do: Callable[[Any], LessonChange],
    *,
    found: Callable[[], dict[str, Any]] = dict,
    template: str = "timetable/change.html",
) -> HttpResponse:
    """The page of one gesture: its form, what stands in its way, or the lesson as it is now."""
    if request.method == "POST" and form.is_valid():
        try:
            change = do(form)
        except patterns.SlotTaken as taken:
            form.add_clashes(taken.clashes)
        except NotNow as refused:
            form.add_error(None, str(refused))
        except NothingChanges:
            messages.info(request, _("C’est déjà ainsi : rien n’a changé."))
            return redirect("timetable:lesson", pk=lesson.pk)
        else:
            _said(request, words[1], change)
            return redirect("timetable:lesson", pk=lesson.pk)
    context = {
        "form": form,
        "lesson": lesson,
        "row": lessons.row_at_hand(lesson),
        "title": words[0],
    } | found()
    return render_form(request, template, context)


def _said(request: HttpRequest, sentence: str, change: LessonChange) -> None:
    """What was done, who is told, and how to undo it."""
    undo = _("Pour revenir en arrière : « Rétablir », dans ses changements.")
    messages.success(request, f"{sentence} {_('Les personnes concernées sont prévenues.')} {undo}")


@opens(Lesson, to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Cancel a lesson."""
    form = WhyForm(request.viewer, lesson, request.POST or None)
    words = (_("Annuler ce cours"), _("Le cours est annulé."))
    return _change(request, lesson, form, words, lambda f: cancel_lesson(request.viewer, lesson, f.why))


@opens(Lesson, to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Move a lesson; the address may say where it was dropped."""
    form = MoveForm(request.viewer, lesson, request.POST or None, initial=_dropped(request))
    words = (_("Déplacer ce cours"), _("Le cours est déplacé."))
    return _change(
        request,
        lesson,
        form,
        words,
        lambda f: move_lesson(request.viewer, lesson, f.to, f.cleaned_data["room"], f.why),
    )


def _dropped(request: HttpRequest) -> dict[str, str]:
    """Day and hours of an address; what is not one is left for the form to say."""
    names = {"jour": "day", "debut": "starts_at", "fin": "ends_at"}
    return {field: request.GET[name] for name, field in names.items() if request.GET.get(name)}


@opens(Lesson, to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def replace(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Somebody else gives the lesson."""
    form = ReplaceForm(request.viewer, lesson, request.POST or None)
    words = (_("Remplacer un professeur"), _("Le remplacement est noté."))
    return _change(
        request,
        lesson,
        form,
        words,
        lambda f: replace_teacher(
            request.viewer, lesson, f.cleaned_data["gone"], f.cleaned_data["comes"], f.why
        ),
    )


@opens(Lesson, to=rules.changes_room)
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Another room: each free one is a button, and the others say who has them."""
    form = RoomForm(request.viewer, lesson, request.POST or None)
    words = (_("Changer de salle"), _("La salle est changée."))
    return _change(
        request,
        lesson,
        form,
        words,
        lambda f: change_room(request.viewer, lesson, f.cleaned_data["room"], f.why),
        found=lambda: _rooms_at(request, lesson),
        template="timetable/room.html",
    )


def _rooms_at(request: HttpRequest, lesson: Lesson) -> dict[str, Any]:
    """The rooms that are free during a lesson, its own left out, and who has the others."""
    viewer = request.viewer
    edits = rules.edits_timetable(viewer)
    rooms = [
        thing
        for thing in bookings.things_of(lesson.school_id, equipment=False)
        if thing.room and thing.room != lesson.room_id and (thing.is_open or edits)
    ]
    whom = {"person": viewer.person.pk, "apart_from": lesson.pk}
    finding = bookings.found_at(viewer.year, lesson.starts, lesson.ends, rooms, **whom)
    finding = finding.fitting(lesson.pupils().count())
    return {"free": finding.free, "taken": finding.taken, "instead": finding.said()}


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A lesson of one day: a catching up, an exam."""
    viewer = request.viewer
    form = OneOffForm(viewer, request.POST or None, initial={"day": viewer.today} | _dropped(request))
    if request.method == "POST" and form.is_valid():
        try:
            change = add_lesson(viewer, viewer.year, form.one_off, form.why)
        except patterns.SlotTaken as taken:
            form.add_clashes(taken.clashes)
        except NotNow as refused:
            form.add_error(None, str(refused))
        else:
            _said(request, _("Le cours est ajouté."), change)
            return redirect("timetable:lesson", pk=change.lesson_id)
    return render_form(request, "timetable/add.html", {"form": form})


@opens(LessonChange, to=rules.undoes_change)
@require_POST
def undo(request: HttpRequest, change: LessonChange) -> HttpResponseRedirect:
    """Put back what a change touched."""
    try:
        lesson = undo_change(request.viewer, change)
    except AlreadyUndone:
        messages.info(request, _("C’était déjà rétabli."))
    except ChangedSince:
        messages.error(request, _("Le cours a changé depuis : rétablissez d’abord le dernier changement."))
    except NotNow as refused:
        messages.error(request, str(refused))
    except patterns.SlotTaken as taken:
        messages.error(request, " ".join(clash.said for clash in taken.clashes))
    else:
        messages.success(request, _("C’est rétabli, comme avant. Qui avait été prévenu l’est de nouveau."))
        return redirect("timetable:lesson", pk=lesson.pk)
    return redirect("timetable:lesson", pk=change.lesson_id)


@opens(to=rules.edits_timetable)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """The changes of the year, or of some days; the newest first."""
    form, found = _found(request)
    pages = Paginator(found, 20)
    page = pages.get_page(request.GET.get("page"))
    context = {"form": form, "page_obj": page, "rows": rows_of(page.object_list), "kept": _kept(form)}
    return render_form(request, "timetable/changes.html", context)


def _found(request: HttpRequest) -> tuple[FilterForm, Any]:
    form = FilterForm(request.GET or None)
    days: dict[str, date | None] = form.cleaned_data if form.is_valid() else {}
    year = request.viewer.year
    first, last = days.get("du") or year.starts, days.get("au") or year.ends
    return form, changes_of(request.viewer, first, last)


def _kept(form: FilterForm) -> str:
    days = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return "&".join(f"{name}={day}" for name, day in days.items() if day)


@opens(to=rules.edits_timetable)
@require_http_methods(["GET", "POST"])
def copy_week(request: HttpRequest) -> HttpResponse:
    """Make the changes of one week in another too."""
    viewer = request.viewer
    weeks = weeks_of(viewer.year)
    this = dates.monday_of(viewer.today)
    initial = {"week": this.isoformat(), "to": (this + timedelta(days=7)).isoformat()}
    form = CopyForm(weeks, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        _copied(request, copying.copy_week(viewer, viewer.year, *form.mondays))
        return redirect("timetable:changes")
    return render_form(request, "timetable/copy.html", {"form": form})


def _copied(request: HttpRequest, copied: copying.Copied) -> None:
    """How many were made, and each that could not be, with what stands in its way."""
    sentence = ngettext("%(count)s changement refait.", "%(count)s changements refaits.", copied.made)
    messages.success(request, sentence % {"count": copied.made})
    for lesson, why in copied.left[:MOST_SAID]:
        left = _("Laissé de côté : %(subject)s, %(hours)s. %(why)s")
        messages.warning(request, left % {"subject": lesson.subject.name, "hours": lesson.hours, "why": why})


@opens(to=rules.edits_timetable)
@require_safe
def export_changes(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, streamed."""
    _form, found = _found(request)
    viewer = request.viewer
    journal.record(viewer, "timetable.changes_exported", viewer.school, rows=found.count())
    return csv_lines(f"changements-{viewer.today:%Y-%m-%d}", changes_csv(found))
