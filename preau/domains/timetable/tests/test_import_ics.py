"""Calendars: events that come back, dated ones put side by side, exceptions, zones, and the words that say whose they are."""

import json
from contextlib import suppress
from datetime import date, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from preau.directory.seeds.world import World
from preau.domains.timetable.models import Lesson, WeeklyPattern

ZONE = (
    "BEGIN:VTIMEZONE\nTZID:Europe/Paris\nBEGIN:DAYLIGHT\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nDTSTART:19700329T020000\n"
    "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nBEGIN:STANDARD\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\n"
    "DTSTART:19701025T030000\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nEND:VTIMEZONE"
)


def event(
    uid: str = "a@x",
    start: str = "20261128T080500",
    end: str = "20261128T090000",
    zone: str = ";TZID=Europe/Paris",
    words: str = "Mathématiques - 6e A - Mme Moreau",
    *more: str,
) -> str:
    return "\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTART{zone}:{start}",
            f"DTEND{zone}:{end}",
            f"SUMMARY:{words}",
            *more,
            "END:VEVENT",
        ]
    )


WEEKLY = "RRULE:FREQ=WEEKLY;UNTIL=20270703T220000Z"


def weekly(*more: str, **changes: str) -> str:
    values = {
        "uid": "a@x",
        "start": "20261128T080500",
        "end": "20261128T090000",
        "zone": ";TZID=Europe/Paris",
    } | changes
    words = values.pop("words", "Mathématiques - 6e A - Mme Moreau")
    return event(values["uid"], values["start"], values["end"], values["zone"], words, *(more or (WEEKLY,)))


