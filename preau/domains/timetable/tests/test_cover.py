"""A teacher is away: who is told, who is asked, who gives the lesson, and who never learns why."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW, PARIS, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Dispatch, Item
from preau.directory.models import Assignment, Enrolment, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable import rules
from preau.domains.timetable.actions import changes, closings, covering, giving, settling, telling, undoing
from preau.domains.timetable.actions.absences import (
    AlreadyAway,
    AlreadyConfirmed,
    AlreadyWithdrawn,
    announce_absence,
    confirm_absence,
    forget_causes,
    withdraw_absence,
)
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.models import CoverAsk, DaySlot, Lesson, LessonChange, TeacherAbsence
from preau.domains.timetable.queries import colleagues, cover, lessons, ranking
from preau.domains.timetable.queries.absences import own_asks, touched_by, when_said
from preau.domains.timetable.queries.clashes import Needs
from preau.domains.timetable.queries.colleagues import proposals_for
from preau.domains.timetable.queries.ranking import Colleague, Slot, Tie, ranked
from preau.foundation import dates
from preau.identity.models import Account
from tests.pages import counted
from tests.statements import MOST_QUERIES, Statements

TODAY = NOW.date()
TOMORROW = TODAY + timedelta(days=1)
State = CoverAsk.State


@pytest.fixture(autouse=True)
def _nothing_yet(college: World, twin: World) -> None:
    """What the seeds planted of absences would answer in the place of what a test does."""
    TeacherAbsence.objects.all().delete()
    CoverAsk.objects.all().delete()
    for key, person in college.people.items():
        if key.startswith("teacher") and not Account.objects.filter(person=person).exists():
            Account.objects.create(login=f"{key}.cover", person=person, password="!")


def lesson_of(college: World, day: date = TOMORROW, number: int = 0) -> Lesson:
    """A lesson of the class of the cast's pupil."""
    group = Enrolment.objects.get(pupil=college.people["pupil"], group__kind="class").group
    return Lesson.objects.filter(groups=group, day=day, revision=0).order_by("starts")[number]


def away(
    seat_of: Any, lesson: Lesson, key: str = "secretary", cause: str = "personal", days: int = 1
) -> TeacherAbsence:
    """The teacher of a lesson is away on its day."""
    teacher = lesson.teachers.get()
    starts = datetime.combine(lesson.day, time(), PARIS)
    return announce_absence(seat_of(key), teacher, starts, starts + timedelta(days=days), cause)


def need_of(lesson: Lesson) -> cover.NeedRow:
    (need,) = cover.needs_from([lessons.row_of(lesson.pk)], NOW)
    return need


def proposed(lesson: Lesson) -> list[ranking.Proposal]:
    return proposals_for(need_of(lesson), lesson)


def person_asked(college: World, lesson: Lesson) -> tuple[Any, str]:
    """The first person proposed, and their key in the cast."""
    first = proposed(lesson)[0].pk
    return next((person, key) for key, person in college.people.items() if person.pk == first)


def asked(college: World, seat_of: Any, lesson: Lesson, absence: TeacherAbsence) -> tuple[CoverAsk, str]:
    person, key = person_asked(college, lesson)
    (ask,) = covering.ask_cover(seat_of("secretary"), lesson, absence, [person])
    return ask, key


def notices(person: Person, kind: str) -> int:
    return Item.objects.filter(person=person, kind=f"timetable.{kind}", read_at=None).count()


# From the announcement to the family


