"""Exemptions and adjustments: who has some, noting one, ending it, and what a family reads of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.domains.attendance import rules
from preau.domains.attendance.actions import arrangements as arrangements_actions
from preau.domains.attendance.forms import ArrangementFilter, ArrangementForm
from preau.domains.attendance.models import Arrangement
from preau.domains.attendance.queries import arrangements as arrangements_queries
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome
from preau.foundation.paging import page_for, query_of


@opens(to=rules.keeps_arrangements)
@require_safe
def arrangements(request: HttpRequest) -> HttpResponse:
    """Every exemption and adjustment of the school; a name finds the other pupils too, to note one."""
    form = ArrangementFilter(request.GET)
    chosen = form.chosen()
    name, over = chosen.get("nom", ""), chosen.get("etat") == "fini"
    page = page_for(request, arrangements_queries.arrangements_matching(request.viewer, name, over=over), 40)
    context = {
        "form": form,
        "page_obj": page,
        "rows": arrangements_queries.arrangement_rows(page.object_list, request.viewer.today),
        "pupils": arrangements_queries.pupils_named(request.viewer, name),
        "query": query_of(request),
        "filtered": bool(name or over),
    }
    return render(request, "attendance/arrangements.html", context)


@opens(Person, to=rules.keeps_arrangements_of, by="public_id")
@require_safe
def pupil_arrangements(request: HttpRequest, pupil: Person) -> HttpResponse:
    """What is noted of one pupil, and was."""
    journal.record_read(request.viewer, "attendance.arrangements_read", pupil, subject_id=pupil.pk)
    rows = arrangements_queries.arrangements_of(request.viewer, pupil)
    return render(request, "attendance/pupil_arrangements.html", {"pupil": pupil, "rows": rows})


@opens(Person, to=rules.keeps_arrangements_of, by="public_id")
@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, pupil: Person) -> HttpResponse:
    """Note an exemption or an adjustment."""
    form = ArrangementForm(request.viewer, request.POST or None, initial={"first_day": request.viewer.today})
    if request.method == "POST" and form.is_valid():
        arrangements_actions.arrange(request.viewer, pupil, form.said())
        messages.success(
            request, _("C’est noté : les enseignants le verront en faisant l’appel, quand ils le demandent.")
        )
        return redirect("attendance:pupil_arrangements", public_id=pupil.public_id)
    context = {"pupil": pupil, "form": form}
    return render_form(request, "attendance/arrange.html", context)


@opens(Arrangement, to=rules.keeps_arrangements)
@require_POST
def end_arrangement(request: HttpRequest, arrangement: Arrangement) -> HttpResponseRedirect:
    """It holds no more."""
    tell_outcome(
        request,
        arrangements_actions.end_arrangement(request.viewer, arrangement),
        _("C’est terminé : l’appel ne le montre plus."),
        _("C’était déjà terminé."),
    )
    return redirect("attendance:pupil_arrangements", public_id=arrangement.pupil.public_id)


@opens(to=rules.follows_absences)
@require_safe
def own_arrangements(request: HttpRequest) -> HttpResponse:
    """What a family reads of its own."""
    rows = arrangements_queries.own_arrangements(request.viewer)
    return render(request, "attendance/own_arrangements.html", {"rows": rows})
