"""Pages where a password is chosen: with a code, with the former one; and the one that sends a link."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.foundation import throttle
from preau.foundation.access import anyone, opens, signed_in
from preau.foundation.gone import removes
from preau.identity import boards, devices, queries, tasks
from preau.identity.actions import passwords, signing
from preau.identity.forms import ActivationForm, ChangePasswordForm, LoginForm
from preau.identity.models import Account, AccountSession, Activation
from preau.identity.rules import shortest_password
from preau.identity.standing import standings_of
from preau.identity.views.signing import CLOSED, NO_ROLE, answer

WRONG_CODE = gettext_lazy(
    "L’identifiant et le code ne vont pas ensemble, ou ce code a déjà servi, ou il est périmé. Relisez votre courrier "
    "signe par signe ; si cela ne suffit pas, demandez un nouveau code à votre établissement."
)
WRONG_LINK = gettext_lazy(
    "Ce lien ne marche plus : il sert une seule fois, pendant une heure. Demandez-en un autre."
)
WRONG_FORMER = gettext_lazy("Ce n’est pas votre mot de passe actuel.")
MOST_LINKS, MOST_LINKS_A_DAY = 6, 10
SECRETS = ("code", "new_password", "again", "former")


@opens(to=anyone)
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def activation(request: HttpRequest) -> HttpResponse:
    """Login and code of a letter, and the password to use from now on."""
    return _choose(request, ActivationForm, from_link=False)


@opens(to=anyone)
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """The same from the link of a mail: login and code came with it."""
    return _choose(request, ActivationForm, from_link=True)


def _choose(request: HttpRequest, form_class: type[ActivationForm], *, from_link: bool) -> HttpResponse:
    came = {"login": request.GET.get("identifiant", "")[:60], "code": request.GET.get("code", "")[:40]}
    if from_link and request.method == "GET" and not all(came.values()):
        return redirect("identity:forgotten")
    form = form_class(request.POST or None, initial=came)
    if from_link:
        form.from_a_link()
    if request.method == "POST" and form.is_valid():
        done = _try_code(request, form, WRONG_LINK if from_link else WRONG_CODE)
        if done:
            return done
    page = answer(request, "identity/activation.html", {"form": form, "from_link": from_link})
    # The code in the address goes nowhere: not even into the referrer of the form's own sending.
    page.headers["Referrer-Policy"] = "strict-origin"
    return page


def _try_code(request: HttpRequest, form: ActivationForm, wrong: object) -> HttpResponse | None:
    """Use the code, or say in one sentence that it does not fit: the same for whatever is wrong."""
    data = form.cleaned_data
    if not devices.knock(request, data["login"], "activation"):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return None
    found = queries.activation_for(data["login"], data["code"])
    if found is None:
        form.add_error(None, str(wrong))
        return None
    # The code is right: what follows are the person's own mistakes, and no try of a stranger.
    devices.reopen(request, data["login"], "activation")
    closed = boards.refused_here(request, found.account)
    if closed:
        form.add_error(None, closed)
        return None
    standing = standings_of([found.account.person_id], timezone.localdate())[found.account.person_id]
    if not form.accepts(found.account, standing):
        return None
    return _activate(request, form, found, wrong)


def _activate(
    request: HttpRequest, form: ActivationForm, found: Activation, wrong: object
) -> HttpResponse | None:
    try:
        viewer = passwords.activate(request, found, form.cleaned_data["new_password"])
    except passwords.CodeGone:
        form.add_error(None, str(wrong))
        return None
    except passwords.NoRole:
        form.add_error(None, NO_ROLE)
        return None
    if found.kind == Activation.Kind.FIRST_LETTER:
        sentence = _(
            "Bienvenue %(name)s ! Votre compte est ouvert. La prochaine fois, connectez-vous avec « %(login)s » et votre mot de passe."
        )
    else:
        sentence = _("Votre nouveau mot de passe est enregistré. Votre identifiant reste « %(login)s ».")
    messages.success(request, sentence % {"name": viewer.person.given_name, "login": found.account.login})
    if request.user.pk != found.account_id:
        return redirect("identity:second_step")
    response = redirect("/")
    devices.welcome(request, response, found.account.login)
    return response


@opens(to=anyone)
@require_http_methods(["GET", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link by mail. Whoever asks, for whatever login, reads the same page after the same work."""
    form = LoginForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return answer(request, "identity/forgotten.html", {"form": form})
    login = form.cleaned_data["login"]
    if not devices.knock(request, login, "forgotten"):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return answer(request, "identity/forgotten.html", {"form": form})
    account = Account.objects.filter(login=login).values_list("pk", flat=True).first()
    # A mailbox is not filled by whoever types its owner's login from many places.
    in_the_minute = throttle.hit("link_minute", login, window=timedelta(minutes=1))
    in_the_hour = throttle.hit("link", login, window=timedelta(hours=1))
    in_the_day = throttle.hit("link_day", login, window=timedelta(days=1))
    # A second click would send a second letter, whose link would put an end to the first one's.
    enough = in_the_minute > 1 or in_the_hour > MOST_LINKS or in_the_day > MOST_LINKS_A_DAY
    tasks.send_link.enqueue(0 if enough else account or 0)
    return render(request, "identity/forgotten_sent.html", {"login": login})


