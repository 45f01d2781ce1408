"""Marks as they are read: by a pupil, the family, those who follow a class."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from preau.directory.models import Person
from preau.directory.queries.apart import children_of
from preau.directory.viewer import Viewer
from preau.domains.gradebook.boards import SettledAverage, settled_averages
from preau.domains.gradebook.models import Assessment, GradeBook
from preau.domains.gradebook.queries import class_reading, computations, history, latest, pupil_reading
from preau.domains.gradebook.queries.figures import number
from preau.domains.gradebook.rules import reading as rules
from preau.domains.gradebook.rules.access import follows_marks, reads_grid, writes
from preau.domains.gradebook.rules.marking import plain
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.boards import offered
from preau.foundation.text import elided, filled

LAST = 4


@opens(to=follows_marks)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """A pupil's own marks; in a family, those of the child who had the last one, with a link to the others."""
    children = children_of(request.viewer)
    if not children:
        return render(
            request, "gradebook/no_marks.html", {"title": _("Notes"), "children": [], "pupil": None}
        )
    newest = latest.newest_pupil(request.viewer) if len(children) > 1 else ""
    shown = next((child for child in children if child.public_id == newest), children[0])
    return _pupil_page(request, shown, children)


@opens(Person, to=rules.reads_marks_of, by="public_id")
@require_safe
def pupil(request: HttpRequest, pupil: Person) -> HttpResponse:
    """The marks of a pupil in a period: how they move, how an average is made, each subject in its class."""
    _trace(request, pupil)
    viewer = request.viewer
    return _pupil_page(request, pupil, children_of(viewer) if viewer.is_guardian else [])


def _trace(request: HttpRequest, pupil: Person) -> None:
    """An adult of the school who opens the marks of a pupil leaves a line."""
    if request.viewer.is_staff:
        journal.record_read(request.viewer, "gradebook.marks_read", pupil, subject_id=pupil.pk)


def _title(viewer: Any, pupil: Person) -> str:
    if viewer.person.pk == pupil.pk:
        return _("Mes notes")
    name = {"name": pupil.given_name if viewer.is_guardian else pupil.full_name}
    return elided(_("Notes de %(name)s"), name) % name


def _whose_average(viewer: Viewer, pupil: Person) -> str:
    if viewer.person.pk == pupil.pk:
        return _("Votre moyenne")
    return filled(_("La moyenne de %(name)s"), name=pupil.given_name)


def _pupil_page(request: HttpRequest, pupil: Person, children: list[Person]) -> HttpResponse:
    viewer = request.viewer
    read = pupil_reading.marks_of(viewer, pupil, *_asked_in(request))
    title = _title(viewer, pupil)
    if read is None:
        context = {"title": title, "children": children, "pupil": pupil}
        return render(request, "gradebook/no_marks.html", context)
    newest = read.newest_subject
    context = {
        "title": title,
        "read": read,
        "children": children,
        "pupil": pupil,
        "newest": newest,
        "blocks": computations.blocks_of(read, newest) if newest else [],
        "hint": computations.next_step(read, newest) if newest else "",
        "last": [read.in_context(row.line) for row in read.last[:LAST]],
        "is_own": viewer.person.pk == pupil.pk,
        "whose_average": _whose_average(viewer, pupil),
        "opens": not viewer.is_staff,
        "asked": _asked(read),
        "past": _past(read),
        "number": number,
        "settled": _settled(viewer, read),
        "on_their_way": latest.marks_on_their_way(viewer, pupil.pk),
        "reads_as_guardian": viewer.is_guardian,
    }
    return render(request, "gradebook/pupil.html", context)


def _settled(viewer: Any, read: pupil_reading.PupilMarks) -> SettledAverage | None:
    """The average of the bulletin, where marks that came since have moved this one."""
    if read.period is None:
        return None
    now = number(read.averages.general.rounded)
    papers = (
        board.of(seated, read.pupil.pk, read.period.pk) for board, seated in offered(settled_averages, viewer)
    )
    return next((paper for paper in papers if paper and paper.average and paper.average != now), None)


