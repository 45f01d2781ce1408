"""The timetable as it is read: whose, over which days, and as a table."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.search import queries as search
from preau.directory.models import Enrolment, Group, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable.models import Bookable, Lesson
from preau.domains.timetable.queries import layouts, whose
from preau.domains.timetable.queries.layouts import View
from preau.domains.timetable.queries.lessons import own_rows
from preau.foundation import dates
from preau.foundation.text import ordinals

TODAY = NOW.date()
WEEK = "timetable:week"


def read(client: SchoolClient, **asked: Any) -> str:
    return client.get(reverse(WEEK), asked).content.decode()


def rows_in(page: str) -> int:
    return page.count('class="lesson"')


def test_staff_read_the_week_of_a_teacher_and_of_a_room(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    monday = TODAY - timedelta(days=1)
    days = (monday, monday + timedelta(days=6))
    teacher = college.people["teacher_1"]
    taught = Lesson.objects.filter(teachers=teacher, day__range=days)
    assert rows_in(read(client, par="prof", prof=teacher.public_id)) == taught.count() > 0
    room = Room.objects.filter(school=college.school, lessons__day__range=days).distinct()[0]
    held = Lesson.objects.filter(room=room, day__range=days)
    assert rows_in(read(client, par="salle", salle=room.pk)) == held.count() > 0


def test_a_pupils_week_is_read_with_a_trace(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    group = Enrolment.objects.get(pupil=pupil, group__kind="class").group
    client.sit(college.people["cpe"])
    page = read(client, par="classe", classe=group.pk, eleve=pupil.public_id)
    assert pupil.list_name in page
    assert Line.objects.get(verb="timetable.pupil_read").subject_id == pupil.pk
    read(client, par="classe", classe=group.pk)
    assert Line.objects.filter(verb="timetable.pupil_read").count() == 1


@pytest.mark.parametrize("key", ["guardian", "pupil"])
def test_a_family_asks_for_a_teacher_or_another_class_and_reads_its_own(
    college: World, client: SchoolClient, key: str
) -> None:
    client.sit(college.people[key])
    own = read(client)
    teacher = college.people["teacher_1"]
    other = Group.objects.exclude(enrolments__pupil=college.people["pupil"]).filter(year=college.year)[0]
    for asked in (
        {"par": "prof", "prof": teacher.public_id},
        {"par": "classe", "classe": other.pk},
        {"par": "salle"},
        {"eleve": Person.objects.filter(enrolments__group=other)[0].public_id},
    ):
        page = read(client, **asked)
        assert rows_in(page) == rows_in(own)
        assert other.name.replace("e ", "<sup>e</sup> ") not in page
        assert "<select" not in page


def test_what_a_cook_reads_of_a_class_names_no_pupil(
    college: World, client: SchoolClient, holder: Any
) -> None:
    viewer = holder(Role.OTHER)
    pupil = college.people["pupil"]
    group = Enrolment.objects.get(pupil=pupil, group__kind="class").group
    found = whose.whose(viewer, {"par": "classe", "classe": str(group.pk), "eleve": pupil.public_id})
    assert found.chosen is not None and found.chosen.pk == group.pk
    assert (found.pupils, found.pupil) == ((), None)


@pytest.mark.parametrize("view", list(View))
def test_before_and_after_meet(view: View) -> None:
    """One step on and one back is where one was, and no day lies between two pages."""
    here = layouts.span_of(view, TODAY)
    after = layouts.span_of(view, here.after)
    assert layouts.span_of(view, after.before).first == here.first
    if view != View.MONTH:
        assert after.first == here.last + timedelta(days=1)
    assert here.first <= TODAY <= here.last


def test_the_table_of_a_week_holds_each_lesson_once_on_its_day_at_its_hour(
    college: World, seat_of: Any
) -> None:
    viewer = seat_of("pupil")
    span = layouts.span_of(View.WEEK, TODAY)
    days = layouts.days_of(own_rows(viewer, span.first, span.last), span, TODAY)
    grid = layouts.grid_of(days)
    seen = [row for line in grid for cell in line.cells for row in cell.rows]
    assert sorted(row.pk for row in seen) == sorted(row.pk for day in days for row in day.rows)
    for line in grid:
        for cell in line.cells:
            assert all(row.day == cell.day for row in cell.rows)
            assert not cell.rows or cell.rows[0].begins == line.begins
    # As many squares as the table has: those that go on below count for their rows.
    assert sum(cell.span for line in grid for cell in line.cells) == len(grid) * len(days)


def test_two_lessons_at_once_share_a_square_and_a_long_one_covers_its_rows(
    college: World, seat_of: Any
) -> None:
    viewer = seat_of("pupil")
    lessons = list(Lesson.objects.of_pupils([viewer.person.pk]).filter(day=TODAY).order_by("starts"))
    Lesson.objects.filter(pk=lessons[0].pk).update(ends=lessons[2].starts)
    span = layouts.span_of(View.DAY, TODAY)
    grid = layouts.grid_of(layouts.days_of(own_rows(viewer, TODAY, TODAY), span, TODAY))
    (first,) = grid[0].cells
    assert ([row.pk for row in first.rows], first.span) == ([lessons[0].pk, lessons[1].pk], 2)
    assert grid[1].cells == ()


def test_a_month_says_how_many_lessons_and_until_when(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    page = read(client, vue="mois", jour=TODAY.isoformat())
    count = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=TODAY).count()
    assert f"mardi 24 novembre, {count} cours, 8" in page


def test_a_subject_always_looks_the_same(college: World, seat_of: Any) -> None:
    rows = own_rows(seat_of("pupil"), TODAY - timedelta(days=7), TODAY)
    looks = {(row.subject, row.look) for row in rows}
    assert len(looks) == len({subject for subject, _look in looks})
    assert all(look.key and look.icon for _subject, look in looks)


def test_the_day_of_a_teacher_shows_the_roll_to_call(college: World, client: SchoolClient) -> None:
    lesson = Lesson.objects.filter(school=college.school, starts__lte=NOW, ends__gt=NOW)[0]
    lesson.teachers.set([college.people["teacher"]])
    client.sit(college.people["teacher"])
    assert reverse("attendance:roll", kwargs={"pk": lesson.pk}) in read(client, vue="jour")


def test_a_room_says_the_class_of_every_lesson(college: World, client: SchoolClient) -> None:
    """Even of the one that comes there most: « who was in this room at three » asks for a class."""
    room = Room.objects.filter(school=college.school, lessons__day=TODAY).order_by("pk")[0]
    first = dates.monday_of(TODAY)
    held = Lesson.objects.filter(room=room, day__range=(first, first + timedelta(days=6)))
    names = [lesson.groups.order_by("name").values_list("name", flat=True)[0] for lesson in held]
    usual = max(set(names), key=names.count)
    client.sit(college.people["cpe"])
    page = read(client, par="salle", salle=room.pk)
    drawn = page[page.index('class="lesson"') :]
    assert drawn.count(str(ordinals(usual))) >= names.count(usual) > 1


@pytest.mark.parametrize(
    ("days", "first"),
    [
        ([(-1, True), (0, True), (1, False), (2, True)], [0, 2]),
        ([(0, False), (1, False)], [0]),
        ([(6, False), (7, True)], [7]),
        ([(-8, False), (-7, True)], [-8]),
        ([], []),
    ],
)
def test_a_page_of_days_is_opened_for_today_and_the_next_one(
    days: list[tuple[int, bool]], first: list[int]
) -> None:
    on_the_page = [(TODAY + timedelta(days=day), holds) for day, holds in days]
    assert dates.landings(on_the_page, TODAY) == [TODAY + timedelta(days=day) for day in first]


@pytest.mark.parametrize("page", [WEEK, "agenda:agenda"])
@pytest.mark.parametrize("view", ["jour", "semaine", "liste"])
def test_the_keyboard_goes_past_all_ways_to_a_day(
    college: World, client: SchoolClient, page: str, view: str
) -> None:
    client.sit(college.people["pupil"])
    said = client.get(reverse(page), {"vue": view}).content.decode()
    skips = re.findall(r'class="skip-link" href="#(jour-[^"]+)">([^<]+)<', said)
    words = {"jour-2026-11-24": "Aller à aujourd’hui", "jour-2026-11-25": "Aller à demain"}
    assert dict(skips) == (dict(list(words.items())[:1]) if view == "jour" else words)
    for place, _words in skips:
        assert said.count(f'id="{place}" tabindex="-1"') == 1
    # They stand before the menu; a month and a table have no day that is a place.
    assert said.index("skip-link") < said.index("jour-2026") < said.index("<header")
    assert "#jour-" not in client.get(reverse(page), {"vue": "mois"}).content.decode()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (NOW, ("vue=jour&amp;jour=2026-11-25", "Voir demain")),
        (NOW.replace(hour=20), ("vue=jour&amp;jour=2026-11-25", "Voir demain")),
        (NOW + timedelta(days=3), ("vue=jour&amp;jour=2026-11-30", "Voir le lundi 30 novembre")),
    ],
)
def test_a_pupils_home_leads_to_the_day_that_comes(
    college: World, client: SchoolClient, clock: Any, at: Any, words: tuple[str, str]
) -> None:
    clock.move_to(at)
    home = client.sit(college.people["pupil"]).get("/").content.decode()
    link = re.search(rf'<a [^>]*href="[^"]*{re.escape(words[0])}"[^>]*>(.*?)</a>', home, re.DOTALL)
    assert link and words[1] in link[1].replace("\u00a0", " ")


@pytest.mark.parametrize("at", [NOW, NOW.replace(hour=20)])
def test_before_holidays_a_pupils_home_leads_to_the_day_when_lessons_begin_again(
    college: World, client: SchoolClient, clock: Any, at: Any
) -> None:
    """On the Friday, and on the eve of a Friday that is off: never to a day that holds nothing."""
    pupil = college.people["pupil"]
    own = Lesson.objects.filter(groups__enrolments__pupil=pupil)
    friday = at + timedelta(days=24)
    back = own.filter(day__gt=friday.date()).earliest("day").day
    assert friday.date() == date(2026, 12, 18) and back == date(2027, 1, 4), "the holidays of the calendar"
    clock.move_to(friday)
    home = client.sit(pupil).get("/").content.decode().replace("\u00a0", " ")
    assert "vue=jour&amp;jour=2027-01-04" in home and "Voir le lundi 4 janvier" in home
    assert "Voir demain" not in home and "jour=2026-12-2" not in home
    own.filter(day=friday.date()).delete()
    clock.move_to(friday - timedelta(days=1))
    eve = client.sit(pupil).get("/").content.decode()
    assert "vue=jour&amp;jour=2027-01-04" in eve and "Voir demain" not in eve
    own.filter(day__gt=TODAY).delete()
    assert "vue=jour&amp;jour=" not in client.get("/").content.decode(), "no lesson to come, no link"


def rooms_found(viewer: Any, typed: str) -> list[Any]:
    kinds = search.results_for(viewer, typed, search.MANY).found
    return [hit for kind in kinds if kind.name == "Salles" for hit in kind.hits]


def test_the_box_of_the_site_finds_a_room_and_opens_its_week(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    room = Room.objects.create(school=college.school, name="307")
    Room.objects.create(school=twin.school, name="307 bis")
    for typed in ("307", "salle 307"):
        (hit,) = rooms_found(seat_of("teacher"), typed)
        assert hit.label == "Salle 307"
    client.sit(college.people["teacher"])
    page = client.get(hit.url).content.decode()
    assert f'value="{room.pk}" selected' in page
    Bookable.objects.create(school=college.school, room=room, kind="computers")
    (hit,) = rooms_found(seat_of("cpe"), "informatique 307")
    assert hit.detail == "Salle informatique"
    for key in ("pupil", "guardian"):
        assert not rooms_found(seat_of(key), "307"), key
