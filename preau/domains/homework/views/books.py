"""The cahier de textes of a class, and what weighs on its pupils."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.homework import rules
from preau.domains.homework.actions import visas
from preau.domains.homework.actions.loads import set_limits
from preau.domains.homework.forms.lessons import LimitsForm, VisaForm
from preau.domains.homework.models import RECORDS, ClassBook
from preau.domains.homework.queries import books, hand_ins, load
from preau.domains.homework.queries.archives import archives_of
from preau.foundation import dates, journal, paging, pdf
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, render_form
from preau.foundation.scales import STEP

PAGE, WEEKS = 15, 2


@opens(to=rules.reads_records)
@require_safe
def classes(request: HttpRequest) -> HttpResponse:
    """The classes whose cahier de textes one reads."""
    found = list(books.classes_read(request.viewer))
    context = {
        "classes": found,
        "keeps": rules.keeps_records(request.viewer),
        "archives": rules.reads_archives(request.viewer),
    }
    return render(request, "homework/classes.html", context)


@opens(ClassBook, to=rules.reads_records)
@require_safe
def class_book(request: HttpRequest, group: ClassBook) -> HttpResponse:
    """What was done and given in a class, newest first; of one subject when one is chosen."""
    if request.viewer.was_given(RECORDS):
        journal.record(request.viewer, "homework.class_read", group)
    return _book_page(request, group, request.GET.get("matiere"))


def _book_page(
    request: HttpRequest,
    group: ClassBook,
    chosen: str | None,
    form: VisaForm | None = None,
    status: int = 200,
) -> HttpResponse:
    viewer = request.viewer
    subjects = books.subjects_of_book(group)
    subject = next((subject for subject in subjects if str(subject.pk) == chosen), None)
    found = books.lessons_of_book(viewer, group, subject.pk if subject else None)
    page = paging.page_of(found, request.GET.get("page"), PAGE)
    records = list(page.object_list)
    archives = archives_of(viewer, group) if rules.reads_archives(viewer) else None
    context = {
        "group": group,
        "subjects": subjects,
        "subject": subject,
        "page_obj": page,
        "pages": books.pages_of(viewer, records),
        "documents": hand_ins.documents_of([record.pk for record in records]),
        "visas": books.visas_of(viewer, group, subject.pk if subject else None),
        "archives": archives,
        "may_archive": rules.archives_books(viewer),
        "has_pdf": archives is not None and pdf.is_possible(),
        "form": (form or VisaForm()) if rules.gives_visa(viewer) else None,
    }
    return render(request, "homework/class_book.html", context, status=status)


@opens(ClassBook, to=rules.gives_visa)
@require_POST
def visa(request: HttpRequest, group: ClassBook) -> HttpResponse:
    """The head has seen the cahier de textes until today."""
    form, chosen = VisaForm(request.POST), request.POST.get("matiere")
    if not form.is_valid():
        return _book_page(request, group, chosen, form, TYPED_WRONG)
    subject = next((subject for subject in books.subjects_of_book(group) if str(subject.pk) == chosen), None)
    visas.give_visa(request.viewer, group, subject, form.cleaned_data["comment"])
    messages.success(request, _("Le visa est donné. Les enseignants de la classe le lisent."))
    return redirect("homework:class_book", pk=group.pk)


@opens(ClassBook, to=rules.reads_records)
@require_safe
def class_load(request: HttpRequest, group: ClassBook) -> HttpResponse:
    """How much homework a class has, day by day, this week and the next."""
    viewer = request.viewer
    monday = dates.monday_of(dates.parse(request.GET.get("semaine"), viewer.today))
    last = monday + timedelta(days=7 * WEEKS - 1)
    loads = load.load_of([group], monday, last)
    works: dict[date, list[load.DueWork]] = {}
    for day, *work in books.works_due(group, monday, last):
        works.setdefault(day, []).append(load.DueWork(*work))
    context = {
        "group": group,
        "loads": loads,
        "works": works,
        "columns": load.columns_of(loads, works),
        "limit": loads[0].limit if loads else None,
        "limit_steps": round(loads[0].limit / STEP) if loads and loads[0].limit else 0,
        "monday": monday,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "today": viewer.today,
    }
    return render(request, "homework/class_load.html", context)


@opens(to=rules.sets_limits)
@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """How much homework a day the school advises, level by level."""
    levels = load.levels_of(request.viewer)
    form = LimitsForm(levels, request.POST or None)
    if request.method == "POST" and form.is_valid():
        set_limits(request.viewer, form.typed())
        messages.success(
            request, _("C’est enregistré. Les enseignants en sont avertis quand ils donnent du travail.")
        )
        return redirect("homework:limits")
    return render_form(request, "homework/limits.html", {"form": form})
