"""The staff: surveys written, followed, told again, ended; their results."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.asking import actions as asking
from preau.commons.asking.queries import reminders
from preau.commons.asking.queries.typed import GroupFilter
from preau.commons.questions.queries.answers import counts_csv, csv_of, questions_of
from preau.commons.questions.queries.typed import QuestionForm
from preau.domains.surveys import rules
from preau.domains.surveys.actions import writing
from preau.domains.surveys.forms import SurveyForm
from preau.domains.surveys.models import Survey
from preau.domains.surveys.queries import surveys as queries
from preau.domains.surveys.queries.paper import is_on_paper, ways_said
from preau.foundation import dates, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.gone import removes
from preau.foundation.pages import keys_of, refusals, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE, ROWS = 30, 40
QUESTIONS_STAY = gettext_lazy("Ce sondage est déjà parti : ses questions restent.")
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
    chosen = GroupFilter(queries.groups_for(request.viewer), request.GET).chosen()
    ticked = None if request.POST else chosen.get("groupe")
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
        left = {asking.NotADraft: _("Ce sondage est déjà parti : faites-en une nouvelle version.")}
        with refusals(request, left):
            writing.change(request.viewer, survey, form.facts())
            messages.success(request, _("Le brouillon est changé."))
        return redirect("surveys:survey", pk=survey.pk)
    return render_form(request, "surveys/write.html", {"form": form, "survey": survey})


@opens(Survey, to=rules.follows)
@require_safe
def survey(request: HttpRequest, survey: Survey) -> HttpResponse:
    """A draft before it leaves; then who has answered."""
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
        "on_paper": is_on_paper(survey, now),
        "is_author": rules.asks_again(request.viewer, survey),
        "following": getattr(survey, "following", None),
    }
    return render(request, "surveys/survey.html", context)


def _reminder(request: HttpRequest, found: queries.Following) -> str:
    """What the button says: how many, and when it leaves; nothing when there is nobody to remind."""
    if not found.missing or not found.survey.takes_answers(timezone.now()):
        return ""
    label = ngettext(
        "Relancer (%(num)s réponse manque)", "Relancer (%(num)s réponses manquent)", found.missing
    ) % {"num": found.missing}
    return reminders.departure_said(request.viewer.school, label, found.survey.closes_at)


def _draft_page(
    request: HttpRequest, survey: Survey, adding: QuestionForm | None = None, status: int = 200
) -> HttpResponse:
    asked = questions_of(survey.questionnaire)
    lines = queries.voters_meant(survey, request.viewer.today)
    context: dict[str, Any] = {
        "survey": survey,
        "whom": queries.whom(survey),
        "questions": asked,
        "adding": adding or QuestionForm(asked),
        "answers": len({getattr(line, survey.counts_by) for line in lines}),
        "ways": ways_said(survey, lines),
        "changes": rules.changes(request.viewer, survey),
    }
    return render(request, "surveys/draft.html", context, status=status)


@opens(Survey, to=rules.changes)
@require_POST
def add_question(request: HttpRequest, survey: Survey) -> HttpResponse:
    """One more question of a draft."""
    survey = queries.whole(survey.pk)
    known = questions_of(survey.questionnaire)
    form = QuestionForm(known, request.POST)
    if not form.is_valid():
        return _draft_page(request, survey, form, status_of(form))
    with refusals(request, {asking.NotADraft: QUESTIONS_STAY}):
        writing.add_question(request.viewer, survey, form.facts())
        messages.success(request, _("La question est ajoutée."))
    return redirect("surveys:survey", pk=survey.pk)


@removes
@opens(Survey, to=rules.changes)
@require_POST
def remove_question(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """Take a question away from a draft."""
    with refusals(request, {asking.NotADraft: QUESTIONS_STAY}):
        for key in keys_of(request.POST, "question"):
            done = writing.remove_question(request.viewer, survey, key)
            tell_outcome(request, done, _("La question est retirée."), _("Elle l’était déjà."))
    return redirect("surveys:survey", pk=survey.pk)


@opens(Survey, to=rules.sends)
@require_POST
def send(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """It leaves."""
    mistakes = {
        asking.Late: _("Le dernier jour est passé : changez-le."),
        asking.NotYours: NOT_YOURS,
        writing.NoQuestion: _("Ce sondage ne pose pas encore de question."),
        asking.Nobody: _("Personne ne recevrait ce sondage : choisissez une classe."),
    }
    with refusals(request, mistakes, {asking.NotADraft: _("Ce sondage est déjà parti.")}):
        number = writing.send(request.viewer, survey)
        messages.success(request, _leaves(queries.whole(survey.pk), number))
    return redirect("surveys:survey", pk=survey.pk)


def _leaves(survey: Survey, number: int) -> str:
    """To how many people it goes, and when."""
    if survey.opens_at <= timezone.now():
        sentence = ngettext(
            "Le sondage part vers %(num)s personne.", "Le sondage part vers %(num)s personnes.", number
        )
        return sentence % {"num": number}
    sentence = ngettext(
        "Le sondage partira vers %(num)s personne, %(when)s.",
        "Le sondage partira vers %(num)s personnes, %(when)s.",
        number,
    )
    return sentence % {"num": number, "when": dates.day_and_hour(survey.opens_at)}


@removes
@opens(Survey, to=rules.changes)
@require_POST
def remove(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """Throw a draft away."""
    done = asking.remove(survey)
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
    late = {asking.Late: _("Ce sondage n’attend pas de réponse en ce moment.")}
    with refusals(request, late, asking.NOT_REMINDED):
        made = writing.remind(request.viewer, survey)
        messages.success(request, reminders.people_reminded(made.number))
    return redirect("surveys:survey", pk=survey.pk)


@opens(Survey, to=rules.drives)
@require_POST
def send_to_newcomers(request: HttpRequest, survey: Survey) -> HttpResponseRedirect:
    """To those who came into the list since."""
    with refusals(request, {asking.NotYours: NOT_YOURS}):
        number = writing.send_to_newcomers(request.viewer, survey)
        sentence = _leaves(queries.whole(survey.pk), number)
        tell_outcome(request, number > 0, sentence, _("Personne n’est arrivé depuis."))
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
