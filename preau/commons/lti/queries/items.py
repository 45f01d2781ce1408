"""What a service answers when something was chosen there: read strictly, what is not an activity is left."""

import math
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from preau.commons.lti.models import Tool
from preau.commons.lti.rules import MOST_ITEMS
from preau.commons.signon.queries import access
from preau.foundation import dates

MOST_CUSTOM, LONGEST_CUSTOM = 30, 500
# Years at the ends of the calendar overflow on their way to a zone.
FIRST_YEAR, LAST_YEAR = 2000, 2100


def items_of(tool: Tool, items: Any, zone: str) -> tuple[list[dict[str, Any]], int]:
    """The activities among what was chosen, each as plain facts, and how many things were left: pages, pictures, pieces of
    HTML, and activities that would open elsewhere than at this service. `zone`: the school's, for the days."""
    if not isinstance(items, list):
        return [], 0
    read = [_activity(tool, one, zone) for one in items[: MOST_ITEMS * 5]]
    kept = [one for one in read if one is not None][:MOST_ITEMS]
    return kept, len(items) - len(kept)


def _activity(tool: Tool, item: Any, zone: str) -> dict[str, Any] | None:
    if not isinstance(item, dict) or item.get("type") != "ltiResourceLink":
        return None
    target = item.get("url") or ""
    if target and not _is_at(tool, target):
        return None
    custom = custom_of(item.get("custom"))
    if custom is None:
        return None
    line = line_of(item.get("lineItem"))
    title = text_of(item.get("title"), 120) or (line or {}).get("label", "")
    return {
        "title": title[:120],
        "text": text_of(item.get("text"), 500),
        "target": target,
        "custom": custom,
        "line": line,
        "due_on": _day_of(item.get("submission"), zone),
    }


def _is_at(tool: Tool, target: Any) -> bool:
    """Does it open at an origin that the register holds for this service?"""
    place = access.place_of(target) if isinstance(target, str) else None
    known = {access.place_of(one) for one in (tool.target, *tool.redirects)}
    return place is not None and place.origin in {one.origin for one in known if one}


def text_of(value: Any, most: int) -> str:
    """A text on one line, without control signs."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in value).split())[:most]


def is_clean(text: str) -> bool:
    """May it be kept, sought and sent? No NUL, which a database refuses; no half of a pair, which UTF-8 does not write."""
    return not any(sign == "\x00" or "\ud800" <= sign <= "\udfff" for sign in text)


def custom_of(custom: Any) -> dict[str, str] | None:
    """What the service wants to find again: short words under short names. None when it is anything else."""
    if custom is None:
        return {}
    if not isinstance(custom, dict) or len(custom) > MOST_CUSTOM:
        return None
    parameters = {
        str(name): str(value) for name, value in custom.items() if isinstance(value, str | int | float | bool)
    }
    whole = len(parameters) == len(custom) and all(
        len(name) <= LONGEST_CUSTOM and len(value) <= LONGEST_CUSTOM and is_clean(name + value)
        for name, value in parameters.items()
    )
    return parameters if whole else None


def number_of(value: Any) -> float | None:
    """A number of JSON that is one: no truth value, nothing infinite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def moment_of(value: Any) -> datetime | None:
    """A moment of our time with its zone (ISO 8601); None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        found = parse_datetime(value)
    except ValueError:
        return None
    return found if found and is_aware(found) and FIRST_YEAR <= found.year <= LAST_YEAR else None


def line_of(line_item: Any) -> dict[str, Any] | None:
    """What is to be counted of an activity; None when nothing is, or nothing that can be read."""
    if not isinstance(line_item, dict):
        return None
    maximum = number_of(line_item.get("scoreMaximum"))
    if maximum is None or maximum <= 0:
        return None
    return {
        "label": text_of(line_item.get("label"), 200),
        "maximum": maximum,
        "resource": text_of(line_item.get("resourceId"), 255),
        "tag": text_of(line_item.get("tag"), 255),
    }


def _day_of(submission: Any, zone: str) -> str:
    ends = moment_of(submission.get("endDateTime")) if isinstance(submission, dict) else None
    return dates.local(ends, zone).date().isoformat() if ends else ""
