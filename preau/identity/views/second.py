"""Pages of the second proof: typing it after the password, putting it in place, taking it away."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.models import Person
from preau.foundation import kept
from preau.foundation.access import anyone, confirmed, opens
from preau.foundation.pages import tell_outcome
from preau.foundation.sealed import seal, unseal
from preau.identity import devices, exports, passkeys, queries, rules, totp, waiting
from preau.identity.actions import second, signing
from preau.identity.actions.passkeys import MOST
from preau.identity.forms import InstallForm, SecondStepForm
from preau.identity.middleware import is_narrowed, must_set_up
from preau.identity.views.accounts import _number
from preau.identity.views.signing import CLOSED, NO_ROLE, answer, by_passkey

WRONG_CODE = gettext_lazy(
    "Ces chiffres ne conviennent pas. Ils changent toutes les trente secondes et ne servent qu’une fois : écrivez ceux qui "
    "s’affichent maintenant. L’heure de votre téléphone doit être juste."
)
WRONG_RECOVERY = gettext_lazy("Ce code de secours ne convient pas, ou il a déjà servi.")
WRONG_FIRST = gettext_lazy(
    "Ces chiffres ne conviennent pas. Écrivez ceux que l’application affiche maintenant ; l’heure de votre téléphone doit être juste."
)
TOO_LATE = gettext_lazy(
    "Cette page a attendu trop longtemps : visez le nouveau carré, puis écrivez les chiffres qu’il donne."
)
FAMILY_ALONE = gettext_lazy(
    "Pour changer votre double vérification, connectez-vous avec votre mot de passe : cette session n’ouvre que votre famille."
)
SECRETS = ("code", "recovery", "former", "sealed", "credential")
# How long a page may wait for the first digits of the key that it shows.
PAGE_LIFE = timedelta(hours=1)
RENEW, REMOVE = "codes", "retirer"


@opens(to=anyone, before_proof=True)
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """After the right password: the digits of the application, or a code on paper."""
    if request.viewer and request.method == "GET":
        return redirect("/")
    account = waiting.account_of(request.session)
    ways = waiting.ways_of(account) if account else waiting.Ways()
    if account is None or not ways:
        messages.info(request, _("Recommencez par votre identifiant et votre mot de passe."))
        return redirect("identity:sign_in")
    form = SecondStepForm(request.POST or None, ways=ways)
    response = _try(request, form, account) if request.method == "POST" and form.is_valid() else None
    context = {"form": form, "login": account.login, "origin": passkeys.site()[1]}
    return response or answer(request, "identity/second_step.html", context)


def _try(request: HttpRequest, form: SecondStepForm, account: Any) -> HttpResponse | None:
    """Open the session, or leave on the form the one sentence that says why not."""
    proved = by_passkey(request, form, account) if form.is_signed else _types_it(request, form, account)
    if not proved:
        return None
    profiles, after = waiting.profiles_of(request.session), waiting.end(request.session)
    if signing.sign_in(request, account, proved=True, profiles=profiles) is None:
        form.add_error(None, NO_ROLE)
        return None
    response = redirect("identity:resume" if kept.KEY in request.session else after)
    devices.welcome(request, response, account.login)
    if form.cleaned_data["trusted"]:
        devices.trust(response, account)
    return response


def _types_it(request: HttpRequest, form: SecondStepForm, account: Any) -> bool:
    """Are the digits, or the code on paper, those of this account?"""
    code, recovery = form.cleaned_data.get("code", ""), form.cleaned_data["recovery"]
    if not devices.knock(request, account.login, "second"):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return False
    if not second.prove(account, code=code, recovery=recovery):
        field = "recovery" if recovery else "code"
        form.add_error(field, WRONG_RECOVERY if recovery else WRONG_CODE)
        second.note_wrong_proof(account)
        return False
    devices.reopen(request, account.login, "second")
    return True


@opens(to=rules.may_prove_twice, stamped=False, before_proof=True)
@confirmed()
@require_http_methods(["GET", "POST"])
def second_proof(request: HttpRequest) -> HttpResponse:
    """Whether one's own account asks for a second proof; other codes on paper, or none of it: both ask for all that it asks."""
    gesture = request.POST.get("geste", "")
    if request.method == "POST" and is_narrowed(request):
        return turned_away(request, FAMILY_ALONE)
    if gesture in {RENEW, REMOVE}:
        return _renew(request) if gesture == RENEW else _remove(request)
    context = {"proofs": queries.second_proofs_of(request.viewer), "most": MOST}
    return render(request, "identity/second_proof.html", context)


