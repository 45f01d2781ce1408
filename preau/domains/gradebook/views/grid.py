"""The courses of a teacher, and the grid of one."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Person
from preau.domains.gradebook.exports.grids import TYPES, content_of
from preau.domains.gradebook.models import Assessment, GradeBook, GradingPolicy, policy_of
from preau.domains.gradebook.queries.courses import Course, books_read, course_rows, courses_of, own_courses
from preau.domains.gradebook.queries.grid import grid_of
from preau.domains.gradebook.queries.periods import (
    YearChoice,
    chosen_period,
    chosen_year,
    is_open,
    periods_of,
    years_of,
)
from preau.domains.gradebook.rules import access, marking
from preau.domains.gradebook.rules.reading import reads_marks_of
from preau.domains.gradebook.views import readers
from preau.domains.gradebook.views.drawing import drawn_rows, facts_of, heads_of
from preau.foundation import dates, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.templating import url
from preau.foundation.text import ordinals

MOST_PAGES = 99


@opens(to=access.reads_grid)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What one teaches, with what is assessed there; for who reads every class, all of them. Of this year, or of one before."""
    viewer = request.viewer
    years = years_of(viewer)
    year = chosen_year(years, request.GET.get("annee"))
    periods = periods_of(viewer, year.pk) if year else []
    period = chosen_period(periods, request.GET.get("periode"), viewer.today)
    courses = own_courses(viewer, year.pk) if year and access.keeps_marks(viewer) else []
    context = {
        "year": year,
        "years": year_links(years, year),
        "period": period,
        "periods": period_links(periods, period, f"annee={year.pk}&" if year and not year.is_now else ""),
        "rows": course_rows(viewer, courses, period),
        "books": book_links(books_read(viewer, year.pk if year else None), period),
        "seals": access.seals_periods(viewer),
    }
    return render(request, "gradebook/index.html", context)


def _chip(name: str) -> SafeString:
    """In one box: the space after « 5e » is not lost between two."""
    return format_html("<span>{}</span>", ordinals(name))


def book_links(books: list[GradeBook], period: Any) -> list[tuple[Any, str, bool]]:
    """Every class, for who reads them all."""
    return [
        (_chip(book.name), f"{reverse('gradebook:grid', kwargs={'pk': book.pk})}?periode={period.pk}", False)
        for book in books
        if period
    ]


def period_links(periods: list[Any], chosen: Any, query: str) -> list[tuple[str, str, bool]]:
    """The periods as links of the page."""
    return [(period.name, f"?{query}periode={period.pk}", period == chosen) for period in periods]


def year_links(years: list[YearChoice], chosen: YearChoice | None) -> list[tuple[str, str, bool]]:
    """The years as links of the page, where there are several."""
    if len(years) < 2:
        return []
    return [(year.name, "?" if year.is_now else f"?annee={year.pk}", year == chosen) for year in years]


def is_now(viewer: Any, book: GradeBook) -> bool:
    """Is it a class of the year that goes on? What is of another is read, and never written."""
    return viewer.year is not None and book.year_id == viewer.year.pk


@opens(GradeBook, to=access.reads_grid)
@require_safe
def grid(request: HttpRequest, book: GradeBook) -> HttpResponse:
    """All pupils, all assessments of a subject and a period."""
    viewer = request.viewer
    courses = courses_of(viewer, book)
    course = course_in(courses, request.GET.get("matiere"))
    periods = periods_of(viewer, book.year_id)
    period = chosen_period(periods, request.GET.get("periode"), viewer.today)
    now = is_now(viewer, book)
    context: dict[str, Any] = {"book": book, "course": course, "period": period, "is_now": now}
    if course is None or period is None:
        return render(request, "gradebook/nothing.html", context)
    page = request.GET.get("page", "")
    policy = policy_of(book.school_id)
    context["not_returned"] = _not_returned_said(policy)
    alone = request.GET.get("eleve")
    if alone:
        return _one_pupil(request, context, alone)
    shown = grid_of(viewer, course, book, period, int(page) if page in PAGES else 0)
    column = shown.column_of(request.GET.get("evaluation"), viewer.today)
    writes = course.own and now and is_open(period)
    query = f"matiere={course.subject_id}&"
    context |= {
        "grid": shown,
        "column": column,
        "spread": shown.spread_of(column) if column else None,
        "writes": writes,
        # Whoever gave these assessments opens each; of a past year, nothing is left to do in it.
        "own": course.own and now,
        "if_now": readers.if_now(viewer, policy.delay) if writes else "",
        "rows": drawn_rows(shown.rows, f"{query}periode={period.pk}", writes=writes),
        "heads": heads_of(shown.columns, viewer.moment),
        "plain": marking.plain,
        "now": viewer.moment,
        "page": int(page) if page in PAGES else 0,
        "periods": period_links(periods, period, query),
        "query": f"{query}periode={period.pk}",
        "groups": group_links(viewer, book, course),
        "subjects": subject_links(courses, course, period),
    }
    return render(request, "gradebook/grid.html", context)


