"""Families without an account: who they are and why, their sheets, and what comes back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.questions.queries.answers import questions_of
from preau.commons.questions.queries.typed import ResponseForm
from preau.domains.surveys import rules
from preau.domains.surveys.actions import answering
from preau.domains.surveys.forms import LineForm
from preau.domains.surveys.models import Survey
from preau.domains.surveys.queries import paper as queries
from preau.domains.surveys.queries.surveys import whole
from preau.foundation import journal, pdf
from preau.foundation.access import opens
from preau.foundation.downloads import printed
from preau.foundation.pages import TYPED_WRONG, tell_outcome
from preau.foundation.paging import page_for

ROWS = 40


@opens(Survey, to=rules.drives)
@require_safe
def on_paper(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Whose answer comes on paper, and why."""
    survey = whole(survey.pk)
    is_open = queries.is_on_paper(survey, timezone.now())
    rows = queries.on_paper(survey, request.viewer.today) if is_open else []
    page = page_for(request, rows, ROWS)
    context = {"survey": survey, "page_obj": page, "number": len(rows), "is_open": is_open}
    return render(request, "surveys/on_paper.html", context)


@opens(Survey, to=rules.drives)
@require_POST
def sheets(request: HttpRequest, survey: Survey) -> HttpResponse:
    """The questions on one sheet for each of them."""
    survey = whole(survey.pk)
    is_open = queries.is_on_paper(survey, timezone.now()) and survey.questionnaire is not None
    rows = queries.on_paper(survey, request.viewer.today) if is_open else []
    if not rows or survey.questionnaire is None:
        messages.info(request, _("Aucun questionnaire à imprimer."))
        return redirect("surveys:on_paper", pk=survey.pk)
    journal.record(request.viewer, "surveys.sheets_printed", survey, sheets=len(rows))
    context = {"survey": survey, "rows": rows, "questions": questions_of(survey.questionnaire)}
    return printed(pdf.page_of("surveys/sheets_pdf.html", context), f"sondage-{survey.pk}")


@opens(Survey, to=rules.drives)
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, survey: Survey) -> HttpResponse:
    """Type in what a sheet says, of the person whose it is (`ligne`)."""
    survey = whole(survey.pk)
    voter = LineForm(survey, request.viewer, request.POST or request.GET).chosen().get("ligne")
    if voter is None or survey.questionnaire is None or not queries.is_on_paper(survey, timezone.now()):
        messages.error(request, _("Cette réponse n’est pas attendue sur papier, ou ne l’est plus."))
        return redirect("surveys:on_paper", pk=survey.pk)
    # A sheet comes back as it was filled in: what is missing on it is missing here.
    form = ResponseForm(questions_of(survey.questionnaire), request.POST or None, is_draft=True)
    if request.method == "POST" and form.is_valid():
        try:
            done = answering.enter(request.viewer, voter, form.answers)
        except (answering.NotAwaited, answering.TooLate, answering.AnsweredAlready):
            messages.error(request, _("La réponse de cette personne n’est plus attendue."))
        else:
            tell_outcome(request, done, _("La réponse est saisie."), _("Elle l’était déjà."))
        return redirect("surveys:on_paper", pk=survey.pk)
    context = {"survey": survey, "voter": voter, "form": form}
    status = TYPED_WRONG if request.method == "POST" else 200
    return render(request, "surveys/enter.html", context, status=status)