def turned_away(request: HttpRequest, sentence: Any) -> HttpResponseRedirect:
    """A session that opens the family alone does not change what opens the whole account."""
    messages.warning(request, sentence)
    return redirect("identity:second_proof")


def _renew(request: HttpRequest) -> HttpResponse:
    codes = second.renew_recovery_codes(request.viewer, seen=_number(request, "vu"))
    if codes is None:
        messages.info(
            request, _("De nouveaux codes viennent d’être donnés : ils ne se montrent qu’une fois.")
        )
        return redirect("identity:second_proof")
    return show_codes(request, codes, _("Les codes d’avant ne marchent plus."))


def _remove(request: HttpRequest) -> HttpResponse:
    tell_outcome(
        request,
        second.remove_second_proof(request.viewer),
        _("L’application est retirée\u202f: vos clés d’accès suffisent.")
        if waiting.is_asked_of(request.user)
        else _("Votre mot de passe suffit de nouveau."),
    )
    return redirect("identity:second_proof")


def after_set_up(request: HttpRequest) -> str:
    """Where to go once it is in place; what was being sent on the day it was demanded waits. "": nowhere in particular."""
    waits = kept.KEY in request.session
    return reverse("identity:resume") if waits else "/" if must_set_up(request) else ""


def show_codes(request: HttpRequest, codes: list[str], sentence: str, after: str = "") -> HttpResponse:
    """Ten codes on paper, shown once."""
    return render(request, "identity/recovery_codes.html", {"codes": codes, "said": sentence, "after": after})


@opens(to=rules.may_prove_twice, stamped=False, before_proof=True)
@confirmed(reading=True)
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def install_second_proof(request: HttpRequest) -> HttpResponse:
    """A key for the application, and the first digits that it shows: nothing is kept before they are right."""
    if is_narrowed(request):
        return turned_away(request, FAMILY_ALONE)
    if queries.application_of(request.viewer):
        messages.info(request, _("La double vérification est déjà en place."))
        return redirect("identity:second_proof")
    form = InstallForm(request.POST or None)
    given = _secret(request, form)
    secret = given or totp.new_secret()
    if request.method == "POST" and form.is_valid() and not given:
        form.add_error("code", TOO_LATE)
    if request.method == "POST" and form.is_valid():
        had = waiting.is_asked_of(request.user)
        try:
            done = second.install_second_proof(
                request.viewer, secret, form.cleaned_data["code"], here=str(request.session.session_key)
            )
        except second.AlreadyThere:
            return redirect("identity:second_proof")
        if done:
            first = _("La double vérification est en place.")
            sentence = _("L’application est en place. Les codes d’avant ne marchent plus.") if had else first
            return show_codes(request, done, sentence, after_set_up(request))
        form.add_error("code", WRONG_FIRST)
    login = request.user.login
    address = totp.address(secret, issuer="Préau", login=login)
    context = {
        "form": form,
        "login": login,
        "sealed": seal(f"install.{request.user.pk}", secret),
        "demanded": request.user.proves_from if must_set_up(request) else None,
        "square": exports.drawn_square(address),
        "address": address,
        "spelled": totp.spelled(secret),
    }
    return answer(request, "identity/install_second_proof.html", context)


def _secret(request: HttpRequest, form: InstallForm) -> bytes | None:
    """The key that this page gave to this account, an hour ago at most; another one is given when it is not found."""
    return unseal(f"install.{request.user.pk}", form.data.get("sealed", ""), within=PAGE_LIFE)


@opens(Person, to=rules.can_lift_second_proof, by="public_id")
@confirmed()
@require_POST
def lift_second_proof(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """Somebody has lost telephone and codes: their password is enough again."""
    if second.lift_second_proof(request.viewer, person):
        sentence = _("La double vérification de %(name)s est retirée. Cette personne en est prévenue.")
        messages.success(request, sentence % {"name": person.full_name})
    else:
        messages.info(request, _("C’était déjà fait."))
    return redirect("identity:person", public_id=person.public_id)
