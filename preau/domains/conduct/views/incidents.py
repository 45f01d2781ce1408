"""Incidents: reported in a minute, handled by school life, each step kept."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Enrolment, Group, Holding, Person
from preau.domains.conduct import exports, rules
from preau.domains.conduct.actions import incidents as actions
from preau.domains.conduct.forms.incidents import FamilyForm, IncidentFilter, ReportForm, SettleForm
from preau.domains.conduct.models import Incident, Involvement
from preau.domains.conduct.queries import incidents as queries
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import CONFLICT, TYPED_WRONG, render_form, status_of, tell_outcome
from preau.foundation.paging import query_of

A_PAGE = 30
LONGEST_ID = 18


def chosen_group(request: HttpRequest, fallback: int | None = None) -> Group | None:
    """The class that a form shows: that of the address or of what was sent, among those of the year."""
    asked = request.POST.get("classe") or request.GET.get("classe") or ""
    is_id = asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID
    wanted = int(asked) if is_id else fallback
    groups = queries.groups_to_choose(request.viewer)
    return (groups.filter(pk=wanted).first() if wanted else None) or groups.first()


def group_of(request: HttpRequest, pupils: list[int]) -> Group | None:
    """The class of those concerned, unless another was chosen."""
    if "classe" in request.GET or "classe" in request.POST:
        return None
    enrolled = Enrolment.objects.active(request.viewer.today).filter(pupil__in=pupils)
    return queries.groups_to_choose(request.viewer).filter(pk__in=enrolled.values("group_id")).first()


def from_record(request: HttpRequest) -> Person | None:
    """The pupil whose record a gesture comes from, if they learn in the school of whoever makes it (one query)."""
    asked = request.GET.get("eleve", "")[:24]
    here = Holding.objects.pupils_here(request.viewer)
    known = Person.objects.filter(public_id=asked, pk__in=here.values("person_id"))
    return known.first() if asked and asked.isprintable() else None


def from_incident(request: HttpRequest) -> Incident | None:
    """The incident that a punition or a procedure comes from, if the viewer sees it."""
    asked = request.POST.get("incident") or request.GET.get("incident") or ""
    if not (asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_ID):
        return None
    found: Incident | None = Incident.objects.visible_to(request.viewer).filter(pk=int(asked)).first()
    return found


def shows_class(request: HttpRequest) -> bool:
    """Another class is to be shown, or pupils who were looked for: nothing is sent yet."""
    return request.method == "POST" and (request.POST.get("geste") == "classe" or bool(looked_for(request)))


def looked_for(request: HttpRequest) -> str:
    """The name that was typed to find a pupil, where that is the gesture: its button, or Enter while nobody is ticked."""
    ticked = any(request.POST.getlist(name) for name in ("sets", "pupils", *ReportForm.PARTS))
    asked = request.POST.get("geste") == "nom" or not (ticked or request.POST.get("geste"))
    return request.POST.get("nom", "")[:80].strip() if asked else ""


def shown_and_kept(
    request: HttpRequest, group: Group | None, *names: str
) -> tuple[Group | None, list[Person]]:
    """Whom a form offers: a class and the pupils ticked so far; or, once a name was typed, those who bear it instead of the class."""
    kept, typed = kept_pupils(request, *names), looked_for(request)
    if not typed:
        return group, kept
    found = queries.pupils_named(request.viewer, typed)
    return None, [*found, *(one for one in kept if one not in found)]


def as_typed(form: Any, data: Any) -> Any:
    """The same form, not sent: what was typed is what it begins with."""
    form.initial |= {
        name: field.widget.value_from_datadict(data, {}, name) for name, field in form.fields.items()
    }
    return form


def kept_pupils(request: HttpRequest, *names: str) -> list[Person]:
    """The pupils ticked so far, of whatever class (one query; none before anything is sent)."""
    chosen = [key for name in names for key in request.POST.getlist(name)]
    return list(queries.pupils_among(request.viewer, chosen)) if chosen else []


def classes_context(request: HttpRequest, group: Group | None) -> dict[str, Any]:
    groups = list(queries.groups_to_choose(request.viewer))
    return {"groups": groups, "group": group, "typed": looked_for(request)}


def parts_open_to(request: HttpRequest) -> dict[str, bool]:
    """Which parts of the room this person opens: their links are on top of each list."""
    viewer = request.viewer
    return {
        "follows": rules.follows_incidents(viewer),
        "gives": rules.gives_punitions(viewer),
        "judges": rules.reads_sanctions(viewer),
    }


@opens(to=rules.reports_incidents)
@require_safe
def incidents(request: HttpRequest) -> HttpResponse:
    """What one has reported; for school life, every incident of the school."""
    form = IncidentFilter(request.GET)
    found = queries.incidents_matching(request.viewer, form.chosen())
    paginator = Paginator(queries.lines_of(found), A_PAGE)
    paginator.count = found.count()
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": queries.rows_of(list(page.object_list)),
        "page_obj": page,
        "query": query_of(request),
        "filtered": bool(form.chosen()),
    }
    return render(request, "conduct/incidents.html", context | parts_open_to(request))


@opens(to=rules.follows_incidents)
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The list, as it is filtered, for a spreadsheet."""
    found = queries.incidents_matching(request.viewer, IncidentFilter(request.GET).chosen())
    journal.record(request.viewer, "conduct.exported", request.viewer.school, lines=found.count())
    return csv_lines(
        f"incidents-{request.viewer.today:%Y-%m-%d}", exports.incidents_csv(queries.lines_of(found))
    )


