"""Surveys: whom they ask, one answer a family or a guardian, the following, reminders, results; and the bad days."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.asking import actions as asking
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.questions import actions as questions
from preau.commons.questions.models import Response
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Authority, Kinship, Role
from preau.domains.surveys import rules, tasks
from preau.domains.surveys.actions import answering, telling, writing
from preau.domains.surveys.models import Survey, Urn, Voter
from preau.domains.surveys.queries import surveys as queries
from preau.domains.surveys.tests.props import TODAY, a_draft, a_survey, line_of
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db
YES: dict[str, Any] = {"q1": True, "q2": "Lundi"}
NO: dict[str, Any] = {"q1": False}


def awaited(viewer: Any) -> list[str]:
    return [one.title for one in awaited_of(viewer)]


def notified(survey: Survey) -> set[int]:
    tasks.tell.call(survey.pk, list(survey.voters.order_by("pk").values_list("pk", flat=True)), 0)
    return set(Item.objects.filter(kind="surveys.told").values_list("person_id", flat=True))


# Whom


def test_a_survey_asks_once_whoever_holds_authority_over_a_pupil_of_the_class(
    college: World, twin: World, seat_of: Any
) -> None:
    survey, teacher = a_draft(college), seat_of("teacher")
    number = writing.send(teacher, survey)
    assert number == survey.voters.order_by().values("person").distinct().count() > 0
    people = set(survey.voters.values_list("person_id", flat=True))
    assert {college.people["guardian"].pk, college.people["other_guardian"].pk} <= people
    assert college.people["pupil"].pk not in people
    assert not people & {person.pk for person in twin.people.values()}
    with pytest.raises(asking.NotADraft):
        writing.send(teacher, survey)
    assert Line.objects.filter(verb="surveys.sent").count() == 1


def test_a_teacher_asks_their_classes_and_head_and_cpe_anybody(college: World, seat_of: Any) -> None:
    holder = {role for role in Role if rules.asks(_holding(seat_of("head"), role))}
    assert holder == {Role.HEAD, Role.SCHOOL_LIFE, Role.TEACHER}
    assert {role for role in Role if rules.asks_all(_holding(seat_of("head"), role))} == {
        Role.HEAD,
        Role.SCHOOL_LIFE,
    }
    survey = a_draft(college)
    Assignment.objects.filter(teacher=college.people["teacher"], group=own_class(college)).delete()
    with pytest.raises(asking.NotYours):
        writing.send(seat_of("teacher"), survey)
    staff = a_draft(college, "Aux collègues", audience="staff")
    with pytest.raises(asking.NotYours):
        writing.send(seat_of("teacher"), staff)


def _holding(viewer: Any, role: Role) -> Any:
    return replace(viewer, seat=replace(viewer.seat, roles=frozenset({role})))


def test_what_asks_nothing_and_what_is_late_do_not_leave(college: World, seat_of: Any) -> None:
    survey = a_draft(college)
    assert survey.questionnaire is not None
    survey.questionnaire.questions.all().delete()
    with pytest.raises(writing.NoQuestion):
        writing.send(seat_of("teacher"), survey)
    late = a_draft(college, "Trop tard")
    with time_machine.travel(NOW + timedelta(days=8), tick=False), pytest.raises(asking.Late):
        writing.send(seat_of("teacher"), late)


def test_pupils_and_staff_are_asked_too(college: World, seat_of: Any) -> None:
    pupils = a_survey(college, "Le foyer", "cpe", audience="pupils")
    assert set(pupils.voters.values_list("part", flat=True)) == {"own"}
    assert awaited(seat_of("pupil")).count("Le foyer") == 1 and "Le foyer" not in awaited(seat_of("guardian"))
    staff = a_survey(college, "La salle", "head", audience="staff")
    assert line_of(staff, college.people["teacher"]).pupil_id is None
    assert "La salle" in awaited(seat_of("teacher"))
    staff.groups.clear()
    school = a_draft(college, "Tous", "head", everyone=True)
    assert writing.send(seat_of("head"), school) > pupils.voters.count()


# One answer a family, or one a guardian


def test_one_answer_a_family_and_the_other_guardian_is_told_so(college: World, seat_of: Any) -> None:
    survey = a_survey(college)
    mother, father = (line_of(survey, college.people[key]) for key in ("guardian", "other_guardian"))
    assert survey.title in awaited(seat_of("other_guardian"))
    assert answering.answer(seat_of("guardian"), mother, YES)
    assert survey.title not in awaited(seat_of("other_guardian"))
    with pytest.raises(answering.AnsweredAlready):
        answering.answer(seat_of("other_guardian"), father, NO)
    assert answering.answer(seat_of("guardian"), mother, NO)
    assert not answering.answer(seat_of("guardian"), mother, NO)
    found = queries.following(survey, TODAY)
    assert found.answered == 1
    assert [result.number for result in queries.results(survey)] == [1, 0]


def test_the_page_of_the_other_guardian_says_that_it_is_done_and_not_what(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college)
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    client.sit(college.people["other_guardian"])
    page = client.get(reverse("surveys:answer", args=[line_of(survey, college.people["other_guardian"]).pk]))
    content = page.content.decode()
    assert "Une réponse a été donnée" in content and "Lundi" not in content
    assert college.people["guardian"].full_name not in content


def test_each_guardian_answers_once_whatever_their_children(college: World, seat_of: Any) -> None:
    guardian, other = college.people["guardian"], college.people["other_guardian"]
    sibling = (
        Enrolment.objects.filter(group=own_class(college))
        .exclude(pupil=college.people["pupil"])
        .order_by("pk")[0]
    )
    Guardianship.objects.filter(pupil=sibling.pupil, guardian=guardian).delete()
    Guardianship.objects.create(
        pupil=sibling.pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.MOTHER
    )
    survey = a_survey(college, each_guardian=True)
    assert survey.voters.filter(person=guardian).count() == 2
    assert awaited(seat_of("guardian")).count(survey.title) == 1
    first, second = survey.voters.filter(person=guardian).order_by("pk")
    assert answering.answer(seat_of("guardian"), first, YES)
    assert survey.title not in awaited(seat_of("guardian"))
    assert answering.answer(seat_of("guardian"), second, NO)
    assert survey.questionnaire is not None
    assert survey.questionnaire.responses.sent().filter(respondent=guardian).count() == 1
    assert answering.answer(seat_of("other_guardian"), line_of(survey, other), YES)
    assert queries.following(survey, TODAY).answered == 2


def test_a_draft_of_an_answer_is_kept_and_goes_when_it_is_sent(college: World, client: SchoolClient) -> None:
    survey = a_survey(college)
    line = line_of(survey, college.people["guardian"])
    address = reverse("surveys:answer", args=[line.pk])
    client.sit(college.people["guardian"])
    client.post(address, {"q1": "yes", "plus-tard": "oui"})
    assert Response.objects.get(questionnaire=survey.questionnaire).state == "draft"
    assert client.post(address, {}).status_code == 422
    client.post(address, {"q1": "yes", "q2": "Lundi"})
    assert Response.objects.get(questionnaire=survey.questionnaire).state == "sent"
    client.post(address, {"q1": "yes", "q2": "Lundi"})
    assert Response.objects.filter(questionnaire=survey.questionnaire).count() == 1


# Hours


def test_a_survey_is_told_and_answered_from_its_first_hour(college: World, seat_of: Any) -> None:
    survey = a_draft(college, opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=2))
    writing.send(seat_of("teacher"), survey)
    tasks.tell.call(survey.pk, [], 0)
    line = line_of(survey, college.people["guardian"])
    assert not Item.objects.filter(kind="surveys.told").exists()
    assert survey.title not in awaited(seat_of("guardian"))
    with pytest.raises(answering.TooLate):
        answering.answer(seat_of("guardian"), line, YES)
    later = NOW + timedelta(days=1, minutes=5)
    with time_machine.travel(later, tick=False):
        tasks.tell_of_opened.call()
        tasks.tell_of_opened.call()
        assert Item.objects.filter(kind="surveys.told", person=college.people["guardian"]).count() == 1
        assert answering.answer(seat_of("guardian", at=later), line, YES)


def test_after_the_last_hour_nothing_is_taken(college: World, client: SchoolClient, seat_of: Any) -> None:
    survey = a_survey(college)
    line = line_of(survey, college.people["guardian"])
    with time_machine.travel(survey.closes_at, tick=False):
        with pytest.raises(answering.TooLate):
            answering.answer(seat_of("guardian", at=survey.closes_at), line, YES)
        assert survey.title not in awaited(seat_of("guardian", at=survey.closes_at))
        client.sit(college.people["guardian"])
        page = client.post(reverse("surveys:answer", args=[line.pk]), {"q1": "yes"}, follow=True)
        assert "Rien n’a été envoyé" in page.content.decode()
    assert not Response.objects.filter(questionnaire=survey.questionnaire).exists()


# Between sending and answering


def test_a_guardian_who_lost_authority_answers_no_more(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college)
    line, mother = line_of(survey, college.people["guardian"]), seat_of("guardian")
    Guardianship.objects.filter(pupil=college.people["pupil"], guardian=college.people["guardian"]).update(
        authority=Authority.IN_CHARGE
    )
    with pytest.raises(answering.NotAwaited):
        answering.answer(mother, line, YES)
    assert survey.title not in awaited(mother)
    client.sit(college.people["guardian"])
    assert client.get(reverse("surveys:answer", args=[line.pk])).status_code == 404
    assert college.people["guardian"].pk not in notified(survey)


def test_two_devices_of_one_guardian_keep_the_last_answer_and_one_ballot(
    college: World, seat_of: Any
) -> None:
    mother = seat_of("guardian")
    signed, secret = a_survey(college), a_survey(college, "En secret", is_anonymous=True)
    line = line_of(signed, college.people["guardian"])
    outcomes = [answering.answer(mother, line, answers) for answers in (YES, YES, {"q1": False})]
    assert outcomes == [True, False, True]
    assert signed.questionnaire is not None
    rows = signed.questionnaire.responses.filter(respondent=mother.person)
    assert rows.count() == 2 and [row.answers["q1"] for row in rows.sent()] == [False]
    ballot = line_of(secret, college.people["guardian"])
    assert [answering.answer(mother, ballot, answers) for answers in (YES, {"q1": False})] == [True, False]
    assert [one["q1"] for one in Urn.objects.get(survey=secret).ballots] == [True]


def test_a_pupil_who_changed_class_is_asked_no_more(college: World, seat_of: Any) -> None:
    survey = a_survey(college)
    before = queries.following(survey, TODAY).on_roll
    Enrolment.objects.filter(pupil=college.people["pupil"], group=own_class(college)).update(ends=TODAY)
    with pytest.raises(answering.NotAwaited):
        answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    assert queries.following(survey, TODAY).on_roll == before - 1


def test_from_eighteen_the_pupil_answers_and_the_guardians_no_more(college: World, seat_of: Any) -> None:
    survey, pupil = a_survey(college), college.people["pupil"]
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2008, 11, 24))
    with pytest.raises(answering.NotAwaited):
        answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    assert queries.following(survey, TODAY, with_newcomers=True).newcomers >= 1
    assert writing.send_to_newcomers(seat_of("teacher"), survey) >= 1
    assert writing.send_to_newcomers(seat_of("teacher"), survey) == 0
    assert answering.answer(seat_of("pupil"), line_of(survey, pupil), YES)


def test_a_list_that_grows_is_told_once_and_an_answered_family_is_not_asked_again(
    college: World, seat_of: Any
) -> None:
    survey, teacher = a_survey(college), seat_of("teacher")
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    aunt = (
        Person.objects.exclude(pk__in=survey.voters.values("person_id"))
        .exclude(account=None)
        .order_by("-pk")[0]
    )
    Guardianship.objects.create(
        pupil=college.people["pupil"], guardian=aunt, authority=Authority.LEGAL, kinship=Kinship.OTHER
    )
    assert writing.send_to_newcomers(teacher, survey) == 1
    assert writing.send_to_newcomers(teacher, survey) == 0
    assert line_of(survey, aunt).answered


def test_who_has_arrived_in_the_class_since_is_said_as_pupils(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college)
    assert queries.following(survey, TODAY, with_newcomers=True).arrived == ""
    parent = Person.objects.create(family_name="Neuf", given_name="Léa")
    for name in ("Ana", "Bob"):
        pupil = Person.objects.create(family_name="Neuf", given_name=name, birth_date=date(2014, 5, 3))
        Holding.objects.create(
            person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts
        )
        Enrolment.objects.create(school=college.school, group=own_class(college), pupil=pupil, starts=TODAY)
        Guardianship.objects.create(
            pupil=pupil, guardian=parent, authority=Authority.LEGAL, kinship=Kinship.OTHER
        )
    client.sit(college.people["teacher"])
    page = client.get(reverse("surveys:survey", kwargs={"pk": survey.pk})).content.decode()
    assert "2 élèves sont arrivés depuis" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert writing.send_to_newcomers(seat_of("teacher"), survey) == 1
    assert queries.following(survey, TODAY, with_newcomers=True).arrived == ""


# The questions stay


def test_questions_stay_once_it_has_left_and_a_new_version_says_so(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey, teacher = a_survey(college), seat_of("teacher")
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    assert survey.questionnaire is not None
    with pytest.raises(questions.HasResponses):
        questions.add(survey.questionnaire, QuestionFacts("short", "Autre\u202f?"))
    with pytest.raises(asking.NotADraft):
        writing.add_question(teacher, survey, QuestionFacts("short", "Autre\u202f?"))
    made = writing.ask_again(teacher, survey)
    assert writing.ask_again(teacher, survey) == made and made.is_draft
    writing.add_question(teacher, made, QuestionFacts("short", "Autre\u202f?"))
    assert made.questionnaire is not None and made.questionnaire.number == 2
    assert (survey.questionnaire.questions.count(), made.questionnaire.questions.count()) == (2, 3)
    writing.send(teacher, made)
    survey.refresh_from_db()
    assert survey.state == Survey.State.CLOSED and survey.questionnaire.responses.sent().count() == 1
    client.sit(college.people["teacher"])
    assert "nouvelle version" in client.get(reverse("surveys:survey", args=[survey.pk])).content.decode()


# Reminders


def test_a_reminder_goes_once_a_day_to_those_who_have_not_answered(college: World, seat_of: Any) -> None:
    survey, teacher = a_survey(college), seat_of("teacher")
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    made = writing.remind(teacher, survey)
    with pytest.raises(asking.TooSoon):
        writing.remind(teacher, survey)
    keys = list(survey.voters.order_by("pk").values_list("pk", flat=True))
    tasks.tell.call(survey.pk, keys, made.pk)
    reminded = set(Item.objects.filter(kind="surveys.reminded").values_list("person_id", flat=True))
    assert len(reminded) == made.number
    assert not reminded & {college.people[key].pk for key in ("guardian", "other_guardian")}
    tomorrow = NOW + timedelta(days=1)
    with time_machine.travel(tomorrow, tick=False):
        assert writing.remind(seat_of("teacher", at=tomorrow), survey).pk != made.pk


def test_telling_many_costs_what_telling_one_does(college: World) -> None:
    def cost(voters: list[int], survey: Survey) -> int:
        with CaptureQueriesContext(connection) as found:
            assert telling.tell(survey.pk, voters, 0) == len(voters)
        return len(found)

    first, second = a_survey(college), a_survey(college, "Le bal")
    everybody = list(second.voters.order_by("pk").values_list("pk", flat=True))
    # A page loads what it needs once; the first telling is not counted.
    telling.tell(first.pk, [first.voters.all()[0].pk], 0)
    one = cost([first.voters.all()[1].pk], first)
    assert len(everybody) > 5 and cost(everybody, second) <= one + 2


def test_what_is_over_tells_nobody(college: World, seat_of: Any) -> None:
    survey, teacher = a_survey(college), seat_of("teacher")
    notified(survey)
    assert writing.close(teacher, survey) and not writing.close(teacher, survey)
    with pytest.raises(asking.Late):
        writing.remind(teacher, survey)
    assert not Item.objects.filter(kind="surveys.told").unread().exists()


# Results


@pytest.mark.parametrize(
    ("quorum", "asked", "answered", "valid"),
    [
        (50, 7, 3, False),
        (50, 7, 4, True),
        (67, 3, 2, True),
        (67, 30, 20, True),
        (67, 30, 19, False),
        (25, 8, 2, True),
        (0, 9, 1, True),
        (50, 2, 1, True),
        (25, 0, 0, False),
    ],
)
def test_a_vote_is_worth_something_from_its_quorum(
    quorum: int, asked: int, answered: int, valid: bool
) -> None:
    assert queries.Following(Survey(quorum=quorum), asked, answered).is_valid is valid


def test_results_are_shown_to_those_who_answered_where_the_author_chose_it(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college, shows_results=True)
    line = line_of(survey, college.people["guardian"])
    answering.answer(seat_of("guardian"), line, YES)
    client.sit(college.people["guardian"])
    address = reverse("surveys:answer", args=[line.pk])
    assert "Ce que cela a donné" not in client.get(address).content.decode()
    writing.close(seat_of("teacher"), survey)
    assert "Ce que cela a donné" in client.get(address).content.decode()
    Survey.objects.filter(pk=survey.pk).update(shows_results=False)
    assert "Ce que cela a donné" not in client.get(address).content.decode()


def test_the_file_of_a_signed_survey_names_and_that_of_an_anonymous_one_counts(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college)
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    client.sit(college.people["teacher"])
    named = b"".join(client.get(reverse("surveys:results_file", args=[survey.pk])).streaming_content).decode()
    assert college.people["guardian"].full_name in named
    secret = a_survey(college, "En secret", is_anonymous=True)
    Urn.objects.filter(survey=secret).update(ballots=[YES] * 5)
    writing.close(seat_of("teacher"), secret)
    counted = b"".join(
        client.get(reverse("surveys:results_file", args=[secret.pk])).streaming_content
    ).decode()
    assert college.people["guardian"].full_name not in counted and "Lundi" in counted


def test_only_the_author_and_the_head_follow(college: World, twin: World, client: SchoolClient) -> None:
    survey = a_survey(college)
    address = reverse("surveys:survey", args=[survey.pk])
    opened = {
        key
        for key in ("teacher", "head", "cpe", "secretary", "guardian", "pupil")
        if client.sit(college.people[key]).get(address).status_code == 200
    }
    assert opened == {"teacher", "head"}
    assert client.sit(twin.people["head"]).get(address).status_code == 404
    draft = a_draft(college, "Pas parti")
    assert (
        client.sit(college.people["head"]).get(reverse("surveys:survey", args=[draft.pk])).status_code == 404
    )


def test_a_survey_is_written_asked_and_sent_from_its_pages(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    body = {
        "title": "Le voyage",
        "audience": "families",
        "per": "famille",
        "groups": [own_class(college).pk],
        "last_day": "2026-12-04",
        "quorum": "50",
        "sent_as": "0" * 32,
    }
    wrong = client.post(reverse("surveys:write"), body | {"groups": [], "last_day": "2026-11-20"})
    assert wrong.status_code == 422
    client.post(reverse("surveys:write"), body)
    client.post(reverse("surveys:write"), body)
    survey = Survey.objects.get(title="Le voyage")
    client.post(
        reverse("surveys:add_question", args=[survey.pk]), {"kind": "yes_no", "label": "Part-il\u202f?"}
    )
    client.post(reverse("surveys:change", args=[survey.pk]), body | {"title": "Le voyage en mai"})
    page = client.post(reverse("surveys:send", args=[survey.pk]), follow=True)
    survey.refresh_from_db()
    assert survey.title == "Le voyage en mai" and survey.state == "sent" and survey.quorum == 50
    assert "Sans réponse" in page.content.decode()
    assert client.post(reverse("surveys:change", args=[survey.pk]), body).status_code == 403
    assert Voter.objects.filter(survey=survey, answered=True).count() == 0
