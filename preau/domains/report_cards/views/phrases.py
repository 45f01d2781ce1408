"""One's own phrases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.domains.report_cards.actions import phrases as keeping
from preau.domains.report_cards.forms.writing import PhraseForm
from preau.domains.report_cards.models import Phrase
from preau.domains.report_cards.rules import access
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import render_form, tell_outcome


@opens(to=access.takes_part)
@require_http_methods(["GET", "POST"])
def phrases(request: HttpRequest) -> HttpResponse:
    """Those that one keeps, and one more."""
    form = PhraseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            kept = keeping.keep_phrase(request.viewer, form.cleaned_data["text"])
        except keeping.Full:
            form.add_error("text", _("Pas plus de %(num)s phrases.") % {"num": keeping.MOST})
        else:
            tell_outcome(request, kept, _("La phrase est gardée."), _("Vous l’aviez déjà gardée."))
            return redirect("report_cards:phrases")
    own = Phrase.objects.visible_to(request.viewer).order_by("pk")
    return render_form(request, "report_cards/phrases.html", {"form": form, "phrases": list(own)})


@removes
@opens(Phrase, to=access.keeps)
@require_POST
def drop_phrase(request: HttpRequest, phrase: Phrase) -> HttpResponse:
    """Keep one no more."""
    keeping.drop_phrase(request.viewer, phrase)
    messages.success(request, _("La phrase n’est plus gardée."))
    return redirect("report_cards:phrases")
