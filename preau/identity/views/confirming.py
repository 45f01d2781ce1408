"""« Confirmez que c’est bien vous »: asked before the gestures that a browser left open must not do (docs/decisions/0107)."""

from urllib.parse import urlencode

from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from preau.foundation import kept, proof
from preau.foundation.access import opens, signed_in
from preau.foundation.http import safe_next
from preau.identity import boards, devices, passkeys, queries, waiting
from preau.identity.actions import second, signing
from preau.identity.forms import ConfirmForm
from preau.identity.views.passwords import WRONG_FORMER
from preau.identity.views.second import WRONG_CODE, WRONG_RECOVERY
from preau.identity.views.signing import CLOSED, answer, by_passkey

SECRETS = ("former", "code", "recovery", "credential")


@opens(to=signed_in, stamped=False, before_proof=True)
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """One's password again, and the second proof where there is one; then on to the gesture that asked."""
    after, back = safe_next(request, "/"), safe_next(request, "", name="retour")
    if request.method == "GET" and proof.is_fresh(request.session, timezone.now()):
        return _go_on(request, after, back)
    form = ConfirmForm(request.POST or None, ways=waiting.ways_of(request.user))
    if request.method == "POST" and form.is_valid() and _is_theirs(request, form):
        signing.confirm(request, request.viewer)
        return redirect(f"{reverse('identity:confirm')}?{urlencode({'suite': after, 'retour': back})}")
    context = {
        "form": form,
        "suite": after,
        "retour": back,
        "login": request.user.login,
        "is_kept": after == reverse("identity:resume") and kept.KEY in request.session,
        "has_password": request.user.has_usable_password(),
        "has_card": queries.has_card(request.viewer),
        "origin": passkeys.site()[1],
    }
    here = f"{reverse('identity:confirm')}?{urlencode({'suite': after, 'retour': back})}"
    context["ways"] = list(filter(None, (known.way(request, here) for known in boards.agains)))
    return answer(request, "identity/confirm.html", context)


def _go_on(request: HttpRequest, after: str, back: str) -> HttpResponse:
    """A form waits on its own page; a link is followed by hand, since a file leaves the page where it is."""
    if after == reverse("identity:resume"):
        return redirect(f"{after}?{urlencode({'retour': back})}")
    if not back:
        return redirect(after)
    return render(request, "identity/confirmed.html", {"suite": after, "retour": back})


def _is_theirs(request: HttpRequest, form: ConfirmForm) -> bool:
    """Is it all that this account asks for? Tries are counted with those of the sign-in page."""
    if form.is_signed:
        return by_passkey(request, form, request.user) is not None
    login, data = request.user.login, form.cleaned_data
    if not devices.knock(request, login):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return False
    if not check_password(data["former"], request.user.password):
        form.add_error("former", WRONG_FORMER)
        return False
    if form.ways and not _proves(request, form):
        return False
    devices.reopen(request, login)
    return True


def _proves(request: HttpRequest, form: ConfirmForm) -> bool:
    login, recovery = request.user.login, form.cleaned_data["recovery"]
    code = form.cleaned_data.get("code", "")
    if not devices.knock(request, login, "second"):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return False
    if not second.prove(request.user, code=code, recovery=recovery):
        form.add_error("recovery" if recovery else "code", WRONG_RECOVERY if recovery else WRONG_CODE)
        second.note_wrong_proof(request.user)
        return False
    devices.reopen(request, login, "second")
    return True


@opens(to=signed_in, leaves=True, before_proof=True)
@require_POST
def otherwise(request: HttpRequest) -> HttpResponseRedirect:
    """For whoever signs in without a password: signing in again proves as much. What they were sending waits for them."""
    after = safe_next(request, "/")
    signing.sign_in_again(request, request.viewer)
    again = reverse("identity:sign_in")
    return redirect(again if after == "/" else f"{again}?{urlencode({'suite': after})}")
