"""Assignment and Grade Services 2.0: what a service counts, and what it says of each pupil's work."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.commons.lti import rules
from preau.commons.lti.actions import grading as grading_actions
from preau.commons.lti.models import Activity, Column, Context, Score
from preau.commons.lti.queries import items, messages, people, tools
from preau.commons.lti.views.server import RequestRefused, body_of, context_of, json_refusals, page
from preau.commons.lti.words import (
    ACTIVITY,
    GRADING,
    LINE,
    LINE_KIND,
    LINES_KIND,
    RESULTS_KIND,
)
from preau.foundation.access import anyone, opens

FILTERS = {"resource_link_id": "activity__public_id", "resource_id": "resource", "tag": "tag"}


def wrong() -> RequestRefused:
    return RequestRefused(HTTPStatus.BAD_REQUEST, "invalid_request")


def _columns(context: Context) -> Any:
    """What the service counts in this class; nothing of an activity that was taken back."""
    rows = Column.objects.filter(context=context).select_related("activity")
    return rows.exclude(activity__ended_at__isnull=False).order_by("pk")


def said_of(context: Context, column: Column) -> dict[str, Any]:
    line_item = {
        "id": messages.line_address(context, column),
        "scoreMaximum": column.maximum,
        "label": column.label,
        "resourceId": column.resource,
        "tag": column.tag,
        "resourceLinkId": column.activity.public_id if column.activity else "",
        "startDateTime": column.starts_at.isoformat() if column.starts_at else "",
        "endDateTime": column.ends_at.isoformat() if column.ends_at else "",
    }
    return {name: value for name, value in line_item.items() if value != ""}


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
@json_refusals
def lines(request: HttpRequest, number: str) -> HttpResponse:
    """What the service counts in a class; one more."""
    if request.method == "POST":
        context = context_of(request, number, "columns", LINE)
        body = body_of(request)
        activity = _activity(context, body.get("resourceLinkId"))
        made = _written(context, body, activity)
        return JsonResponse(said_of(context, made), status=HTTPStatus.CREATED, content_type=LINE_KIND)
    context = context_of(request, number, "columns")
    rows = _columns(context)
    for name, path in FILTERS.items():
        if request.GET.get(name):
            rows = rows.filter(**{path: request.GET[name].replace("\x00", "")[:255]})
    return page(request, list(rows), LINES_KIND, lambda part: [said_of(context, one) for one in part])


def _activity(context: Context, public_id: Any) -> Activity | None:
    """The activity of this class that a line is of."""
    if public_id in (None, ""):
        return None
    if not isinstance(public_id, str) or not items.is_clean(public_id):
        raise RequestRefused(HTTPStatus.NOT_FOUND, "not_found")
    found = Activity.objects.going().filter(context=context, public_id=public_id[:24]).first()
    if found is None:
        raise RequestRefused(HTTPStatus.NOT_FOUND, "not_found")
    return found


def _written(
    context: Context, body: dict[str, Any], activity: Activity | None, line: Column | None = None
) -> Column:
    facts = items.line_of(body)
    if facts is None or not facts["label"]:
        raise wrong()
    for name, key in (("starts_at", "startDateTime"), ("ends_at", "endDateTime")):
        facts[name] = items.moment_of(body.get(key))
        if body.get(key) and facts[name] is None:
            raise wrong()
    try:
        return grading_actions.write_line(context, facts, activity, line)
    except grading_actions.Clash as clash:
        raise RequestRefused(HTTPStatus.FORBIDDEN, "too_many") from clash


def _line(context: Context, line: str) -> Column:
    found = _columns(context).filter(number=line).first() if items.is_clean(line) else None
    if found is None:
        raise RequestRefused(HTTPStatus.NOT_FOUND, "not_found")
    return found  # type: ignore[no-any-return]


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "PUT", "DELETE"])
@json_refusals
def line(request: HttpRequest, number: str, line: str) -> HttpResponse:
    """One thing that is counted: read, changed, dropped. It stays with the activity that it is of."""
    if request.method == "GET":
        context = context_of(request, number, "columns")
        return JsonResponse(said_of(context, _line(context, line)), content_type=LINE_KIND)
    context = context_of(request, number, "columns", LINE)
    found = _line(context, line)
    if request.method == "DELETE":
        grading_actions.drop_line(found)
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    body = body_of(request)
    own = found.activity.public_id if found.activity else ""
    if body.get("resourceLinkId", own) not in (own, None):
        raise wrong()
    written = _written(context, body, found.activity, found)
    return JsonResponse(said_of(context, written), content_type=LINE_KIND)


@opens(to=anyone)
@csrf_exempt
@require_POST
@json_refusals
def scores(request: HttpRequest, number: str, line: str) -> HttpResponse:
    """What the service says of a pupil's work: of one who learns in the class today, and nobody else."""
    context = context_of(request, number, "scores")
    column = _line(context, line)
    report = _score(context, body_of(request))
    try:
        grading_actions.score(column, report)
    except grading_actions.Clash as clash:
        raise RequestRefused(HTTPStatus.CONFLICT, "later_known") from clash
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _score(context: Context, body: dict[str, Any]) -> grading_actions.ScoreReport:
    """A score, read strictly. Whoever does not learn in the class is not known there."""
    at = items.moment_of(body.get("timestamp"))
    activity, grading = body.get("activityProgress"), body.get("gradingProgress")
    if at is None or at > timezone.now() + rules.AHEAD:
        raise wrong()
    if not isinstance(activity, str) or not isinstance(grading, str):
        raise wrong()
    if activity not in ACTIVITY or grading not in GRADING:
        raise wrong()
    given, maximum = _numbers(body)
    user = body.get("userId")
    person = people.person_named(context, user) if isinstance(user, str) and items.is_clean(user) else None
    if person is None or person not in people.learners_of(context, tools.today_in(context.opening.school)):
        raise RequestRefused(HTTPStatus.NOT_FOUND, "unknown_user")
    comment = items.text_of(body.get("comment"), 1_000)
    return grading_actions.ScoreReport(person, given, maximum, comment, activity, grading, at)


