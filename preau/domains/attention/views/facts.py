"""Facts that wait for somebody to look at them, the decision, and the thresholds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.directory.models import Person
from preau.domains.attention import rules
from preau.domains.attention.actions import deciding, watching
from preau.domains.attention.forms import DecisionForm, ThresholdsForm
from preau.domains.attention.models import Finding
from preau.domains.attention.queries.facts import (
    facts_open_in,
    sentence_of,
    sentences_of,
    thresholds_of,
    waiting_facts,
    waiting_pupils,
)
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import CONFLICT, NOTHING_CHANGED, render_form, status_of, tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.looks_at_facts)
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The pupils of whom a fact has passed its threshold since somebody last looked, by name."""
    page = page_for(request, waiting_pupils(request.viewer), A_PAGE)
    rows = sentences_of(request.viewer, list(page.object_list))
    journal.record_reads(
        request.viewer,
        "attention.page_read",
        request.viewer.school,
        subject_ids=[row.pupil.pk for row in rows],
    )
    context = {"page_obj": page, "rows": rows, "may_settle": rules.settles_thresholds(request.viewer)}
    return render(request, "attention/waiting.html", context)


@opens(Person, to=rules.can_look, by="public_id")
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, pupil: Person) -> HttpResponse:
    """The facts of one pupil, and the decision of whoever has read them."""
    findings = waiting_facts(request.viewer, pupil)
    shown = {"shown": deciding.mark_of(findings)}
    form = DecisionForm(request.viewer, pupil.pk, request.POST or None, initial=shown)
    if request.method != "POST" or not form.is_valid():
        return _look_page(request, pupil, findings, form, status_of(form))
    try:
        review = deciding.decide(request.viewer, pupil, form.cleaned_data["shown"], form.said())
    except deciding.LookedAtAlready:
        messages.info(
            request,
            _("Il n’y a plus de fait à regarder : quelqu’un vient de décider, ou le compte a baissé."),
        )
        return redirect("attention:reviews")
    except deciding.FactsChanged:
        form.add_error(
            None, _("Les faits ont changé depuis l’ouverture de la page : relisez-les avant de décider.")
        )
        form.data = form.data.copy()
        form.data["shown"] = shown["shown"]
        return _look_page(request, pupil, waiting_facts(request.viewer, pupil), form, CONFLICT)
    messages.success(request, _("C’est décidé. L’élève et sa famille peuvent le lire."))
    return redirect("attention:review", pk=review.pk)


def _look_page(
    request: HttpRequest, pupil: Person, findings: list[Finding], form: DecisionForm, status: int
) -> HttpResponse:
    journal.record_read(request.viewer, "attention.page_read", request.viewer.school, subject_id=pupil.pk)
    context = {"pupil": pupil, "facts": [sentence_of(finding) for finding in findings], "form": form}
    return render(request, "attention/look.html", context, status=status)


@opens(to=rules.settles_thresholds)
@require_http_methods(["GET", "POST"])
def thresholds(request: HttpRequest) -> HttpResponse:
    """From how many on each fact is looked at."""
    school = request.viewer.school
    facts = facts_open_in(school)
    form = ThresholdsForm(facts, thresholds_of(school.pk, facts), request.POST or None)
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            watching.settle_thresholds(request.viewer, form.said()),
            _("C’est enregistré. Les faits sont recomptés."),
            NOTHING_CHANGED,
        )
        return redirect("attention:waiting")
    return render_form(request, "attention/thresholds.html", {"form": form})
