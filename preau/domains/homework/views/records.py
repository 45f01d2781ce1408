"""A teacher's pages: their lessons, the record of one, the homework given in it."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.homework import rules
from preau.domains.homework.actions import records, works
from preau.domains.homework.actions.hand_ins import join_papers
from preau.domains.homework.forms.lessons import ChangeForm, RecordForm, shown_of
from preau.domains.homework.models import Homework, LessonFile, LessonRecord
from preau.domains.homework.queries import copies, load
from preau.domains.homework.queries import sessions as sessions_queries
from preau.domains.homework.queries.day import is_primary
from preau.domains.homework.queries.hand_ins import by_homework, held_by, joined_to
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import row_at_hand, row_of
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, TYPED_WRONG, status_of, tell_outcome
from preau.foundation.paging import page_for

PAGE = 30


@opens(to=rules.keeps_records)
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """« Mes séances »: a week of the teacher's lessons and what is written of each; or all that is to be filled."""
    viewer = request.viewer
    if request.GET.get("montrer") == "a-remplir":
        page = page_for(request, sessions_queries.missing_of_year(viewer), PAGE)
        context = {"page_obj": page, "rows": sessions_queries.rows_of_page(page.object_list), "missing": True}
        return render(request, "homework/missing.html", context)
    monday = dates.monday_of(dates.parse(request.GET.get("semaine"), viewer.day_looked_at))
    found = sessions_queries.sessions_of(viewer, monday, monday + timedelta(days=6))
    context = {
        "days": _by_day(found, monday),
        "monday": monday,
        "previous": monday - timedelta(days=7),
        "next": monday + timedelta(days=7),
        "left": len(sessions_queries.missing_rows(viewer)),
        "today": viewer.today,
        "primary": is_primary(viewer),
    }
    return render(request, "homework/sessions.html", context)


def _by_day(
    found: Sequence[sessions_queries.Session], monday: date
) -> list[tuple[date, list[sessions_queries.Session]]]:
    days = [monday + timedelta(days=number) for number in range(7)]
    return [
        (day, ours) for day in days if (ours := [session for session in found if session.lesson.day == day])
    ]


@opens(Lesson, to=rules.writes_record)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """What was done in a lesson and what is to be done for the next ones."""
    known = sessions_queries.record_of(lesson, request.viewer.person.pk)
    papers = joined_to(known)
    form = RecordForm(
        request.viewer,
        lesson,
        sessions_queries.following(lesson, after=request.viewer.moment),
        request.POST or None,
        request.FILES or None,
        initial=_shown(known),
        has_work=bool(known and request.method == "POST" and sessions_queries.works_of(known)),
        papers=[paper.file for paper in papers if paper.homework_id is None],
    )
    if request.method == "GET":
        return _record_page(request, lesson, known, form, papers=papers)
    if not form.is_valid():
        return _record_page(request, lesson, known, form, TYPED_WRONG, papers=papers)
    try:
        seen = form.cleaned_data["seen"] or 0
        written = records.write_record(request.viewer, lesson, form.typed(), seen)
    except records.RecordConflict as conflict:
        return _conflict(request, lesson, conflict.record, form)
    join_papers(request.viewer, written, None, form.cleaned_data["papers"], seen)
    records.note(request.viewer, written, form.cleaned_data["note"])
    work = _give(request, written, form) if form.asks_for_work() else None
    _say(request, lesson, written, work)
    return redirect("homework:record", pk=lesson.pk)


def _shown(known: Any) -> dict[str, Any]:
    if known is None:
        return {}
    return {
        "content": known.content,
        "shown": known.shown,
        "shown_at": known.shown_at,
        "note": known.own_note,
        "seen": known.version,
    }


def _give(request: HttpRequest, written: LessonRecord, form: RecordForm) -> Homework:
    data = form.cleaned_data
    return works.give(
        request.viewer, written, form.work(), data["documents"], data["sent_as"], data["seen"] or 0
    )


def _say(request: HttpRequest, lesson: Lesson, written: LessonRecord, work: Homework | None) -> None:
    """What was kept, who reads it and when; then what a date or a load would want known."""
    at = written.appears_at()
    if written.is_draft:
        sentence = _("Le brouillon est gardé. Les élèves et les familles ne voient rien encore.")
    elif at is None or at > timezone.now():
        sentence = _("C’est prêt : les élèves et les familles le verront au moment choisi.")
    else:
        sentence = _("C’est publié : les élèves et les familles le voient.")
    messages.success(request, sentence)
    if work:
        for warning in load.warnings_of(lesson, list(lesson.groups.all()), work.due_day):
            messages.warning(request, warning)


