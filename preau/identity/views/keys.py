"""Pages of keys of access: one's own, making one, which is shown once, and revoking them."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.foundation.access import confirmed, opens, signed_in
from preau.foundation.pages import tell_outcome
from preau.identity import keys as secrets
from preau.identity import queries, rules
from preau.identity.actions import keys as keys_actions
from preau.identity.forms import MakeKeyForm
from preau.identity.middleware import is_narrowed
from preau.identity.models import AccessKey
from preau.identity.views.accounts import _number
from preau.identity.views.signing import answer

Kind = AccessKey.Kind
FAMILY_MAKES_NONE = gettext_lazy(
    "Pour créer un accès d’application, connectez-vous avec votre mot de passe\u202f: cette session n’ouvre que votre famille."
)
NO_PASSWORD = gettext_lazy(
    "Pour créer un accès d’application, il faut d’abord un mot de passe de Préau\u202f: votre établissement vous donne un code pour le choisir."
)
TOO_MANY = gettext_lazy("Vous avez déjà vingt accès\u202f: révoquez-en un avant d’en créer un autre.")
MADE = gettext_lazy(
    "Cet accès vient d’être créé, et ne s’affiche qu’une fois. Vous ne l’avez pas noté\u202f? Révoquez-le et créez-en un autre."
)


@opens(to=signed_in)
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """One's own keys: what each reads, until when, when it last served."""
    viewer = request.viewer
    context = {
        "keys": queries.keys_of(viewer),
        "most": rules.MOST_KEYS,
        "for_applications": bool(queries.doors_for(viewer, Kind.PASSWORD)),
        "for_programs": bool(queries.doors_for(viewer, Kind.TOKEN)),
        "forbidden": rules.may_hold_keys(viewer) and not rules.holds_keys(viewer),
    }
    return render(request, "identity/keys.html", context)


@opens(to=rules.makes_keys)
@confirmed(reading=True)
@require_http_methods(["GET", "POST"])
def make_key(request: HttpRequest) -> HttpResponse:
    """A password for the calendar of a telephone or the files of a computer; `nature=token`: for a program that somebody writes."""
    turned = FAMILY_MAKES_NONE if is_narrowed(request) else ""
    turned = turned or ("" if request.user.has_usable_password() else NO_PASSWORD)
    if turned:
        messages.warning(request, turned)
        return redirect("identity:keys")
    kind = _kind(request)
    doors = queries.doors_for(request.viewer, kind)
    form = MakeKeyForm(doors, request.POST or None)
    made = _try(request, form, kind) if request.method == "POST" and form.is_valid() else None
    context = {"form": form, "kind": kind, "last": queries.keys_of(request.viewer).last}
    return made or answer(request, "identity/make_key.html", context)


def _kind(request: HttpRequest) -> Kind:
    """The one that was asked for, if this seat has a door for it; else the one for which it has."""
    asked = request.POST.get("nature") or request.GET.get("nature", "")
    ways = [kind for kind in Kind if queries.doors_for(request.viewer, kind)]
    return next((kind for kind in ways if kind == asked), ways[0])


@sensitive_variables("drawn")
def _try(request: HttpRequest, form: MakeKeyForm, kind: Kind) -> HttpResponse | None:
    """Make it and show it, or leave on the form the sentence that says why not."""
    typed: dict[str, Any] = form.cleaned_data
    try:
        key, drawn = keys_actions.make_key(
            request.viewer,
            kind,
            typed["name"],
            typed["scopes"],
            days=int(typed["days"]),
            seen=_number(request, "vu"),
        )
    except keys_actions.TooManyAccesses:
        form.add_error(None, TOO_MANY)
        return None
    except keys_actions.MadeAlready:
        messages.info(request, MADE)
        return redirect("identity:keys")
    opened = [door for door in queries.doors_for(request.viewer, kind) if door.key in key.scopes]
    context = {
        "key": key,
        "login": request.user.login,
        "doors": opened,
        "kind": kind,
        "origin": settings.PUBLIC_URL,
        "secret": secrets.as_token(drawn) if kind == Kind.TOKEN else secrets.in_groups(drawn),
    }
    return render(request, "identity/key_made.html", context)


@opens(AccessKey, to=signed_in, by="public_id", stamped=False)
@require_POST
def revoke_key(request: HttpRequest, key: AccessKey) -> HttpResponseRedirect:
    """It opens nothing any more; what was set up with it asks for another."""
    tell_outcome(
        request,
        keys_actions.revoke_key(request.viewer, key),
        _("L’accès «\u202f%(name)s\u202f» n’ouvre plus rien.") % {"name": key.name},
    )
    return redirect("identity:keys")


@opens(to=signed_in, stamped=False)
@require_POST
def revoke_keys(request: HttpRequest) -> HttpResponseRedirect:
    """All of one's own at once."""
    count = keys_actions.revoke_keys(request.viewer)
    sentence = ngettext("%(num)d accès n’ouvre plus rien.", "%(num)d accès n’ouvrent plus rien.", count)
    tell_outcome(request, count, sentence % {"num": count})
    return redirect("identity:keys")
