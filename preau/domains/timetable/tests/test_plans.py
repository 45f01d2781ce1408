"""A timetable drawn to scale: each lesson once at its hour, free hours, classes and subjects in their colours, what opens the home."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.timetable.boards import Beside
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import layouts, plans
from preau.domains.timetable.queries.layouts import View
from preau.domains.timetable.queries.lessons import Day, own_rows, present_day, pupil_groups
from preau.domains.timetable.queries.plans import Way

TODAY = NOW.date()


def week_of(viewer: Any, way: Way, *, shows_free: bool = True) -> Any:
    span = layouts.span_of(View.WEEK, TODAY)
    rows = own_rows(viewer, span.first, span.last)
    return rows, plans.week_plan(layouts.days_of(rows, span, TODAY), way, "?jour=", shows_free=shows_free)


def test_a_week_holds_each_lesson_once_as_tall_as_it_lasts(college: World, seat_of: Any) -> None:
    rows, plan = week_of(seat_of("pupil"), Way({}))
    blocks = [block for day in plan.days for block in day.blocks if block.kind == "lesson"]
    assert sorted(block.href for block in blocks) == sorted(
        reverse("timetable:lesson", kwargs={"pk": row.pk}) for row in rows
    )
    for block in blocks:
        assert block.steps * 5 >= block.ends - block.starts > (block.steps - 2) * 5
        assert block.at + block.steps <= plan.steps


def test_the_hours_between_two_lessons_are_free_and_noon_is_a_pause(college: World, seat_of: Any) -> None:
    viewer = seat_of("pupil")
    lessons = list(Lesson.objects.of_pupils([viewer.person.pk]).filter(day=TODAY).order_by("starts"))
    Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons[1:-1]]).delete()
    _rows, plan = week_of(viewer, Way({}))
    (today,) = [day for day in plan.days if day.is_today]
    assert [block.kind for block in today.blocks] == ["lesson", "free", "lesson"]
    assert "Pas de cours" in today.blocks[1].title
    _rows, without = week_of(viewer, Way({}), shows_free=False)
    assert not [block for day in without.days for block in day.blocks if block.kind == "free"]


def test_classes_keep_their_colours_and_none_takes_that_of_another() -> None:
    def rows(*names: str) -> list[Any]:
        return [type("Row", (), {"groups": [name], "groups_label": name})() for name in names]

    looks = plans.looks_of_groups(rows("6e A", "5e B", "4e C", "3e A", "5e B"))
    assert len({look.key for look in looks.values()}) == len(looks) == 4
    assert plans.looks_of_groups(rows("5e B", "3e A", "4e C", "6e A")) == looks
    assert all(
        look.letters for look in plans.looks_of_groups(rows(*(f"Groupe {n}" for n in range(30)))).values()
    )


def test_a_teacher_reads_classes_and_may_ask_for_subjects(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    by_class = client.get(reverse("timetable:week")).content.decode()
    assert "Colorer par matière" in by_class and "Colorer par classe" not in by_class
    by_subject = client.get(reverse("timetable:week"), {"couleurs": "matiere"}).content.decode()
    assert "Colorer par classe" in by_subject


def test_the_table_is_a_view_of_its_own(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    drawn = client.get(reverse("timetable:week")).content.decode()
    table = client.get(reverse("timetable:week"), {"vue": "tableau"}).content.decode()
    assert 'class="plan"' in drawn and '<table class="timetable"' not in drawn
    assert '<table class="timetable"' in table and 'class="plan"' not in table


@pytest.mark.parametrize(("key", "said"), [("teacher", "Maintenant"), ("pupil", "Maintenant")])
def test_the_home_opens_on_the_lesson_going_on(
    college: World, client: SchoolClient, key: str, said: str
) -> None:
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(starts__lte=NOW, ends__gt=NOW)[0]
    lesson.teachers.set([college.people["teacher"]])
    client.sit(college.people[key])
    page = client.get("/").content.decode()
    assert f"{said} ·" in page and "encore" in page and 'class="opening-share"' in page


def test_before_the_next_lesson_it_is_the_next_one_and_after_the_last_it_says_so(
    college: World, seat_of: Any
) -> None:
    viewer = seat_of("pupil")
    early = NOW.replace(hour=5)
    day = present_day(viewer, early)
    opening = plans.opening_of(viewer, day, early)
    assert opening.share is None and opening.row is not None and "suivre" in opening.when
    nothing = plans.opening_of(viewer, Day(TODAY, [], None, 0), NOW)
    assert nothing.row is None and nothing.title == "Pas de cours aujourd’hui"


def test_a_family_reads_a_ribbon_a_child_and_no_presence(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    names = {name for found in pupil_groups(seat_of("guardian")).values() for name in found}
    client.sit(college.people["guardian"])
    page = client.get("/").content.decode()
    assert page.count('class="ribbon"') == len(names) > 0
    assert "présent" not in page.split('class="opening"')[1].split("</section>")[0]


def test_a_lesson_of_tomorrow_that_is_not_held_is_said_to_the_family_and_the_pupil(
    college: World, client: SchoolClient
) -> None:
    tomorrow = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=TODAY + timedelta(days=1))
    lesson = tomorrow.order_by("-starts").select_related("subject")[0]
    said = f"Annulé\u202f: {lesson.subject.name}."
    for key in ("guardian", "pupil"):
        assert said not in client.sit(college.people[key]).get("/").content.decode()
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.CANCELLED)
    for key in ("guardian", "pupil"):
        page = client.sit(college.people[key]).get("/").content.decode()
        assert said in page and "Demain, cours de" in page, key


def test_a_day_without_lessons_of_a_child_is_said(college: World, seat_of: Any) -> None:
    viewer = seat_of("guardian")
    children = pupil_groups(viewer)
    found = plans.days_of_children(viewer, Day(TODAY, [], None, 0), children, NOW)
    assert found and all("n’a pas cours" in child.sentence for child in found)
    assert all(child.plan.days[0].blocks == () for child in found)


def test_a_day_is_drawn_with_what_is_to_be_done_of_each_lesson(college: World, client: SchoolClient) -> None:
    lesson = Lesson.objects.filter(school=college.school, starts__lte=NOW, ends__gt=NOW)[0]
    lesson.teachers.set([college.people["teacher"]])
    client.sit(college.people["teacher"])
    page = client.get(reverse("timetable:week"), {"vue": "jour"}).content.decode()
    assert "plan-day-alone" in page and 'class="lesson-gesture"' in page
    sunday = client.get(reverse("timetable:week"), {"vue": "jour", "jour": "2026-11-29"}).content.decode()
    assert "Pas de cours" in sunday and 'data-art="repos"' in sunday


def test_what_is_booked_for_a_lesson_stands_in_its_block(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    span = layouts.span_of(View.WEEK, TODAY)
    rows = own_rows(viewer, span.first, span.last)
    lesson = next(row for row in rows if not row.is_cancelled)

    def booked(title: str, pk: int | None) -> Beside:
        return Beside(lesson.day, title, lesson.starts, lesson.ends, lesson.zone, icon="key", lesson=pk)

    beside = [booked("Chariot bleu", lesson.pk), booked("Dojo", None), booked("Ailleurs", 0)]
    days = layouts.days_of(rows, span, TODAY, beside)
    plan = plans.week_plan(days, Way({}), "?jour=", shows_free=False)
    blocks = [block for day in plan.days for block in day.blocks]
    assert [block.title for block in blocks if block.kind == "beside"] == ["Dojo", "Ailleurs"]
    assert [tag for block in blocks for tag in block.tags if tag[2] == "key"] == [("Chariot bleu", "", "key")]
