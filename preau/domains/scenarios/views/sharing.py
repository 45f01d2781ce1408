"""Publishing, versions, and writing with others."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import authors as authors_actions
from preau.domains.scenarios.actions import publishing
from preau.domains.scenarios.forms import InviteForm, PublishForm, SignatureForm
from preau.domains.scenarios.models import Author, Scenario, Version
from preau.domains.scenarios.queries import space
from preau.foundation.access import opens
from preau.foundation.gone import removes
from preau.foundation.pages import TYPED_WRONG, render_form, tell_outcome
from preau.foundation.paging import page_of

PAGE = 20


def _shown_signature(author: Author) -> dict[str, str]:
    return {"signature": author.signature, "pseudonym": author.pseudonym}


@opens(Scenario, to=rules.changes)
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """What publishing means, then the licence and the signature; one version more is frozen."""
    people = space.authors_of(scenario)
    mine = next(person for person in people if person.person_id == request.viewer.person.pk)
    allowed = publishing.allowed(scenario)
    shown = _shown_signature(mine) | {
        "licence": scenario.licence if scenario.licence in allowed else allowed[0]
    }
    form = PublishForm(allowed, request.POST or None, initial=shown)
    content = scenario.content
    if request.method == "POST" and form.is_valid() and not content.missing:
        data = form.cleaned_data
        authors_actions.sign(request.viewer, mine, data["signature"], data["pseudonym"])
        try:
            version = publishing.publish(request.viewer, scenario, data["licence"])
        except publishing.NotReady:
            return redirect("scenarios:publish", pk=scenario.pk)
        messages.success(
            request,
            _("La version %(number)s est publiée : tout le monde peut la lire.") % {"number": version.number},
        )
        return redirect("scenarios:workshop", pk=scenario.pk)
    context = {
        "form": form,
        "scenario": scenario,
        "missing": content.missing,
        "others": [person for person in people if person.pk != mine.pk and not person.is_invited],
        "title": content.facts.title,
        "limited": bool(scenario.origin),
    }
    wrong = form.errors or (request.method == "POST" and content.missing)
    return render(request, "scenarios/publish.html", context, status=TYPED_WRONG if wrong else 200)


@opens(Scenario, to=rules.writes)
@require_POST
def withdraw(request: HttpRequest, scenario: Scenario) -> HttpResponseRedirect:
    tell_outcome(
        request,
        publishing.withdraw(request.viewer, scenario),
        _("Le scénario n’est plus public. Vous pouvez le publier de nouveau."),
    )
    return redirect("scenarios:workshop", pk=scenario.pk)


@opens(Scenario, to=rules.writes)
@require_safe
def versions(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """The versions of a scenario, and what changes between two of them, or up to what is being written."""
    page = page_of(scenario.versions.select_related("made_by"), request.GET.get("page"), PAGE)
    numbers = list(scenario.versions.values_list("number", flat=True))
    before = _version(scenario, request.GET.get("de"))
    after = _version(scenario, request.GET.get("a"))
    compared: list[Any] | None = None
    if before:
        content = after.content if after else scenario.content.frozen()
        compared = space.differences(before.content, content, space.places())
    context = {
        "scenario": scenario,
        "page": page,
        "numbers": numbers,
        "before": before,
        "after": after,
        "compared": compared,
        "may": rules.changes(request.viewer, scenario),
    }
    return render(request, "scenarios/versions.html", context)


def _version(scenario: Scenario, number: str | None) -> Version | None:
    asked = int(number) if number and number.isascii() and number.isdigit() and len(number) < 7 else 0
    found: Version | None = scenario.versions.filter(number=asked).first() if asked else None
    return found


def _version_changes(viewer: Any, version: Version) -> bool:
    return rules.changes(viewer, version.scenario)


@opens(Version, to=_version_changes)
@require_POST
def go_back(request: HttpRequest, version: Version) -> HttpResponseRedirect:
    """Write again what a version said; what was written is kept as a version."""
    tell_outcome(
        request,
        publishing.go_back(request.viewer, version),
        _(
            "Le brouillon dit de nouveau ce que disait la version %(number)s. Ce qu’il disait est gardé dans les versions."
        )
        % {"number": version.number},
        _("Le brouillon dit déjà la même chose."),
    )
    return redirect("scenarios:workshop", pk=version.scenario_id)


@opens(Scenario, to=rules.writes)
@require_http_methods(["GET", "POST"])
def authors(request: HttpRequest, scenario: Scenario) -> HttpResponse:
    """Who writes it, who is invited, and inviting one more."""
    people = space.authors_of(scenario)
    mine = next(person for person in people if person.person_id == request.viewer.person.pk)
    may = rules.invites(request.viewer, scenario)
    rows = space.colleagues(request.viewer, scenario)
    form = InviteForm(rows, request.POST or None) if may else None
    status = 200
    if request.method == "POST":
        if form is None:
            messages.error(request, _("Seul le premier auteur invite."))
            return redirect("scenarios:authors", pk=scenario.pk)
        if form.is_valid():
            return _invite(request, scenario, form)
        if _asked_already(request, people):
            messages.info(request, _("C’était déjà fait."))
            return redirect("scenarios:authors", pk=scenario.pk)
        status = TYPED_WRONG
    context = {"scenario": scenario, "people": people, "mine": mine, "form": form, "may": may}
    return render(request, "scenarios/authors.html", context, status=status)


def _invite(request: HttpRequest, scenario: Scenario, form: InviteForm) -> HttpResponse:
    try:
        author = authors_actions.invite(request.viewer, scenario, form.cleaned_data["person"])
    except authors_actions.TooManyAuthors:
        messages.error(request, _("Un scénario a %(most)s auteurs au plus.") % {"most": rules.MOST_AUTHORS})
    else:
        messages.success(
            request, _("L’invitation est envoyée à %(name)s.") % {"name": author.person.full_name}
        )
    return redirect("scenarios:authors", pk=scenario.pk)


def _asked_already(request: HttpRequest, people: list[Author]) -> bool:
    """The same colleague, sent twice: they are no longer among the choices."""
    return request.POST.get("person", "") in {str(person.person_id) for person in people}


@opens(Author, to=rules.answers)
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, author: Author) -> HttpResponse:
    """Accept to write with a colleague, signed as one chooses; later, change how one signs."""
    form = SignatureForm(request.POST or None, initial=_shown_signature(author))
    if request.method == "POST" and form.is_valid():
        signature, pseudonym = form.cleaned_data["signature"], form.cleaned_data["pseudonym"]
        if authors_actions.accept(request.viewer, author, signature, pseudonym):
            messages.success(request, _("Vous écrivez maintenant ce scénario ensemble."))
        else:
            authors_actions.sign(request.viewer, author, signature, pseudonym)
            messages.success(request, _("Votre signature sera celle de la prochaine version publiée."))
        return redirect("scenarios:workshop", pk=author.scenario_id)
    first = next((one for one in space.authors_of(author.scenario) if one.is_first), None)
    context = {"form": form, "author": author, "first": first}
    return render_form(request, "scenarios/invitation.html", context)


@removes
@opens(Author, to=rules.answers)
@require_POST
def leave(request: HttpRequest, author: Author) -> HttpResponseRedirect:
    """Decline an invitation, or write it no more."""
    if authors_actions.leave(request.viewer, author):
        messages.success(request, _("C’est fait : ce scénario n’est plus dans votre espace."))
    else:
        messages.error(
            request, _("Vous êtes son seul auteur : supprimez le scénario, ou invitez d’abord un collègue.")
        )
    return redirect("scenarios:space")


@removes
@opens(Author, to=rules.takes_out)
@require_POST
def take_out(request: HttpRequest, author: Author) -> HttpResponseRedirect:
    """Withdraw an invitation, or take an author out."""
    authors_actions.take_out(request.viewer, author)
    messages.success(request, _("%(name)s n’écrit plus ce scénario.") % {"name": author.person.full_name})
    return redirect("scenarios:authors", pk=author.scenario_id)
