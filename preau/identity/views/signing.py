"""Pages of signing in and out, and of changing seats."""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.foundation import kept, proof, stamp
from preau.foundation.access import anyone, opens, signed_in
from preau.foundation.http import safe_next
from preau.identity import boards, devices, passkeys, queries, sessions, waiting
from preau.identity.actions import signing
from preau.identity.actions.passkeys import prove_by_passkey
from preau.identity.forms import SignInForm
from preau.identity.models import Account

WRONG = _("L’identifiant ou le mot de passe ne convient pas. Vérifiez les majuscules, puis réessayez.")
CLOSED = _(
    "Trop d’essais. Attendez un quart d’heure, ou demandez à votre établissement un nouveau mot de passe."
)
SLOWED = _(
    "Beaucoup d’essais viennent de votre réseau en ce moment. Attendez quelques secondes, puis réessayez."
)
NO_ROLE = _(
    "Ce compte n’est plus rattaché à un établissement. Demandez au secrétariat de vérifier votre dossier."
)

WRONG_KEY = _("Cette clé d’accès ne convient pas. Essayez avec une autre, ou d’une autre façon.")
KEY_TOO_LATE = _("La demande a attendu trop longtemps, ou a déjà servi. Recommencez avec votre clé d’accès.")
VOIDED = _(
    "Le mot de passe de ce compte a été annulé\u202f: choisissez-en un autre avec le code que donne l’établissement. Votre clé "
    "d’accès marchera de nouveau."
)


@opens(to=anyone)
@sensitive_post_parameters("password", "credential")
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
        "origin": passkeys.site()[1],
    }
    context["ways"] = [way for known in boards.ways_in for way in known.ways(request, context["suite"])]
    context["more"] = next(
        filter(None, (known.more(request, context["suite"]) for known in boards.ways_in)), ""
    )
    return answer(request, "identity/sign_in.html", context)


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page of a form: 422 with mistakes, 429 with the time to wait when its door is closed."""
    form = context["form"]
    if not form.is_bound or form.is_valid():
        return render(request, template, context)
    if not form.has_error(NON_FIELD_ERRORS, "closed"):
        return render(request, template, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    response = render(request, template, context, status=HTTPStatus.TOO_MANY_REQUESTS)
    wait = getattr(request, "slowed_for", 0) or int(devices.WINDOW.total_seconds())
    response.headers["Retry-After"] = str(wait)
    return response


def by_passkey(request: HttpRequest, form: Any, account: Account | None = None) -> Account | None:
    """The account whose passkey signed what the form brings: this one, or the one that the key names. If none, the form says why."""
    typed = form.cleaned_data["credential"]
    key = queries.passkey_in(typed)
    known = account or (key.account if key else None)
    login = known.login if known else ""
    if not devices.knock(request, login, "passkey"):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return None
    try:
        proved = prove_by_passkey(request.session, typed, key, account)
    except passkeys.TooLate:
        form.add_error(None, KEY_TOO_LATE)
        return None
    except passkeys.NotProved:
        form.add_error(None, WRONG_KEY)
        return None
    devices.reopen(request, login, "passkey")
    return proved


def _come_by_passkey(request: HttpRequest, form: SignInForm) -> HttpResponse | None:
    """The key, and what opens it, are two proofs: nothing more is asked. A password that the school took back opens nothing yet."""
    account = by_passkey(request, form)
    if account is None:
        return None
    refused = boards.refused_here(request, account) if account.has_usable_password() else VOIDED
    if refused:
        form.add_error(None, refused)
        return None
    if signing.sign_in(request, account, proved=True) is None:
        form.add_error(None, NO_ROLE)
        return None
    waiting.end(request.session)
    return _go_on(request, account.login)


def _go_on(request: HttpRequest, login: str) -> HttpResponse:
    after = "identity:resume" if kept.KEY in request.session else safe_next(request, "/")
    response = redirect(after)
    devices.welcome(request, response, login)
    return response


def _try(request: HttpRequest, form: SignInForm) -> HttpResponse | None:
    """Sign in, or leave on the form the one sentence that says why not."""
    if form.is_signed:
        return _come_by_passkey(request, form)
    login = form.cleaned_data["login"]
    if not devices.knock(request, login):
        sentence = SLOWED if getattr(request, "slowed_for", 0) else CLOSED
        form.add_error(None, ValidationError(sentence, code="closed"))
        return None
    account = authenticate(request, username=login, password=form.cleaned_data["password"])
    refused = boards.refused_here(request, account) if account else WRONG
    if account is None or refused:
        form.add_error(None, refused)
        return None
    twice = waiting.is_asked_of(account)
    if twice and not devices.is_trusted(request, account):
        waiting.begin(request, account, safe_next(request, "/"))
        return redirect("identity:second_step")
    if signing.sign_in(request, account) is None:
        form.add_error(None, NO_ROLE)
        return None
    if twice:
        # Trust spares the telephone each morning, not before a gesture that asks who is there.
        proof.forget(request.session)
    return _go_on(request, login)


@opens(to=signed_in, leaves=True, before_proof=True)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseRedirect:
    goodbyes = [known.prepare(request) for known in boards.farewells]
    signing.sign_out(request, request.viewer)
    response = redirect(next((goodbye() for goodbye in goodbyes if goodbye), "identity:sign_in"))
    if settings.HTTPS:
        # What a browser kept of pages. Not its storage, where a call of the roll that has not left yet may wait; nor its
        # cookies, which say that this browser is known.
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


@opens(to=signed_in, leaves=True)
@require_POST
def switch(request: HttpRequest) -> HttpResponseRedirect:
    """Take another seat; an unknown one, or the one already taken, changes nothing."""
    seat = next((s for s in request.viewer.other_seats if s.key == request.POST.get("seat")), None)
    if seat:
        signing.take_seat(request, request.viewer, seat)
    return redirect("/")


@opens(to=signed_in)
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """What was being sent when the session ended, or when its person was asked who they are: to send now, or to drop."""
    left = kept.take_back(request.session, request.viewer.account_id)
    origin = left and next((v for v in request.viewer.every_seat() if v.key == left["seat"]), None)
    if not left or not origin:
        return redirect("/")
    again = stamp.seal(request.viewer.account_id, left["seat"], confirmed=True)
    context = {"fields": left["fields"], "again": again, "origin": origin, "address": left["address"]}
    context |= {
        "words": kept.words_of(left["fields"]),
        "was_asked": left.get("asked", False),
        "back": safe_next(request, "/", name="retour"),
    }
    return render(request, "kept_form.html", context)
