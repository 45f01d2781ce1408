"""The staff: surveys written, followed, told again, ended; their results."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.delivery.queries import opening_after
from preau.commons.questions.queries.answers import counts_csv, csv_of, questions_of
from preau.commons.questions.queries.typed import QuestionForm
from preau.domains.surveys import rules
from preau.domains.surveys.actions import writing
from preau.domains.surveys.forms import GroupForm, SurveyForm
from preau.domains.surveys.models import Survey
from preau.domains.surveys.queries import surveys as queries
from preau.foundation import dates, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE, ROWS = 30, 40
# No key is longer.
LONGEST_KEY = 19
NOT_YOURS = gettext_lazy("Vous n’interrogez plus toutes ces classes\u202f: changez les destinataires.")


@opens(to=rules.asks)
@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """What this member of the staff follows."""
    page = page_for(request, queries.surveys_of(request.viewer), A_PAGE)
    rows = queries.rows_of_surveys(page.object_list, timezone.now())
    context = {"page_obj": page, "rows": rows, "asks": True, "elects": rules.reads_elections(request.viewer)}
    return render(request, "surveys/followed.html", context)


@opens(to=rules.asks)
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """A new survey: a draft, which nobody has received yet."""
    ticked = None if request.POST else GroupForm(request.viewer, request.GET).chosen()
    form = SurveyForm(request.viewer, request.POST or None, ticked=ticked)
    if form.is_valid():
        made = writing.write(request.viewer, form.facts(), form.cleaned_data["sent_as"])
        messages.success(request, _("Le brouillon est gardé. Ajoutez vos questions, puis envoyez-le."))
        return redirect("surveys:survey", pk=made.pk)
    return render_form(request, "surveys/write.html", {"form": form, "survey": None})


@opens(Survey, to=rules.changes)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, survey: Survey) -> HttpResponse:
    """A draft, written anew."""
    survey = queries.whole(survey.pk)
    form = SurveyForm(request.viewer, request.POST or None, survey=survey)
    if form.is_valid():
        try:
            writing.change(request.viewer, survey, form.facts())
        except writing.NotADraft:
            messages.error(request, _("Ce sondage est déjà parti : faites-en une nouvelle version."))
        else:
            messages.success(request, _("Le brouillon est changé."))
        return redirect("surveys:survey", pk=survey.pk)
    return render_form(request, "surveys/write.html", {"form": form, "survey": survey})


@opens(Survey, to=rules.follows)
@require_safe
def survey(request: HttpRequest, survey: Survey) -> HttpResponse:
    """A draft before it leaves; then who has answered."""
    survey = queries.whole(survey.pk)
    if survey.is_draft:
        return _draft_page(request, survey)
    now, today = timezone.now(), request.viewer.today
    found = queries.following(survey, today, with_newcomers=not survey.is_over(now))
    answered = request.GET.get("reponses") == "faites"
    page = page_for(request, queries.roll_of(survey, today, answered=answered), ROWS)
    context = {
        "survey": survey,
        "whom": queries.whom(survey),
        "state": queries.state_of(survey, now),
        "found": found,
        "number_said": queries.number_said(found),
        "answered": answered,
        "page_obj": page,
        "rows": queries.rows_of_roll(survey, page.object_list),
        "is_over": survey.is_over(now),
        "shows": rules.shows_results(survey, now),
        "reminder": _reminder(request, found),
        "is_author": rules.asks_again(request.viewer, survey),
        "following": getattr(survey, "following", None),
    }
    return render(request, "surveys/survey.html", context)


def _reminder(request: HttpRequest, found: queries.Following) -> str:
    """What the button says: how many, and when it leaves; nothing when there is nobody to remind."""
    if not found.missing or not found.survey.takes_answers(timezone.now()):
        return ""
    said = ngettext(
        "Relancer (%(num)s réponse manque)", "Relancer (%(num)s réponses manquent)", found.missing
    ) % {"num": found.missing}
    at = opening_after(request.viewer.school, timezone.now())
    if at is not None and at >= found.survey.closes_at:
        return ""
    return (
        said
        if at is None
        else _("%(what)s, départ %(when)s") % {"what": said, "when": dates.day_and_hour(at)}
    )


def _draft_page(
    request: HttpRequest, survey: Survey, adding: QuestionForm | None = None, status: int = 200
) -> HttpResponse:
    asked = questions_of(survey.questionnaire) if survey.questionnaire else []
    lines = queries.voters_meant(survey, request.viewer.today)
    context: dict[str, Any] = {
        "survey": survey,
        "whom": queries.whom(survey),
        "questions": asked,
        "adding": adding or QuestionForm(asked),
        "answers": len({getattr(line, survey.counts_by) for line in lines}),
        "changes": rules.changes(request.viewer, survey),
    }
    return render(request, "surveys/draft.html", context, status=status)


@opens(Survey, to=rules.changes)
@require_POST
def add_question(request: HttpRequest, survey: Survey) -> HttpResponse:
    """One more question of a draft."""
    survey = queries.whole(survey.pk)
    known = questions_of(survey.questionnaire) if survey.questionnaire else []
    form = QuestionForm(known, request.POST)
    if not form.is_valid():
        return _draft_page(request, survey, form, status_of(form))
    try:
        writing.add_question(request.viewer, survey, form.facts())
    except writing.NotADraft:
        messages.error(request, _("Ce sondage est déjà parti : ses questions restent."))
    else:
        messages.success(request, _("La question est ajoutée."))
    return redirect("surveys:survey", pk=survey.pk)


@removes
@opens(Survey, to=rules.changes)
@require_POST
def remove_question(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """Take a question away from a draft."""
    key = request.POST.get("question", "")
    if key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY:
        try:
            done = writing.remove_question(request.viewer, survey, int(key))
        except writing.NotADraft:
            messages.error(request, _("Ce sondage est déjà parti : ses questions restent."))
        else:
            tell_outcome(request, done, _("La question est retirée."), _("Elle l’était déjà."))
    return redirect("surveys:survey", pk=survey.pk)


@opens(Survey, to=rules.sends)
@require_POST
def send(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """It leaves."""
    try:
        number = writing.send(request.viewer, survey)
    except writing.NotADraft:
        messages.info(request, _("Ce sondage est déjà parti."))
    except writing.Late:
        messages.error(request, _("Le dernier jour est passé : changez-le."))
    except writing.NotYours:
        messages.error(request, str(NOT_YOURS))
    except writing.NoQuestion:
        messages.error(request, _("Ce sondage ne pose pas encore de question."))
    except writing.Nobody:
        messages.error(request, _("Personne ne recevrait ce sondage : choisissez une classe."))
    else:
        messages.success(request, _leaves(queries.whole(survey.pk), number))
    return redirect("surveys:survey", pk=survey.pk)


def _leaves(survey: Survey, number: int) -> str:
    """To how many people it goes, and when."""
    if survey.opens_at <= timezone.now():
        said = ngettext(
            "Le sondage part vers %(num)s personne.", "Le sondage part vers %(num)s personnes.", number
        )
        return said % {"num": number}
    said = ngettext(
        "Le sondage partira vers %(num)s personne, %(when)s.",
        "Le sondage partira vers %(num)s personnes, %(when)s.",
        number,
    )
    return said % {"num": number, "when": dates.day_and_hour(survey.opens_at)}


@removes
@opens(Survey, to=rules.changes)
@require_POST
def remove(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """Throw a draft away."""
    done = writing.remove(request.viewer, survey)
    tell_outcome(
        request,
        done,
        _("Le brouillon est supprimé."),
        _("Ce sondage est parti : il se termine, il ne s’efface pas."),
    )
    return redirect("surveys:followed")


@opens(Survey, to=rules.drives)
@require_POST
def remind(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """Tell again those who have not answered, and them alone."""
    try:
        made = writing.remind(request.viewer, survey)
    except writing.Late:
        messages.error(request, _("Ce sondage n’attend pas de réponse en ce moment."))
    except writing.TooSoon:
        messages.info(
            request, _("Une relance est déjà partie aujourd’hui. La prochaine est possible demain.")
        )
    except writing.Nobody:
        messages.info(request, _("Il n’y a personne à relancer."))
    else:
        said = ngettext("%(num)s personne est relancée.", "%(num)s personnes sont relancées.", made.number)
        messages.success(request, said % {"num": made.number})
    return redirect("surveys:survey", pk=survey.pk)


@opens(Survey, to=rules.drives)
@require_POST
def send_to_newcomers(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """To those who came into the list since."""
    try:
        number = writing.send_to_newcomers(request.viewer, survey)
    except writing.NotYours:
        messages.error(request, str(NOT_YOURS))
    else:
        said = _leaves(queries.whole(survey.pk), number)
        tell_outcome(request, number > 0, said, _("Personne n’est arrivé depuis."))
    return redirect("surveys:survey", pk=survey.pk)


@opens(Survey, to=rules.drives)
@require_POST
def close(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """No answer is awaited any more."""
    done = writing.close(request.viewer, survey)
    tell_outcome(request, done, _("Le sondage est terminé : plus rien n’est attendu."), _("Il l’était déjà."))
    return redirect("surveys:survey", pk=survey.pk)


@opens(Survey, to=rules.asks_again)
@require_POST
def ask_again(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """The same questions in a new draft, to be changed."""
    try:
        made = writing.ask_again(request.viewer, survey)
    except writing.NoQuestion:
        messages.error(request, _("Ce sondage ne pose pas de question."))
        return redirect("surveys:survey", pk=survey.pk)
    if made.is_draft:
        messages.success(
            request,
            _("Voici une nouvelle version, en brouillon. L’ancienne se terminera quand vous l’enverrez."),
        )
    else:
        messages.info(request, _("Une nouvelle version est déjà partie\u202f: la voici."))
    return redirect("surveys:survey", pk=made.pk)


@opens(Survey, to=rules.drives)
@require_safe
def results(request: HttpRequest, survey: Survey) -> HttpResponse:
    """What was answered, question by question."""
    survey, now = queries.whole(survey.pk), timezone.now()
    shows = rules.shows_results(survey, now)
    context = {
        "survey": survey,
        "shows": shows,
        "results": queries.results(survey) if shows else [],
        "found": queries.following(survey, request.viewer.today),
    }
    return render(request, "surveys/results.html", context)


@opens(Survey, to=rules.drives)
@confirmed(reading=True)
@require_safe
def results_file(request: HttpRequest, survey: Survey) -> HttpResponse | StreamingHttpResponse:
    """The same for a spreadsheet: person by person, or, of an anonymous survey, counted."""
    survey = queries.whole(survey.pk)
    if survey.questionnaire is None or not rules.shows_results(survey, timezone.now()):
        return redirect("surveys:results", pk=survey.pk)
    journal.record(request.viewer, "surveys.exported", survey)
    if survey.is_anonymous:
        return csv_lines(f"resultats-{survey.pk}", counts_csv(queries.results(survey, whole=True)))
    return csv_lines(f"resultats-{survey.pk}", csv_of(survey.questionnaire))
