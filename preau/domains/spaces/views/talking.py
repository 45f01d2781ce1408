"""Announcements and questions, what is taken away, what is reported."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.words import Profile
from preau.domains.spaces import rules
from preau.domains.spaces.actions import announcing, asking
from preau.domains.spaces.actions.walls import Known
from preau.domains.spaces.forms import AnnounceForm, AnswerForm, AskForm, ReportForm, WhyForm
from preau.domains.spaces.models import Announcement, Card, Definition, Question, Report, Space
from preau.domains.spaces.queries import people, talk
from preau.domains.spaces.queries.hours import hours_of
from preau.domains.spaces.views.frame import framed
from preau.domains.spaces.views.listing import home
from preau.foundation.access import opens
from preau.foundation.http import safe_next
from preau.foundation.pages import TYPED_WRONG, status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE = 20
STATES = [
    ("", gettext_lazy("Toutes")),
    ("attente", gettext_lazy("En attente")),
    ("repondues", gettext_lazy("Répondues")),
]


@opens(Space, to=rules.runs_now)
@require_POST
def announce(request: HttpRequest, space: Space) -> HttpResponse:
    """A word to all."""
    form = AnnounceForm(request.POST, auto_id="id_annonce_%s")
    if not form.is_valid():
        return home(request, space, TYPED_WRONG, announce_form=form)
    announcing.announce(request.viewer, space, form.cleaned_data["text"], form.cleaned_data["sent_as"])
    messages.success(
        request, _("L’annonce est dans l’espace. Ceux qui y entrent sont prévenus, à leurs heures.")
    )
    return redirect("spaces:space", pk=space.pk)


@opens(Space, to=rules.enters)
@require_safe
def announcements(request: HttpRequest, space: Space) -> HttpResponse:
    """All that was announced, page by page."""
    viewer = request.viewer
    page = page_for(request, talk.announcements_of(viewer, space), A_PAGE)
    rows = talk.announcement_rows(viewer, space, page.object_list)
    context = {"announcements": rows, "page_obj": page, "query": query_of(request)}
    return framed(request, "spaces/announcements.html", space, "home", context)


@opens(Space, to=rules.has_questions)
@require_safe
def questions(request: HttpRequest, space: Space) -> HttpResponse:
    """What was asked, and what was answered."""
    return _questions(request, space)


def _questions(
    request: HttpRequest, space: Space, form: AskForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    state = request.GET.get("reponses", "")
    page = page_for(request, talk.questions_of(viewer, space, state), A_PAGE)
    schools = people.number_of_schools(space)
    context = {
        "page_obj": page,
        "query": query_of(request),
        "rows": talk.question_rows(viewer, space, list(page.object_list), schools),
        "states": [(label, key, key == state) for key, label in STATES],
        "schools": schools,
        "hours": hours_of(space, viewer.moment) if space.asks else None,
        "asks": rules.asks(viewer, space),
        "ask_form": form or AskForm(),
        "people": people.people_of(space, viewer.today),
    }
    return framed(request, "spaces/questions.html", space, "questions", context, status)


@opens(Space, to=rules.asks)
@require_POST
def ask(request: HttpRequest, space: Space) -> HttpResponse:
    """Ask: now, or kept until the hours open."""
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            made = asking.ask(request.viewer, space, form.cleaned_data["text"], form.cleaned_data["sent_as"])
        except asking.NotTaken:
            form.add_error(
                None,
                _("Cet espace ne prend plus de questions. La vôtre reste ici : copiez-la avant de partir."),
            )
        except asking.TooManyWait:
            form.add_error(
                "text",
                _("Cinq de vos questions attendent déjà une réponse. Attendez-en une avant la suivante."),
            )
        else:
            messages.success(request, _said_of(request, space, made))
            return redirect(safe_next(request, reverse("spaces:questions", kwargs={"pk": space.pk})))
    return _questions(request, space, form, TYPED_WRONG)


def _said_of(request: HttpRequest, space: Space, made: Question) -> str:
    if made.shown_at > made.at:
        hours = hours_of(space, request.viewer.moment)
        return _("Votre question est gardée. Elle arrivera %(when)s.") % {"when": hours.opening_said}
    if not made.is_out:
        return _("Votre question est posée. La classe la verra quand votre professeur l’aura relue.")
    return _("Votre question est posée.")


@opens(Question, to=rules.enters)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, question: Question) -> HttpResponse:
    """One question: its answer, which whoever runs the space writes here."""
    viewer, space = request.viewer, question.space
    may_answer = rules.answers(viewer, question)
    shown = {"text": question.answer, "seen": asking.answer_seen(question)}
    form = AnswerForm(request.POST if request.method == "POST" else None, initial=shown)
    if request.method == "POST" and may_answer and form.is_valid():
        try:
            done = asking.answer(viewer, question, form.cleaned_data["text"], seen=form.cleaned_data["seen"])
        except asking.AnsweredMeanwhile:
            question.refresh_from_db(fields=["answer", "answered_at", "answered_by"])
            # What is typed stays; sent again, it replaces what is now shown above.
            typed = request.POST.copy()
            typed["seen"] = asking.answer_seen(question)
            form.data = typed
            form.add_error(
                "text", _("Un collègue a répondu entre-temps : lisez sa réponse, puis envoyez la vôtre.")
            )
        else:
            tell_outcome(
                request, done, _("La réponse est dans l’espace. Qui l’attendait est prévenu, à ses heures.")
            )
            return redirect("spaces:questions", pk=space.pk)
    schools = people.number_of_schools(space)
    row = talk.question_rows(viewer, space, [talk.with_counts(viewer, question)], schools)[0]
    context = {"row": row, "form": form if may_answer else None, "schools": schools}
    return framed(
        request, "spaces/question.html", space, "questions", context, status_of(form) if may_answer else 200
    )


def _back(space: int) -> HttpResponseRedirect:
    return redirect("spaces:questions", pk=space)


@opens(Question, to=rules.says_same)
@require_POST
def say_same(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    """Said, or taken back, as the button says."""
    same = request.POST.get("geste") != "retirer"
    done = asking.say_same(request.viewer, question, same=same)
    tell_outcome(request, done, _("Noté : vous avez la même question.") if same else _("C’est retiré."))
    return _back(question.space_id)


@opens(Question, to=rules.answers)
@require_POST
def take_back_answer(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    tell_outcome(
        request,
        asking.take_back_answer(request.viewer, question),
        _("La réponse est retirée : la question attend de nouveau."),
    )
    return _back(question.space_id)


@opens(Question, to=rules.answers)
@require_POST
def let_out(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    tell_outcome(request, asking.let_out(request.viewer, question), _("La classe voit la question."))
    return _back(question.space_id)


@opens(Question, to=rules.answers)
@require_POST
def close(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    """Closed, or open again, as the button says."""
    closed = request.POST.get("geste") != "rouvrir"
    done = asking.close(request.viewer, question, closed=closed)
    tell_outcome(
        request,
        done,
        _("La question est close.") if closed else _("La question attend de nouveau une réponse."),
    )
    return _back(question.space_id)


# Taking away and putting back


def _removing(request: HttpRequest, thing: Any, name: str, here: str, back: str) -> HttpResponse:
    """Ask why, then take it away; of one's own, nothing is asked but a click."""
    viewer = request.viewer
    form = WhyForm(
        request.POST if request.method == "POST" else None, is_mine=thing.by_id == viewer.person.pk
    )
    if request.method == "POST" and form.is_valid():
        done = asking.remove(viewer, thing, form.cleaned_data["why"])
        tell_outcome(request, done, _("C’est retiré."))
        return redirect(back, pk=thing.space_id)
    context = {
        "form": form,
        "thing": thing,
        "name": name,
        "back": back,
        "is_mine": thing.by_id == viewer.person.pk,
    }
    return framed(request, "spaces/remove.html", thing.space, here, context, status_of(form))


