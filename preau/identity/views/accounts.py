"""Pages where a school gives its people their accounts: lists, letters, codes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Group, Person
from preau.foundation import pdf
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import pdf_file
from preau.foundation.paging import page_for
from preau.identity import boards, exports, queries, rules
from preau.identity.actions import accounts as accounts_actions
from preau.identity.forms import AccountFilter
from preau.identity.queries import Audience, State

A_PAGE = 40
NONE_MADE = gettext_lazy(
    "Aucun nouveau courrier. Ceux qui étaient à faire viennent d’être préparés, et un code ne se montre qu’une fois : pour "
    "les réimprimer, demandez de nouveaux codes."
)
TOO_MANY = gettext_lazy(
    "Vous avez donné beaucoup de codes en une heure : celui-ci n’est pas donné, et la direction en est prévenue. Attendez "
    "une heure, ou demandez à la direction."
)
# A list is looked for by name in a POST: a name must stay out of addresses, which browsers and logs keep.
LOOKED_FOR = ["GET", "HEAD", "POST"]


@opens(to=rules.follows_accounts)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Each class with its counts, then the staff."""
    classes, staff = queries.index_of(request.viewer)
    context = {
        "classes": classes,
        "staff": staff,
        "keeps": rules.keeps_accounts(request.viewer),
        "directs": rules.directs(request.viewer),
    }
    return render(request, "identity/accounts.html", context)


@opens(Group, to=rules.follows_class)
@require_http_methods(LOOKED_FOR)
def class_accounts(request: HttpRequest, group: Group) -> HttpResponse:
    """The pupils of a class, or their guardians for the office."""
    guardians = _asked(request).get("qui") == Audience.GUARDIANS and rules.keeps_class(request.viewer, group)
    return _list(request, Audience.GUARDIANS if guardians else Audience.PUPILS, group)


@opens(to=rules.keeps_accounts)
@require_http_methods(LOOKED_FOR)
def staff_accounts(request: HttpRequest) -> HttpResponse:
    return _list(request, Audience.STAFF, None)