def _conflict(request: HttpRequest, lesson: Lesson, theirs: LessonRecord, form: RecordForm) -> HttpResponse:
    """Both texts: what this person typed stays in the form, which from now on has seen the other's."""
    form.data = form.data.copy()
    form.data["seen"] = str(theirs.version)
    known = sessions_queries.record_of(lesson)
    return _record_page(request, lesson, known, form, CONFLICT, papers=joined_to(known), theirs=theirs)


def _record_page(
    request: HttpRequest,
    lesson: Lesson,
    known: LessonRecord | None,
    form: RecordForm,
    status: int = 200,
    *,
    papers: Sequence[LessonFile],
    theirs: LessonRecord | None = None,
) -> HttpResponse:
    now = timezone.now()
    former, unfilled = sessions_queries.before(request.viewer, lesson)
    works, due = sessions_queries.works_around(request.viewer, lesson, known, former)
    given = [work for work in works if known is not None and work.record_id == known.pk]
    filled = known is not None and bool(known.content or [one for one in papers if one.homework_id is None])
    context = {
        "form": form,
        "lesson": row_at_hand(lesson),
        "known": known,
        "former": former,
        "former_works": [work for work in works if work not in given and work.removed_at is None],
        "unfilled": unfilled,
        "due": due,
        "day": lesson.day,
        "today": request.viewer.today,
        "works": given,
        "works_alone": not filled and any(work.removed_at is None for work in given),
        "documents": by_homework(papers),
        "published": known is not None and known.is_published(now),
        "appears_at": known.appears_at() if known else None,
        "history": sessions_queries.history_of(known) if known and "corrections" in request.GET else [],
        "due_copies": copies.copies_due_in(lesson.pk, due),
        "theirs": theirs,
        "is_own_conflict": theirs is not None and theirs.written_by_id == request.viewer.person.pk,
        "cancelled": lesson.state == Lesson.State.CANCELLED,
    }
    return render(request, "homework/record.html", context, status=status)


@opens(Lesson, to=rules.writes_record)
@require_POST
def publish(request: HttpRequest, lesson: Lesson) -> HttpResponseRedirect:
    """A draft is published as it is."""
    known = sessions_queries.record_of(lesson)
    tell_outcome(
        request,
        known and records.publish_record(request.viewer, known),
        _("C’est publié."),
        _("C’était déjà publié, ou il n’y a rien à lire : écrivez ce qui a été fait."),
    )
    return redirect("homework:record", pk=lesson.pk)


@opens(Homework, to=rules.changes_homework)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, homework: Homework) -> HttpResponse:
    """Change homework that was given; families are told when they had read it."""
    lesson = homework.record.lesson
    following = sessions_queries.following(lesson, after=request.viewer.moment)
    form = ChangeForm(
        request.viewer,
        lesson,
        following,
        request.POST or None,
        request.FILES or None,
        initial=shown_of(homework, following),
        held=held_by(homework.record, homework),
    )
    if request.method == "POST" and form.is_valid():
        try:
            works.change(request.viewer, homework, form.work(), form.cleaned_data["seen"])
        except works.WorkConflict as conflict:
            form.data = form.data.copy()
            form.data["seen"] = str(conflict.homework.version)
            return _edit_page(request, homework, form, CONFLICT, conflict.homework)
        join_papers(request.viewer, homework.record, homework, form.cleaned_data["documents"])
        messages.success(request, _("Le travail est modifié."))
        for warning in load.warnings_of(lesson, list(lesson.groups.all()), form.work().due_day):
            messages.warning(request, warning)
        return redirect("homework:record", pk=lesson.pk)
    return _edit_page(request, homework, form, status_of(form))


def _edit_page(
    request: HttpRequest, homework: Homework, form: ChangeForm, status: int, theirs: Homework | None = None
) -> HttpResponse:
    lesson = row_of(homework.record.lesson_id)
    context = {"form": form, "homework": homework, "lesson": lesson, "theirs": theirs}
    return render(request, "homework/edit.html", context, status=status)


@opens(Homework, to=rules.changes_homework)
@require_POST
def remove(request: HttpRequest, homework: Homework) -> HttpResponseRedirect:
    """Take homework away; the page of the lesson offers to put it back."""
    tell_outcome(
        request,
        works.remove(request.viewer, homework),
        _("Le travail est retiré. Vous pouvez le remettre."),
        _("Ce travail était déjà retiré."),
    )
    return redirect("homework:record", pk=homework.record.lesson_id)


@opens(Homework, to=rules.changes_homework)
@require_POST
def restore(request: HttpRequest, homework: Homework) -> HttpResponseRedirect:
    tell_outcome(
        request,
        works.restore(request.viewer, homework),
        _("Le travail est remis."),
        _("Ce travail était déjà là."),
    )
    return redirect("homework:record", pk=homework.record.lesson_id)
