"""What a pupil and a family read of it, and what they say of it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.domains.attention import rules
from preau.domains.attention.actions import deciding
from preau.domains.attention.forms import WordForm
from preau.domains.attention.models import Review
from preau.domains.attention.queries import reviews
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.follows_own)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What somebody has looked at and decided, for oneself or one's children."""
    page = page_for(request, reviews.told_reviews(request.viewer), A_PAGE)
    return render(
        request, "attention/mine.html", {"page_obj": page, "several": request.viewer.follows_several}
    )


@opens(Review, to=rules.follows_own)
@require_http_methods(["GET", "POST"])
def told(request: HttpRequest, review: Review) -> HttpResponse:
    """One of them: the facts that were looked at, the decision, what is planned; and a word, which the school answers."""
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            deciding.write_word(
                request.viewer, review, form.cleaned_data["about"], form.cleaned_data["text"]
            ),
            _("C’est envoyé. L’établissement vous répondra ici."),
            _("Ce mot est déjà envoyé."),
        )
        return redirect("attention:told", pk=review.pk)
    context = {"found": reviews.page_of(request.viewer, review.pk), "form": form}
    return render_form(request, "attention/told.html", context)