def _asked(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _list(request: HttpRequest, audience: Audience, group: Group | None) -> HttpResponse:
    viewer = request.viewer
    form = AccountFilter(_asked(request))
    chosen = form.chosen()
    if request.method != "POST":
        chosen["nom"] = ""
    people = list(queries.people_of(viewer, audience, group))
    everyone = queries.rows_of(viewer, people, audience)
    rows = queries.matching(everyone, state=chosen["etat"], name=chosen["nom"])
    keeps = rules.keeps_accounts(viewer) and (group is None or rules.keeps_class(viewer, group))
    page = page_for(request, rows, A_PAGE)
    waiting = [row for row in everyone if row.account.state in {State.NONE, State.EXPIRED}]
    context = {
        "form": form,
        "group": group,
        "audience": audience.value,
        "page_obj": page,
        "total": len(everyone),
        "filtered": bool(chosen["etat"] or chosen["nom"]),
        "query": urlencode({key: chosen[key] for key in ("qui", "etat") if chosen[key]}),
        "too_many": bool(chosen["nom"]) and len(rows) > A_PAGE,
        "keeps": keeps,
        "cards": group is not None and audience == Audience.PUPILS and rules.gives_cards(viewer, group),
        "open": sum(row.account.state == State.OPEN for row in everyone),
        "to_print": sum(row.in_pile for row in waiting),
        "elsewhere": sum(not row.in_pile for row in waiting),
        "to_redo": sum(row.in_pile and row.account.state in {State.LETTER, State.CODE} for row in everyone),
        "seen": max((row.account.last for row in everyone), default=0),
        "most": accounts_actions.MOST_LETTERS,
    }
    return render(request, "identity/people.html", context)


@opens(Group, to=rules.keeps_class)
@confirmed()
@require_POST
def prepare_class(request: HttpRequest, group: Group) -> HttpResponse:
    """The letters of a class: the one answer that holds the codes."""
    guardians = request.POST.get("qui") == Audience.GUARDIANS
    audience = Audience.GUARDIANS if guardians else Audience.PUPILS
    people = queries.pile_of(request.viewer, audience, group)
    page = redirect("identity:class_accounts", pk=group.pk)
    page["Location"] += f"?qui={audience}" if guardians else ""
    return _prepare(request, list(people), page, group.name, audience)


@opens(to=rules.keeps_accounts)
@confirmed()
@require_POST
def prepare_staff(request: HttpRequest) -> HttpResponse:
    people = queries.pile_of(request.viewer, Audience.STAFF, None)
    page = redirect("identity:staff_accounts")
    return _prepare(request, list(people), page, _("Personnels"), Audience.STAFF)


@opens(Person, to=rules.can_send_letter, by="public_id")
@require_POST
def prepare_person(request: HttpRequest, person: Person) -> HttpResponse:
    """The letter of one person, again if need be."""
    page = redirect("identity:person", public_id=person.public_id)
    return _prepare(request, [person], page, person.full_name)


@opens(Person, to=rules.hands_family_letters, by="public_id")
@require_http_methods(["GET", "POST"])
def family_letters(request: HttpRequest, person: Person) -> HttpResponse:
    """A pupil and those who answer for them: where each account stands, and their letters in one gesture."""
    people = queries.household_of(request.viewer, person)
    page = redirect("identity:family_letters", public_id=person.public_id)
    if request.method == "POST":
        return _prepare(request, people, page, person.full_name)
    rows = queries.rows_of(request.viewer, people, Audience.GUARDIANS)
    context = {
        "person": person,
        "rows": rows,
        "seen": max((row.account.last for row in rows), default=0),
        "waiting": any(row.may_give and row.account.state != State.OPEN for row in rows),
    }
    return render(request, "identity/family_letters.html", context)


def _prepare(
    request: HttpRequest, people: list[Person], back: Any, title: str, audience: Audience | None = None
) -> HttpResponse:
    """`audience` is None for one person, whose letter is done again without more ado."""
    seen, again = _number(request, "vu"), request.POST.get("refaire") == "oui" or audience is None
    before = _number(request, "avant") if "avant" in request.POST else seen
    issued = accounts_actions.prepare_letters(request.viewer, people, seen=seen, again=again, before=before)
    if not issued:
        messages.info(request, NONE_MADE)
        return back
    letters = queries.letters_for(request.viewer, issued)
    context = _letters(request, letters) | {
        "back": back["Location"],
        "title": title,
        "audience": audience,
        "redo": _to_redo(request, people, issued, before) if again and audience else None,
        "has_pdf": pdf.is_possible(),
    }
    return render(request, "identity/letters.html", context)


def _to_redo(
    request: HttpRequest, people: list[Person], issued: Sequence[accounts_actions.Issued], before: int
) -> dict[str, Any]:
    """What the form of the next letters to do again sends: sixty are done at a time."""
    rows = queries.rows_of(request.viewer, people, Audience.STAFF)
    left = [
        row for row in rows if row.may_give and row.account.state != State.OPEN and row.account.last <= before
    ]
    return {
        "count": min(len(left), accounts_actions.MOST_LETTERS),
        "before": before,
        "seen": max(activation.pk for activation, _ in issued),
        "send": request.path,
    }


def _number(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def _letters(request: HttpRequest, letters: list[queries.Letter]) -> dict[str, Any]:
    return {
        "letters": letters,
        "school": request.viewer.school,
        "today": request.viewer.today,
        "square": exports.square,
        "activation_page": exports.activation_page(),
    }


@opens(to=rules.keeps_accounts)
@sensitive_post_parameters("lettre")
@require_POST
def letters_pdf(request: HttpRequest) -> HttpResponse:
    """The letters of a page that is still open, as a PDF: it sends its own codes back, nothing new is made."""
    codes = _codes(request.POST)
    letters = queries.letters_for(request.viewer, queries.still_open(request.viewer, codes))
    if not letters or not pdf.is_possible():
        messages.info(
            request,
            _(
                "Ces codes ne marchent plus, ou le PDF n’est pas possible ici. Préparez de nouveaux courriers."
            ),
        )
        return redirect("identity:accounts")
    return pdf_file("courriers", exports.pdf_of(_letters(request, letters)))


def _codes(sent: QueryDict) -> dict[int, str]:
    found = {}
    for line in sent.getlist("lettre")[: accounts_actions.MOST_LETTERS]:
        number, _, code = line.partition(":")
        if number.isascii() and number.isdigit() and len(number) < 19:
            found[int(number)] = code
    return found


@opens(Person, to=rules.can_give_code, by="public_id")
@require_safe
def person(request: HttpRequest, person: Person) -> HttpResponse:
    """One person's account, and what may be done for it."""
    row = queries.row_of(request.viewer, person)
    keeps = rules.keeps_accounts(request.viewer)
    back = _list_of(request, person)
    lifts = keeps and queries.has_second_proof(request.viewer, person)
    context = {"person": person, "row": row, "keeps": keeps, "back": back, "may_lift": lifts}
    context["asked_from"] = queries.delay_of(person)[0] if keeps else None
    context["more_links"] = boards.person_links if keeps else ()
    return render(request, "identity/person.html", context)


@opens(Person, to=rules.can_give_code, by="public_id")
@require_POST
def give_code(request: HttpRequest, person: Person) -> HttpResponse:
    """A code for one person, shown once."""
    try:
        issued = accounts_actions.give_code(request.viewer, person, seen=_number(request, "vu"))
    except accounts_actions.TooManyCodes:
        messages.warning(request, TOO_MANY)
        return redirect("identity:person", public_id=person.public_id)
    if issued is None:
        messages.info(
            request,
            _(
                "Un code vient déjà d’être donné, et il ne se montre qu’une fois. S’il est perdu, donnez-en un autre."
            ),
        )
        return redirect("identity:person", public_id=person.public_id)
    activation, code = issued
    context = {
        "person": person,
        "login": activation.account.login,
        "code": code,
        "until": activation.expires_at,
        "address": exports.activation_page(),
        "back": _list_of(request, person),
    }
    return render(request, "identity/code.html", context)


def _list_of(request: HttpRequest, person: Person) -> str:
    """The list where this person was found: a teacher helps a class, one pupil after the other."""
    audience, group = queries.list_of(request.viewer, person)
    if group is None:
        return reverse("identity:staff_accounts" if audience == Audience.STAFF else "identity:accounts")
    address = reverse("identity:class_accounts", kwargs={"pk": group})
    return f"{address}?qui={audience}" if audience == Audience.GUARDIANS else address
