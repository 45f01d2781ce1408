"""Proofreading: a colleague's text is suggested another, and nothing of it changes but by whoever writes it."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Assignment, Enrolment, Group
from preau.directory.seeds.world import World
from preau.domains.report_cards.actions import councils, proofreading, writing
from preau.domains.report_cards.models import Appreciation, Suggestion
from preau.domains.report_cards.queries import proofreading as queries
from preau.domains.report_cards.rules import access, texts
from preau.domains.report_cards.rules.differences import differences
from preau.domains.report_cards.tests.scene import (
    GENERAL,
    LIFE,
    clean,
    own_class,
    passage_of,
    period_of,
    write,
)

pytestmark = pytest.mark.django_db
KEYS = ("teacher", "teacher_1", "head", "cpe", "secretary", "pupil", "guardian")
FIRST, BETTER, OTHER = "Un trimestre solide.", "Un trimestre très solide.", "Des efforts remarquables."
State = Suggestion.State


@pytest.fixture
def text(college: World, seat_of: Any) -> Appreciation:
    """What the cast's teacher wrote of the cast's pupil."""
    clean(college)
    made = write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], FIRST)
    assert made
    return made


def words(text: Appreciation) -> str:
    return Appreciation.objects.get(pk=text.pk).text


def suggested(seat_of: Any, text: Appreciation, typed: str = BETTER) -> Suggestion:
    return proofreading.suggest(seat_of("head"), text, typed, Appreciation.objects.get(pk=text.pk).version)


def led_by(college: World, key: str) -> None:
    """That person, and nobody else, leads the class of the cast's pupil."""
    rows = Assignment.objects.filter(group=own_class(college), kind=Assignment.Kind.HEAD_TEACHER)
    rows.delete()
    Assignment.objects.create(
        school=college.school,
        group=Group.objects.get(pk=Enrolment.objects.filter(pupil=college.people["pupil"])[0].group_id),
        teacher=college.people[key],
        kind=Assignment.Kind.HEAD_TEACHER,
    )


def test_who_suggests(college: World, text: Appreciation, seat_of: Any) -> None:
    # The cast's teacher leads this class, and wrote it: one's own text is written, not suggested.
    assert {key for key in KEYS if access.suggests(seat_of(key), text)} == {"head"}
    life = write(seat_of("cpe"), college, LIFE, college.people["pupil"], FIRST)
    general = write(seat_of("head"), college, GENERAL, college.people["pupil"], FIRST)
    assert life and general
    assert {key for key in KEYS if access.suggests(seat_of(key), life)} == {"head", "teacher"}
    led_by(college, "teacher_1")
    assert {key for key in KEYS if access.suggests(seat_of(key), text)} == {"head", "teacher_1"}
    assert {key for key in KEYS if access.suggests(seat_of(key), life)} == {"head", "teacher_1"}
    assert not any(access.suggests(seat_of(key), general) for key in KEYS)


def test_who_answers_and_who_sees(college: World, twin: World, text: Appreciation, seat_of: Any) -> None:
    row = suggested(seat_of, text)
    assert {key for key in KEYS if access.answers(seat_of(key), row)} == {"teacher"}
    seen = {key for key in KEYS if row in Suggestion.objects.visible_to(seat_of(key))}
    assert seen == {"teacher", "head"}
    for key in KEYS:
        assert row not in Suggestion.objects.visible_to(seat_of(key, world=twin)), key
        assert row not in Suggestion.objects.written_by(seat_of(key, world=twin)), key
    life = write(seat_of("cpe"), college, LIFE, college.people["pupil"], FIRST)
    assert life
    other = suggested(seat_of, life)
    assert {key for key in KEYS if access.answers(seat_of(key), other)} == {"cpe"}
    assert list(Suggestion.objects.written_by(seat_of("cpe"))) == [other]


def test_nothing_changes_before_the_author_accepts(college: World, text: Appreciation, seat_of: Any) -> None:
    row = suggested(seat_of, text)
    assert words(text) == FIRST
    proofreading.accept(seat_of("teacher"), row, 1)
    row.refresh_from_db()
    assert words(text) == BETTER and row.state == State.ACCEPTED
    assert row.answered_by == college.people["teacher"]
    assert Appreciation.objects.get(pk=text.pk).changed_by == college.people["teacher"]
    assert Line.objects.filter(verb="report_cards.suggestion_answered").count() == 1


