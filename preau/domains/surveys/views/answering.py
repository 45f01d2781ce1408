"""Families, pupils and the staff: what they are asked, and the page on which they answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.commons.questions.queries.answers import answered, questions_of
from preau.commons.questions.queries.typed import ResponseForm
from preau.domains.surveys import rules
from preau.domains.surveys.actions import answering
from preau.domains.surveys.models import Voter
from preau.domains.surveys.queries import surveys as queries
from preau.foundation.access import opens
from preau.foundation.pages import TYPED_WRONG, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(to=rules.reads_surveys)
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """What one is asked, what waits first."""
    viewer, now = request.viewer, timezone.now()
    page = page_for(request, queries.received(viewer), A_PAGE)
    rows = [
        (
            voter,
            voter.survey.takes_answers(now) and not voter.answered,
            queries.may_see_results(voter.survey, voter, now),
        )
        for voter in page.object_list
    ]
    context = {
        "page_obj": page,
        "rows": rows,
        "asks": rules.asks(viewer),
        "is_staff": viewer.is_staff,
        "elects": rules.reads_elections(viewer),
        "several": viewer.follows_several,
    }
    return render(request, "surveys/surveys.html", context)


@opens(Voter, to=rules.receives)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, voter: Voter) -> HttpResponse:
    """The questions of one survey, and what became of the answer."""
    if request.method == "POST":
        return _answered(request, voter)
    return _page(request, voter)


def _page(
    request: HttpRequest, voter: Voter, form: ResponseForm | None = None, status: int = 200
) -> HttpResponse:
    now, survey = timezone.now(), queries.whole(voter.survey_id)
    voter = Voter.objects.select_related("pupil", "person").get(pk=voter.pk)
    asked = questions_of(survey.questionnaire)
    own = queries.own_answer(survey, voter)
    shown = own.begun or own.sent
    # Of a family, the other guardian has answered, whatever this one had begun; of a ballot, it is in the urn.
    is_done = voter.answered and own.sent is None
    is_open = survey.takes_answers(now)
    context = {
        "survey": survey,
        "voter": voter,
        "form": (form or ResponseForm(asked, answers=shown.answers if shown else None))
        if is_open and not is_done
        else None,
        "own": own.sent,
        "begun": own.begun,
        "said": answered(asked, own.sent.answers) if own.sent else [],
        "is_done": is_done,
        "is_over": survey.is_over(now),
        "results": queries.shared_results(survey) if queries.may_see_results(survey, voter, now) else [],
    }
    return render(request, "surveys/answer.html", context, status=status)


def _answered(request: HttpRequest, voter: Voter) -> HttpResponse:
    survey = queries.whole(voter.survey_id)
    later = "plus-tard" in request.POST
    asked = questions_of(survey.questionnaire)
    form = ResponseForm(asked, request.POST, is_draft=later)
    if not form.is_valid():
        return _page(request, voter, form, TYPED_WRONG)
    try:
        if later:
            answering.keep_draft(request.viewer, voter, form.answers)
            messages.success(request, _("C’est gardé. Rien n’est encore envoyé."))
        else:
            done = answering.answer(request.viewer, voter, form.answers)
            sent = (
                _("Votre bulletin est dans l’urne.")
                if survey.is_anonymous
                else _("Votre réponse est envoyée. Merci.")
            )
            again = _("C’était déjà votre réponse.")
            if survey.is_anonymous:
                again = (
                    _("Un bulletin a déjà été donné pour cet élève\u202f: un seul est demandé par famille.")
                    if survey.counts_by == "pupil_id"
                    else _("Vous avez déjà voté\u202f: un bulletin ne se change pas.")
                )
            tell_outcome(request, done, sent, again)
    except answering.TooLate:
        messages.error(request, _("Ce sondage est terminé, ou n’est pas encore ouvert. Rien n’a été envoyé."))
    except answering.AnsweredAlready:
        messages.info(
            request,
            _("Une réponse a déjà été donnée pour cet élève\u202f: une seule est demandée par famille."),
        )
    except answering.NotAwaited:
        messages.error(request, _("Votre réponse n’est plus attendue pour ce sondage."))
    return redirect("surveys:answer", pk=voter.pk)
