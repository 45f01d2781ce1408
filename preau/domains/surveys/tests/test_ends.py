"""A survey ends at its hour, and what it gave then stays: its numbers, its quorum, what was told, what each one reads of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.asking import actions as asking
from preau.commons.notifications.models import Item
from preau.commons.questions.actions import add
from preau.commons.questions.models import Response
from preau.commons.questions.queries.answers import TEXTS_SHOWN
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.models import Enrolment, Group, Guardianship
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Authority, Kinship, Role
from preau.domains.surveys import tasks
from preau.domains.surveys.actions import answering, writing
from preau.domains.surveys.forms import SurveyForm
from preau.domains.surveys.models import Survey, Urn
from preau.domains.surveys.queries import surveys as queries
from preau.domains.surveys.tests.props import TODAY, a_draft, a_survey, line_of
from preau.foundation import boards
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db
YES: dict[str, Any] = {"q1": True, "q2": "Lundi"}


def with_a_sibling(world: World) -> Any:
    """Another pupil of the class, of whom the guardian of the cast answers too; the enrolment."""
    learnt = Enrolment.objects.filter(group=own_class(world)).exclude(pupil=world.people["pupil"])
    found = learnt.order_by("pk")[0]
    guardian = world.people["guardian"]
    Guardianship.objects.filter(pupil=found.pupil, guardian=guardian).delete()
    Guardianship.objects.create(
        pupil=found.pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.MOTHER
    )
    return found


def test_what_is_past_ends_by_itself_and_its_numbers_stay(college: World, seat_of: Any) -> None:
    survey = a_survey(college, quorum=Survey.Quorum.HALF)
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    tasks.tell.call(survey.pk, list(survey.voters.values_list("pk", flat=True)), 0)
    assert tasks.end_past.call() == 0
    with time_machine.travel(survey.closes_at, tick=False):
        assert tasks.end_past.call() >= 1
        assert tasks.end_past.call() == 0
    survey.refresh_from_db()
    assert survey.state == Survey.State.CLOSED
    assert not Item.objects.filter(kind="surveys.told").unread().exists()
    before = queries.following(survey, TODAY)
    assert before.on_roll > 2 and before.answered == 1 and not before.is_valid
    # The class empties: whoever answered would be the whole roll.
    Enrolment.objects.filter(group=own_class(college)).update(ends=TODAY)
    assert queries.following(survey, TODAY + timedelta(days=300)) == before
    assert any(one.key == "surveys.ended" for one in boards.schedule)


def test_no_reminder_leaves_after_the_end(college: World, client: SchoolClient, seat_of: Any) -> None:
    survey = a_survey(college)
    late = survey.closes_at.replace(hour=21, minute=30)
    Survey.objects.filter(pk=survey.pk).update(closes_at=late + timedelta(minutes=30))
    with time_machine.travel(late, tick=False):
        with pytest.raises(asking.Late):
            writing.remind(seat_of("teacher", at=late), survey)
        page = client.sit(college.people["teacher"]).get(reverse("surveys:survey", args=[survey.pk]))
        assert "Relancer" not in page.content.decode()


def test_without_a_first_day_it_opens_as_it_leaves(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    survey = a_draft(college, opens_at=NOW + timedelta(days=10), closes_at=NOW + timedelta(days=15))
    body = {
        "audience": "families",
        "per": "famille",
        "title": "La cantine",
        "groups": [own_class(college).pk],
        "quorum": "0",
        "last_day": (TODAY + timedelta(days=5)).isoformat(),
    }
    form = SurveyForm(teacher, body, survey=survey)
    assert form.is_valid()
    writing.change(teacher, survey, form.facts())
    later = NOW + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        writing.send(seat_of("teacher", at=later), survey)
    survey.refresh_from_db()
    assert survey.opens_at == later
    wrong = SurveyForm(teacher, body | {"first_day": (TODAY + timedelta(days=6)).isoformat()})
    assert "last_day" in wrong.errors


def test_the_page_says_how_many_people_and_when_it_leaves(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    with_a_sibling(college)
    survey = a_draft(college, opens_at=NOW + timedelta(days=1))
    people = len({line.person_id for line in queries.voters_meant(survey, TODAY)})
    assert people < len(queries.voters_meant(survey, TODAY))
    client.sit(college.people["teacher"])
    page = client.post(reverse("surveys:send", args=[survey.pk]), follow=True).content.decode()
    assert f"Le sondage partira vers {people} personnes" in page and "Le sondage part vers" not in page


def test_a_new_version_that_has_left_is_not_called_a_draft(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey, teacher = a_survey(college), seat_of("teacher")
    writing.send(teacher, writing.ask_again(teacher, survey))
    client.sit(college.people["teacher"])
    page = client.post(reverse("surveys:ask_again", args=[survey.pk]), follow=True).content.decode()
    assert "Une nouvelle version est déjà partie" in page and "en brouillon" not in page


def test_all_whom_it_asks_are_said(college: World) -> None:
    survey = a_draft(college)
    classes = [
        Group.objects.create(
            school=college.school, year=own_class(college).year, kind="class", name=f"5e {one}"
        )
        for one in "UVWXYZ"
    ]
    survey.groups.set(classes)
    assert queries.whom(survey).startswith("Les familles, 5e ") and queries.whom(survey).endswith(
        "et 2 autres"
    )
    staff = a_draft(college, "Aux personnels", "head", audience="staff", roles=[Role.TEACHER.value])
    staff.groups.clear()
    assert str(Role.TEACHER.label) in queries.whom(staff)


# One answer a person


def test_an_answer_is_awaited_for_the_child_who_stays(college: World, seat_of: Any) -> None:
    sibling = with_a_sibling(college)
    survey = a_survey(college, each_guardian=True)
    first, second = survey.voters.filter(person=college.people["guardian"]).order_by("pk")
    assert [one.title for one in awaited_of(seat_of("guardian"))].count(survey.title) == 1
    gone = first.pupil_id
    assert {gone, second.pupil_id} == {sibling.pupil_id, college.people["pupil"].pk}
    Enrolment.objects.filter(pupil=gone, group=own_class(college)).update(ends=TODAY)
    assert [one.title for one in awaited_of(seat_of("guardian"))].count(survey.title) == 1


def test_a_draft_kept_about_one_child_goes_when_the_answer_is_sent_about_the_other(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    with_a_sibling(college)
    survey = a_survey(college, each_guardian=True)
    first, second = survey.voters.filter(person=college.people["guardian"]).order_by("pk")
    mother = seat_of("guardian")
    answering.keep_draft(mother, second, {"q1": False})
    assert answering.answer(mother, first, YES)
    assert [one.state for one in Response.objects.filter(questionnaire=survey.questionnaire)] == ["sent"]
    client.sit(college.people["guardian"])
    for line in (first, second):
        assert "Vous avez répondu" in client.get(reverse("surveys:answer", args=[line.pk])).content.decode()
    # A change that is begun hides nothing of what was sent.
    answering.keep_draft(mother, second, {"q1": False})
    content = client.get(reverse("surveys:answer", args=[first.pk])).content.decode()
    assert "Vous avez répondu" in content and "<form" in content


def test_what_was_answered_is_read_first_and_the_form_is_behind_a_gesture(
    college: World, client: SchoolClient
) -> None:
    survey = a_survey(college)
    address = reverse("surveys:answer", args=[line_of(survey, college.people["guardian"]).pk])
    client.sit(college.people["guardian"])
    assert '<details class="disclosure' not in client.get(address).content.decode()
    content = client.post(address, {"q1": "yes", "q2": "Lundi"}, follow=True).content.decode()
    receipt, behind = content.split('<details class="disclosure"><summary>Changer ma réponse', 1)
    assert "Reçu" in receipt and "Lundi" in receipt and 'name="q1"' not in receipt
    assert 'name="q1"' in behind
    wrong = client.post(address, {})
    assert wrong.status_code == 422 and '<details class="disclosure" open>' in wrong.content.decode()


def test_the_second_parent_with_a_draft_reads_that_it_is_done(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college)
    father = line_of(survey, college.people["other_guardian"])
    answering.keep_draft(seat_of("other_guardian"), father, {"q1": False})
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), YES)
    content = (
        client.sit(college.people["other_guardian"])
        .get(reverse("surveys:answer", args=[father.pk]))
        .content.decode()
    )
    assert "Une réponse a été donnée" in content and 'name="q1"' not in content
    father.refresh_from_db()
    with pytest.raises(answering.AnsweredAlready):
        answering.keep_draft(seat_of("other_guardian"), father, {"q1": True})


def test_the_second_parent_of_a_vote_is_not_told_that_they_voted(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college, "En secret", is_anonymous=True)
    answering.answer(seat_of("guardian"), line_of(survey, college.people["guardian"]), {"q1": True})
    father = line_of(survey, college.people["other_guardian"])
    client.sit(college.people["other_guardian"])
    response = client.post(reverse("surveys:answer", args=[father.pk]), {"q1": "yes"}, follow=True)
    assert "Un bulletin a déjà été donné pour cet élève" in response.content.decode()


# What is read


def test_free_words_of_one_ballot_are_not_on_the_same_line_of_two_questions(college: World) -> None:
    survey = a_draft(college, is_anonymous=True)
    assert survey.questionnaire is not None
    add(survey.questionnaire, QuestionFacts("short", "Un mot\u202f?", is_required=False))
    add(survey.questionnaire, QuestionFacts("short", "Un autre\u202f?", is_required=False))
    pairs = [("e", "2"), ("d", "5"), ("c", "1"), ("b", "4"), ("a", "3")]
    Urn.objects.create(survey=survey, ballots=[{"q1": True, "q3": one, "q4": two} for one, two in pairs])
    *_others, first, second = queries.results(survey)
    assert (first.texts, second.texts) == (tuple("abcde"), tuple("12345"))


def test_past_fifty_the_page_says_so_and_the_file_has_them_all(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_draft(college, is_anonymous=True)
    assert survey.questionnaire is not None
    add(survey.questionnaire, QuestionFacts("short", "Un mot\u202f?", is_required=False))
    words = [f"mot {rank:03}" for rank in range(TEXTS_SHOWN + 20)]
    Urn.objects.create(survey=survey, ballots=[{"q1": True, "q3": one} for one in words])
    Survey.objects.filter(pk=survey.pk).update(state="closed", on_roll=100, answered=len(words))
    client.sit(college.people["teacher"])
    page = client.get(reverse("surveys:results", args=[survey.pk])).content.decode()
    assert words[-1] not in page and "toutes sont dans le tableau" in page
    file = client.get(reverse("surveys:results_file", args=[survey.pk]))
    content = b"".join(file.streaming_content).decode()
    assert all(one in content for one in words)


def test_a_signed_survey_says_to_families_nothing_below_five(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    survey = a_survey(college, shows_results=True)
    mother = line_of(survey, college.people["guardian"])
    answering.answer(seat_of("guardian"), mother, YES)
    writing.close(seat_of("teacher"), survey)
    assert all(one.is_hidden and not one.points for one in queries.shared_results(survey))
    assert [one.number for one in queries.results(survey)] == [1, 1]
    content = (
        client.sit(college.people["guardian"])
        .get(reverse("surveys:answer", args=[mother.pk]))
        .content.decode()
    )
    assert "Trop peu de réponses" in content and 'class="chart"' not in content