def _asked_in(request: HttpRequest) -> tuple[str | None, str | None]:
    """The period and the year of an address."""
    return request.GET.get("periode"), request.GET.get("annee")


def _asked(read: pupil_reading.PupilMarks) -> str:
    """The period, and the year that is over, as the links of the page say them again."""
    return f"?periode={read.period.pk if read.period else 'annee'}{_past(read)}"


def _past(read: pupil_reading.PupilMarks) -> str:
    return f"&annee={read.year.pk}" if read.year and read.is_past else ""


@opens(Person, to=rules.reads_marks_of, by="public_id")
@require_safe
def average(request: HttpRequest, pupil: Person) -> HttpResponse:
    """« D’où vient cette moyenne ? »: that of a subject, line by line, else the general one, subject by subject."""
    _trace(request, pupil)
    read = pupil_reading.marks_of(request.viewer, pupil, *_asked_in(request))
    whose = _title(request.viewer, pupil)
    if read is None:
        return render(request, "gradebook/no_marks.html", {"title": whose, "children": [], "pupil": pupil})
    context = {"whose": whose, "read": read, "pupil": pupil, "asked": _asked(read)}
    row = next((subject for subject in read.subjects if str(subject.pk) == request.GET.get("matiere")), None)
    if row is None:
        return render(
            request,
            "gradebook/pupil_general.html",
            context | {"computation": computations.general_computation(read)},
        )
    lines = [line for line in reversed(read.lines) if line.subject_id == row.pk]
    context |= {
        "row": row,
        "blocks": computations.blocks_of(read, row),
        "hint": computations.next_step(read, row),
        "computations": computations.computations_of(read, row),
        "marks": [read.in_context(line) for line in lines],
        "opens": not request.viewer.is_staff,
    }
    return render(request, "gradebook/pupil_subject.html", context)


@opens(Assessment, to=follows_marks)
@require_safe
def assessment(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """One assessment as a pupil and the family see it: what was asked, the mark, how the class did."""
    viewer = request.viewer
    asked = request.GET.get("enfant")
    for pupil in sorted(children_of(viewer), key=lambda child: child.public_id != asked):
        read = pupil_reading.marks_of(viewer, pupil, str(assessment.period_id))
        line = next((line for line in read.lines if line.pk == assessment.pk), None) if read else None
        if read and line:
            row = read.in_context(line)
            context = {
                "read": read,
                "row": row,
                "bars": pupil_reading.distribution_of(read, row),
                "whose": _title(viewer, pupil),
                "is_own": viewer.person.pk == pupil.pk,
                "asked": _asked(read),
                "past": _past(read),
                "changes": history.changes_of(viewer, assessment, pupil.pk),
            }
            return render(request, "gradebook/pupil_assessment.html", context)
    raise Http404


@opens(Assessment, to=reads_grid)
@require_safe
def mark(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """One pupil in one assessment, for those who work here: the mark, where it lies, and what it was before."""
    viewer = request.viewer
    page = history.mark_page(viewer, assessment, request.GET.get("eleve"))
    if page is None or assessment.deleted_at:
        raise Http404
    pupil, own = history.person_of(page.pupil), writes(viewer, assessment)
    if not own:
        _trace(request, pupil)
    context = {
        "page": page,
        "assessment": assessment,
        "writes": own,
        "plain": plain,
        "now": viewer.moment,
        "reads_all": rules.reads_marks_of(viewer, pupil),
    }
    return render(request, "gradebook/mark.html", context)


@opens(GradeBook, to=rules.reads_class_averages)
@require_safe
def class_averages(request: HttpRequest, book: GradeBook) -> HttpResponse:
    """The averages of a class, pupil by pupil and subject by subject, and the class in each subject."""
    viewer = request.viewer
    read = class_reading.averages_of_class(viewer, book, request.GET.get("periode"))
    journal.record(viewer, "gradebook.class_read", book)
    now = viewer.year is not None and book.year_id == viewer.year.pk
    context = {
        "book": book,
        "read": read,
        "title": _("Moyennes de la classe"),
        "number": number,
        "is_now": now,
    }
    return render(request, "gradebook/class_averages.html", context)