def _not_returned_said(policy: GradingPolicy) -> str:
    """What « NR » does to an average here, which a legend says beside what it means."""
    if policy.not_returned == GradingPolicy.NotReturned.ZERO:
        return _("NR compte zéro dans la moyenne ; les autres n’y comptent pas.")
    return _("Aucun des quatre ne compte dans la moyenne.")


def _one_pupil(request: HttpRequest, context: dict[str, Any], public_id: str) -> HttpResponse:
    """The row of one pupil as a page, which is shown to the family, or to the class, with nobody else's marks.

    It holds and counts what the pupil reads: with the rest only when that is asked for.
    """
    viewer, course, book, period = request.viewer, context["course"], context["book"], context["period"]
    everything = request.GET.get("tout") == "1"
    shown = grid_of(viewer, course, book, period, most=EVERY_COLUMN, published_only=not everything)
    row = next((row for row in shown.rows if row.pupil.public_id == public_id), None)
    if row is None:
        messages.info(request, _("Cet élève n’est pas de ce cours pendant cette période."))
        return redirect(grid_address(course, f"&periode={period.pk}"))
    pupil = Person.objects.get(pk=row.pupil.pk)
    if not course.own:
        journal.record_read(viewer, "gradebook.marks_read", pupil, subject_id=pupil.pk)
    marks = list(zip(shown.columns, row.cells, strict=True))
    context |= {
        "row": row,
        "marks": [(one, cell, facts_of(one)) for one, cell in marks],
        "line": [
            float(cell.typed.value * 20 / one.scale) for one, cell in marks if cell.typed.value is not None
        ],
        "reads_all": reads_marks_of(viewer, pupil),
        "unpublished": shown.hidden,
        "everything": everything and any(not one.is_published(viewer.moment) for one, _cell in marks),
        "here": grid_address(course, f"&periode={period.pk}&eleve={row.pupil.public_id}"),
        "now": viewer.moment,
        "back": grid_address(course, f"&periode={period.pk}"),
        "plain": marking.plain,
    }
    return render(request, "gradebook/pupil_course.html", context)


@opens(GradeBook, to=access.reads_grid)
@confirmed()
@require_POST
def export(request: HttpRequest, book: GradeBook) -> StreamingHttpResponse:
    """The same as a spreadsheet. The journal says who took it away, and how many rows."""
    viewer = request.viewer
    course = course_in(courses_of(viewer, book), request.GET.get("matiere"))
    period = chosen_period(periods_of(viewer, book.year_id), request.GET.get("periode"), viewer.today)
    if course is None or period is None:
        raise Http404
    shown = grid_of(viewer, course, book, period, most=EVERY_COLUMN)
    kind = request.POST.get("forme", "")
    kind = kind if kind in TYPES else "csv"
    journal.record(
        viewer, "gradebook.exported", book, subject=course.subject_id, period=period.pk, rows=len(shown.rows)
    )
    response = StreamingHttpResponse(content_of(shown, kind), content_type=TYPES[kind])
    name = slugify(f"notes {book.name} {course.short or course.subject} {period.name}")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


EVERY_COLUMN = 500
PAGES = {str(number) for number in range(MOST_PAGES)}


def course_in(courses: list[Course], typed: str | None) -> Course | None:
    """The subject of an address among those that one reads, else the first."""
    named = next((course for course in courses if str(course.subject_id) == typed), None)
    return named or next(iter(courses), None)


def group_links(viewer: Any, book: GradeBook, course: Course) -> list[tuple[Any, str, bool]]:
    """The teacher's other groups, one touch away."""
    if not course.own:
        return []
    own = own_courses(viewer, book.year_id)
    counted = Counter(one.group_id for one in own)
    return [
        (
            _chip(f"{one.group} · {one.short or one.subject}" if counted[one.group_id] > 1 else one.group),
            grid_address(one),
            (one.group_id, one.subject_id) == (book.pk, course.subject_id),
        )
        for one in own
    ]


def subject_links(courses: list[Course], chosen: Course, period: Any) -> list[tuple[str, str, bool]]:
    """For who reads several subjects of a class."""
    if chosen.own or len(courses) < 2:
        return []
    return [
        (
            course.short or course.subject,
            f"?matiere={course.subject_id}&periode={period.pk}",
            course == chosen,
        )
        for course in courses
    ]


def grid_address(course: Course | Assessment, query: str = "") -> str:
    """The grid of a course."""
    return f"{url('gradebook:grid', pk=course.group_id)}?matiere={course.subject_id}{query}"


def column_address(assessment: Assessment) -> str:
    """The grid, on the column of an assessment."""
    return grid_address(assessment, f"&periode={assessment.period_id}&evaluation={assessment.pk}")


def state_said(assessment: Assessment, now: Any) -> str:
    """« publiée », « ven. 27 nov. », « brouillon »."""
    if assessment.published_at is None:
        return _("brouillon")
    if assessment.published_at <= now:
        return _("publiée")
    return dates.short_day(dates.local(assessment.published_at).date())
