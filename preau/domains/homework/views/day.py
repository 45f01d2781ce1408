"""A teacher's day on one page; what a family hangs on its fridge."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from preau.domains.homework import rules
from preau.domains.homework.actions import records
from preau.domains.homework.actions.days import write_day
from preau.domains.homework.forms.day import DayForm
from preau.domains.homework.models import LessonRecord
from preau.domains.homework.queries import family
from preau.domains.homework.queries.day import blocks_of, day_before, groups_said, is_primary, next_days
from preau.domains.homework.views.family import children_of
from preau.foundation import dates
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, status_of


@opens(to=rules.keeps_records)
@require_http_methods(["GET", "POST"])
def day(request: HttpRequest) -> HttpResponse:
    """What was done in each moment of a day, and what is to be done: one page, one gesture."""
    chosen = dates.parse(request.GET.get("jour"), request.viewer.today)
    blocks = blocks_of(request.viewer, chosen)
    if not blocks and "jour" not in request.GET and (last := day_before(request.viewer, chosen)):
        # On a Saturday, the day to write is the last one that was taught.
        chosen, blocks = last, blocks_of(request.viewer, last)
    following = next_days(request.viewer, chosen)
    form = DayForm(blocks, following, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _day_page(request, chosen, form, following, status_of(form))
    try:
        count, works = write_day(request.viewer, form.entries(), form.given(), publish=form.publishes)
    except records.RecordConflict as conflict:
        theirs = conflict.record
        form.data = form.data.copy()
        form.data[f"vu-{theirs.lesson_id}"] = str(theirs.version)
        return _day_page(request, chosen, form, following, CONFLICT, theirs)
    _say(request, count, works, publishes=form.publishes)
    return redirect(f"{reverse('homework:day')}?jour={chosen}")


def _say(request: HttpRequest, count: int, works: int, *, publishes: bool) -> None:
    if not count:
        messages.info(request, _("Il n’y avait rien à garder : la journée est vide."))
        return
    sentence = _("La journée est publiée.") if publishes else _("Le brouillon de la journée est gardé.")
    if works:
        given = ngettext("%(count)s travail donné.", "%(count)s travaux donnés.", works) % {"count": works}
        sentence = f"{sentence} {given}"
    messages.success(request, sentence)


def _day_page(
    request: HttpRequest,
    chosen: date,
    form: DayForm,
    following: list[date],
    status: int,
    theirs: LessonRecord | None = None,
) -> HttpResponse:
    context = {
        "day": chosen,
        "form": form,
        "before": day_before(request.viewer, chosen),
        "after": following[0] if following else None,
        "groups": groups_said(form.blocks),
        "primary": is_primary(request.viewer),
        "theirs": theirs,
        "today": request.viewer.today,
    }
    return render(request, "homework/day.html", context, status=status)


@opens(to=rules.follows_homework)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """What is to be done, on paper: big, with a box for each thing and a place to sign."""
    shown = children_of(request)
    found = family.to_do(request.viewer, shown["child"].pk if shown["child"] else None)
    days = [day for day in found.days if day.day > request.viewer.today] or found.days
    names = sorted({row.pupil for day in days for row in day.rows})
    context = {"days": days, "names": names, "today": request.viewer.today, "child": shown["child"]}
    return render(request, "homework/sheet.html", context)
