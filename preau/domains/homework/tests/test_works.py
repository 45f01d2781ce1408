"""Homework: for whom, for when, ticked, told, and what it weighs."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.actions import work_groups
from preau.directory.models import Closure, Enrolment, Group, Guardianship, Person, WorkGroup
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.homework import rules
from preau.domains.homework.actions import telling, works
from preau.domains.homework.models import Correction, Done, Homework, WorkloadLimit
from preau.domains.homework.queries import concerned, family, finding, sessions
from preau.domains.homework.queries.load import DueWork, columns_of, load_of, warnings_of
from preau.domains.homework.tests.scene import TOMORROW, given, lesson_now, work, written
from preau.domains.timetable.models import Lesson
from preau.foundation.lookup import LookupTerms
from tests.statements import MOST_QUERIES, Statements


@pytest.fixture
def lesson(college: World) -> Lesson:
    return lesson_now(college)


@pytest.fixture
def homework(lesson: Lesson, seat_of: Any) -> Homework:
    return given(seat_of("teacher"), lesson)


def sees(viewer: Any, homework: Homework) -> bool:
    """On its page and in the list: both must agree."""
    on_page = homework in Homework.objects.visible_to(viewer)
    if not viewer.is_staff:
        listed = {row.pk for row in family.lines_of_work(viewer, date(2026, 9, 1), date(2027, 7, 1))}
        assert (homework.pk in listed) == on_page
    return on_page


def test_the_class_and_its_families_see_it(homework: Homework, seat_of: Any, twin: World) -> None:
    for key in ("pupil", "guardian", "other_guardian", "teacher", "teacher_1", "head", "cpe"):
        assert sees(seat_of(key), homework), key
        assert not sees(seat_of(key, world=twin), homework), key
    assert not sees(seat_of("secretary"), homework)


def test_a_family_without_rights_does_not(college: World, homework: Homework, seat_of: Any) -> None:
    links = Guardianship.objects.filter(guardian=college.people["other_guardian"])
    links.update(may_not_be_informed=True)
    assert viewer_for(college.people["other_guardian"], 0, NOW) is None
    assert sees(seat_of("guardian"), homework)


def test_it_is_for_who_is_in_the_class_the_day_it_is_due(
    college: World, homework: Homework, seat_of: Any
) -> None:
    enrolled = Enrolment.objects.filter(pupil=college.people["pupil"])
    enrolled.update(ends=TOMORROW)
    assert not sees(seat_of("pupil"), homework)
    enrolled.update(ends=TOMORROW + timedelta(days=1), starts=TOMORROW)
    assert sees(seat_of("pupil"), homework)


def test_for_some_pupils_and_nobody_else_knows(college: World, lesson: Lesson, seat_of: Any) -> None:
    other = lesson.pupils().exclude(pk=college.people["pupil"].pk).order_by("pk")[0]
    homework = given(seat_of("teacher"), lesson, pupils=(other.pk,))
    assert not sees(seat_of("pupil"), homework) and not sees(seat_of("guardian"), homework)
    assert sees(viewer_for(other, 0, NOW), homework)
    assert concerned.concerned(homework) == [other.pk]


def test_one_form_sent_twice_gives_once(lesson: Lesson, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    first = given(viewer, lesson)
    once, again = (works.give(viewer, first.record, work(), sent_as="a" * 32) for _ in range(2))
    assert first != once == again


def test_taken_away_and_put_back(homework: Homework, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    assert works.remove(teacher, homework) and not works.remove(teacher, homework)
    assert not sees(seat_of("pupil"), homework) and not sees(seat_of("head"), homework)
    assert sees(teacher, homework)
    assert works.restore(teacher, homework) and not works.restore(teacher, homework)
    assert sees(seat_of("pupil"), homework)
    assert Correction.objects.filter(record=homework.record).count() == 3


def test_a_change_keeps_what_was_read_and_two_at_once_are_seen(homework: Homework, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    assert works.change(teacher, homework, work("Exercice 15"), homework.version)
    assert not works.change(teacher, homework, work("Exercice 15"), homework.version)
    with pytest.raises(works.WorkConflict):
        works.change(teacher, homework, work("Exercice 16"), homework.version)
    kept = Correction.objects.filter(record=homework.record).last()
    assert kept and kept.works[0]["title"] == "Exercices 12 et 14 page 87"


def test_who_changes_it(homework: Homework, seat_of: Any) -> None:
    assert rules.changes_homework(seat_of("teacher"), homework)
    for key in ("teacher_1", "head", "cpe", "pupil", "guardian"):
        assert not rules.changes_homework(seat_of(key), homework), key


def test_a_pupil_ticks_and_unticks_and_nobody_for_them(
    college: World, client: SchoolClient, homework: Homework
) -> None:
    address = reverse("homework:tick", kwargs={"pk": homework.pk})
    client.sit(college.people["guardian"])
    assert client.post(address, {"fait": "oui"}).status_code == 403
    client.sit(college.people["pupil"])
    for _ in range(2):
        assert (
            client.post(address, {"fait": "oui", "suite": "/travail/"}).url == f"/travail/#fait-{homework.pk}"
        )
    assert Done.objects.filter(homework=homework).count() == 1
    assert "Annuler «\u202ffait\u202f»" in client.get("/travail/").content.decode()
    client.post(address, {"fait": "non"})
    assert not Done.objects.filter(homework=homework).exists()


def test_what_a_mistake_keeps(college: World, client: SchoolClient, lesson: Lesson) -> None:
    client.sit(college.people["teacher"])
    form = {
        "content": "Thalès",
        "shown": "hour",
        "seen": "0",
        "due": "other",
        "minutes": "20",
        "body": "Lire",
    }
    answer = client.post(reverse("homework:record", kwargs={"pk": lesson.pk}), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "Écrivez le jour et l’heure.",
        "Écrivez en une ligne le travail à faire.",
        "Thalès",
        "Lire",
    ):
        assert sentence in page, sentence
    form |= {"title": "Exercice", "shown": "start", "due_day": lesson.day.isoformat()}
    answer = client.post(reverse("homework:record", kwargs={"pk": lesson.pk}), form)
    assert answer.status_code == 422 and "Choisissez un jour après la séance." in answer.content.decode()


def test_a_date_is_warned_of_and_not_refused(college: World, client: SchoolClient, lesson: Lesson) -> None:
    Closure.objects.create(school=college.school, name="Pont", starts="2026-12-02", ends="2026-12-02")
    client.sit(college.people["teacher"])
    form = {
        "content": "",
        "shown": "start",
        "seen": "0",
        "due": "other",
        "title": "Exercice",
        "due_day": "2026-12-02",
    }
    answer = client.post(reverse("homework:record", kwargs={"pk": lesson.pk}), form, follow=True)
    assert "l’établissement est fermé (Pont)" in answer.content.decode()
    assert Homework.objects.filter(title="Exercice", due_day="2026-12-02").exists()


def test_the_load_of_a_day_and_its_limit(college: World, lesson: Lesson, seat_of: Any) -> None:
    groups = list(lesson.groups.all())
    Homework.objects.all().delete()
    WorkloadLimit.objects.all().delete()
    given(seat_of("teacher"), lesson, minutes=40)
    given(seat_of("teacher"), lesson, title="Lire", minutes=30)
    (load,) = [one for one in load_of(groups, TOMORROW, TOMORROW) if one.day == TOMORROW]
    assert (load.works, load.minutes, load.limit, load.is_over) == (2, 70, None, False)
    WorkloadLimit.objects.update_or_create(
        school=college.school, level=groups[0].level, defaults={"minutes": 60}
    )
    (load,) = load_of(groups, TOMORROW, TOMORROW)
    assert load.is_over
    text = " ".join(warnings_of(lesson, groups, TOMORROW))
    assert "1\xa0h\xa010" in text
    draft = given(seat_of("teacher"), sessions.following(lesson)[0], title="Plus tard")
    assert draft.record.lesson_id != lesson.pk


def test_exclusive_groups_do_not_add_up(college: World, lesson: Lesson, seat_of: Any) -> None:
    """German for the half of a class, Spanish for the other: nobody has both."""
    Homework.objects.all().delete()
    (group,) = lesson.groups.all()
    pupils = list(lesson.pupils().order_by("pk"))
    following = sessions.following(lesson)
    given(seat_of("teacher"), lesson, minutes=10)
    for place, (name, minutes) in enumerate([("Allemand", 30), ("Espagnol", 20)]):
        drawn = Group.objects.create(
            school=college.school, year=college.year, kind=Group.Kind.GROUP, name=name
        )
        drawn.classes.add(group)
        for pupil in pupils[place::2]:
            Enrolment.objects.create(school=college.school, group=drawn, pupil=pupil)
        lesson_of_group = following[place]
        lesson_of_group.groups.set([drawn])
        given(seat_of("teacher"), lesson_of_group, title=name, minutes=minutes)
    (load,) = load_of([group], TOMORROW, TOMORROW)
    assert (load.works, load.minutes, len(load.heaviest)) == (3, 40, 2)
    (drawing,) = columns_of([load], {TOMORROW: [DueWork(pk, "", "", 1, False) for pk in load.heaviest]})
    assert len(drawing.blocks) == 2
    given(seat_of("teacher"), lesson, title="Pour deux", minutes=45, pupils=[pupils[1].pk])
    (load,) = load_of([group], TOMORROW, TOMORROW)
    assert (load.works, load.minutes) == (4, 75)


def test_given_at_the_end_of_the_day_for_the_morrow_is_said(lesson: Lesson) -> None:
    groups = list(lesson.groups.all())
    assert not [warning for warning in warnings_of(lesson, groups, TOMORROW) if "demain" in warning]
    lesson.starts, lesson.ends = NOW.replace(hour=16), NOW.replace(hour=17)
    assert [warning for warning in warnings_of(lesson, groups, TOMORROW) if "demain" in warning]


def notices_of(kind: str, person: Person) -> list[Item]:
    return list(Item.objects.filter(kind=f"homework.{kind}", person=person))


def test_families_are_told_once_a_day_when_they_can_read_it(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    written(teacher, lesson, shown="end")
    homework = given(teacher, lesson)
    given(teacher, lesson, title="Lire")
    assert telling.tell_published(NOW) == 0
    assert telling.tell_published(lesson.ends) == 2
    assert telling.tell_published(lesson.ends) == 0
    for key in ("pupil", "guardian", "other_guardian"):
        assert len(notices_of("given", college.people[key])) == 1, key
    assert not notices_of("given", college.people["teacher"])
    homework.refresh_from_db()
    works.change(teacher, homework, work("Exercice 15"), homework.version)
    assert len(notices_of("changed", college.people["guardian"])) == 1


def test_a_change_before_they_were_told_is_no_news(college: World, homework: Homework, seat_of: Any) -> None:
    works.change(seat_of("teacher"), homework, work("Exercice 15"), homework.version)
    assert not notices_of("changed", college.people["pupil"])


def test_pupils_are_reminded_the_evening_before_of_what_is_not_ticked(
    college: World, homework: Homework, seat_of: Any
) -> None:
    evening = NOW.replace(hour=17, minute=30)
    assert telling.remind_of_tomorrow(NOW) == 0
    classmate = homework.record.lesson.pupils().exclude(pk=college.people["pupil"].pk).order_by("pk")[0]
    Homework.objects.filter(due_day=TOMORROW).exclude(pk=homework.pk).delete()
    works.tick(seat_of("pupil"), homework, done=True)
    assert telling.remind_of_tomorrow(evening) >= 1
    telling.remind_of_tomorrow(evening)
    assert not notices_of("tomorrow", college.people["pupil"])
    assert len(notices_of("tomorrow", classmate)) == 1
    assert not notices_of("tomorrow", college.people["guardian"])


def test_it_is_in_the_agenda_and_found_by_its_words(homework: Homework, seat_of: Any, twin: World) -> None:
    for key in ("pupil", "guardian"):
        entries = family.agenda_of(seat_of(key), TOMORROW, TOMORROW)
        assert [entry for entry in entries if homework.title in entry.detail and entry.for_the_day], key
        assert [hit.label for hit in finding.found_works(seat_of(key), LookupTerms.typed("exercices 12"))], (
            key
        )
        assert not finding.found_works(
            seat_of(key, world=twin), LookupTerms.typed("exercices 12 et 14 page 87")
        )
    assert finding.found_works(seat_of("teacher"), LookupTerms.typed("page 87"))
    assert finding.found_records(seat_of("pupil"), LookupTerms.typed("thalès"))
    assert not finding.found_records(seat_of("head"), LookupTerms.typed("introuvable"))


def test_the_school_says_how_much_and_teachers_read_it_where_they_choose_a_day(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    WorkloadLimit.objects.all().delete()
    following = sessions.following(lesson)[0]
    given(seat_of("teacher"), lesson, minutes=50, due_day=following.day)
    client.sit(college.people["head"])
    address = reverse("homework:limits")
    client.post(address, {"niveau-0": "10", "niveau-1": "10"})
    client.post(address, {"niveau-0": "10", "niveau-1": "10"})
    assert set(WorkloadLimit.objects.filter(school=college.school).values_list("minutes", flat=True)) == {10}
    client.sit(college.people["teacher"])
    page = client.get(reverse("homework:record", kwargs={"pk": lesson.pk})).content.decode()
    assert re.search(r"déjà [^<]*, trop<", page)
    client.sit(college.people["head"])
    client.post(address, {"niveau-0": "", "niveau-1": ""})
    assert not WorkloadLimit.objects.filter(school=college.school).exists()


def test_a_group_of_work_is_ticked_instead_of_its_pupils(
    college: World, lesson: Lesson, seat_of: Any, client: SchoolClient
) -> None:
    teacher, page = seat_of("teacher"), reverse("homework:record", kwargs={"pk": lesson.pk})
    others = list(lesson.pupils().exclude(pk=college.people["pupil"].pk).order_by("pk")[:3])
    client.sit(college.people["teacher"])
    assert 'name="sets"' not in client.get(page).content.decode()
    work_groups.keep(teacher, lesson.groups.all()[0], "Îlot 1", others[:2])
    kept = WorkGroup.objects.get()
    shown = client.get(page).content.decode()
    assert 'name="sets"' in shown and "Îlot 1" in shown
    body = {
        "content": "Fractions",
        "title": "Exercice 3",
        "due": "next",
        "shown": "start",
        "sets": [kept.pk],
        "pupils": [others[2].pk],
    }
    assert client.post(page, body).status_code == 302
    assert concerned.concerned(Homework.objects.get(title="Exercice 3")) == sorted(one.pk for one in others)
    # Another's group is a wrong choice, and one that went away meanwhile is not the whole class.
    WorkGroup.objects.update(owner=college.people["teacher_1"])
    gone = client.post(page, body | {"title": "Exercice 4", "pupils": []})
    assert gone.status_code == 422 and "Le groupe coché n’existe plus" in gone.content.decode()
    work_groups.keep(teacher, lesson.groups.all()[0], "Îlot 2", others[:1])
    assert client.post(page, body | {"title": "Exercice 4"}).status_code == 422
    assert not Homework.objects.filter(title="Exercice 4").exists()


def test_a_day_of_the_timetable_says_what_is_due_for_each_lesson(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    following = sessions.following(lesson)[0]
    for_lesson = given(
        seat_of("teacher"), lesson, title="Exercice 12", due_day=following.day, due_lesson=following
    )
    for_day = given(seat_of("teacher"), lesson, title="Lire la page 40", due_day=following.day)
    given(seat_of("teacher"), lesson, title="Un autre jour", due_day=following.day + timedelta(days=200))
    works.tick(seat_of("pupil"), for_lesson, done=True)

    def shown(key: str, view: str) -> str:
        client.sit(college.people[key])
        answer = client.get(reverse("timetable:week"), {"vue": view, "jour": following.day.isoformat()})
        return str(answer.content.decode())

    marks = family.due_marks(seat_of("pupil"), [following.pk])[following.pk]
    assert [(mark.gesture, mark.label) for mark in marks] == [
        ("Exercice 12", "Fait"),
        ("Lire la page 40", "À faire"),
    ]
    for key in ("pupil", "guardian"):
        page = shown(key, "jour")
        for due in (for_lesson, for_day):
            assert reverse("homework:work", kwargs={"pk": due.pk}) in page, key
        assert "Un autre jour" not in page
        assert "Exercice 12" not in shown(key, "semaine")
    for key in ("teacher", "head"):
        assert family.due_marks(seat_of(key), [following.pk]) == {}


def test_a_day_of_the_timetable_says_nothing_of_the_work_of_others(lesson: Lesson, seat_of: Any) -> None:
    following = sessions.following(lesson)[0]
    some = given(seat_of("teacher"), lesson, due_day=following.day, due_lesson=following)
    some.for_some = True
    some.save()
    for key in ("pupil", "guardian"):
        assert following.pk not in family.due_marks(seat_of(key), [following.pk])


@pytest.mark.engine
@pytest.mark.parametrize("key", ["pupil", "guardian"])
def test_a_day_with_its_work_stays_within_its_statements(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, key: str
) -> None:
    following = sessions.following(lesson)[0]
    homework = given(seat_of("teacher"), lesson, due_day=following.day, due_lesson=following)
    client.sit(college.people[key])
    address = f"{reverse('timetable:week')}?vue=jour&jour={following.day}"
    client.get(address)
    with Statements(connection) as counted:
        page = client.get(address).content.decode()
    assert homework.title in page and counted.count <= MOST_QUERIES, counted.made
