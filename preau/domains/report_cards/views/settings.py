"""How the school writes its bulletins."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Subject
from preau.domains.report_cards.actions.settings import remove_signature, settle
from preau.domains.report_cards.actions.settings import take_signature as keep_signature
from preau.domains.report_cards.exports.cards import Pictures, card_context, card_pdf, pictures_of
from preau.domains.report_cards.forms.model import CardModelForm, SignatureForm
from preau.domains.report_cards.forms.settings import CardPolicyForm
from preau.domains.report_cards.models import policy_of
from preau.domains.report_cards.models.settings import SIGNATURE_SIDE
from preau.domains.report_cards.queries import sample
from preau.domains.report_cards.rules import access
from preau.foundation import pdf, pictures
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import no_pdf, pdf_file
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome
from preau.foundation.uploads import UploadRefused


@opens(to=access.settles)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The words that councils give, and the length of texts."""
    policy = policy_of(request.viewer.school_id or 0)
    form = CardPolicyForm(policy, request.POST if request.method == "POST" else None)
    if form.is_valid():
        changed = settle(request.viewer, form.cleaned_data)
        tell_outcome(
            request, changed, _("Les règles des bulletins sont enregistrées."), _("Rien n’a changé.")
        )
        return redirect("report_cards:settings")
    return render_form(request, "report_cards/settings.html", {"form": form})


def _model_page(request: HttpRequest, form: CardModelForm, signature: SignatureForm) -> dict[str, Any]:
    """The model as it is typed, and a bulletin of nobody made of it."""
    viewer, policy = request.viewer, policy_of(request.viewer.school_id or 0)
    if form.is_bound and form.is_valid():
        for name, value in form.said().items():
            setattr(policy, name, value)
    year = viewer.year.name if viewer.year else ""
    content = sample.sample_of(policy, viewer.school, year, form.subjects)
    return {
        "form": form,
        "signature_form": signature,
        "has_signature": bool(policy.signature),
        "has_logo": bool(viewer.school.logo),
        "has_pdf": pdf.is_possible(),
        **card_context(content, 1, Pictures(), top="h3", under="h4"),
    }


def _model_form(request: HttpRequest, data: Any = None) -> CardModelForm:
    policy = policy_of(request.viewer.school_id or 0)
    subjects = list(Subject.objects.visible_to(request.viewer))
    return CardModelForm(policy, sample.ordered(policy, subjects), data)


@opens(to=access.settles)
@require_http_methods(["GET", "POST"])
def model(request: HttpRequest) -> HttpResponse:
    """The model of the bulletin, with what it would give; it may be seen before it is kept."""
    form = _model_form(request, request.POST if request.method == "POST" else None)
    if form.is_valid() and request.POST.get("geste") != "voir":
        changed = settle(request.viewer, form.said())
        tell_outcome(request, changed, _("Le modèle du bulletin est enregistré."), _("Rien n’a changé."))
        return redirect("report_cards:model")
    return render_form(request, "report_cards/model.html", _model_page(request, form, SignatureForm()))


@opens(to=access.settles)
@confirmed(reading=True)
@require_safe
def model_pdf(request: HttpRequest) -> HttpResponse:
    """The same on paper, with the logo and the signature."""
    if not pdf.is_possible():
        return no_pdf()
    school, policy = request.viewer.school, policy_of(request.viewer.school_id or 0)
    year = request.viewer.year.name if request.viewer.year else ""
    content = sample.sample_of(policy, school, year, list(Subject.objects.visible_to(request.viewer)))
    return pdf_file("modele-bulletin", card_pdf(content, 1, pictures_of(school.logo, policy.signature)))


@opens(to=access.settles)
@require_POST
def take_signature(request: HttpRequest) -> HttpResponse:
    """The picture of a signature, redrawn."""
    signature = SignatureForm(request.POST, request.FILES)
    if signature.is_valid():
        try:
            picture = pictures.redrawn(signature.cleaned_data["picture"], SIGNATURE_SIDE)
        except UploadRefused as refusal:
            signature.add_error("picture", str(refusal))
        else:
            keep_signature(request.viewer, picture)
            messages.success(request, _("La signature est enregistrée."))
            return redirect("report_cards:model")
    context = _model_page(request, _model_form(request), signature)
    return render(request, "report_cards/model.html", context, status=TYPED_WRONG)


@opens(to=access.settles)
@require_POST
def drop_signature(request: HttpRequest) -> HttpResponse:
    """Bulletins to come bear none."""
    tell_outcome(request, remove_signature(request.viewer), _("La signature est retirée."))
    return redirect("report_cards:model")


@opens(to=access.settles)
@require_safe
def signature(request: HttpRequest) -> HttpResponseBase:
    """The picture, for whoever settles the model alone."""
    return pictures.served(policy_of(request.viewer.school_id or 0).signature)