def test_from_the_announcement_to_the_family(college: World, seat_of: Any, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    gone = lesson.teachers.get()
    absence = away(seat_of, lesson)
    assert need_of(lesson).said[0] == "À remplacer"
    ask, key = asked(college, seat_of, lesson, absence)
    assert need_of(lesson).said[0] == "Demandé à 1 personne"
    covering.accept_cover(seat_of(key), ask)
    comes = ask.person
    assert list(lesson.teachers.all()) == [comes]
    change = LessonChange.objects.get(lesson=lesson)
    assert (change.teacher_before, change.teacher_after, change.absence) == (gone, comes, absence)
    assert need_of(lesson).said[0] == f"Remplacé par {comes.formal_name}"
    client.sit(college.people["guardian"])
    page = client.get(reverse("timetable:week") + f"?semaine={lesson.day}").content.decode()
    assert f"Remplacé par {comes.formal_name}" in page
    assert "absen" not in page.split("<main")[1].lower()


def test_who_asked_is_told_and_what_was_asked_is_settled(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    assert notices(ask.person, "cover_asked_soon") == 1
    covering.accept_cover(seat_of(key), ask)
    assert notices(ask.person, "cover_asked_soon") == 0
    assert notices(college.people["secretary"], "cover_taken") == 1


def test_a_later_lesson_is_asked_at_decent_hours(college: World, seat_of: Any) -> None:
    later = lesson_of(college, TODAY + timedelta(days=6))
    ask, _key = asked(college, seat_of, later, away(seat_of, later))
    assert (notices(ask.person, "cover_asked"), notices(ask.person, "cover_asked_soon")) == (1, 0)


def closing_of(college: World, lesson: Lesson) -> closings.Stop:
    starts = datetime.combine(lesson.day, time(), PARIS)
    return closings.Stop(college.year, starts, starts + timedelta(days=1), "events.7", "closed")


def test_what_is_asked_waits_while_the_school_is_closed_and_comes_back_with_the_lesson(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lesson = lesson_of(college)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    head, stop, url = seat_of("head"), closing_of(college, lesson), reverse("timetable:ask", args=[ask.pk])

    def shown() -> bool:
        client.sit(ask.person)
        return url in client.get("/").content.decode()

    assert shown()
    assert closings.stop_lessons(head.person.pk, stop, head)
    assert not shown() and not own_asks(seat_of(key), NOW) and not need_of(lesson).waiting
    assert "S’il a lieu finalement" in client.get(url).content.decode()
    with pytest.raises(changes.NotNow):
        covering.accept_cover(seat_of(key), ask)
    assert closings.resume_lessons(head.person.pk, college.year, stop.origin, head)[0]
    assert need_of(lesson).said[0] == "Demandé à 1 personne"
    assert shown() and "Je prends ce cours" in client.get(url).content.decode()
    covering.accept_cover(seat_of(key), ask)
    assert list(lesson.teachers.all()) == [ask.person]


def test_an_absence_withdrawn_while_the_school_is_closed_asks_nobody_any_more(
    college: World, seat_of: Any
) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    ask, key = asked(college, seat_of, lesson, absence)
    head, stop = seat_of("head"), closing_of(college, lesson)
    closings.stop_lessons(head.person.pk, stop, head)
    withdraw_absence(seat_of("secretary"), absence)
    closings.resume_lessons(head.person.pk, college.year, stop.origin, head)
    ask.refresh_from_db()
    assert ask.state == State.CANCELLED and not own_asks(seat_of(key), NOW)


def test_the_substitute_may_call_the_roll(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    covering.accept_cover(seat_of(key), ask)
    assert Lesson.objects.get(pk=lesson.pk).is_taught_by(ask.person)


def test_the_first_who_accepts_has_it(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    people = {
        person.pk: person for person in Person.objects.filter(pk__in=[one.pk for one in proposed(lesson)])
    }
    assert len(people) >= 2
    asks = covering.ask_cover(seat_of("secretary"), lesson, absence, people.values())
    keys = {person.pk: key for key, person in college.people.items()}
    covering.accept_cover(seat_of(keys[asks[0].person_id]), asks[0])
    with pytest.raises(covering.TakenByAnother):
        covering.accept_cover(seat_of(keys[asks[1].person_id]), asks[1])
    asks[1].refresh_from_db()
    assert asks[1].state == State.TAKEN
    with pytest.raises(covering.AlreadyAnswered):
        covering.accept_cover(seat_of(keys[asks[0].person_id]), asks[0])
    assert LessonChange.objects.filter(lesson=lesson).count() == 1


def test_whoever_declined_may_still_accept(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    covering.decline_cover(seat_of(key), ask, "Conseil de classe")
    assert need_of(lesson).said[0] == "À remplacer, 1 refus"
    assert notices(college.people["secretary"], "cover_declined") == 1
    with pytest.raises(covering.AlreadyAnswered):
        covering.decline_cover(seat_of(key), ask)
    covering.accept_cover(seat_of(key), ask)
    assert need_of(lesson).missing == []


def test_undoing_a_cover_asks_again(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    gone = absence.teacher
    ask, key = asked(college, seat_of, lesson, absence)
    covering.accept_cover(seat_of(key), ask)
    changes.undo_change(seat_of("secretary"), LessonChange.objects.get(lesson=lesson))
    assert list(lesson.teachers.all()) == [gone]
    need = need_of(lesson)
    assert need.is_open
    assert need.asks[0].label == "Accepté, puis annulé"
    covering.ask_cover(seat_of("secretary"), lesson, absence, [ask.person])
    assert need_of(lesson).said[0] == "Demandé à 1 personne"


# Settled otherwise


@pytest.mark.parametrize(("study", "word"), [(True, "Permanence"), (False, "Annulé")])
def test_nobody_gives_it(college: World, seat_of: Any, study: bool, word: str) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    ask, key = asked(college, seat_of, lesson, absence)
    covering.settle_otherwise(seat_of("secretary"), lesson, absence, study=study)
    assert need_of(lesson).said[0] == word
    ask.refresh_from_db()
    assert ask.state == State.CANCELLED
    row = lessons.row_of(lesson.pk)
    assert row.changes[0].label == ("Annulé, permanence" if study else "Annulé")
    with pytest.raises(changes.NothingChanges):
        covering.settle_otherwise(seat_of("secretary"), lesson, absence, study=study)
    with pytest.raises(covering.TakenByAnother):
        covering.accept_cover(seat_of(key), ask)


def test_a_lesson_cancelled_by_another_way_is_asked_no_longer(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    ask, _key = asked(college, seat_of, lesson, away(seat_of, lesson))
    change = changes.cancel_lesson(seat_of("secretary"), lesson, Why())
    assert covering.close_asks(change.pk) == 1
    ask.refresh_from_db()
    assert ask.state == State.CANCELLED
    assert covering.close_asks(change.pk) == 0


def test_withdrawing_cancels_what_waits_and_keeps_what_was_accepted(college: World, seat_of: Any) -> None:
    first, second = own_lessons_of_one(college)
    absence = away(seat_of, first)
    ask, key = asked(college, seat_of, first, absence)
    covering.accept_cover(seat_of(key), ask)
    waiting, _ = asked(college, seat_of, second, absence)
    assert withdraw_absence(seat_of("secretary"), absence) == (0, 0)
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED
    assert list(first.teachers.all()) == [ask.person]
    with pytest.raises(AlreadyWithdrawn):
        withdraw_absence(seat_of("secretary"), absence)


def test_withdrawing_gives_lessons_back_when_asked(college: World, seat_of: Any) -> None:
    first, second = own_lessons_of_one(college)
    absence = away(seat_of, first)
    ask, key = asked(college, seat_of, first, absence)
    covering.accept_cover(seat_of(key), ask)
    covering.settle_otherwise(seat_of("secretary"), second, absence, study=True)
    assert withdraw_absence(seat_of("secretary"), absence, give_back=True) == (2, 0)
    assert list(first.teachers.all()) == [absence.teacher]
    assert not Lesson.objects.get(pk=second.pk).is_cancelled


def own_lessons_of_one(college: World) -> tuple[Lesson, Lesson]:
    """Two lessons of one teacher on one day to come."""
    for number in range(4):
        lesson = lesson_of(college, number=number)
        found = Lesson.objects.taught_by(lesson.teachers.get()).on(lesson.day).order_by("starts")
        if found.count() >= 2:
            return found[0], found[1]
    raise LookupError("Nobody has two lessons that day.")


# The teacher says it


def test_a_teacher_announces_their_own_absence_and_the_school_confirms(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    key = next(key for key, person in college.people.items() if person == lesson.teachers.get())
    absence = away(seat_of, lesson, key)
    assert absence.is_waiting
    assert need_of(lesson).away == []
    for office in ("head", "secretary"):
        assert notices(college.people[office], "absence_announced") == 1
    assert notices(college.people["cpe"], "absence_announced") == 0
    with pytest.raises(changes.NotNow):
        covering.ask_cover(seat_of("secretary"), lesson, absence, [])
    confirm_absence(seat_of("secretary"), absence)
    assert need_of(lesson).is_open
    assert notices(absence.teacher, "absence_answered") == 1
    assert notices(college.people["head"], "absence_announced") == 0
    with pytest.raises(AlreadyConfirmed):
        confirm_absence(seat_of("head"), absence)


def test_one_absence_at_a_time(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    with pytest.raises(AlreadyAway) as raised:
        away(seat_of, lesson, "head")
    assert raised.value.absence == absence
    withdraw_absence(seat_of("head"), absence)
    assert away(seat_of, lesson, "head").pk != absence.pk


# Who sees what


def test_who_sees_an_absence(college: World, twin: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    ask, asked_key = asked(college, seat_of, lesson, absence)
    own = next(key for key, person in college.people.items() if person == absence.teacher)
    seers = {"head", "secretary", own}
    for key in (
        "head",
        "secretary",
        "cpe",
        "pupil",
        "guardian",
        "teacher",
        "teacher_1",
        "teacher_2",
        "teacher_3",
        "teacher_4",
    ):
        sees = TeacherAbsence.objects.visible_to(seat_of(key)).filter(pk=absence.pk).exists()
        assert sees == (key in seers), key
        sees = CoverAsk.objects.visible_to(seat_of(key)).filter(pk=ask.pk).exists()
        assert sees == (key in {"head", "secretary", asked_key}), key
    head = seat_of("head", world=twin)
    assert not TeacherAbsence.objects.visible_to(head).filter(pk=absence.pk).exists()
    assert not CoverAsk.objects.visible_to(head).filter(pk=ask.pk).exists()


def test_which_roles_organise_and_know_why(holder: Any) -> None:
    office = {Role.HEAD, Role.SECRETARY}
    assert {role for role in Role if rules.organises_covers(holder(role))} == office
    assert {role for role in Role if rules.knows_causes(holder(role))} == office
    assert {role for role in Role if rules.may_be_asked(holder(role))} == {Role.TEACHER}
    assert {role for role in Role if rules.announces_absences(holder(role))} == office | {Role.TEACHER}
    assert {role for role in Role if rules.announces_own(holder(role))} == {Role.TEACHER}


def test_withdrawing_is_for_the_office_and_for_oneself_until_confirmed(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    own = next(key for key, person in college.people.items() if person == lesson.teachers.get())
    other = next(
        key for key in ("teacher", "teacher_1") if key != own and college.people[key] != lesson.teachers.get()
    )
    absence = away(seat_of, lesson, own)
    assert rules.withdraws_absence(seat_of(own), absence)
    assert not rules.withdraws_absence(seat_of(other), absence)
    absence = confirm_absence(seat_of("head"), absence)
    assert not rules.withdraws_absence(seat_of(own), absence)
    assert rules.withdraws_absence(seat_of("secretary"), absence)


def test_nobody_but_the_office_learns_why(college: World, seat_of: Any, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    ask, key = asked(college, seat_of, lesson, absence)
    label = absence.get_cause_display()
    client.sit(college.people["head"])
    assert label in client.get(reverse("timetable:absence", kwargs={"pk": absence.pk})).content.decode()
    client.sit(college.people[key])
    page = client.get(reverse("timetable:ask", kwargs={"pk": ask.pk})).content.decode()
    assert absence.teacher.formal_name in page
    assert "raison personnelle" not in page
    assert client.get(reverse("timetable:absence", kwargs={"pk": absence.pk})).status_code == 404
    for line in Line.objects.filter(verb__startswith="timetable.absence"):
        assert "cause" not in line.details
    for item in Item.objects.filter(kind__startswith="timetable."):
        assert "personal" not in str(item.facts)


def test_a_person_given_the_covers_does_not_learn_why(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    holding = Holding.objects.get(person=college.people["cpe"])
    holding.scope = {"cover": {"until": "2027-06-30", "by": college.people["head"].pk}}
    holding.save()
    client.sit(college.people["cpe"])
    page = client.get(reverse("timetable:absence", kwargs={"pk": absence.pk})).content.decode()
    assert absence.teacher.formal_name in page
    assert "raison personnelle" not in page
    form = client.get(reverse("timetable:announce_absence")).content.decode()
    assert 'name="teacher"' in form
    assert 'name="cause"' not in form


def test_causes_are_forgotten_a_month_after(college: World, seat_of: Any, clock: Any) -> None:
    absence = away(seat_of, lesson_of(college))
    assert forget_causes(absence.ends + timedelta(days=30)) == 0
    assert forget_causes(absence.ends + timedelta(days=31)) == 1
    absence.refresh_from_db()
    assert absence.cause == ""


# Whom to ask


def test_nobody_busy_here_elsewhere_or_away_is_proposed(college: World, twin: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    free = proposed(lesson)
    busy = Lesson.objects.on(lesson.day).over_at(lesson.starts, lesson.ends).filter(school=college.school)
    in_class = {pk for lesson in busy for pk in lesson.teachers.values_list("pk", flat=True)}
    assert free
    assert not in_class & {one.pk for one in free}
    first = Person.objects.get(pk=free[0].pk)
    elsewhere = Lesson.objects.filter(school=twin.school, day=lesson.day).order_by("starts")[0]
    Lesson.objects.filter(pk=elsewhere.pk).update(
        starts=lesson.ends + timedelta(minutes=10), ends=lesson.ends + timedelta(minutes=60)
    )
    elsewhere.teachers.add(first)
    Holding.objects.create(person=first, role=Role.TEACHER, school=twin.school)
    assert first.pk not in {one.pk for one in proposed(lesson)}, "there is a way to go between two schools"
    with pytest.raises(covering.Busy):
        covering.ask_cover(seat_of("secretary"), lesson, absence, [first])
    second = Person.objects.get(pk=free[1].pk)
    TeacherAbsence.objects.create(
        school=college.school, teacher=second, starts=lesson.starts, ends=lesson.ends, announced_at=NOW
    )
    assert second.pk not in {one.pk for one in proposed(lesson)}


def test_a_clash_that_came_meanwhile_refuses_the_acceptance(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    other = Lesson.objects.on(lesson.day).filter(school=college.school).over_at(lesson.starts, lesson.ends)
    other.exclude(pk=lesson.pk)[0].teachers.add(ask.person)
    with pytest.raises(covering.Busy):
        covering.accept_cover(seat_of(key), ask)
    ask.refresh_from_db()
    assert ask.state == State.ASKED


def test_why_each_is_proposed(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    away(seat_of, lesson)
    named = {one.pk: one for one in proposed(lesson)}
    newcomer = Person.objects.create(family_name="Neuf", given_name="Ida", civility="mme")
    Holding.objects.create(person=newcomer, role=Role.TEACHER, school=college.school)
    assert newcomer.pk not in {one.pk for one in proposed(lesson)}, "nothing ties her to the lesson"
    other = (
        Enrolment.objects.exclude(group__lessons=lesson)
        .filter(group__school=college.school, group__kind="class")[0]
        .group
    )
    Assignment.objects.create(school=college.school, group=other, teacher=newcomer, subject=lesson.subject)
    (one,) = [one for one in proposed(lesson) if one.pk == newcomer.pk]
    assert one.tie == Tie.SUBJECT
    assert one.why == ("même matière", "n’a pas cours ce jour-là")
    assert all(one.tie == Tie.CLASS for one in named.values())
    assert all("enseigne déjà en 5e B" in one.why for one in named.values())


def test_who_covered_most_this_month_comes_last_among_equals() -> None:
    slot = Slot(NOW, NOW + timedelta(minutes=55), "5e B")
    people = [Colleague(1, "A", True, covers=2), Colleague(2, "B", True), Colleague(3, "C", False, True)]
    assert [one.pk for one in ranked(slot, people)] == [2, 1, 3]
    assert "2 remplacements ce mois-ci" in ranked(slot, people)[1].why


spans = st.tuples(st.integers(0, 600), st.integers(1, 120)).map(
    lambda two: (NOW + timedelta(minutes=two[0]), NOW + timedelta(minutes=two[0] + two[1]))
)
some_colleagues = st.builds(
    Colleague,
    pk=st.integers(1, 10_000),
    name=st.sampled_from(["Mme A", "M. B", "Mme C"]),
    teaches_it=st.booleans(),
    same_subject=st.booleans(),
    busy=st.lists(spans, max_size=6).map(tuple),
    here=st.lists(spans, max_size=6).map(tuple),
    covers=st.integers(0, 9),
)


@given(spans, st.lists(some_colleagues, max_size=12, unique_by=lambda colleague: colleague.pk))
def test_nobody_with_a_clash_is_ever_proposed(span: Any, people: list[Colleague]) -> None:
    slot = Slot(*span, "5e B")
    known = {person.pk: person for person in people}
    found = ranked(slot, people)
    for one in found:
        minutes = {
            span[0] + timedelta(minutes=n) for n in range(int((span[1] - span[0]).total_seconds() // 60))
        }
        for starts, ends in known[one.pk].busy:
            assert not any(starts <= minute < ends for minute in minutes)
        assert one.why
    assert [one.tie for one in found] == sorted(one.tie for one in found)
    assert ranked(slot, reversed(people)) == found
    free = {person.pk for person in people if not any(slot.meets(busy) for busy in person.busy)}
    strong = {pk for pk in free if known[pk].teaches_it or known[pk].same_subject}
    assert strong <= {one.pk for one in found}


# Pages


def test_asking_twice_asks_once(college: World, seat_of: Any, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    away(seat_of, lesson)
    person, _key = person_asked(college, lesson)
    client.sit(college.people["secretary"])
    address = reverse("timetable:cover_lesson", kwargs={"pk": lesson.pk})
    for _again in range(2):
        assert client.post(address, {"teachers": [person.pk]}).status_code == 302
    assert CoverAsk.objects.filter(lesson=lesson).count() == 1
    stranger = college.people["cpe"]
    assert client.post(address, {"teachers": [stranger.pk]}).status_code == 422
    assert client.post(address, {"teachers": ""}).status_code == 422


def test_the_second_is_told_that_it_is_taken(college: World, seat_of: Any, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    absence = away(seat_of, lesson)
    people = Person.objects.filter(pk__in=[one.pk for one in proposed(lesson)][:2])
    asks = covering.ask_cover(seat_of("secretary"), lesson, absence, people)
    Dispatch.objects.all().delete()  # it has left: they have heard of it
    for ask, status in zip(asks, (302, 409), strict=True):
        client.sit(ask.person)
        answer = client.post(reverse("timetable:accept", kwargs={"pk": ask.pk}))
        assert answer.status_code == status
    assert "Déjà pris" in answer.content.decode()
    assert notices(asks[1].person, "cover_closed") == 1


def test_the_preview_writes_nothing(college: World, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    client.sit(college.people["secretary"])
    typed = {
        "teacher": lesson.teachers.get().pk,
        "first_day": TOMORROW.isoformat(),
        "last_day": TOMORROW.isoformat(),
        "apercu": "1",
    }
    page = client.post(reverse("timetable:announce_absence"), typed)
    assert page.status_code == 200
    count = Lesson.objects.taught_by(lesson.teachers.get()).on(TOMORROW).count()
    assert f"{count} cours touché" in page.content.decode()
    assert not TeacherAbsence.objects.exists()
    del typed["apercu"]
    assert client.post(reverse("timetable:announce_absence"), typed).status_code == 302
    assert client.post(reverse("timetable:announce_absence"), typed).status_code == 302
    absence = TeacherAbsence.objects.get()
    assert (absence.starts, absence.ends) == (
        datetime.combine(TOMORROW, time(), PARIS),
        datetime.combine(TOMORROW + timedelta(days=1), time(), PARIS),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_day": "2026-11-20"},
        {"first_day": "2026-07-01"},
        {"first_day": "2026-11-23", "last_day": "2026-11-23"},
        {"starts_at": "12:00", "ends_at": "09:00"},
        {"teacher": "0"},
    ],
)
def test_what_is_typed_wrong_is_said(college: World, client: SchoolClient, wrong: dict[str, str]) -> None:
    client.sit(college.people["secretary"])
    day = TOMORROW.isoformat()
    typed = {"teacher": college.people["teacher"].pk, "first_day": day, "last_day": day} | wrong
    assert client.post(reverse("timetable:announce_absence"), typed).status_code == 422
    assert not TeacherAbsence.objects.exists()


def test_a_half_day_touches_its_own_lessons_alone(college: World, client: SchoolClient) -> None:
    teacher = lesson_of(college).teachers.get()
    client.sit(college.people["secretary"])
    day = TOMORROW.isoformat()
    typed = {"teacher": teacher.pk, "first_day": day, "last_day": day, "ends_at": "09:30"}
    client.post(reverse("timetable:announce_absence"), typed)
    absence = TeacherAbsence.objects.get()
    noon = datetime.combine(TOMORROW, time(9, 30), PARIS)
    expected = Lesson.objects.taught_by(teacher).on(TOMORROW).filter(starts__lt=noon)
    assert set(touched_by(absence)) == set(expected)
    assert when_said(absence).endswith("de 0\u00a0h\u00a000 à 9\u00a0h\u00a030")


def test_an_absence_that_was_withdrawn_says_who_gives_each_lesson(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    first, second = own_lessons_of_one(college)
    absence = away(seat_of, first)
    gone = absence.teacher.formal_name
    ask, key = asked(college, seat_of, first, absence)
    covering.accept_cover(seat_of(key), ask)
    withdraw_absence(seat_of("secretary"), absence)
    client.sit(college.people["secretary"])
    page = client.get(reverse("timetable:absence", kwargs={"pk": absence.pk})).content.decode()
    assert "Remplacé par" not in page
    # The colleague keeps the lesson that they took, and is named; the other is the teacher's own again.
    assert f"Donné par {ask.person.formal_name}" in page
    assert f"Cours rendu à {gone}" in page and f'<span class="muted">{gone}' in page
    assert need_of(second).said[0] == f"Donné par {gone}"


def test_a_day_out_of_the_year_is_said_beside_that_day(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    teacher = lesson_of(college).teachers.get()
    typed = {"teacher": teacher.pk, "first_day": TOMORROW.isoformat(), "last_day": "2062-01-01"}
    page = client.post(reverse("timetable:announce_absence"), typed).content.decode()
    assert 'href="#id_last_day' in page and 'href="#id_first_day' not in page


def test_a_lesson_cancelled_for_its_teacher_is_in_the_list_of_all(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lesson, other = lesson_of(college, number=0), lesson_of(college, number=1)
    changes.cancel_lesson(seat_of("secretary"), lesson, Why(LessonChange.Reason.AWAY))
    changes.cancel_lesson(seat_of("secretary"), other, Why(LessonChange.Reason.OUTING))
    client.sit(college.people["head"])
    week = f"?etat=tous&du={TOMORROW}&au={TOMORROW}"
    page = client.get(reverse("timetable:cover") + week).content.decode()
    assert reverse("timetable:cover_lesson", kwargs={"pk": lesson.pk}) in page
    assert reverse("timetable:cover_lesson", kwargs={"pk": other.pk}) not in page
    change = LessonChange.objects.get(lesson=lesson)
    changes.undo_change(seat_of("secretary"), change)
    again = client.get(reverse("timetable:cover") + week).content.decode()
    assert reverse("timetable:cover_lesson", kwargs={"pk": lesson.pk}) not in again


def test_the_list_says_what_is_left_and_all(college: World, seat_of: Any, client: SchoolClient) -> None:
    first, second = own_lessons_of_one(college)
    absence = away(seat_of, first)
    ask, key = asked(college, seat_of, first, absence)
    covering.accept_cover(seat_of(key), ask)
    client.sit(college.people["head"])
    left = client.get(reverse("timetable:cover")).content.decode()
    every = client.get(reverse("timetable:cover") + "?etat=tous").content.decode()
    for page, there in ((left, False), (every, True)):
        assert (reverse("timetable:cover_lesson", kwargs={"pk": first.pk}) in page) == there
        assert reverse("timetable:cover_lesson", kwargs={"pk": second.pk}) in page
    sheet = b"".join(client.get(reverse("timetable:export_cover") + "?etat=tous").streaming_content).decode()
    assert absence.teacher.formal_name in sheet
    assert f"Remplacé par {ask.person.formal_name}" in sheet
    assert "raison personnelle" not in sheet


def test_the_home_of_the_person_asked_and_of_the_office(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lesson = lesson_of(college, TODAY, 4)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    client.sit(ask.person)
    assert reverse("timetable:ask", kwargs={"pk": ask.pk}) in client.get("/").content.decode()
    client.sit(college.people["secretary"])
    assert "à remplacer aujourd’hui" in client.get("/").content.decode()
    covering.accept_cover(seat_of(key), ask)
    client.sit(ask.person)
    assert reverse("timetable:ask", kwargs={"pk": ask.pk}) not in client.get("/").content.decode()


def test_words_of_a_refusal_are_forgotten(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    ask, key = asked(college, seat_of, lesson, away(seat_of, lesson))
    covering.decline_cover(seat_of(key), ask, "Conseil de classe")
    assert covering.forget_words(ask.person_id) == 1
    ask.refresh_from_db()
    assert ask.words == ""


# All the lessons of an absence in one gesture


def address_of(absence: TeacherAbsence) -> str:
    return reverse("timetable:settle_lessons", kwargs={"pk": absence.pk})


def line(lesson: Lesson, choice: str) -> dict[str, str]:
    return {f"cours-{lesson.pk}": choice}


def same_day(college: World, seat_of: Any, days: int = 1) -> tuple[list[Lesson], TeacherAbsence]:
    """The lessons of a teacher who has several of them tomorrow, and their absence."""
    first, _second = own_lessons_of_one(college)
    absence = away(seat_of, first, days=days)
    return list(Lesson.objects.taught_by(absence.teacher).on(first.day).order_by("starts")), absence


def test_each_lesson_of_an_absence_has_a_proposal(college: World, seat_of: Any, client: SchoolClient) -> None:
    lessons_away, absence = same_day(college, seat_of)
    client.sit(college.people["secretary"])
    page = client.get(address_of(absence)).content.decode()
    for lesson in lessons_away:
        assert f'name="cours-{lesson.pk}"' in page
        best = proposed(lesson)[0]
        assert f"Demander à {best.name}" in page
    assert page.count("selected") == len(lessons_away)
    page = client.get(address_of(absence) + "?proposer=permanence").content.decode()
    assert page.count('value="permanence" selected') == len(lessons_away)
    assert not LessonChange.objects.filter(absence=absence).exists()
    assert not CoverAsk.objects.exists()


def test_all_of_them_are_settled_by_one_sending(college: World, seat_of: Any, client: SchoolClient) -> None:
    (first, second, *_), absence = same_day(college, seat_of)
    person, _key = person_asked(college, first)
    client.sit(college.people["secretary"])
    typed = line(first, f"demander-{person.pk}") | line(second, "permanence")
    for _again in range(2):
        assert client.post(address_of(absence), typed).status_code == 302
    assert [ask.person for ask in CoverAsk.objects.filter(lesson=first)] == [person]
    assert need_of(second).said[0] == "Permanence"
    assert LessonChange.objects.filter(absence=absence).count() == 1


def test_one_clash_refuses_all_and_keeps_what_was_chosen(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    (first, second, *_), absence = same_day(college, seat_of)
    person, _key = person_asked(college, first)
    TeacherAbsence.objects.create(
        school=college.school, teacher=person, starts=first.starts, ends=first.ends, announced_at=NOW
    )
    client.sit(college.people["secretary"])
    answer = client.post(address_of(absence), line(first, f"demander-{person.pk}") | line(second, "annuler"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "n’est plus libre" in page
    assert 'value="annuler" selected' in page
    assert not LessonChange.objects.filter(absence=absence).exists()


def test_a_clash_that_comes_between_the_page_and_its_sending(college: World, seat_of: Any) -> None:
    (first, second, *_), absence = same_day(college, seat_of)
    person, _key = person_asked(college, first)
    TeacherAbsence.objects.create(
        school=college.school, teacher=person, starts=first.starts, ends=first.ends, announced_at=NOW
    )
    choices = [settling.Choice(first, settling.ASK, person), settling.Choice(second, settling.CANCEL)]
    with pytest.raises(settling.Refused) as raised:
        settling.settle_lessons(seat_of("secretary"), absence, choices)
    assert set(raised.value.lessons) == {first.pk}
    assert not Lesson.objects.get(pk=second.pk).is_cancelled


def test_families_are_told_once_a_day(college: World, seat_of: Any) -> None:
    lessons_away, absence = same_day(college, seat_of)
    common = Enrolment.objects.filter(group__lessons=lessons_away[0]).values_list("group", flat=True)[0]
    for lesson in lessons_away[:2]:
        lesson.groups.set([common])
    choices = [settling.Choice(lesson, settling.STUDY) for lesson in lessons_away[:2]]
    settling.settle_lessons(seat_of("secretary"), absence, choices)
    (origin,) = set(LessonChange.objects.filter(absence=absence).values_list("origin", flat=True))
    for change in LessonChange.objects.filter(absence=absence):
        assert telling.tell_of_change(change.pk) == 0, "it is told with the other"
    for _again in range(2):
        telling.tell_together(origin)
    items = Item.objects.filter(kind="timetable.changed_today")
    pupil = Enrolment.objects.filter(group=common)[0].pupil
    (item,) = items.filter(person=pupil)
    assert item.facts["lesson"] == "2 cours"
    assert item.facts["what"].count("permanence") == 2
    assert absence.teacher.family_name not in str(item.facts)
    assert "absen" not in str(item.facts).lower()


def test_one_lesson_given_back_is_told_and_the_other_stands(college: World, seat_of: Any) -> None:
    lessons_away, absence = same_day(college, seat_of)
    common = Enrolment.objects.filter(group__lessons=lessons_away[0]).values_list("group", flat=True)[0]
    for lesson in lessons_away[:2]:
        lesson.groups.set([common])
    others = Lesson.objects.filter(groups=common, day=lessons_away[0].day)
    others.exclude(pk__in=[lesson.pk for lesson in lessons_away]).update(state="cancelled")
    choices = [settling.Choice(lesson, settling.CANCEL) for lesson in lessons_away[:2]]
    settling.settle_lessons(seat_of("secretary"), absence, choices)
    first, second = LessonChange.objects.filter(absence=absence).order_by("pk")
    telling.tell_together(first.origin)
    Dispatch.objects.all().delete()  # it has left: they have heard of it
    pupil = Enrolment.objects.filter(group=common)[0].pupil
    changes.undo_change(seat_of("head"), first)
    telling.tell_of_undoing(first.pk)
    assert notices(pupil, "changed_today") == 1
    assert notices(pupil, "held_after_all") == 1
    changes.undo_change(seat_of("head"), second)
    telling.tell_of_undoing(second.pk)
    assert notices(pupil, "changed_today") == 0
    assert notices(pupil, "held_after_all") == 2


def test_one_lesson_given_back_before_the_news_of_the_day_is_told_after_it(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "SOON", timedelta())
    lessons_away, absence = same_day(college, seat_of)
    common = Enrolment.objects.filter(group__lessons=lessons_away[0]).values_list("group", flat=True)[0]
    for lesson in lessons_away[:2]:
        lesson.groups.set([common])
    others = Lesson.objects.filter(groups=common, day=lessons_away[0].day)
    others.exclude(pk__in=[lesson.pk for lesson in lessons_away]).update(state="cancelled")
    choices = [settling.Choice(lesson, settling.CANCEL) for lesson in lessons_away[:2]]
    settling.settle_lessons(seat_of("secretary"), absence, choices)
    first = LessonChange.objects.filter(absence=absence).order_by("pk")[0]
    telling.tell_together(first.origin)
    pupil = Enrolment.objects.filter(group=common)[0].pupil
    waiting = Item.objects.filter(person=pupil, kind="timetable.changed", read_at=None).order_by("pk")
    assert waiting.get().facts["lesson"] == "2 cours"
    changes.undo_change(seat_of("head"), first)
    telling.tell_of_undoing(first.pk)
    assert [item.facts["what"] for item in waiting][1:] == ["finalement, comme prévu"]
    assert notices(pupil, "held_after_all") == 0


@pytest.mark.parametrize("together_first", [False, True])
def test_a_lesson_given_back_before_its_news_left_is_told_to_nobody(
    college: World, seat_of: Any, together_first: bool
) -> None:
    lessons_away, absence = same_day(college, seat_of)
    common = Enrolment.objects.filter(group__lessons=lessons_away[0]).values_list("group", flat=True)[0]
    for lesson in lessons_away[:2]:
        lesson.groups.set([common])
    choices = [settling.Choice(lesson, settling.CANCEL) for lesson in lessons_away[:2]]
    settling.settle_lessons(seat_of("secretary"), absence, choices)
    first, second = LessonChange.objects.filter(absence=absence).order_by("pk")
    others = Lesson.objects.filter(groups=common, day=lessons_away[0].day)
    others.exclude(pk=first.lesson_id).update(state="cancelled")
    changes.undo_change(seat_of("head"), first)
    tasks = [lambda: telling.tell_together(first.origin), lambda: telling.tell_of_undoing(first.pk)]
    for task in tasks if together_first else reversed(tasks):
        task()
    pupil = Enrolment.objects.filter(group=common)[0].pupil
    assert notices(pupil, "held_after_all") == 0
    (item,) = Item.objects.filter(person=pupil, kind="timetable.changed_today")
    assert item.facts["lesson"].startswith(second.lesson.subject.name), "the other stands, alone"
    assert item.url == reverse("timetable:lesson", kwargs={"pk": second.lesson_id})


def test_who_settles_the_lessons_of_an_absence(college: World, seat_of: Any, client: SchoolClient) -> None:
    _lessons, absence = same_day(college, seat_of)
    own = next(key for key, person in college.people.items() if person == absence.teacher)
    for key, status in [("secretary", 200), ("head", 200), ("cpe", 404), (own, 403), ("guardian", 404)]:
        client.sit(college.people[key])
        assert client.get(address_of(absence)).status_code == status, key


def test_an_absence_that_waits_has_no_lesson_to_settle(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lesson = lesson_of(college)
    key = next(key for key, person in college.people.items() if person == lesson.teachers.get())
    absence = away(seat_of, lesson, key)
    client.sit(college.people["secretary"])
    assert "Absence à confirmer" in client.get(address_of(absence)).content.decode()
    assert client.post(address_of(absence), line(lesson, "annuler")).status_code == 302
    assert not Lesson.objects.get(pk=lesson.pk).is_cancelled


# All the lessons of a long absence given to the one person who replaces


def newcomer_of(college: World) -> Person:
    """Somebody who came to replace: she teaches here and has nothing yet."""
    person = Person.objects.create(family_name="Neuf", given_name="Ida", civility="mme")
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    Account.objects.create(login="ida.neuf", person=person, password="!")
    return person


def long_absence(college: World, seat_of: Any, days: int = 21) -> tuple[list[Lesson], TeacherAbsence]:
    absence = away(seat_of, lesson_of(college), days=days)
    found = Lesson.objects.held().taught_by(absence.teacher).over_at(absence.starts, absence.ends)
    return list(found.order_by("starts", "pk")), absence


def give_address(absence: TeacherAbsence) -> str:
    return reverse("timetable:give_lessons", kwargs={"pk": absence.pk})


def work_told(absence: TeacherAbsence) -> None:
    """What the worker does after the gesture; twice, as after a worker's death."""
    origins = set(LessonChange.objects.filter(absence=absence).values_list("origin", flat=True))
    for _again in range(2):
        for origin in origins:
            telling.tell_together(origin)


def test_all_lessons_of_an_absence_are_given_to_a_newcomer_but_those_that_she_cannot_give(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lessons_away, absence = long_absence(college, seat_of)
    person, kept = newcomer_of(college), lessons_away[3]
    TeacherAbsence.objects.create(
        school=college.school, teacher=person, starts=kept.starts, ends=kept.ends, announced_at=NOW
    )
    asked(college, seat_of, lessons_away[0], absence)
    client.sit(college.people["secretary"])
    page = client.get(address_of(absence)).content.decode()
    assert give_address(absence) in page
    answer, statements = counted(client, f"{give_address(absence)}?teacher={person.pk}")
    shown = answer.content.decode()
    assert statements <= MOST_QUERIES
    count = len(lessons_away) - 1
    assert f"Libre pour {count} cours sur {count + 1}" in shown
    assert "Aura une absence à cette heure" in shown
    assert not LessonChange.objects.filter(absence=absence).exists()
    for _again in range(2):
        assert client.post(give_address(absence), {"teacher": person.pk}).status_code == 302
    given = LessonChange.objects.filter(absence=absence)
    assert set(given.values_list("lesson", flat=True)) == {one.pk for one in lessons_away if one != kept}
    assert set(given.values_list("teacher_before", "teacher_after")) == {(absence.teacher_id, person.pk)}
    assert list(kept.teachers.all()) == [absence.teacher]
    assert Lesson.objects.get(pk=lessons_away[1].pk).is_taught_by(person), "she calls the roll"
    assert not CoverAsk.objects.filter(state=State.ASKED).exists()
    client.sit(person)
    week = client.get(reverse("timetable:week") + f"?semaine={lessons_away[-1].day}").content.decode()
    assert reverse("timetable:lesson", kwargs={"pk": lessons_away[-1].pk}) in week


def test_why_somebody_cannot_be_given_a_lesson(college: World, twin: World, seat_of: Any) -> None:
    first, second = lesson_of(college, number=0), lesson_of(college, number=1)
    later = lesson_of(college, TOMORROW + timedelta(days=6))
    person = newcomer_of(college)
    assert set(colleagues.obstacles_of([first, second], person).values()) == {""}
    first.teachers.add(person)
    watch = DaySlot.objects.create(
        school=college.school,
        year=college.year,
        kind="study",
        name="Étude",
        weekdays=[second.day.weekday()],
        starts_at="08:00",
        ends_at="18:00",
    )
    watch.watchers.set([person])
    Holding.objects.filter(person=person).update(ends=later.day)
    assert colleagues.obstacles_of([first, second, later], person) == {
        first.pk: "donne déjà ce cours",
        second.pk: "surveille à cette heure (Étude)",
        later.pk: "n’enseigne pas ici ce jour-là",
    }
    watch.delete()
    other = Lesson.objects.on(second.day).filter(school=college.school).over_at(second.starts, second.ends)
    other = other.exclude(pk=second.pk)[0]
    assert colleagues.obstacles_of([second, other], person) in (
        {second.pk: "", other.pk: "a un autre de ces cours à cette heure"},
        {other.pk: "", second.pk: "a un autre de ces cours à cette heure"},
    )
    other.teachers.add(person)
    assert colleagues.obstacles_of([second], person) == {second.pk: "a déjà cours à cette heure"}
    Lesson.objects.filter(pk=other.pk).update(school=twin.school)
    Holding.objects.create(person=person, role=Role.TEACHER, school=twin.school)
    assert colleagues.obstacles_of([second], person) == {second.pk: "n’est pas libre à cette heure"}


def test_what_somebody_does_in_another_school_is_not_said(college: World, twin: World) -> None:
    """Neither that they will be away there, nor when they teach there: one word for both, and the way there counts for a lesson."""
    lesson, person = lesson_of(college), newcomer_of(college)
    Holding.objects.create(person=person, role=Role.TEACHER, school=twin.school)
    absence = TeacherAbsence.objects.create(
        school=twin.school, teacher=person, starts=lesson.starts, ends=lesson.ends, announced_at=NOW
    )
    assert colleagues.obstacles_of([lesson], person) == {lesson.pk: "n’est pas libre à cette heure"}
    TeacherAbsence.objects.filter(pk=absence.pk).update(school=college.school)
    assert colleagues.obstacles_of([lesson], person) == {lesson.pk: "aura une absence à cette heure"}
    before = lesson.starts - timedelta(hours=1)
    TeacherAbsence.objects.filter(pk=absence.pk).update(
        school=twin.school, starts=before, ends=lesson.starts - timedelta(minutes=5)
    )
    assert colleagues.obstacles_of([lesson], person) == {lesson.pk: ""}


def test_whoever_comes_later_is_given_the_lessons_from_that_day_on(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lessons_away, absence = long_absence(college, seat_of)
    person, first = newcomer_of(college), TOMORROW + timedelta(days=5)
    Holding.objects.filter(person=person).update(starts=first)
    client.sit(college.people["secretary"])
    assert client.post(give_address(absence), {"teacher": person.pk}).status_code == 302
    given = set(LessonChange.objects.filter(absence=absence).values_list("lesson", flat=True))
    assert given == {one.pk for one in lessons_away if one.day >= first} != set()
    Holding.objects.filter(person=person).update(starts=None, ends=TODAY)
    assert client.post(give_address(absence), {"teacher": person.pk}).status_code == 422
    address = reverse("timetable:take_back_lessons", kwargs={"pk": absence.pk})
    assert client.post(address, {"teacher": person.pk}).status_code == 302
    assert not LessonChange.objects.in_force().filter(absence=absence).exists(), "gone, hers are taken back"


def test_lessons_given_together_are_told_once_and_taken_back_once(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    lessons_away, absence = long_absence(college, seat_of)
    person = newcomer_of(college)
    common = Enrolment.objects.filter(group__lessons=lessons_away[0]).values_list("group", flat=True)[0]
    for lesson in lessons_away:
        lesson.groups.set([common])
    pupil = Enrolment.objects.filter(group=common)[0].pupil
    giving.give_lessons(seat_of("secretary"), absence, person)
    work_told(absence)
    for one in (pupil, absence.teacher, person):
        (item,) = Item.objects.filter(person=one, kind__startswith="timetable.changed")
        assert item.facts["lesson"].startswith(f"{len(lessons_away)} cours")
        assert item.facts["what"] == f"avec {person.formal_name}, était {absence.teacher.formal_name}"
    Dispatch.objects.all().delete()  # it has left: they have heard of it
    client.sit(college.people["secretary"])
    page = client.get(reverse("timetable:absence", kwargs={"pk": absence.pk})).content.decode()
    assert f"Confiés à {person.formal_name}" in page
    address = reverse("timetable:take_back_lessons", kwargs={"pk": absence.pk})
    for _again in range(2):
        assert client.post(address, {"teacher": person.pk}).status_code == 302
    undone = LessonChange.objects.filter(absence=absence).exclude(undone_at=None)
    assert undone.count() == len(lessons_away)
    assert {teacher.pk for lesson in lessons_away for teacher in lesson.teachers.all()} == {
        absence.teacher_id
    }
    for _again in range(2):
        telling.tell_of_undoing_together(sorted(change.pk for change in undone))
    for one in (pupil, absence.teacher, person):
        (item,) = Item.objects.filter(person=one, kind="timetable.held_after_all")
        assert item.facts["lesson"].startswith(f"{len(lessons_away)} cours")
        assert notices(one, "changed_today") == 0


def test_lessons_given_and_taken_back_before_their_news_left_are_told_to_nobody(
    college: World, seat_of: Any
) -> None:
    lessons_away, absence = long_absence(college, seat_of)
    person = newcomer_of(college)
    before = Item.objects.count()
    giving.give_lessons(seat_of("secretary"), absence, person)
    assert withdraw_absence(seat_of("secretary"), absence, give_back=True) == (len(lessons_away), 0)
    changed = LessonChange.objects.filter(absence=absence)
    telling.tell_of_undoing_together(sorted(change.pk for change in changed))
    work_told(absence)
    assert Item.objects.count() == before


def test_taking_lessons_back_takes_as_many_statements_for_forty_as_for_ten(
    college: World, seat_of: Any
) -> None:
    found, absence = long_absence(college, seat_of, days=120)
    person, office = newcomer_of(college), seat_of("secretary")
    teaches = Lesson.teachers.through.objects.filter(person=absence.teacher)
    assert len(found) >= 40
    asked = {}
    for number in (40, 10):
        teaches.filter(lesson__in=found[number:]).delete()
        assert giving.give_lessons(office, absence, person) == number
        with Statements(connection) as made:
            assert giving.take_lessons_back(office, absence, person) == (number, 0)
        asked[number] = made.count
        assert Line.objects.filter(verb="timetable.change_undone").count() == sum(asked)
    assert asked[40] == asked[10] <= 16
    assert giving.give_lessons(office, absence, person) == 10
    with Statements(connection) as made:
        assert withdraw_absence(office, absence, give_back=True) == (10, 0)
    assert made.count <= 24


def test_of_the_lessons_given_those_that_changed_since_stay(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Called, cancelled, given on, and the hour at which the teacher has something else or watches: each stays as it is."""
    found, absence = long_absence(college, seat_of, days=120)
    teacher, person, office = absence.teacher, newcomer_of(college), seat_of("secretary")
    assert giving.give_lessons(office, absence, person) == len(found)
    called, cancelled, onward, crowded, watched, free, *_rest = found
    monkeypatch.setattr(undoing, "held_by_others", lambda _lessons: {called.pk})
    Lesson.objects.filter(pk=cancelled.pk).update(state=Lesson.State.CANCELLED)
    onward.teachers.set([college.people["teacher_1"]])
    other = Lesson.objects.filter(year=crowded.year_id).exclude(teachers__in=[teacher, person])[0]
    other.teachers.add(teacher)
    Lesson.objects.filter(pk=other.pk).update(
        starts=crowded.starts + timedelta(minutes=5), ends=crowded.ends, day=crowded.day, pattern=None
    )
    starts, ends = (dates.local(one, "Europe/Paris").time() for one in (watched.starts, watched.ends))
    DaySlot.objects.all().delete()
    slot = DaySlot.objects.create(
        school=college.school,
        year=college.year,
        kind="study",
        name="Étude",
        weekdays=[watched.day.weekday()],
        starts_at=starts,
        ends_at=ends,
    )
    slot.watchers.set([teacher])
    stay = {called, cancelled, onward, crowded} | {
        one
        for one in found
        if changes.clashes_at(one.year, one.starts, one.ends, Needs(teachers=(teacher,)), apart_from=one.pk)
    }
    assert watched in stay and free not in stay
    assert giving.take_lessons_back(office, absence, person) == (len(found) - len(stay), len(stay))
    undone = LessonChange.objects.filter(absence=absence).exclude(undone_at=None)
    assert set(undone.values_list("lesson", flat=True)) == {one.pk for one in found if one not in stay}
    assert set(undone.values_list("undone_by", flat=True)) == {office.person.pk}
    free.refresh_from_db()
    assert list(free.teachers.all()) == [teacher] and free.revision == 2
    assert list(onward.teachers.all()) == [college.people["teacher_1"]]
    assert list(crowded.teachers.all()) == [person]


def test_of_two_lessons_of_one_hour_one_goes_back(college: World, seat_of: Any) -> None:
    found, absence = long_absence(college, seat_of)
    person, office = newcomer_of(college), seat_of("secretary")
    giving.give_lessons(office, absence, person)
    first, second = found[:2]
    Lesson.objects.filter(pk=second.pk).update(
        starts=first.starts, ends=first.ends, day=first.day, pattern=None
    )
    assert giving.take_lessons_back(office, absence, person) == (len(found) - 1, 1)
    assert [list(one.teachers.all()) for one in (first, second)] == [[person], [absence.teacher]]


def test_one_lesson_of_those_given_is_undone_alone(college: World, seat_of: Any) -> None:
    lessons_away, absence = long_absence(college, seat_of)
    person = newcomer_of(college)
    giving.give_lessons(seat_of("secretary"), absence, person)
    work_told(absence)
    change = LessonChange.objects.filter(absence=absence, lesson=lessons_away[0]).get()
    changes.undo_change(seat_of("head"), change)
    telling.tell_of_undoing(change.pk)
    assert notices(person, "changed_today") == 1, "the others stand"
    assert notices(person, "held_after_all") == 1


@pytest.mark.parametrize("alone", [True, False])
def test_a_part_then_the_rest_taken_back_before_the_news_of_the_day_are_told_to_nobody(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    monkeypatch.setattr(telling, "SOON", timedelta())
    _lessons, absence = long_absence(college, seat_of)
    giving.give_lessons(seat_of("secretary"), absence, newcomer_of(college))
    work_told(absence)
    part, *rest = LessonChange.objects.filter(absence=absence).order_by("lesson__starts")
    leaving = Item.objects.filter(
        key__startswith=part.origin, dispatches__isnull=False, dispatches__dropped_at=None
    )
    concerned = set(leaving.values_list("person", "about"))
    assert concerned, "who hears of it with the news of the day"
    changes.undo_change(seat_of("head"), part, together=not alone)
    if alone:
        telling.tell_of_undoing(part.pk)
    else:
        telling.tell_of_undoing_together([part.pk])
    assert Item.objects.filter(key__startswith=part.origin, facts__what="finalement, comme prévu").exists()
    giving.undo_all(seat_of("secretary"), LessonChange.objects.in_force().filter(absence=absence))
    telling.tell_of_undoing_together([change.pk for change in rest])
    assert not concerned & set(leaving.values_list("person", "about"))


def test_what_a_worker_of_before_told_without_noting_it_is_taken_back(college: World, seat_of: Any) -> None:
    _lessons, absence = long_absence(college, seat_of)
    person = newcomer_of(college)
    giving.give_lessons(seat_of("secretary"), absence, person)
    work_told(absence)
    Dispatch.objects.all().delete()  # it has left: they have heard of it
    given = LessonChange.objects.filter(absence=absence)
    given.update(told_at=None)
    giving.take_lessons_back(seat_of("secretary"), absence, person)
    telling.tell_of_undoing_together(sorted(change.pk for change in given))
    assert notices(person, "held_after_all") == 1


def test_an_absence_that_waits_gives_no_lesson(college: World, seat_of: Any, client: SchoolClient) -> None:
    lesson = lesson_of(college)
    key = next(key for key, person in college.people.items() if person == lesson.teachers.get())
    absence = away(seat_of, lesson, key)
    client.sit(college.people["secretary"])
    assert "Rien à confier" in client.get(give_address(absence)).content.decode()
    assert client.post(give_address(absence), {"teacher": newcomer_of(college).pk}).status_code == 302
    assert not LessonChange.objects.filter(absence=absence).exists()
