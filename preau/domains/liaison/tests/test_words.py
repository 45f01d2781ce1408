"""Words: who answers, who counts, what two answers amount to, reminders, coupons, proofs; and the bad days."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.asking import actions as asking
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.questions.models import Response
from preau.directory.models import Enrolment, Group, Guardianship
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Authority
from preau.domains.liaison import tasks
from preau.domains.liaison.actions import answering, writing
from preau.domains.liaison.actions.answering import NotAwaited, Said, TooLate
from preau.domains.liaison.exports import following_csv
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.queries import book, reading, states, words
from preau.domains.liaison.tests.props import a_draft, a_word, asked_word, copy_of
from preau.foundation.awaited import awaited_of
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
YES, NO = Said(is_yes=True), Said(is_yes=False)


def row_of(word: Word, world: World) -> states.PupilRow:
    """The cast's pupil in the following of a word."""
    pupil = world.people["pupil"].pk
    return next(row for row in words.following(word, NOW.date()).rows if row.pupil.pk == pupil)


def tells(word: Word, reminder: int = 0) -> int:
    keys = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    return int(tasks.tell.call(word.pk, keys, reminder, word.author_id))


def awaited(viewer: Any) -> list[str]:
    return [one.title for one in awaited_of(viewer)]


# Sending


def test_a_word_goes_once_to_each_guardian_of_the_class(college: World, twin: World, seat_of: Any) -> None:
    word, teacher = a_draft(college), seat_of("teacher")
    number = writing.send(teacher, word)
    assert number == word.recipients.count()
    assert {copy.person_id for copy in word.recipients.all()} >= {
        college.people[key].pk for key in ("guardian", "other_guardian", "pupil")
    }
    assert not word.recipients.filter(pupil__in=[person.pk for person in twin.people.values()]).exists()
    with pytest.raises(asking.NotADraft):
        writing.send(teacher, word)
    assert Line.objects.filter(verb="liaison.sent").count() == 1


def test_the_text_that_left_does_not_change(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college), seat_of("teacher")
    facts = writing.WordFacts("families", "request", "usuel", "Autre", "Autre texte")
    with pytest.raises(asking.NotADraft):
        writing.change(teacher, word, facts)
    assert writing.add_precision(teacher, word, "Rendez-vous au portail à 8 h 20.")
    assert not writing.add_precision(teacher, word, "Rendez-vous au portail à 8 h 20.")
    word.refresh_from_db()
    assert (word.text, word.precisions.count()) == ("Le musée, jeudi.", 1)


def test_a_guardian_who_may_not_be_informed_receives_nothing(college: World) -> None:
    other = college.people["other_guardian"]
    Guardianship.objects.filter(pupil=college.people["pupil"], guardian=other).update(
        may_not_be_informed=True
    )
    assert not a_word(college).recipients.filter(person=other).exists()


def test_a_list_that_grows_is_said_and_nobody_gets_a_word_unasked(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college), seat_of("teacher")
    here = own_class(college)
    other = Group.objects.classes().filter(year=college.year).exclude(pk=here.pk).order_by("pk")[0]
    newcomer = other.enrolments.active(NOW.date()).order_by("pk")[0]  # type: ignore[attr-defined]
    Enrolment.objects.filter(pk=newcomer.pk).update(ends=NOW.date())
    Enrolment.objects.create(school=college.school, group=here, pupil_id=newcomer.pupil_id, starts=NOW.date())
    before = word.recipients.count()
    assert {copy.pupil_id for copy in words.arrived_since(word, NOW.date())} == {newcomer.pupil_id}
    number = writing.send_to_newcomers(teacher, word)
    assert word.recipients.count() == before + number > before
    assert writing.send_to_newcomers(teacher, word) == 0