def test_the_author_refuses_or_writes_their_own(college: World, text: Appreciation, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    first = suggested(seat_of, text)
    proofreading.refuse(teacher, first)
    assert words(text) == FIRST
    second = suggested(seat_of, text)
    proofreading.rewrite(teacher, second, OTHER, 1)
    assert words(text) == OTHER
    states = Suggestion.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.REFUSED, State.REWRITTEN]
    with pytest.raises(proofreading.AlreadyAnswered):
        proofreading.accept(teacher, first, 2)
    with pytest.raises(texts.TooLong):
        proofreading.rewrite(teacher, suggested(seat_of, text), "a" * 601, 2)


def test_a_text_that_moved_is_not_replaced_unseen(college: World, text: Appreciation, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    row = suggested(seat_of, text)
    write(teacher, college, passage_of(college), college.people["pupil"], OTHER, 1)
    with pytest.raises(writing.TextConflict):
        proofreading.accept(teacher, row, 1)
    assert words(text) == OTHER
    # Nor is anything suggested of a text that was not read.
    with pytest.raises(writing.TextConflict):
        proofreading.suggest(seat_of("head"), text, BETTER, 1)
    # Whoever has read the new one may still accept.
    proofreading.accept(teacher, row, 2)
    assert words(text) == BETTER


def test_one_suggestion_waits_at_a_time(college: World, text: Appreciation, seat_of: Any) -> None:
    led_by(college, "teacher_1")
    row = suggested(seat_of, text)
    with pytest.raises(proofreading.AlreadySuggested):
        proofreading.suggest(seat_of("teacher_1"), text, OTHER, 1)
    # One's own is changed, and is the same one.
    again = proofreading.suggest(seat_of("head"), text, OTHER, 1)
    assert again.pk == row.pk and Suggestion.objects.get().text == OTHER
    proofreading.withdraw(seat_of("head"), again)
    assert proofreading.suggest(seat_of("teacher_1"), text, BETTER, 1).by == college.people["teacher_1"]


def test_what_changes_nothing_is_not_suggested(college: World, text: Appreciation, seat_of: Any) -> None:
    for typed in (FIRST, f" {FIRST}\r\n", "", "   "):
        with pytest.raises(proofreading.SameText):
            suggested(seat_of, text, typed)
    with pytest.raises(texts.TooLong):
        suggested(seat_of, text, "a" * 601)
    assert not Suggestion.objects.exists()


def test_nothing_moves_once_the_council_is_over_until_it_is_opened_again(
    college: World, text: Appreciation, seat_of: Any
) -> None:
    teacher, head = seat_of("teacher"), seat_of("head")
    group, period = own_class(college), period_of(college)
    row = suggested(seat_of, text)
    councils.close(head, group, period)
    for gesture in (
        lambda: proofreading.accept(teacher, row, 1),
        lambda: proofreading.refuse(teacher, row),
        lambda: proofreading.rewrite(teacher, row, OTHER, 1),
        lambda: suggested(seat_of, text, OTHER),
    ):
        with pytest.raises(writing.CouncilClosed):
            gesture()
    assert words(text) == FIRST and not queries.to_answer(teacher, period).exists()
    councils.reopen(head, group, period)
    assert list(queries.to_answer(teacher, period)) == [row]
    proofreading.accept(teacher, row, 1)
    assert words(text) == BETTER


def test_the_author_is_told_once_a_day_and_the_news_is_settled(
    college: World, text: Appreciation, seat_of: Any
) -> None:
    teacher = college.people["teacher"]
    news = Item.objects.filter(kind=proofreading.SUGGESTED, person=teacher)
    row = suggested(seat_of, text)
    suggested(seat_of, text, OTHER)
    assert news.count() == 1 and news.get().read_at is None
    assert not Item.objects.filter(kind=proofreading.SUGGESTED).exclude(person=teacher).exists()
    proofreading.refuse(seat_of("teacher"), row)
    assert news.get().read_at is not None


def test_the_campaign_counts_them(college: World, text: Appreciation, seat_of: Any) -> None:
    head, period = seat_of("head"), period_of(college)
    assert queries.counts_of(head, period) == {}
    proofreading.accept(seat_of("teacher"), suggested(seat_of, text), 1)
    suggested(seat_of, text, OTHER)
    assert queries.counts_of(head, period) == {State.ACCEPTED: 1, State.WAITING: 1}


@pytest.mark.parametrize(
    ("former", "new", "lost", "won"),
    [
        (FIRST, BETTER, [], ["très "]),
        ("Il faut apprendre.", "Il faut mieux apprendre", ["apprendre."], ["mieux apprendre"]),
        ("Un texte", "Un texte\nplus long", [], ["plus long"]),
        ("Bien", "Bien", [], []),
        ("", "Bien", [], ["Bien"]),
    ],
)
def test_texts_differ_by_words(former: str, new: str, lost: list[str], won: list[str]) -> None:
    old, now = differences(former, new)
    assert [part.text for part in old if part.is_changed] == lost
    assert [part.text for part in now if part.is_changed] == won
    assert "".join(part.text for part in old) == former
    assert "".join(part.text for part in now) == new


# Pages


def page(name: str, pk: int) -> str:
    return reverse(f"report_cards:{name}", kwargs={"pk": pk})


def test_a_correction_goes_from_the_head_to_the_author(
    college: World, text: Appreciation, client: SchoolClient
) -> None:
    subject = passage_of(college).subject_id
    sheet = f"{page('write', own_class(college).pk)}?matiere={subject}"
    client.sit(college.people["head"])
    assert page("suggest", text.pk) in client.get(sheet).content.decode()
    sent = client.post(page("suggest", text.pk), {"texte": BETTER, "version": "1"})
    assert sent.status_code == 302
    row = Suggestion.objects.get()
    client.sit(college.people["teacher"])
    assert page("suggestion", row.pk) in client.get(sheet).content.decode()
    assert page("suggestion", row.pk) in client.get(reverse("report_cards:proofreading")).content.decode()
    held = client.get(page("suggestion", row.pk)).content.decode()
    assert "<ins>" in held and "très" in held and "ajouté" in held
    answer = client.post(page("answer", row.pk), {"sens": "accepter", "version": "1"})
    assert answer.status_code == 302 and words(text) == BETTER


def test_a_conflict_shows_the_new_text_and_keeps_what_was_typed(
    college: World, text: Appreciation, client: SchoolClient, seat_of: Any
) -> None:
    row = suggested(seat_of, text)
    write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], OTHER, 1)
    client.sit(college.people["teacher"])
    data = {"sens": "ecrire", "texte": "Mes mots à moi.", "version": "1"}
    answer = client.post(page("answer", row.pk), data)
    held = answer.content.decode()
    assert answer.status_code == 409 and "Mes mots à moi." in held and OTHER in held
    assert words(text) == OTHER
    # Read, it is sent again.
    assert client.post(page("answer", row.pk), data | {"version": "2"}).status_code == 302
    assert words(text) == "Mes mots à moi."
    # Whoever suggests is told alike.
    client.sit(college.people["head"])
    stale = client.post(page("suggest", text.pk), {"texte": BETTER, "version": "1"})
    held = stale.content.decode()
    assert stale.status_code == 409 and BETTER in held and "Mes mots à moi." in held


