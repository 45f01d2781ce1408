"""What a head sees before reading figures, and what is to settle, one line a pupil."""

import re
from datetime import timedelta
from typing import Any

from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import rules
from preau.domains.attendance.models import Entry, Status
from preau.domains.attendance.queries import settling
from preau.domains.attendance.queries.trend import absence_trend
from preau.domains.timetable.models import Lesson

TODAY = NOW.date()


def test_only_a_head_sees_the_trend(holder: Any) -> None:
    assert {role for role in Role if rules.reads_trend(holder(role))} == {Role.HEAD}


def test_a_trend_counts_pupils_once_a_day_and_writes_each_number(college: World, seat_of: Any) -> None:
    trend = absence_trend(seat_of("head"))
    assert trend is not None
    absences = Entry.objects.filter(school=college.school, status=Status.ABSENT, day=TODAY)
    shown = dict(trend.rows)[f"{['lun', 'mar', 'mer', 'jeu', 'ven'][TODAY.weekday()]}."][-1]
    count = absences.values("pupil").distinct().count()
    assert (shown[0] if shown else "") == (str(count) if count else "")
    assert all(1 <= cell[1] <= 5 for _day, cells in trend.rows for cell in cells if cell)
    assert "par jour" in trend.said and len(trend.columns) == 6


def test_no_absence_makes_no_picture(college: World, seat_of: Any) -> None:
    Entry.objects.filter(school=college.school).update(status=Status.PRESENT, minutes_late=None)
    assert absence_trend(seat_of("head")) is None
    assert settling.to_settle_by_pupil(seat_of("cpe")) == []


def test_what_is_to_settle_is_one_line_a_pupil_with_five_days(
    college: World, seat_of: Any, absence: Entry
) -> None:
    found = {one.pupil_id: one for one in settling.to_settle_by_pupil(seat_of("cpe"))}
    row = found[absence.pupil_id]
    assert row.count > 0 and "absence" in row.said
    assert len(row.days) == 5 and any("absent" in halves for _day, halves in row.days)
    assert len(found) == len(settling.to_settle_by_pupil(seat_of("cpe")))


def test_an_ecole_counts_half_days_as_its_register_does(college: World, seat_of: Any) -> None:
    """One day missed, of several lessons, is two half-days."""
    pupil = college.people["pupil"]
    Entry.objects.filter(pupil=pupil).update(status=Status.PRESENT, minutes_late=None)
    lessons = list(Lesson.objects.of_pupils([pupil.pk]).held().on(TODAY).order_by("starts"))
    missed = {"status": Status.ABSENT, "minutes_late": None, "explanation": None, "handling": None}
    missed |= {"school": college.school, "day": TODAY}
    for lesson in lessons:
        Entry.objects.update_or_create(lesson=lesson, pupil=pupil, defaults=missed)

    def words() -> str:
        weeks = settling.to_settle_by_pupil(seat_of("cpe"))
        return next(one.said for one in weeks if one.pupil_id == pupil.pk)

    assert len(lessons) > 2 and words() == f"{len(lessons)} absences sans nouvelle"
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    assert words() == "2 demi-journées sans nouvelle"


def test_another_school_settles_its_own(twin: World, seat_of: Any, absence: Entry) -> None:
    pupils = {one.pupil_id for one in settling.to_settle_by_pupil(seat_of("cpe"))}
    assert pupils and not Entry.objects.filter(school=twin.school, pupil__in=pupils).exists()


def test_what_is_older_than_seven_days_waits_in_the_list(seat_of: Any, absence: Entry) -> None:
    Entry.objects.filter(pupil=absence.pupil_id).update(day=TODAY - timedelta(days=8))
    assert absence.pupil_id not in {one.pupil_id for one in settling.to_settle_by_pupil(seat_of("cpe"))}


def test_the_board_shows_half_days_and_a_gesture_a_pupil(
    college: World, client: SchoolClient, absence: Entry
) -> None:
    client.sit(college.people["cpe"])
    page = client.get(reverse("attendance:board")).content.decode()
    assert 'class="half-line"' in page and absence.pupil.list_name in page
    assert re.search(r"etat=a_regler&amp;du=\d{4}-\d\d-\d\d&amp;nom=", page)
