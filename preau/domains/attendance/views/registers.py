"""Registers and statistics: a page, a spreadsheet, a paper."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Group
from preau.domains.attendance import rules
from preau.domains.attendance.actions.register_files import ask_register
from preau.domains.attendance.exports.registers import month_pdf, register_csv, register_pdf
from preau.domains.attendance.forms.registers import LongRegisterForm, RegisterFilter
from preau.domains.attendance.queries import summaries
from preau.domains.attendance.queries.month import month_of_class
from preau.foundation import dates, journal, pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines, no_pdf, pdf_file
from preau.foundation.pages import TYPED_WRONG

# A term is made at once; longer, and by pupil of the whole school, it is prepared by a task.
MOST = timedelta(days=100)


def _asked(request: HttpRequest) -> tuple[RegisterFilter, date, date, Group | None]:
    """What the address asks for: this month when it does not say, a hundred days at most."""
    form = RegisterFilter(request.viewer, request.GET)
    chosen, today = form.chosen(), request.viewer.today
    last = chosen.get("au") or today
    first = chosen.get("du") or last.replace(day=1)
    return form, max(min(first, last), last - MOST), last, chosen.get("classe")


@opens(to=rules.runs_school_life)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Half-days missed by class, or by pupil of one class; by month and by reason."""
    form, first, last, group = _asked(request)
    long = LongRegisterForm(request.viewer, initial=_longest_asked(request, form), auto_id="long_%s")
    form.share_classes(long)
    context = {
        "form": form,
        "long": long,
        "is_cut": first > (form.chosen().get("du") or first),
        "register": summaries.register_between(request.viewer, first, last, group),
        "group": group,
        "query": request.GET.urlencode(),
    }
    return render(request, "attendance/register.html", context)


def _longest_asked(request: HttpRequest, form: RegisterFilter) -> dict[str, object]:
    """What a register to prepare starts from: what was asked for, else the whole year until today."""
    chosen, year, today = form.chosen(), request.viewer.year, request.viewer.today
    return {
        "debut": chosen.get("du") or (year.starts if year else today.replace(day=1)),
        "fin": chosen.get("au") or today,
        "classe": chosen.get("classe"),
    }


@opens(to=rules.runs_school_life)
@require_safe
def register_files(request: HttpRequest) -> HttpResponse:
    """The registers that were prepared for this person, for a few days."""
    context = {
        "rows": summaries.register_files_of(request.viewer),
        "has_pdf": pdf.is_possible(),
        "long": None,
    }
    return render(request, "attendance/register_files.html", context)


@opens(to=rules.runs_school_life)
@confirmed()
@require_POST
def prepare_register(request: HttpRequest) -> HttpResponse:
    """Ask for the register of a long time, by pupil: a task makes it, and tells when it is there."""
    form = LongRegisterForm(request.viewer, request.POST)
    if not form.is_valid():
        context = {
            "rows": summaries.register_files_of(request.viewer),
            "has_pdf": pdf.is_possible(),
            "long": form,
        }
        return render(request, "attendance/register_files.html", context, status=TYPED_WRONG)
    data = form.cleaned_data
    ask_register(request.viewer, data["debut"], data["fin"], data["classe"])
    messages.success(request, _("C’est en préparation. Vous serez prévenu quand les fichiers seront là."))
    return redirect("attendance:register_files")


@opens(to=rules.runs_school_life)
@confirmed(reading=True)
@require_safe
def register_as_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a spreadsheet."""
    _form, first, last, group = _asked(request)
    found = summaries.register_between(request.viewer, first, last, group)
    journal.record(request.viewer, "attendance.exported", request.viewer.school, rows=len(found.lines))
    return csv_lines(f"registre-{last:%Y-%m-%d}", register_csv(found))


@opens(to=rules.runs_school_life)
@confirmed(reading=True)
@require_safe
def register_as_pdf(request: HttpRequest) -> HttpResponse:
    """The same, on paper."""
    _form, first, last, group = _asked(request)
    found = summaries.register_between(request.viewer, first, last, group)
    if not pdf.is_possible():
        return no_pdf()
    journal.record(request.viewer, "attendance.exported", request.viewer.school, rows=len(found.lines))
    return pdf_file(f"registre-{last:%Y-%m-%d}", register_pdf(request.viewer, found, group))


def _month_asked(request: HttpRequest) -> tuple[date, date]:
    """The month that the address names, no later than this one; this one when it names none. Of the current month, until today."""
    today = request.viewer.today
    first = min(dates.parse(f"{request.GET.get('mois', '')}-01", today), today).replace(day=1)
    return first, min(dates.month_after(first) - timedelta(days=1), today)


@opens(Group, to=rules.reads_month_of)
@require_safe
def month(request: HttpRequest, group: Group) -> HttpResponse:
    """The register of a class for one month: who was missing, on which half-days."""
    first, last = _month_asked(request)
    this = request.viewer.today.replace(day=1)
    context = {
        "group": group,
        "register": month_of_class(request.viewer, group, first, last),
        "before": dates.month_after(first, -1) if first > group.year.starts else None,
        "after": dates.month_after(first) if first < this else None,
    }
    return render(request, "attendance/month.html", context)


@opens(Group, to=rules.reads_month_of)
@confirmed(reading=True)
@require_safe
def month_as_pdf(request: HttpRequest, group: Group) -> HttpResponse:
    """The same on a sheet, a column for each half-day."""
    first, last = _month_asked(request)
    if not pdf.is_possible():
        return no_pdf()
    found = month_of_class(request.viewer, group, first, last)
    journal.record(request.viewer, "attendance.exported", request.viewer.school, rows=len(found.lines))
    return pdf_file(f"registre-{first:%Y-%m}", month_pdf(request.viewer, found, group))