@opens(to=signed_in, stamped=False)
@sensitive_post_parameters(*SECRETS)
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own password, with the former one."""
    form = ChangePasswordForm(_shortest(request), request.POST or None)
    if request.method == "POST" and form.is_valid() and _change(request, form):
        return redirect("identity:change_password")
    return answer(request, "identity/change_password.html", {"form": form, "login": request.user.login})


def _change(request: HttpRequest, form: ChangePasswordForm) -> bool:
    """Change it, or leave beside the fields what does not fit."""
    account, data = request.user, form.cleaned_data
    if not knows_password(request, form):
        return False
    standing = standings_of([account.person_id], timezone.localdate())[account.person_id]
    if not form.accepts(account, standing):
        return False
    ended = passwords.change_password(request, request.viewer, data["new_password"])
    messages.success(request, f"{_('Votre mot de passe est changé.')} {_ended(ended)}".strip())
    return True


def knows_password(request: HttpRequest, form: Any) -> bool:
    """Whoever sits here knows the password of the account (`former`); if not, the form says so."""
    login = request.user.login
    if not devices.knock(request, login, "former"):
        form.add_error(None, ValidationError(CLOSED, code="closed"))
        return False
    if not check_password(form.cleaned_data["former"], request.user.password):
        form.add_error("former", WRONG_FORMER)
        return False
    devices.reopen(request, login, "former")
    return True


def _ended(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(num)d autre appareil a été déconnecté.", "%(num)d autres appareils ont été déconnectés.", count
    ) % {"num": count}


def _shortest(request: HttpRequest) -> int:
    person = request.viewer.person.pk
    return shortest_password(standings_of([person], request.viewer.today)[person])


@opens(to=signed_in)
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in, this browser first."""
    here = request.session.session_key
    found = sorted(
        AccountSession.objects.visible_to(request.viewer),
        key=lambda account_session: account_session.pk != here,
    )
    return render(request, "identity/sessions.html", {"sessions": found, "here": here})


@removes
@opens(AccountSession, to=signed_in, by="public_id", leaves=True)
@require_POST
def end_session(request: HttpRequest, session: AccountSession) -> HttpResponseRedirect:
    """Sign out of another browser, from here."""
    if session.pk == request.session.session_key:
        signing.sign_out(request, request.viewer)
        return redirect("identity:sign_in")
    signing.end_session(request.viewer, session)
    messages.success(request, _("« %(device)s » est déconnecté.") % {"device": session.device})
    return redirect("identity:sessions")
