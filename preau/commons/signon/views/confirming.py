"""The page on which somebody gives their password again, because a service asks for it."""

from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.commons.signon import rules
from preau.commons.signon.forms import PasswordForm
from preau.commons.signon.queries import access
from preau.commons.signon.views.cas import enter, one, refused, unknown
from preau.foundation.access import opens
from preau.foundation.pages import render_form
from preau.identity import boards, devices


@opens(to=rules.has_services)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """One's password again, then to the service."""
    wanted = request.POST.get("service", "") or one(request, "service")
    if not wanted:
        return redirect("signon:services")
    place = access.place_of(wanted)
    if place is None:
        return unknown(request)
    openings = access.openings_to(request.viewer, place)
    if not openings:
        return refused(request, place)
    form = PasswordForm(request.POST or None)
    if form.is_valid() and is_theirs(request, form):
        return enter(request, wanted, openings, is_new=True, linger=True)
    asked = {"service": wanted, "renew": "true"}
    return page(request, form, openings, reverse("signon:login"), asked, wanted=wanted)


def page(
    request: HttpRequest,
    form: PasswordForm,
    openings: Any,
    address: str,
    asked: dict[str, str],
    *,
    wanted: str = "",
) -> HttpResponse:
    """The form; and for whoever came by elsewhere, the way by which they prove it there and come back to what the service asked."""
    back = f"{address}?{urlencode(asked | {'connexion': '1'})}"
    ways = list(filter(None, (known.way(request, back) for known in boards.agains)))
    context = {
        "form": form,
        "service": openings[0].service,
        "wanted": wanted,
        "ways": ways,
        "types": request.user.has_usable_password() or not ways,
    }
    return render_form(request, "signon/confirm.html", context)


def is_theirs(request: HttpRequest, form: PasswordForm) -> bool:
    """Is it the password of this account? Tries are counted with those of the sign-in page."""
    login = request.user.login
    if not devices.knock(request, login):
        form.add_error("password", ValidationError(_("Trop d’essais. Attendez un quart d’heure.")))
        return False
    account = authenticate(request, username=login, password=form.cleaned_data["password"])
    if account is None or account.pk != request.viewer.account_id:
        form.add_error("password", ValidationError(_("Ce mot de passe ne convient pas.")))
        return False
    devices.reopen(request, login)
    return True