def _numbers(body: dict[str, Any]) -> tuple[float | None, float | None]:
    """What was got, out of what: both, or neither."""
    if body.get("scoreGiven") is None:
        return None, None
    given, maximum = items.number_of(body["scoreGiven"]), items.number_of(body.get("scoreMaximum"))
    if given is None or maximum is None or given < 0 or maximum <= 0:
        raise wrong()
    return given, maximum


@opens(to=anyone)
@csrf_exempt
@require_safe
@json_refusals
def results(request: HttpRequest, number: str, line: str) -> HttpResponse:
    """What the service said, read again: of those who learn in the class today."""
    context = context_of(request, number, "results")
    column = _line(context, line)
    learners = people.learners_of(context, tools.today_in(context.opening.school))
    rows = Score.objects.filter(column=column, pupil__in=learners)
    users = people.users_of(context, learners)
    if request.GET.get("user_id"):
        wanted = request.GET["user_id"]
        rows = rows.filter(pupil__in=[person for person, user in users.items() if user == wanted])
    found = [row for row in rows.order_by("pk") if row.pupil_id in users]
    return page(
        request,
        found,
        RESULTS_KIND,
        lambda part: [_result(context, column, users[one.pupil_id], one) for one in part],
    )


def _result(context: Context, column: Column, user: str, score: Score) -> dict[str, Any]:
    """On the scale of the line, whatever the one of the score was."""
    here = messages.line_address(context, column)
    result: dict[str, Any] = {"id": f"{here}/results/{user}", "scoreOf": here, "userId": user}
    if score.given is not None and score.maximum:
        result["resultScore"] = score.given / score.maximum * column.maximum
        result["resultMaximum"] = column.maximum
    if score.comment:
        result["comment"] = score.comment
    return result
