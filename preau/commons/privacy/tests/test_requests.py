"""Somebody asks about data, the school answers line by line within the month; nobody else learns of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.commons.notifications.queries import texts_of as told_in_words
from preau.commons.privacy import rules
from preau.commons.privacy.actions import answering, asking, keeping
from preau.commons.privacy.actions.asking import CorrectionLine
from preau.commons.privacy.actions.telling import ANSWERED, ARRIVED, SOON, STEP, holders_for
from preau.commons.privacy.models import RIGHTS, DataRequest, Outcome, RequestLine, Right, due_after
from preau.commons.privacy.queries import held, requests
from preau.commons.signon.models import Alias
from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World, make_parent_of
from preau.directory.words import Role
from preau.foundation import boards
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SECRET, WHY, ANSWER = (
    "Je ne veux pas que le père le sache",
    "Des registres à relire",
    "Le retard est devenu présence",
)
WRONG = CorrectionLine(Right.RECTIFY, SECRET, "attendance-entry", "Le retard de lundi", "Présente")
FORGET_ME = CorrectionLine(Right.ERASE, "Ce service ne me sert plus.", "signon-alias")
DAY = timedelta(days=1)


@pytest.fixture
def asked(college: World, seat_of: Any) -> DataRequest:
    """What the mother asks about her child; nothing else has been asked."""
    DataRequest.objects.all().delete()
    Item.objects.all().delete()
    return asking.ask(seat_of("guardian"), college.school, college.people["pupil"], WRONG)


def line_of(request: DataRequest) -> RequestLine:
    return request.lines.get()


def notified(kind: str) -> set[int]:
    return set(Item.objects.filter(kind=kind).values_list("person_id", flat=True))


def give(college: World, key: str, until: date = TODAY + 30 * DAY) -> None:
    """The head gives the power to somebody."""
    by = college.people["head"].pk
    Holding.objects.filter(person=college.people[key], school=college.school).update(
        scope={RIGHTS: {"until": until.isoformat(), "by": by}}
    )


def url(name: str, thing: Any = None) -> str:
    return reverse(f"privacy:{name}", kwargs={"pk": thing.pk} if thing else {})


# Days


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2032, 12, 31)))
def test_an_answer_is_due_a_month_later_and_three_when_prolonged(day: date) -> None:
    once, more = due_after(day), due_after(day, prolonged=True)
    assert (once.year * 12 + once.month) - (day.year * 12 + day.month) == 1
    assert (more.year * 12 + more.month) - (day.year * 12 + day.month) == 3
    for due in (once, more):
        # The same day, or the last of a month that has no such day.
        assert due.day == day.day or (due.day < day.day and (due + DAY).day == 1)
    assert 28 <= (once - day).days <= 31 < 89 <= (more - day).days <= 92


def test_the_month_is_counted_from_the_day_on_the_wall_of_the_school(
    college: World, seat_of: Any, clock: Any
) -> None:
    """At 23:30 UTC on the 31st of January it is the 1st of February in Paris."""
    DataRequest.objects.all().delete()
    for moment, zone, due in [
        (datetime(2027, 1, 31, 23, 30, tzinfo=UTC), "Europe/Paris", date(2027, 3, 1)),
        (datetime(2027, 1, 31, 12, 0, tzinfo=UTC), "Europe/Paris", date(2027, 2, 28)),
        (datetime(2027, 2, 1, 2, 0, tzinfo=UTC), "America/Guadeloupe", date(2027, 2, 28)),
    ]:
        clock.move_to(moment)
        college.school.timezone = zone
        college.school.save()
        viewer = seat_of("guardian", at=moment)
        request = asking.ask(
            viewer, college.school, college.people["pupil"], CorrectionLine(Right.QUESTION, f"Et {moment} ?")
        )
        assert request.due == due, zone


@pytest.mark.parametrize(("days", "late"), [(0, False), (30, False), (31, True), (90, True)])
def test_a_request_is_late_from_the_day_after_its_own(
    asked: DataRequest, seat_of: Any, clock: Any, days: int, late: bool
) -> None:
    clock.shift(days * DAY)
    viewer = seat_of("head", at=NOW + days * DAY)
    assert asked.due == date(2026, 12, 24)
    assert asked.is_late(viewer.today) is late
    assert (asked in requests.queue_of(viewer, "retard")) is late
    assert asked in requests.queue_of(viewer, "")


def test_the_late_ones_come_first(asked: DataRequest, college: World, seat_of: Any) -> None:
    other = asking.ask(seat_of("teacher"), college.school, college.people["teacher"], FORGET_ME)
    DataRequest.objects.filter(pk=other.pk).update(due=TODAY - DAY)
    assert list(requests.queue_of(seat_of("head"), "")) == [other, asked]


# Asking


def test_a_request_leaves_a_receipt_a_line_of_the_journal_and_a_notice(
    asked: DataRequest, college: World, client: SchoolClient
) -> None:
    page = client.sit(college.people["guardian"]).get(url("asked", asked)).content.decode()
    assert "Accusé de réception" in page and "24 décembre 2026" in page and SECRET in page
    assert notified(ARRIVED) == {college.people["head"].pk}
    line = Line.objects.get(verb="privacy.request_sent", target_id=asked.pk)
    assert line.subject_id == college.people["pupil"].pk
    assert SECRET not in str(line.details) and SECRET not in str(list(Item.objects.values()))


def test_the_same_line_sent_twice_is_one_request(asked: DataRequest, college: World, seat_of: Any) -> None:
    again = asking.ask(seat_of("guardian"), college.school, college.people["pupil"], WRONG)
    assert again == asked and RequestLine.objects.count() == 1


def test_a_request_holds_several_lines_for_a_week_and_ten_at_most(
    asked: DataRequest, seat_of: Any, clock: Any
) -> None:
    mother = seat_of("guardian")
    assert asking.add_line(mother, asked, FORGET_ME)
    assert not asking.add_line(mother, asked, FORGET_ME)
    for number in range(8):
        asking.add_line(mother, asked, CorrectionLine(Right.QUESTION, f"Question {number}"))
    with pytest.raises(asking.TakenInHand):
        asking.add_line(mother, asked, CorrectionLine(Right.QUESTION, "Une de trop"))
    RequestLine.objects.filter(right="question").delete()
    clock.shift(timedelta(days=7))
    with pytest.raises(asking.TakenInHand):
        asking.add_line(mother, asked, CorrectionLine(Right.QUESTION, "Trop tard"))


def test_a_line_changes_until_somebody_takes_it_in_hand(asked: DataRequest, seat_of: Any) -> None:
    line, other = (
        line_of(asked),
        CorrectionLine(Right.RECTIFY, "Autrement dit", "attendance-entry", "", "Présente"),
    )
    assert asking.change_line(seat_of("guardian"), line, other)
    assert not asking.change_line(seat_of("guardian"), line, other)
    answering.take(seat_of("head"), asked)
    for change in (asking.change_line, asking.add_line):
        with pytest.raises(asking.TakenInHand):
            change(seat_of("guardian"), line if change is asking.change_line else asked, WRONG)
    line.refresh_from_db()
    assert line.wrong == "Autrement dit"


def test_it_is_withdrawn_until_it_is_answered(asked: DataRequest, seat_of: Any) -> None:
    answering.answer_line(seat_of("head"), line_of(asked), Outcome.REFUSED, ANSWER)
    assert asking.withdraw(seat_of("guardian"), asked)
    assert not asking.withdraw(seat_of("guardian"), asked)
    # What was written and never told is not kept.
    assert (line_of(asked).outcome, line_of(asked).answer) == ("", "")
    with pytest.raises(answering.Over):
        answering.take(seat_of("head"), asked)
    assert not Item.objects.filter(kind=ARRIVED, read_at=None).exists()


def test_the_form_says_beforehand_what_may_be_granted(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    kept = client.get(url("ask"), {"quoi": "attendance-entry"}).content.decode()
    assert "Ce que la loi oblige l’établissement à garder le reste jusqu’à son terme" in kept
    agreed = client.get(url("ask"), {"quoi": "directory-pupilphoto"}).content.decode()
    assert "Vous pouvez retirer votre accord" in agreed
    files = client.get(url("ask"), {"quoi": "directory-person"}).content.decode()
    assert "corriger à la source" in files
    own = client.get(url("ask"), {"quoi": "notifications-preference"}).content.decode()
    assert reverse("notifications:preferences") in own
    child = college.people["pupil"].public_id
    theirs = client.get(url("ask"), {"quoi": "notifications-preference", "pour": child}).content.decode()
    assert "Changer ceci vous-même" not in theirs


def test_every_kind_of_data_says_what_may_be_granted_and_none_refuses_to_be_asked() -> None:
    for entry in held.entries():
        assert [grant.right for grant in requests.grants_of(entry)] == list(Right)
        assert all(grant.text for grant in requests.grants_of(entry)), entry.model
        # What may be erased from a request has something that erases, and is not brought again by a file.
        assert not entry.erases or (entry.forget and not entry.from_files), entry.model


def test_a_correction_says_what_would_be_right(college: World, client: SchoolClient) -> None:
    typed = {"pour": "", "quoi": "attendance-entry", "right": "rectify", "wrong": "C’est faux.", "better": ""}
    answer = client.sit(college.people["guardian"]).post(url("ask"), typed)
    assert answer.status_code == 422 and "Dites ce qu’il faudrait lire à la place." in answer.content.decode()
    assert "C’est faux." in answer.content.decode()


def test_with_children_in_two_schools_one_chooses_whom_to_ask(
    college: World, twin: World, client: SchoolClient
) -> None:
    mother = college.people["guardian"]
    Guardianship.objects.create(
        pupil=twin.people["pupil"], guardian=mother, authority="legal", kinship="mother"
    )
    client.sit(mother).may_see_twin = True
    typed = {"pour": "", "quoi": "autre", "right": "question", "wrong": "Qui me lit ?"}
    DataRequest.objects.all().delete()
    assert client.post(url("ask"), typed).status_code == 422
    client.post(url("ask"), typed | {"school": str(twin.school.pk)})
    assert DataRequest.objects.get().school == twin.school
    # For one child, the school of that child alone.
    child = {"pour": college.people["pupil"].public_id, "school": str(twin.school.pk)}
    client.post(url("ask"), typed | child)
    assert DataRequest.objects.get(subject=college.people["pupil"]).school == college.school


def test_whoever_has_no_school_is_told_where_to_write(college: World, client: SchoolClient) -> None:
    agent = Person.objects.create(family_name="Agent", given_name="Ada")
    Holding.objects.create(person=agent, role=Role.AGENT)
    Account(login="agent.sans.ecole", person=agent, password="!").save()
    page = client.sit(agent).get(url("ask"), {"quoi": "autre"}).content.decode()
    assert "Aucun établissement à qui demander" in page


def test_a_young_pupil_asks_alone_and_no_guardian_hears_of_it(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    """docs/decisions/0109: nothing obliges to tell, and a child who is told on does not ask."""
    DataRequest.objects.all().delete()
    Item.objects.all().delete()
    pupil = college.people["pupil"]
    assert pupil.age_on(TODAY) < 15
    request = asking.ask(
        seat_of("pupil"), college.school, pupil, CorrectionLine(Right.ERASE, SECRET, "signon-alias")
    )
    answering.take(seat_of("head"), request)
    assert notified(STEP) == {pupil.pk}
    for key in ("guardian", "other_guardian"):
        assert request not in DataRequest.objects.visible_to(seat_of(key)), key
        client.sit(college.people[key])
        body = client.get("/mes-donnees/privacy-datarequest/", {"pour": pupil.public_id}).content.decode()
        assert "Rien n’est gardé ici" in body or "Julie Abadie" in body, key
    # The mother has asked something else of her own: only what the father reads must be empty of it.
    assert_nothing_is_said(client.sit(college.people["other_guardian"]), pupil, SECRET)


def assert_nothing_is_said(client: SchoolClient, child: Person, *words: str) -> None:
    """Nowhere in « Mes données » of the child does this guardian read that somebody else asked something."""
    for entry in held.entries():
        body = client.get(f"/mes-donnees/{held.key_of(entry)}/", {"pour": child.public_id}).content.decode()
        rows = body.split("Combien de temps")[-1]
        for word in (*words, "emande sur des données", "privacy.request"):
            assert word not in rows, (entry.model, word)
    read = client.get("/mes-donnees/consultations/", {"pour": child.public_id}).content.decode()
    assert "demande sur des données" not in read


# Who sees what


def test_who_sees_a_request(asked: DataRequest, college: World, twin: World, seat_of: Any) -> None:
    seen = {
        key
        for key in ("head", "cpe", "teacher", "secretary", "guardian", "other_guardian", "pupil")
        if asked in DataRequest.objects.visible_to(seat_of(key))
    }
    assert seen == {"head", "guardian"}
    for key in ("head", "cpe", "teacher", "guardian"):
        assert asked not in DataRequest.objects.visible_to(seat_of(key, world=twin)), key
        assert line_of(asked) not in RequestLine.objects.visible_to(seat_of(key, world=twin)), key


def test_separated_parents_never_read_each_others_requests(
    asked: DataRequest, college: World, seat_of: Any, client: SchoolClient
) -> None:
    head, child = seat_of("head"), college.people["pupil"]
    SchoolClient().sit(college.people["head"]).get(url("handle", asked))
    answering.answer_line(head, line_of(asked), Outcome.REFUSED, ANSWER)
    answering.prolong(head, asked, WHY)
    answer_and_tell(head, asked)
    father = client.sit(college.people["other_guardian"])
    assert father.get(url("asked", asked)).status_code == 404
    assert father.get(url("handle", asked)).status_code == 404
    for page in ("/mes-donnees/privacy-datarequest/", "/mes-donnees/privacy-requestline/", url("requests")):
        body = father.get(page, {"pour": child.public_id}).content.decode()
        assert not any(words in body for words in (SECRET, ANSWER, WHY)), page
        assert "Julie" not in body, page
    assert_nothing_is_said(father, child, SECRET, ANSWER, WHY)
    # The child does not read that one parent asked something, nor when.
    client.sit(child)
    for page in ("privacy-datarequest", "privacy-requestline"):
        assert "Rien n’est gardé ici" in client.get(f"/mes-donnees/{page}/").content.decode(), page
    assert "emande sur des données" not in client.get("/mes-donnees/journal-line/").content.decode()
    mother = client.sit(college.people["guardian"])
    hers = mother.get("/mes-donnees/privacy-requestline/", {"pour": child.public_id}).content.decode()
    assert SECRET in hers and ANSWER in hers


def test_a_guardian_who_no_longer_answers_for_the_child_reads_nothing_more(
    asked: DataRequest, college: World, seat_of: Any
) -> None:
    links = Guardianship.objects.filter(guardian=college.people["guardian"], pupil=college.people["pupil"])
    other = Person.objects.filter(enrolments__group__year=college.year).exclude(pk=asked.subject_id)[0]
    make_parent_of(college, "guardian", other)
    assert asked in DataRequest.objects.visible_to(seat_of("guardian"))
    for change in ({"authority": "contact"}, {"may_not_be_informed": True}, {"ends": TODAY}):
        before = links.values(*change).get()
        links.update(**change)
        assert asked not in DataRequest.objects.visible_to(seat_of("guardian")), change
        links.update(**before)
    Person.objects.filter(pk=asked.subject_id).update(birth_date=TODAY.replace(year=TODAY.year - 18))
    assert asked not in DataRequest.objects.visible_to(seat_of("guardian"))


def test_the_head_does_not_answer_in_their_own_family(
    asked: DataRequest, college: World, seat_of: Any, client: SchoolClient
) -> None:
    """The other parent's request about a child of the head is not the head's to read."""
    head = college.people["head"]
    own = asking.ask(seat_of("head"), college.school, head, FORGET_ME)
    Guardianship.objects.create(pupil=asked.subject, guardian=head, authority="legal", kinship="other")
    viewer = seat_of("head", f"staff-{college.school.pk}")
    assert asked not in DataRequest.objects.visible_to(viewer)
    assert own in DataRequest.objects.visible_to(viewer) and not rules.handles(viewer, own)
    assert requests.number_kept_away(viewer) == 2 and not list(requests.queue_of(viewer, ""))
    client.sit(head, viewer.key)
    assert "2 demandes vous concernent" in client.get(url("queue")).content.decode()
    assert client.get(url("handle", asked)).status_code == 404
    assert client.get(url("handle", own)).status_code == 403
    assert holders_for(asked, TODAY) == holders_for(own, TODAY) == []
    give(college, "secretary")
    assert holders_for(asked, TODAY) == [college.people["secretary"].pk]
    assert asked in DataRequest.objects.visible_to(seat_of("secretary"))


def test_the_power_is_given_until_a_day_and_the_journal_says_for_whom(
    asked: DataRequest, college: World, seat_of: Any
) -> None:
    assert not rules.answers_requests(seat_of("secretary"))
    give(college, "secretary")
    keeper = seat_of("secretary")
    assert rules.handles(keeper, asked)
    answering.take(keeper, asked)
    assert (
        Line.objects.get(verb="privacy.request_taken", target_id=asked.pk).details["for"]
        == college.people["head"].pk
    )
    give(college, "secretary", TODAY - DAY)
    assert asked not in DataRequest.objects.visible_to(seat_of("secretary"))


def test_only_the_head_answers_by_function(holder: Any) -> None:
    assert {role for role in Role if rules.answers_requests(holder(role))} == {Role.HEAD}


# Answering


def answer_and_tell(viewer: Any, request: DataRequest) -> None:
    answering.send_answer(viewer, request)
    DataRequest.objects.filter(pk=request.pk).update(answered_at=NOW - timedelta(minutes=11))
    keeping.tell_answers()
    request.refresh_from_db()


def test_from_the_request_to_the_answer(
    asked: DataRequest, college: World, seat_of: Any, client: SchoolClient, clock: Any
) -> None:
    head, mother = SchoolClient().sit(college.people["head"]), client.sit(college.people["guardian"])
    head.get(url("handle", asked))
    read = Line.objects.get(verb="privacy.request_read", target_id=asked.pk)
    assert read.is_read and read.subject_id == college.people["pupil"].pk
    head.post(url("take", asked))
    assert notified(STEP) == {college.people["guardian"].pk}
    assert "n’a pas encore" not in mother.get(url("asked", asked)).content.decode()
    head.post(url("send_answer", asked))
    asked.refresh_from_db()
    assert asked.state == "in_hand", "every line is answered first"
    head.post(url("answer_line", line_of(asked)), {"outcome": "refused", "answer": ANSWER})
    head.post(url("send_answer", asked))
    keeping.tell_answers()
    page = mother.get(url("asked", asked)).content.decode()
    assert ANSWER not in page and "En cours" in page
    clock.shift(timedelta(minutes=10))
    keeping.tell_answers()
    keeping.tell_answers()
    page = mother.get(url("asked", asked)).content.decode()
    assert ANSWER in page and "Refusé" in page and "cnil.fr" in page
    assert notified(ANSWERED) == {college.people["guardian"].pk}
    assert Line.objects.filter(verb="privacy.request_told").count() == 1
    assert not any(SECRET in str(line.details) or ANSWER in str(line.details) for line in Line.objects.all())


def test_an_answer_that_is_not_told_is_read_by_nobody_who_asked(
    asked: DataRequest, college: World, seat_of: Any, client: SchoolClient
) -> None:
    answering.answer_line(seat_of("head"), line_of(asked), Outcome.GRANTED, ANSWER)
    answering.send_answer(seat_of("head"), asked)
    client.sit(college.people["guardian"])
    child = {"pour": college.people["pupil"].public_id}
    for page in (url("asked", asked), url("requests"), "/mes-donnees/privacy-requestline/"):
        body = client.get(page, child).content.decode()
        assert ANSWER not in body and "Accordé" not in body.replace("Accordée", ""), page


def test_an_answer_is_taken_back_until_it_is_told(asked: DataRequest, seat_of: Any) -> None:
    head = seat_of("head")
    answering.answer_line(head, line_of(asked), Outcome.GRANTED, ANSWER)
    answering.send_answer(head, asked)
    assert answering.take_back_answer(head, asked)
    assert not answering.take_back_answer(head, asked)
    line = line_of(asked)
    answering.answer_line(head, line, Outcome.REFUSED, ANSWER, answering.mark_of(line))
    answer_and_tell(head, asked)
    with pytest.raises(answering.TooLate):
        answering.take_back_answer(head, asked)
    with pytest.raises(answering.Over):
        answering.answer_line(head, line_of(asked), Outcome.GRANTED, ANSWER)


@pytest.mark.parametrize(("days", "may"), [(0, True), (30, True), (31, False)])
def test_it_is_prolonged_once_within_the_first_month(
    asked: DataRequest, seat_of: Any, clock: Any, days: int, may: bool
) -> None:
    clock.shift(days * DAY)
    head = seat_of("head", at=NOW + days * DAY)
    if not may:
        with pytest.raises(answering.TooLate):
            answering.prolong(head, asked, WHY)
        return
    assert answering.prolong(head, asked, WHY)
    assert not answering.prolong(head, asked, "Encore")
    asked.refresh_from_db()
    assert (asked.due, asked.prolonged_why) == (date(2027, 2, 24), WHY)
    assert asked.asked_by_id in notified(STEP)


def test_those_who_answer_are_told_what_is_asked_and_by_whom_in_a_word(
    asked: DataRequest, college: World, seat_of: Any, client: SchoolClient
) -> None:
    asking.ask(seat_of("teacher"), college.school, college.people["teacher"], FORGET_ME)
    bodies = {one.body for one in told_in_words(Item.objects.filter(kind=ARRIVED))}
    assert {body.split(" (")[0] for body in bodies} == {
        "Corriger une erreur\u202f: un responsable, sur les données d’un élève",
        "Effacer\u202f: un membre du personnel, sur ses propres données",
    }
    # It leaves by mail: no name, nor what somebody typed.
    for word in (SECRET, college.people["pupil"].given_name, college.people["teacher"].family_name):
        assert not any(word in body for body in bodies), word


def test_the_home_of_those_who_answer_says_what_waits(
    asked: DataRequest, college: World, client: SchoolClient
) -> None:
    page, name = url("handle", asked), college.people["pupil"].formal_name
    home = client.sit(college.people["head"]).get("/").content.decode()
    assert page in home and f"données de {name}" in home.replace("d’", "de ") and SECRET not in home
    for key in ("cpe", "secretary", "teacher"):
        assert page not in client.sit(college.people[key]).get("/").content.decode(), key
    make_parent_of(college, "head", college.people["pupil"])
    # Those of one's own family are answered by somebody else.
    assert page not in client.sit(college.people["head"]).get("/").content.decode()


def test_those_who_answer_are_told_five_days_before_and_once(
    asked: DataRequest, college: World, clock: Any
) -> None:
    head = {college.people["head"].pk}
    clock.move_to(NOW + 24 * DAY)
    assert keeping.remind() == 0 and notified(SOON) == set()
    clock.move_to(NOW + 25 * DAY)
    keeping.remind()
    keeping.remind()
    assert notified(SOON) == head and Item.objects.filter(kind=SOON).count() == 1


def test_what_was_prolonged_is_told_of_again_before_its_new_day(
    asked: DataRequest, seat_of: Any, clock: Any
) -> None:
    clock.move_to(NOW + 26 * DAY)
    keeping.remind()
    answering.prolong(seat_of("head", at=NOW + 26 * DAY), asked, WHY)
    assert not Item.objects.filter(kind=SOON, read_at=None).exists()
    clock.move_to(datetime(2027, 2, 19, 9, tzinfo=UTC))
    keeping.remind()
    assert Item.objects.filter(kind=SOON, read_at=None).count() == 1


def test_a_question_is_told_and_the_rest_is_granted_or_refused(
    asked: DataRequest, college: World, seat_of: Any, client: SchoolClient
) -> None:
    asking.add_line(seat_of("guardian"), asked, CorrectionLine(Right.QUESTION, "Qui me lit ?"))
    rectify, question = asked.lines.all()
    client.sit(college.people["head"])
    for line, outcome, status in (
        (rectify, "told", 422),
        (question, "granted", 422),
        (rectify, "partly", 302),
        (question, "told", 302),
    ):
        answer = client.post(url("answer_line", line), {"outcome": outcome, "answer": ANSWER})
        assert answer.status_code == status, (line.right, outcome)


def test_two_who_answer_at_once_do_not_write_over_each_other(
    asked: DataRequest, college: World, client: SchoolClient
) -> None:
    give(college, "secretary")
    address, line = url("answer_line", line_of(asked)), line_of(asked)
    SchoolClient().sit(college.people["secretary"]).post(
        address, {"outcome": "granted", "answer": ANSWER, "seen": ""}
    )
    client.sit(college.people["head"])
    late = client.post(address, {"outcome": "refused", "answer": WHY, "seen": ""})
    line.refresh_from_db()
    assert late.status_code == 409 and line.outcome == "granted"
    assert ANSWER in late.content.decode() and WHY in late.content.decode()
    client.post(address, {"outcome": "refused", "answer": WHY, "seen": answering.mark_of(line)})
    line.refresh_from_db()
    assert line.outcome == "refused"


# Erasing what was granted


@pytest.fixture
def granted(college: World, seat_of: Any) -> RequestLine:
    """The pupil asked to be forgotten by the services; it was granted, and is not told yet."""
    DataRequest.objects.all().delete()
    request = asking.ask(seat_of("pupil"), college.school, college.people["pupil"], FORGET_ME)
    answering.answer_line(seat_of("head"), line_of(request), Outcome.GRANTED, ANSWER)
    answering.send_answer(seat_of("head"), request)
    return line_of(request)


def test_what_was_granted_is_shown_then_erased_once(
    granted: RequestLine, college: World, seat_of: Any, client: SchoolClient
) -> None:
    theirs = Alias.objects.filter(person=college.people["pupil"])
    count = theirs.count()
    assert count
    client.sit(college.people["head"])
    page = client.get(url("erase", granted)).content.decode()
    assert f"{count} ligne" in page and "C’est définitif" in page and theirs.count() == count
    client.post(url("erase", granted))
    client.post(url("erase", granted))
    assert not theirs.exists()
    line = Line.objects.get(verb="privacy.request_erasure_applied")
    assert (line.details["rows"], line.details["kind"]) == (count, "signon-alias")
    with pytest.raises(answering.TooLate):
        answering.take_back_answer(seat_of("head"), granted.request)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ({"outcome": "refused"}, "answered"),
        ({"right": "rectify"}, "answered"),
        ({"kind": "directory-person"}, "answered"),
        ({"kind": "attendance-entry"}, "answered"),
        ({"kind": ""}, "answered"),
        ({"kind": "inconnu"}, "answered"),
        ({"outcome": "partly"}, "answered"),
        ({"which": "Celui de la carte"}, "answered"),
        # Of one parent's no it would make a yes.
        ({"kind": "directory-consent"}, "answered"),
        ({}, "in_hand"),
    ],
)
def test_what_was_not_granted_or_is_not_erased_from_here_stays(
    granted: RequestLine, college: World, seat_of: Any, line: dict[str, str], state: str
) -> None:
    if state == "in_hand":
        answering.take_back_answer(seat_of("head"), granted.request)
    RequestLine.objects.filter(pk=granted.pk).update(**line)
    with pytest.raises(answering.Over):
        answering.apply_erasure(seat_of("head"), granted)
    assert Alias.objects.filter(person=college.people["pupil"]).exists()
    assert Person.objects.get(pk=college.people["pupil"].pk).erased_at is None


def test_what_another_school_holds_is_not_erased_from_here(
    granted: RequestLine, college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    Holding.objects.create(
        person=college.people["pupil"], role=Role.PUPIL, school=twin.school, ends=TODAY - 100 * DAY
    )
    with pytest.raises(answering.Over):
        answering.apply_erasure(seat_of("head"), granted)
    page = client.sit(college.people["head"]).get(url("erase", granted)).content.decode()
    assert "aussi connue d’un autre établissement" in page and "Effacer maintenant" not in page
    assert Alias.objects.filter(person=college.people["pupil"]).exists()


def test_a_child_elsewhere_makes_a_guardian_known_elsewhere(college: World, twin: World) -> None:
    mother = college.people["guardian"]
    assert not requests.known_elsewhere(mother, college.school.pk)
    Guardianship.objects.create(
        pupil=twin.people["pupil"], guardian=mother, authority="contact", kinship="other"
    )
    assert requests.known_elsewhere(mother, college.school.pk)


# Time


def test_requests_go_three_years_after_they_ended(asked: DataRequest, seat_of: Any, clock: Any) -> None:
    asking.withdraw(seat_of("guardian"), asked)
    clock.move_to(NOW.replace(year=2029))
    assert keeping.erase_old() == 0
    clock.shift(DAY)
    assert keeping.erase_old() == 1 and not DataRequest.objects.exists()


def test_what_waits_never_goes_by_itself(asked: DataRequest, clock: Any) -> None:
    clock.shift(2000 * DAY)
    assert keeping.erase_old() == 0


@pytest.mark.parametrize("key", ["guardian", "pupil"])
def test_requests_go_with_whoever_asked_and_whom_they_were_about(
    asked: DataRequest, college: World, key: str
) -> None:
    entry = next(one for one in boards.personal_data if one.model == "privacy.DataRequest")
    assert entry.forget
    entry.forget(college.people[key].pk)
    assert not DataRequest.objects.exists() and not RequestLine.objects.exists()


def test_the_queue_is_paged(asked: DataRequest, college: World, client: SchoolClient) -> None:
    rows = [
        DataRequest(
            school=college.school,
            subject=asked.subject,
            asked_by=asked.asked_by,
            asked_at=NOW,
            due=TODAY + DAY * number,
        )
        for number in range(65)
    ]
    DataRequest.objects.bulk_create(rows)
    client.sit(college.people["head"])
    shown = [
        client.get(url("queue"), {"page": str(number)}).content.decode().count("N° ") for number in (1, 2, 3)
    ]
    assert shown == [30, 30, 6]


def test_a_request_that_is_late_comes_first_on_the_home(
    asked: DataRequest, college: World, client: SchoolClient
) -> None:
    later = DataRequest.objects.get(pk=asked.pk)
    later.pk, later.due = None, TODAY + 30 * DAY
    later.save()
    RequestLine.objects.create(request=later, school=later.school, right=Right.OBJECT, wrong="Tout")
    client.sit(college.people["head"])
    for due, is_first in ((TODAY, False), (TODAY - DAY, True)):
        DataRequest.objects.filter(pk=asked.pk).update(due=due)
        home = client.get("/").content.decode()
        main = home[home.index("<main") :]
        assert main.count("Demandes sur les données") == 1
        assert ("en retard" in main) is is_first
        # One that has its time waits behind the link.
        assert (reverse("privacy:handle", kwargs={"pk": later.pk}) in main) is not is_first
        assert "Les 2 demandes" in main
        others = [main.index(title) for title in ("Vie scolaire, aujourd’hui", "Conseils de classe")]
        assert (main.index("Demandes sur les données") < min(others)) is is_first
