"""Creating, changing, copying, moving, deleting and publishing an assessment."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.commons.delivery.queries import opening_after
from preau.directory.models import Subject
from preau.domains.gradebook.actions import assessments, sealing
from preau.domains.gradebook.forms.assessments import (
    AssessmentForm,
    CopyForm,
    MoveForm,
    PublicationForm,
    initial_of,
)
from preau.domains.gradebook.models import Assessment, GradeBook, policy_of
from preau.domains.gradebook.queries import courses, same_day
from preau.domains.gradebook.queries.courses import Course
from preau.domains.gradebook.queries.periods import chosen_period, is_open, periods_of
from preau.domains.gradebook.rules import access, marking
from preau.domains.gradebook.views import readers
from preau.domains.gradebook.views.columns import CONFLICT, TYPED_WRONG, said_sealed
from preau.domains.gradebook.views.grid import column_address, course_in, grid_address
from preau.foundation import dates
from preau.foundation.access import opens


@opens(GradeBook, to=access.keeps_marks)
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, book: GradeBook) -> HttpResponse:
    """A new column."""
    viewer = request.viewer
    course = course_in(
        [course for course in courses.courses_of(viewer, book) if course.own], request.GET.get("matiere")
    )
    periods = [period for period in periods_of(viewer) if is_open(period)]
    if course is None or book.year_id != getattr(viewer.year, "pk", None):
        raise Http404
    chosen = chosen_period(periods, request.GET.get("periode"), viewer.today)
    first = {"day": viewer.today, "period": chosen.pk if chosen else None}
    data = request.POST or None
    form = AssessmentForm(viewer, course, periods, data, initial=first)
    publication, policy = PublicationForm(data), policy_of(book.school_id)
    status = 200
    if request.method == "POST":
        right = all([form.is_valid(), publication.is_valid()])
        if right:
            try:
                made = _created(request, book, course, form, publication)
            except sealing.PeriodSealed:
                form.add_error("period", said_sealed())
            else:
                messages.success(
                    request,
                    _("L’évaluation est créée : saisissez les notes.")
                    + told_from(request, publication.published_at()),
                )
                _warn(request, made)
                return redirect(column_address(made))
        status = TYPED_WRONG
    context = {
        "form": form,
        "publication": publication,
        "book": book,
        "course": course,
        "assessment": None,
        "back": grid_address(course),
        "delay": policy.guardian_delay,
        "if_now": readers.if_now(viewer, policy.delay),
        "ahead": same_day.days_ahead(book.pk, viewer.today),
    }
    return render(request, "gradebook/edit.html", context, status=status)


def _warn(request: HttpRequest, assessment: Assessment) -> None:
    """What the class has on that day already, or that it has no school."""
    for warning in same_day.warnings_of_day(assessment.group_id, assessment.day, assessment.pk):
        messages.warning(request, warning)


def _created(
    request: HttpRequest, book: GradeBook, course: Course, form: AssessmentForm, publication: PublicationForm
) -> Assessment:
    return assessments.create_assessment(
        request.viewer,
        book,
        Subject.objects.get(pk=course.subject_id),
        form.chosen_period(),
        form.described(),
        publication.published_at(),
    )


def told_from(request: HttpRequest, published_at: datetime | None) -> str:
    """What an author is told of an hour at which nothing leaves: the marks are there to read, the news of them wait."""
    opens_at = opening_after(request.viewer.school, published_at) if published_at else None
    if opens_at is None:
        return ""
    sentence = _("L’avis, lui, part %(when)s : l’établissement n’écrit à personne avant.")
    return f" {sentence % {'when': dates.day_and_hour(opens_at)}}"


def course_of(assessment: Assessment) -> Course:
    """The course of an assessment that is written."""
    subject = assessment.subject
    return Course(assessment.group_id, assessment.group.name, subject.pk, subject.name, subject.short_name)


@opens(Assessment, to=access.writes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Change what it is; marks stay."""
    course = course_of(assessment)
    periods = [period for period in periods_of(request.viewer) if period.pk == assessment.period_id]
    form = AssessmentForm(
        request.viewer, course, periods, request.POST or None, initial=initial_of(assessment)
    )
    # It is moved by a gesture of its own.
    del form.fields["period"]
    status, former = TYPED_WRONG if form.errors else 200, assessment.day
    if request.method == "POST" and form.is_valid():
        try:
            assessments.change_assessment(
                request.viewer, assessment, form.described(), form.cleaned_data["seen"] or 0
            )
        except assessments.AssessmentChanged as changed:
            status = CONFLICT
            form.data = form.data.copy()
            form.data["seen"] = str(changed.assessment.version)
            form.add_error(None, _said_changed(changed.assessment))
        except assessments.MarksAboveScale as above:
            status = TYPED_WRONG
            sentence = ngettext(
                "%(num)s note dépasse ce barème.", "%(num)s notes dépassent ce barème.", above.count
            )
            form.add_error("scale", sentence % {"num": above.count})
        except sealing.PeriodSealed:
            status = CONFLICT
            form.add_error(None, said_sealed())
        else:
            messages.success(request, _("L’évaluation est modifiée."))
            if form.cleaned_data["day"] != former:
                _warn(request, Assessment.objects.get(pk=assessment.pk))
            return redirect(column_address(assessment))
    context = {
        "form": form,
        "publication": None,
        "course": course,
        "assessment": assessment,
        "back": column_address(assessment),
        "is_read": assessment.is_published(request.viewer.moment),
        "ahead": same_day.days_ahead(assessment.group_id, request.viewer.today, assessment.pk),
    }
    return render(request, "gradebook/edit.html", context, status=status)


