"""What a history of levels comes to, again and slowly: from the published rules, without one line of the house and without a fraction.

Levels are counted one by one, and the nearest level is looked for among the four.
"""

from typing import Any


def slow_synthesis(history: list[dict[str, Any]], rule: str) -> int | None:
    records = [one for one in history if one["value"] in {1, 2, 3, 4}]
    if not records:
        return None
    if rule == "best":
        return next(level for level in (4, 3, 2, 1) if any(one["value"] == level for one in records))
    if rule == "last":
        found = records[0]
        for one in records[1:]:
            later = one["day"] > found["day"] or (
                one["day"] == found["day"] and one["order"] > found["order"]
            )
            found = one if later else found
        value: int = found["value"]
        return value
    return slow_nearest([one["value"] for one in records])


def slow_nearest(levels: list[int]) -> int:
    """The level whose distance to the mean is least; of two as near, the greater. Distances are multiplied by the count: no division."""
    total, count = sum(levels), len(levels)
    return min((4, 3, 2, 1), key=lambda level: (abs(level * count - total), -level))


def slow_component(histories: list[list[dict[str, Any]]], rule: str) -> int | None:
    made = [level for level in (slow_synthesis(history, rule) for history in histories) if level is not None]
    return slow_nearest(made) if made else None
