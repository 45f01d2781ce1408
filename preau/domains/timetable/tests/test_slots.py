"""Canteen and study: whose hole is an hour of study, who is expected, who watches, what is already taken."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Closure, Enrolment, Group, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable import rules
from preau.domains.timetable.actions import slots as actions
from preau.domains.timetable.models import DaySlot, Lesson
from preau.domains.timetable.queries import held, slots
from preau.domains.timetable.queries.clashes import Needs, Times, clashes, clashes_at
from preau.domains.timetable.queries.lessons import Day, LessonRow, Study
from preau.domains.timetable.queries.slots import is_hole, slots_of

TODAY = NOW.date()
WEEK = (TODAY - timedelta(days=1), TODAY + timedelta(days=5))


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, twin: World) -> None:
    """What the seeds planted would answer in the place of what a test does."""
    DaySlot.objects.all().delete()


def slot_fields(**fields: Any) -> dict[str, Any]:
    """An hour of study after lunch, in the hole that the classes of the tests have."""
    given = {
        "kind": "study",
        "name": "Permanence du midi",
        "weekdays": [0, 1, 3, 4],
        "starts_at": time(13, 10),
        "ends_at": time(14, 5),
        "room": None,
        "places": 30,
        "watchers": [],
        "groups": [],
    }
    return given | fields


def watches_of(viewer: Any) -> list[Any]:
    """The hours that somebody watches over, in their agenda."""
    return [row for row in held.agenda_of(viewer, *WEEK) if row.uid.startswith("surveillance")]


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def at(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TODAY, time(hour, minute), PARIS)


# The rule


def test_a_hole_is_between_two_lessons() -> None:
    morning, afternoon = (at(8), at(9)), (at(14), at(15))
    assert is_hole((at(10), at(11)), [morning, afternoon])
    assert is_hole((at(9), at(14)), [morning, afternoon])
    assert not is_hole((at(10), at(11)), [morning])
    assert not is_hole((at(10), at(11)), [afternoon])
    assert not is_hole((at(8, 30), at(9, 30)), [morning, afternoon])
    assert not is_hole((at(10), at(11)), [])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 3)), max_size=6), st.integers(0, 20))
def test_a_hole_never_falls_on_a_lesson(lessons: list[tuple[int, int]], hour: int) -> None:
    day = datetime(2026, 11, 24, tzinfo=PARIS)
    spans = [(day + timedelta(hours=start), day + timedelta(hours=start + long)) for start, long in lessons]
    span = (day + timedelta(hours=hour), day + timedelta(hours=hour + 1))
    if is_hole(span, spans):
        assert all(end <= span[0] or start >= span[1] for start, end in spans)
        assert min(start for start, _end in spans) < span[0]
        assert max(end for _start, end in spans) > span[1]


def test_who_keeps_slots_and_who_reads_study(holder: Any, college: World) -> None:
    assert {role for role in Role if rules.keeps_slots(holder(role))} == {
        Role.HEAD,
        Role.SECRETARY,
        Role.SCHOOL_LIFE,
    }
    assert {role for role in Role if rules.reads_study(holder(role))} == {Role.HEAD, Role.SCHOOL_LIFE}


# In the week


@pytest.mark.parametrize("key", ["pupil", "guardian"])
def test_a_hole_is_an_hour_of_study_in_the_week(
    college: World, client: SchoolClient, seat_of: Any, key: str
) -> None:
    room = Room.objects.create(school=college.school, name="B12")
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields(room=room))
    for view in ("jour", "semaine", "liste"):
        page = client.sit(college.people[key]).get(
            reverse("timetable:week"), {"vue": view, "jour": str(TODAY)}
        )
        assert "Permanence du midi" in page.content.decode(), view
        assert "B12" in page.content.decode()
    # Wednesday has neither afternoon nor study.
    page = client.get(reverse("timetable:week"), {"vue": "jour", "jour": str(TODAY + timedelta(days=1))})
    assert "Permanence du midi" not in page.content.decode()


@pytest.mark.parametrize("key", ["pupil", "guardian"])
def test_the_home_says_of_a_hole_what_the_week_says(
    college: World, twin: World, client: SchoolClient, seat_of: Any, key: str
) -> None:
    home = client.sit(college.people[key]).get("/").content.decode()
    assert "Permanence du midi" not in home
    room = Room.objects.create(school=college.school, name="B12")
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields(room=room))
    elsewhere = slot_fields(name="Permanence d’ailleurs")
    actions.keep_slot(seat_of("cpe", world=twin), twin.year, elsewhere)
    another_day = slot_fields(name="Permanence du lundi", weekdays=[0])
    actions.keep_slot(seat_of("cpe"), college.year, another_day)
    home = client.get("/").content.decode()
    assert "Permanence du midi" in home and "B12" in home
    assert "Permanence d’ailleurs" not in home and "Permanence du lundi" not in home


def test_each_child_has_the_study_of_their_own_school() -> None:
    def row(group: int, starts: int) -> LessonRow:
        return LessonRow(
            starts, TODAY, at(starts), at(starts + 1), "Europe/Paris", "Maths", "", group_ids=[group]
        )

    hours = ("Europe/Paris", "Permanence", "", (TODAY.weekday(),), time(10), time(11))
    day = Day(
        TODAY,
        [row(1, 8), row(1, 14), row(2, 9), row(2, 15)],
        None,
        0,
        studies=[Study(7, 70, *hours), Study(8, 80, *hours)],
        schools={1: 70, 2: 80},
    )
    found = slots.studies_at_home(day, {1: ["Lou"], 2: ["Noé"]})
    assert [(one.whose, one.title) for one in found] == [("Lou", "Permanence"), ("Noé", "Permanence")]
    (alone,) = slots.studies_at_home(day, {1: ["Lou"]})
    assert alone.whose == ""


def test_a_lesson_cancelled_in_the_middle_makes_a_hole(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    lessons = Lesson.objects.filter(groups=own_class(college), day=TODAY).order_by("starts")
    second = lessons[1]
    hours = [moment.astimezone(PARIS).time() for moment in (second.starts, second.ends)]
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields(starts_at=hours[0], ends_at=hours[1]))
    address = (reverse("timetable:week"), {"vue": "jour", "jour": str(TODAY)})
    client.sit(college.people["pupil"])
    assert "Permanence du midi" not in client.get(*address).content.decode()
    Lesson.objects.filter(pk=second.pk).update(state=Lesson.State.CANCELLED)
    assert "Permanence du midi" in client.get(*address).content.decode()


def test_a_class_reads_its_own_service_of_the_canteen(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    own = own_class(college)
    other = Group.objects.classes().filter(year=college.year).exclude(pk=own.pk)[0]
    for name, group in (("Premier service", own), ("Autre service", other)):
        lunch = slot_fields(
            kind="canteen", name=name, starts_at=time(12, 10), ends_at=time(12, 50), groups=[group]
        )
        actions.keep_slot(seat_of("head"), college.year, lunch)
    page = (
        client.sit(college.people["pupil"])
        .get(reverse("timetable:week"), {"jour": str(TODAY)})
        .content.decode()
    )
    assert "Premier service" in page
    assert "Autre service" not in page
    page = (
        client.sit(college.people["head"])
        .get(reverse("timetable:week"), {"classe": other.pk})
        .content.decode()
    )
    assert "Autre service" in page
    assert "Premier service" not in page


def test_whoever_watches_has_it_in_their_week_and_agenda(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher, room = college.people["teacher"], Room.objects.create(school=college.school, name="B12")
    actions.keep_slot(
        seat_of("cpe"),
        college.year,
        slot_fields(watchers=[teacher], room=room, starts_at=time(17, 10), ends_at=time(18, 0)),
    )
    rows = watches_of(seat_of("teacher"))
    assert {row.starts.astimezone(PARIS).weekday() for row in rows} == {0, 1, 3, 4}
    assert watches_of(seat_of("teacher_1")) == []
    for key, query in [
        ("teacher", {"jour": str(TODAY)}),
        ("head", {"par": "prof", "prof": teacher.public_id}),
        ("head", {"par": "salle", "salle": room.pk}),
    ]:
        page = client.sit(college.people[key]).get(reverse("timetable:week"), query).content.decode()
        assert "Permanence du midi" in page, (key, query)
    assert "Permanence du midi" in client.sit(teacher).get("/agenda/").content.decode()
    Closure.objects.create(school=college.school, name="Pont", starts=WEEK[0], ends=WEEK[1])
    assert watches_of(seat_of("teacher")) == []


def test_the_twin_has_its_own(college: World, twin: World, seat_of: Any) -> None:
    actions.keep_slot(seat_of("cpe", world=twin), twin.year, slot_fields())
    for key in ("head", "cpe", "teacher", "pupil", "guardian"):
        assert slots_of(seat_of(key), *WEEK) == [], key


# Who is expected


def test_who_is_expected_in_study(college: World, client: SchoolClient, seat_of: Any) -> None:
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields())
    slot = DaySlot.objects.get()
    (line,) = slots.studies_on(seat_of("cpe"), TODAY)
    everybody = slots.expected_in_study(seat_of("cpe"), TODAY, line.span_on(TODAY))
    assert (
        len(everybody) == Enrolment.objects.filter(school=college.school).values("pupil").distinct().count()
    )
    assert {one.group for one in everybody} == set(
        Group.objects.classes().filter(year=college.year).values_list("name", flat=True)
    )
    Lesson.objects.filter(groups=own_class(college), day=TODAY, starts__gt=NOW + timedelta(hours=3)).update(
        state="cancelled"
    )
    fewer = {one.pk for one in slots.expected_in_study(seat_of("cpe"), TODAY, line.span_on(TODAY))}
    assert college.people["pupil"].pk not in fewer
    page = client.sit(college.people["cpe"]).get(reverse("timetable:study"), {"heure": slot.pk})
    assert f"{len(fewer)} élèves attendus" in page.content.decode()
    assert Line.objects.filter(verb="timetable.study_read", is_read=True).count() == len(fewer)
    assert slots.studies_on(seat_of("cpe"), TODAY + timedelta(days=1)) == []


def test_study_says_who_is_elsewhere(college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields())
    (line,) = slots.studies_on(seat_of("cpe"), TODAY)
    pupil = college.people["pupil"].pk
    houses = [
        type("House", (), {"said": staticmethod(lambda school, starts, ends, pupils: {pupil: "En sortie"})})
    ]
    monkeypatch.setattr("preau.domains.timetable.queries.slots.whereabouts", houses)
    found = {one.pk: one.away for one in slots.expected_in_study(seat_of("cpe"), TODAY, line.span_on(TODAY))}
    assert found[pupil] == "En sortie"
    assert set(found.values()) == {"", "En sortie"}


def test_thirty_pupils_cost_what_one_does(
    college: World, client: SchoolClient, seat_of: Any, django_assert_num_queries: Any
) -> None:
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields())
    (line,) = slots.studies_on(seat_of("cpe"), TODAY)
    for number in range(30):
        pupil = Person.objects.create(family_name=f"Élève {number}", given_name="Ana")
        Enrolment.objects.create(
            school=college.school, group=own_class(college), pupil=pupil, starts=college.year.starts
        )
    viewer = seat_of("cpe")
    page = client.sit(college.people["cpe"]).get(reverse("timetable:study"), {"heure": line.pk})
    assert page.status_code == 200
    assert len(page.content) < 60_000
    assert len(slots.expected_in_study(viewer, TODAY, line.span_on(TODAY))) > 30


# What is taken


def test_a_room_or_a_watcher_is_in_one_place(college: World, seat_of: Any) -> None:
    lesson = Lesson.objects.filter(groups=own_class(college), day=TODAY, room__isnull=False).order_by(
        "starts"
    )[0]
    hours = {
        "starts_at": lesson.starts.astimezone(PARIS).time(),
        "ends_at": lesson.ends.astimezone(PARIS).time(),
    }
    for needs in ({"room": lesson.room}, {"watchers": [lesson.teachers.all()[0]]}):
        with pytest.raises(actions.SlotTaken) as refused:
            actions.keep_slot(seat_of("cpe"), college.year, slot_fields(weekdays=[1], **hours, **needs))
        assert refused.value.clashes[0].said
    assert not DaySlot.objects.exists()
    room = Room.objects.create(school=college.school, name="B12")
    first = actions.keep_slot(seat_of("cpe"), college.year, slot_fields(room=room))
    with pytest.raises(actions.SlotTaken):
        actions.keep_slot(seat_of("cpe"), college.year, slot_fields(name="Une autre", room=room))
    other_days = actions.keep_slot(
        seat_of("cpe"), college.year, slot_fields(name="Mercredi", room=room, weekdays=[2])
    )
    assert other_days.pk != first.pk


def test_a_lesson_is_not_put_where_a_slot_is(college: World, seat_of: Any) -> None:
    room, teacher = Room.objects.create(school=college.school, name="B12"), college.people["teacher"]
    actions.keep_slot(seat_of("cpe"), college.year, slot_fields(room=room, watchers=[teacher]))
    tuesday = Times(1, (time(13, 10), time(14, 5)), (TODAY, TODAY))
    wednesday = Times(2, (time(13, 10), time(14, 5)), (TODAY, TODAY + timedelta(days=1)))
    for needs in (Needs(room=room), Needs(teachers=(teacher,))):
        assert [clash.what for clash in clashes(college.year, tuesday, needs)] == ["Permanence du midi"]
        assert clashes(college.year, wednesday, needs) == []
        assert [clash.what for clash in clashes_at(college.year, at(13, 30), at(14), needs)] == [
            "Permanence du midi"
        ]
    assert clashes(college.year, tuesday, Needs(teachers=(college.people["teacher_1"],))) == []


# Gestures


def test_the_same_slot_sent_twice_is_one(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    body = {
        "kind": "study",
        "name": "Étude",
        "weekdays": ["0", "1"],
        "starts_at": "17:10",
        "ends_at": "18:00",
    }
    client.post(reverse("timetable:create_slot"), body)
    client.post(reverse("timetable:create_slot"), body)
    slot = DaySlot.objects.get()
    change = reverse("timetable:change_slot", kwargs={"pk": slot.pk})
    client.post(change, body | {"name": "Étude surveillée"})
    client.post(change, body | {"name": "Étude surveillée"})
    remove = reverse("timetable:remove_slot", kwargs={"pk": slot.pk})
    assert client.post(remove).status_code == client.post(remove).status_code == 302
    verbs = list(
        Line.objects.filter(verb__startswith="timetable.slot").order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == ["timetable.slot_created", "timetable.slot_changed", "timetable.slot_removed"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"weekdays": []},
        {"ends_at": "16:00"},
        {"kind": "canteen"},
        {"places": "0"},
        {"kind": "?"},
    ],
)
def test_what_is_typed_wrong_is_said(college: World, client: SchoolClient, wrong: dict[str, Any]) -> None:
    body = {"kind": "study", "name": "Étude", "weekdays": ["0"], "starts_at": "17:10", "ends_at": "18:00"}
    page = client.sit(college.people["cpe"]).post(reverse("timetable:create_slot"), body | wrong)
    assert page.status_code == 422
    assert not DaySlot.objects.exists()


def test_a_day_is_said_in_words() -> None:
    slot = DaySlot(weekdays=[3, 0], starts_at=time(8), ends_at=time(9))
    assert slot.days_said == "lundi, jeudi"
    assert slot.comes_on(date(2026, 11, 26))
    assert not slot.comes_on(date(2026, 11, 27))
