"""Pages of pupils and their families: what is to be done, and what was done in class."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Person
from preau.domains.homework import rules
from preau.domains.homework.actions import works
from preau.domains.homework.forms.lessons import HandInForm
from preau.domains.homework.models import HandIn, Homework
from preau.domains.homework.queries import family, hand_ins
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.http import page_or_block, safe_next


@opens(to=rules.follows_homework)
@require_safe
def to_do(request: HttpRequest) -> HttpResponse:
    """What is late, what is due from today on; or what a past week asked for."""
    viewer = request.viewer
    monday = dates.monday_of(dates.parse(request.GET.get("semaine"), viewer.today))
    shown = children_of(request)
    pupil = shown["child"].pk if shown["child"] else None
    is_past = "semaine" in request.GET
    if is_past:
        rows = family.lines_of_work(viewer, monday, monday + timedelta(days=6), pupil)
        found = family.ToDo([], family.by_day(rows))
    else:
        found = family.to_do(viewer, pupil)
    primary = any(row.is_primary for day in found.days for row in day.rows)
    context = shown | {
        "late": found.late,
        "days": found.days,
        "primary": primary,
        "is_past": is_past,
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "here": request.get_full_path(),
    }
    return page_or_block(request, "homework/to_do.html", block="works", context=context)


def children_of(request: HttpRequest) -> dict[str, Any]:
    """A family's children, whose page it is narrowed to, and who may tick."""
    viewer = request.viewer
    children = list(Person.objects.filter(pk__in=viewer.own_pupils())) if viewer.is_guardian else []
    child = next((child for child in children if child.public_id == request.GET.get("enfant")), None)
    return {
        "children": children,
        "child": child,
        "may_tick": rules.does_homework(viewer),
        "today": viewer.today,
    }


@opens(Homework, to=rules.follows_homework)
@require_safe
def work(request: HttpRequest, homework: Homework) -> HttpResponse:
    """One homework: what is asked, for when, whether it is done, and what was handed in."""
    return work_page(request, homework)


def work_page(
    request: HttpRequest, homework: Homework, form: HandInForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    rows = family.lines_of_work(viewer, homework.due_day, homework.due_day)
    handed = hand_ins.own_hand_ins(viewer, homework)
    papers = hand_ins.shown_papers(viewer, handed) if handed else {}
    if form is None and rules.hands_in(viewer, homework) and (not handed or handed[0].may_be_sent_again):
        form = _form_of(request, homework, handed[0] if handed else None)
    whole = family.whole_work(request.viewer, homework.pk)
    context = {
        "work": whole,
        "ways": family.ways_out(viewer, whole) if rules.does_homework(viewer) else [],
        "documents": hand_ins.documents_of([homework.record_id]).get((homework.record_id, homework.pk), []),
        "rows": [row for row in rows if row.pk == homework.pk],
        "handed": handed,
        "papers": papers,
        "remarks": hand_ins.annotations_of(viewer, handed) if any(one.returned_at for one in handed) else {},
        "form": form,
        "may_tick": rules.does_homework(viewer),
        "today": viewer.today,
        "is_guardian": viewer.is_guardian,
    }
    return render(request, "homework/work.html", context, status=status)


def _form_of(request: HttpRequest, homework: Homework, known: HandIn | None) -> HandInForm:
    held = (
        [paper.file for paper in known.papers.filter(of_teacher=False).select_related("file")]
        if known
        else []
    )
    return HandInForm(request.viewer, homework, held, initial={"text": known.text if known else ""})


@opens(Homework, to=rules.does_homework)
@require_POST
def tick(request: HttpRequest, homework: Homework) -> HttpResponseRedirect:
    """Tick a homework, or untick it: the form says which."""
    works.tick(request.viewer, homework, done=request.POST.get("fait") == "oui")
    # Where one was in the page, and not at its head.
    page = safe_next(request, "/travail/").partition("#")[0]
    return redirect(f"{page}#fait-{homework.pk}")


@opens(to=rules.follows_homework)
@require_safe
def in_class(request: HttpRequest) -> HttpResponse:
    """What was done in class, week by week."""
    viewer = request.viewer
    monday = dates.monday_of(dates.parse(request.GET.get("semaine"), viewer.today))
    shown = children_of(request)
    pupil = shown["child"].pk if shown["child"] else None
    lessons = family.done_lessons(viewer, monday, monday + timedelta(days=6), pupil)
    context = shown | {
        "documents": hand_ins.documents_of([lesson.pk for lesson in lessons]),
        "lessons": lessons,
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "subtitle": _("Semaine du %(day)s") % {"day": dates.day(monday, year=True)},
    }
    return render(request, "homework/in_class.html", context)
