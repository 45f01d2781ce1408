"""Signing people out: the page where a head signs a whole school out, and the gesture for one person."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.models import Person
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


@opens(Person, to=rules.can_give_code, by="public_id")
@require_POST
def sign_out_person(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """A telephone that was stolen, a computer left open: this person is out everywhere, and signs in again with their password."""
    everyone.sign_out_person(request.viewer, person)
    # The same words whether something was open or not: nobody learns here who is online.
    sentence = _("Aucun appareil de %(name)s n’est plus connecté. Son mot de passe n’a pas changé.")
    messages.success(request, sentence % {"name": person.full_name})
    return redirect("identity:person", public_id=person.public_id)


def _said(done: everyone.Out) -> str:
    browsers = ngettext(
        "%(num)d appareil est déconnecté.", "%(num)d appareils sont déconnectés.", done.browsers
    ) % {"num": done.browsers}
    sentences = [browsers if done.browsers else _("Aucun appareil n’était connecté.")]
    if done.keys:
        sentences.append(
            ngettext(
                "%(num)d accès d’application est coupé.",
                "%(num)d accès d’applications sont coupés.",
                done.keys,
            )
            % {"num": done.keys}
        )
    if done.passwords:
        sentences.append(
            ngettext(
                "%(num)d mot de passe est annulé\u202f: imprimez le courrier de cette personne.",
                "%(num)d mots de passe sont annulés\u202f: imprimez les courriers, classe par classe.",
                done.passwords,
            )
            % {"num": done.passwords}
        )
    if done.spared:
        sentences.append(
            ngettext(
                "%(num)d personne garde son mot de passe, que cet établissement ne peut pas lui reprendre.",
                "%(num)d personnes gardent leur mot de passe, que cet établissement ne peut pas leur reprendre.",
                done.spared,
            )
            % {"num": done.spared}
        )
    return " ".join(sentences)
