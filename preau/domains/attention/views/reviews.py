"""Reviews: in lists, one whole, and what is added to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.attention import rules
from preau.domains.attention.actions import deciding
from preau.domains.attention.forms import AnswerForm, DecisionForm, EndForm, StepForm
from preau.domains.attention.models import Review, Step, Word
from preau.domains.attention.queries.reviews import page_of, reviews_of
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, TYPED_WRONG, render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 30


@opens(to=rules.looks_at_facts)
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Those that go on, those with a word that waits for its answer, those that are over."""
    asked = request.GET.get("voir")
    part = asked if asked in {"fermes", "mots"} else ""
    page = page_for(request, reviews_of(request.viewer, part), A_PAGE)
    seen = [row.pupil_id for row in page.object_list]
    journal.record_reads(
        request.viewer, "attention.page_read", request.viewer.school, subject_ids=sorted(set(seen))
    )
    return render(request, "attention/reviews.html", {"page_obj": page, "part": part})


@opens(Review, to=rules.reads_review)
@require_safe
def review(request: HttpRequest, review: Review) -> HttpResponse:
    """One review: facts, decisions, steps, words; for the adult who was told, without the words."""
    return _page(request, review)


def _page(
    request: HttpRequest, review: Review, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    journal.record_read(viewer, "attention.page_read", review, subject_id=review.pupil_id)
    context = {
        "found": page_of(viewer, review.pk),
        "in_charge": rules.looks_at_facts(viewer),
        "today": viewer.today,
        "step": StepForm(viewer.today),
        "end": EndForm(),
        "answer": AnswerForm(),
        "answered_word": None,
    } | (forms or {})
    return render(request, "attention/review.html", context, status=status)


def _is_over(request: HttpRequest, review: Review) -> HttpResponse:
    messages.info(
        request,
        _("Cet accompagnement est terminé : rien n’a été ajouté. Revoyez la décision pour le rouvrir."),
    )
    return redirect("attention:review", pk=review.pk)


@opens(Review, to=rules.looks_at_facts)
@require_http_methods(["GET", "POST"])
def decide_again(request: HttpRequest, review: Review) -> HttpResponse:
    """Another decision of the same facts, which opens again what was over; the former ones stay readable."""
    form = DecisionForm(request.viewer, review.pupil_id, request.POST or None, review=review)
    if request.method != "POST" or not form.is_valid():
        found = page_of(request.viewer, review.pk, whole=False)
        journal.record_read(request.viewer, "attention.page_read", review, subject_id=review.pupil_id)
        return render_form(request, "attention/decide_again.html", {"found": found, "form": form})
    tell_outcome(
        request,
        deciding.decide_again(request.viewer, review, form.said()),
        _("La décision est changée. L’ancienne reste lisible."),
        NOTHING_CHANGED,
    )
    return redirect("attention:review", pk=review.pk)


@opens(Review, to=rules.looks_at_facts)
@require_POST
def add_step(request: HttpRequest, review: Review) -> HttpResponse:
    """Plan something by a day."""
    form = StepForm(request.viewer.today, request.POST)
    if not form.is_valid():
        return _page(request, review, {"step": form}, TYPED_WRONG)
    try:
        added = deciding.add_step(request.viewer, review, form.cleaned_data["what"], form.cleaned_data["due"])
    except deciding.Over:
        return _is_over(request, review)
    tell_outcome(
        request,
        added,
        _("L’étape est ajoutée. L’élève et sa famille la lisent."),
        _("Cette étape y était déjà."),
    )
    return redirect("attention:review", pk=review.pk)


@opens(Step, to=rules.looks_at_facts)
@require_POST
def note_step(request: HttpRequest, step: Step) -> HttpResponse:
    """A step was done, or was not after all."""
    done = request.POST.get("geste") != "rouvrir"
    try:
        noted = deciding.note_step(request.viewer, step, done=done)
    except deciding.Over:
        return _is_over(request, step.review)
    tell_outcome(
        request,
        noted,
        _("L’étape est faite.") if done else _("L’étape est de nouveau à faire."),
        _("C’était déjà noté."),
    )
    return redirect("attention:review", pk=step.review_id)


@opens(Review, to=rules.looks_at_facts)
@require_POST
def end(request: HttpRequest, review: Review) -> HttpResponse:
    """End a review with what came of it."""
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, review, {"end": form}, TYPED_WRONG)
    tell_outcome(
        request,
        deciding.end(request.viewer, review, form.cleaned_data["outcome"]),
        _("L’accompagnement est terminé. L’élève et sa famille lisent le bilan."),
        _("Cet accompagnement était déjà terminé."),
    )
    return redirect("attention:review", pk=review.pk)


@opens(Word, to=rules.looks_at_facts)
@require_POST
def answer(request: HttpRequest, word: Word) -> HttpResponse:
    """Answer what a family or a pupil wrote."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, word.review, {"answer": form, "answered_word": word.pk}, TYPED_WRONG)
    tell_outcome(
        request,
        deciding.answer(request.viewer, word, form.cleaned_data["answer"]),
        _("La réponse est envoyée."),
        _("Ce mot a déjà une réponse."),
    )
    return redirect("attention:review", pk=word.review_id)
