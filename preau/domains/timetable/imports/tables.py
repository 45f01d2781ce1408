"""Reading a timetable typed in a table, CSV or XLSX: its headings say what each column holds, in the usual words."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from preau.domains.timetable.imports.told import (
    NamedThing,
    Odd,
    Slot,
    TimetableFiles,
    checked,
    hour_from,
    hours_from,
)
from preau.domains.timetable.imports.weeks import Calendar, Weeks
from preau.domains.timetable.models import Weekday
from preau.foundation.grids import open_grid, samples
from preau.foundation.reading import Unreadable
from preau.foundation.text import fold

# What a column holds → the headings that say so, folded.
HEADINGS = {
    "day": ("jour", "jour de la semaine", "jours"),
    "starts": ("debut", "heure de debut", "heure debut", "de", "h debut", "heure", "commence a"),
    "ends": ("fin", "heure de fin", "heure fin", "a", "h fin", "finit a"),
    "hours": ("horaire", "horaires", "creneau", "heures", "plage"),
    "length": ("duree", "duree (min)", "duree en minutes"),
    "subject": ("matiere", "discipline", "cours", "enseignement", "libelle matiere"),
    "code": ("code matiere", "code de la matiere"),
    "class": ("classe", "classes", "division", "divisions"),
    "group": (
        "groupe",
        "groupes",
        "classe/groupe",
        "classe ou groupe",
        "classes et groupes",
        "classe groupe",
    ),
    "teacher": (
        "enseignant",
        "enseignants",
        "professeur",
        "professeurs",
        "prof",
        "profs",
        "intervenant",
        "enseignante",
    ),
    "room": ("salle", "salles", "lieu"),
    "turn": ("semaine", "semaines", "alternance", "quinzaine", "periodicite", "semaine a/b", "frequence"),
    "first": ("du", "date de debut", "premier jour", "a partir du", "debut le"),
    "last": ("au", "date de fin", "dernier jour", "jusqu au", "fin le"),
    "key": ("identifiant", "id", "numero", "reference"),
}
SAMPLES = 3
NEEDED = (
    ({"day"}, _lazy("le jour")),
    ({"starts", "hours"}, _lazy("l’heure de début")),
    ({"ends", "hours", "length"}, _lazy("l’heure de fin")),
    ({"subject", "code"}, _lazy("la matière")),
    ({"class", "group"}, _lazy("la classe ou le groupe")),
)
Words = Mapping[str, str]
SAID = {heading: field for field, headings in HEADINGS.items() for heading in headings}
DAYS = {fold(str(label)): number for number, label in Weekday.choices}
SHORT_DAYS = {name[:3]: number for name, number in DAYS.items()}
SEVERAL = re.compile(r"\s*(?:[,;+&/\n]|\bet\b)\s*")
FRENCH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2,4})")
HOURS = re.compile(r"(.+?)\s*(?:-|–|—|à|a|/|→)\s*(.+)")


class ColumnsWanted(Unreadable):
    """Nothing says what the columns of a table hold: somebody may."""


def read(paths: Iterable[Path], calendar: Calendar, words: Words) -> TimetableFiles:
    """What the tables say; `words`: what somebody said that headings mean. Raises Unreadable, ColumnsWanted."""
    files = TimetableFiles()
    for path in paths:
        _read_one(files, path, calendar, words)
    return files


def _read_one(files: TimetableFiles, path: Path, calendar: Calendar, words: Words) -> None:
    grid = open_grid(path, path.name)
    columns = columns_of(grid.titles, path.name, words)
    for row in grid.rows():
        number = files.course(path.name, row.line)
        cells = {field: row.cells[place] for field, place in columns.items()}
        try:
            files.slots.append(_slot(path.name, row.line, number, cells, calendar))
        except Odd as odd:
            files.put_aside(number, path.name, row.line, str(odd), what=cells.get("subject", "")[:60])


def columns_of(titles: Sequence[str], name: str, words: Words) -> dict[str, int]:
    """Where each thing stands. Raises ColumnsWanted when what a course needs is nowhere."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        if field := field_of(title, words):
            found.setdefault(field, place)
    for wanted, label in NEEDED:
        if not wanted & found.keys():
            raise ColumnsWanted(name, 1, _("Aucun titre de colonne ne dit %(what)s.") % {"what": label})
    return found


