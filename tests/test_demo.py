"""The demonstration, planted once at its real size: its situations, its timetables, its pages."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, time, timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.directory.models import (
    Assignment,
    Closure,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Person,
    School,
)
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.attendance import rules as attendance_rules
from preau.domains.attendance.models import Entry, Explanation, Notice, RollCall
from preau.domains.attendance.queries.counts import missed_counts
from preau.domains.attention.models import Finding
from preau.domains.report_cards.models import ReportCard
from preau.domains.timetable.models import Lesson, WeeklyPattern
from preau.domains.timetable.seeds import secondary
from preau.foundation import boards
from preau.foundation.awaited import awaited_of
from preau.identity.models import Account
from preau.identity.seeds import PASSWORD
from preau.portal import demo
from preau.portal.visitors import GATHERINGS
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

TODAY = NOW.date()


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Person]]:
    """The demonstration instead of the schools of the other tests, which come back when this module is over."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            call_command("flush", interactive=False, verbosity=0)
            for reasons in ("0002_common_reasons", "0006_more_common_reasons"):
                import_module(f"preau.domains.attendance.migrations.{reasons}").add(apps, None)
            people = demo.plant(lambda text: None)
            demo.refresh()
        yield people
        transaction.set_rollback(True)


@pytest.fixture
def school(cast: dict[str, Person], db: None) -> Any:
    return lambda kind: School.objects.get(kind=kind)


def sit(client: SchoolClient, cast: dict[str, Person], key: str) -> SchoolClient:
    return client.sit(Person.objects.get(pk=cast[key].pk))


# Sizes and situations.


def test_three_schools_are_imported_and_their_sizes_are_told(cast: Any, db: None) -> None:
    assert [(size.name, size.classes) for size in demo.sizes()] == [
        ("Collège des Tilleuls", 18),
        ("Lycée des Marronniers", 33),
        ("École Jean-Moulin", 7),
    ]
    assert sum(size.pupils for size in demo.sizes()) == 1544
    assert ExternalId.objects.filter(source="aaf", kind="person").count() > 4000


def test_every_visitor_has_an_account_and_the_right_name(cast: Any, db: None) -> None:
    visitors = [visitor for gathering in GATHERINGS for visitor in gathering.visitors]
    assert {visitor.key for visitor in visitors} == set(demo.LOGINS)
    for visitor in visitors:
        account = Account.objects.select_related("person").get(login=visitor.login)
        assert account.person.pk == cast[visitor.key].pk
        full_name = account.person.full_name.replace("'", "’")
        assert str(visitor.name) in {full_name, "Mère de Cheick"}
    assert Account.objects.values("password").distinct().count() == 1


def test_most_have_opened_their_account(cast: Any, school: Any) -> None:
    for kind in ("college", "lycee"):
        pupils = Enrolment.objects.active(TODAY).filter(school=school(kind)).values("pupil")
        links = Guardianship.objects.informed(TODAY).of_another().filter(pupil__in=pupils)
        guardians = set(links.values_list("guardian", flat=True))
        opened = set(
            Account.objects.activated().filter(person__in=guardians).values_list("person", flat=True)
        )
        assert 0.6 < len(opened) / len(guardians) < 0.9, kind
    explanations = Explanation.objects.filter(school=school("college"), given_by__account=None)
    assert not explanations.exclude(given_by__is_institution=True).exists()


def test_a_mother_follows_two_children_and_a_separated_father_one(cast: Any, db: None) -> None:
    for key, expected in (("guardian", {"pupil", "sibling"}), ("other_guardian", {"pupil"})):
        wards = (
            Guardianship.objects.informed(TODAY).filter(guardian=cast[key]).values_list("pupil", flat=True)
        )
        assert set(wards) == {cast[child].pk for child in expected}


def test_people_and_their_seats(cast: Any, db: None) -> None:
    for key, profiles in (
        ("teacher_1", ["staff", "guardian"]),
        ("teacher_two_schools", ["staff", "staff"]),
        ("adult_pupil", ["pupil"]),
    ):
        viewer = viewer_for(cast[key], 0, NOW)
        assert [seat.profile for seat in viewer.seats] == profiles, key


def test_other_situations(cast: Any, db: None) -> None:
    welfare = Guardianship.objects.filter(pupil=cast["ward"], guardian__is_institution=True)
    assert welfare.exists()
    assert cast["homonym_1"].full_name == cast["homonym_2"].full_name
    assert cast["homonym_1"].pk != cast["homonym_2"].pk
    gone = Enrolment.objects.filter(pupil=cast["leaver"]).order_by("-ends").first()
    assert gone.ends < TODAY
    assert not Lesson.objects.of_pupils([cast["leaver"].pk]).filter(day__gte=TODAY).exists()
    assert Lesson.objects.of_pupils([cast["leaver"].pk]).filter(day__lt=gone.ends).exists()
    turning, adult = (viewer_for(cast[key], 0, NOW) for key in ("lycee_pupil_turning_18", "adult_pupil"))
    assert not attendance_rules.answers_for_absences(turning)
    assert attendance_rules.answers_for_absences(adult)
    in_three_days = viewer_for(cast["lycee_pupil_turning_18"], 0, NOW + timedelta(days=3))
    assert attendance_rules.answers_for_absences(in_three_days)


