"""Handing in, who did, and giving back."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from preau.commons.files.queries import rows_of
from preau.domains.homework import exports, rules
from preau.domains.homework.actions import corrections
from preau.domains.homework.actions import hand_ins as hand_ins_actions
from preau.domains.homework.forms.corrections import CorrectionForm
from preau.domains.homework.forms.lessons import HandInForm
from preau.domains.homework.models import HandIn, Homework
from preau.domains.homework.queries.copies import around, copies_of_page, works_handed_in
from preau.domains.homework.queries.hand_ins import annotations_of, hand_in_rows, papers_of, whole_hand_in
from preau.domains.homework.views.family import work_page
from preau.domains.timetable.queries.lessons import row_of
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import CONFLICT, TYPED_WRONG, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(Homework, to=rules.hands_in)
@require_POST
def send(request: HttpRequest, homework: Homework) -> HttpResponse:
    """A pupil hands in a homework, or once more until it is corrected."""
    known = HandIn.objects.filter(homework=homework, pupil=request.viewer.person).first()
    held = (
        [paper.file for paper in known.papers.filter(of_teacher=False).select_related("file")]
        if known
        else []
    )
    form = HandInForm(request.viewer, homework, held, request.POST, request.FILES)
    if not form.is_valid():
        return work_page(request, homework, form, TYPED_WRONG)
    try:
        sent = hand_ins_actions.hand_in(
            request.viewer, homework, form.cleaned_data["text"], form.cleaned_data["papers"]
        )
    except hand_ins_actions.TooLate:
        messages.info(request, _("Ce travail ne peut plus être renvoyé."))
    else:
        messages.success(request, _said_of(sent))
    return redirect("homework:work", pk=homework.pk)


def _said_of(sent: HandIn) -> str:
    if sent.times > 1:
        return sent.said_twice
    return _("C’est rendu, en retard. Votre enseignant le voit.") if sent.is_late else _("C’est rendu.")


@opens(Homework, to=rules.reads_hand_ins)
@require_safe
def hand_ins(request: HttpRequest, homework: Homework) -> HttpResponse:
    """Who handed it in, and who did not."""
    rows = hand_in_rows(homework)
    waiting = [row for row in rows if row.waits]
    context = {
        "homework": homework,
        "waiting": waiting,
        "ready": sum(row.is_ready for row in rows),
        "lesson": row_of(homework.record.lesson_id) if homework.record.lesson_id else None,
        "rows": rows,
        "sent": sum(row.hand_in is not None for row in rows),
        "corrected": sum(row.returned_at is not None or row.is_ready for row in rows),
        "teaches": rules.changes_homework(request.viewer, homework),
    }
    return render(request, "homework/hand_ins.html", context)


@opens(Homework, to=rules.reads_hand_ins)
@confirmed(reading=True)
@require_safe
def hand_ins_csv(request: HttpRequest, homework: Homework) -> StreamingHttpResponse:
    """The same as a spreadsheet."""
    rows = hand_in_rows(homework)
    journal.record(request.viewer, "homework.exported", homework, rows=len(rows))
    return csv_lines(f"rendus-{homework.due_day:%Y-%m-%d}", exports.csv_of(rows))


@opens(Homework, to=rules.changes_homework)
@require_POST
def give_back(request: HttpRequest, homework: Homework) -> HttpResponse:
    """Give back all the corrections that are ready."""
    given = corrections.give_back(request.viewer, homework)
    sentence = ngettext("%(num)s copie est remise.", "%(num)s copies sont remises.", given) % {"num": given}
    tell_outcome(request, bool(given), sentence)
    return redirect("homework:hand_ins", pk=homework.pk)


@opens(to=rules.keeps_records)
@require_safe
def copies(request: HttpRequest) -> HttpResponse:
    """« Copies à corriger »: each homework of the year of which copies came, those that wait first."""
    page = page_for(request, works_handed_in(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": copies_of_page(page.object_list),
        "today": request.viewer.today,
    }
    return render(request, "homework/copies.html", context)


# A PDF is read in the page by the reader of the browser.
reads_in_page = csp_update({"frame-src": [SELF]})


@opens(HandIn, to=rules.reads_hand_in)
@reads_in_page
@require_safe
def hand_in(request: HttpRequest, known: HandIn) -> HttpResponse:
    """What a pupil handed in, and what the teacher says of it."""
    form = _correction(request, known) if rules.corrects(request.viewer, known) else None
    return _hand_in_page(request, known, form, 200)


def _correction(request: HttpRequest, known: HandIn) -> CorrectionForm:
    held = [paper.file for paper in known.papers.filter(of_teacher=True).select_related("file")]
    noted = list(known.annotations.all())
    return CorrectionForm(request.viewer, known, held, noted, request.POST or None, request.FILES or None)


@opens(HandIn, to=rules.corrects)
@reads_in_page
@require_POST
def correct(request: HttpRequest, known: HandIn) -> HttpResponse:
    """Correct it, for oneself or for the pupil to read; then the next copy that waits, if that is wanted."""
    form = _correction(request, known)
    if not form.is_valid():
        return _hand_in_page(request, known, form, TYPED_WRONG)
    try:
        corrections.correct(request.viewer, known, form.typed(), form.cleaned_data["seen"])
    except corrections.HandInConflict as conflict:
        form.data = form.data.copy()
        form.data["seen"] = str(conflict.hand_in.version)
        return _hand_in_page(request, known, form, CONFLICT, conflict.hand_in)
    return _onward(request, known, form)


SAID = {
    CorrectionForm.BACK: gettext_lazy("La correction de %(name)s est remise."),
    CorrectionForm.NEXT: gettext_lazy("La correction de %(name)s est prête à remettre."),
}


def _onward(request: HttpRequest, known: HandIn, form: CorrectionForm) -> HttpResponse:
    """The next copy that waits; the list of all of them where none does, or where one stops here."""
    sentence = SAID.get(form.gesture, gettext_lazy("La correction de %(name)s est gardée pour plus tard."))
    messages.success(request, sentence % {"name": known.pupil.full_name})
    following = None if form.gesture == form.LATER or known.returned_at else around(known).following
    if following:
        return redirect("homework:hand_in", pk=following)
    return redirect("homework:hand_ins", pk=known.homework_id)


def _hand_in_page(
    request: HttpRequest, known: HandIn, form: Any, status: int, theirs: HandIn | None = None
) -> HttpResponse:
    journal.record_read(request.viewer, "homework.hand_in_read", known, subject_id=known.pupil_id)
    known = whole_hand_in(known.pk)
    sent, given = papers_of(known)
    context = {
        "known": known,
        "form": form,
        "sent": sent,
        "single": next((one for one in sent if one.how == "pdf"), None) if len(sent) == 1 else None,
        "given": rows_of(given),
        "remarks": annotations_of(request.viewer, [known]).get(known.pk, []),
        "around": around(known),
        "theirs": theirs,
    }
    return render(request, "homework/hand_in.html", context, status=status)
