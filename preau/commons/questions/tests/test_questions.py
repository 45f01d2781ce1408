"""Questions, their conditions, drafts, what replaces what, versions, results; and who reads them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from preau.commons.questions import actions
from preau.commons.questions.actions import HasResponses, TooLate
from preau.commons.questions.boards import Owner, owners
from preau.commons.questions.models import Question, Questionnaire, Response
from preau.commons.questions.queries.answers import answered, csv_of, own_response, questions_of, results_of
from preau.commons.questions.queries.typed import QuestionFacts, QuestionForm, ResponseForm
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db
Kind = Question.Kind


@pytest.fixture
def outing(college: World) -> Questionnaire:
    """« Vient-il ? », if yes by which way and how many places; and a free text."""
    made = actions.make("trial", college.school, college.people["teacher"], "Sortie")
    comes = actions.add(made, QuestionFacts(Kind.YES_NO, "Vient-il ?"))
    actions.add(
        made,
        QuestionFacts(
            Kind.ONE, "Comment ?", choices=("À pied", "En car"), only_if=comes.pk, only_if_answer="yes"
        ),
    )
    actions.add(
        made, QuestionFacts(Kind.NUMBER, "Combien de places ?", lowest=0, highest=4, is_required=False)
    )
    actions.add(made, QuestionFacts(Kind.LONG, "Autre chose ?", is_required=False))
    return made


@pytest.fixture
def owner(college: World) -> Iterator[None]:
    """A house whose questions the staff of the school reads, and whose answers the head does."""
    mine = owners.add(
        Owner(
            "trial",
            lambda viewer: Questionnaire.objects.in_school(viewer).values("pk"),
            lambda viewer: (
                Questionnaire.objects.in_school(viewer).values("pk")
                if viewer.holds("head")
                else Questionnaire.objects.none().values("pk")
            ),
        )
    )
    yield
    owners._entries.remove(mine)


def typed(questionnaire: Questionnaire, *values: str) -> QueryDict:
    """What a browser sends, question by question."""
    found = QueryDict(mutable=True)
    for question, value in zip(questions_of(questionnaire), values, strict=False):
        if value:
            found[question.name] = value
    return found


def filled(questionnaire: Questionnaire, *values: str) -> dict[str, Any]:
    form = ResponseForm(questions_of(questionnaire), typed(questionnaire, *values))
    assert form.is_valid(), form.errors
    return form.answers


def test_a_required_question_says_so_before_it_is_sent_opened_by_another_or_not(
    outing: Questionnaire,
) -> None:
    questions = questions_of(outing)
    form = ResponseForm(questions)
    shown = [" required" in str(form[question.name]) for question in questions]
    assert shown == [True, True, False, False]
    assert str(form.fields[questions[1].name].help_text).endswith("il faut alors répondre.")


def test_a_scale_says_what_its_ends_mean(outing: Questionnaire) -> None:
    posted = {"kind": "scale", "label": "Content ?", "lowest": "0", "highest": "3"}
    named = QuestionForm([], posted | {"choices": "pas du tout\ntout à fait"})
    assert named.is_valid(), named.errors
    for facts in (named.facts(), QuestionFacts(Kind.SCALE, "Fatigué ?", lowest=1, highest=5)):
        actions.add(outing, facts)
    form = ResponseForm(questions_of(outing))
    ends, plain = form["q5"], form["q6"]
    assert [str(option.choice_label) for option in ends.subwidgets] == [
        "0\u202f: pas du tout",
        "1",
        "2",
        "3\u202f: tout à fait",
    ]
    assert (ends.help_text, plain.help_text) == ("", "1 est le moins, 5 le plus.")
    conditions: Any = QuestionForm(questions_of(outing)).fields["only_if"]
    assert "tout à fait" not in str(conditions.choices)
    assert filled(outing, "no", "", "", "", "0", "5") == {"q1": False, "q5": 0, "q6": 5}
    wrong = QuestionForm([], posted | {"choices": "pas du tout"})
    assert not wrong.is_valid() and list(wrong.errors) == ["choices"]


def test_a_question_whose_condition_is_not_met_asks_nothing_and_keeps_nothing(outing: Questionnaire) -> None:
    first, way, *_more = questions_of(outing)
    assert filled(outing, "no", "En car") == {first.name: False}
    form = ResponseForm(questions_of(outing), typed(outing, "yes"))
    assert not form.is_valid() and list(form.errors) == [way.name]
    assert ResponseForm(questions_of(outing), typed(outing, "yes"), is_draft=True).is_valid()


def test_a_number_outside_of_its_ends_and_a_choice_that_is_not_there_are_mistakes(
    outing: Questionnaire,
) -> None:
    form = ResponseForm(questions_of(outing), typed(outing, "yes", "En avion", "9"))
    assert not form.is_valid()
    assert set(form.errors) == {question.name for question in questions_of(outing)[1:3]}


def test_the_last_answer_counts_and_the_former_ones_are_kept(college: World, outing: Questionnaire) -> None:
    pupil, guardian = college.people["pupil"], college.people["guardian"]
    first, made = actions.send(outing, pupil, guardian, filled(outing, "yes", "À pied", "2"))
    again, made_again = actions.send(outing, pupil, guardian, filled(outing, "yes", "À pied", "2"))
    assert (made, made_again, first.pk) == (True, False, again.pk)
    last, _made = actions.send(outing, pupil, guardian, filled(outing, "no"))
    assert own_response(outing, pupil, guardian) == last
    first.refresh_from_db()
    assert first.state == Response.State.REPLACED and first.answers != last.answers
    assert last.receipt != first.receipt


def test_nothing_is_sent_after_the_deadline(college: World, outing: Questionnaire) -> None:
    pupil, guardian = college.people["pupil"], college.people["guardian"]
    with pytest.raises(TooLate):
        actions.send(
            outing,
            pupil,
            guardian,
            filled(outing, "no"),
            closes_at=timezone.now() - timedelta(minutes=1),
        )
    assert not outing.responses.exists()


def test_a_draft_is_its_authors_and_goes_with_what_is_sent(
    college: World, outing: Questionnaire, owner: None, seat_of: Any
) -> None:
    pupil, guardian = college.people["pupil"], college.people["guardian"]
    actions.keep_draft(outing, pupil, guardian, {})
    actions.keep_draft(outing, pupil, guardian, filled(outing, "no"))
    draft = outing.responses.get()
    assert draft.state == Response.State.DRAFT
    assert draft in Response.objects.visible_to(seat_of("guardian"))
    assert draft not in Response.objects.visible_to(seat_of("head"))
    sent, _made = actions.send(outing, pupil, guardian, draft.answers)
    assert list(outing.responses.all()) == [sent]
    assert sent in Response.objects.visible_to(seat_of("head"))
    assert sent not in Response.objects.visible_to(seat_of("teacher"))
    assert sent not in Response.objects.visible_to(seat_of("other_guardian"))


def test_the_school_beside_reads_no_question_and_no_answer(
    college: World, twin: World, outing: Questionnaire, owner: None, seat_of: Any
) -> None:
    actions.send(outing, college.people["pupil"], college.people["guardian"], filled(outing, "no"))
    head, neighbour = seat_of("head"), seat_of("head", world=twin)
    assert Questionnaire.objects.visible_to(head).filter(pk=outing.pk).exists()
    assert not Questionnaire.objects.visible_to(neighbour).in_school(head).exists()
    assert not Question.objects.visible_to(neighbour).in_school(head).exists()
    assert not Response.objects.visible_to(neighbour).in_school(head).exists()


def test_questions_that_ten_people_answered_change_only_in_a_new_version(
    college: World, outing: Questionnaire
) -> None:
    for person in list(college.people.values())[:10]:
        actions.send(outing, person, person, filled(outing, "no"))
    with pytest.raises(HasResponses):
        actions.add(outing, QuestionFacts(Kind.SHORT, "Et encore ?"))
    with pytest.raises(HasResponses):
        actions.remove(outing, questions_of(outing)[0].pk)
    version = actions.new_version(outing, college.people["teacher"])
    assert actions.new_version(outing, college.people["teacher"]).pk == version.pk
    assert (version.number, version.former) == (2, outing)
    first, second, *_more = questions_of(version)
    assert second.only_if == first and first.questionnaire == version
    actions.add(version, QuestionFacts(Kind.SHORT, "Et encore ?"))
    assert len(questions_of(outing)) == 4 and len(questions_of(version)) == 5


def test_a_question_taken_away_takes_those_that_it_opens(outing: Questionnaire) -> None:
    first, *_others = questions_of(outing)
    assert actions.remove(outing, first.pk) is True
    assert [question.label for question in questions_of(outing)] == ["Combien de places ?", "Autre chose ?"]
    assert actions.remove(outing, first.pk) is False


def test_results_count_the_last_answer_of_each(college: World, outing: Questionnaire) -> None:
    pupil, people = college.people["pupil"], college.people
    actions.send(outing, pupil, people["guardian"], filled(outing, "yes", "À pied", "2"))
    actions.send(outing, pupil, people["guardian"], filled(outing, "yes", "En car", "3", "Merci"))
    actions.send(outing, pupil, people["other_guardian"], filled(outing, "no"))
    comes, way, places, words = results_of(outing)
    assert comes.points == (("Oui", 1), ("Non", 1))
    assert way.points == (("À pied", 0), ("En car", 1))
    assert (places.points, places.said) == ((("3", 1),), "en tout 3")
    assert words.texts == ("Merci",)


def test_the_file_holds_one_line_a_person_and_no_formula(college: World, outing: Questionnaire) -> None:
    answers = filled(outing, "yes", "En car", "3", "=1+1")
    actions.send(outing, college.people["pupil"], college.people["guardian"], answers)
    lines = "".join(csv_of(outing)).splitlines()
    assert len(lines) == 2 and "Comment ?" in lines[0]
    assert ";=1+1" not in lines[1] and "=1+1" in lines[1]


def test_an_answer_is_read_again_in_words(outing: Questionnaire) -> None:
    questions = questions_of(outing)
    assert answered(questions, filled(outing, "no")) == [
        ("Vient-il ?", "Non"),
        ("Combien de places ?", "—"),
        ("Autre chose ?", "—"),
    ]


@pytest.mark.parametrize(
    ("typed_in", "mistake"),
    [
        ({"kind": "one", "label": "Lequel ?", "choices": "Un seul"}, "choices"),
        ({"kind": "scale", "label": "De 1 à 40 ?", "lowest": "1", "highest": "40"}, "highest"),
        ({"kind": "number", "label": "Combien ?", "lowest": "4", "highest": "2"}, "highest"),
        ({"kind": "short", "label": ""}, "label"),
        ({"kind": "short", "label": "Si ?", "only_if": "999:yes"}, "only_if"),
    ],
)
def test_a_question_badly_written_is_refused(
    typed_in: dict[str, str], mistake: str, outing: Questionnaire
) -> None:
    form = QuestionForm(questions_of(outing), typed_in)
    assert not form.is_valid() and list(form.errors) == [mistake]


def test_a_question_may_depend_on_a_choice(outing: Questionnaire) -> None:
    way = questions_of(outing)[1]
    form = QuestionForm(
        questions_of(outing), {"kind": "short", "label": "À quel arrêt ?", "only_if": f"{way.pk}:En car"}
    )
    assert form.is_valid(), form.errors
    stop = actions.add(outing, form.facts())
    assert (stop.only_if, stop.only_if_answer) == (way, "En car")
    assert stop.name not in filled(outing, "no", "", "", "", "Place du marché")
