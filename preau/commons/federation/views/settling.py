"""Pages of those who settle providers: the list, one provider, who must come in by one, « le guichet ne répond pas »."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.federation import rules
from preau.commons.federation.actions import oidc, settling
from preau.commons.federation.forms import DoorForm, OnlyWaysForm, ProviderForm, SecretForm
from preau.commons.federation.models import Provider
from preau.commons.federation.queries.providers import (
    audiences_served,
    door_of,
    keys_told,
    only_ways_of,
    only_ways_told,
    providers_of,
    row_of,
)
from preau.commons.federation.words import Protocol, Trouble
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.reads_providers)
@require_safe
def providers(request: HttpRequest) -> HttpResponse:
    """The providers of the school, or of the platform."""
    viewer = request.viewer
    page = page_for(request, providers_of(viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": [row_of(one, viewer.moment) for one in page],
        "may_add": rules.adds_providers(viewer),
        "in_school": viewer.school_id is not None,
    }
    return render(request, "federation/providers.html", context)


@opens(to=rules.adds_providers)
@confirmed()
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """One provider more."""
    return _write(request, None)


@opens(Provider, to=rules.changes, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, provider: Provider) -> HttpResponse:
    """What a provider is, whom it knows, how its words lead to people."""
    return _write(request, provider)


def _write(request: HttpRequest, provider: Provider | None) -> HttpResponse:
    form = ProviderForm(provider, request.viewer, request.POST or None)
    if form.is_valid():
        try:
            written, changed = settling.save_provider(request.viewer, form.facts(), provider)
        except settling.SameName:
            form.add_error("name", _("Un autre fournisseur porte déjà ce nom."))
        except settling.Followed:
            form.add_error(
                "issuer",
                _(
                    "Des comptes sont déjà reliés par cette adresse. Pour un autre site, ajoutez un autre fournisseur."
                ),
            )
        else:
            messages.success(
                request, _("Le fournisseur est enregistré.") if changed else _("Rien n’a changé.")
            )
            return redirect("federation:provider", public_id=written.public_id)
    return render_form(request, "federation/write.html", {"form": form, "provider": provider})


@opens(Provider, to=rules.changes, by="public_id")
@confirmed(reading=True)
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "POST"])
def secret(request: HttpRequest, provider: Provider) -> HttpResponse:
    """The secret that a provider gives: written here, never shown again."""
    form = SecretForm(request.POST or None)
    if form.is_valid():
        settling.keep_secret(request.viewer, provider, form.cleaned_data["secret"])
        messages.success(request, _("Le secret est enregistré."))
        return redirect("federation:provider", public_id=provider.public_id)
    return render_form(request, "federation/secret.html", {"form": form, "provider": provider})


@opens(Provider, to=rules.reads_providers, by="public_id")
@require_safe
def provider(request: HttpRequest, provider: Provider) -> HttpResponse:
    """A provider: its state, what to give to those who keep it, what leads to people."""
    viewer = request.viewer
    context = {
        "provider": providers_of(viewer).get(pk=provider.pk),
        "row": row_of(provider, viewer.moment),
        "may_change": rules.changes(viewer, provider),
        "is_oidc": provider.protocol == Protocol.OIDC,
        "keys": keys_told(provider),
        "back": oidc.address_back(provider),
        "ended": f"{settings.PUBLIC_URL}{reverse('federation:ended', args=[provider.public_id])}",
        "after_logout": f"{settings.PUBLIC_URL}{reverse('identity:sign_in')}",
    }
    return render(request, "federation/provider.html", context)


@opens(Provider, to=rules.changes, by="public_id")
@require_POST
def attempt(request: HttpRequest, provider: Provider) -> HttpResponseRedirect:
    """« Essayer »: read its sheet and its keys, and say what is wrong."""
    trouble = settling.try_provider(request.viewer, provider)
    if trouble == Trouble.NONE:
        messages.success(request, _("Tout va bien : sa fiche et ses clés se lisent."))
    else:
        messages.warning(request, _("L’essai a échoué. %(why)s") % {"why": trouble.label})
    return redirect("federation:provider", public_id=provider.public_id)


@opens(to=rules.says_only_way)
@confirmed()
@require_http_methods(["GET", "POST"])
def only_ways(request: HttpRequest) -> HttpResponse:
    """For whom the passwords of Préau open nothing any more."""
    served = audiences_served(request.viewer)
    # No box ticked is an answer too.
    typed = request.POST if request.method == "POST" else None
    form = OnlyWaysForm(served, only_ways_of(request.viewer), typed)
    if form.is_valid():
        changed = settling.say_only_ways(request.viewer, form.cleaned_data["audiences"])
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("federation:providers")
    return render_form(request, "federation/only_ways.html", {"form": form, "served": served})


@opens(to=rules.opens_local_door)
@confirmed()
@require_http_methods(["GET", "POST"])
def local_door(request: HttpRequest) -> HttpResponse:
    """« Le guichet ne répond pas »: passwords and codes open the school for some days."""
    door = door_of(request.viewer)
    form = DoorForm(request.POST if request.method == "POST" and "close" not in request.POST else None)
    if request.method == "POST" and "close" in request.POST:
        done = settling.close_door(request.viewer)
        messages.success(
            request, _("L’ouverture de secours est refermée.") if done else _("C’était déjà fait.")
        )
        return redirect("federation:local_door")
    if form.is_valid():
        done = settling.open_door(request.viewer, form.cleaned_data["days"])
        sentence = _("Les mots de passe et les codes de Préau marchent de nouveau pour tout l’établissement.")
        messages.success(request, sentence if done else _("C’était déjà fait."))
        return redirect("federation:local_door")
    context = {
        "form": form,
        "door": door,
        "only_ways": only_ways_told(request.viewer),
        "reads_providers": rules.reads_providers(request.viewer),
    }
    return render_form(request, "federation/local_door.html", context)
