"""Pages of the cards with pictures: a class gives them, a child signs in with one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group, Person
from preau.foundation import kept
from preau.foundation.access import anyone, confirmed, opens
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome
from preau.identity import devices, exports, queries, rules
from preau.identity.actions import accounts, cards, signing
from preau.identity.codes import digest_of
from preau.identity.forms import CardForm
from preau.identity.pictures import HOW_MANY, PICTURES, known
from preau.identity.views.accounts import TOO_MANY, _list_of, _number
from preau.identity.views.signing import CLOSED, NO_ROLE

CARD = "carte"
WRONG_PICTURES = gettext_lazy(
    "La carte et les images ne vont pas ensemble. Recommence ; si tu ne sais plus, demande à ta maîtresse ou à ton maître."
)
NONE_GIVEN = gettext_lazy(
    "Aucune nouvelle carte : chaque élève de la classe en a une, ou elles viennent d’être préparées. Une carte ne se montre "
    "qu’une fois ; si elle est perdue, donnez-en une autre à l’élève."
)


@opens(Group, to=rules.gives_cards)
@require_safe
def class_cards(request: HttpRequest, group: Group) -> HttpResponse:
    """Who has a card in the class."""
    rows = queries.cards_of(request.viewer, group)
    context = {
        "group": group,
        "rows": rows,
        "lacking": sum(not row.issued_at for row in rows),
        "seen": max((row.last for row in rows), default=0),
    }
    return render(request, "identity/cards.html", context)


@opens(Group, to=rules.gives_cards)
@confirmed()
@require_POST
def give_cards(request: HttpRequest, group: Group) -> HttpResponse:
    """The cards of those who have none, or a new one for one child: the one answer that shows them."""
    people = queries.pupils_of(request.viewer, group)
    one = request.POST.get("eleve", "")
    chosen = people.filter(public_id=one) if one else people
    back = redirect("identity:class_cards", pk=group.pk)
    try:
        given = cards.give_cards(request.viewer, group, chosen, seen=_number(request, "vu"), again=bool(one))
    except accounts.TooManyCodes:
        messages.warning(request, TOO_MANY)
        return back
    if not given:
        messages.info(request, NONE_GIVEN)
        return back
    context = {
        "group": group,
        "given": given,
        "words": PICTURES,
        "square": exports.card_square,
        "address": exports.pictures_page(),
    }
    return render(request, "identity/cards_to_print.html", context)


@opens(Person, to=rules.can_withdraw_card, by="public_id")
@require_POST
def withdraw_card(request: HttpRequest, person: Person) -> HttpResponseRedirect:
    """A card that was lost opens nothing any more."""
    tell_outcome(request, cards.withdraw_card(request.viewer, person), _("La carte ne marche plus."))
    return redirect(_list_of(request, person))


@opens(to=anyone)
@sensitive_post_parameters("code", "choix", "image")
@require_http_methods(["GET", "POST"])
def pictures(request: HttpRequest) -> HttpResponse:
    """Sign in with a card: its code first, then three pictures, one after the other."""
    if request.viewer and request.method == "GET":
        return redirect("/")
    taking = _take_card(request)
    if taking:
        return taking
    chosen = _chosen(request)
    return _step(request, chosen) if len(chosen) < HOW_MANY else _try(request, request.session[CARD], chosen)


def _take_card(request: HttpRequest) -> HttpResponse | None:
    """The page of the code until a card is at hand: from its square, or typed by an adult. None when there is one."""
    if request.method == "GET" and CARD in request.GET:
        # The code leaves the address at once: the next child reads the history of the same tablet.
        request.session[CARD] = request.GET[CARD][:40]
        return redirect("identity:pictures")
    if "changer" in request.GET:
        request.session.pop(CARD, None)
    form = CardForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        request.session[CARD] = form.cleaned_data["code"]
        return redirect("identity:pictures")
    if form.is_bound or not request.session.get(CARD):
        return render_form(request, "identity/card_code.html", {"form": form})
    return None


def _chosen(request: HttpRequest) -> list[str]:
    before = known(request.POST.get("choix", "").split())[: HOW_MANY - 1]
    return before + known([request.POST.get("image", "")])


def _step(request: HttpRequest, chosen: list[str], wrong: object = "", status: int = 200) -> HttpResponse:
    context = {
        "words": PICTURES,
        "chosen": chosen,
        "number": len(chosen) + 1,
        "how_many": HOW_MANY,
        "wrong": wrong,
    }
    return render(request, "identity/pictures.html", context, status=status)


def _try(request: HttpRequest, code: str, chosen: list[str]) -> HttpResponse:
    """Open the session, or say in one sentence that it does not fit: the same for whatever is wrong."""
    door = digest_of(code)
    if not devices.knock(request, door, "pictures"):
        response = _step(request, [], CLOSED, 429)
        response.headers["Retry-After"] = str(int(devices.WINDOW.total_seconds()))
        return response
    account = cards.account_by_card(code, chosen)
    if account is None:
        return _step(request, [], WRONG_PICTURES, TYPED_WRONG)
    request.session.pop(CARD, None)
    if signing.sign_in(request, account) is None:
        return _step(request, [], NO_ROLE, TYPED_WRONG)
    devices.reopen(request, door, "pictures")
    return redirect("identity:resume" if kept.KEY in request.session else "/")
