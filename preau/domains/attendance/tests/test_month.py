"""The register of a class for one month: morning and afternoon, who was missing, and who prints it."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Enrolment, Group, School
from preau.directory.queries.groups import pupils_of
from preau.directory.seeds.world import World
from preau.domains.attendance import rules
from preau.domains.attendance.models import Entry, RollCall, Status
from preau.domains.attendance.queries import summaries
from preau.domains.attendance.queries.month import ABSENT, ELSEWHERE, EXCUSED, LATE, month_of_class
from preau.domains.attendance.tests.test_follow_ups import miss_half_days
from preau.domains.timetable.actions.half_days import HalfDays, make_half_days
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.tests.test_half_days import free
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2026, 11, 1), NOW.date()


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def own_line(college: World, register: Any) -> Any:
    name = college.people["pupil"].list_name
    (line,) = [one for one in register.lines if one.name == name]
    return line


def test_it_says_of_each_pupil_what_the_register_of_the_school_counts(college: World, seat_of: Any) -> None:
    miss_half_days(college, 4)
    group = own_class(college)
    found = month_of_class(seat_of("cpe"), group, FIRST, LAST)
    counted = summaries.register_between(seat_of("cpe"), FIRST, LAST, group)
    told = {line.name: (line.gross, line.unexcused, line.late) for line in counted.lines}
    assert {line.name: (line.missed, line.unexcused, line.late) for line in found.lines} == told
    line = own_line(college, found)
    assert line.marks.count(ABSENT) == line.missed == 4 and line.marks.count(EXCUSED) == 0
    assert sum(one.missing for one in found.columns) == counted.whole.gross
    assert len(line.marks) == len(found.columns) == len({(one.day, one.afternoon) for one in found.columns})


def test_a_late_pupil_and_one_who_came_this_month(college: World, seat_of: Any) -> None:
    (entry,) = miss_half_days(college, 1)
    Entry.objects.filter(pk=entry.pk).update(status=Status.LATE, minutes_late=10)
    came = entry.day
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(starts=came)
    line = own_line(college, month_of_class(seat_of("cpe"), own_class(college), FIRST, LAST))
    assert (line.missed, line.late, line.marks.count(LATE)) == (0, 1, 1)
    columns = month_of_class(seat_of("cpe"), own_class(college), FIRST, LAST).columns
    before = [mark for one, mark in zip(columns, line.marks, strict=True) if one.day < came]
    assert before and set(before) == {ELSEWHERE}
    assert ELSEWHERE not in line.marks[len(before) :]


def test_whoever_changed_class_is_in_each_register_for_their_days_there(college: World, seat_of: Any) -> None:
    pupil, former = college.people["pupil"], own_class(college)
    entries = miss_half_days(college, 8)
    Entry.objects.filter(pk__in=[one.pk for one in entries[::2]]).update(status=Status.LATE, minutes_late=10)
    came = entries[3].day
    Enrolment.objects.filter(pupil=pupil).update(ends=came)
    said = {"school": college.school, "year": college.year, "kind": Group.Kind.CLASS}
    new = Group.objects.create(name="5e Z", **said)
    Enrolment.objects.create(school=college.school, group=new, pupil=pupil, starts=came)
    for group, here in ((former, lambda day: day < came), (new, lambda day: day >= came)):
        own = [number for number, one in enumerate(entries) if here(one.day)]
        found = month_of_class(seat_of("cpe"), group, FIRST, LAST)
        line = own_line(college, found)
        late = len([number for number in own if number % 2 == 0])
        assert late and own[late:], "some of each"
        assert (line.missed, line.late) == (len(own) - late, late), group.name
        marked = {
            one.day for one, mark in zip(found.columns, line.marks, strict=True) if mark in (ABSENT, LATE)
        }
        assert marked == {entries[number].day for number in own}, group.name


def test_a_late_pupil_of_a_cancelled_lesson_is_not_late(college: World, seat_of: Any) -> None:
    (entry,) = miss_half_days(college, 1)
    Entry.objects.filter(pk=entry.pk).update(status=Status.LATE, minutes_late=10)
    assert own_line(college, month_of_class(seat_of("cpe"), own_class(college), FIRST, LAST)).late == 1
    Lesson.objects.filter(pk=entry.lesson_id).update(state=Lesson.State.CANCELLED)
    line = own_line(college, month_of_class(seat_of("cpe"), own_class(college), FIRST, LAST))
    assert (line.late, line.marks.count(LATE)) == (0, 0)


def test_a_half_day_without_a_roll_is_told(college: World, seat_of: Any, client: SchoolClient) -> None:
    group = own_class(college)
    lesson = Lesson.objects.filter(groups=group, day__range=(FIRST, LAST)).held().order_by("starts")[0]
    same = Lesson.objects.filter(groups=group, day=lesson.day)
    RollCall.objects.filter(lesson__in=same).delete()
    found = month_of_class(seat_of("head"), group, FIRST, LAST)
    assert {one.day for one in found.columns if not one.called} >= {lesson.day}
    client.sit(college.people["head"])
    said = client.get(reverse("attendance:month", kwargs={"pk": group.pk})).content.decode()
    assert "sans appel" in said and found.not_called[0] in said


def test_what_is_not_over_is_not_without_a_roll(college: World, seat_of: Any) -> None:
    group, day = own_class(college), NOW.date()
    lessons = Lesson.objects.filter(groups=group, day=day)
    RollCall.objects.filter(lesson__in=lessons).delete()
    (morning, afternoon) = lessons.held().order_by("starts")[:2]
    lessons.exclude(pk__in=[morning.pk, afternoon.pk]).delete()
    Lesson.objects.filter(pk=afternoon.pk).update(
        starts=NOW.replace(hour=13, minute=30), ends=NOW.replace(hour=16, minute=30)
    )
    hours = {"starts": NOW.replace(hour=8, minute=30), "ends": NOW.replace(hour=11, minute=30)}
    Lesson.objects.filter(pk=morning.pk).update(**hours)

    def halves() -> list[tuple[bool, bool]]:
        found = month_of_class(seat_of("cpe"), group, day, day)
        return [(one.afternoon, one.called) for one in found.columns]

    assert halves() == []
    # Once it was called, it is there before its end; uncalled, from its end on.
    called = RollCall.objects.create(
        school=college.school, lesson=morning, called_by=college.people["teacher"], called_at=NOW
    )
    assert halves() == [(False, True)]
    called.delete()
    Lesson.objects.filter(pk=morning.pk).update(ends=NOW)
    assert halves() == [(False, False)]


def test_the_page_and_the_sheet_name_all_the_class_and_a_print_leaves_a_line(
    college: World, client: SchoolClient, monkeypatch: Any, seat_of: Any
) -> None:
    miss_half_days(college, 2)
    group, page = own_class(college), reverse("attendance:month", kwargs={"pk": own_class(college).pk})
    client.sit(college.people["cpe"])
    said = client.get(page).content.decode()
    assert "Novembre 2026" in said and college.people["pupil"].list_name in said
    assert "?mois=2026-10" in said and "?mois=2026-12" not in said
    october = client.get(f"{page}?mois=2026-10").content.decode()
    assert "Octobre 2026" in october and "?mois=2026-11" in october
    assert "Novembre 2026" in client.get(f"{page}?mois=2030-01").content.decode()
    monkeypatch.setattr(pdf, "made", lambda page, style: page.encode())
    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    sheet = client.get(reverse("attendance:month_pdf", kwargs={"pk": group.pk})).content.decode()
    pupils = pupils_of(seat_of("cpe"), group)
    assert all(pupil.list_name in sheet for pupil in pupils) and "<td>A</td>" in sheet
    assert Line.objects.filter(verb="attendance.exported").count() == 1


def test_the_teacher_of_a_primary_class_keeps_its_register(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    group = own_class(college)
    page = reverse("attendance:month", kwargs={"pk": group.pk})
    assert not rules.reads_month_of(seat_of("teacher"), group)
    assert client.sit(college.people["teacher"]).get(page).status_code == 403
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    assert rules.reads_month_of(seat_of("teacher"), group)
    shown = client.sit(college.people["teacher"]).get(f"/annuaire/classes/{group.pk}/").content.decode()
    assert page in shown and client.get(page).status_code == 200
    # Neither whoever teaches elsewhere, nor the secretary, nor a family.
    group.assignments.filter(teacher=college.people["teacher_1"]).update(ends=NOW.date() - timedelta(days=1))
    for key in ("teacher_1", "secretary", "guardian", "pupil"):
        assert not rules.reads_month_of(seat_of(key), group), key
        assert client.sit(college.people[key]).get(page).status_code == 403


def test_a_school_without_timetable_calls_twice_a_day(college: World, seat_of: Any) -> None:
    """The half-days that its head makes are the columns of the sheet, until a roll says something of them."""
    said = {"school": college.school, "year": college.year, "kind": Group.Kind.CLASS}
    group, pupil = Group.objects.create(name="CP A", **said), college.people["pupil"]
    kind = Assignment.Kind.HEAD_TEACHER
    Assignment.objects.create(
        school=college.school, group=group, teacher=college.people["teacher"], kind=kind
    )
    Enrolment.objects.filter(pupil=pupil).update(group=group)
    free(college.people["teacher"])
    hours = ((time(8, 30), time(11, 30)), (time(13, 30), time(16, 30)))
    made = make_half_days(seat_of("head"), HalfDays((0, 2), *hours, date(2026, 11, 16)))
    assert [one.group for one in made.made] == [group]
    found = month_of_class(seat_of("head"), group, date(2026, 11, 16), date(2026, 11, 18))
    halves = [(one.day.day, one.afternoon, one.called) for one in found.columns]
    assert halves == [(16, False, False), (16, True, False), (18, False, False)]
    lesson = Lesson.objects.filter(groups=group, day=date(2026, 11, 16)).order_by("starts")[1]
    about = {"school": college.school, "lesson": lesson}
    Entry.objects.create(pupil=pupil, day=lesson.day, status=Status.ABSENT, **about)
    RollCall.objects.create(called_by=college.people["teacher"], called_at=NOW, **about)
    found = month_of_class(seat_of("head"), group, date(2026, 11, 16), date(2026, 11, 18))
    assert [one.called for one in found.columns] == [False, True, False]
    line = own_line(college, found)
    assert line.marks == ("", ABSENT, "") and line.said == (
        "lundi 16 novembre, après-midi (sans motif valable)",
    )
