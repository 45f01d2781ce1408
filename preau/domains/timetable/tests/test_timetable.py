"""Weekly lessons become dated ones; each person sees theirs."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Closure, Enrolment, Group, Guardianship, Person, Room, School, Subject
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role
from preau.domains.timetable import rules
from preau.domains.timetable.actions import patterns as patterns_actions
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.domains.timetable.queries.lessons import day_of, present_day, pupil_groups
from tests.pages import counted

TODAY = NOW.date()


def weekly(college: World, **changes: Any) -> patterns_actions.Weekly:
    """A lesson on Saturdays, when nobody else has any."""
    values: dict[str, Any] = {
        "year": college.year,
        "subject": Subject.objects.filter(school=college.school)[0],
        "groups": (Group.objects.filter(year=college.year)[0],),
        "teachers": (college.people["teacher"],),
        "room": Room.objects.filter(school=college.school)[0],
        "weekday": 5,
        "starts_at": time(8, 5),
        "ends_at": time(9, 0),
        "first_day": TODAY,
        "last_day": date(2027, 1, 16),
    }
    return patterns_actions.Weekly(**values | changes)


def test_a_weekly_lesson_skips_the_holidays(college: World) -> None:
    pattern = patterns_actions.plan(weekly(college))
    days = list(pattern.lessons.values_list("day", flat=True))
    assert days[0] == date(2026, 11, 28)
    assert all(day.weekday() == 5 for day in days)
    closed = Closure.objects.filter(school=college.school, starts__gte=TODAY, ends__lte=date(2027, 1, 10))
    assert closed.exists()
    assert not [day for day in days for closure in closed if closure.starts <= day <= closure.ends]


def test_the_wall_clock_stays_when_the_hour_changes(college: World) -> None:
    pattern = patterns_actions.plan(weekly(college, first_day=date(2027, 3, 20), last_day=date(2027, 4, 5)))
    starts = list(pattern.lessons.values_list("starts", flat=True))
    assert [moment.astimezone(ZoneInfo("Europe/Paris")).hour for moment in starts] == [8, 8, 8]
    assert [moment.astimezone(ZoneInfo("UTC")).hour for moment in starts] == [7, 7, 6]


def test_a_school_overseas_has_its_own_wall(college: World) -> None:
    college.school.timezone = "Indian/Reunion"
    college.school.save()
    lesson = patterns_actions.plan(weekly(college)).lessons.select_related("school")[0]
    assert lesson.starts == datetime(2026, 11, 28, 8, 5, tzinfo=ZoneInfo("Indian/Reunion"))
    assert lesson.hours == "8\u00a0h\u00a005\u00a0– 9\u00a0h\u00a000"


def test_creating_leaves_a_trace(college: World, seat_of: Any) -> None:
    pattern = patterns_actions.create_weekly_lesson(seat_of("head"), weekly(college))
    line = Line.objects.get(verb="timetable.weekly_lesson_created")
    assert (line.target_id, line.school_id, line.details) == (pattern.pk, college.school.pk, {"lessons": 5})


def test_stopping_keeps_the_past(college: World, seat_of: Any) -> None:
    pattern = patterns_actions.plan(weekly(college, weekday=1, first_day=TODAY - timedelta(days=14)))
    gone = patterns_actions.stop_weekly_lesson(seat_of("head"), pattern)
    pattern.refresh_from_db()
    assert gone > 0
    assert pattern.last_day == TODAY
    assert list(pattern.lessons.values_list("day", flat=True)) == [
        TODAY - timedelta(days=n) for n in (14, 7, 0)
    ]


def test_stopping_one_that_has_no_past_removes_it(college: World, seat_of: Any) -> None:
    pattern = patterns_actions.plan(weekly(college))
    again = WeeklyPattern.objects.get(pk=pattern.pk)
    assert patterns_actions.stop_weekly_lesson(seat_of("head"), pattern) == 5
    assert not WeeklyPattern.objects.filter(pk=again.pk).exists()
    with pytest.raises(patterns_actions.AlreadyStopped):
        patterns_actions.stop_weekly_lesson(seat_of("head"), again)


@pytest.mark.parametrize(
    ("weekday", "said"), [(1, "il ne reste rien à retirer"), (6, "C’était déjà fait")], ids=["past", "none"]
)
def test_a_second_click_on_stopping_is_no_mistake(
    college: World, client: SchoolClient, weekday: int, said: str
) -> None:
    """With a past the pattern stays, without one it is gone: the person reads a sentence either way."""
    first_day = TODAY - timedelta(days=14) if weekday == 1 else TODAY
    pattern = patterns_actions.plan(weekly(college, weekday=weekday, first_day=first_day))
    address = reverse("timetable:stop", kwargs={"pk": pattern.pk})
    client.sit(college.people["head"])
    assert "à venir retirée" in client.post(address, follow=True).content.decode()
    written = Line.objects.filter(verb="timetable.weekly_lesson_stopped").count()
    second = client.post(address, follow=True)
    assert second.redirect_chain == [(reverse("timetable:patterns"), 302)]
    assert said in second.content.decode()
    assert Line.objects.filter(verb="timetable.weekly_lesson_stopped").count() == written
    # Somebody who never sent it learns nothing.
    if weekday == 6:
        assert SchoolClient().sit(college.people["secretary"]).post(address).status_code == 404


def test_a_family_sees_the_lessons_of_the_class_on_their_day(college: World, seat_of: Any) -> None:
    viewer = seat_of("guardian")
    rows = day_of(viewer, TODAY)
    group = Enrolment.objects.get(pupil=college.people["pupil"]).group
    assert {row.groups_label for row in rows} == {group.name}
    assert len(rows) == Lesson.objects.filter(groups=group, day=TODAY).count() == 6


def test_a_pupil_who_left_the_class_keeps_the_past_and_loses_the_rest(college: World, seat_of: Any) -> None:
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=TODAY)
    lessons = Lesson.objects.visible_to(seat_of("pupil"))
    assert lessons.on(TODAY - timedelta(days=1)).exists()
    assert not lessons.filter(day__gte=TODAY).exists()


def test_staff_see_the_lessons_of_their_school_only(college: World, twin: World, seat_of: Any) -> None:
    seen = Lesson.objects.visible_to(seat_of("teacher"))
    assert seen.filter(school=college.school).exists()
    assert not seen.filter(school=twin.school).exists()


def test_co_teachers_are_both_shown(college: World, seat_of: Any) -> None:
    second = college.people["teacher_1"]
    patterns_actions.plan(weekly(college, teachers=(college.people["teacher"], second)))
    row = day_of(seat_of("teacher"), date(2026, 11, 28))[0]
    assert row.teachers_label == "M. Lefèvre, Mme Moreau" or row.teachers_label == "Mme Moreau, M. Lefèvre"


def test_the_day_of_a_family_moves_to_the_next_one_in_the_evening(
    college: World, seat_of: Any, clock: Any
) -> None:
    viewer = seat_of("guardian")
    assert present_day(viewer, NOW).day == TODAY
    assert present_day(viewer, NOW.replace(hour=19)).day == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("key", "allowed"), [("head", True), ("secretary", True), ("teacher", False), ("cpe", False)]
)
def test_who_edits_the_timetable(seat_of: Any, key: str, allowed: bool) -> None:
    assert rules.edits_timetable(seat_of(key)) is allowed


def typed(college: World, **changes: Any) -> dict[str, Any]:
    plan = weekly(college)
    return {
        "subject": plan.subject.pk,
        "groups": [group.pk for group in plan.groups],
        "teachers": [teacher.pk for teacher in plan.teachers],
        "room": plan.room.pk if plan.room else "",
        "weekday": 5,
        "starts_at": "08:05",
        "ends_at": "09:00",
        "first_day": TODAY.isoformat(),
    } | changes


@pytest.mark.parametrize(
    ("opens_at", "closes_at", "hours"),
    [
        ("08:30", "17:00", "8\u00a0h\u00a030\u00a0– 17\u00a0h\u00a000"),
        (None, "08:30", "Jusqu’à 8\u00a0h\u00a030"),
        ("08:06", None, "À partir de 8\u00a0h\u00a006"),
    ],
)
def test_a_lesson_outside_the_hours_of_the_school_is_asked_once(
    college: World, client: SchoolClient, opens_at: str | None, closes_at: str | None, hours: str
) -> None:
    School.objects.filter(pk=college.school.pk).update(opens_at=opens_at, closes_at=closes_at)
    client.sit(college.people["secretary"])
    create = reverse("timetable:create")
    assert "C’est voulu" not in client.get(create).content.decode()
    asked = client.post(create, typed(college))
    assert asked.status_code == 422
    page = asked.content.decode()
    assert f"sort des horaires de l’établissement ({hours})" in page
    assert 'name="outside"' in page
    assert not WeeklyPattern.objects.filter(weekday=5).exists()
    done = client.post(create, typed(college, outside="on"), follow=True)
    assert "Séance créée" in done.content.decode()
    # The list says it, whatever the school said when the lesson was made.
    listed = client.get(reverse("timetable:patterns"), {"page": 99}).content.decode()
    assert "Hors des horaires" in listed


@pytest.mark.parametrize(("opens_at", "closes_at"), [("08:05", "09:00"), (None, None)])
def test_a_lesson_inside_the_hours_asks_nothing(
    college: World, client: SchoolClient, opens_at: str | None, closes_at: str | None
) -> None:
    """On both sides of each limit, and where the school gave no hours."""
    School.objects.filter(pk=college.school.pk).update(opens_at=opens_at, closes_at=closes_at)
    client.sit(college.people["secretary"])
    page = client.post(reverse("timetable:create"), typed(college), follow=True).content.decode()
    assert "Séance créée" in page
    late = typed(college, starts_at="09:00", ends_at="09:01")
    assert client.post(reverse("timetable:create"), late).status_code == (422 if closes_at else 302)


def test_the_secretary_creates_a_weekly_lesson(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    response = client.post(reverse("timetable:create"), typed(college), follow=True)
    assert "Séance créée" in response.content.decode()
    made = WeeklyPattern.objects.get(weekday=5)
    assert (made.starts_at, made.last_day) == (time(8, 5), college.year.ends)
    assert made.lessons.count() > 20


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ends_at": "08:00"}, "La fin doit venir après le début."),
        ({"first_day": "2030-01-01"}, "choisissez un jour entre les deux"),
        ({"weekday": 1}, "Déjà pris à cette heure\u202f: "),
        ({"groups": []}, "Ce champ est obligatoire."),
    ],
)
def test_a_wrong_lesson_is_explained_and_what_was_typed_stays(
    college: World, client: SchoolClient, changes: dict[str, Any], sentence: str
) -> None:
    client.sit(college.people["head"])
    before = Lesson.objects.count()
    response = client.post(reverse("timetable:create"), typed(college, **changes))
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert 'value="08:05"' in page
    assert Lesson.objects.count() == before


def test_nobody_creates_with_the_people_of_another_school(
    college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["head"])
    foreign = typed(college, teachers=[twin.people["teacher"].pk], groups=[twin.year.groups.first().pk])
    response = client.post(reverse("timetable:create"), foreign)
    assert response.status_code == 422
    assert not WeeklyPattern.objects.filter(weekday=5).exists()


def test_a_pattern_of_another_school_does_not_exist(
    college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["head"])
    foreign = WeeklyPattern.objects.filter(school=twin.school)[0]
    assert client.post(reverse("timetable:stop", kwargs={"pk": foreign.pk})).status_code == 404
    assert WeeklyPattern.objects.filter(pk=foreign.pk, last_day=twin.year.ends).exists()


def test_the_week_can_be_read_class_by_class_by_staff(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    group = college.year.groups.get(name="6e A")
    page = client.get(
        reverse("timetable:week"), {"classe": group.pk, "semaine": "2026-11-23"}
    ).content.decode()
    assert "6<sup>e</sup> A" in page
    assert "5<sup>e</sup> B" not in page.split("</form>")[-1]


@pytest.mark.parametrize("wrong", ["", "hier", "2026-13-45", "<script>"])
def test_a_wrong_week_shows_this_one(college: World, client: SchoolClient, wrong: str) -> None:
    client.sit(college.people["teacher"])
    page = client.get(reverse("timetable:week"), {"semaine": wrong}).content.decode()
    assert "Semaine du lundi 23 novembre 2026" in page


def test_a_childs_name_stands_on_their_own_lessons_only(college: World, twin: World, seat_of: Any) -> None:
    """Two children, each in a « 5e B » of their own school: the names of classes are not the classes."""
    elsewhere = twin.people["pupil"]
    Guardianship.objects.create(
        pupil=elsewhere, guardian=college.people["guardian"], authority=Authority.LEGAL
    )
    Person.objects.filter(pk=elsewhere.pk).update(given_name="Hugo")
    Group.objects.filter(enrolments__pupil=elsewhere).update(name="5e B")
    viewer = seat_of("guardian")
    children = pupil_groups(viewer)
    rows = day_of(viewer, TODAY)
    assert {row.groups_label for row in rows} == {"5e B"}
    assert {row.for_children(children) for row in rows} == {"Nina", "Hugo"}


@pytest.mark.parametrize(
    ("rule", "roles", "guardian"),
    [
        (rules.reads_timetable, set(Role) - {Role.AGENT, Role.OPERATOR}, True),
        (rules.edits_timetable, {Role.HEAD, Role.SECRETARY}, False),
        (rules.reads_classes_first, set(Role) - {Role.AGENT, Role.OPERATOR, Role.PUPIL, Role.TEACHER}, False),
        (rules.has_own_lessons, {Role.TEACHER, Role.PUPIL}, True),
        (rules.reads_classes, set(Role) - {Role.AGENT, Role.OPERATOR, Role.PUPIL}, False),
    ],
    ids=lambda rule: getattr(rule, "__name__", ""),
)
def test_what_each_role_may_do_with_the_timetable(
    holder: Any, seat_of: Any, rule: Any, roles: set[Role], guardian: bool
) -> None:
    assert {role for role in Role if rule(holder(role))} == roles
    assert rule(seat_of("guardian")) is guardian


def test_nobody_puts_lessons_in_a_school_that_has_no_year(college: World, holder: Any) -> None:
    School.objects.filter(pk=college.school.pk).update(current_year=None)
    assert not rules.edits_timetable(holder(Role.HEAD))


def test_the_lesson_going_on_says_how_many_pupils_come(college: World, seat_of: Any) -> None:
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    lesson.teachers.set([college.people["teacher"]])
    coming = Enrolment.objects.active(NOW.date()).filter(group__in=lesson.groups.all())
    pupils = set(coming.values_list("pupil_id", flat=True))
    assert len(pupils) > 1
    assert present_day(seat_of("teacher"), NOW).pupils_now == len(pupils)


def test_a_lesson_of_nobody_counts_nobody(college: World, seat_of: Any) -> None:
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    lesson.teachers.set([college.people["teacher"]])
    lesson.groups.clear()
    day = present_day(seat_of("teacher"), NOW)
    assert (day.now and day.now.pk, day.pupils_now) == (lesson.pk, 0)


def test_a_number_that_no_database_holds_is_no_lesson(client: SchoolClient, college: World) -> None:
    client.sit(college.people["head"])
    assert client.get(f"/appel/{10**30}/").status_code == 404


def test_forty_weekly_lessons_cost_what_one_does(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    _, many = counted(client, reverse("timetable:patterns"))
    patterns = WeeklyPattern.objects.filter(year=college.year)
    patterns.exclude(pk=patterns[0].pk).delete()
    page, few = counted(client, reverse("timetable:patterns"))
    assert many == few
    assert page.content.decode().count("<tr") == 2
