"""A school without a timetable: a morning and an afternoon for each of its classes, in which the roll is called."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Group, Holding, Person, School, SchoolYear
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable import rules
from preau.domains.timetable.actions import half_days, patterns
from preau.domains.timetable.actions.half_days import HalfDays, make_half_days, undo_half_days
from preau.domains.timetable.forms.half_days import HalfDaysForm
from preau.domains.timetable.models import Alternation, DaySlot, Lesson, WeeklyPattern
from preau.domains.timetable.queries.busy import BusyWeeks
from preau.domains.timetable.queries.clashes import Needs, clashes
from preau.domains.timetable.queries.half_days import bare_classes, half_days_made
from tests.statements import Statements

pytestmark = pytest.mark.django_db
MORNING, AFTERNOON = (time(8, 30), time(11, 30)), (time(13, 30), time(16, 30))
FIRST = date(2026, 11, 30)
WANTED = HalfDays((0, 2), MORNING, AFTERNOON, FIRST)
TYPED = {
    "weekdays": ["0", "2"],
    "morning_starts": "08:30",
    "morning_ends": "11:30",
    "afternoon_starts": "13:30",
    "afternoon_ends": "16:30",
    "first_day": "2026-11-30",
}


def free(person: Person) -> None:
    """They have no lesson in the timetable of the cast."""
    for given in (WeeklyPattern.teachers, Lesson.teachers, DaySlot.watchers):
        given.through.objects.filter(person=person).delete()


def a_class(college: World, name: str, *teachers: str, head: str = "") -> Group:
    """A class without lessons, and whoever teaches there and nowhere else."""
    for key in filter(None, [*teachers, head]):
        free(college.people[key])
    said = {"school": college.school, "year": college.year, "kind": Group.Kind.CLASS}
    group = Group.objects.create(name=name, level="CP", **said)
    subject = college.school.subjects.first()
    for key in teachers:
        Assignment.objects.create(
            school=college.school, group=group, teacher=college.people[key], subject=subject
        )
    if head:
        kind = Assignment.Kind.HEAD_TEACHER
        Assignment.objects.create(school=college.school, group=group, teacher=college.people[head], kind=kind)
    return group


def test_a_class_without_lessons_gets_two_a_day_and_the_others_none(college: World, seat_of: Any) -> None:
    new, alone = a_class(college, "CP A", "teacher_1", "teacher_2", head="teacher"), a_class(college, "CP B")
    others = WeeklyPattern.objects.exclude(groups__in=[new, alone]).count()
    bare = {one.group: one.teachers for one in bare_classes(seat_of("secretary"), FIRST)}
    assert bare == {new: (college.people["teacher"],), alone: ()}
    result = make_half_days(seat_of("secretary"), WANTED)
    assert [one.group for one in result.made] == [new]
    assert not result.taken and [one.group for one in result.untaught] == [alone]
    made = WeeklyPattern.objects.filter(groups=new).order_by("weekday", "starts_at")
    # On Wednesday, the morning alone.
    assert [(one.weekday, one.starts_at) for one in made] == [
        (0, MORNING[0]),
        (0, AFTERNOON[0]),
        (2, MORNING[0]),
    ]
    assert all(list(one.teachers.all()) == [college.people["teacher"]] for one in made)
    assert Lesson.objects.filter(groups=new, day=date(2026, 11, 30)).count() == 2
    assert not Lesson.objects.filter(groups=new, day__lt=date(2026, 11, 30)).exists()
    assert not WeeklyPattern.objects.filter(groups=alone).exists()
    assert WeeklyPattern.objects.exclude(groups__in=[new, alone]).count() == others
    assert make_half_days(seat_of("secretary"), WANTED).made == []


def test_the_page_makes_them_once_and_refuses_hours_in_disorder(college: World, client: SchoolClient) -> None:
    group, page = a_class(college, "CP A", head="teacher"), reverse("timetable:half_days")
    client.sit(college.people["secretary"])
    assert page not in client.get(reverse("timetable:patterns")).content.decode()
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    assert page in client.get(reverse("timetable:patterns")).content.decode()
    assert "CP A" in client.get(page).content.decode()
    wrong = client.post(page, TYPED | {"afternoon_starts": "11:00"})
    assert wrong.status_code == 422 and "doit venir après" in wrong.content.decode()
    said = client.post(page, TYPED, follow=True).content.decode()
    assert "1 classe a ses demi-journées" in said.replace("\u202f", " ").replace("\xa0", " ")
    assert WeeklyPattern.objects.filter(groups=group).count() == 3
    assert "n’attendait" in client.post(page, TYPED, follow=True).content.decode()
    assert WeeklyPattern.objects.filter(groups=group).count() == 3
    # Its teacher has a roll to call, in the morning and in the afternoon.
    lessons = Lesson.objects.filter(groups=group, day=date(2026, 11, 30))
    assert {lesson.teachers.get() for lesson in lessons} == {college.people["teacher"]}


def test_nobody_is_given_two_classes_at_one_hour(college: World, seat_of: Any, client: SchoolClient) -> None:
    first, second = a_class(college, "CP A", "teacher_1", "teacher_2"), a_class(college, "CP B", "teacher_2")
    bare = {one.group: one.teachers for one in bare_classes(seat_of("secretary"), FIRST)}
    # Whoever teaches both answers for the one where nobody else is.
    assert bare == {first: (college.people["teacher_1"],), second: (college.people["teacher_2"],)}
    third = a_class(college, "CP C", head="teacher_2")
    said = (
        client.sit(college.people["secretary"])
        .post(reverse("timetable:half_days"), TYPED, follow=True)
        .content.decode()
    )
    assert "faute d’enseignant libre à ces heures : CP C." in said.replace("\u202f", " ").replace("\xa0", " ")
    made = WeeklyPattern.objects.filter(groups__in=[first, second, third])
    assert set(made.values_list("groups", flat=True)) == {first.pk, second.pk}
    # Of one whose teacher has lessons already, nothing is made either.
    result = make_half_days(seat_of("secretary"), WANTED)
    assert (result.made, [one.group for one in result.taken]) == ([], [third])


def test_the_past_is_not_made_lessons(college: World, client: SchoolClient) -> None:
    group = a_class(college, "CP A", head="teacher")
    client.sit(college.people["secretary"])
    page = client.post(reverse("timetable:half_days"), TYPED | {"first_day": "2026-11-23"})
    assert page.status_code == 422 and "Au plus tôt aujourd’hui" in page.content.decode()
    assert not WeeklyPattern.objects.filter(groups=group).exists()


def test_a_class_whose_teacher_has_a_lesson_then_is_left_aside(college: World, seat_of: Any) -> None:
    group = a_class(college, "CP A", head="teacher")
    lesson = Lesson.objects.filter(school=college.school, day=FIRST).held()[0]
    at = {
        "starts": datetime.combine(FIRST, time(11), PARIS),
        "ends": datetime.combine(FIRST, time(12), PARIS),
    }
    Lesson.objects.filter(pk=lesson.pk).update(revision=1, **at)
    lesson.teachers.add(college.people["teacher"])
    result = make_half_days(seat_of("secretary"), WANTED)
    assert (result.made, [one.group for one in result.taken]) == ([], [group])
    lesson.teachers.remove(college.people["teacher"])
    assert [one.group for one in make_half_days(seat_of("secretary"), WANTED).made] == [group]


def test_teachers_are_those_of_the_first_day(college: World, seat_of: Any) -> None:
    group = a_class(college, "CP A", head="teacher")
    group.assignments.update(starts=FIRST)
    (today,) = bare_classes(seat_of("secretary"), NOW.date())
    assert today.group == group and not today.teachers
    assert [one.group for one in make_half_days(seat_of("secretary"), WANTED).made] == [group]


def test_before_the_year_begins_its_first_day_is_proposed(college: World, seat_of: Any) -> None:
    assert HalfDaysForm(seat_of("secretary")).day == NOW.date()
    SchoolYear.objects.filter(pk=college.year.pk).update(starts=FIRST)
    assert HalfDaysForm(seat_of("secretary")).day == FIRST


def test_whoever_does_not_edit_the_timetable_makes_none_and_takes_none_back(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    a_class(college, "CP A", head="teacher")
    make_half_days(seat_of("secretary"), WANTED)
    (made,) = half_days_made(seat_of("secretary"))
    back = reverse("timetable:take_half_days_back")
    for key in ("teacher", "cpe", "guardian", "pupil"):
        client.sit(college.people[key])
        assert client.post(reverse("timetable:half_days"), TYPED).status_code == 403
        assert client.post(back, {"ensemble": made.name}).status_code == 403
    assert half_days_made(seat_of("secretary")) == [made]


def a_teacher(college: World, number: int) -> Person:
    person = Person.objects.create(family_name=f"Maître {number}", given_name="Ada")
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    return person


def test_as_many_statements_for_twelve_classes_as_for_two(college: World, seat_of: Any) -> None:
    said = {"school": college.school, "year": college.year, "kind": Group.Kind.CLASS}
    kind, asked = Assignment.Kind.HEAD_TEACHER, {}
    make_half_days(seat_of("secretary"), WANTED)  # the subject is there
    for number in (2, 12):
        for one in range(number):
            group = Group.objects.create(name=f"CP {number}-{one}", **said)
            Assignment.objects.create(
                school=college.school, group=group, teacher=a_teacher(college, one), kind=kind
            )
        with Statements(connection) as made:
            assert len(make_half_days(seat_of("secretary"), WANTED).made) == number
        with Statements(connection) as undone:
            name = half_days_made(seat_of("secretary"))[0].name
            assert undo_half_days(seat_of("secretary"), name).classes == number
        # Rows are written by so many at once; what is read does not grow at all.
        read = [sql for sql in made.made if sql.startswith("SELECT")]
        asked[number] = (len(read), undone.count)
        Group.objects.filter(name__startswith="CP ").delete()
    assert asked[2][0] == asked[12][0] <= 12
    assert asked[12][1] - asked[2][1] <= 24, "lessons go by five hundred, nothing by class"


@pytest.mark.parametrize("weekday", [0, 2])
@pytest.mark.parametrize("hours", [MORNING, AFTERNOON, (time(11, 30), time(13, 30))])
def test_what_is_read_at_once_is_what_is_said_of_one(
    college: World, weekday: int, hours: tuple[time, time]
) -> None:
    """Weekly lessons of every week and of some, those that left them, and watches: the same answer as `clashes`."""
    mondays = [str(FIRST)]
    some = Alternation.objects.create(school=college.school, year=college.year, name="T", mondays=mondays)
    for pattern in WeeklyPattern.objects.filter(school=college.school)[::3]:
        WeeklyPattern.objects.filter(pk=pattern.pk).update(alternation=some)
    Lesson.objects.filter(pk__in=[one.pk for one in Lesson.objects.all()[::5]]).update(revision=1)
    people = [person for key, person in college.people.items() if key.startswith("teacher")]
    slot = DaySlot.objects.filter(school=college.school)[0]
    slot.watchers.add(people[0])
    answers = set()
    for first in (FIRST, date(2026, 12, 7)):
        weekly = patterns.Weekly(
            college.year,
            college.school.subjects.all()[0],
            (),
            (),
            None,
            weekday,
            *hours,
            first,
            college.year.ends,
        )
        busy = BusyWeeks(college.year, {person.pk for person in people}, first)
        for person in people:
            said = bool(clashes(college.year, weekly.times, Needs((person,))))
            assert busy.holds(person.pk, weekly.times) is said
            answers.add(said)
    assert answers


def test_half_days_are_taken_back_as_they_were_made(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    """By the button of the page; a second click says that it was done. Those of another gesture, of this school or not, stay."""
    before = a_class(college, "CP A", head="teacher")
    make_half_days(seat_of("secretary"), WANTED)
    group = a_class(college, "CP B", head="teacher_1")
    page, back = reverse("timetable:half_days"), reverse("timetable:take_half_days_back")
    client.sit(college.people["secretary"])
    made = client.post(page, TYPED, follow=True).content.decode()
    assert "Annuler ces demi-journées" in made
    newest, older = half_days_made(seat_of("secretary"))
    assert (newest.first_day, newest.classes) == (FIRST, 1) and newest.name in made
    said = client.post(back, {"ensemble": newest.name}, follow=True).content.decode()
    assert "1 classe n’a plus de demi-journées" in said.replace("\u202f", " ").replace("\xa0", " ")
    assert not WeeklyPattern.objects.filter(groups=group).exists()
    assert not Lesson.objects.filter(groups=group).exists()
    assert WeeklyPattern.objects.filter(groups=before).count() == 3
    line = Line.objects.get(verb="timetable.half_days_undone")
    assert line.details["classes"] == 1 and line.details["kept"] == 0 < line.details["lessons"]
    assert "C’était déjà fait" in client.post(back, {"ensemble": newest.name}, follow=True).content.decode()
    assert Line.objects.filter(verb="timetable.half_days_undone").count() == 1
    # They may be made anew at once.
    client.post(page, TYPED)
    assert WeeklyPattern.objects.filter(groups=group).count() == 3
    WeeklyPattern.objects.filter(made_with=older.name).update(school=twin.school, year=twin.year)
    assert undo_half_days(seat_of("secretary"), older.name).classes == 0
    assert WeeklyPattern.objects.filter(made_with=older.name).count() == 3


def test_what_was_given_since_stays(
    college: World, seat_of: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has begun, a lesson that another house holds, and a half-day that somebody changed; what is left ends with its last lesson."""
    group = a_class(college, "CP A", head="teacher")
    make_half_days(seat_of("secretary"), WANTED)
    clock.move_to(NOW + timedelta(days=13))  # Monday 7 December
    office = seat_of("secretary", at=NOW + timedelta(days=13))
    today = office.today
    morning, afternoon = Lesson.objects.filter(groups=group, day=today).order_by("starts")
    wednesday = WeeklyPattern.objects.get(groups=group, weekday=2)
    monkeypatch.setattr(half_days, "held_by_others", lambda _lessons: {afternoon.pk})
    weekly = patterns.Weekly(
        college.year,
        wednesday.subject,
        (group,),
        (college.people["teacher"],),
        None,
        2,
        *MORNING,
        today + timedelta(days=2),
        college.year.ends,
    )
    changed = patterns.change_weekly_lesson(office, wednesday, weekly)
    (made,) = half_days_made(office)
    undone = undo_half_days(office, made.name)
    assert (undone.classes, undone.kept) == (1, 1)
    left = WeeklyPattern.objects.filter(groups=group).order_by("first_day", "weekday", "starts_at")
    assert [(one.weekday, one.last_day) for one in left] == [
        (0, today),
        (0, FIRST),
        (2, date(2026, 12, 2)),
        (2, college.year.ends),
    ]
    assert left.last() == changed and changed.lessons.exists()
    # The one that is held keeps no week busy any more.
    afternoon.refresh_from_db()
    assert afternoon.pattern_id is None and Lesson.objects.filter(pk=morning.pk).exists()
    assert not Lesson.objects.filter(groups=group, day__gt=today).exclude(pattern=changed).exists()
    assert half_days_made(office) == []


def test_a_lesson_on_which_another_house_has_written_stays(college: World, seat_of: Any) -> None:
    group = a_class(college, "CP A", head="teacher")
    make_half_days(seat_of("secretary"), WANTED)
    kept = Lesson.objects.filter(groups=group).order_by("starts")[1]
    # Any row that keeps its lesson: timetable names no house above it.
    (keeper,) = [one for one in Lesson._meta.related_objects if one.name == "list_remarks"]
    facts = {"kind": "missing", "pupil": college.people["pupil"], "said_by": college.people["teacher"]}
    keeper.related_model.objects.create(school=college.school, lesson=kept, said_at=NOW, **facts)
    (made,) = half_days_made(seat_of("secretary"))
    assert undo_half_days(seat_of("secretary"), made.name).kept == 1
    assert list(Lesson.objects.filter(groups=group)) == [kept]


def test_only_head_and_secretary_edit_the_timetable(seat_of: Any) -> None:
    """The rule of both gestures."""
    keys = ("head", "secretary", "teacher", "cpe", "guardian", "pupil")
    assert [key for key in keys if rules.edits_timetable(seat_of(key))] == ["head", "secretary"]