def _restoring(request: HttpRequest, thing: Any, back: str) -> HttpResponseRedirect:
    try:
        tell_outcome(request, asking.restore(request.viewer, thing), _("C’est remis."))
    except Known:
        messages.error(request, _("Le glossaire a de nouveau ce mot : retirez l’autre définition d’abord."))
    return redirect(back, pk=thing.space_id)


@opens(Question, to=rules.removes)
@require_http_methods(["GET", "POST"])
def remove_question(request: HttpRequest, question: Question) -> HttpResponse:
    return _removing(request, question, _("la question"), "questions", "spaces:questions")


@opens(Question, to=rules.puts_back)
@require_POST
def restore_question(request: HttpRequest, question: Question) -> HttpResponseRedirect:
    return _restoring(request, question, "spaces:questions")


@opens(Announcement, to=rules.removes)
@require_http_methods(["GET", "POST"])
def remove_announcement(request: HttpRequest, announcement: Announcement) -> HttpResponse:
    return _removing(request, announcement, _("l’annonce"), "home", "spaces:space")


@opens(Announcement, to=rules.puts_back)
@require_POST
def restore_announcement(request: HttpRequest, announcement: Announcement) -> HttpResponseRedirect:
    return _restoring(request, announcement, "spaces:space")


@opens(Card, to=rules.removes)
@require_http_methods(["GET", "POST"])
def remove_card(request: HttpRequest, card: Card) -> HttpResponse:
    return _removing(request, card, _("la carte"), "wall", "spaces:wall")


