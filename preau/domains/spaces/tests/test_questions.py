"""Questions at their hours, answered for all; what is taken away, reported, announced."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Assignment, Closure, Enrolment, Person
from preau.directory.seeds.world import World
from preau.domains.spaces import rules, tasks
from preau.domains.spaces.actions import announcing, asking, making
from preau.domains.spaces.models import (
    Announcement,
    Card,
    OpeningHours,
    Question,
    Report,
    SameQuestion,
    Space,
)
from preau.domains.spaces.queries.hours import Span, hours_at
from preau.domains.spaces.tests.props import (
    a_classmate,
    a_question,
    open_from,
    own_card,
    own_group_space,
    own_project,
    own_question,
    own_teaching,
)
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
PARIS = "Europe/Paris"
EVENING = [Span(day, 17 * 60, 19 * 60) for day in (1, 2, 4, 5)]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026, in UTC: one hour before the wall of Paris."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def with_account(person: Person) -> Person:
    """Whoever is not of the cast signs in too."""
    Account.objects.get_or_create(person=person, defaults={"login": f"camarade.{person.pk}"})
    return person


def fresh(seat_of: Any, key: str, world: World | None = None) -> Any:
    """A viewer of this very minute."""
    viewer = seat_of(key, world=world) if world else seat_of(key)
    return viewer._changed(moment=timezone.now())


@pytest.mark.parametrize(
    ("now", "is_open", "said", "button"),
    [
        (at(24, 10, 30), False, "Fermé. Ouvre à 17\u202fh, jusqu’à 19\u202fh.", "Garder pour 17\u202fh"),
        (at(24, 17), True, "Ouvert jusqu’à 19\u202fh.", ""),
        (at(24, 18, 59), True, "Ouvert jusqu’à 19\u202fh.", ""),
        (
            at(24, 19),
            False,
            "Fermé. Ouvre jeudi 26 novembre à 17\u202fh, jusqu’à 19\u202fh.",
            "Garder pour jeudi 26 novembre, 17\u202fh",
        ),
        (
            at(25, 21),
            False,
            "Fermé. Ouvre demain à 17\u202fh, jusqu’à 19\u202fh.",
            "Garder pour demain, 17\u202fh",
        ),
    ],
)
def test_hours_are_those_of_the_wall(now: datetime, is_open: bool, said: str, button: str) -> None:
    hours = hours_at(EVENING, PARIS, (), now)
    plain = str.maketrans({"\u202f": " ", "\u00a0": " "})
    assert hours.is_open == is_open
    assert hours.said.translate(plain) == said.translate(plain)
    assert not button or hours.keeps_for.translate(plain) == button.translate(plain)


def test_a_closed_day_opens_nothing() -> None:
    shut = [(date(2026, 11, 24), date(2026, 11, 26))]
    hours = hours_at(EVENING, PARIS, shut, at(24, 10))
    assert not hours.is_open and hours.opens == at(27, 17)


def test_without_hours_it_is_always_open_and_with_none_to_come_it_says_so() -> None:
    assert hours_at([], PARIS, (), at(24, 3)).is_open
    years = [(date(2026, 1, 1), date(2028, 1, 1))]
    assert hours_at(EVENING, PARIS, years, at(24, 10)).opens is None


def test_the_bar_marks_the_hours_of_today() -> None:
    hours = hours_at(EVENING, PARIS, (), at(24, 10))
    assert [number for number, one in enumerate(hours.marks) if one] == [9, 10]
    assert not any(hours_at(EVENING, PARIS, (), at(25, 10)).marks)


def test_asked_at_night_it_reaches_the_teacher_at_their_hour(
    college: World, seat_of: Any, clock: Any, client: SchoolClient
) -> None:
    space, pupil = own_teaching(college), seat_of("pupil")
    Closure.objects.filter(school=college.school).delete()
    open_from(space, 17 * 60, 19 * 60)
    clock.move_to(at(24, 21))
    asked = asking.ask(fresh(seat_of, "pupil"), space, "Par combien\u202f?")
    assert asked.shown_at == at(25, 17)
    teacher, mate = college.people["teacher"], a_classmate(college)
    news = Item.objects.filter(kind=asking.ASKED, person=teacher, key=f"question-{asked.pk}")
    asking.tell_questions()
    assert not news.exists()
    assert asked in Question.objects.visible_to(fresh(seat_of, "pupil"))
    assert asked not in Question.objects.visible_to(fresh(seat_of, "teacher"))
    address = reverse("spaces:questions", kwargs={"pk": space.pk})
    with_account(mate)
    for person in (teacher, mate):
        client.sit(person)
        assert "Par combien" not in client.get(address).content.decode()
    clock.move_to(at(25, 17, 5))
    for _ in range(2):
        asking.tell_questions()
    assert news.count() == 1
    client.sit(teacher)
    assert "Par combien" in client.get(address).content.decode()
    client.sit(mate)
    assert "Par combien" in client.get(address).content.decode()
    assert pupil.person.pk == asked.by_id


def test_the_same_form_asks_once_and_five_wait_at_most(college: World, seat_of: Any) -> None:
    space, pupil = own_teaching(college), seat_of("pupil")
    Question.objects.filter(by=pupil.person).delete()
    assert asking.ask(pupil, space, "Un\u202f?", "a" * 32) == asking.ask(pupil, space, "Un\u202f?", "a" * 32)
    for number in range(rules.MOST_WAITING - 1):
        asking.ask(pupil, space, f"Question {number}")
    with pytest.raises(asking.TooManyWait):
        asking.ask(pupil, space, "Une de trop\u202f?")


def test_taken_out_of_the_group_while_writing_nothing_typed_is_lost(
    college: World, client: SchoolClient
) -> None:
    space, pupil = own_project(college), college.people["pupil"]
    client.sit(pupil)
    address = reverse("spaces:ask", kwargs={"pk": space.pk})
    Space.objects.filter(pk=space.pk).update(closes=NOW.date() - timedelta(days=1))
    answer = client.post(address, {"text": "Ma longue question"})
    assert answer.status_code == 403
    Enrolment.objects.filter(pupil=pupil).update(ends=NOW.date())
    assert client.post(address, {"text": "Ma longue question"}).status_code in {403, 404}
    assert not Question.objects.filter(space=space).exists()


def test_an_answer_tells_who_asked_and_who_has_the_same(college: World, seat_of: Any) -> None:
    question, mate = own_question(college), a_classmate(college)
    SameQuestion.objects.create(question=question, person=mate, at=NOW)
    assert asking.answer(seat_of("teacher"), question, "Par sept.")
    assert not asking.answer(seat_of("teacher"), question, "Par sept.")
    notices = Item.objects.filter(kind=asking.ANSWERED, key=f"question-{question.pk}")
    assert set(notices.values_list("person_id", flat=True)) == {question.by_id, mate.pk}
    question.refresh_from_db()
    assert asking.take_back_answer(seat_of("teacher"), question)
    question.refresh_from_db()
    assert question.answer == "" and question.answered_at is None


def test_the_same_question_is_said_once_and_taken_back(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    question = a_question(own_teaching(college), a_classmate(college))
    pupil = seat_of("pupil")
    assert rules.says_same(pupil, question) and not rules.says_same(seat_of("teacher"), question)
    assert asking.say_same(pupil, question, same=True) and question.same.count() == 1
    # A second click says the same again, and takes nothing back.
    assert not asking.say_same(pupil, question, same=True) and question.same.count() == 1
    client.sit(pupil.person)
    address = reverse("spaces:say_same", kwargs={"pk": question.pk})
    for _ in range(2):
        client.post(address, {"geste": "retirer"})
        assert question.same.count() == 0
    for _ in range(2):
        client.post(address, {"geste": "dire"})
        assert question.same.count() == 1
    assert not rules.says_same(pupil, own_question(college))


def test_who_has_the_same_question_is_a_number_and_nobody(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    mate = a_classmate(college)
    question = a_question(own_teaching(college), college.people["pupil"])
    SameQuestion.objects.create(question=question, person=mate, at=NOW)
    assert not SameQuestion.objects.visible_to(seat_of("teacher")).exists()
    client.sit(college.people["pupil"])
    page = client.get(reverse("spaces:question", kwargs={"pk": question.pk})).content.decode()
    assert "1 personne a la même question" in page and mate.family_name not in page


def test_where_a_teacher_reads_first_the_class_waits(college: World, seat_of: Any) -> None:
    space = own_teaching(college)
    Space.objects.filter(pk=space.pk).update(moderates=True)
    question = asking.ask(seat_of("pupil"), space, "Un mot\u202f?")
    mate = seat_of("pupil")._changed(
        person=a_classmate(college),
        seat=seat_of("pupil").seat.__class__(
            seat_of("pupil").seat.profile, college.school, pupils=(a_classmate(college).pk,)
        ),
    )
    now = fresh(seat_of, "teacher")
    assert question in Question.objects.visible_to(now)
    assert question not in Question.objects.visible_to(mate)
    assert asking.let_out(now, question) and not asking.let_out(now, question)
    assert question in Question.objects.visible_to(mate)


def test_what_is_taken_away_says_why_to_its_author_alone_and_comes_back(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    question = own_question(college)
    address = reverse("spaces:questions", kwargs={"pk": question.space_id})
    assert asking.remove(seat_of("teacher"), question, "Le nom d’un camarade")
    client.sit(question.by)
    page = client.get(address).content.decode()
    assert "Le nom d’un camarade" in page and question.text in page
    assert Item.objects.filter(kind=asking.REMOVED, person=question.by).count() == 1
    client.sit(with_account(a_classmate(college)))
    assert question.text not in client.get(address).content.decode()
    question.refresh_from_db()
    assert not rules.restores(seat_of("pupil"), question)
    assert asking.restore(seat_of("teacher"), question)
    assert question.text in client.get(address).content.decode()


def test_a_reason_is_asked_of_whoever_takes_away_what_is_anothers(
    college: World, client: SchoolClient
) -> None:
    question = own_question(college)
    address = reverse("spaces:remove_question", kwargs={"pk": question.pk})
    client.sit(college.people["teacher"])
    answer = client.post(address, {"why": ""})
    assert answer.status_code == 422 and "Dites pourquoi" in answer.content.decode()
    client.sit(question.by)
    assert client.post(address, {"why": ""}).status_code == 302
    question.refresh_from_db()
    assert question.removed_at is not None


def test_whoever_reports_is_spoken_to_as_a_pupil_or_as_an_adult(college: World, client: SchoolClient) -> None:
    question = a_question(own_teaching(college), a_classmate(college))
    address = reverse("spaces:report_question", kwargs={"pk": question.pk})
    pages = {}
    for key in ("pupil", "teacher"):
        client.sit(college.people[key])
        pages[key] = client.get(address).content.decode()
    assert "Signaler aux adultes" in pages["pupil"] and "les autres élèves, non" in pages["pupil"]
    assert "Signaler ce contenu" in pages["teacher"] and "Signaler aux adultes" not in pages["teacher"]
    assert "les autres élèves" not in pages["teacher"]


def test_a_report_reaches_the_adults_and_not_the_class(college: World, seat_of: Any) -> None:
    question = a_question(own_teaching(college), a_classmate(college))
    pupil = seat_of("pupil")
    assert asking.report(pupil, question, "C’est moqueur.") and not asking.report(pupil, question, "Encore")
    report = Report.objects.get(question=question)
    assert report in Report.objects.visible_to(seat_of("teacher"))
    assert report in Report.objects.visible_to(seat_of("cpe"))
    assert not rules.settles(pupil, report)
    assert Item.objects.filter(kind=asking.REPORTED, person=college.people["teacher"]).count() == 1
    asking.remove(seat_of("cpe"), question, "Moquerie")
    report.refresh_from_db()
    assert report.settled_at is not None


def test_an_announcement_reaches_all_but_its_author_once(college: World, seat_of: Any) -> None:
    space = own_group_space(college)
    made = announcing.announce(seat_of("teacher"), space, "Demain, sortie.", "b" * 32)
    assert announcing.announce(seat_of("teacher"), space, "Demain, sortie.", "b" * 32) == made
    for _ in range(2):
        announcing.tell(made.pk)
    notices = Item.objects.filter(kind=announcing.ANNOUNCED, key=f"announcement-{made.pk}")
    people = set(notices.values_list("person_id", flat=True))
    assert notices.count() == len(people)
    assert college.people["pupil"].pk in people and college.people["teacher"].pk not in people
    assert college.people["guardian"].pk not in people
    Announcement.objects.filter(pk=made.pk).update(removed_at=NOW)
    assert announcing.tell(made.pk) == 0


def test_hours_are_settled_on_a_page_which_says_what_is_wrong(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    client.sit(college.people["teacher"])
    address = reverse("spaces:settings", kwargs={"pk": space.pk})
    good = {"pupils_may": "write", "asks": "on", "days": ["1", "2"], "starts": "17:00", "ends": "19:00"}
    wrong = client.post(address, good | {"ends": "16:00"})
    assert wrong.status_code == 422 and "La fin doit venir après le début." in wrong.content.decode()
    assert client.post(address, good).status_code == 302
    assert list(space.hours.values_list("weekday", "starts", "ends")) == [(1, 1020, 1140), (2, 1020, 1140)]
    assert client.post(address, good | {"days": []}).status_code == 422


def reported(college: World, seat_of: Any) -> Report:
    """A card of the cast's pupil, that a classmate reports, and of which the teacher is told."""
    card = own_card(college)
    mate = a_classmate(college)
    assert asking.report(seat_of("pupil")._changed(person=mate), card, "C’est moqueur.")
    found: Report = Report.objects.get(card=card)
    return found


