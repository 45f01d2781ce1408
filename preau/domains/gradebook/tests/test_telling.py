"""Marks that are told: pupils first, then families, once a day; what changes afterwards; the agenda, the home, the search."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Enrolment, Period
from preau.directory.seeds.world import World
from preau.domains.gradebook import tasks
from preau.domains.gradebook.actions import assessments, settings, telling
from preau.domains.gradebook.models import Assessment, GradingPolicy, Mark
from preau.domains.gradebook.queries import coming
from preau.domains.gradebook.tests.scene import DAY, HOUR, assessment, charge_of, classmate_of, marked
from preau.foundation.lookup import LookupTerms


@pytest.fixture
def one(college: World, seat_of: Any) -> Assessment:
    Assessment.objects.filter(school=college.school).delete()
    Item.objects.all().delete()
    made = assessment(college, seat_of("teacher"), topic="Équations du premier degré")
    marked(seat_of("teacher"), made, college.people["pupil"])
    return made


def tell_what_waits() -> int:
    """What the worker would do; returns how many tasks waited."""
    waiting = DBTaskResult.objects.filter(task_path=tasks.tell_written.module_path)
    for row in waiting:
        tasks.tell_written.func(*row.args_kwargs["args"])
    return int(waiting.delete()[0])


def notices(college: World, key: str, kind: str = "gradebook.published") -> int:
    return Item.objects.filter(person=college.people[key], kind=kind).count()


def publish(seat_of: Any, assessment: Assessment, at: datetime) -> None:
    assessments.publish_assessment(seat_of("teacher"), assessment, at)


def test_pupils_are_told_first_and_families_after_the_delay(
    college: World, seat_of: Any, clock: Any, one: Assessment
) -> None:
    publish(seat_of, one, NOW + HOUR)
    assert telling.tell_published(NOW) == 0
    telling.tell_published(NOW + HOUR)
    assert (notices(college, "pupil"), notices(college, "guardian")) == (1, 0)
    telling.tell_published(NOW + HOUR + DAY)
    assert (notices(college, "pupil"), notices(college, "guardian")) == (1, 1)
    assert telling.tell_published(NOW + HOUR + DAY) == 0


def test_several_marks_of_a_day_are_one_piece_of_news_and_who_has_none_is_not_told(
    college: World, seat_of: Any, one: Assessment
) -> None:
    mate = classmate_of(college)
    second = assessment(college, seat_of("teacher"), "Calcul 2")
    marked(seat_of("teacher"), second, college.people["pupil"])
    for made in (one, second):
        publish(seat_of, made, NOW - HOUR)
    assert telling.tell_published(NOW) == 2
    assert notices(college, "pupil") == 1
    assert not Item.objects.filter(person=mate, kind="gradebook.published").exists()


def test_a_mark_changed_once_it_was_told_is_told_by_the_school_s_rule(
    college: World, seat_of: Any, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    publish(seat_of, one, NOW - HOUR)
    telling.tell_published(NOW)
    marked(seat_of("teacher"), one, pupil, "13", seen=1)
    assert notices(college, "pupil", "gradebook.changed") == 0
    assert tell_what_waits() == 1
    assert (
        notices(college, "pupil", "gradebook.changed"),
        notices(college, "guardian", "gradebook.changed"),
    ) == (
        1,
        0,
    )
    Item.objects.filter(kind="gradebook.changed").delete()
    settings.save_policy(seat_of("head"), GradingPolicy(school=college.school, tells_changes=False))
    marked(seat_of("teacher"), one, pupil, "14", seen=2)
    tell_what_waits()
    assert notices(college, "pupil", "gradebook.changed") == 0


def test_a_coefficient_changed_once_it_is_read_is_told_and_a_title_is_not(
    college: World, seat_of: Any, one: Assessment
) -> None:
    publish(seat_of, one, NOW - HOUR)
    telling.tell_published(NOW)
    one.refresh_from_db()
    teacher = seat_of("teacher")
    assessments.change_assessment(
        teacher, one, assessments.Described("Autre titre", one.day, one.topic), one.version
    )
    assert notices(college, "pupil", "gradebook.changed") == 0
    one.refresh_from_db()
    heavier = assessments.Described("Autre titre", one.day, one.topic, coefficient=Decimal(3))
    assessments.change_assessment(teacher, one, heavier, one.version)
    assert notices(college, "pupil", "gradebook.changed") == 1


def test_a_mark_typed_after_the_others_is_news_and_of_a_deleted_assessment_nothing_is_told(
    college: World, seat_of: Any, one: Assessment
) -> None:
    mate = classmate_of(college)
    publish(seat_of, one, NOW - HOUR)
    marked(seat_of("teacher"), one, mate)
    assert tell_what_waits() == 0  # nobody was told of the others either
    telling.tell_published(NOW)
    Item.objects.all().delete()
    seen = Mark.objects.get(pupil=mate, assessment=one).version
    marked(seat_of("teacher"), one, mate, "13", seen=seen)
    assessments.delete_assessment(seat_of("teacher"), one)
    assert tell_what_waits() == 1
    assert not Item.objects.exists()
    assessments.restore_assessment(seat_of("teacher"), one)
    Mark.objects.filter(pupil=mate).delete()
    marked(seat_of("teacher"), one, mate)
    tell_what_waits()
    tell_what_waits()
    assert Item.objects.filter(person=mate, kind="gradebook.published").count() == 1


def test_a_draft_that_is_marked_tells_nobody(college: World, seat_of: Any, one: Assessment) -> None:
    marked(seat_of("teacher"), one, college.people["pupil"], "13", seen=1)
    telling.tell_published(NOW)
    assert not Item.objects.filter(kind__startswith="gradebook.").exists()


# Elsewhere on the site


def test_the_agenda_shows_assessments_to_who_may_read_them(
    college: World, seat_of: Any, one: Assessment
) -> None:
    def shown(key: str) -> list[str]:
        return [entry.title for entry in coming.agenda_of(seat_of(key), one.day, one.day)]

    assert (len(shown("teacher")), shown("teacher_1"), shown("pupil")) == (1, [], [])
    publish(seat_of, one, NOW - HOUR)
    assert (len(shown("pupil")), len(shown("guardian"))) == (1, 0)
    publish(seat_of, one, NOW - 2 * DAY)
    assert len(shown("guardian")) == 1


def test_an_assessment_is_found_by_its_words_without_their_accents(
    college: World, seat_of: Any, one: Assessment
) -> None:
    def found(key: str, words: str) -> list[str]:
        return [hit.label for hit in coming.found_assessments(seat_of(key), LookupTerms.typed(words))]

    assert found("teacher", "equations premier") == ["Calcul 1"]
    assert found("teacher", "trigonometrie") == []
    assert found("pupil", "equations") == found("teacher_1", "equations") == []
    publish(seat_of, one, NOW - HOUR)
    assert found("pupil", "equations") == ["Calcul 1"]


def test_what_waits_for_a_teacher_is_on_their_home(
    client: SchoolClient, college: World, seat_of: Any, one: Assessment
) -> None:
    assert (
        "1 évaluation à noter ou à publier" in client.sit(college.people["teacher"]).get("/").content.decode()
    )
    publish(seat_of, one, NOW)
    assert "à noter ou à publier" not in client.get("/").content.decode()


def test_a_period_with_marks_is_not_taken_away(client: SchoolClient, college: World, one: Assessment) -> None:
    answer = client.sit(college.people["head"]).post(
        f"/etablissement/reglages/periodes/{one.period_id}/retirer/", follow=True
    )
    assert "Des notes sont dans cette période" in answer.content.decode()
    assert Period.objects.filter(pk=one.period_id).exists()


# The demonstration


def test_marks_of_the_demonstration_follow_pupils(college: World) -> None:
    """Believable marks: of two pupils, the better in one half of the year is the better in the other, more often than not."""
    pupils = list(Enrolment.objects.filter(group=charge_of(college).group).values_list("pupil_id", flat=True))
    marks = Mark.objects.filter(pupil__in=pupils, value__isnull=False).select_related("assessment")
    halves: dict[int, dict[int, list[float]]] = {}
    for mark in marks:
        worth = float(mark.value or 0) / float(mark.assessment.scale)
        halves.setdefault(mark.pupil_id, {0: [], 1: []})[mark.assessment_id % 2].append(worth)
    means = {
        pupil: [sum(half) / len(half) for half in both.values()]
        for pupil, both in halves.items()
        if all(both.values())
    }
    pairs = [(mean, other) for mean in means for other in means if mean < other]
    agree = sum(
        (means[one][0] - means[other][0]) * (means[one][1] - means[other][1]) > 0 for one, other in pairs
    )
    assert len(means) >= 5
    assert agree / len(pairs) > 0.6
    assert all(float(mark.value or 0) * 2 % 1 == 0 for mark in marks)
