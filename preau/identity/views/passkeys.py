"""Pages of passkeys: adding one, naming it, taking it away; and what a browser asks before it proves with one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from preau.foundation.access import anyone, confirmed, opens
from preau.foundation.gone import removes
from preau.identity import passkeys, queries, rules, sessions, waiting
from preau.identity.actions import passkeys as passkeys_actions
from preau.identity.forms import AddPasskeyForm, PasskeyNameForm
from preau.identity.middleware import is_narrowed
from preau.identity.models import Passkey
from preau.identity.views.second import FAMILY_ALONE, after_set_up, show_codes, turned_away
from preau.identity.views.signing import KEY_TOO_LATE, answer

NO_KEY = gettext_lazy(
    "Aucune clé d’accès n’a été faite. Il faut un navigateur récent, avec JavaScript, et un appareil qui se déverrouille."
)
NOT_MADE = gettext_lazy(
    "Cette clé d’accès n’a pas pu être ajoutée. Recommencez, ou choisissez un autre appareil."
)
FAMILY_ADDS_NONE = gettext_lazy(
    "Pour ajouter une clé d’accès, connectez-vous avec votre mot de passe : cette session n’ouvre que votre famille."
)
TOO_MANY = gettext_lazy("Vous avez déjà dix clés d’accès\u202f: retirez-en une avant d’en ajouter une autre.")


@opens(to=anyone, before_proof=True)
@require_POST
def passkey_challenge(request: HttpRequest) -> JsonResponse:
    """What to sign: for whoever comes, without a name; `moi`: for whoever is signed in here, or has given their password."""
    account = None
    if request.POST.get("moi"):
        account = request.user if request.viewer else waiting.account_of(request.session)
    return JsonResponse(passkeys_actions.ask_for_proof(request.session, account))


@opens(to=rules.may_prove_twice, leaves=True, before_proof=True)
@require_POST
def passkey_options(request: HttpRequest) -> JsonResponse:
    """What to make a key from."""
    if is_narrowed(request):
        raise PermissionDenied
    return JsonResponse(passkeys_actions.ask_for_key(request.viewer, request.session))


@opens(to=rules.may_prove_twice, stamped=False, before_proof=True)
@confirmed(reading=True)
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A name, and the key that the browser makes; codes on paper besides, when it is the first second proof."""
    if is_narrowed(request):
        return turned_away(request, FAMILY_ADDS_NONE)
    device = sessions.device_of(request.headers.get("User-Agent", ""))
    form = AddPasskeyForm(request.POST or None, initial={"name": device})
    response = _add(request, form) if request.method == "POST" and form.is_valid() else None
    context = {"form": form, "origin": passkeys.site()[1]}
    return response or answer(request, "identity/add_passkey.html", context)


def _add(request: HttpRequest, form: AddPasskeyForm) -> HttpResponse | None:
    """Keep it, or leave on the form the one sentence that says why not."""
    typed, name, after = form.cleaned_data["credential"], form.cleaned_data["name"], after_set_up(request)
    if not typed:
        form.add_error(None, NO_KEY)
        return None
    try:
        codes = passkeys_actions.add_passkey(request.viewer, request.session, typed, name)
    except passkeys.TooLate:
        form.add_error(None, KEY_TOO_LATE)
    except passkeys.NotProved:
        form.add_error(None, NOT_MADE)
    except passkeys_actions.TooManyKeys:
        form.add_error(None, TOO_MANY)
    else:
        sentence = _("La clé d’accès «\u202f%(name)s\u202f» est ajoutée.") % {"name": name}
        if codes:
            return show_codes(request, codes, sentence, after)
        messages.success(request, sentence)
        return redirect(after or "identity:second_proof")
    return None


@opens(Passkey, to=rules.may_prove_twice, by="public_id", stamped=False)
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest, key: Passkey) -> HttpResponse:
    """One of one's own keys: another name."""
    form = PasskeyNameForm(request.POST or None, initial={"name": key.name})
    if request.method == "POST" and form.is_valid():
        if passkeys_actions.rename_passkey(request.viewer, key, form.cleaned_data["name"]):
            messages.success(request, _("Le nom est enregistré."))
        return redirect("identity:second_proof")
    is_last = queries.second_proofs_of(request.viewer).is_last
    return answer(request, "identity/passkey.html", {"form": form, "key": key, "is_last": is_last})


@removes
@opens(Passkey, to=rules.may_prove_twice, by="public_id", stamped=False)
@confirmed()
@require_POST
def remove_passkey(request: HttpRequest, key: Passkey) -> HttpResponseRedirect:
    """It opens nothing any more; without another second proof, the password is enough again."""
    if is_narrowed(request):
        return turned_away(request, FAMILY_ALONE)
    name = key.name
    if passkeys_actions.remove_passkey(request.viewer, key):
        sentence = _(
            "La clé d’accès «\u202f%(name)s\u202f» est retirée\u202f: votre mot de passe suffit de nouveau."
        )
    else:
        sentence = _("La clé d’accès «\u202f%(name)s\u202f» est retirée.")
    messages.success(request, sentence % {"name": name})
    return redirect("identity:second_proof")
