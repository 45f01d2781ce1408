"""The averages of a gradebook written as JSON, again and slowly: straight from the published rules, in exact fractions, without
one line of the house. An optional mark is tried in and out, in every combination."""

from fractions import Fraction
from itertools import combinations
from typing import Any


def slow_averages(book: dict[str, Any]) -> dict[str, Any]:
    pupils = {}
    for pupil in dict.fromkeys(mark["pupil"] for mark in book["marks"]):
        marks = {m["assessment"]: m["value"] for m in book["marks"] if m["pupil"] == pupil}
        pupils[pupil] = _of(book, marks)
    return {"pupils": pupils}


def _of(book: dict[str, Any], marks: dict[str, str]) -> dict[str, Any]:
    step, mode = book["rounding"]["step"], book["rounding"]["mode"]
    parts: dict[str, Fraction | None] = {}
    subjects: dict[str, str | None] = {}
    bases = []
    for subject in book["subjects"]:
        held = []
        for part in subject["parts"]:
            parts[part["id"]] = value = slow_part(book, part["id"], marks)
            held.append((value, Fraction(part["coefficient"])))
        exact = mean(held)
        subjects[subject["id"]] = shown = None if exact is None else slow_rounding(exact, step, mode)
        from_rounded = book["general_from"] == "rounded" and shown is not None
        bases.append((Fraction(shown) if from_rounded else exact, Fraction(subject["coefficient"])))
    general = mean(bases)
    return {
        "parts": {
            key: None if v is None else slow_rounding(v, "0.01", "half_up") for key, v in parts.items()
        },
        "subjects": subjects,
        "general": None if general is None else slow_rounding(general, step, mode),
    }


def mean(values: list[tuple[Fraction | None, Fraction]]) -> Fraction | None:
    weights = sum(c for v, c in values if v is not None)
    return sum(v * c for v, c in values if v is not None) / weights if weights else None


def slow_part(book: dict[str, Any], part: str, marks: dict[str, str]) -> Fraction | None:
    normal, optional, bonus = [], [], Fraction(0)
    for assessment in book["assessments"]:
        value = worth(marks.get(assessment["id"]), assessment["scale"], book["not_returned"])
        if assessment["part"] != part or value is None:
            continue
        weight = Fraction(assessment["coefficient"])
        if assessment["mode"] == "bonus":
            bonus += weight * max(value - 10, Fraction(0))
        else:
            (normal if assessment["mode"] == "normal" else optional).append((value, weight))
    if not sum(weight for _value, weight in normal):
        return None
    tried = []
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            kept = [*normal, *chosen]
            tried.append((sum(v * c for v, c in kept) + bonus) / sum(c for _v, c in kept))
    return min(max(tried), Fraction(20))


def worth(given: str | None, scale: str, not_returned: str) -> Fraction | None:
    if given is None or given in {"ABS", "DISP", "NN"}:
        return None
    if given == "NR":
        return Fraction(0) if not_returned == "zero" else None
    return Fraction(given) * 20 / Fraction(scale)


def slow_rounding(value: Fraction, step: str, mode: str) -> str:
    """Counting up step by step, then the nearest of the two around, as numbers are written on paper."""
    width = Fraction(step)
    below = int(value / width)
    while (below + 1) * width <= value:
        below += 1
    left, right = value - below * width, (below + 1) * width - value
    up = mode != "down" and (right < left or (right == left and (mode == "half_up" or below % 2 == 1)))
    places = len(step.partition(".")[2])
    digits = str(int((below + up) * width * 10**places)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits
