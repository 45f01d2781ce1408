"""What a cold review of the notebook found: each would send, show or prove something false."""

import html
import re
import secrets
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.asking import actions as asking
from preau.commons.notifications.models import Item
from preau.commons.privacy.queries.held import Subject, entry_of, rows_of
from preau.commons.questions import actions as questions
from preau.commons.questions.models import Response
from preau.commons.questions.queries.answers import questions_of, results_of
from preau.commons.questions.queries.typed import QuestionFacts
from preau.directory.actions import work_groups
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person, WorkGroup
from preau.directory.queries.record import gestures_of
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Authority, Kinship, Role
from preau.domains.liaison import exports, rules, tasks
from preau.domains.liaison.actions import answering, writing
from preau.domains.liaison.actions.answering import Said
from preau.domains.liaison.models import Answer, Recipient, Remark, Word
from preau.domains.liaison.queries import book, reading, words
from preau.domains.liaison.tests.props import a_draft, a_word, asked_word, copy_of, many_words
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db
YES, NO = Said(is_yes=True), Said(is_yes=False)
LATER = NOW + timedelta(hours=2)


def written(group: Group, **more: Any) -> dict[str, Any]:
    return {"kind": "information", "title": "Rendez-vous", "text": "Mardi.", "classe": group.pk} | more


def boxes(page: Any, name: str) -> dict[int, bool]:
    """The boxes of a field, by their value: is each ticked?"""
    found = re.findall(r"<input[^>]*>", page.content.decode())
    mine = [one for one in found if f'name="{name}"' in one]
    return {int(re.findall(r'value="(\d+)"', one)[0]): " checked" in one for one in mine}


# Choosing two pupils writes to their two families


def test_showing_a_class_ticks_nothing_and_the_link_of_a_group_ticks_it(
    college: World, client: SchoolClient
) -> None:
    group, page = own_class(college), reverse("liaison:write")
    client.sit(college.people["teacher"])
    shown = client.get(f"{page}?classe={group.pk}")
    assert group.pk in boxes(shown, "groups") and not any(boxes(shown, "groups").values())
    assert college.people["pupil"].list_name in shown.content.decode()
    assert boxes(client.get(f"{page}?groupe={group.pk}"), "groups")[group.pk]
    assert not any(boxes(client.get(f"{page}?groupe=0&classe=x"), "groups").values())