def test_each_class_of_the_primary_school_has_its_teacher(cast: Any, school: Any) -> None:
    groups = Group.objects.classes().filter(school=school("ecole"))
    heads = Assignment.objects.filter(group__in=groups, kind=Assignment.Kind.HEAD_TEACHER)
    assert heads.values("group").distinct().count() == heads.values("teacher").distinct().count() == 7
    assert heads.get(group__name="CE2").teacher == cast["primary_teacher"]
    assert heads.filter(teacher=cast["school_director"]).exists()


# Timetables.


def test_nobody_is_in_two_places(cast: Any, db: None) -> None:
    """Teachers (whatever the school), rooms, classes, groups and their classes, pupils."""
    pupils = defaultdict(set)
    for group, pupil in Enrolment.objects.values_list("group_id", "pupil_id"):
        pupils[group].add(("pupil", pupil))
    taken: dict[tuple[object, int], list[tuple[time, time]]] = defaultdict(list)
    patterns = WeeklyPattern.objects.prefetch_related("groups__classes", "teachers")
    for pattern in patterns:
        groups = list(pattern.groups.all())
        who = {("teacher", person.pk) for person in pattern.teachers.all()} | {("room", pattern.room_id)}
        who |= {pupil for group in groups for pupil in pupils[group.pk]}
        who |= {("class", group.pk, group.pk) for group in groups}
        for group in groups:
            drawn = Group.classes.through.objects.filter(to_group=group.pk).values_list(
                "from_group", flat=True
            )
            who |= {("drawn", group.pk, other) for other in drawn}
            who |= {("drawn", school_class.pk, group.pk) for school_class in group.classes.all()}
        for one in who:
            for starts, ends in taken[one, pattern.weekday]:
                assert not (starts < pattern.ends_at and pattern.starts_at < ends), (one, pattern)
            taken[one, pattern.weekday].append((pattern.starts_at, pattern.ends_at))


def test_every_class_has_lessons_each_day_of_school_and_none_when_it_is_closed(cast: Any, db: None) -> None:
    for school in School.objects.all():
        closures = list(Closure.objects.filter(school=school).values_list("starts", "ends"))
        weekdays = {0, 1, 3, 4} if school.kind == School.Kind.ECOLE else {0, 1, 2, 3, 4}
        expected = {
            day
            for day in days_between(school.current_year.starts, school.current_year.ends)
            if day.weekday() in weekdays and not any(first <= day <= last for first, last in closures)
        }
        assert len(expected) > 130
        for group in Group.objects.classes().filter(school=school):
            days = set(Lesson.objects.of_group(group.pk).exclude(pattern=None).values_list("day", flat=True))
            assert days == expected, group


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def test_no_hour_of_a_subject_is_missing_and_the_week_is_always_the_same(cast: Any, school: Any) -> None:
    college = World.of(school("college"), cast, TODAY)
    twice = [secondary.weeklies_of(college) for _ in range(2)]
    assert twice[0] == twice[1]
    for assignment in Assignment.objects.filter(kind=Assignment.Kind.TEACHES).exclude(school__kind="ecole"):
        patterns = WeeklyPattern.objects.filter(
            groups=assignment.group_id, teachers=assignment.teacher_id, subject=assignment.subject_id
        )
        hours = sum(round((at(pattern.ends_at) - at(pattern.starts_at)) / 55) for pattern in patterns)
        assert hours == college.hours_of(assignment.group, assignment.subject), assignment.pk


