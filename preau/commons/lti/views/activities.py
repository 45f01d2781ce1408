"""Pages of activities: what was given to a class, and what each pupil got of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.lti import exports, rules
from preau.commons.lti.actions import giving
from preau.commons.lti.forms import ChangeForm
from preau.commons.lti.models import Activity
from preau.commons.lti.queries import tools
from preau.commons.lti.queries.activities import (
    activities_of,
    class_results,
    family_results,
    may_open,
    open_here,
    rows_of,
)
from preau.commons.lti.views.going import go
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.downloads import csv_lines
from preau.foundation.pages import render_form
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.uses_activities)
@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """What was given to one's classes; to a family, to those of the children."""
    viewer, openings = request.viewer, open_here(request.viewer)
    asked = request.GET.get("classe", "")
    group = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 12 else None
    found = activities_of(viewer, openings, group)
    page = page_for(request, found, A_PAGE)
    context = {
        "page_obj": page,
        "rows": rows_of(viewer, page, openings),
        "gives": rules.gives_activities(viewer),
        "has_tools": bool(openings),
        "group": group,
        "today": viewer.today,
    }
    return render(request, "lti/activities.html", context)


@opens(Activity, to=rules.uses_activities, by="public_id")
@require_safe
def activity(request: HttpRequest, activity: Activity) -> HttpResponse:
    """One activity: opened from here; its results, to whoever gave it; one's own, to a pupil and the family."""
    viewer = request.viewer
    reads = rules.reads_results(viewer, activity)
    rows = (class_results if reads else family_results)(viewer, activity)
    context: dict[str, Any] = {
        "activity": activity,
        "service": activity.context.opening.service,
        "group": activity.context.group,
        "rows": rows,
        "counted": sum(bool(row.results) for row in rows),
        "reads": reads,
        "keeps": rules.keeps_activity(viewer, activity),
        "may_open": may_open(viewer, activity),
        "several": viewer.is_guardian and len(rows) > 1,
        "today": viewer.today,
    }
    return render(request, "lti/activity.html", context)


@opens(Activity, to=rules.uses_activities, by="public_id")
@require_POST
def launch(request: HttpRequest, activity: Activity) -> HttpResponse:
    """To the service: by a page that goes on by itself, since a form of ours leads nowhere else."""
    tool = tools.tool_for(activity.context.opening.service)
    if tool is None or not may_open(request.viewer, activity):
        messages.error(request, _("Ce service n’est pas ouvert en ce moment."))
        return redirect("lti:activity", public_id=activity.public_id)
    return go(request, tool, activity=activity)


@opens(Activity, to=rules.keeps_activity, by="public_id")
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, activity: Activity) -> HttpResponse:
    """Another title, a sentence, a day."""
    form = ChangeForm(activity, request.POST or None)
    if form.is_valid():
        changed = giving.rename(request.viewer, activity, **form.cleaned_data)
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("lti:activity", public_id=activity.public_id)
    context = {"form": form, "activity": activity}
    return render_form(request, "lti/change.html", context)


@opens(Activity, to=rules.keeps_activity, by="public_id")
@require_POST
def end(request: HttpRequest, activity: Activity) -> HttpResponse:
    """Nobody opens it any more; its results stay until the end of the year."""
    done = giving.end(request.viewer, activity)
    messages.success(
        request, _("L’activité est retirée. Ses résultats restent.") if done else _("C’était déjà fait.")
    )
    return redirect("lti:activity", public_id=activity.public_id)


@opens(Activity, to=rules.keeps_activity, by="public_id")
@require_POST
def restore(request: HttpRequest, activity: Activity) -> HttpResponse:
    done = giving.restore(request.viewer, activity)
    messages.success(request, _("L’activité est donnée de nouveau.") if done else _("C’était déjà fait."))
    return redirect("lti:activity", public_id=activity.public_id)


@opens(Activity, to=rules.reads_results, by="public_id")
@confirmed(reading=True)
@require_safe
def export(request: HttpRequest, activity: Activity) -> StreamingHttpResponse:
    """Its results, as a spreadsheet."""
    rows = class_results(request.viewer, activity)
    journal.record(request.viewer, "lti.exported", activity, rows=len(rows))
    return csv_lines(f"activite-{activity.given_at:%Y-%m-%d}", exports.csv_of(rows))