def test_the_link_of_a_record_has_its_pupil_chosen(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    pupil, page = college.people["pupil"], reverse("liaison:write")
    for key in ("cpe", "teacher"):
        links = {str(link.label): address for link, address in gestures_of(seat_of(key), pupil)}
        response = client.sit(college.people[key]).get(links["Un mot à la famille"])
        assert boxes(response, "pupils") == {pupil.pk: True}, key
    stranger = twin.people["pupil"]
    assert boxes(client.get(page, {"eleve": stranger.public_id}), "pupils") == {}
    Assignment.objects.filter(teacher=college.people["teacher"]).delete()
    assert boxes(client.get(page, {"eleve": pupil.public_id}), "pupils") == {}


def test_pupils_of_a_class_that_is_ticked_are_refused_and_alone_they_get_the_word_alone(
    college: World, client: SchoolClient
) -> None:
    group, pupil = own_class(college), college.people["pupil"]
    client.sit(college.people["teacher"])
    both = client.post(reverse("liaison:write"), written(group, groups=[group.pk], pupils=[pupil.pk]))
    assert both.status_code == 422 and "décochez la classe" in both.content.decode()
    client.post(reverse("liaison:write"), written(group, pupils=[pupil.pk]))
    word = Word.objects.get(title="Rendez-vous")
    assert {copy.pupil_id for copy in words.copies_meant(word, NOW.date())} == {pupil.pk}


def test_showing_another_class_keeps_the_word_and_the_pupils(college: World, client: SchoolClient) -> None:
    group, pupil = own_class(college), college.people["pupil"]
    other = Group.objects.classes().filter(year=college.year).exclude(pk=group.pk).order_by("pk")[0]
    client.sit(college.people["head"])
    body = written(other, pupils=[pupil.pk], geste="classe", last_day="2026-12-04", audience="families")
    page = client.post(reverse("liaison:write"), body)
    content = page.content.decode()
    assert page.status_code == 200 and not Word.objects.filter(title="Rendez-vous").exists()
    assert 'value="Rendez-vous"' in content and "Mardi." in content and pupil.list_name in content
    assert {key for key, on in boxes(page, "pupils").items() if on} == {pupil.pk}
    there = other.enrolments.active(NOW.date()).order_by("pk")[0].pupil  # type: ignore[attr-defined]
    client.post(reverse("liaison:write"), body | {"geste": "", "pupils": [pupil.pk, there.pk]})
    assert set(Word.objects.get(title="Rendez-vous").pupils.all()) == {pupil, there}
    line = {"kind": "observation", "text": "Un cahier oublié.", "classe": other.pk, "pupils": [pupil.pk]}
    page = client.post(reverse("liaison:remark"), line | {"geste": "classe"})
    assert page.status_code == 200 and not Remark.objects.filter(text=line["text"]).exists()
    assert "Un cahier oublié." in page.content.decode() and there.list_name in page.content.decode()
    client.post(reverse("liaison:remark"), line | {"pupils": [pupil.pk, there.pk]})
    assert {remark.pupil_id for remark in Remark.objects.filter(text=line["text"])} == {pupil.pk, there.pk}


def test_a_pupil_of_somebody_else_is_not_kept(college: World, twin: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    foreign = twin.people["pupil"]
    page = client.post(
        reverse("liaison:write"), written(own_class(college), pupils=[foreign.pk, "x"], geste="classe")
    )
    assert college.people["pupil"].pk in boxes(page, "pupils") and foreign.pk not in boxes(page, "pupils")


# Whom news reach


def test_from_eighteen_the_pupil_is_told_and_reminded_and_a_minor_is_not(
    college: World, seat_of: Any
) -> None:
    word, pupil = a_word(college), college.people["pupil"]
    pupil.birth_date = date(2008, 11, 24)
    pupil.save()
    Recipient.objects.filter(word=word).update(channel="here")
    keys = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    tasks.tell.call(word.pk, keys, 0, word.author_id)
    made = writing.remind(seat_of("teacher"), word)
    awaiting = [copy.pk for row in words.following(word, NOW.date()).rows for copy in row.to_remind]
    assert tasks.tell.call(word.pk, awaiting, made.pk, word.author_id) == made.number
    kinds = Item.objects.filter(person=pupil, key__startswith=str(copy_of(word, pupil).pk))
    assert sorted(kinds.values_list("kind", flat=True)) == ["liaison.reminded", "liaison.told"]
    minors = word.recipients.filter(part="own").exclude(person=pupil).values("person_id")
    assert minors and not Item.objects.filter(kind__startswith="liaison.", person__in=minors).exists()


def test_a_word_that_is_closed_leaves_no_more(college: World, seat_of: Any) -> None:
    word, people, teacher = a_word(college), college.people, seat_of("teacher")
    Recipient.objects.filter(word=word).update(channel="here")
    keys = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    tasks.tell.call(word.pk, keys, 0, word.author_id)
    tasks.tell.call(word.pk, keys, writing.remind(teacher, word).pk, word.author_id)
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    answering.answer(seat_of("other_guardian"), copy_of(word, people["other_guardian"]), NO)
    unread = Item.objects.filter(
        kind__in=["liaison.told", "liaison.reminded", "liaison.disagreed"],
        url__in=[
            reverse("liaison:word", args=[word.pk]),
            *(reverse("liaison:read", args=[key]) for key in keys),
        ],
    ).unread()
    assert set(unread.values_list("kind", flat=True)) == {
        "liaison.told",
        "liaison.reminded",
        "liaison.disagreed",
    }
    writing.close(teacher, word)
    assert not unread.all().exists()


def test_each_disagreement_is_told_to_the_head(college: World, seat_of: Any) -> None:
    word, people = a_word(college), college.people
    father, copy = seat_of("other_guardian"), copy_of(word, people["other_guardian"])
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    for reply in (NO, YES, NO):
        answering.answer(father, copy, reply)
    notices = Item.objects.filter(kind="liaison.disagreed", person=people["head"]).order_by("pk")
    assert [item.read_at is None for item in notices] == [False, True]


def test_whoever_has_no_account_answers_on_a_coupon(college: World, client: SchoolClient) -> None:
    word = a_word(college)
    Recipient.objects.filter(word=word).update(channel="here")
    copy = copy_of(word, college.people["other_guardian"])
    Recipient.objects.filter(pk=copy.pk).update(channel="mail")
    tasks.tell.call(word.pk, [copy.pk], 0, word.author_id)
    assert "coupon" in Item.objects.get(kind="liaison.told", key=str(copy.pk)).facts["title"]
    client.sit(college.people["teacher"])
    page = client.get(reverse("liaison:word", args=[word.pk]) + "?reponses=tous").content.decode()
    assert reverse("liaison:enter", args=[copy.pk]) in page
    client.post(reverse("liaison:coupons", args=[word.pk]))
    assert list(Recipient.objects.filter(word=word).exclude(printed_at=None)) == [copy]


# What each reads of the other


def test_nobody_reads_what_a_parent_answered_but_a_parent_who_must_agree_too(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    people = college.people
    word, usual = a_word(college, nature="non usuel"), a_word(college, "Zoo usuel")
    for one in (word, usual):
        answering.answer(seat_of("other_guardian"), copy_of(one, people["other_guardian"]), NO)
    father = people["other_guardian"].given_name

    def shown(one: Word, key: str) -> str:
        page = client.sit(people[key]).get(reverse("liaison:read", args=[copy_of(one, people[key]).pk]))
        return str(page.content.decode().split("book-who")[1:])

    assert "A refusé" in shown(word, "guardian") and father not in shown(word, "guardian")
    assert shown(word, "pupil") == "[]" == shown(usual, "guardian")
    Guardianship.objects.filter(pupil=people["pupil"], guardian=people["guardian"]).update(
        authority=Authority.IN_CHARGE
    )
    assert shown(word, "guardian") == "[]"


def test_what_the_other_has_opened_is_not_shown(college: World, client: SchoolClient) -> None:
    word, people = a_word(college, nature="non usuel"), college.people
    other = copy_of(word, people["other_guardian"])
    client.sit(people["guardian"])
    page = reverse("liaison:read", args=[copy_of(word, people["guardian"]).pk])
    before = client.get(page).content.decode().count("Pas encore répondu")
    Recipient.objects.filter(pk=other.pk).update(read_at=NOW, printed_at=NOW, channel="paper")
    after = client.get(page).content.decode()
    assert before == after.count("Pas encore répondu") == 1 and "Coupon remis" not in after


def test_own_data_give_neither_drafts_nor_the_answers_of_others(college: World, seat_of: Any) -> None:
    people, word = college.people, asked_word(college)
    pupil, mother = people["pupil"], people["guardian"]
    word.pupils.set([pupil])
    draft = a_draft(college, "Son comportement")
    draft.pupils.set([pupil])
    draft.colleagues.set([people["cpe"]])
    assert word.questionnaire is not None
    questions.keep_draft(word.questionnaire, pupil, mother, {"q1": True})
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, mother), YES)

    def held(key: str, model: str) -> set[int]:
        entry, person = entry_of(model), people[key]
        assert entry is not None
        return {row.pk for row in rows_of(entry, Subject(person, person))}

    assert word.pk in held("pupil", "liaison-word") and draft.pk not in held("pupil", "liaison-word")
    assert draft.pk in held("teacher", "liaison-word") and draft.pk not in held("cpe", "liaison-word")
    kept = set(Response.objects.filter(subject=pupil).values_list("pk", flat=True))
    signed = set(Answer.objects.filter(recipient__word=word).values_list("pk", flat=True))
    assert kept & held("guardian", "questions-response") == kept
    assert signed & held("guardian", "liaison-answer") == signed
    assert not kept & held("pupil", "questions-response")
    assert not signed & held("pupil", "liaison-answer")
    assert held("pupil", "liaison-recipient").isdisjoint({copy_of(word, mother).pk})


# The proof


def test_nobody_signs_what_they_were_not_shown(college: World, client: SchoolClient, seat_of: Any) -> None:
    word, mother = asked_word(college), college.people["guardian"]
    copy = copy_of(word, mother)
    client.sit(mother)
    page, sign = reverse("liaison:read", args=[copy.pk]), reverse("liaison:sign", args=[copy.pk])
    seen = re.findall(r'name="lu" value="(\w+)"', client.get(page).content.decode())[0]
    writing.add_precision(seat_of("teacher"), word, "Le car revient à 23 h.")
    typed = {"said": "oui", "q1": "yes", "q2": "Arachide"}
    refused = client.post(sign, typed | {"lu": seen})
    content = refused.content.decode()
    assert refused.status_code == 422 and "relisez avant de signer" in content
    assert "Le car revient à 23 h." in content and "Arachide" in content
    assert not Answer.objects.filter(recipient=copy).exists()
    now = re.findall(r'name="lu" value="(\w+)"', content)[0]
    assert "C’est signé" in client.post(sign, typed | {"lu": now}, follow=True).content.decode()
    answer = Answer.objects.get(recipient=copy)
    asked, precisions = questions_of(word.questionnaire), list(word.precisions.order_by("pk"))
    lines = reading.lines_of_answer(answer, word, asked, precisions)
    assert answer.digest == reading.digest_of_lines(lines)
    assert any("Arachide" in line for line in lines) and any("23 h" in line for line in lines)
    writing.add_precision(seat_of("teacher"), word, "Après coup.")
    precisions = list(word.precisions.order_by("pk"))
    assert reading.lines_of_answer(answer, word, asked, precisions) == lines


def test_the_proof_holds_questions_and_answers(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.foundation.pdf.is_possible", lambda: False)
    word, mother = asked_word(college), college.people["guardian"]
    copy = copy_of(word, mother)
    reply = Said(is_yes=True, answers={"q1": True, "q2": "Arachide"})
    answering.answer(seat_of("guardian", "guardian"), copy, reply)
    page = client.sit(mother).get(reverse("liaison:proof", args=[copy.pk])).content.decode()
    answer = Answer.objects.get(recipient=copy)
    assert answer.response is not None
    for part in ("Une allergie", "Arachide", answer.digest, answer.response.receipt, word.digest):
        assert part in page, part
    blocks = re.findall(r'<p class="said">(.*?)</p>', page, re.DOTALL)
    lines = [html.unescape(line) for line in blocks]
    known = {reading.digest_of_lines(lines[:end]) for end in range(1, len(lines) + 1)}
    assert answer.digest in known


def test_a_coupon_proves_what_was_printed(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college), seat_of("teacher")
    copy = copy_of(word, college.people["guardian"])
    answering.print_coupons(teacher, word, [copy.pk])
    writing.add_precision(teacher, word, "Le car revient à 23 h.")
    answering.enter(teacher, copy, YES)
    assert Answer.objects.get(recipient=copy).precisions_shown == 0


# After the deadline


def test_after_the_deadline_nothing_is_asked_nor_reminded(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word, draft = a_word(college, closes_at=NOW + timedelta(hours=1)), a_draft(college, "Tard", closes_at=NOW)
    copy = copy_of(word, college.people["guardian"])
    with time_machine.travel(LATER, tick=False):
        teacher, mother = seat_of("teacher", at=LATER), seat_of("guardian", "guardian", at=LATER)
        with pytest.raises(asking.Late):
            writing.remind(teacher, word)
        with pytest.raises(asking.Late):
            writing.send(teacher, draft)
        entry = book.entry_of(copy, mother)
        assert not entry.to_answer and not entry.may_answer and entry.is_late
        page = client.sit(college.people["guardian"]).get(reverse("liaison:read", args=[copy.pk]))
        content = page.content.decode()
        assert "La date est passée" in content and "Je suis d’accord" not in content
        late = client.sit(college.people["teacher"]).post(
            reverse("liaison:remind", args=[word.pk]), follow=True
        )
        assert "on ne relance plus" in late.content.decode()


def test_home_notebook_and_reminders_say_the_same_after_a_refusal(college: World, seat_of: Any) -> None:
    word, people = a_word(college, nature="non usuel"), college.people
    mother, father = seat_of("guardian", "guardian"), seat_of("other_guardian")
    answering.answer(mother, copy_of(word, people["guardian"]), NO)

    def asked() -> tuple[bool, bool, bool]:
        rows = words.following(word, NOW.date()).rows
        row = next(row for row in rows if row.pupil == people["pupil"])
        return (
            word.title in [one.title for one in awaited_of(father)],
            word in [entry.word for entry in book.book_of(father, None, []).to_answer],
            bool(row.awaited),
        )

    assert asked() == (False, False, False)
    Answer.objects.filter(recipient__word=word).delete()
    assert asked() == (True, True, True)
    Guardianship.objects.filter(pupil=people["pupil"], guardian=people["guardian"]).update(
        may_not_be_informed=True
    )
    assert asked() == (False, False, False)


def asked_everywhere(word: Word, viewer: Any, pupil: Person) -> set[bool]:
    """Do the home, the notebook, the page of the word and its following ask this person? All of them, or none."""
    row = next(row for row in words.following(word, NOW.date()).rows if row.pupil == pupil)
    entry = book.entry_of(copy_of(word, viewer.person), viewer)
    return {
        word.title in [one.title for one in awaited_of(viewer)],
        word in [one.word for one in book.book_of(viewer, None, []).to_answer],
        entry.to_answer,
        viewer.person.pk in {copy.person.pk for copy in row.awaited},
    }


@pytest.mark.parametrize(
    ("nature", "said", "lost"),
    [
        ("usuel", YES, {"ends": NOW.date()}),
        ("usuel", NO, {"ends": NOW.date()}),
        ("usuel", YES, {"authority": Authority.CONTACT}),
        ("usuel", YES, {"may_not_be_informed": True}),
        ("non usuel", NO, {"authority": Authority.CONTACT}),
        ("non usuel", NO, {"ends": NOW.date()}),
        ("non usuel", NO, {"authority": Authority.IN_CHARGE}),
        ("information", YES, {"ends": NOW.date()}),
    ],
)
def test_what_somebody_said_before_they_lost_authority_leaves_the_other_to_be_asked(
    college: World, seat_of: Any, nature: str, said: Said, lost: dict[str, Any]
) -> None:
    kind = "information" if nature == "information" else "authorisation"
    word, people = a_word(college, nature=nature, kind=kind), college.people
    father, pupil = seat_of("other_guardian"), people["pupil"]
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), said)
    assert asked_everywhere(word, father, pupil) == {False}
    Guardianship.objects.filter(pupil=pupil, guardian=people["guardian"]).update(**lost)
    assert asked_everywhere(word, father, pupil) == {True}
    assert answering.answer(father, copy_of(word, people["other_guardian"]), YES)
    assert asked_everywhere(word, father, pupil) == {False}


@pytest.mark.parametrize(("nature", "said"), [("usuel", YES), ("usuel", NO), ("non usuel", NO)])
def test_what_parents_said_before_eighteen_leaves_the_pupil_to_be_asked(
    college: World, seat_of: Any, nature: str, said: Said
) -> None:
    word, pupil = a_word(college, nature=nature), college.people["pupil"]
    copy = copy_of(word, college.people["guardian"])
    answering.answer(seat_of("guardian", "guardian"), copy, said)
    pupil.birth_date = date(2008, 11, 24)
    pupil.save()
    assert asked_everywhere(word, seat_of("pupil"), pupil) == {True}
    with pytest.raises(answering.NotAwaited):
        answering.enter(seat_of("teacher"), copy, YES)
    assert answering.answer(seat_of("pupil"), copy_of(word, pupil), YES)
    assert asked_everywhere(word, seat_of("pupil"), pupil) == {False}


def test_a_pupil_who_changed_class_keeps_the_word_and_its_coupon(college: World, seat_of: Any) -> None:
    word, people, pupil = a_word(college), college.people, college.people["pupil"]
    other = Group.objects.classes().filter(year=college.year).exclude(pk=own_class(college).pk)[0]
    there = a_draft(college, "Classe d’accueil", "head", state="sent", sent_at=NOW, digest="0" * 64)
    there.groups.set([other])
    pupil.enrolments.filter(group=own_class(college)).update(ends=NOW.date())
    Enrolment.objects.create(school=college.school, group=other, pupil=pupil, starts=NOW.date())
    mother = seat_of("guardian", "guardian")
    assert asked_everywhere(word, mother, pupil) == {True}
    assert not words.arrived_since(word, NOW.date())
    answering.print_coupons(seat_of("teacher"), word, [copy_of(word, people["other_guardian"]).pk])
    assert answering.enter(seat_of("teacher"), copy_of(word, people["other_guardian"]), YES)
    assert asked_everywhere(word, mother, pupil) == {False}
    # The word of the new class, sent before they came, is said of them and sent by a gesture.
    assert pupil.pk in {copy.pupil_id for copy in words.arrived_since(there, NOW.date())}


def test_a_word_that_ten_have_answered_keeps_its_questions_and_its_proofs(
    college: World, seat_of: Any
) -> None:
    for number in range(10):
        pupil, parent = (
            Person.objects.create(family_name=f"Neuf {number}", given_name=name, birth_date=born)
            for name, born in (("Ana", date(2014, 5, 3)), ("Léa", None))
        )
        Holding.objects.create(
            person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts
        )
        Enrolment.objects.create(
            school=college.school, group=own_class(college), pupil=pupil, starts=college.year.starts
        )
        Guardianship.objects.create(
            pupil=pupil, guardian=parent, authority=Authority.LEGAL, kinship=Kinship.MOTHER
        )
    word, teacher = asked_word(college), seat_of("teacher")
    assert word.questionnaire is not None
    copies = list(word.recipients.filter(part="guardian").select_related("person", "pupil").order_by("pk"))
    ten = list({copy.pupil_id: copy for copy in copies}.values())[:10]
    assert len(ten) == 10
    for copy in ten:
        answering.enter(teacher, copy, Said(is_yes=True, answers={"q1": True, "q2": "Arachide"}))
    with pytest.raises(questions.HasResponses):
        questions.add(word.questionnaire, QuestionFacts("short", "Et encore\u202f?"))
    with pytest.raises(asking.NotADraft):
        writing.add_question(teacher, word, QuestionFacts("short", "Et encore\u202f?"))
    with pytest.raises(asking.NotADraft):
        writing.change(teacher, word, writing.WordFacts("families", "request", "usuel", "Autre", "Autre."))
    word.refresh_from_db()
    assert word.title == "Pique-nique" and word.digest == reading.digest_shown(word)
    asked = questions_of(word.questionnaire)
    for answer in Answer.objects.filter(recipient__in=ten):
        assert answer.digest == reading.digest_of_lines(reading.lines_of_answer(answer, word, asked, []))


def test_an_old_word_that_waits_is_in_the_card_and_the_others_on_pages(
    college: World, client: SchoolClient
) -> None:
    old = a_word(college, "Le plus ancien")
    Word.objects.filter(pk=old.pk).update(sent_at=NOW - timedelta(days=60))
    many_words(college, 45)
    Word.objects.filter(title__startswith="Mot ").update(
        kind="information", nature="information", state="closed"
    )
    client.sit(college.people["guardian"])
    page = client.get(reverse("liaison:book")).content.decode()
    assert "Le plus ancien" in page and "page=2" in page
    last = Word.objects.filter(title__startswith="Mot ").order_by("pk")[0]
    assert reverse("liaison:read", args=[copy_of(last, college.people["guardian"]).pk]) not in page
    second = client.get(reverse("liaison:book") + "?page=2").content.decode()
    assert reverse("liaison:read", args=[copy_of(last, college.people["guardian"]).pk]) in second


# Answers that count


def test_a_refusal_answers_no_question_and_two_parents_count_once(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word, people = asked_word(college), college.people
    assert word.questionnaire is not None
    copy = copy_of(word, people["guardian"])
    client.sit(people["guardian"])
    typed = {"said": "non", "lu": reading.digest_shown(word)}
    done = client.post(reverse("liaison:sign", args=[copy.pk]), typed, follow=True).content.decode()
    assert "Votre refus est noté" in done
    assert not words.responses_counted(words.following(word, NOW.date()))
    for key, seat in (("guardian", "guardian"), ("other_guardian", "")):
        reply = Said(is_yes=True, answers={"q1": True, "q2": key})
        answering.answer(seat_of(key, seat), copy_of(word, people[key]), reply)
    counted = words.responses_counted(words.following(word, NOW.date()))
    results = results_of(word.questionnaire, counted)
    assert [result.number for result in results] == [1, 1] and results[1].texts == ("other_guardian",)
    assert results_of(word.questionnaire)[0].number == 2


def test_a_coupon_with_a_blank_line_is_typed_in(college: World, client: SchoolClient) -> None:
    word = asked_word(college)
    copy = copy_of(word, college.people["other_guardian"])
    client.sit(college.people["teacher"])
    assert client.post(reverse("liaison:enter", args=[copy.pk]), {"said": "oui"}).status_code == 302
    assert Answer.objects.get(recipient=copy).is_yes


# Whose words


def test_a_draft_is_its_authors_alone(college: World, client: SchoolClient) -> None:
    draft = a_draft(college, "Pas encore")
    draft.colleagues.set([college.people["cpe"]])
    page = reverse("liaison:word", args=[draft.pk])
    assert client.sit(college.people["cpe"]).get(page).status_code == 404
    assert client.sit(college.people["teacher"]).get(page).status_code == 200


def test_a_class_that_one_teaches_no_more_gets_no_word(college: World, seat_of: Any) -> None:
    draft, word = a_draft(college), a_word(college, "Parti")
    Assignment.objects.filter(teacher=college.people["teacher"], group=own_class(college)).update(
        ends=NOW.date()
    )
    for act in (
        lambda: writing.send(seat_of("teacher"), draft),
        lambda: writing.send_to_newcomers(seat_of("teacher"), word),
    ):
        with pytest.raises(asking.NotYours):
            act()
    draft.refresh_from_db()
    assert draft.is_draft and not draft.recipients.exists()


def test_questions_stay_once_the_word_has_left(college: World, seat_of: Any) -> None:
    word, teacher = asked_word(college), seat_of("teacher")
    assert word.questionnaire is not None
    first = word.questionnaire.questions.order_by("place")[0]
    with pytest.raises(asking.NotADraft):
        writing.remove_question(teacher, word, first.pk)
    with pytest.raises(asking.NotADraft):
        writing.add_question(teacher, word, QuestionFacts("short", "Et encore\u202f?"))
    word.refresh_from_db()
    assert word.digest == reading.digest_shown(word)


def test_nobody_types_in_the_coupon_about_their_own_child(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college), seat_of("teacher")
    copy = copy_of(word, college.people["other_guardian"])
    assert rules.enters(teacher, copy)
    Guardianship.objects.create(
        pupil=college.people["pupil"],
        guardian=college.people["teacher"],
        kinship=Kinship.FATHER,
        authority=Authority.LEGAL,
    )
    assert not rules.enters(seat_of("teacher"), copy)


# Small things


def test_a_code_drawn_twice_is_drawn_again(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = a_word(college, "Piscine")
    Recipient.objects.filter(pk=copy_of(known, college.people["guardian"]).pk).update(code="A" * 8)
    draft, drawn, choice = a_draft(college), [0], secrets.choice

    def unlucky(signs: str) -> str:
        # The first three sheets are the one that is known, the next two the same as each other.
        drawn[0] += 1
        return "A" if drawn[0] <= 24 else "B" if drawn[0] <= 40 else choice(signs)

    monkeypatch.setattr(secrets, "choice", unlucky)
    number = writing.send(seat_of("teacher"), draft)
    codes = set(draft.recipients.values_list("code", flat=True))
    assert number == len(codes) > 5 and "A" * 8 not in codes and "B" * 8 in codes


def test_a_word_is_of_the_year_in_which_it_left(college: World, seat_of: Any) -> None:
    draft = a_draft(college)
    Word.objects.filter(pk=draft.pk).update(written_at=NOW - timedelta(days=120))
    writing.send(seat_of("teacher"), draft)
    draft.refresh_from_db()
    assert draft.written_at == draft.sent_at == NOW


def test_the_file_has_a_day_that_sorts_and_a_line_for_a_pupil_without_guardian(
    college: World, seat_of: Any
) -> None:
    word, pupil = a_word(college), college.people["pupil"]
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"]), YES)
    assert "2026-11-24 " in "".join(exports.following_csv(words.following(word, NOW.date())))
    Recipient.objects.filter(word=word, pupil=pupil).exclude(person=pupil).delete()
    lines = "".join(exports.following_csv(words.following(word, NOW.date()))).splitlines()
    assert [line for line in lines if pupil.family_name in line and "Aucun responsable" in line]


def test_opening_a_word_reads_all_the_news_of_it(college: World, client: SchoolClient, seat_of: Any) -> None:
    word, people = a_word(college), college.people
    Recipient.objects.filter(word=word).update(channel="here")
    copy = copy_of(word, people["guardian"])
    made = writing.remind(seat_of("teacher"), word)
    Recipient.objects.filter(pk=copy.pk).update(read_at=NOW - timedelta(days=1))
    tasks.tell.call(word.pk, [copy.pk], made.pk, word.author_id)
    answering.answer(seat_of("other_guardian"), copy_of(word, people["other_guardian"]), NO)
    news = Item.objects.filter(person=people["guardian"], url=reverse("liaison:read", args=[copy.pk]))
    Item.objects.filter(kind="liaison.reminded").update(read_at=None)
    assert news.filter(read_at=None).count() == 2
    client.sit(people["guardian"]).get(reverse("liaison:read", args=[copy.pk]))
    assert not news.filter(read_at=None).exists()


def test_a_group_of_work_gets_the_word_alone(college: World, client: SchoolClient, seat_of: Any) -> None:
    group, pupil = own_class(college), college.people["pupil"]
    work_groups.keep(seat_of("teacher"), group, "Demi-classe A", [pupil])
    kept = WorkGroup.objects.get()
    client.sit(college.people["teacher"])
    assert boxes(client.get(reverse("liaison:write")), "sets") == {kept.pk: False}
    client.post(reverse("liaison:write"), written(group, sets=[kept.pk]))
    word = Word.objects.get(title="Rendez-vous")
    assert {copy.pupil_id for copy in words.copies_meant(word, NOW.date())} == {pupil.pk}
    # A class that holds them already says so beside the group; a group that went away is no word to nobody.
    both = client.post(reverse("liaison:write"), written(group, sets=[kept.pk], groups=[group.pk]))
    assert both.status_code == 422 and "déjà dans une classe cochée" in both.content.decode()
    WorkGroup.objects.update(owner=college.people["teacher_1"])
    gone = client.post(reverse("liaison:write"), written(group, sets=[kept.pk]))
    assert gone.status_code == 422 and "Le groupe coché n’existe plus" in gone.content.decode()
    client.sit(college.people["head"])
    assert boxes(client.get(reverse("liaison:write")), "sets") == {}


def test_a_group_whose_families_one_does_not_reach_is_not_offered(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    group, pupil = own_class(college), college.people["pupil"]
    work_groups.keep(seat_of("teacher"), group, "Ailleurs", [pupil])
    client.sit(college.people["teacher"])
    Enrolment.objects.filter(pupil=pupil).update(ends=NOW.date())
    assert boxes(client.get(reverse("liaison:write")), "sets") == {}
