"""A breach: who was touched, whom to warn, and the papers for it."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.journal import queries as journal_queries
from preau.commons.privacy import exports, rules
from preau.commons.privacy.forms import MOMENT, BreachForm
from preau.commons.privacy.queries import breach as breaches
from preau.commons.privacy.queries.breach import Breach
from preau.foundation import csvtext, journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import TYPED_WRONG, status_of
from preau.foundation.paging import page_for

A_PAGE = 40


@opens(to=rules.answers_breach)
@require_http_methods(["GET", "HEAD", "POST"])
def breach(request: HttpRequest) -> HttpResponse:
    """Who was touched. A name or a login is typed in a POST: it must stay out of addresses."""
    if request.viewer.school is None:
        return _breach_of_operator(request)
    if request.method == "POST":
        return _look_for_account(request)
    if "debut" not in request.GET:
        return render(request, "privacy/breach.html", _empty(BreachForm(request.viewer)))
    form = BreachForm(request.viewer, request.GET)
    if not form.is_valid():
        return render(request, "privacy/breach.html", _empty(form), status=TYPED_WRONG)
    asked = _asked(request, form, request.GET.get("personne", ""))
    found = breaches.found_in(asked)
    page = page_for(request, found.touched, A_PAGE)
    people = breaches.people_in(page.object_list)
    _note(request, "privacy.breach_measured", asked, people=len(found.touched))
    context = _empty(form) | {
        "asked": asked,
        "found": found,
        "page_obj": page,
        "rows": [(people[one.person_id], one) for one in page.object_list],
        "profiles": breaches.profiles_of(asked.school, [one.person_id for one in found.touched]).items(),
        "sessions": [
            (start, end, _query(asked, since=start, until=end)) for start, end in breaches.sign_ins_of(asked)
        ],
        "query": _query(asked),
        "hidden": _facts(asked).items(),
        "label_of": breaches.label_of,
    }
    return render(request, "privacy/breach.html", context)


def _empty(form: BreachForm) -> dict[str, Any]:
    return {
        "form": form,
        "school": form.school,
        "asked": None,
        "found": None,
        "people": [],
        "name": "",
        "schools": None,
    }


def _look_for_account(request: HttpRequest) -> HttpResponse:
    """Whose account, among those of this name; then its page."""
    form, name = BreachForm(request.viewer, request.POST), request.POST.get("nom", "").strip()
    if not form.is_valid():
        return render(request, "privacy/breach.html", _empty(form), status=TYPED_WRONG)
    whole = _asked(request, form, "")
    if not name:
        return redirect(f"{request.path}?{_query(whole)}")
    found = journal_queries.people_named(request.viewer, name)
    if len(found) == 1:
        return redirect(f"{request.path}?{_query(whole, person=found[0])}")
    context = _empty(form) | {
        "name": name,
        "people": [(person, _query(whole, person=person)) for person in found],
    }
    return render(request, "privacy/breach.html", context)


def _breach_of_operator(request: HttpRequest) -> HttpResponse:
    """In how many schools, how many people: an operator reads nobody's name here either (docs/decisions/0082)."""
    form = BreachForm(request.viewer, request.POST if request.method == "POST" else None)
    context = _empty(form)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        counted = breaches.counts_for(request.viewer, values["debut"], values["fin"], values["login"].strip())
        if counted is None:
            form.add_error("login", _("Aucun compte n’a cet identifiant."))
        else:
            context["schools"] = counted
            person = request.viewer.person
            journal.record(request.viewer, "privacy.breach_measured", person, schools=len(counted))
    status = status_of(form)
    return render(request, "privacy/breach.html", context, status=status)


@opens(to=rules.warns_people)
@confirmed()
@require_POST
def breach_contacts(request: HttpRequest) -> HttpResponse:
    """Whom to warn, and by which ways, for a spreadsheet."""
    form = BreachForm(request.viewer, request.POST)
    if not form.is_valid():
        return render(request, "privacy/breach.html", _empty(form), status=TYPED_WRONG)
    asked = _asked(request, form, request.POST.get("personne", ""))
    touched = breaches.contacts_of(breaches.found_in(asked), request.viewer.today)
    rows = [exports.contact_line(contact) for contact in touched]
    _note(request, "privacy.breach_contacts_exported", asked, rows=len(rows))
    lines = csvtext.lines(exports.contact_header(), rows)
    return csv_lines(f"personnes-a-prevenir-{request.viewer.today:%Y-%m-%d}", lines)


@opens(to=rules.warns_people)
@require_safe
def breach_papers(request: HttpRequest) -> HttpResponse:
    """What the CNIL asks within seventy-two hours, and a letter to families: what Préau knows, and blanks for the rest."""
    form = BreachForm(request.viewer, request.GET if "debut" in request.GET else None)
    context: dict[str, Any] = {
        "school": request.viewer.school,
        "asked": None,
        "found": None,
        "profiles": [],
        "operator": settings.OPERATOR,
        "query": "",
    }
    if form.is_valid():
        asked = _asked(request, form, request.GET.get("personne", ""))
        found = breaches.found_in(asked)
        context |= {
            "asked": asked,
            "found": found,
            "profiles": breaches.profiles_of(asked.school, [one.person_id for one in found.touched]).items(),
            "query": _query(asked),
        }
    return render(request, "privacy/breach_papers.html", context)


def _asked(request: HttpRequest, form: BreachForm, public_id: str) -> Breach:
    values = form.cleaned_data
    actor = journal_queries.person_of(request.viewer, public_id)
    return Breach(request.viewer.school, values["debut"], values["fin"], actor, request.viewer.person.pk)


def _note(request: HttpRequest, verb: str, asked: Breach, **counted: int) -> None:
    about = asked.actor.pk if asked.actor else None
    moments = {"since": asked.since.isoformat(), "until": asked.until.isoformat()}
    journal.record(request.viewer, verb, asked.school, subject_id=about, **moments, **counted)


def _facts(asked: Breach, since: Any = None, until: Any = None, person: Any = None) -> dict[str, str]:
    """What is asked, as an address says it; never a name."""
    actor = person or asked.actor
    parameters = {
        "debut": f"{timezone.localtime(since or asked.since):{MOMENT}}",
        "fin": f"{timezone.localtime(until or asked.until):{MOMENT}}",
    }
    return parameters | ({"personne": actor.public_id} if actor else {})


def _query(asked: Breach, **changed: Any) -> str:
    return urlencode(_facts(asked, **changed))
