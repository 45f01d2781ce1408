"""What is said about a document, passage by passage, and what becomes of suggestions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from preau.commons.documents import rules
from preau.commons.documents.actions import comments as saying
from preau.commons.documents.actions import writing
from preau.commons.documents.forms import AnswerForm, CommentForm
from preau.commons.documents.models import Comment, Document
from preau.commons.documents.queries import remarks, texts
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import status_of, tell_outcome
from preau.foundation.paging import page_for, query_of

A_PAGE = 30
GONE = gettext_lazy("Vous ne commentez plus ce document.")


@opens(Document, to=rules.is_shown)
@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, document: Document) -> HttpResponseBase:
    """All that is said, and the form to say more."""
    form = None
    if rules.comments(request.viewer, document):
        asked = {"passage": request.GET.get("passage", "")[:300], "avant": request.GET.get("avant", "")[-60:]}
        form = CommentForm(
            texts.html_now(document), lambda: texts.doc_of(document), request.POST or None, initial=asked
        )
    if form and request.method == "POST" and form.is_valid() and _said(request, document, form):
        return redirect("documents:comments", pk=document.pk)
    return _page(request, document, form)


def _page(
    request: HttpRequest,
    document: Document,
    form: CommentForm | None,
    answer: AnswerForm | None = None,
    to: int = 0,
) -> HttpResponse:
    page = page_for(request, remarks.said_of(document), A_PAGE)
    context: dict[str, Any] = {
        "document": document,
        "page_obj": page,
        "query": query_of(request),
        "threads": remarks.threads_of(request.viewer, document, page.object_list),
        "form": form,
        "answer": answer or AnswerForm(),
        "asked": "passage" in request.GET,
        "answered": to,
        "comments": rules.comments(request.viewer, document),
        "asks": _whom_to_ask(document),
    }
    return render(request, "documents/comments.html", context, status=max(status_of(form), status_of(answer)))


def _whom_to_ask(document: Document) -> str:
    """Whoever began it; between schools people are known by their first names."""
    by = document.owner or document.begun_by
    if by is None:
        return ""
    return by.given_name if getattr(document, "meets", False) else by.full_name


def _said(request: HttpRequest, document: Document, form: CommentForm) -> bool:
    data = form.cleaned_data
    is_suggestion = data["genre"] == "suggestion"
    remark = saying.Said(
        data["passage"], data["avant"], data["texte"], data["place"] if is_suggestion else None
    )
    try:
        _made, new = saying.comment(request.viewer, document.pk, remark)
    except writing.NotOpen:
        form.add_error(None, GONE)
        return False
    tell_outcome(request, new, _("La suggestion est là.") if is_suggestion else _("Le commentaire est là."))
    return True


@opens(Comment, to=rules.answers)
@require_POST
def answer(request: HttpRequest, comment: Comment) -> HttpResponseBase:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, comment.document, None, form, comment.pk)
    return _done(
        request,
        comment,
        lambda: saying.answer(request.viewer, comment, form.cleaned_data["reponse"]),
        _("La réponse est là."),
    )


@opens(Comment, to=rules.runs_comment)
@require_POST
def accept(request: HttpRequest, comment: Comment) -> HttpResponseRedirect:
    """Put a suggestion in the text."""
    try:
        return _done(
            request,
            comment,
            lambda: saying.accept(request.viewer, comment),
            _("La suggestion est dans le texte."),
        )
    except saying.Gone:
        messages.error(
            request, _("Le passage a changé depuis : la suggestion ne s’applique plus telle quelle.")
        )
        return redirect("documents:comments", pk=comment.document_id)


@opens(Comment, to=rules.runs_comment)
@require_POST
def refuse(request: HttpRequest, comment: Comment) -> HttpResponseRedirect:
    return _done(
        request, comment, lambda: saying.refuse(request.viewer, comment), _("La suggestion est écartée.")
    )


@opens(Comment, to=rules.may_settle)
@require_POST
def settle(request: HttpRequest, comment: Comment) -> HttpResponseRedirect:
    """A comment is dealt with."""
    return _done(
        request, comment, lambda: saying.settle(request.viewer, comment), _("Le commentaire est traité.")
    )


@removes
@opens(Comment, to=rules.withdraws)
@require_POST
def withdraw(request: HttpRequest, comment: Comment) -> HttpResponseRedirect:
    return _done(request, comment, lambda: saying.withdraw(request.viewer, comment), _("C’est retiré."))


def _done(
    request: HttpRequest, comment: Comment, act: Callable[[], bool], sentence: str
) -> HttpResponseRedirect:
    try:
        changed = act()
    except writing.NotOpen:
        messages.error(request, GONE)
    else:
        tell_outcome(request, changed, sentence)
    return redirect("documents:comments", pk=comment.document_id)
