"""The accounts of elsewhere that open an account here: one's own, and those of somebody whose account the office keeps."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.commons.federation import rules
from preau.commons.federation.actions import settling
from preau.commons.federation.models import Link
from preau.commons.federation.queries import providers
from preau.directory.models import Person
from preau.foundation.access import confirmed, opens, signed_in


@opens(to=signed_in)
@require_safe
def links(request: HttpRequest) -> HttpResponse:
    """By which other accounts mine is opened."""
    context = {
        "links": providers.links_of(request.viewer, request.viewer.person),
        "person": None,
        "may_cut": True,
    }
    return render(request, "federation/links.html", context)


@opens(Person, to=rules.reads_links, by="public_id")
@require_safe
def person_links(request: HttpRequest, person: Person) -> HttpResponse:
    """The same of somebody of the school."""
    context = {
        "links": providers.links_of(request.viewer, person),
        "person": person,
        "may_cut": rules.cuts_links(request.viewer, person),
    }
    return render(request, "federation/links.html", context)


@opens(Link, to=rules.cuts, by="public_id")
@confirmed()
@require_POST
def cut(request: HttpRequest, link: Link) -> HttpResponseRedirect:
    """This account of elsewhere opens it no more."""
    if settling.cut_link(request.viewer, link):
        sentence = _("%(name)s n’ouvre plus ce compte.")
        messages.success(request, sentence % {"name": link.provider.name})
    else:
        messages.info(request, _("C’était déjà fait."))
    if link.person_id == request.viewer.person.pk:
        return redirect("federation:links")
    return redirect("federation:person_links", public_id=link.person.public_id)