def test_a_pupil_who_changes_class_still_has_the_word_that_was_sent(college: World, seat_of: Any) -> None:
    word = a_word(college)
    Enrolment.objects.filter(group=own_class(college), pupil=college.people["pupil"]).update(ends=NOW.date())
    assert awaited(seat_of("guardian", "guardian")).count("Sortie au zoo") == 1
    assert answering.answer(seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"]), YES)
    assert row_of(word, college).state == states.State.AGREED


# Answering


def test_one_yes_is_enough_for_a_usual_act_and_the_other_parent_is_asked_no_more(
    college: World, seat_of: Any
) -> None:
    word, people = a_word(college), college.people
    father = seat_of("other_guardian")
    assert "Sortie au zoo" in awaited(father)
    assert answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    assert row_of(word, college).state == states.State.AGREED
    assert "Sortie au zoo" not in awaited(father)


def told_of_an_answer(word: Word, world: World) -> set[str]:
    recipients = Item.objects.filter(kind="liaison.answered").values_list("person_id", flat=True)
    return {key for key in ("guardian", "other_guardian") if world.people[key].pk in set(recipients)}


def test_whoever_has_answered_is_not_told_that_the_other_has(college: World, seat_of: Any) -> None:
    word, people = a_word(college), college.people
    answering.answer(seat_of("other_guardian"), copy_of(word, people["other_guardian"]), YES)
    assert told_of_an_answer(word, college) == {"guardian"}
    Item.objects.filter(kind="liaison.answered").delete()
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), NO)
    assert told_of_an_answer(word, college) == set()


