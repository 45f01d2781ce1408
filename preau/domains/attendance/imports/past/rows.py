"""The lines of such a table as absences and latenesses: who, from when to when, why; and the lines that say something else."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from preau.domains.attendance.imports.past import columns
from preau.domains.attendance.models import Status
from preau.foundation.csvfiles import Row
from preau.foundation.importers.tables import Problem, WrongCell, cells_by_field, day_of
from preau.foundation.text import bare

A_DAY = re.compile(r"\b(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2}))")
AN_HOUR = re.compile(r"(?<![0-9])([0-9]{1,2})\s?[hH:]\s?([0-9]{2})?(?::[0-9]{2})?(?![0-9])")
LENGTH = re.compile(
    r"(?:(?P<hours>[0-9]{1,3})\s?[h:])?\s?(?:(?P<minutes>[0-9]{1,3})\s?(?:m|mn|min|minutes?)?)?"
)
COUNT = re.compile(r"(?P<count>[0-9]{1,3})(?:[.,](?P<part>[05])0?)?")
MORNINGS = {"m", "mat", "matin", "matinee", "le matin"}
AFTERNOONS = {"a", "ap", "pm", "apm", "aprem", "apres midi", "l apres midi"}
# « AM » is the morning beside « PM », and the afternoon beside « M ».
EITHER = "am"
WHOLE = {"", "j", "jour", "journee", "journee entiere", "toute la journee"}
YES = {"o", "oui", "x", "1", "vrai", "true", "justifie", "justifiee", "excuse", "excusee", "recevable"}
YES |= {"regle", "reglee", "valable", "valide", "acceptee"}
NO = {"n", "non", "0", "faux", "false", "injustifie", "injustifiee", "inexcusee", "irrecevable"}
LONGEST_DELAY, A_DAY_LONG, SHORT = 600, 24 * 60, 2


@dataclass(frozen=True)
class PastLine:
    """One line, in words of the file but for its days, its hours and its numbers. `excused`: None where nothing says it."""

    line: int
    pupil: str
    group: str
    kind: str
    first: date
    last: date
    begins: time | None = None
    ends: time | None = None
    afternoon: bool | None = None
    halves: int | None = None
    minutes: int | None = None
    reason: str = ""
    excused: bool | None = None
    file: str = ""


def read_rows(rows: Iterable[Row], fields: Sequence[str]) -> tuple[list[PastLine], list[Problem]]:
    """The absences and latenesses of these lines, whose columns hold `fields`; a line that says nothing is none."""
    records = [(row.line, cells_by_field(row, fields)) for row in rows]
    halves = {bare(cells.get(columns.HALF, "")) for _line, cells in records}
    lines, problems = [], []
    for number, cells in records:
        if not any(cells.values()):
            continue
        try:
            lines.append(_line(number, cells, halves))
        except WrongCell as wrong:
            problems.append(Problem(number, str(wrong), _pupil(cells)))
    return lines, problems


def _pupil(cells: Mapping[str, str]) -> str:
    whole = cells.get(columns.PUPIL, "")
    return whole or f"{cells.get(columns.FAMILY, '')} {cells.get(columns.GIVEN, '')}".strip()


def _line(number: int, told: Mapping[str, str], halves: set[str]) -> PastLine:
    who = _pupil(told)
    if not who:
        raise WrongCell(_("Pas de nom d’élève."))
    minutes = _minutes(told.get(columns.MINUTES, ""))
    kind = _kind(told.get(columns.KIND, ""), minutes)
    first, last, begins, ends = _when(told)
    length = _minutes(told.get(columns.DURATION, ""))
    if kind == Status.LATE:
        minutes, last, ends = minutes or length, first, None
        if minutes and minutes > LONGEST_DELAY:
            raise WrongCell(_("Un retard de plus de dix heures."))
    else:
        minutes = None
        if begins and not ends and length and first == last:
            ends = _later(begins, length)
    return PastLine(
        number,
        who,
        told.get(columns.GROUP, ""),
        kind,
        first,
        last,
        begins,
        ends,
        _half(told, halves),
        _halves(told.get(columns.HALVES, "")),
        minutes,
        " ".join(told.get(columns.REASON, "").split())[:80],
        _excused(told.get(columns.EXCUSED, "")),
    )


def _when(cells: Mapping[str, str]) -> tuple[date, date, time | None, time | None]:
    """« du 12/10/2026 8 h au 13/10/2026 10 h » in one cell or in four; « 8h30 - 10h30 » in one or in two."""
    start, end = cells.get(columns.FIRST, ""), cells.get(columns.LAST, "")
    days = _days(start)
    if not days:
        raise WrongCell(_("Pas de date."))
    first, last = days[0], [*days, *_days(end)][-1]
    hours = [*_hours(A_DAY.sub(" ", start)), *_typed_hours(cells.get(columns.FROM, ""))]
    until = [*_hours(A_DAY.sub(" ", end)), *_typed_hours(cells.get(columns.UNTIL, ""))]
    begins = hours[0] if hours else None
    ends = until[-1] if until else hours[1] if len(hours) > 1 else None
    if last < first or (first == last and begins and ends and ends < begins):
        raise WrongCell(_("La fin est avant le début."))
    return first, last, begins, None if first == last and ends == begins else ends


def _days(text: str) -> list[date]:
    found = [day for one in A_DAY.findall(text) if (day := day_of(one))]
    if text.strip() and not found and not AN_HOUR.search(text):
        raise WrongCell(_("« %(said)s » n’est pas une date.") % {"said": text.strip()[:20]})
    return found


def _hours(text: str) -> list[time]:
    return [_hour(*one) for one in AN_HOUR.findall(text.replace("T", " "))]


def _typed_hours(text: str) -> list[time]:
    found = _hours(text)
    if text.strip() and not found and bare(text) not in MORNINGS | AFTERNOONS:
        raise WrongCell(_("« %(said)s » n’est pas une heure.") % {"said": text.strip()[:20]})
    return found


def _hour(hours: str, minutes: str) -> time:
    try:
        return time(int(hours), int(minutes or 0))
    except ValueError:
        raise WrongCell(_("« %(said)s » n’est pas une heure.") % {"said": f"{hours}:{minutes}"}) from None


def _later(begins: time, minutes: int) -> time:
    reached = min(begins.hour * 60 + begins.minute + minutes, A_DAY_LONG - 1)
    return time(reached // 60, reached % 60)


def _half(cells: Mapping[str, str], halves: set[str]) -> bool | None:
    """The half that is named: True for the afternoon; None for the whole day, or where the column says nothing."""
    text = bare(cells.get(columns.HALF, ""))
    beside = (A_DAY.sub(" ", cells.get(columns.FIRST, "")), cells.get(columns.FROM, ""))
    # In a cell of another kind, in full: « à » alone is no half.
    words = [text, *(word for word in map(bare, beside) if len(word) > SHORT)]
    if found := [word for word in words if word in MORNINGS | AFTERNOONS]:
        return found[0] in AFTERNOONS
    if text in WHOLE or not cells.get(columns.HALF):
        return None
    if text == EITHER:
        beside_m = bool(halves & MORNINGS)
        if beside_m != ("pm" in halves):
            return beside_m
        raise WrongCell(_("« AM » peut dire le matin ou l’après-midi : écrivez-le en entier."))
    raise WrongCell(_("« %(said)s » n’est ni le matin ni l’après-midi.") % {"said": text[:20]})


def _halves(cell: str) -> int | None:
    text = bare(cell).removesuffix(" dj").strip()
    if not text:
        return None
    found = COUNT.fullmatch(cell.strip().split(" ")[0])
    if not found:
        raise WrongCell(_("« %(said)s » n’est pas un nombre de demi-journées.") % {"said": cell[:20]})
    return int(found["count"]) + (found["part"] == "5")


def _minutes(cell: str) -> int | None:
    """« 10 », « 10 min », « 0h10 », « 2h », « 01:30 »; None of nothing."""
    text = cell.strip().lower()
    found = LENGTH.fullmatch(re.sub(r":00$", "", text) if text.count(":") == 2 else text)
    if not text:
        return None
    if not found or not (found["hours"] or found["minutes"]):
        raise WrongCell(_("« %(said)s » n’est pas une durée.") % {"said": cell[:20]})
    return int(found["hours"] or 0) * 60 + int(found["minutes"] or 0) or None


def _kind(cell: str, minutes: int | None) -> str:
    text = bare(cell)
    if not text:
        return Status.LATE if minutes else Status.ABSENT
    if "retard" in text or text in {"r", "ret"}:
        return Status.LATE
    if text.startswith("abs") or text == "a":
        return Status.ABSENT
    raise WrongCell(_("« %(said)s » n’est ni une absence ni un retard.") % {"said": cell[:30]})


def _excused(cell: str) -> bool | None:
    text = bare(cell)
    if not text:
        return None
    if text in YES:
        return True
    if text in NO or text.startswith(("non ", "pas ", "in")):
        return False
    raise WrongCell(_("« %(said)s » n’est ni oui ni non.") % {"said": cell[:20]})
