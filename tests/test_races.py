"""Two people at the same moment: one wins, nothing is doubled, nobody sees a broken page."""

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial
from threading import Barrier, Thread
from time import sleep
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from conftest import NOW, PATIENCE, SchoolClient
from preau.commons.notifications.actions import sending
from preau.commons.notifications.models import Item
from preau.commons.notifications.tasks import send_envelope
from preau.commons.privacy.actions import terms
from preau.commons.privacy.models import RetentionRun
from preau.commons.signon.models import Grant, SigningKey
from preau.commons.signon.tests import saying
from preau.commons.signon.tests.coming import code_in, come, linked, redeem, renew, tokens_of, userinfo
from preau.directory.actions import merging
from preau.directory.imports.importer import DELIVERIES
from preau.directory.models import Delivery, Distinction, Holding, Merge, Person, Room
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.attendance.actions import explanations, notices, rolls
from preau.domains.attendance.models import Entry, EntryChange, Explanation, Notice, Reason, RollCall, Status
from preau.domains.attendance.queries import registers
from preau.domains.timetable.actions import absences, bookings, changes, covering, giving, patterns, telling
from preau.domains.timetable.models import (
    Bookable,
    Booking,
    CoverAsk,
    Lesson,
    LessonChange,
    TeacherAbsence,
    WeeklyPattern,
)
from preau.domains.timetable.queries.bookings import things_of
from preau.foundation.importers import stages
from preau.foundation.models import RateWindow
from preau.identity.actions import accounts
from preau.identity.models import Account, Activation

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run these at the same moment, each on its own connection; returns what each gave or raised."""
    start, given = Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(PATIENCE)
            given[number] = work()
        except Exception as raised:  # noqa: BLE001 - the test looks at it
            given[number] = raised
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "one of them never came to an end"
    return given


@pytest.fixture
def college(planted: dict[str, World]) -> World:
    return planted["college"]


def seat(college: World, key: str) -> Any:
    person = college.people[key]
    return viewer_for(person, person.account.pk, NOW)


def lesson_of(college: World) -> Lesson:
    return Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)


def absent_mark(college: World, lesson: Lesson) -> list[rolls.Mark]:
    pupil = college.people["pupil"].pk
    return [
        rolls.Mark(row.pupil_id, Status.ABSENT if row.pupil_id == pupil else row.status, None, row.seen)
        for row in registers.register_of(lesson)
    ]


def test_one_roll_sent_four_times_at_once_is_written_once(college: World) -> None:
    lesson = lesson_of(college)
    marks, teacher = absent_mark(college, lesson), seat(college, "cpe")
    given = together(*[lambda: rolls.validate_roll(teacher, lesson, marks)] * 4)
    assert [type(one) for one in given] == [RollCall] * 4
    assert RollCall.objects.filter(lesson=lesson).count() == 1
    assert EntryChange.objects.filter(entry__lesson=lesson).count() == 1


def test_a_roll_and_a_correction_at_once_lose_nothing(college: World) -> None:
    """Whichever comes second sees the first: both steps stand, and the entry is what the last step says."""
    lesson = lesson_of(college)
    pupil, cpe, head = college.people["pupil"].pk, seat(college, "cpe"), seat(college, "head")
    rolls.validate_roll(cpe, lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil_id=pupil)
    late = [rolls.Mark(pupil, Status.LATE, 10, "absent")]
    given = together(
        lambda: rolls.validate_roll(cpe, lesson, late),
        lambda: rolls.correct_entry(head, entry, Status.PRESENT),
    )
    entry.refresh_from_db()
    steps = [change.state_label for change in entry.changes.all()]
    assert entry.state_label == steps[-1]
    assert len(steps) == 1 + sum(not isinstance(one, Exception) for one in given)


def test_one_weekly_lesson_sent_four_times_is_made_once(college: World) -> None:
    head = seat(college, "head")
    plan = patterns.Weekly(
        year=college.year,
        subject=college.school.subjects.all()[0],
        groups=(college.year.groups.all()[0],),
        teachers=(college.people["teacher"],),
        room=None,
        weekday=5,
        starts_at=time(8, 5),
        ends_at=time(9, 0),
        first_day=NOW.date(),
        last_day=college.year.ends,
    )
    given = together(*[lambda: patterns.create_weekly_lesson(head, plan)] * 4)
    assert sorted(type(one).__name__ for one in given) == [
        "SlotTaken",
        "SlotTaken",
        "SlotTaken",
        "WeeklyPattern",
    ]
    assert WeeklyPattern.objects.filter(weekday=5).count() == 1


def test_one_delivery_sent_four_times_at_once_is_brought_once(
    college: World, settings: Any, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    files = [[SimpleUploadedFile("a.xml", b"<a/>")] for _again in range(4)]
    secretary = seat(college, "secretary")
    given = together(*[partial(stages.bring, DELIVERIES, secretary, sent) for sent in files])
    assert sorted(type(one).__name__ for one in given) == ["AlreadyOne"] * 3 + ["Delivery"]
    assert Delivery.objects.count() == 1
    assert len(list((tmp_path / "deliveries").iterdir())) == 1


def test_tries_at_once_are_all_counted(college: World, clock: Any) -> None:
    window = timedelta(minutes=1)
    together(*[lambda: RateWindow.hit("k", window)] * 6)
    assert RateWindow.objects.get(key="k").count == 6
    clock.shift(timedelta(minutes=2))
    together(*[lambda: RateWindow.hit("k", window)] * 6)
    assert RateWindow.objects.get(key="k").count == 6


def test_two_workers_with_two_lessons_of_one_day_do_not_wait_for_ever(college: World) -> None:
    pupil, cpe = college.people["pupil"].pk, seat(college, "cpe")
    for lesson in Lesson.objects.of_pupils([pupil]).on(NOW.date()).filter(starts__lte=NOW):
        rolls.validate_roll(cpe, lesson, [rolls.Mark(pupil, Status.ABSENT, None, "present")])
    entries = list(Entry.objects.filter(pupil_id=pupil, day=NOW.date()).values_list("pk", flat=True))
    mother = college.people["guardian"]
    waiting = Notice.objects.filter(pk__in=notices.prepare_notices(entries, NOW.date()), guardian=mother)
    numbers = list(waiting.values_list("pk", flat=True))
    given = together(*[partial(notices.tell_guardian, number) for number in numbers])
    assert sorted(given) == [False, False, True]
    assert Item.objects.filter(person=mother, kind="attendance.absence", key__in=entries).count() == 1


def test_two_parents_who_explain_at_once_make_one_explanation(college: World) -> None:
    lesson = lesson_of(college)
    rolls.validate_roll(seat(college, "cpe"), lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    reason = Reason.objects.get(label="Maladie")
    mother, father = seat(college, "guardian"), seat(college, "other_guardian")
    given = together(
        lambda: explanations.explain(mother, [entry], reason),
        lambda: explanations.explain(father, [entry], reason),
    )
    assert {type(one) for one in given} == {Explanation, explanations.NothingToExplain}
    assert Explanation.objects.filter(day=entry.day, pupil=entry.pupil_id).count() == 1


def test_a_withdrawal_and_a_decision_at_once_leave_one_of_them(college: World) -> None:
    lesson = lesson_of(college)
    rolls.validate_roll(seat(college, "cpe"), lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    mother, cpe = seat(college, "guardian"), seat(college, "cpe")
    explanation = explanations.explain(mother, [entry], Reason.objects.get(label="Maladie"))
    given = together(
        lambda: explanations.withdraw(mother, explanation),
        lambda: explanations.decide(cpe, explanation, Explanation.State.ACCEPTED),
    )
    assert sorted(given) == [False, True]
    assert explanation.decisions.count() == 1


def test_two_workers_send_one_letter(college: World) -> None:
    lesson = lesson_of(college)
    rolls.validate_roll(seat(college, "cpe"), lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    together(*[lambda: notices.prepare_notices([entry.pk], NOW.date())] * 3)
    waiting = list(Notice.objects.filter(entry=entry).values_list("pk", flat=True))
    assert len(waiting) == 2
    assert sorted(together(*[lambda: notices.tell_guardian(waiting[0])] * 3)) == [False, False, True]
    person = Notice.objects.get(pk=waiting[0]).guardian_id
    packed = together(*[lambda: sending.pack(person)] * 3)
    (envelope,) = [one for batch in packed for one in batch]
    together(*[lambda: send_envelope.call(envelope.pk)] * 3)
    assert len(mail.outbox) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<{envelope.ref}@localhost>"


def without_account(college: World) -> list[Person]:
    return list(Person.objects.filter(enrolments__group__year=college.year, account=None).order_by("pk"))


def test_one_code_used_twice_at_once_opens_one_session(college: World) -> None:
    activation, code = accounts.prepare_letters(
        seat(college, "secretary"), without_account(college)[:1], seen=0
    )[0]
    login = activation.account.login

    def activate(word: str) -> int:
        typed = f"{word} chevaux bleus"
        sent = {"login": login, "code": code, "new_password": typed, "again": typed}
        return Client().post("/activation/", sent).status_code

    assert sorted(together(*[partial(activate, word) for word in ("trois", "quatre", "cinq")])) == [
        302,
        422,
        422,
    ]
    activation.refresh_from_db()
    assert activation.used_at
    opened = [
        Client().post("/connexion/", {"login": login, "password": f"{word} chevaux bleus"}).status_code
        for word in ("trois", "quatre", "cinq")
    ]
    assert sorted(opened) == [302, 422, 422]


def test_letters_prepared_twice_at_once_are_made_once(college: World) -> None:
    people, secretary, head = without_account(college), seat(college, "secretary"), seat(college, "head")
    given = together(
        lambda: accounts.prepare_letters(secretary, people, seen=0),
        lambda: accounts.prepare_letters(head, people, seen=0),
        lambda: accounts.prepare_letters(secretary, people, seen=0, again=True),
    )
    assert sorted(len(one) for one in given) == [0, 0, len(people)]
    assert Activation.objects.filter(cancelled_at=None).count() == len(people) == Activation.objects.count()


def test_homonyms_created_at_once_get_different_logins(college: World) -> None:
    batches = [
        Person.objects.bulk_create(Person(given_name="Lucas", family_name="Martin") for _ in range(5))
        for _ in range(4)
    ]
    given = together(*[partial(accounts.open_accounts, batch) for batch in batches])
    assert given == [5] * 4
    logins = Account.objects.filter(stem="lucas.martin").values_list("login", flat=True)
    assert set(logins) == {"lucas.martin", *(f"lucas.martin{number}" for number in range(2, 21))}


def test_two_codes_given_at_once_leave_one(college: World) -> None:
    pupil = college.people["pupil"]
    given = together(*[lambda: accounts.give_code(seat(college, "teacher"), pupil, seen=0)] * 3)
    assert sum(one is not None for one in given) == 1
    assert Activation.objects.filter(account__person=pupil, cancelled_at=None).count() == 1


def two_rows(college: World) -> tuple[Person, Person]:
    """One colleague under two rows."""
    rows = [Person.objects.create(family_name="Double", given_name="Ada") for _row in range(2)]
    for row in rows:
        Holding.objects.create(person=row, role=Role.TEACHER, school=college.school)
    return rows[0], rows[1]


def test_two_merges_at_once_make_one(college: World) -> None:
    """Each keeps another row: one wins, the other is told."""
    one, two = two_rows(college)
    mark = merging.mark_of(one, two)
    given = together(
        lambda: merging.merge(seat(college, "head"), one, two, mark),
        lambda: merging.merge(seat(college, "secretary"), two, one, mark),
    )
    assert sorted(type(each).__name__ for each in given) == ["Merge", "MovedOn"]
    assert Merge.objects.count() == Holding.objects.filter(person__in=[one, two]).count() == 1


def test_a_merge_undone_twice_at_once_is_undone_once(college: World) -> None:
    one, two = two_rows(college)
    done = merging.merge(seat(college, "head"), one, two, merging.mark_of(one, two))
    given = together(*[lambda: merging.undo(seat(college, "head"), done)] * 3)
    assert sorted(type(each).__name__ for each in given) == ["MovedOn", "MovedOn", "NoneType"]
    assert Holding.objects.filter(person__in=[one, two]).count() == 2


def test_two_people_told_apart_twice_at_once_are_told_once(college: World) -> None:
    one, two = two_rows(college)
    given = together(*[lambda: merging.tell_apart(seat(college, "head"), one, two)] * 3)
    assert given == [None] * 3 and Distinction.objects.count() == 1


def asked_at_once(college: World, count: int) -> list[CoverAsk]:
    """`count` colleagues asked to give one lesson whose teacher is away."""
    lesson = Lesson.objects.filter(school=college.school, starts__gt=NOW, revision=0).order_by("starts")[0]
    office = seat(college, "secretary")
    TeacherAbsence.objects.all().delete()
    absence = absences.announce_absence(office, lesson.teachers.get(), lesson.starts, lesson.ends)
    people = [
        Person.objects.create(family_name=f"Libre {number}", given_name="Ada") for number in range(count)
    ]
    for person in people:
        Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    return covering.ask_cover(office, lesson, absence, people)


def accepted_by(ask: CoverAsk) -> str:
    try:
        return type(covering.accept_cover(viewer_for(ask.person, 0, NOW), ask)).__name__
    except covering.TakenByAnother as refused:
        return type(refused).__name__


def test_of_fifty_who_accept_one_lesson_exactly_one_has_it(college: World) -> None:
    asks = asked_at_once(college, 50)

    def accept_all(some: list[CoverAsk]) -> list[str]:
        return [accepted_by(ask) for ask in some]

    # Ten phones at a time: a database that others use too has not fifty connections to give.
    given = together(*[partial(accept_all, asks[number::10]) for number in range(10)])
    kinds = sorted(kind for some in given for kind in some)
    assert kinds == ["CoverAsk"] + ["TakenByAnother"] * (len(asks) - 1)
    lesson = asks[0].lesson
    accepted = CoverAsk.objects.get(lesson=lesson, state=CoverAsk.State.ACCEPTED)
    assert list(lesson.teachers.all()) == [accepted.person]
    assert LessonChange.objects.filter(lesson=lesson).count() == 1
    assert CoverAsk.objects.filter(lesson=lesson, state=CoverAsk.State.TAKEN).count() == len(asks) - 1


def test_one_acceptance_sent_four_times_is_done_once(college: World) -> None:
    (ask,) = asked_at_once(college, 1)
    viewer = viewer_for(ask.person, 0, NOW)
    given = together(*[partial(covering.accept_cover, viewer, ask)] * 4)
    assert sorted(type(one).__name__ for one in given) == ["AlreadyAnswered"] * 3 + ["CoverAsk"]
    assert LessonChange.objects.filter(lesson=ask.lesson).count() == 1


def test_an_acceptance_and_a_cancelled_lesson_at_once_leave_one_of_them(college: World) -> None:
    (ask,) = asked_at_once(college, 1)
    office, viewer = seat(college, "secretary"), viewer_for(ask.person, 0, NOW)
    given = together(
        lambda: covering.accept_cover(viewer, ask),
        lambda: covering.settle_otherwise(office, ask.lesson, ask.absence, study=True),
    )
    refused = [one for one in given if isinstance(one, Exception)]
    assert len(refused) == 1
    assert type(refused[0]) in {covering.TakenByAnother, changes.NotNow}
    assert LessonChange.objects.in_force().filter(lesson=ask.lesson).count() == 1


def given_away(college: World) -> tuple[TeacherAbsence, Person]:
    """The lessons of an absence given to somebody who came to replace."""
    (ask,) = asked_at_once(college, 1)
    absence, office = ask.absence, seat(college, "secretary")
    TeacherAbsence.objects.filter(pk=absence.pk).update(ends=absence.ends + timedelta(days=14))
    absence.refresh_from_db()
    assert giving.give_lessons(office, absence, ask.person) > 1
    return absence, ask.person


@pytest.mark.engine
def test_lessons_taken_back_four_times_at_once_are_taken_back_once(college: World) -> None:
    absence, person = given_away(college)
    count = LessonChange.objects.in_force().filter(absence=absence).count()
    office = seat(college, "secretary")
    given = together(*[partial(giving.take_lessons_back, office, absence, person)] * 4)
    assert sorted(given, key=str) == [(0, 0)] * 3 + [(count, 0)]


@pytest.mark.engine
def test_lessons_given_and_their_absence_withdrawn_at_once_do_not_wait_for_ever(college: World) -> None:
    office = seat(college, "secretary")
    absence, person = given_away(college)
    for _time in range(3):
        TeacherAbsence.objects.filter(pk=absence.pk).update(withdrawn_at=None)
        giving.give_lessons(office, absence, person)
        changes.undo_change(office, LessonChange.objects.in_force().filter(absence=absence)[0])
        given = together(
            partial(giving.give_lessons, office, absence, person),
            partial(absences.withdraw_absence, office, absence, give_back=True),
        )
        assert isinstance(given[0], int | changes.NotNow), given
        assert isinstance(given[1], tuple), given


@pytest.mark.engine
def test_lessons_told_of_and_taken_back_at_once_do_not_wait_for_ever(college: World) -> None:
    office = seat(college, "secretary")
    absence, person = given_away(college)
    for _time in range(3):
        giving.take_lessons_back(office, absence, person)
        giving.give_lessons(office, absence, person)
        origin = LessonChange.objects.in_force().filter(absence=absence)[0].origin
        given = together(
            # The other has begun, and is not done.
            lambda: (sleep(0.05), telling.tell_together(origin))[1],  # noqa: B023 - done within the round
            partial(giving.take_lessons_back, office, absence, person),
        )
        assert isinstance(given[0], int), given
        assert isinstance(given[1], tuple) and given[1][1] == 0, given


def booked_by(college: World, key: str, asked: bookings.Asked) -> str:
    try:
        return type(bookings.book(seat(college, key), college.year, asked)).__name__
    except patterns.SlotTaken as refused:
        return type(refused).__name__


@pytest.mark.engine
def test_of_those_who_book_one_trolley_at_once_exactly_one_has_it(college: World) -> None:
    trolley = Bookable.objects.create(school=college.school, kind="trolley", name="Chariot disputé")
    thing = next(thing for thing in things_of(college.school.pk) if thing.bookable == trolley.pk)
    # Their hours overlap without being the same: no unique constraint would tell them apart.
    hours = [(time(18, minute), time(19, minute)) for minute in (0, 10, 20, 30)]
    wanted = [bookings.Asked(thing, NOW.date() + timedelta(days=1), *span) for span in hours]
    people = ["teacher", "teacher_1", "cpe", "secretary"]
    given = together(
        *[partial(booked_by, college, key, one) for key, one in zip(people, wanted, strict=True)]
    )
    assert sorted(given) == ["Booking"] + ["SlotTaken"] * 3
    assert Booking.objects.in_force().filter(bookable=trolley).count() == 1


@pytest.mark.engine
def test_a_room_booked_and_given_to_a_lesson_at_once_goes_to_one_of_them(college: World) -> None:
    room = Room.objects.create(school=college.school, name="Salle disputée")
    tomorrow = NOW.date() + timedelta(days=1)
    lesson = Lesson.objects.filter(school=college.school, day=tomorrow).exclude(
        teachers=college.people["cpe"]
    )[0]
    hours = [timezone.localtime(moment).time() for moment in (lesson.starts, lesson.ends)]
    thing = next(thing for thing in things_of(college.school.pk) if thing.room == room.pk)
    given = together(
        lambda: bookings.book(seat(college, "cpe"), college.year, bookings.Asked(thing, tomorrow, *hours)),
        lambda: changes.change_room(seat(college, "secretary"), lesson, room, changes.Why()),
    )
    assert sorted(type(one).__name__ for one in given) in (
        ["Booking", "SlotTaken"],
        ["LessonChange", "SlotTaken"],
    )


def test_what_is_past_its_term_counted_four_times_at_once_is_one_run(college: World) -> None:
    RetentionRun.objects.all().delete()
    given = together(*[lambda: terms.prepare(college.school, date(2031, 9, 1))] * 4)
    assert given == [RetentionRun.objects.get(school=college.school)] * 4


def test_one_code_or_one_renewal_shown_four_times_at_once_takes_all_away(college: World) -> None:
    """Of those who show one word at once, one at most is given something, and keeps nothing of it."""
    client, browser = linked(college), SchoolClient().sit(college.people["teacher"])
    code = code_in(come(browser, client))
    first = together(*[lambda: redeem(client, code)] * 4)
    renewal = tokens_of(browser, client)["refresh_token"]
    second = together(*[lambda: renew(client, renewal)] * 4)
    for answers in (first, second):
        assert sorted({answer.status_code for answer in answers}) in ([200, 400], [400])
        given = [answer.json()["access_token"] for answer in answers if answer.status_code == 200]
        assert len(given) <= 1
        assert [userinfo(one).status_code for one in given] == [401] * len(given)
    assert not Grant.objects.exists()


def test_the_first_key_asked_for_by_four_at_once_is_published(college: World) -> None:
    answers = together(*[lambda: Client().get("/oidc/jwks")] * 4)
    assert {answer.status_code for answer in answers} == {200}
    published = {one["kid"] for one in Client().get("/oidc/jwks").json()["keys"]}
    assert published == set(SigningKey.objects.values_list("kid", flat=True))
    assert all(answer.json()["keys"] for answer in answers)


def test_one_request_of_saml_shown_four_times_at_once_is_answered_once(college: World) -> None:
    saying.linked(college)
    browser = SchoolClient().sit(college.people["teacher"])
    address = f"/saml/sso?{saying.query(saying.request_xml())}"
    answers = together(*[lambda: browser.get(address)] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
    assert [saying.status_in(answer) for answer in answers if answer.status_code == 200] == [("Success",)]
