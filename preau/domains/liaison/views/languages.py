"""For those who read little French: the language that a guardian chooses, the bank of phrases, a machine that the head lets in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.liaison import rules
from preau.domains.liaison.actions import translating
from preau.domains.liaison.forms import LanguageForm, PermitForm
from preau.domains.liaison.models import Recipient, TranslationPermit
from preau.domains.liaison.models.languages import LANGUAGES
from preau.domains.liaison.queries import languages as queries
from preau.domains.liaison.queries import phrases
from preau.domains.liaison.queries.masking import Unusable
from preau.foundation import translators
from preau.foundation.access import opens
from preau.foundation.pages import refusals, render_form, tell_outcome


@opens(to=rules.chooses_language)
@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """In which language, beside French, a guardian reads the notebook."""
    chosen = queries.language_of(request.viewer)
    form = LanguageForm(request.POST or None, initial={"language": chosen.code if chosen else ""})
    if form.is_valid():
        done = translating.choose_language(request.viewer, form.cleaned_data["language"])
        tell_outcome(request, done, _("Votre choix est gardé."), _("C’était déjà votre choix."))
        return redirect("liaison:language")
    context = {
        "form": form,
        "chosen": chosen,
        "has_checked": chosen is not None and phrases.has_checked(chosen.code),
        "is_offered": translators.is_offered(),
    }
    return render_form(request, "liaison/language.html", context)


@opens(to=rules.reads_words)
@require_safe
def phrase_bank(request: HttpRequest) -> HttpResponse:
    """The phrases that a word may bear, and who checked each text."""
    found = list(phrases.bank().values())
    context = {
        "phrases": found,
        "has_checked": phrases.has_checked(),
        "unchecked": sum(len(one.translations) - len(one.checked) for one in found),
        "languages": list(LANGUAGES.values()),
    }
    return render(request, "liaison/phrases.html", context)


@opens(Recipient, to=rules.receives)
@require_POST
def translate(request: HttpRequest, recipient: Recipient) -> HttpResponseRedirect:
    """Have a machine translate a word that one received: it is shown beside the French."""
    nothing = _("Aucune traduction n’est arrivée. Réessayez plus tard, ou demandez à l’établissement.")
    mistakes = {
        translating.NotOffered: _("Ce mot ne peut pas être traduit par une machine."),
        translating.TooMany: _("Trop de demandes : réessayez dans une heure."),
        translators.Unreachable: nothing,
        Unusable: nothing,
    }
    with refusals(request, mistakes):
        translating.translate(request.viewer, recipient)
        messages.success(request, _("La traduction est à côté du français."))
    return redirect("liaison:read", pk=recipient.pk)


@opens(to=rules.permits_translations)
@require_http_methods(["GET", "POST"])
def permit(request: HttpRequest) -> HttpResponse:
    """The head lets words be translated by the machine of this site, or stops it."""
    permitted = TranslationPermit.objects.visible_to(request.viewer).select_related("by").first()
    # A box that is not ticked is not sent.
    typed = request.POST if request.method == "POST" else None
    form = PermitForm(typed, initial={"is_permitted": permitted is not None})
    if form.is_valid():
        done = translating.permit(request.viewer, is_permitted=form.cleaned_data["is_permitted"])
        tell_outcome(request, done, _("Votre choix est gardé."), _("C’était déjà votre choix."))
        return redirect("liaison:permit")
    context = {
        "form": form,
        "permitted": permitted,
        "is_offered": translators.is_offered(),
        "host": translators.host(),
    }
    return render_form(request, "liaison/permit.html", context)