def feed(*events: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", ZONE, *events, "END:VCALENDAR"]) + "\n"


@pytest.fixture
def bring(college: World, tmp_path: Path) -> Any:
    def run(content: str | bytes, **options: Any) -> dict[str, Any]:
        path, report = tmp_path / "edt.ics", tmp_path / "report.json"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with suppress(CommandError):
            call_command(
                "import_timetable", str(path), school=college.school.uai, json=report, verbosity=0, **options
            )
        result = json.loads(report.read_text())
        report.unlink()
        if not result["errors"]:
            assert result["read"] == sum(
                result[name] for name in ("created", "changed", "unchanged", "aside")
            )
        return result

    return run


def mine() -> Any:
    return WeeklyPattern.objects.filter(source="ics").exclude(source_key="")


def walls(pattern: WeeklyPattern) -> set[time]:
    return {lesson.starts.astimezone(ZoneInfo("Europe/Paris")).time() for lesson in pattern.lessons.all()}


def test_an_event_of_each_week_keeps_its_hour_when_clocks_change(bring: Any, college: World) -> None:
    report = bring(feed(weekly("LOCATION:T12", WEEKLY)))
    assert (report["created"], report["rooms_created"]) == (1, ["T12"])
    (one,) = mine()
    assert (one.weekday, one.starts_at, one.ends_at, one.subject.name) == (
        5,
        time(8, 5),
        time(9, 0),
        "Mathématiques",
    )
    assert list(one.teachers.all()) == [college.people["teacher"]]
    assert walls(one) == {time(8, 5)}
    assert len({lesson.starts.hour for lesson in one.lessons.all()}) == 2


def test_the_same_calendar_writes_nothing_more(bring: Any) -> None:
    content = feed(weekly(), weekly(uid="b", start="20261128T100000", end="20261128T110000"))
    assert bring(content)["created"] == 2
    before = list(mine().order_by("pk").values()), Lesson.objects.count()
    assert bring(content)["unchanged"] == 2
    assert (list(mine().order_by("pk").values()), Lesson.objects.count()) == before


def test_exceptions_and_moved_times_are_followed(bring: Any) -> None:
    rule = "RRULE:FREQ=WEEKLY;COUNT=8"
    moved = event(
        "a@x",
        "20261212T140000",
        "20261212T145500",
        ";TZID=Europe/Paris",
        "Mathématiques - 6e A - Mme Moreau",
        "RECURRENCE-ID;TZID=Europe/Paris:20261212T080500",
    )
    report = bring(feed(weekly(rule, "EXDATE;TZID=Europe/Paris:20261205T080500"), moved))
    assert (report["read"], report["created"]) == (2, 2)
    days = {
        one.starts_at.hour: list(one.lessons.order_by("day").values_list("day", flat=True)) for one in mine()
    }
    assert days == {8: [date(2026, 11, 28), date(2027, 1, 9), date(2027, 1, 16)], 14: [date(2026, 12, 12)]}


def test_dated_events_side_by_side_are_one_weekly_lesson(bring: Any) -> None:
    days = ["20261128", "20261205", "20261212"]
    report = bring(feed(*(event(f"{day}@x", f"{day}T080500", f"{day}T090000") for day in days)))
    assert (report["read"], report["created"]) == (3, 3)
    (one,) = mine()
    assert [f"{day:%Y%m%d}" for day in one.lessons.order_by("day").values_list("day", flat=True)] == days


def test_hours_in_utc_and_floating_ones_are_put_on_the_wall(bring: Any) -> None:
    bring(
        feed(
            event("utc", "20261128T070500Z", "20261128T080000Z", ""),
            event("float", "20261128T100000", "20261128T110000", ""),
        )
    )
    assert {one.starts_at for one in mine()} == {time(8, 5), time(10)}


def test_a_zone_defined_by_the_calendar_itself_is_read(bring: Any) -> None:
    own = ZONE.replace("TZID:Europe/Paris", "TZID:Paris à nous")
    content = feed(weekly(zone=';TZID="Paris à nous"')).replace(ZONE, own)
    report = bring(content)
    assert report["created"] == 1, report["put_aside"]
    (one,) = mine()
    assert walls(one) == {time(8, 5)}


def test_words_may_be_labelled_or_said_by_guests_and_categories(bring: Any, college: World) -> None:
    described = "DESCRIPTION:Matière : Théâtre\\nClasse : 6e A\\nProfesseur : MOREAU Claire\\nSalle : 12"
    guests = 'ATTENDEE;CN="Claire Moreau":mailto:c@example.org'
    report = bring(
        feed(
            weekly(described, WEEKLY, words="Cours"),
            weekly(
                "CATEGORIES:Mathématiques",
                guests,
                WEEKLY,
                uid="b",
                words="5B",
                start="20261128T100000",
                end="20261128T110000",
            ),
        )
    )
    assert (report["created"], report["subjects_created"], report["rooms_created"]) == (
        2,
        ["Théâtre"],
        ["12"],
    )
    assert {one.subject.name for one in mine()} == {"Théâtre", "Mathématiques"}
    assert all(list(one.teachers.all()) == [college.people["teacher"]] for one in mine())


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (
            weekly(uid="odd", words="Mathématiques - 3e Z"),
            "Aucune classe de l’établissement n’est nommée dans cet événement.",
        ),
        (
            weekly(uid="odd", words="6e A - Poterie"),
            "Aucune matière de l’établissement n’est nommée dans cet événement.",
        ),
        (
            event("odd", "20261128", "20261129", ";VALUE=DATE"),
            "Cet événement dure une journée entière : ce n’est pas un cours.",
        ),
        (event("odd", "20261128T220000", "20261129T010000"), "Le cours finirait le lendemain."),
        (
            event("odd", "20281128T080000", "20281128T090000"),
            "Cet événement n’a aucune date dans l’année scolaire.",
        ),
        (weekly("STATUS:CANCELLED", WEEKLY, uid="odd"), "Cet événement est annulé dans le calendrier."),
        (
            weekly("RRULE:FREQ=SECONDLY", uid="odd"),
            "Cet événement se répète autrement que par jour, semaine ou mois.",
        ),
        (weekly(uid="good"), "Un autre événement a le même identifiant."),
        (event("odd", "20261399T080000", "20261128T090000"), "Cet événement ne se lit pas."),
        ("BEGIN:VEVENT\nUID:odd\nSUMMARY:6e A\nEND:VEVENT", "Cet événement n’a pas de début."),
    ],
    ids=["class", "subject", "day", "night", "year", "cancelled", "rule", "double", "broken", "bare"],
)
def test_what_is_not_recognised_goes_aside_with_its_line_and_uid(bring: Any, odd: str, said: str) -> None:
    good = weekly(uid="good", start="20261128T150000", end="20261128T160000")
    report = bring(feed(good, odd))
    (aside,) = report["put_aside"]
    assert aside["reason"].replace("\u202f", " ") == said
    assert (aside["line"], aside["what"]) == (25, "good" if odd.count("UID:good") else "odd")
    assert report["created"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (feed(weekly())[:-20], "Le fichier s’arrête au milieu."),
        (feed(weekly().replace("END:VEVENT", "")), "Un événement n’est pas fini."),
        (feed(weekly()).encode() + b"\0", "octets nuls"),
    ],
    ids=["cut", "unclosed", "binary"],
)
def test_a_calendar_that_cannot_be_trusted_changes_nothing(bring: Any, content: Any, said: str) -> None:
    before = WeeklyPattern.objects.count()
    (error,) = bring(content)["errors"]
    assert said in error["reason"]
    assert WeeklyPattern.objects.count() == before


def test_an_event_that_moves_keeps_its_lessons(bring: Any) -> None:
    bring(feed(weekly()))
    (old,) = mine()
    lessons = set(old.lessons.values_list("pk", flat=True))
    report = bring(feed(weekly(start="20261129T100000", end="20261129T110000")))
    assert (report["changed"], report["created"]) == (1, 0)
    (new,) = mine()
    assert (new.weekday, new.starts_at) == (6, time(10))
    assert len(lessons & set(new.lessons.values_list("pk", flat=True))) > 15
    assert not WeeklyPattern.objects.filter(pk=old.pk).exists()