@opens(to=rules.reports_incidents)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report an incident: the class, the day and the hour of the lesson of now are there already."""
    now = queries.lesson_now(request.viewer, timezone.now())
    pupil = from_record(request)
    group = chosen_group(request, now.group_id if now else None)
    initial: dict[str, Any] = {"hour": now.hour} if now and group and now.group_id == group.pk else {}
    if pupil:
        group = group_of(request, [pupil.pk]) or group
        initial = {"concerned": [pupil.pk]}
    shown, kept = shown_and_kept(request, group, *ReportForm.PARTS)
    if shows_class(request):
        form = as_typed(ReportForm(request.viewer, shown, kept=kept), request.POST)
    else:
        form = ReportForm(request.viewer, group, request.POST or None, initial=initial, kept=kept)
    if form.is_bound and form.is_valid():
        made = actions.report(request.viewer, form.told(), form.cleaned_data["sent_as"])
        messages.success(request, _("C’est signalé. La vie scolaire est prévenue."))
        if pupil:
            return redirect("directory:person", public_id=pupil.public_id)
        return redirect("conduct:incident", pk=made.pk)
    context = {"form": form, "pupil": pupil} | classes_context(request, group)
    return render_form(request, "conduct/report.html", context)


@opens(Incident, to=rules.reads_as_staff)
@require_safe
def incident(request: HttpRequest, incident: Incident) -> HttpResponse:
    """What was seen, who was part of it, what each family reads, what was made of it."""
    return _incident_page(request, incident, SettleForm(), 200)


def _incident_page(request: HttpRequest, incident: Incident, form: SettleForm, status: int) -> HttpResponse:
    incident, viewer = queries.whole_incident(incident.pk), request.viewer
    parts = queries.parts_of(viewer, incident)
    # Of each pupil's own part: a family reads who opened it once it knows of it.
    journal.record_reads_of(
        viewer,
        "conduct.page_read",
        {
            part.person_id: Involvement(pk=part.pk, school_id=incident.school_id)
            for part in parts
            if part.is_pupil
        },
    )
    context = {
        "incident": incident,
        "parts": parts,
        "history": queries.history_of(incident),
        "form": form,
        "punitions": queries.measures_of(incident),
        "may_correct": rules.can_correct(viewer, incident),
        "may_handle": rules.can_handle(viewer),
        "may_punish": rules.gives_punitions(viewer),
        "may_open": rules.decides_sanctions(viewer),
    }
    return render(request, "conduct/incident.html", context, status=status)


@opens(Incident, to=rules.can_correct)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Correct an incident; what it said before stays in its history."""
    group = chosen_group(request)
    people = list(Person.objects.filter(involvements__incident=incident))
    shown, found = shown_and_kept(request, group, *ReportForm.PARTS)
    kept = [*people, *found]
    if shows_class(request):
        form = as_typed(ReportForm(request.viewer, shown, kept=kept), request.POST)
    else:
        form = ReportForm(request.viewer, group, request.POST or None, initial=_initial(incident), kept=kept)
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            actions.correct(request.viewer, incident, form.told(), form.cleaned_data["revision"] or 0)
        except actions.Changed:
            # What this page shows beside the form is what somebody else has just written.
            form.data = form.data.copy()
            incident.refresh_from_db()
            form.data["revision"], status = incident.revision, CONFLICT
        else:
            messages.success(request, _("La correction est enregistrée."))
            return redirect("conduct:incident", pk=incident.pk)
    context = {"form": form, "incident": incident, "conflict": status == CONFLICT}
    return render(request, "conduct/correct.html", context | classes_context(request, group), status=status)


def _initial(incident: Incident) -> dict[str, Any]:
    parts = list(incident.involvements.values_list("person_id", "part", "person__holdings__role"))
    pupils = {person for person, _part, role in parts if role == "pupil"}
    of = {
        name: sorted(
            {person for person, person_part, _role in parts if person_part == part and person in pupils}
        )
        for name, part in ReportForm.PARTS.items()
    }
    adult = next((person for person, _part, _role in parts if person not in pupils), None)
    plain = {name: getattr(incident, name) for name in ("day", "hour", "place", "kind", "facts", "revision")}
    return plain | of | {"adult": adult}


@opens(Incident, to=rules.can_handle)
@require_POST
def settle(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Say what was made of it."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        return _incident_page(request, incident, form, TYPED_WRONG)
    tell_outcome(
        request,
        actions.settle(request.viewer, incident, form.cleaned_data["note"]),
        _("L’incident est traité."),
        _("Cet incident était déjà traité."),
    )
    return redirect("conduct:incident", pk=incident.pk)


@opens(Incident, to=rules.can_handle)
@require_POST
def reopen(request: HttpRequest, incident: Incident) -> HttpResponseRedirect:
    tell_outcome(
        request,
        actions.reopen(request.viewer, incident),
        _("L’incident est rouvert."),
        _("Cet incident est déjà ouvert."),
    )
    return redirect("conduct:incident", pk=incident.pk)


@opens(Involvement, to=rules.can_handle)
@require_http_methods(["GET", "POST"])
def tell(request: HttpRequest, involvement: Involvement) -> HttpResponse:
    """Write what the family of one pupil reads, and tell it."""
    involvement = Involvement.objects.select_related("incident", "person").get(pk=involvement.pk)
    others = Person.objects.filter(involvements__incident=involvement.incident_id).exclude(
        pk=involvement.person_id
    )
    form = FamilyForm(others, request.POST or None, initial={"sentence": involvement.for_family})
    if request.method == "POST" and form.is_valid():
        tell_outcome(
            request,
            actions.tell_family(request.viewer, involvement, form.cleaned_data["sentence"]),
            _("C’est envoyé à la famille de cet élève."),
            _("La famille lit déjà cette phrase."),
        )
        return redirect("conduct:incident", pk=involvement.incident_id)
    context = {"form": form, "involvement": involvement}
    return render_form(request, "conduct/tell.html", context)
