"""Pages of absences of teachers: announced, confirmed, settled, withdrawn."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.domains.timetable import rules
from preau.domains.timetable.actions.absences import (
    AlreadyAway,
    AlreadyConfirmed,
    AlreadyWithdrawn,
    announce_absence,
    confirm_absence,
    withdraw_absence,
)
from preau.domains.timetable.actions.settling import ASK, CANCEL, STUDY, Choice, Refused, settle_lessons
from preau.domains.timetable.forms.cover import SETTLED, AnnounceForm, LinesForm, WithdrawForm
from preau.domains.timetable.models import Lesson, TeacherAbsence
from preau.domains.timetable.queries import cover
from preau.domains.timetable.queries.absences import (
    absence_row,
    absences_of,
    given_of,
    left_of,
    own_lessons_over,
    touched_by,
)
from preau.domains.timetable.queries.colleagues import proposals_of
from preau.domains.timetable.queries.lessons import line_of, lines_of, rows_from
from preau.foundation.access import opens
from preau.foundation.pages import render_form

MOST_LESSONS = 60
# Those settled at once: the following ones come when these are done.
MOST_LINES = 25


@opens(to=rules.announces_absences)
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """The absences that are not over: of everybody for who organises covers, else one's own."""
    rows = absences_of(request.viewer, timezone.now(), most=100)
    context = {"rows": rows, "organises": rules.organises_covers(request.viewer)}
    return render(request, "timetable/cover_absences.html", context)


