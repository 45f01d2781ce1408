"""A teacher is away: who is told, who is asked, who gives the lesson, and who never learns why."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
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
from preau.domains.timetable.actions import changes, covering
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
from preau.domains.timetable.models import CoverAsk, Lesson, LessonChange, TeacherAbsence
from preau.domains.timetable.queries import cover, lessons, ranking
from preau.domains.timetable.queries.absences import touched_by, when_said
from preau.domains.timetable.queries.colleagues import proposals_for
from preau.domains.timetable.queries.ranking import Colleague, Slot, Tie, ranked
from preau.identity.models import Account

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


def told(person: Person, kind: str) -> int:
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
    assert told(ask.person, "cover_asked_soon") == 1
    covering.accept_cover(seat_of(key), ask)
    assert told(ask.person, "cover_asked_soon") == 0
    assert told(college.people["secretary"], "cover_taken") == 1


def test_a_later_lesson_is_asked_at_decent_hours(college: World, seat_of: Any) -> None:
    later = lesson_of(college, TODAY + timedelta(days=6))
    ask, _key = asked(college, seat_of, later, away(seat_of, later))
    assert (told(ask.person, "cover_asked"), told(ask.person, "cover_asked_soon")) == (1, 0)


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
    assert told(college.people["secretary"], "cover_declined") == 1
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
        assert told(college.people[office], "absence_announced") == 1
    assert told(college.people["cpe"], "absence_announced") == 0
    with pytest.raises(changes.NotNow):
        covering.ask_cover(seat_of("secretary"), lesson, absence, [])
    confirm_absence(seat_of("secretary"), absence)
    assert need_of(lesson).is_open
    assert told(absence.teacher, "absence_answered") == 1
    assert told(college.people["head"], "absence_announced") == 0
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
colleagues = st.builds(
    Colleague,
    pk=st.integers(1, 10_000),
    name=st.sampled_from(["Mme A", "M. B", "Mme C"]),
    teaches_it=st.booleans(),
    same_subject=st.booleans(),
    busy=st.lists(spans, max_size=6).map(tuple),
    here=st.lists(spans, max_size=6).map(tuple),
    covers=st.integers(0, 9),
)


@given(spans, st.lists(colleagues, max_size=12, unique_by=lambda colleague: colleague.pk))
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
    assert told(asks[1].person, "cover_closed") == 1


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