def waits_for_adults(report: Report) -> bool:
    items = Item.objects.filter(kind=asking.REPORTED, key=f"report-{report.pk}")
    return items.filter(read_at=None).exists()


def test_an_author_who_takes_a_reported_card_away_does_not_settle_the_report(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    report = reported(college, seat_of)
    card, pupil = Card.objects.get(pk=report.card_id), seat_of("pupil")
    assert asking.remove(pupil, card)
    report.refresh_from_db()
    card.refresh_from_db()
    assert report.settled_at is None and waits_for_adults(report)
    assert not rules.restores(pupil, card) and not asking.restore(pupil, card)
    client.sit(college.people["pupil"])
    wall = client.get(reverse("spaces:wall", kwargs={"pk": card.space_id})).content.decode()
    assert reverse("spaces:restore_card", kwargs={"pk": card.pk}) not in wall
    client.sit(college.people["teacher"])
    page = client.get(reverse("spaces:reports", kwargs={"pk": card.space_id})).content.decode()
    assert card.text in page and "avant votre décision" in page
    # The adult decides: it is away for good; or it is nothing, and its author may put it back.
    assert asking.remove(seat_of("teacher"), card, "Moquerie")
    report.refresh_from_db()
    card.refresh_from_db()
    assert report.settled_by == college.people["teacher"] and not waits_for_adults(report)
    assert card.why == "Moquerie" and not rules.restores(pupil, card)


def test_once_a_report_is_dismissed_its_author_may_put_the_card_back(college: World, seat_of: Any) -> None:
    report = reported(college, seat_of)
    card, pupil = Card.objects.get(pk=report.card_id), seat_of("pupil")
    asking.remove(pupil, card)
    assert asking.dismiss(seat_of("teacher"), report)
    card.refresh_from_db()
    assert asking.restore(pupil, card)


def test_what_is_reported_where_nobody_teaches_reaches_school_life(college: World, seat_of: Any) -> None:
    question = a_question(own_teaching(college), a_classmate(college))
    Assignment.objects.filter(group=question.space.group).delete()
    assert asking.report(seat_of("pupil"), question, "C’est moqueur.")
    notices = Item.objects.filter(kind=asking.REPORTED, key__startswith="report-")
    people = set(notices.values_list("person_id", flat=True))
    assert {college.people["head"].pk, college.people["cpe"].pk} <= people
    assert college.people["teacher"].pk not in people


def test_a_second_answer_does_not_replace_one_that_its_author_has_not_read(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    question = own_question(college)
    address = reverse("spaces:question", kwargs={"pk": question.pk})
    client.sit(college.people["teacher"])
    assert asking.answer(seat_of("cpe"), question, "Par sept.")
    late = client.post(address, {"text": "Par huit.", "seen": ""})
    content = late.content.decode()
    assert late.status_code == 422 and "Par sept." in content and "Par huit." in content
    question.refresh_from_db()
    assert question.answer == "Par sept."
    # Having read it, they may say otherwise.
    seen = asking.answer_seen(question)
    assert f'value="{seen}"' in content
    assert client.post(address, {"text": "Par huit.", "seen": seen}).status_code == 302
    question.refresh_from_db()
    assert question.answer == "Par huit."


def test_an_answer_is_not_told_to_who_has_left(college: World, seat_of: Any) -> None:
    question, mate = own_question(college), a_classmate(college)
    SameQuestion.objects.create(question=question, person=mate, at=NOW)
    Enrolment.objects.filter(pupil=mate).update(ends=NOW.date())
    assert asking.answer(seat_of("teacher"), question, "Par sept.")
    notices = Item.objects.filter(kind=asking.ANSWERED, key=f"question-{question.pk}")
    assert set(notices.values_list("person_id", flat=True)) == {question.by_id}


def test_what_is_announced_before_the_space_opens_is_told_when_it_does(
    college: World, seat_of: Any, clock: Any
) -> None:
    space, colleague = own_project(college), college.people["teacher_1"]
    Assignment.objects.filter(teacher=colleague).delete()
    Space.objects.filter(pk=space.pk).update(opens=NOW.date() + timedelta(days=1))
    space.refresh_from_db()
    made = announcing.announce(seat_of("teacher"), space, "Bienvenue.")
    making.add_party(seat_of("teacher"), space, "write", person=colleague)
    notices = Item.objects.filter(
        kind__in=[announcing.ANNOUNCED, making.INVITED], url=reverse("spaces:space", kwargs={"pk": space.pk})
    )
    tasks.gather.func()
    announcing.tell(made.pk)
    assert not notices.exists()
    clock.move_to(NOW + timedelta(days=1))
    for _ in range(2):
        tasks.gather.func()
        assert notices.filter(kind=making.INVITED, person=colleague).count() == 1
        assert notices.filter(kind=announcing.ANNOUNCED, person=college.people["pupil"]).count() == 1


def test_a_space_that_opens_earlier_than_said_tells_at_once(
    college: World, seat_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    space = own_project(college)
    Space.objects.filter(pk=space.pk).update(opens=NOW.date() + timedelta(days=9))
    space.refresh_from_db()
    announcing.announce(seat_of("teacher"), space, "Bienvenue.")
    opened = []

    def note(space_id: int, **_: Any) -> None:
        opened.append(space_id)

    making.opened.connect(note, weak=False, dispatch_uid="test")
    try:
        making.settle(seat_of("teacher"), space, {"opens": None}, [])
    finally:
        making.opened.disconnect(dispatch_uid="test")
    assert opened == [space.pk]
    assert announcing.tell_opening(space.pk) > 0
    assert Item.objects.filter(kind=announcing.ANNOUNCED, person=college.people["pupil"]).exists()


def test_questions_that_wait_follow_the_hours(college: World, seat_of: Any, clock: Any) -> None:
    space = own_teaching(college)
    Closure.objects.filter(school=college.school).delete()
    open_from(space, 17 * 60, 19 * 60)
    question = asking.ask(seat_of("pupil"), space, "Par combien\u202f?")
    assert question.shown_at == at(24, 17)
    facts: dict[str, Any] = {}
    making.settle(seat_of("teacher"), space, facts, [(2, 15 * 60, 16 * 60)])
    question.refresh_from_db()
    assert question.shown_at == at(24, 15)
    making.settle(seat_of("teacher"), space, facts, [])
    question.refresh_from_db()
    assert question.shown_at == NOW


def test_each_day_keeps_its_hours_when_something_else_is_settled(
    college: World, client: SchoolClient
) -> None:
    space = own_teaching(college)
    open_from(space, 17 * 60, 19 * 60, 1)
    OpeningHours.objects.create(space=space, weekday=2, starts=8 * 60, ends=9 * 60)
    client.sit(college.people["teacher"])
    address = reverse("spaces:settings", kwargs={"pk": space.pk})
    form = {"pupils_may": "read", "asks": "on", "days": ["1", "2"], "starts": "17:00", "ends": "19:00"}
    assert client.post(address, form).status_code == 302
    assert list(space.hours.values_list("weekday", "starts", "ends")) == [(1, 1020, 1140), (2, 480, 540)]
    assert client.post(address, form | {"ends": "18:00"}).status_code == 302
    assert list(space.hours.values_list("weekday", "starts", "ends")) == [(1, 1020, 1080), (2, 1020, 1080)]