def at(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def test_the_week_of_a_class_shows_its_groups(cast: Any, school: Any) -> None:
    group = Group.objects.get(school=school("college"), name="5e B")
    names = set(Lesson.objects.of_group(group.pk).values_list("groups__name", flat=True))
    assert {"5e B", "5e LATIN 1"} <= names


def test_a_lesson_is_always_going_on(cast: Any, clock: Any, db: None) -> None:
    for hour in (3, 9, 13, 22):
        clock.move_to(NOW.replace(hour=hour))
        demo.refresh()
        now = Lesson.objects.taught_by(cast["teacher"]).filter(
            starts__lte=timezone.now(), ends__gt=timezone.now()
        )
        assert now.get().school.kind == School.Kind.COLLEGE


# Attendance.


def test_some_weeks_of_attendance(cast: Any, school: Any) -> None:
    college = school("college")
    past = Lesson.objects.filter(school=college, day__lt=TODAY, pattern__isnull=False)
    days = sorted(RollCall.objects.filter(school=college).values_list("lesson__day", flat=True).distinct())
    assert len(days) == 21  # twenty before today
    missed = past.held().filter(day__gte=days[0], roll_call=None)
    assert missed.get().is_taught_by(cast["teacher"])
    states = set(Explanation.objects.filter(school=college).values_list("state", flat=True))
    assert states == {"pending", "accepted", "refused"}
    per_day = Lesson.objects.filter(school=college, groups__kind="class", roll_call__isnull=False)
    expected = sum(
        Enrolment.objects.active(days[5]).filter(group__lessons=lesson).count()
        for lesson in per_day.filter(day=days[5])
    )
    absent = Entry.objects.absences().filter(school=college, day=days[5], lesson__in=per_day).count()
    assert 0.01 < absent / expected < 0.08


def test_letters_are_for_today_only(cast: Any, db: None) -> None:
    assert not Notice.objects.exists()
    tasks = DBTaskResult.objects.filter(task_path__endswith="tell_guardians")
    entries = [pk for task in tasks for pk in task.args_kwargs["args"][0]]
    assert 0 < len(entries) <= 15
    assert set(Entry.objects.filter(pk__in=entries).values_list("day", flat=True)) == {TODAY}


def test_the_cast_has_something_to_do(cast: Any, db: None) -> None:
    for key in ("guardian", "other_guardian", "guardian_without_mail", "adult_pupil"):
        assert any(one.gesture == "Expliquer" for one in awaited_of(viewer_for(cast[key], 0, NOW))), key
    father = viewer_for(cast["teacher_1"], 0, NOW, "guardian")
    assert any(one.gesture == "Expliquer" for one in awaited_of(father))
    assert not Explanation.objects.visible_to(viewer_for(cast["other_guardian"], 0, NOW)).exists()
    assert Explanation.objects.visible_to(viewer_for(cast["guardian"], 0, NOW)).count() == 2


def test_what_is_said_of_the_cast_s_pupil_is_what_the_rolls_say(cast: Any, db: None, school: Any) -> None:
    college, pupil = school("college"), cast["pupil"]
    rows = Entry.objects.filter(school=college, pupil=pupil)
    facts = Finding.objects.filter(school=college, pupil=pupil, fact="attendance.lates")
    assert facts.exists()
    for fact in facts:
        assert fact.number == rows.filter(status="late", day__range=(fact.since, fact.until)).count() >= 6
    card = ReportCard.objects.get(pupil=pupil)
    made = card.made_at.date()
    found = missed_counts(college, card.period.starts, min(made, card.period.ends), [pupil.pk])[pupil.pk]
    counts = {"half_days": found.half_days, "unexcused": found.unexcused, "late": found.late}
    assert card.content["missed"] == counts


def test_starting_again_days_later_catches_up(cast: Any, clock: Any, school: Any) -> None:
    college = school("college")
    clock.move_to(NOW + timedelta(days=2))
    demo.refresh()
    yesterday = Lesson.objects.filter(school=college, day=TODAY + timedelta(days=1))
    assert yesterday.exists()
    assert not yesterday.filter(roll_call=None).exists()
    before = RollCall.objects.count()
    demo.refresh()
    assert RollCall.objects.count() == before


# Pages.


@pytest.mark.parametrize("key", sorted(demo.LOGINS))
def test_the_pages_of_the_menu_stay_light(cast: Any, client: SchoolClient, db: None, key: str) -> None:
    sit(client, cast, key)
    viewer = viewer_for(cast[key], 0, NOW)
    entries = [entry for entry, seated in boards.offered(boards.menu, viewer) if entry.open_to(seated)]
    names = ["portal:home", *(entry.url_name for entry in entries)]
    if key in {"secretary", "lycee_head"}:
        names += ["timetable:patterns", "attendance:entries"][: 1 if key == "secretary" else 2]
    for name in names:
        response, queries = counted(client, reverse(name))
        assert response.status_code == 200, name
        assert queries <= MOST_QUERIES, (name, queries)
        assert len(response.content) <= MOST_BYTES, (name, len(response.content))


def test_the_visitors_page_exists_in_the_demonstration_only(
    cast: Any, client: SchoolClient, db: None, settings: Any
) -> None:
    address = reverse("portal:demonstration")
    assert client.get(address).status_code == 404
    settings.DEMO = True
    response, queries = counted(client, address)
    page = response.content.decode()
    assert response.status_code == 200
    assert queries <= MOST_QUERIES and len(response.content) <= MOST_BYTES
    assert list(faults(page)) == []
    for login in demo.LOGINS.values():
        assert page.count(f'value="{login}"') == 1
    assert address in client.get("/connexion/").content.decode()


def test_one_click_signs_in_whoever_was_there(
    cast: Any, client: SchoolClient, db: None, settings: Any
) -> None:
    settings.DEMO = True
    for login, name in (("claire.moreau", "Claire"), ("maman", "Julie")):
        response = client.post(
            reverse("identity:sign_in"), {"login": login, "password": PASSWORD}, follow=True
        )
        assert f"Bonjour {name}" in response.content.decode()