def test_whoever_is_asked_no_more_reads_that_they_may_answer_too(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word, people = a_word(college), college.people
    too, copy = "vous pouvez répondre aussi", copy_of(word, people["other_guardian"])
    pages = [reverse("liaison:book"), reverse("liaison:read", args=[copy.pk])]

    def said() -> list[bool]:
        client.sit(people["other_guardian"])
        return [too in client.get(page).content.decode() for page in pages]

    assert said() == [False, False]
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    assert said() == [True, True]
    # A colleague who follows the word is not the one who may answer.
    assert too not in client.sit(people["teacher"]).get(pages[1]).content.decode()
    answering.answer(seat_of("other_guardian"), copy, YES)
    assert said() == [False, False]


def test_only_the_other_answer_is_offered_once_one_is_given(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word = a_word(college)
    copy = copy_of(word, college.people["guardian"])
    for reply, offered in ((YES, "non"), (NO, "oui")):
        answering.answer(seat_of("guardian", "guardian"), copy, reply)
        page = client.sit(college.people["guardian"]).get(reverse("liaison:read", args=[copy.pk]))
        assert [one for one in ("oui", "non") if f'value="{one}"' in page.content.decode()] == [offered]


def test_each_must_agree_to_what_is_not_usual(college: World, seat_of: Any) -> None:
    word, people = a_word(college, nature="non usuel"), college.people
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    assert row_of(word, college).state == states.State.WAITING
    assert "Sortie au zoo" in awaited(seat_of("other_guardian"))
    answering.answer(seat_of("other_guardian"), copy_of(word, people["other_guardian"]), YES)
    assert row_of(word, college).state == states.State.AGREED


def test_a_yes_and_a_no_are_a_disagreement_that_the_head_reads_and_nobody_decides(
    college: World, twin: World, seat_of: Any
) -> None:
    word, people = a_word(college), college.people
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    answering.answer(seat_of("other_guardian"), copy_of(word, people["other_guardian"]), NO)
    assert row_of(word, college).state == states.State.DISAGREEMENT
    notices = Item.objects.filter(kind="liaison.disagreed")
    assert {item.person_id for item in notices} == {people["head"].pk}
    assert twin.people["head"].pk not in {item.person_id for item in notices}
    answering.answer(seat_of("other_guardian"), copy_of(word, people["other_guardian"]), YES)
    assert row_of(word, college).state == states.State.AGREED


def test_two_devices_of_one_person_keep_the_last_answer_and_the_history(college: World, seat_of: Any) -> None:
    word, mother = a_word(college), seat_of("guardian", "guardian")
    copy = copy_of(word, college.people["guardian"])
    assert [answering.answer(mother, copy, reply) for reply in (YES, YES, NO, NO)] == [
        True,
        False,
        True,
        False,
    ]
    assert [answer.is_yes for answer in book.history_of(copy)] == [True, False]
    assert [answer.is_yes for answer in Answer.objects.current().filter(recipient=copy)] == [False]
    assert Line.objects.filter(verb="liaison.answered").count() == 2


def test_nobody_answers_after_the_deadline_but_a_paper_may_still_be_typed(
    college: World, seat_of: Any
) -> None:
    word = a_word(college, closes_at=NOW + timedelta(hours=1))
    copy = copy_of(word, college.people["guardian"])
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        mother = seat_of("guardian", "guardian", at=NOW + timedelta(hours=2))
        with pytest.raises(TooLate):
            answering.answer(mother, copy, YES)
        assert "Sortie au zoo" not in awaited(mother)
        assert answering.enter(seat_of("teacher"), copy, YES)
    answer = Answer.objects.get(recipient=copy)
    assert (answer.way, answer.noted_by) == (Answer.Way.PAPER, college.people["teacher"])


def test_authority_lost_between_sending_and_answer_counts_no_more(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word, people = a_word(college, nature="non usuel"), college.people
    copy = copy_of(word, people["other_guardian"])
    Guardianship.objects.filter(pupil=people["pupil"], guardian=people["other_guardian"]).update(
        ends=NOW.date()
    )
    with pytest.raises(NotAwaited):
        answering.enter(seat_of("teacher"), copy, NO)
    assert (
        client.sit(people["other_guardian"]).get(reverse("liaison:read", args=[copy.pk])).status_code != 200
    )
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    row = row_of(word, college)
    assert row.state == states.State.AGREED
    assert [one.tag[0] for one in row.copies if one.ended] == ["N’est plus responsable"]


def test_whoever_has_lost_full_authority_does_not_decide_what_is_not_usual(
    college: World, seat_of: Any
) -> None:
    word, people = a_word(college, nature="non usuel"), college.people
    Guardianship.objects.filter(pupil=people["pupil"], guardian=people["other_guardian"]).update(
        authority=Authority.IN_CHARGE
    )
    father = seat_of("other_guardian")
    assert "Sortie au zoo" not in awaited(father)
    with pytest.raises(NotAwaited):
        answering.answer(father, copy_of(word, people["other_guardian"]), NO)


def test_at_eighteen_the_pupil_alone_answers_even_what_was_sent_before(college: World, seat_of: Any) -> None:
    word, pupil = a_word(college), college.people["pupil"]
    assert "Sortie au zoo" not in awaited(seat_of("pupil"))
    pupil.birth_date = date(2008, 11, 24)
    pupil.save()
    mother = seat_of("guardian", "guardian")
    assert "Sortie au zoo" not in awaited(mother)
    assert "Sortie au zoo" in awaited(seat_of("pupil"))
    with pytest.raises(NotAwaited):
        answering.answer(mother, copy_of(word, college.people["guardian"]), YES)
    assert answering.answer(seat_of("pupil"), copy_of(word, pupil), NO)
    assert row_of(word, college).state == states.State.REFUSED


def test_a_minor_reads_the_word_and_answers_nothing(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word, pupil = a_word(college), college.people["pupil"]
    page = client.sit(pupil).get(reverse("liaison:read", args=[copy_of(word, pupil).pk]))
    assert page.status_code == 200 and "Je suis d’accord" not in page.content.decode()
    with pytest.raises(NotAwaited):
        answering.answer(seat_of("pupil"), copy_of(word, pupil), YES)


def test_an_information_is_confirmed_by_one_or_by_each(college: World, seat_of: Any) -> None:
    people, mother = college.people, seat_of("guardian", "guardian")
    facts = {"kind": "information", "nature": "information"}
    one = a_word(college, "Menus", **facts)
    each = a_word(college, "Grève", each_reads=True, **facts)
    for word in (one, each):
        answering.answer(mother, copy_of(word, people["guardian"]), YES)
    assert (row_of(one, college).state, row_of(each, college).state) == (
        states.State.AGREED,
        states.State.WAITING,
    )
    assert "Menus" not in awaited(seat_of("other_guardian"))
    assert "Grève" in awaited(seat_of("other_guardian"))


# Pages


def test_a_guardian_reads_signs_in_one_gesture_and_keeps_the_proof(
    college: World, twin: World, client: SchoolClient
) -> None:
    word = a_word(college)
    copy = copy_of(word, college.people["guardian"])
    client.sit(college.people["guardian"])
    assert "Sortie au zoo" in client.get(reverse("portal:to_answer")).content.decode()
    page = client.get(reverse("liaison:read", args=[copy.pk]))
    assert "Le musée, jeudi." in page.content.decode()
    copy.refresh_from_db()
    assert copy.read_at == NOW
    done = client.post(
        reverse("liaison:sign", args=[copy.pk]),
        {"said": "oui", "lu": reading.digest_shown(word)},
        follow=True,
    )
    assert "Vous avez signé" in done.content.decode()
    proof = client.get(reverse("liaison:proof", args=[copy.pk]))
    assert proof.status_code == 200
    foreign = a_word(twin)
    theirs = copy_of(foreign, twin.people["guardian"])
    for name in ("read", "proof"):
        assert client.get(reverse(f"liaison:{name}", args=[theirs.pk])).status_code == 404
    others = copy_of(word, college.people["other_guardian"])
    assert client.post(reverse("liaison:sign", args=[others.pk]), {"said": "non"}).status_code in {403, 404}
    assert not Answer.objects.filter(recipient__in=[theirs, others]).exists()


def test_the_digest_of_a_proof_is_that_of_what_was_read(college: World, seat_of: Any) -> None:
    word, mother = a_word(college), seat_of("guardian", "guardian")
    copy = copy_of(word, college.people["guardian"])
    answering.answer(mother, copy, YES)
    writing.add_precision(seat_of("teacher"), word, "Un goûter dans le sac.")
    answering.answer(mother, copy, NO)
    first, last = book.history_of(copy)
    precisions = list(word.precisions.order_by("pk"))
    assert (first.precisions_shown, last.precisions_shown) == (0, 1)
    for answer in (first, last):
        lines = reading.lines_of_answer(answer, word, [], precisions)
        assert answer.digest == reading.digest_of_lines(lines)
    assert first.digest != last.digest and word.digest == reading.digest_of_lines(
        reading.lines_shown(word, [], [])
    )


def test_questions_come_with_a_request_and_their_answers_are_counted(
    college: World, client: SchoolClient
) -> None:
    word = asked_word(college)
    copy = copy_of(word, college.people["guardian"])
    assert word.questionnaire is not None
    allergy, which = word.questionnaire.questions.order_by("place")
    client.sit(college.people["guardian"])
    page, sign = reverse("liaison:read", args=[copy.pk]), reverse("liaison:sign", args=[copy.pk])
    assert client.post(sign, {"said": "oui"}).status_code == 422
    assert not Answer.objects.filter(recipient=copy).exists()
    client.post(sign, {allergy.name: "yes", "plus-tard": "oui"})
    assert Response.objects.get(questionnaire__house="liaison").state == "draft"
    assert "checked" in client.get(page).content.decode()
    typed = {"said": "oui", allergy.name: "yes", which.name: "Arachide"}
    client.post(sign, typed | {"lu": reading.digest_shown(word)})
    assert (
        Response.objects.get(questionnaire__house="liaison").state == "sent"
        and Answer.objects.filter(recipient=copy).count() == 1
    )
    assert "Changer mes réponses" in client.get(page).content.decode()
    client.sit(college.people["teacher"])
    results = client.get(reverse("liaison:results", args=[word.pk])).content.decode()
    assert "Arachide" in results
    client.sit(college.people["guardian"])
    assert client.get(reverse("liaison:results", args=[word.pk])).status_code in {403, 404}


def test_the_following_is_read_by_its_author_by_colleagues_and_by_the_head(
    college: World, twin: World, seat_of: Any
) -> None:
    word, people = a_word(college), college.people
    seats = {key: seat_of(key) for key in ("teacher", "teacher_1", "cpe", "head", "secretary")}
    assert {key for key, viewer in seats.items() if Word.objects.followed_by(viewer).filter(pk=word.pk)} == {
        "teacher",
        "head",
    }
    word.colleagues.set([people["cpe"]])
    assert Word.objects.followed_by(seats["cpe"]).filter(pk=word.pk).exists()
    draft = a_draft(college, "Pas encore")
    assert not Word.objects.visible_to(seats["head"]).filter(pk=draft.pk).exists()
    assert not Word.objects.visible_to(seat_of("guardian")).filter(pk=draft.pk).exists()
    assert not Word.objects.visible_to(seat_of("head", world=twin)).filter(pk=word.pk).exists()


# Coupons


def test_a_coupon_is_of_one_person_one_pupil_and_one_word(
    college: World, twin: World, client: SchoolClient
) -> None:
    word, foreign = a_word(college), a_word(twin)
    copy = copy_of(word, college.people["other_guardian"])
    client.sit(college.people["teacher"])
    page = reverse("liaison:coupon")
    found = client.post(page, {"coupon": f"{copy.code[:4].lower()} {copy.code[4:]}"})
    assert found.url == reverse("liaison:enter", args=[copy.pk])
    theirs = copy_of(foreign, twin.people["guardian"]).code
    mine_of_another = a_word(college, "Du chef", "head")
    hidden = copy_of(mine_of_another, college.people["guardian"]).code
    for code in (theirs, hidden, "AAAAAAAA"):
        answer = client.post(page, {"coupon": code})
        assert answer.status_code == 422 and "Aucun coupon" in answer.content.decode()
    client.post(found.url, {"said": "non"})
    answer = Answer.objects.get(recipient=copy)
    assert (answer.is_yes, answer.way, answer.noted_by) == (False, "paper", college.people["teacher"])
    words_here = [word, foreign, mine_of_another]
    assert Answer.objects.filter(recipient__word__in=words_here).count() == 1


def test_coupons_are_printed_for_those_on_paper_and_said_once(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word = a_word(college)
    Recipient.objects.filter(word=word).update(channel="here")
    copy = copy_of(word, college.people["other_guardian"])
    Recipient.objects.filter(pk=copy.pk).update(channel="paper")
    client.sit(college.people["teacher"])
    printed = client.post(reverse("liaison:coupons", args=[word.pk]))
    assert printed.status_code == 200
    copy.refresh_from_db()
    assert copy.printed_at == NOW
    assert Recipient.objects.filter(word=word).exclude(printed_at=None).count() == 1
    assert answering.print_coupons(seat_of("teacher"), word, [copy.pk]) == 0


# Reminders


def test_only_those_who_said_nothing_are_reminded_once_a_day(college: World, seat_of: Any) -> None:
    word, teacher = a_word(college), seat_of("teacher")
    Recipient.objects.filter(word=word).update(channel="here")
    paper = copy_of(word, college.people["other_guardian"])
    Account.objects.filter(person=paper.person_id).update(is_active=False)
    Recipient.objects.filter(pk=paper.pk).update(channel="paper")
    families = words.following(word, NOW.date()).rows
    others = sum(len(row.to_remind) for row in families if row.pupil.pk != college.people["pupil"].pk)
    made = writing.remind(teacher, word)
    assert made.number == others + 1
    with pytest.raises(asking.TooSoon):
        writing.remind(teacher, word)
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"]), YES)
    keys = [copy.pk for row in families for copy in row.to_remind]
    first = tasks.tell.call(word.pk, keys, made.pk, word.author_id)
    again = tasks.tell.call(word.pk, keys, made.pk, word.author_id)
    items = Item.objects.filter(kind="liaison.reminded")
    assert first == again == items.count() == others
    assert not items.filter(
        person__in=[college.people["guardian"].pk, college.people["other_guardian"].pk]
    ).exists()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert writing.remind(seat_of("teacher", at=NOW + timedelta(days=1)), word).pk != made.pk


def test_a_word_that_is_answered_settles_its_news(college: World, seat_of: Any) -> None:
    word, people = a_word(college), college.people
    tells(word)
    mine = Item.objects.filter(kind="liaison.told", person=people["guardian"])
    assert mine.count() == 1 and not Item.objects.filter(kind="liaison.told", person=people["pupil"]).exists()
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, people["guardian"]), YES)
    assert Item.objects.filter(kind="liaison.answered", person=people["other_guardian"]).count() == 1


# To the staff


def test_a_word_to_the_staff_goes_by_function_and_is_confirmed(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    word = a_draft(
        college,
        "Réunion",
        "head",
        audience="staff",
        kind="information",
        nature="information",
        roles=["teacher"],
    )
    word.groups.clear()
    writing.send(seat_of("head"), word)
    received = {copy.person_id for copy in word.recipients.all()}
    assert college.people["teacher"].pk in received
    assert not received & {college.people["cpe"].pk, college.people["guardian"].pk, twin.people["teacher"].pk}
    copy = word.recipients.get(person=college.people["teacher"])
    client.sit(college.people["teacher"])
    assert "Réunion" in client.get(reverse("liaison:received")).content.decode()
    client.post(reverse("liaison:sign", args=[copy.pk]), {"said": "oui", "lu": reading.digest_shown(word)})
    rows = {row.person.pk: row.at for row in words.staff_following(word)}
    assert rows[college.people["teacher"].pk] == NOW
    assert sum(at is not None for at in rows.values()) == 1
    assert client.get(reverse("liaison:word", args=[word.pk])).status_code in {403, 404}


# The notebook


def test_the_notebook_of_a_child_is_its_familys(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    a_word(college)
    a_word(twin)
    for key in ("guardian", "pupil"):
        page = client.sit(college.people[key]).get(reverse("liaison:book"))
        assert "Sortie au zoo" in page.content.decode(), key
    found = book.book_of(seat_of("guardian", "guardian"), None, [])
    assert all(entry.recipient.person_id == college.people["guardian"].pk for entry in found.to_answer)


def test_a_form_badly_filled_keeps_what_was_typed(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    page = client.post(reverse("liaison:write"), {"kind": "authorisation", "title": "Patinoire", "text": ""})
    body = page.content.decode()
    assert page.status_code == 422 and "Patinoire" in body and "Écrivez le mot." in body
    assert "Dites qui répond." in body and "Choisissez au moins une classe" in body
    assert not Word.objects.filter(title="Patinoire").exists()


def test_a_teacher_writes_only_to_those_they_teach(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    other = Group.objects.filter(year=college.year).exclude(
        pk__in=college.people["teacher"].assignments.values("group_id")
    )
    body = {"kind": "information", "title": "Patinoire", "text": "Jeudi.", "audience": "staff"}
    for group in other.order_by("pk")[:1]:
        page = client.post(reverse("liaison:write"), body | {"groups": [group.pk]})
        assert page.status_code == 422
    client.post(reverse("liaison:write"), body | {"groups": [own_class(college).pk]})
    assert Word.objects.get(title="Patinoire").audience == "families"


def test_the_file_of_a_word_has_a_line_for_each_person_and_costs_the_same(
    college: World, django_assert_num_queries: Any
) -> None:
    word = a_word(college)
    with django_assert_num_queries(3):
        lines = list(following_csv(words.following(word, NOW.date())))
    count = word.recipients.exclude(part="own").count()
    assert len("".join(lines).splitlines()) == count + 1


def test_a_pupil_reads_that_their_family_has_answered_and_not_what(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    word, pupil = a_word(college, "Sortie au musée"), college.people["pupil"]
    Word.objects.exclude(pk=word.pk).delete()
    client.sit(pupil)
    assert "À lire" in client.get(reverse("liaison:book")).content.decode()
    answering.answer(seat_of("guardian", "guardian"), copy_of(word, college.people["guardian"]), YES)
    shown = client.get(reverse("liaison:book")).content.decode()
    assert "Réponse donnée" in shown and "À lire" not in shown and "D’accord" not in shown