def test_only_the_author_answers_and_only_who_suggested_takes_back(
    college: World, text: Appreciation, client: SchoolClient, seat_of: Any
) -> None:
    row = suggested(seat_of, text)
    client.sit(college.people["head"])
    for sens in ("accepter", "refuser", "ecrire"):
        answer = client.post(page("answer", row.pk), {"sens": sens, "version": "1", "texte": OTHER})
        assert answer.status_code == 403, sens
    client.sit(college.people["teacher"])
    assert client.post(page("withdraw", row.pk)).status_code == 403
    assert client.get(page("suggest", text.pk)).status_code == 403
    client.sit(college.people["teacher_1"])
    assert client.get(page("suggestion", row.pk)).status_code == 404
    assert client.get(page("suggest", text.pk)).status_code == 404
    assert words(text) == FIRST and Suggestion.objects.get().state == State.WAITING
    client.sit(college.people["head"])
    assert client.post(page("withdraw", row.pk)).status_code == 302
    assert Suggestion.objects.get().state == State.WITHDRAWN


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"sens": "ecrire", "texte": ""}, 422),
        ({"sens": "ecrire", "texte": "a" * 601}, 422),
        ({"sens": "autre"}, 422),
        ({}, 422),
        ({"sens": "refuser", "texte": "a" * 601}, 302),
    ],
)
def test_what_is_wrong_is_said(
    college: World, text: Appreciation, client: SchoolClient, seat_of: Any, said: Any, status: int
) -> None:
    row = suggested(seat_of, text)
    client.sit(college.people["teacher"])
    assert client.post(page("answer", row.pk), {"version": "1"} | said).status_code == status
    assert words(text) == FIRST


def test_a_suggestion_leaves_with_its_pupil(college: World, text: Appreciation, seat_of: Any) -> None:
    suggested(seat_of, text)
    assert proofreading.forget_suggestions(college.people["teacher"].pk) == 0
    assert proofreading.forget_suggestions(college.people["pupil"].pk) == 1
    assert words(text) == FIRST and Suggestion.objects.count() == 0
