"""The roll without a network: what a device keeps of it, and what it sends when the network is back (docs/decisions/0086)."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from preau.directory.viewer import Viewer
from preau.domains.attendance import rules
from preau.domains.attendance.actions import rolls
from preau.domains.attendance.forms import RollForm, sending_in
from preau.domains.attendance.queries.day import RollOfDay, rolls_of_day
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries.lessons import LessonRow
from preau.foundation import ondevice, stamp
from preau.foundation.access import anyone, opens
from preau.foundation.pages import CONFLICT, TYPED_WRONG


@opens(to=anyone)
@require_safe
def without_network(request: HttpRequest) -> HttpResponse:
    """The roll as the service worker keeps it: it names nobody, its script fills it with what this device may show."""
    return render(request, "attendance/without_network.html")


@opens(to=rules.calls_rolls)
@require_safe
def day(request: HttpRequest) -> JsonResponse:
    """What a device keeps until tonight: the registers of the viewer's lessons of today; and what it needs to send a roll."""
    viewer = request.viewer
    sealed = stamp.seal(viewer.account_id, viewer.key)
    kept = {
        "for": ondevice.kept_for(request, viewer.account_id),
        "csrf": get_token(request),
        "lessons": [_described(roll, sealed) for roll in rolls_of_day(viewer)],
    }
    return JsonResponse(kept | clock_of(viewer))


def clock_of(viewer: Viewer) -> dict[str, int]:
    """What time it is here, for devices whose clock is wrong, and when what they keep is over: tonight."""
    midnight = datetime.combine(viewer.today + timedelta(days=1), time(), timezone.get_current_timezone())
    return {"now": _milliseconds(timezone.now()), "until": _milliseconds(midnight)}


def moments_of(lesson: Lesson | LessonRow) -> dict[str, int]:
    """When its roll opens, when it starts and ends."""
    moments = {"opens": lesson.starts - rules.EARLY, "starts": lesson.starts, "ends": lesson.ends}
    return {"pk": lesson.pk} | {name: _milliseconds(moment) for name, moment in moments.items()}


def _described(roll: RollOfDay, sealed: str) -> dict[str, Any]:
    lesson = roll.lesson
    return moments_of(lesson) | {
        "title": f"{lesson.groups_label} · {lesson.subject}",
        "subtitle": " · ".join(filter(None, [lesson.hours, lesson.place])),
        "stamp": sealed,
        "pupils": roll.pupils,
    }


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@opens(Lesson, to=rules.can_call_register)
@require_POST
def send(request: HttpRequest, lesson: Lesson) -> JsonResponse:
    """A roll that waited for the network on a device: written once, and what somebody noted otherwise meanwhile comes back."""
    form, sending = RollForm.sent(request.POST), sending_in(request.POST)
    if (
        form is None
        or sending is None
        or not form.is_valid()
        or not rules.roll_is_open(lesson, timezone.now())
    ):
        return JsonResponse({"refused": True}, status=TYPED_WRONG)
    conflicts = rolls.replay_roll(request.viewer, lesson, form.marks, sending)
    rows = [
        {
            "pupil": conflict.pupil_id,
            "theirs": conflict.theirs,
            "mine": conflict.mine,
            "now": conflict.now,
            "own": conflict.own,
        }
        for conflict in conflicts
    ]
    return JsonResponse({"conflicts": rows}, status=CONFLICT if rows else 200)
