"""A pupil who is exempt from a lesson and does not come: seen, and asked of nobody."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Subject
from preau.directory.seeds.world import World
from preau.domains.attendance import rules, tasks
from preau.domains.attendance.actions import arrangements, follow_ups, notices, rolls
from preau.domains.attendance.models import (
    Alert,
    Arrangement,
    AttendanceSettings,
    Entry,
    Notice,
    Reason,
    Status,
)
from preau.domains.attendance.queries import half_days
from preau.domains.attendance.tests.test_arrangements import exempt
from preau.domains.attendance.tests.test_attendance import absent, deliver
from preau.domains.timetable.models import Lesson
from preau.foundation.awaited import awaited_of

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def nothing_arranged(college: World) -> None:
    Arrangement.objects.all().delete()


@pytest.fixture
def heard() -> Iterator[list[int]]:
    """The absences that others stood for, and do no more."""
    found: list[int] = []

    def hear(sender: object, entry_ids: list[int], **_: Any) -> None:
        found.extend(entry_ids)

    notices.absences_left.connect(hear)
    yield found
    notices.absences_left.disconnect(hear)


def note(lesson: Lesson, college: World, seat_of: Any) -> Entry:
    rolls.validate_roll(seat_of("cpe"), lesson, absent(lesson, college.people["pupil"]))
    return Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])


def lessons_of(college: World) -> list[Lesson]:
    return list(Lesson.objects.of_pupils([college.people["pupil"].pk]).on(TODAY).order_by("starts"))


def missed(college: World) -> list[Any]:
    return half_days.missed_by(college.school, TODAY, TODAY, [college.people["pupil"].pk])


def mails_after(entry: Entry) -> int:
    tasks.tell_guardians.call([entry.pk])
    deliver()
    return len(mail.outbox)


def test_the_family_of_a_pupil_who_is_exempt_hears_nothing(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    exempt(seat_of("cpe"), college.people["pupil"], lesson.subject)
    entry = note(lesson, college, seat_of)
    assert mails_after(entry) == 0
    assert not Notice.objects.filter(entry=entry).exists()
    assert entry.status == Status.ABSENT, "what was seen stays"
    guardian = seat_of("guardian")
    assert not [absence for absence in awaited_of(guardian) if absence.day == TODAY]
    assert not rules.can_explain(guardian, entry)
    assert entry not in Entry.objects.to_settle()


@pytest.mark.parametrize(
    "said",
    [
        {"must_attend": True},
        {"first_day": TODAY - timedelta(days=9), "last_day": TODAY - timedelta(days=1)},
        {"first_day": TODAY + timedelta(days=1)},
    ],
    ids=["comes all the same", "over", "to come"],
)
def test_an_exemption_that_does_not_hold_here_changes_nothing(
    college: World, lesson: Lesson, seat_of: Any, said: dict[str, Any]
) -> None:
    exempt(seat_of("cpe"), college.people["pupil"], lesson.subject, **said)
    entry = note(lesson, college, seat_of)
    assert mails_after(entry) == 2
    assert entry in Entry.objects.to_explain()
    assert len(missed(college)) == 1


def test_another_subject_another_pupil_and_another_school_exempt_nobody(
    college: World, twin: World, lesson: Lesson, seat_of: Any
) -> None:
    pupil, cpe = college.people["pupil"], seat_of("cpe")
    exempt(cpe, pupil, Subject.objects.filter(school=college.school).exclude(pk=lesson.subject_id)[0])
    exempt(cpe, college.people["teacher"], lesson.subject)
    exempt(seat_of("cpe", world=twin), pupil, lesson.subject)
    arrangements.arrange(cpe, pupil, arrangements.ArrangementFacts("adjustment", TODAY, None, "Tiers-temps"))
    assert note(lesson, college, seat_of) in Entry.objects.to_explain()


def test_an_exemption_noted_after_the_absence_takes_back_what_was_asked(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    entry = note(lesson, college, seat_of)
    tasks.tell_guardians.call([entry.pk])
    exempt(seat_of("cpe"), college.people["pupil"], lesson.subject)
    assert entry not in Entry.objects.to_explain()
    deliver()
    assert mail.outbox == [], "the letter had not left"
    assert missed(college) == []


def test_an_absence_that_an_exempt_one_stood_for_is_told(
    college: World, lesson: Lesson, seat_of: Any, heard: list[int]
) -> None:
    """One letter a day: it spoke of the lesson that counts no more, nobody has heard of the other."""
    first = note(lesson, college, seat_of)
    assert mails_after(first) == 2
    other = next(one for one in lessons_of(college) if one.subject_id != lesson.subject_id)
    second = note(other, college, seat_of)
    assert mails_after(second) == 2
    exempt(seat_of("cpe"), college.people["pupil"], lesson.subject)
    assert heard == [second.pk]
    tasks.tell_of_others.call(heard)
    deliver()
    assert len(mail.outbox) == 4


def test_half_days_leave_out_the_lesson_and_alerts_follow(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    AttendanceSettings.objects.update_or_create(school=college.school, defaults={"dialogue_at": 1})
    Alert.objects.all().delete()
    Entry.objects.filter(pupil=college.people["pupil"]).update(status=Status.PRESENT, minutes_late=None)
    note(lesson, college, seat_of)
    cpe, pupil = seat_of("cpe"), college.people["pupil"]
    follow_ups.look_again(college.school.pk, [pupil.pk])
    assert Alert.objects.waiting().filter(pupil=pupil).exists()
    exempt(cpe, pupil, lesson.subject)
    assert missed(college) == []
    assert not Alert.objects.waiting().filter(pupil=pupil).exists()


def test_a_morning_missed_but_for_an_exempt_lesson_is_missed_wholly(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    """A lesson to which one was free not to come was not to be attended."""
    exempt(seat_of("cpe"), college.people["pupil"], lesson.subject)
    zone = NOW.tzinfo
    for one in lessons_of(college):
        if one.starts.astimezone(zone).hour < 13 and one.starts <= NOW:
            note(one, college, seat_of)
    Lesson.objects.filter(school=college.school, day=TODAY, starts__gt=NOW).update(state="cancelled")
    assert [(one.share, one.half.afternoon) for one in missed(college)] == [(1, False)]


def test_what_was_missed_before_the_end_of_an_exemption_does_not_come_back(
    college: World, lesson: Lesson, seat_of: Any, clock: Any, heard: list[int]
) -> None:
    cpe = seat_of("cpe")
    (made,) = exempt(cpe, college.people["pupil"], lesson.subject)
    entry = note(lesson, college, seat_of)
    clock.shift(3600)
    arrangements.end_arrangement(cpe, made)
    assert entry not in Entry.objects.to_explain()
    assert heard == []


def test_a_lesson_that_begins_after_the_end_of_an_exemption_is_missed(
    college: World, lesson: Lesson, seat_of: Any, heard: list[int]
) -> None:
    cpe = seat_of("cpe")
    (made,) = exempt(cpe, college.people["pupil"], lesson.subject)
    entry = note(lesson, college, seat_of)
    Lesson.objects.filter(pk=lesson.pk).update(starts=NOW + timedelta(minutes=5))
    arrangements.end_arrangement(cpe, made)
    assert entry in Entry.objects.to_explain()
    assert heard == [entry.pk]


def test_pages_say_it_in_a_word(college: World, lesson: Lesson, seat_of: Any, client: SchoolClient) -> None:
    exempt(seat_of("cpe"), college.people["pupil"], lesson.subject)
    entry = note(lesson, college, seat_of)
    client.sit(college.people["guardian"])
    page = client.get(reverse("attendance:absences")).content.decode()
    assert "Dispensé" in page
    address = reverse("attendance:explain", kwargs={"pk": entry.pk})
    assert address not in page
    assert client.get(address).status_code == 302
    client.sit(college.people["cpe"])
    assert "Dispensé</" in client.get(reverse("attendance:entry", kwargs={"pk": entry.pk})).content.decode()
    found = client.get(reverse("attendance:entries"), {"etat": "dispense"}).content.decode()
    assert reverse("attendance:entry", kwargs={"pk": entry.pk}) in found
    for state in ("a_expliquer", "a_regler"):
        found = client.get(reverse("attendance:entries"), {"etat": state}).content.decode()
        assert reverse("attendance:entry", kwargs={"pk": entry.pk}) not in found, state
    sent = {"motif": Reason.objects.get(label="Maladie").pk, "note": "", "told_by": ""}
    address = reverse("attendance:settle_one", kwargs={"pk": entry.pk})
    assert client.post(address, sent).status_code == 409, "nothing is to be made of it"
