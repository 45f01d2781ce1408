"""The page where a head signs a whole school out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from preau.foundation.access import confirmed, opens
from preau.identity import queries, rules
from preau.identity.actions import everyone
from preau.identity.forms import EveryoneOutForm
from preau.identity.queries import Audience
from preau.identity.views.signing import answer


@opens(to=rules.directs)
@confirmed()
@require_http_methods(["GET", "POST"])
def everyone_out(request: HttpRequest) -> HttpResponse:
    """Choose who is signed out, and whether their passwords go too."""
    found = {one: queries.keys_in_use(queries.open_accounts_of(request.viewer, one)) for one in Audience}
    form = EveryoneOutForm({one: accounts for one, (accounts, _keys) in found.items()}, request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = everyone.sign_everyone_out(request.viewer, form.audiences, passwords=form.takes_passwords)
        messages.success(request, _said(done))
        return redirect("identity:accounts" if done.passwords else "identity:everyone_out")
    in_use = {one.value: keys for one, (_accounts, keys) in found.items()}
    return answer(request, "identity/everyone_out.html", {"form": form, "in_use": in_use})


def _said(done: everyone.Out) -> str:
    browsers = ngettext(
        "%(num)d appareil est déconnecté.", "%(num)d appareils sont déconnectés.", done.browsers
    ) % {"num": done.browsers}
    said = [browsers if done.browsers else _("Aucun appareil n’était connecté.")]
    if done.keys:
        said.append(
            ngettext(
                "%(num)d accès d’application est coupé.",
                "%(num)d accès d’applications sont coupés.",
                done.keys,
            )
            % {"num": done.keys}
        )
    if done.passwords:
        said.append(
            ngettext(
                "%(num)d mot de passe est annulé\u202f: imprimez le courrier de cette personne.",
                "%(num)d mots de passe sont annulés\u202f: imprimez les courriers, classe par classe.",
                done.passwords,
            )
            % {"num": done.passwords}
        )
    if done.spared:
        said.append(
            ngettext(
                "%(num)d personne garde son mot de passe, que cet établissement ne peut pas lui reprendre.",
                "%(num)d personnes gardent leur mot de passe, que cet établissement ne peut pas leur reprendre.",
                done.spared,
            )
            % {"num": done.spared}
        )
    return " ".join(said)
