"""Pages where a second proof is demanded of the staff from a day, followed, put off for somebody (docs/decisions/0108)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.shortcuts import render as rendered
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.foundation import dates
from preau.foundation.access import confirmed, opens, signed_in
from preau.foundation.paging import page_for
from preau.identity import queries, rules
from preau.identity.actions import demands
from preau.identity.forms import DelayForm, ProofDemandForm, ReadinessFilter
from preau.identity.queries import Readiness
from preau.identity.views.signing import answer

A_PAGE = 40


@opens(to=rules.sets_proof_demand)
@confirmed()
@require_http_methods(["GET", "POST"])
def proof_demand(request: HttpRequest) -> HttpResponse:
    """Of whom the school demands a second proof, and from which day."""
    return _demand(request, request.viewer.school_id, "identity:proof_demand")


@opens(to=rules.runs_platform)
@confirmed()
@require_http_methods(["GET", "POST"])
def platform_proof(request: HttpRequest) -> HttpResponse:
    """The same, of every school."""
    return _demand(request, None, "identity:platform_proof")


def _demand(request: HttpRequest, school_id: int | None, here: str) -> HttpResponse:
    viewer = request.viewer
    demand = queries.proof_demand_of(school_id)
    form = ProofDemandForm(demand, viewer.today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        who, since = form.asked
        changed = demands.demand_proof(viewer, who, since, everywhere=school_id is None)
        if not changed:
            messages.info(request, _("Rien n’a changé."))
        elif who:
            messages.success(request, _("C’est enregistré\u202f: les personnes concernées sont prévenues."))
        else:
            messages.success(
                request, _("C’est enregistré\u202f: la double vérification n’est plus demandée.")
            )
        return redirect(here)
    rows = queries.readiness_of(viewer) if school_id else []
    context = {
        "form": form,
        "demand": demand,
        "everywhere": school_id is None,
        "platform": queries.proof_demand_of(None) if school_id else None,
        "ready": sum(row.state == Readiness.READY for row in rows),
        "total": len(rows),
        "may_list": rules.keeps_accounts(viewer),
    }
    return answer(request, "identity/proof_demand.html", context)


@opens(to=rules.keeps_accounts)
@require_safe
def proof_readiness(request: HttpRequest) -> HttpResponse:
    """Who of the staff has put it in place, and who has not yet."""
    form = ReadinessFilter(request.GET)
    chosen, rows = form.chosen(), queries.readiness_of(request.viewer)
    shown = [row for row in rows if not chosen or row.state == chosen]
    page = page_for(request, shown, A_PAGE)
    context = {
        "form": form,
        "page_obj": page,
        "rows": queries.with_links(request.viewer, page.object_list),
        "ready": sum(row.state == Readiness.READY for row in rows),
        "total": len(rows),
        "filtered": bool(chosen),
        "query": f"etat={chosen}" if chosen else "",
        "settles": rules.sets_proof_demand(request.viewer),
    }
    return rendered(request, "identity/proof_readiness.html", context)


@opens(Person, to=rules.can_delay_proof, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def delay_proof(request: HttpRequest, person: Person) -> HttpResponse:
    """Give somebody more time."""
    day, until = queries.delay_of(person)
    form = DelayForm(request.viewer.today, day, until, request.POST or None)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        if demands.delay_proof(request.viewer, person, until):
            sentence = _(
                "C’est noté\u202f: rien n’est demandé à %(name)s avant le %(day)s. Cette personne en est prévenue."
            )
            day_said = dates.day(until, year=True)
            messages.success(request, sentence % {"name": person.full_name, "day": day_said})
        else:
            messages.info(request, _("Rien n’a changé."))
        return redirect("identity:person", public_id=person.public_id)
    context = {"form": form, "person": person, "day": day, "until": until}
    return answer(request, "identity/delay_proof.html", context)


@opens(to=signed_in, stamped=False)
@require_POST
def remind_later(request: HttpRequest) -> HttpResponseRedirect:
    """Not now: the home says it again at the next sign-in."""
    request.session[queries.PROOF_LATER] = True
    return redirect(settings.LOGIN_REDIRECT_URL)
