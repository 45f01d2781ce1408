"""The list of a lesson is wrong: its teacher says so, the secretary mends it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.attendance import rules
from preau.domains.attendance.actions import remarks as remarks_actions
from preau.domains.attendance.forms import RemarkForm
from preau.domains.attendance.models import ListRemark
from preau.domains.attendance.queries import arrangements, registers
from preau.domains.attendance.queries.remarks import remark_rows, remarked_in, remarks_open
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import row_at_hand
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for


@opens(Lesson, to=rules.can_call_register)
@require_http_methods(["GET", "POST"])
def lesson_list(request: HttpRequest, lesson: Lesson) -> HttpResponse:
    """Say who is missing from the list of a lesson, or too many on it."""
    form = RemarkForm(request.viewer, lesson, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _remarked(request, lesson, form)
    listed = registers.register_of(lesson)
    known = {row.pupil_id for row in listed}
    typed = request.GET.get("nom", "")[:80]
    context = {
        "lesson": row_at_hand(lesson),
        "form": form,
        "listed": listed,
        "typed": typed,
        "found": [
            pupil for pupil in arrangements.pupils_named(request.viewer, typed) if pupil.pk not in known
        ],
        "said": remarked_in(lesson),
    }
    return render_form(request, "attendance/lesson_list.html", context)


def _remarked(request: HttpRequest, lesson: Lesson, form: RemarkForm) -> HttpResponseRedirect:
    data = form.cleaned_data
    tell_outcome(
        request,
        remarks_actions.remark(request.viewer, lesson, data["pupil"], data["remark"]),
        _("Le secrétariat est prévenu. La liste changera quand il l’aura corrigée."),
        _("Le secrétariat le sait déjà."),
    )
    return redirect("attendance:roll", pk=lesson.pk)


@opens(to=rules.mends_lists)
@require_safe
def remarks(request: HttpRequest) -> HttpResponse:
    """What teachers say of the lists, the oldest first."""
    page = page_for(request, remarks_open(request.viewer), 40)
    context = {"page_obj": page, "rows": remark_rows(page.object_list)}
    return render(request, "attendance/remarks.html", context)


@opens(ListRemark, to=rules.mends_lists)
@require_POST
def settle_remark(request: HttpRequest, said: ListRemark) -> HttpResponseRedirect:
    tell_outcome(
        request,
        remarks_actions.settle_remark(request.viewer, said),
        _("C’est réglé."),
        _("C’était déjà réglé."),
    )
    return redirect("attendance:remarks")
