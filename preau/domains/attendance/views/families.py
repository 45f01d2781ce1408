"""What a family follows of absences, and explains."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Person
from preau.directory.queries.lines import school_lines
from preau.domains.attendance import rules
from preau.domains.attendance.actions import announcements as announcements_actions
from preau.domains.attendance.actions import explanations
from preau.domains.attendance.boards import Place, ways_from
from preau.domains.attendance.forms import ExplainForm
from preau.domains.attendance.forms.announcements import AnnounceForm
from preau.domains.attendance.models import Announcement, Entry, Explanation
from preau.domains.attendance.queries import follow_ups
from preau.domains.attendance.queries.absences import (
    absences_followed,
    children_of,
    days_of,
    own_explanations_waiting,
    rows_of,
)
from preau.domains.attendance.queries.announcements import announced_to_family
from preau.domains.attendance.queries.past import past_beside
from preau.foundation.access import opens
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

MOST_ANNOUNCED = 20


@opens(to=rules.follows_absences)
@require_safe
def absences(request: HttpRequest) -> HttpResponse:
    """What a family follows: absences, latenesses, and what became of each."""
    viewer = request.viewer
    children = children_of(viewer)
    child = next((c for c in children if c.public_id == request.GET.get("enfant")), None)
    page = page_for(request, absences_followed(viewer, child), 30)
    before, more = past_beside(viewer, child)
    context = {
        "page_obj": page,
        "days": days_of(rows_of(page.object_list, {}, viewer)),
        "follow_ups": follow_ups.follow_ups_told(viewer),
        "announced": announced_to_family(viewer, MOST_ANNOUNCED),
        "children": children,
        "child": child,
        "may_explain": rules.answers_for_absences(viewer),
        "past_rows": before,
        "more_past": more,
        "own_pending": own_explanations_waiting(viewer),
        "ways": ways_from(viewer, Place.FAMILY),
        "lines": school_lines(viewer),
        "who_reads": rules.who_reads_explanations(),
    }
    return render(request, "attendance/absences.html", context)


@opens(Entry, to=rules.answers_for_absences)
@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, entry: Entry) -> HttpResponse:
    """A guardian says why a pupil was missing, for one or several lessons of the same day."""
    entry = Entry.objects.select_related("pupil", "explanation", "handling").get(pk=entry.pk)
    if not rules.can_explain(request.viewer, entry):
        messages.info(request, _("Cette absence n’est plus à expliquer."))
        return redirect("attendance:absences")
    form = ExplainForm(request.viewer, entry, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return _explained(request, form)
    context = {"form": form, "entry": entry, "who_reads": rules.who_reads_explanations()}
    return render_form(request, "attendance/explain.html", context)


def _explained(request: HttpRequest, form: ExplainForm) -> HttpResponseRedirect:
    data = form.cleaned_data
    try:
        document = next(iter(data["papers"]), None)
        explanations.explain(request.viewer, list(data["entries"]), data["reason"], data["comment"], document)
    except explanations.NothingToExplain:
        messages.info(request, _("Cette absence n’est plus à expliquer."))
    else:
        messages.success(request, _("C’est envoyé. L’établissement va lire votre explication."))
    return redirect("attendance:absences")


@opens(to=rules.answers_for_absences)
@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """A guardian, or a pupil of age, says that somebody will be missing."""
    viewer = request.viewer
    people = list(Person.objects.filter(pk__in=viewer.own_pupils()))
    # From the record of a child: that one is chosen, and one goes back there.
    child = next((person for person in people if person.public_id == request.GET.get("enfant")), None)
    form = AnnounceForm(viewer, people, request.POST or None, request.FILES or None, child=child)
    if not form.is_valid():
        context = {"form": form, "who_reads": rules.who_reads_explanations(), "child": child}
        return render_form(request, "attendance/announce.html", context)
    data = form.cleaned_data
    announcements_actions.announce(
        viewer,
        data["enfant"],
        data["school"].pk,
        next(iter(data["papers"]), None),
        kind=Announcement.Kind.ABSENCE,
        starts=data["starts"],
        ends=data["ends"],
        reason=data["reason"],
        comment=data["comment"],
    )
    if data.get("is_known"):
        messages.info(request, _("C’était déjà annoncé : rien n’a changé."))
    else:
        messages.success(request, _("C’est annoncé. Les enseignants le verront à l’appel, sans le motif."))
    if child:
        return redirect("directory:person", public_id=child.public_id)
    return redirect("attendance:absences")


@opens(Explanation, to=rules.can_withdraw)
@require_POST
def withdraw(request: HttpRequest, explanation: Explanation) -> HttpResponseRedirect:
    if explanations.withdraw(request.viewer, explanation):
        messages.success(request, _("Votre explication est retirée. Vous pouvez en donner une autre."))
    elif Explanation.objects.filter(pk=explanation.pk, state=Explanation.State.WITHDRAWN).exists():
        messages.info(request, _("Votre explication est déjà retirée."))
    else:
        messages.info(request, _("Trop tard pour la retirer : l’établissement vient de répondre."))
    return redirect("attendance:absences")
