"""Pages of signing in and out, and of changing seats."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.foundation import kept, stamp
from preau.foundation.access import anyone, opens, signed_in
from preau.foundation.http import safe_next
from preau.identity import actions, devices, sessions
from preau.identity.forms import SignInForm

WRONG = _("L’identifiant ou le mot de passe ne convient pas. Vérifiez les majuscules, puis réessayez.")
CLOSED = _(
    "Trop d’essais. Attendez un quart d’heure, ou demandez à votre établissement un nouveau mot de passe."
)
NO_ROLE = _(
    "Ce compte n’est plus rattaché à un établissement. Demandez au secrétariat de vérifier votre dossier."
)


@opens(to=anyone)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.viewer and request.method == "GET":
        return redirect(safe_next(request, "/"))
    form = SignInForm(request.POST or None)
    response = _try(request, form) if request.method == "POST" and form.is_valid() else None
    if response:
        return response
    context = {
        "form": form,
        "suite": safe_next(request, ""),
        "something_kept": kept.KEY in request.session,
        "over": request.session.get(sessions.OVER),
    }
    return answer(request, "identity/sign_in.html", context)


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form: 422 with mistakes, 429 with the time to wait when its door is closed."""
    form = context["form"]
    if not form.is_bound or form.is_valid():
        return render(request, template, context)
    if not form.has_error(NON_FIELD_ERRORS, "closed"):
        return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    response = render(request, template, context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(devices.WINDOW.total_seconds()))
    return response


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse | None:
    """Sign in, or leave on the form the one sentence that says why not."""
    login = form.cleaned_data["login"]
    if not devices.knock(request, login):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return None
    account = authenticate(request, username=login, password=form.cleaned_data["password"])
    if account is None:
        form.add_error(None, WRONG)
        return None
    if actions.sign_in(request, account) is None:
        form.add_error(None, NO_ROLE)
        return None
    after = "identity:resume" if kept.KEY in request.session else safe_next(request, "/")
    response = redirect(after)
    devices.welcome(request, response, login)
    return response


@opens(to=signed_in, leaves=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseRedirect:
    actions.sign_out(request, request.viewer)
    return redirect("identity:sign_in")


@opens(to=signed_in, leaves=True)
@require_POST
def switch(request: HttpRequest) -> HttpResponseRedirect:
    """Take another seat; an unknown one, or the one already taken, changes nothing."""
    seat = next((s for s in request.viewer.other_seats if s.key == request.POST.get("seat")), None)
    if seat:
        actions.take_seat(request, request.viewer, seat)
    return redirect("/")


@opens(to=signed_in)
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """What was being sent when the session ended: to send now, or to drop."""
    left = kept.take_back(request.session, request.viewer.account_id)
    origin = left and next((v for v in request.viewer.every_seat() if v.key == left["seat"]), None)
    if not left or not origin:
        return redirect("/")
    again = stamp.seal(request.viewer.account_id, left["seat"], confirmed=True)
    context = {"fields": left["fields"], "again": again, "origin": origin, "address": left["address"]}
    return render(request, "kept_form.html", context)