@opens(Card, to=rules.puts_back)
@require_POST
def restore_card(request: HttpRequest, card: Card) -> HttpResponseRedirect:
    return _restoring(request, card, "spaces:wall")


@opens(Definition, to=rules.removes)
@require_http_methods(["GET", "POST"])
def remove_word(request: HttpRequest, definition: Definition) -> HttpResponse:
    return _removing(request, definition, _("la définition"), "glossary", "spaces:glossary")


@opens(Definition, to=rules.puts_back)
@require_POST
def restore_word(request: HttpRequest, definition: Definition) -> HttpResponseRedirect:
    return _restoring(request, definition, "spaces:glossary")


# Reports


def _reporting(request: HttpRequest, thing: Any, here: str, back: str) -> HttpResponse:
    form = ReportForm(request.viewer, request.POST if request.method == "POST" else None)
    is_pupil = request.viewer.profile == Profile.PUPIL
    if request.method == "POST" and form.is_valid():
        done = asking.report(request.viewer, thing, form.cleaned_data["words"])
        tell_outcome(
            request,
            done,
            _("Merci : les adultes de l’espace sont prévenus.")
            if is_pupil
            else _("C’est signalé : les professeurs de l’espace et la direction sont prévenus."),
            _("Vous l’avez déjà signalé : les adultes le savent.")
            if is_pupil
            else _("Vous l’avez déjà signalé : ils le savent."),
        )
        return redirect(back, pk=thing.space_id)
    title = _("Signaler aux adultes") if is_pupil else _("Signaler ce contenu")
    context = {"form": form, "thing": thing, "back": back, "title": title}
    return framed(request, "spaces/report.html", thing.space, here, context, status_of(form))


@opens(Question, to=rules.reports)
@require_http_methods(["GET", "POST"])
def report_question(request: HttpRequest, question: Question) -> HttpResponse:
    return _reporting(request, question, "questions", "spaces:questions")


@opens(Card, to=rules.reports)
@require_http_methods(["GET", "POST"])
def report_card(request: HttpRequest, card: Card) -> HttpResponse:
    return _reporting(request, card, "wall", "spaces:wall")


@opens(Space, to=rules.runs)
@require_safe
def reports(request: HttpRequest, space: Space) -> HttpResponse:
    """What was reported in a space and waits."""
    rows = talk.open_reports(request.viewer, space, people.number_of_schools(space))
    return framed(request, "spaces/reports.html", space, "reports", {"reports": rows})


@opens(Report, to=rules.settles)
@require_POST
def dismiss(request: HttpRequest, report: Report) -> HttpResponseRedirect:
    """It may stay."""
    tell_outcome(request, asking.dismiss(request.viewer, report), _("C’est noté : cela reste dans l’espace."))
    return redirect("spaces:reports", pk=report.space_id)