@opens(to=rules.announces_absences)
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Say that a teacher is away; « Voir les cours touchés » shows them first."""
    viewer = request.viewer
    initial = {"first_day": viewer.today, "last_day": viewer.today}
    form = AnnounceForm(viewer, request.POST or None, initial=initial)
    touched = None
    if request.method == "POST" and form.is_valid():
        if "apercu" in request.POST:
            lessons = own_lessons_over(form.person.pk, viewer.school_id, *form.span)
            touched = rows_from(lines_of(lessons)[:MOST_LESSONS])
        else:
            return _announced(request, form)
    context = {"form": form, "touched": touched, "organises": rules.organises_covers(viewer)}
    return render_form(request, "timetable/cover_announce.html", context)


def _announced(request: HttpRequest, form: AnnounceForm) -> HttpResponse:
    organises = rules.organises_covers(request.viewer)
    try:
        absence = announce_absence(request.viewer, form.person, *form.span, form.why)
    except AlreadyAway as known:
        absence = known.absence
        messages.info(request, _("Une absence est déjà notée à ces dates : la voici."))
    else:
        done = _("L’absence est notée.") if organises else _("C’est envoyé : l’établissement vous répondra.")
        messages.success(request, done)
    return redirect("timetable:absence", pk=absence.pk)


@opens(TeacherAbsence, to=rules.announces_absences)
@require_safe
def absence(request: HttpRequest, absence: TeacherAbsence) -> HttpResponse:
    """One absence, and what has become of each lesson that it touches."""
    viewer, now = request.viewer, timezone.now()
    organises = rules.organises_covers(viewer)
    needs = cover.needs_of(touched_by(absence), now)[:MOST_LESSONS]
    context = {
        "absence": absence,
        "row": absence_row(absence, now),
        "needs": needs,
        "left": sum(_is_left(need, absence) for need in needs),
        "organises": organises,
        "given": given_of(absence, now) if organises else [],
        "can_withdraw": not absence.is_withdrawn and rules.withdraws_absence(viewer, absence),
        "knows_why": rules.knows_causes(viewer) or absence.teacher_id == viewer.person.pk,
        "form": WithdrawForm(),
    }
    return render(request, "timetable/cover_absence.html", context)


def _is_left(need: cover.NeedRow, absence: TeacherAbsence) -> bool:
    return need.is_open and absence.pk in {away.absence for away in need.missing}


@opens(TeacherAbsence, to=rules.organises_covers)
@require_http_methods(["GET", "POST"])
def settle_lessons_of(request: HttpRequest, absence: TeacherAbsence) -> HttpResponse:
    """All the lessons of an absence that nobody gives: what becomes of each, in one form."""
    now, first = timezone.now(), request.GET.get("proposer", "")
    lessons = {lesson.pk: lesson for lesson in left_of(absence).select_related("school", "subject", "room")}
    rows = rows_from(line_of(lesson) for lesson in lessons.values())
    every = [need for need in cover.needs_from(rows, now) if _is_left(need, absence)]
    needs = every[:MOST_LINES]
    proposals = proposals_of(needs, [lessons[need.row.pk] for need in needs])
    form = LinesForm(needs, proposals, request.POST or None, first=first)
    if request.method == "POST" and form.is_valid() and _settled(request, absence, form, lessons):
        return redirect("timetable:absence", pk=absence.pk)
    context = {
        "absence": absence,
        "row": absence_row(absence, now),
        "form": form,
        "first": first if first in SETTLED else "",
        "following": len(every) - len(needs),
    }
    return render_form(request, "timetable/cover_settle.html", context)


def _settled(
    request: HttpRequest, absence: TeacherAbsence, form: LinesForm, lessons: Mapping[int, Lesson]
) -> bool:
    chosen = form.chosen()
    people = Person.objects.in_bulk({person for _gesture, person in chosen.values() if person})
    choices = [Choice(lessons[pk], gesture, people.get(person)) for pk, (gesture, person) in chosen.items()]
    try:
        done = settle_lessons(request.viewer, absence, choices)
    except Refused as refused:
        form.refuse(refused.lessons)
        return False
    if done:
        messages.success(request, _what_was_done(done))
    else:
        messages.info(request, _("Rien n’a changé."))
    return True


def _what_was_done(done: Mapping[str, int]) -> str:
    asked, study, off = (done.get(gesture, 0) for gesture in (ASK, STUDY, CANCEL))
    parts = []
    if asked:
        words = ngettext("%(num)s demande envoyée", "%(num)s demandes envoyées", asked)
        parts.append(words % {"num": asked})
    if study:
        words = ngettext("%(num)s cours en permanence", "%(num)s cours en permanence", study)
        parts.append(words % {"num": study})
    if off:
        words = ngettext("%(num)s cours annulé", "%(num)s cours annulés", off)
        parts.append(words % {"num": off})
    sentence = _("Élèves et familles sont prévenus, une fois par jour touché.") if study or off else ""
    return f"{', '.join(parts)}. {sentence}".strip()


@opens(TeacherAbsence, to=rules.organises_covers)
@require_POST
def confirm(request: HttpRequest, absence: TeacherAbsence) -> HttpResponseRedirect:
    """Take note of an absence that a teacher announced."""
    try:
        confirm_absence(request.viewer, absence)
    except AlreadyConfirmed:
        messages.info(request, _("C’était déjà noté."))
    except AlreadyWithdrawn:
        messages.error(request, _("Cette absence a été retirée."))
    else:
        messages.success(request, _("L’absence est notée. Ses cours sont à remplacer."))
    return redirect("timetable:absence", pk=absence.pk)


@opens(TeacherAbsence, to=rules.withdraws_absence)
@require_POST
def withdraw(request: HttpRequest, absence: TeacherAbsence) -> HttpResponseRedirect:
    """The teacher is there after all."""
    form = WithdrawForm(request.POST)
    give_back = form.is_valid() and form.cleaned_data["give_back"] and rules.organises_covers(request.viewer)
    try:
        back, left = withdraw_absence(request.viewer, absence, give_back=bool(give_back))
    except AlreadyWithdrawn:
        messages.info(request, _("C’était déjà retiré."))
    else:
        messages.success(request, _withdrawn(back, left))
    return redirect("timetable:absence", pk=absence.pk)


def _withdrawn(back: int, left: int) -> str:
    sentences = [_("L’absence est retirée.")]
    if back:
        sentences.append(_("Cours rendus : %(count)s.") % {"count": back})
    if left:
        sentences.append(_("Cours restés comme ils sont : %(count)s.") % {"count": left})
    return " ".join(sentences)
