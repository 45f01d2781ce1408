"""The searches that a person follows."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.domains.catalogue import rules
from preau.domains.catalogue.actions import following as actions
from preau.domains.catalogue.models import FollowedSearch
from preau.domains.catalogue.queries import following, search
from preau.foundation.access import opens, signed_in
from preau.foundation.gone import removes


@opens(to=signed_in)
@require_safe
def followed(request: Any) -> HttpResponse:
    """The searches that this person follows."""
    return render(request, "catalogue/followed.html", {"rows": following.followed_by(request.viewer)})


@opens(to=signed_in)
@require_POST
def follow(request: Any) -> HttpResponseRedirect:
    """Follow a search: told when something new is found by it."""
    asked = search.Search.read(QueryDict(request.POST.get("recherche", "")[:1_000]))
    there = f"{reverse('catalogue:search')}?{asked.query()}"
    if asked.is_empty:
        messages.error(request, _("Dites d’abord ce que vous cherchez."))
        return redirect("catalogue:search")
    try:
        is_new = actions.follow(request.viewer, asked)
    except actions.TooMany:
        messages.error(
            request, _("Vous suivez déjà le plus grand nombre de recherches permis : cessez d’en suivre une.")
        )
        return redirect("catalogue:followed")
    sentence = _("C’est noté : vous serez prévenu quand de nouvelles ressources arrivent.")
    messages.success(request, sentence if is_new else _("Vous suivez déjà cette recherche."))
    return redirect(there)


@removes
@opens(FollowedSearch, to=rules.follows)
@require_POST
def unfollow(request: Any, search: FollowedSearch) -> HttpResponseRedirect:
    """Follow a search no more."""
    actions.unfollow(request.viewer, search)
    messages.success(request, _("Vous ne suivez plus cette recherche."))
    return redirect("catalogue:followed")