def _said_changed(known: Assessment) -> str:
    return _(
        "Un collègue l’a modifiée pendant que vous écriviez : « %(title)s », sur %(scale)s, coefficient %(coefficient)s. "
        "Vos choix sont gardés : enregistrez de nouveau pour les garder."
    ) % {
        "title": known.title,
        "scale": marking.plain(known.scale),
        "coefficient": marking.plain(known.coefficient),
    }


@opens(Assessment, to=access.writes)
@require_http_methods(["GET", "POST"])
def publication(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """From when pupils, then families, read it."""
    form = PublicationForm(request.POST or None, assessment=assessment)
    policy, viewer = policy_of(assessment.school_id), request.viewer
    early = form.is_bound and form.is_valid() and form.is_early(viewer.today)
    early = early and request.POST.get("avant") != "1"
    status = TYPED_WRONG if form.errors or early else 200
    if request.method == "POST" and form.is_valid() and not early:
        try:
            assessments.publish_assessment(viewer, assessment, form.published_at())
        except sealing.PeriodSealed:
            status = CONFLICT
            form.add_error(None, said_sealed())
        else:
            at = form.published_at()
            sentence = readers.publication_said(viewer, at, policy.delay)
            messages.success(request, sentence + told_from(request, at))
            return redirect(column_address(assessment))
    context = {
        "form": form,
        "assessment": assessment,
        "back": column_address(assessment),
        "early": early,
        "delay": policy.guardian_delay,
        "if_now": readers.if_now(viewer, policy.delay),
    }
    return render(request, "gradebook/publication.html", context, status=status)


@opens(Assessment, to=access.writes)
@require_http_methods(["GET", "POST"])
def duplicate(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """The same for another class."""
    viewer = request.viewer
    others = [
        course
        for course in courses.own_courses(viewer)
        if course.subject_id == assessment.subject_id and course.group_id != assessment.group_id
    ]
    periods = [period for period in periods_of(viewer) if is_open(period)]
    form = CopyForm(others, periods, request.POST or None, initial={"period": assessment.period_id})
    status = TYPED_WRONG if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = assessments.duplicate_assessment(
                viewer, assessment, form.cleaned_data["group"], form.chosen_period()
            )
        except sealing.PeriodSealed:
            status = CONFLICT
            form.add_error("period", said_sealed())
        else:
            messages.success(
                request, _("L’évaluation est copiée, sans ses notes. Elle n’est pas encore publiée.")
            )
            return redirect(column_address(made))
    context = {
        "form": form,
        "assessment": assessment,
        "back": column_address(assessment),
        "title": _("Dupliquer"),
        "can": bool(others and periods),
        "button": _("Dupliquer"),
        "without": _("Vous n’enseignez pas cette matière dans une autre classe."),
        "text": _("Une copie sans les notes, en brouillon."),
    }
    return render(request, "gradebook/elsewhere.html", context, status=status)


@opens(Assessment, to=access.writes)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Count it in another period."""
    periods = [
        period
        for period in periods_of(request.viewer)
        if period.pk != assessment.period_id and is_open(period)
    ]
    form = MoveForm(periods, request.POST or None)
    status = TYPED_WRONG if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            assessments.move_assessment(request.viewer, assessment, form.chosen_period())
        except sealing.PeriodSealed:
            status = CONFLICT
            form.add_error(None, said_sealed())
        else:
            messages.success(request, _("L’évaluation compte dans l’autre période, avec ses notes."))
            return redirect(column_address(Assessment.objects.get(pk=assessment.pk)))
    context = {
        "form": form,
        "assessment": assessment,
        "back": column_address(assessment),
        "title": _("Changer de période"),
        "can": bool(periods),
        "button": _("Changer de période"),
        "without": _("Aucune autre période n’est ouverte."),
        "text": _("Les notes suivent : les moyennes des deux périodes changent."),
    }
    return render(request, "gradebook/elsewhere.html", context, status=status)


@opens(Assessment, to=access.writes)
@require_POST
def delete(request: HttpRequest, assessment: Assessment) -> HttpResponseRedirect:
    """Take it away with its marks, until it is restored."""
    return _gesture(
        request,
        assessment,
        assessments.delete_assessment,
        _("L’évaluation est supprimée. Elle reste sous la grille : vous pouvez la rétablir."),
    )


@opens(Assessment, to=access.writes)
@require_POST
def restore(request: HttpRequest, assessment: Assessment) -> HttpResponseRedirect:
    """Put it back with its marks."""
    return _gesture(
        request, assessment, assessments.restore_assessment, _("L’évaluation est rétablie avec ses notes.")
    )


def _gesture(request: HttpRequest, assessment: Assessment, act: Any, sentence: str) -> HttpResponseRedirect:
    try:
        act(request.viewer, assessment)
    except sealing.AlreadyDone:
        messages.info(request, _("C’était déjà fait."))
    except sealing.PeriodSealed:
        messages.error(request, said_sealed())
    else:
        messages.success(request, sentence)
    return redirect(column_address(assessment))
