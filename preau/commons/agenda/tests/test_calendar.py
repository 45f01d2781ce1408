"""The file of an agenda, read by three readers that know nothing of each other, over the nights when clocks change."""

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from preau.commons.agenda import exports
from preau.foundation.boards import AgendaEntry

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OPENED = NOW - timedelta(days=3)
ROOT = Path(__file__).parents[4]
# The days around 25 October 2026 and 28 March 2027, and the changes themselves.
DAYS = [
    date(2026, 10, 24),
    date(2026, 10, 25),
    date(2026, 10, 26),
    date(2027, 3, 27),
    date(2027, 3, 28),
    date(2027, 3, 29),
]
HOURS = [(0, 30), (4, 0), (8, 5), (17, 55), (23, 15)]
ZONES = ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Miquelon", "Pacific/Noumea"]

Said = tuple[str, ...]


def lesson(uid: str, start: datetime, **fields: Any) -> AgendaEntry:
    facts = {"title": "Mathématiques", "place": "salle 204", "zone": str(start.tzinfo)} | fields
    return AgendaEntry(uid=uid, starts=start, ends=start + timedelta(minutes=55), **facts)


def entries_of(zone: str) -> list[AgendaEntry]:
    walls = [datetime(d.year, d.month, d.day, *hour, tzinfo=ZoneInfo(zone)) for d in DAYS for hour in HOURS]
    return [lesson(f"seance-{number}", wall.astimezone(UTC), zone=zone) for number, wall in enumerate(walls)]


def written(entries: list[AgendaEntry]) -> bytes:
    return exports.calendar_of(entries, opened_at=OPENED, now=NOW)


def moment(value: Any) -> str:
    return (
        value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if isinstance(value, datetime)
        else value.isoformat()
    )


def by_icalendar(file: bytes) -> list[Said]:
    return [
        (
            str(e["uid"]),
            str(e["summary"]),
            str(e.get("location", "")),
            moment(e["dtstart"].dt),
            moment(e["dtend"].dt),
        )
        for e in icalendar.Calendar.from_ical(file).walk("VEVENT")
    ]


def by_vobject(file: bytes) -> list[Said]:
    # It would keep the first zone of a name that it has read in this process, whatever this file says.
    for name in re.findall(rb"^TZID:(.+?)\r?$", file, re.MULTILINE):
        vobject.icalendar.registerTzid(name.decode(), None)
    return [
        (
            e.uid.value,
            e.summary.value,
            e.location.value if hasattr(e, "location") else "",
            moment(e.dtstart.value),
            moment(e.dtend.value),
        )
        for e in vobject.readOne(file.decode()).vevent_list
    ]


def by_ical_js(file: bytes) -> list[Said]:
    node = shutil.which("node", path=os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ["PATH"]]))
    assert node, "`make tools` gives Node.js where the machine has none."
    script = Path(__file__).with_name("read_calendar.mjs")
    read = subprocess.run([node, str(script)], input=file, capture_output=True, check=True)
    return [tuple(event) for event in json.loads(read.stdout)]


READERS = [by_icalendar, by_vobject, by_ical_js]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("zone", ZONES)
def test_three_readers_read_the_same_hours_over_the_changes_of_clock(read: Any, zone: str) -> None:
    entries = entries_of(zone)
    expected = [(f"{e.uid}@localhost", e.title, e.place, moment(e.starts), moment(e.ends)) for e in entries]
    assert read(written(entries)) == expected


@pytest.mark.parametrize("read", READERS)
def test_three_readers_read_two_clocks_days_accents_and_long_lines(read: Any) -> None:
    title = "Histoire, géographie ; « l’Île-de-France », " + "très long " * 12
    entries = [
        AgendaEntry("fermeture-4", "Vacances de Noël", date(2026, 12, 19), date(2027, 1, 3)),
        lesson("seance-1", datetime(2027, 1, 4, 8, 5, tzinfo=ZoneInfo("Europe/Paris")), title=title.strip()),
        lesson(
            "seance-2", datetime(2027, 1, 4, 8, 5, tzinfo=ZoneInfo("Indian/Reunion")), whose="Hugo", place=""
        ),
    ]
    assert read(written(entries)) == [
        ("fermeture-4@localhost", "Vacances de Noël", "", "2026-12-19", "2027-01-04"),
        ("seance-1@localhost", title.strip(), "salle 204", "2027-01-04T07:05:00Z", "2027-01-04T08:00:00Z"),
        (
            "seance-2@localhost",
            "Hugo\u202f: Mathématiques",
            "",
            "2027-01-04T04:05:00Z",
            "2027-01-04T05:00:00Z",
        ),
    ]


@pytest.mark.parametrize("read", READERS)
def test_an_agenda_of_nothing_is_a_calendar(read: Any) -> None:
    file = written([])
    assert b"BEGIN:VCALENDAR" in file
    if read is not by_vobject:  # it has no name for a list that is not there
        assert read(file) == []


def test_a_reader_that_trusts_the_file_alone_has_the_changes_in_it() -> None:
    """The clock of the file, observance by observance: each begins at the hour written on the clock before it."""
    file = written(entries_of("Europe/Paris")).decode().replace("\r\n", "\n")
    for part in (
        "BEGIN:STANDARD\nDTSTART:20261025T030000\nTZNAME:CET\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD",
        "BEGIN:DAYLIGHT\nDTSTART:20270328T020000\nTZNAME:CEST\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT",
    ):
        assert part in file
    assert "DTSTART;TZID=Europe/Paris:20261026T080500" in file
    reunion = written(entries_of("Indian/Reunion")).decode()
    assert reunion.count("BEGIN:STANDARD") == 1 and "BEGIN:DAYLIGHT" not in reunion


def test_the_file_is_made_of_lines_that_calendars_accept() -> None:
    file = written(
        [lesson("seance-1", datetime(2026, 11, 24, 8, 5, tzinfo=ZoneInfo("Europe/Paris")), title="é" * 90)]
    )
    lines = file.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert all(b"\n" not in line for line in lines)


def test_a_later_answer_is_newer_and_the_same_things_have_the_same_tag() -> None:
    entries = entries_of("Europe/Paris")
    first = icalendar.Calendar.from_ical(written(entries)).walk("VEVENT")[0]
    later = exports.calendar_of(entries, opened_at=OPENED, now=NOW + timedelta(hours=1))
    second = icalendar.Calendar.from_ical(later).walk("VEVENT")[0]
    assert first["uid"] == second["uid"]
    assert second["sequence"] == first["sequence"] + 60
    assert second["last-modified"].dt > first["last-modified"].dt
    assert exports.tag_of(entries) == exports.tag_of(entries_of("Europe/Paris"))
    assert exports.tag_of(entries) != exports.tag_of(entries[1:])