def field_of(title: str, words: Words) -> str:
    """What a heading says: as somebody said it here, else in the usual words; \"\" when it says nothing."""
    field = words.get(fold(title)[:120])
    usual = SAID.get(" ".join(fold(title.replace("*", "")).replace("_", " ").split()), "")
    return field if field is not None else usual


def shown(paths: Iterable[Path], words: Words) -> list[dict[str, object]]:
    """The headings of tables, each once, with their first cells and what they seem to hold: for somebody to say."""
    found: dict[str, dict[str, object]] = {}
    for path in paths:
        grid = open_grid(path, path.name)
        try:
            cells = samples(grid)
        except Unreadable:
            cells = [[] for _title in grid.titles]
        for title, some in zip(grid.titles, cells, strict=True):
            heading = {"title": title[:120], "cells": list(some)[:SAMPLES], "field": field_of(title, words)}
            found.setdefault(fold(title)[:120], heading)
    return list(found.values())


def _slot(file: str, line: int, number: int, cells: dict[str, str], calendar: Calendar) -> Slot:
    cell: Callable[[str], str] = lambda field: cells.get(field, "").strip()  # noqa: E731
    if not cell("subject") and not cell("code"):
        raise Odd(_("Ce cours n’a pas de matière."))
    starts, ends = _hours(cell)
    groups = [NamedThing(name, is_class=True) for name in _several(cell("class"))]
    groups += [NamedThing(name) for name in _several(cell("group"))]
    return Slot(
        file,
        line,
        [number],
        _weekday(cell("day")),
        starts,
        ends,
        NamedThing(cell("subject"), cell("code")),
        groups=tuple(groups),
        teachers=tuple(NamedThing(name) for name in _several(cell("teacher"))),
        room=NamedThing(cell("room")) if cell("room") else None,
        weeks=_weeks(cell("turn"), calendar),
        first=_day(cell("first")),
        last=_day(cell("last")),
        key=cell("key")[:100],
    )


def _several(text: str) -> list[str]:
    return [part for part in SEVERAL.split(text) if part]


def _weekday(text: str) -> int:
    folded = fold(text)
    if folded in DAYS:
        return DAYS[folded]
    if folded.rstrip(".")[:3] in SHORT_DAYS and len(folded.rstrip(".")) <= 4:
        return SHORT_DAYS[folded[:3]]
    if folded.isdecimal() and 1 <= int(folded) <= 7:
        return int(folded) - 1
    raise Odd(_("Le jour « %(day)s » n’existe pas.") % {"day": text[:20]})


def _hours(cell: Callable[[str], str]) -> tuple[time, time]:
    start, end = cell("starts"), cell("ends")
    if cell("hours") and not (start and end):
        found = HOURS.fullmatch(cell("hours"))
        if not found:
            raise Odd(_("L’horaire « %(text)s » ne se lit pas.") % {"text": cell("hours")[:20]})
        start, end = found[1], found[2]
    if not end and cell("length"):
        return hours_from(hour_from(start), _minutes(cell("length")))
    return checked(hour_from(start), hour_from(end))


def _minutes(text: str) -> int:
    if text.isdecimal() and len(text) <= 3 and int(text) >= 5:
        return int(text)
    length = hour_from(text)
    return length.hour * 60 + length.minute


def _weeks(text: str, calendar: Calendar) -> Weeks | None:
    try:
        return calendar.turn(text)
    except ValueError:
        raise Odd(_("Les semaines « %(text)s » ne se lisent pas.") % {"text": text[:24]}) from None


def _day(text: str) -> date | None:
    if not text:
        return None
    found = FRENCH_DAY.fullmatch(text)
    try:
        if found:
            year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
            return date(year, int(found[2]), int(found[1]))
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise Odd(_("La date « %(text)s » n’existe pas.") % {"text": text[:20]}) from None
