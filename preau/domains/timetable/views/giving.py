"""Pages of the one person who replaces: all the lessons of an absence given, and taken back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.models import Person
from preau.domains.timetable import rules
from preau.domains.timetable.actions.changes import NotNow
from preau.domains.timetable.actions.giving import give_lessons, take_lessons_back
from preau.domains.timetable.forms.cover import GiveForm
from preau.domains.timetable.models import Lesson, TeacherAbsence
from preau.domains.timetable.queries.absences import absence_row, left_of
from preau.domains.timetable.queries.colleagues import obstacles_of
from preau.domains.timetable.queries.lessons import line_of, rows_from
from preau.foundation.access import opens
from preau.foundation.pages import keys_of, render_form, tell_outcome

# Those which the person cannot give, one by one.
MOST_KEPT = 60


@opens(TeacherAbsence, to=rules.organises_covers)
@require_http_methods(["GET", "POST"])
def give_lessons_of(request: HttpRequest, absence: TeacherAbsence) -> HttpResponse:
    """Give all the lessons of an absence to one person; first, those for which they are free, and why not the others."""
    typed = request.POST if request.method == "POST" else request.GET
    form = GiveForm(request.viewer, absence, typed if "teacher" in typed else None)
    person = form.cleaned_data["teacher"] if form.is_valid() else None
    if request.method == "POST" and person:
        return _given(request, absence, person)
    context: dict[str, Any] = {"form": form, "row": absence_row(absence), "person": person}
    return render_form(request, "timetable/cover_give.html", context | _shown(absence, person))


def _shown(absence: TeacherAbsence, person: Person | None) -> dict[str, Any]:
    """The lessons to give, and those which this person cannot."""
    open_now = not absence.is_waiting and not absence.is_withdrawn
    found = left_of(absence).select_related("school", "subject", "room")
    lessons: list[Lesson] = list(found) if open_now else []
    why = obstacles_of(lessons, person) if person else {}
    kept = [lesson for lesson in lessons if why.get(lesson.pk)]
    free = [lesson for lesson in lessons if person and not why[lesson.pk]]
    rows = rows_from(line_of(lesson) for lesson in kept[:MOST_KEPT])
    return {
        "left": len(lessons),
        "free": len(free),
        "span": (free[0].day, free[-1].day) if free else None,
        "kept": [(row, why[row.pk]) for row in rows],
        "following": len(kept) - len(rows),
    }


def _given(request: HttpRequest, absence: TeacherAbsence, person: Person) -> HttpResponseRedirect:
    try:
        given = give_lessons(request.viewer, absence, person)
    except NotNow as reason:
        messages.error(request, str(reason))
        return redirect("timetable:absence", pk=absence.pk)
    said = ngettext(
        "%(num)s cours confié à %(who)s. Élèves, familles et les deux enseignants sont prévenus en une fois.",
        "%(num)s cours confiés à %(who)s. Élèves, familles et les deux enseignants sont prévenus en une fois.",
        given,
    )
    tell_outcome(request, given, said % {"num": given, "who": person.formal_name}, _("Rien n’a changé."))
    return redirect("timetable:absence", pk=absence.pk)


@opens(TeacherAbsence, to=rules.organises_covers)
@require_POST
def take_back(request: HttpRequest, absence: TeacherAbsence) -> HttpResponseRedirect:
    """The lessons to come that one person was given are the teacher's again."""
    given = Person.objects.filter(
        pk__in=keys_of(request.POST, "teacher"), lessons_taken_over__absence=absence
    ).first()
    back, stay = take_lessons_back(request.viewer, absence, given) if given else (0, 0)
    said = ngettext("%(num)s cours repris.", "%(num)s cours repris.", back) % {"num": back}
    if stay:
        said += " " + _("Cours restés comme ils sont : %(count)s.") % {"count": stay}
    tell_outcome(request, back or stay, said)
    return redirect("timetable:absence", pk=absence.pk)
