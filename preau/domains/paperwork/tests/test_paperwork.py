"""Who is asked, who reads a document and who only learns that it came, what a second click does, and when documents go."""

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.asking import actions as asking
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import picture, sent
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Enrolment, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.viewer import viewer_for
from preau.directory.words import Authority, Role
from preau.domains.paperwork import exports, rules, tasks
from preau.domains.paperwork.actions import bundles, checking, collecting, erasing, sending, telling
from preau.domains.paperwork.models import Bundle, Collection, Dossier, Piece, Reminder, Submission
from preau.domains.paperwork.queries import collections, papers, states
from preau.domains.paperwork.tests.props import (
    Kind,
    a_collection,
    a_draft,
    a_file,
    a_row,
    dossier_of,
    piece_of,
)
from preau.foundation.awaited import awaited_of
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def of_cast(collection: Collection, college: World) -> Dossier:
    return dossier_of(collection, college.people["pupil"])


def own_state(viewer: Any, dossier: Dossier, kind: str = Kind.INSURANCE) -> states.PieceState:
    whole = Dossier.objects.select_related("collection__year", "pupil").get(pk=dossier.pk)
    return next(one for one in states.dossier_states(viewer, whole) if one.piece.kind == kind)


def titles(viewer: Any) -> list[str]:
    return [one.title for one in awaited_of(viewer)]


@pytest.fixture
def nurse(college: World) -> Person:
    person = Person.objects.create(family_name="Lagarde", given_name="Ida")
    Holding.objects.create(person=person, role=Role.NURSE, school=college.school, starts=college.year.starts)
    Account.objects.create(person=person, login=f"infirmerie.{person.pk}")
    college.people["nurse"] = person
    return person


# Who


def test_who_asks_and_who_follows(holder: Any) -> None:
    asks = {Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY}
    assert {role for role in Role if rules.follows(holder(role))} == asks | {Role.NURSE}
    assert {role for role in Role if rules.manages(holder(role))} == asks


# Opening


def test_a_collection_asks_each_pupil_of_the_class_once(college: World, twin: World, seat_of: Any) -> None:
    draft, secretary = a_draft(college), seat_of("secretary")
    number = collecting.open_to_families(secretary, draft)
    pupils = set(own_class(college).enrolments.values_list("pupil_id", flat=True))
    assert number == len(pupils) and set(draft.dossiers.values_list("pupil_id", flat=True)) == pupils
    assert not draft.dossiers.filter(pupil__in=[one.pk for one in twin.people.values()]).exists()
    with pytest.raises(asking.NotADraft):
        collecting.open_to_families(secretary, draft)
    with pytest.raises(asking.NotADraft):
        collecting.add_piece(
            secretary, draft, collecting.PieceFacts("other", "Une autre", "", True, "office", "year")
        )
    assert Line.objects.filter(verb="paperwork.opened").count() == 1


def test_a_level_asks_its_classes(college: World) -> None:
    draft, group = a_draft(college), own_class(college)
    draft.groups.clear()
    draft.levels = [group.level]
    draft.save()
    learnt = Enrolment.objects.filter(group__level=group.level, group__school=college.school)
    assert set(collections.pupils_meant(draft, TODAY)) == set(
        Person.objects.filter(pk__in=learnt.values("pupil_id"))
    )


def test_nothing_opens_without_a_piece_nor_after_its_day_nor_for_nobody(college: World, seat_of: Any) -> None:
    secretary, draft = seat_of("secretary"), a_draft(college)
    draft.last_day = TODAY - timedelta(days=1)
    draft.save()
    with pytest.raises(asking.Late):
        collecting.open_to_families(secretary, draft)
    draft.last_day = TODAY
    draft.save()
    draft.groups.clear()
    with pytest.raises(asking.Nobody):
        collecting.open_to_families(secretary, draft)
    Piece.objects.filter(collection=draft).delete()
    with pytest.raises(collecting.NoPiece):
        collecting.open_to_families(secretary, draft)
    assert not Dossier.objects.filter(collection=draft).exists()


def test_a_pupil_who_arrives_is_asked_the_next_night_and_once(college: World) -> None:
    made, arrived = a_collection(college), Person.objects.create(family_name="Neuf", given_name="Ana")
    Holding.objects.create(person=arrived, role=Role.PUPIL, school=college.school, starts=college.year.starts)
    assert tasks.ask_newcomers.call() == 0
    Enrolment.objects.create(school=college.school, group=own_class(college), pupil=arrived, starts=TODAY)
    assert [tasks.ask_newcomers.call(), tasks.ask_newcomers.call()] == [1, 0]
    assert made.dossiers.filter(pupil=arrived).count() == 1


def test_who_has_arrived_since_is_said_and_asked_by_a_gesture(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    made = a_collection(college)
    client.sit(college.people["secretary"])
    page, gesture = (
        reverse(f"paperwork:{name}", kwargs={"pk": made.pk}) for name in ("collection", "ask_arrived")
    )
    assert "depuis" not in client.get(page).content.decode()
    arrived = []
    for name in ("Ana", "Bob"):
        pupil = Person.objects.create(family_name="Neuf", given_name=name)
        Holding.objects.create(
            person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts
        )
        Enrolment.objects.create(school=college.school, group=own_class(college), pupil=pupil, starts=TODAY)
        arrived.append(pupil)
    stranger = Person.objects.create(family_name="Ailleurs", given_name="Cléo")
    Holding.objects.create(person=stranger, role=Role.PUPIL, school=twin.school, starts=twin.year.starts)
    content = client.get(page).content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    assert "2 élèves sont arrivés depuis" in content
    assert collecting.ask_arrived(seat_of("secretary"), made) == 2
    assert collecting.ask_arrived(seat_of("secretary"), made) == 0
    assert set(made.dossiers.filter(pupil__in=[*arrived, stranger]).values_list("pupil_id", flat=True)) == {
        pupil.pk for pupil in arrived
    }
    assert "Personne n’est arrivé depuis" in client.post(gesture, follow=True).content.decode()


def test_nobody_is_asked_once_the_last_day_has_passed(college: World, seat_of: Any) -> None:
    made = a_collection(college)
    Collection.objects.filter(pk=made.pk).update(last_day=TODAY - timedelta(days=1))
    pupil = Person.objects.create(family_name="Neuf", given_name="Ana")
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts)
    Enrolment.objects.create(school=college.school, group=own_class(college), pupil=pupil, starts=TODAY)
    with pytest.raises(asking.Late):
        collecting.ask_arrived(seat_of("secretary"), made)
    assert not made.dossiers.filter(pupil=pupil).exists()


# What families see


def test_it_is_awaited_of_both_parents_until_what_must_come_has_come(college: World, seat_of: Any) -> None:
    made, mother, father = a_collection(college), seat_of("guardian"), seat_of("other_guardian")
    dossier = of_cast(made, college)
    assert made.title in titles(mother) and made.title in titles(father)
    sending.send(mother, dossier, piece_of(made), a_file(mother, college))
    assert made.title in titles(father)
    sending.send(father, dossier, piece_of(made, Kind.HEALTH), a_file(father, college))
    assert made.title not in titles(mother) and made.title not in titles(father)


def test_the_number_that_misses_is_said(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    line = next(one for one in awaited_of(mother) if one.title == made.title)
    assert line.text.startswith("2") and line.about == college.people["pupil"].pk
    a_row(college, of_cast(made, college), piece_of(made))
    line = next(one for one in awaited_of(mother) if one.title == made.title)
    assert line.text.startswith("1")


def test_the_other_parent_reads_that_it_came_never_the_document(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made, mother, father = a_collection(college), seat_of("guardian"), seat_of("other_guardian")
    dossier, file = of_cast(made, college), a_file(mother, college, "secret-de-julie.jpg")
    sending.send(mother, dossier, piece_of(made), file)
    state = own_state(father, dossier)
    assert (state.state, state.submission, state.file) == (states.State.RECEIVED, None, None)
    assert not Submission.objects.visible_to(father).exists()
    client.sit(college.people["other_guardian"])
    page = client.get(reverse("paperwork:dossier", kwargs={"pk": dossier.pk})).content.decode()
    assert "secret-de-julie" not in page and college.people["guardian"].given_name not in page
    assert client.get(reverse("files:file", kwargs={"public_id": file.public_id})).status_code == 404
    client.sit(college.people["guardian"])
    assert client.get(reverse("files:file", kwargs={"public_id": file.public_id})).status_code == 200


def test_the_other_parent_does_not_read_why_it_was_refused(college: World, seat_of: Any) -> None:
    made, mother, father = a_collection(college), seat_of("guardian"), seat_of("other_guardian")
    dossier = of_cast(made, college)
    sending.send(mother, dossier, piece_of(made), a_file(mother, college))
    row = Submission.objects.get(dossier=dossier)
    assert checking.refuse(seat_of("secretary"), row, "somebody_else", "Elle est au nom de M. Untel.")
    assert "M. Untel" in own_state(mother, dossier).refusal
    assert own_state(father, dossier).refusal == "" and own_state(father, dossier).to_send
    notices = Item.objects.filter(kind=telling.REFUSED)
    # That it misses again concerns both; why, the sender.
    assert {item.person_id for item in notices} == {mother.person.pk, father.person.pk}
    assert not any("Untel" in str(item.facts) for item in notices)


def test_a_member_of_the_staff_does_not_read_what_was_sent_of_their_own_child(
    college: World, seat_of: Any
) -> None:
    made, secretary = a_collection(college), seat_of("secretary")
    row = a_row(college, of_cast(made, college), piece_of(made))
    assert row in Submission.objects.visible_to(secretary)
    Guardianship.objects.create(
        pupil=college.people["pupil"],
        guardian=college.people["secretary"],
        authority=Authority.CONTACT,
        kinship="other",
        starts=college.year.starts,
    )
    assert row not in Submission.objects.visible_to(secretary)
    with pytest.raises(checking.Replaced):
        checking.accept(secretary, row)
    assert not rules.notes_papers(secretary, row.dossier)


def test_a_confidential_piece_is_read_by_the_nurse_and_the_head_alone(
    college: World, seat_of: Any, nurse: Person, client: SchoolClient
) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, file = of_cast(made, college), a_file(mother, college)
    sending.send(mother, dossier, piece_of(made, Kind.HEALTH), file)
    row = Submission.objects.get(dossier=dossier)
    reads = {"head": True, "nurse": True, "cpe": False, "secretary": False, "teacher": False}
    for key, may in reads.items():
        assert (row in Submission.objects.visible_to(seat_of(key))) is may, key
        client.sit(college.people[key])
        answer = client.get(reverse("files:file", kwargs={"public_id": file.public_id}))
        assert answer.status_code == (200 if may else 404), key
    assert Line.objects.filter(verb="paperwork.document_read").count() == 2
    # The office follows that it came.
    assert own_state(seat_of("secretary"), dossier, Kind.HEALTH).state == states.State.RECEIVED
    assert own_state(seat_of("secretary"), dossier, Kind.HEALTH).submission is None
    # The nurse reads nothing else.
    other = a_row(college, dossier, piece_of(made))
    assert other not in Submission.objects.visible_to(seat_of("nurse"))


def test_a_parent_who_lost_authority_sends_and_reads_nothing_any_more(college: World, seat_of: Any) -> None:
    made, before = a_collection(college), seat_of("other_guardian")
    dossier, file = of_cast(made, college), a_file(seat_of("other_guardian"), college)
    sending.send(before, dossier, piece_of(made), file)
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(ends=TODAY)
    # The page was open when authority ended.
    with pytest.raises(sending.NotAwaited):
        sending.send(before, dossier, piece_of(made, Kind.HEALTH), file)
    assert viewer_for(college.people["other_guardian"], 0, NOW) is None
    assert (
        before.person.pk not in collections.people_asked([college.people["pupil"]], TODAY)[dossier.pupil_id]
    )


def test_from_eighteen_the_pupil_sends_alone(college: World, seat_of: Any) -> None:
    made, pupil = a_collection(college), college.people["pupil"]
    dossier = of_cast(made, college)
    assert not Dossier.objects.visible_to(seat_of("pupil")).exists()
    pupil.birth_date = TODAY.replace(year=TODAY.year - 18)
    pupil.save()
    dossier.refresh_from_db()
    assert rules.sends(seat_of("pupil"), dossier) and not rules.sends(seat_of("guardian"), dossier)
    assert made.title in titles(seat_of("pupil")) and made.title not in titles(seat_of("guardian"))
    with pytest.raises(sending.NotAwaited):
        sending.send(seat_of("guardian"), dossier, piece_of(made), a_file(seat_of("guardian"), college))


def test_a_pupil_who_has_left_is_not_awaited(college: World, seat_of: Any) -> None:
    made = a_collection(college)
    Holding.objects.filter(person=college.people["pupil"], school=college.school).update(ends=TODAY)
    assert of_cast(made, college).pk not in collections.missing_in(made, TODAY)


# Sending


def test_a_document_is_replaced_until_it_is_checked_and_the_former_goes(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, piece = of_cast(made, college), piece_of(made)
    first, second = a_file(mother, college), a_file(mother, college, "autre.jpg", (90, 60))
    assert sending.send(mother, dossier, piece, first)
    assert not sending.send(mother, dossier, piece, first)
    assert sending.send(mother, dossier, piece, second)
    rows = list(Submission.objects.filter(dossier=dossier).order_by("pk"))
    assert [(row.file_id, bool(row.replaced_at)) for row in rows] == [(None, True), (second.pk, False)]
    assert first in StoredFile.objects.loose()
    assert checking.accept(seat_of("secretary"), rows[1])
    with pytest.raises(sending.AlreadyChecked):
        sending.send(mother, dossier, piece, first)


def test_what_is_kept_for_later_is_seen_by_nobody_else(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, piece, file = of_cast(made, college), piece_of(made), a_file(mother, college)
    assert sending.keep_for_later(mother, dossier, piece, file)
    assert not sending.keep_for_later(mother, dossier, piece, file)
    for key in ("secretary", "head", "other_guardian"):
        assert not Submission.objects.visible_to(seat_of(key)).exists(), key
        assert own_state(seat_of(key), dossier).state == states.State.MISSING, key
    assert made.title in titles(mother)
    assert [sending.send_kept(mother, dossier).number for _ in range(2)] == [1, 0]
    assert own_state(mother, dossier).state == states.State.RECEIVED


def test_a_piece_of_another_collection_is_refused(college: World, seat_of: Any) -> None:
    made, other, mother = a_collection(college), a_collection(college, "Autre"), seat_of("guardian")
    with pytest.raises(sending.NotAwaited):
        sending.send(mother, of_cast(made, college), piece_of(other), a_file(mother, college))


def test_nothing_is_taken_once_it_is_closed(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    assert [collecting.close(seat_of("head"), made), collecting.close(seat_of("head"), made)] == [True, False]
    with pytest.raises(sending.NotAwaited):
        sending.send(mother, of_cast(made, college), piece_of(made), a_file(mother, college))
    assert made.title not in titles(mother)


def test_a_late_document_is_taken(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college, last_day=TODAY - timedelta(days=3)), seat_of("guardian")
    line = next(one for one in awaited_of(mother) if one.title == made.title)
    assert line.word
    assert sending.send(mother, of_cast(made, college), piece_of(made), a_file(mother, college))


def test_a_family_sends_from_its_page(college: World, client: SchoolClient) -> None:
    made = a_collection(college)
    dossier, piece = of_cast(made, college), piece_of(made)
    client.sit(college.people["guardian"])
    page = reverse("paperwork:dossier", kwargs={"pk": dossier.pk})
    assert 'type="file"' in client.get(f"{page}?piece={piece.pk}").content.decode()
    address = reverse("paperwork:send", kwargs={"pk": dossier.pk})
    empty = client.post(address, {"piece": piece.pk, "geste": "envoyer"})
    assert empty.status_code == 422 and "Choisissez au moins un fichier." in empty.content.decode()
    wrong = client.post(address, {"piece": piece.pk, "document": sent("notes.txt", b"bonjour")})
    assert wrong.status_code == 422 and "ne convient pas ici" in wrong.content.decode()
    done = client.post(
        address, {"piece": piece.pk, "geste": "envoyer", "document": sent("photo.jpg", picture())}
    )
    assert done.status_code == 302 and done.url == page
    row = Submission.objects.get(dossier=dossier)
    assert (row.state, row.by_id, row.way) == ("received", college.people["guardian"].pk, "here")


def test_one_parent_does_not_replace_the_document_of_the_other(college: World, seat_of: Any) -> None:
    made, mother, father = a_collection(college), seat_of("guardian"), seat_of("other_guardian")
    dossier, piece, file = of_cast(made, college), piece_of(made), a_file(seat_of("guardian"), college)
    sending.send(mother, dossier, piece, file)
    assert own_state(mother, dossier).is_replaceable and not own_state(father, dossier).is_replaceable
    other = a_file(father, college, "pere.jpg", (90, 60))
    for gesture in (sending.send, sending.keep_for_later):
        with pytest.raises(sending.AlreadySent):
            gesture(father, dossier, piece, other)
    assert Submission.objects.get(dossier=dossier).file_id == file.pk
    assert not sending.note_paper(seat_of("secretary"), dossier, piece)
    # Refused, it misses: either may send it.
    checking.refuse(seat_of("secretary"), Submission.objects.get(dossier=dossier), "outdated", "")
    assert sending.send(father, dossier, piece, other)


# Using again


def test_what_was_checked_this_year_is_offered_to_whoever_sent_it(college: World, seat_of: Any) -> None:
    before, made = a_collection(college, "Rentrée"), a_collection(college, "Séjour")
    mother, father = seat_of("guardian"), seat_of("other_guardian")
    file = a_file(mother, college)
    sending.send(mother, of_cast(before, college), piece_of(before), file)
    dossier, piece = of_cast(made, college), piece_of(made)
    assert own_state(mother, dossier).before is None
    checking.accept(seat_of("secretary"), Submission.objects.get(dossier__collection=before))
    assert own_state(mother, dossier).before is not None and own_state(father, dossier).before is None
    with pytest.raises(sending.NotAgain):
        sending.use_again(father, dossier, piece)
    assert [sending.use_again(mother, dossier, piece), sending.use_again(mother, dossier, piece)] == [
        True,
        False,
    ]
    row = Submission.objects.get(dossier=dossier)
    assert (row.way, row.state, row.file_id) == ("again", "received", file.pk)


def test_a_sheet_of_health_is_never_used_again(college: World, seat_of: Any) -> None:
    before, made, mother = (
        a_collection(college, "Rentrée"),
        a_collection(college, "Séjour"),
        seat_of("guardian"),
    )
    sending.send(mother, of_cast(before, college), piece_of(before, Kind.HEALTH), a_file(mother, college))
    checking.accept(seat_of("head"), Submission.objects.get(dossier__collection=before))
    with pytest.raises(sending.NotAgain):
        sending.use_again(mother, of_cast(made, college), piece_of(made, Kind.HEALTH))


# Checking


def test_two_who_check_at_once_decide_once(college: World, seat_of: Any) -> None:
    made = a_collection(college)
    row = a_row(college, of_cast(made, college), piece_of(made))
    assert [checking.accept(seat_of("secretary"), row), checking.accept(seat_of("cpe"), row)] == [True, False]
    with pytest.raises(checking.Replaced):
        checking.refuse(seat_of("cpe"), row, "unreadable", "")
    row.refresh_from_db()
    assert (row.state, row.decided_by_id) == ("checked", college.people["secretary"].pk)
    assert Line.objects.filter(verb="paperwork.checked").count() == 1


def test_what_was_replaced_meanwhile_is_not_checked(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, piece = of_cast(made, college), piece_of(made)
    sending.send(mother, dossier, piece, a_file(mother, college))
    seen = Submission.objects.get(dossier=dossier)
    sending.send(mother, dossier, piece, a_file(mother, college, "autre.jpg", (90, 60)))
    with pytest.raises(checking.Replaced):
        checking.accept(seat_of("secretary"), seen)


def test_a_refusal_is_sent_anew_and_its_news_are_over(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, piece = of_cast(made, college), piece_of(made)
    sending.send(mother, dossier, piece, a_file(mother, college))
    row = Submission.objects.get(dossier=dossier)
    assert checking.refuse(seat_of("secretary"), row, "unreadable", "")
    assert not checking.refuse(seat_of("secretary"), row, "unreadable", "")
    assert Item.objects.filter(kind=telling.REFUSED).unread().count() == 2
    sending.send(mother, dossier, piece, a_file(mother, college, "autre.jpg", (90, 60)))
    assert not Item.objects.filter(kind=telling.REFUSED).unread().exists()


def test_a_decision_is_taken_back(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, piece = of_cast(made, college), piece_of(made)
    sending.send(mother, dossier, piece, a_file(mother, college))
    row = Submission.objects.get(dossier=dossier)
    checking.refuse(seat_of("secretary"), row, "unreadable", "Floue.")
    head = seat_of("head")
    assert [checking.look_again(head, row), checking.look_again(head, row)] == [True, False]
    row.refresh_from_db()
    assert (row.state, row.reason, row.note) == ("received", "", "")


def test_a_paper_of_the_counter_counts_and_is_unticked(college: World, seat_of: Any) -> None:
    made, secretary = a_collection(college), seat_of("secretary")
    dossier, piece = of_cast(made, college), piece_of(made)
    assert [sending.note_paper(secretary, dossier, piece) for _ in range(2)] == [True, False]
    assert own_state(secretary, dossier).state == states.State.CHECKED
    assert checking.look_again(secretary, Submission.objects.current().get(dossier=dossier))
    assert own_state(secretary, dossier).state == states.State.MISSING
    # What others alone read waits for them.
    health = piece_of(made, Kind.HEALTH)
    assert sending.note_paper(secretary, dossier, health)
    assert own_state(secretary, dossier, Kind.HEALTH).state == states.State.RECEIVED


def test_the_page_goes_from_one_to_the_next(college: World, client: SchoolClient) -> None:
    made = a_collection(college)
    first, second = made.dossiers.order_by("pk")[:2]
    rows = [a_row(college, one, piece_of(made), by=None) for one in (first, second)]
    client.sit(college.people["secretary"])
    page = reverse("paperwork:check", kwargs={"pk": made.pk})
    assert first.pupil.list_name in client.get(page).content.decode()
    done = client.post(reverse("paperwork:accept", kwargs={"pk": rows[0].pk}), {"piece": piece_of(made).pk})
    assert done.status_code == 302 and f"piece={piece_of(made).pk}" in done.url
    assert second.pupil.list_name in client.get(done.url).content.decode()
    wrong = client.post(reverse("paperwork:refuse", kwargs={"pk": rows[1].pk}), {"why": ""})
    assert wrong.status_code == 422 and "Choisissez une raison" in wrong.content.decode()
    assert second.pupil.list_name in wrong.content.decode()
    client.post(reverse("paperwork:refuse", kwargs={"pk": rows[1].pk}), {"why": "outdated"})
    assert "Rien à vérifier pour vous" in client.get(page).content.decode()


# Reminders and later days


def test_a_reminder_goes_to_those_who_miss_something_once_a_day(college: World, seat_of: Any) -> None:
    made, secretary = a_collection(college), seat_of("secretary")
    complete, *others = made.dossiers.order_by("pk")
    for piece in made.pieces.filter(is_required=True):
        a_row(college, complete, piece, "checked", by=None, way="paper")
    reminder = collecting.remind(secretary, made)
    assert reminder.number == len(others)
    with pytest.raises(asking.TooSoon):
        collecting.remind(secretary, made)
    keys = [one.pk for one in made.dossiers.all()]
    count = tasks.tell.call(made.pk, keys, telling.REMINDED, str(reminder.pk))
    again = tasks.tell.call(made.pk, keys, telling.REMINDED, str(reminder.pk))
    items = Item.objects.filter(kind=telling.REMINDED)
    assert count == again == items.count() and not items.filter(about=complete.pupil_id).exists()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        tomorrow = seat_of("secretary", at=NOW + timedelta(days=1))
        assert collecting.remind(tomorrow, made).pk != reminder.pk
    assert Reminder.objects.count() == 2


def test_a_later_day_is_told_to_those_who_miss_something(college: World, seat_of: Any) -> None:
    made, head = a_collection(college), seat_of("head")
    later = made.last_day + timedelta(days=7)
    assert [collecting.put_off(head, made, later), collecting.put_off(head, made, later)] == [True, False]
    assert not collecting.put_off(head, made, TODAY)
    keys = [one.pk for one in made.dossiers.all()]
    tasks.tell.call(made.pk, keys, telling.PUT_OFF, later.isoformat())
    assert Item.objects.filter(kind=telling.PUT_OFF, person=college.people["guardian"]).count() == 1
    collecting.close(head, made)
    with pytest.raises(asking.NotADraft):
        collecting.put_off(head, made, later + timedelta(days=1))


def test_news_of_a_complete_dossier_are_over(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier = of_cast(made, college)
    tasks.tell.call(made.pk, [dossier.pk], telling.TOLD, "")
    assert Item.objects.filter(kind=telling.TOLD).unread().count() == 2
    for kind, size in ((Kind.INSURANCE, (80, 60)), (Kind.HEALTH, (81, 60))):
        sending.send(mother, dossier, piece_of(made, kind), a_file(mother, college, f"{kind}.jpg", size))
    assert not Item.objects.filter(kind=telling.TOLD).unread().exists()


# Files, and the end of their time


def test_the_table_holds_a_line_a_pupil_and_a_column_a_piece(college: World) -> None:
    made = a_collection(college)
    a_row(college, of_cast(made, college), piece_of(made), "checked")
    lines = "".join(exports.following_csv(states.following(made, TODAY))).splitlines()
    assert len(lines) == 1 + made.dossiers.count()
    assert "Assurance" in lines[0] and sum("Vérifiée" in line for line in lines) == 1


def test_an_archive_holds_no_confidential_piece(college: World, seat_of: Any) -> None:
    made, mother, secretary = a_collection(college), seat_of("guardian"), seat_of("secretary")
    with pytest.raises(bundles.Nothing):
        bundles.ask_bundle(secretary, made, None)
    dossier = of_cast(made, college)
    sending.send(mother, dossier, piece_of(made), a_file(mother, college))
    sending.send(mother, dossier, piece_of(made, Kind.HEALTH), a_file(mother, college, "f.jpg", (90, 60)))
    bundle = bundles.ask_bundle(secretary, made, None)
    assert bundles.ask_bundle(secretary, made, None).pk == bundle.pk
    tasks.make_bundle.call(bundle.pk)
    bundle.refresh_from_db()
    assert bundle.state == Bundle.State.READY and bundle.file is not None
    content = BytesIO()
    exports.write_archive(papers.papers_of(bundle, TODAY), content)
    (name,) = ZipFile(content).namelist()
    assert name.endswith("Assurance.jpg") and college.people["pupil"].list_name in name
    assert bundle not in Bundle.objects.visible_to(seat_of("head"))
    assert erasing.drop_old_bundles(NOW + timedelta(days=8)) and not Bundle.objects.exists()


def test_documents_go_at_the_end_of_their_time(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    Piece.objects.filter(pk=piece_of(made).pk).update(keep=Piece.Keep.CHECKED)
    dossier = of_cast(made, college)
    sending.send(mother, dossier, piece_of(made), a_file(mother, college))
    sending.send(mother, dossier, piece_of(made, Kind.HEALTH), a_file(mother, college, "f.jpg", (90, 60)))
    row = Submission.objects.get(dossier=dossier, piece=piece_of(made))
    checking.accept(seat_of("secretary"), row)
    month = NOW + timedelta(days=31)
    assert erasing.erase_ended(NOW, TODAY) == 0
    assert erasing.erase_ended(month, month.date()) == 1
    row.refresh_from_db()
    assert (row.file_id, row.state) == (None, "checked") and row.erased_at
    after = made.year.ends + timedelta(days=1)
    assert collecting.close_ended(made.pk, after)
    assert erasing.erase_ended(month, after) == 1
    assert not Submission.objects.exclude(file=None).exists()


def test_a_forgotten_pupil_leaves_nothing(college: World) -> None:
    made = a_collection(college)
    dossier = of_cast(made, college)
    a_row(college, dossier, piece_of(made))
    assert erasing.forget_dossiers(dossier.pupil_id)
    assert not Submission.objects.exists() and not made.dossiers.filter(pk=dossier.pk).exists()


def test_the_following_costs_the_same_for_thirty_pupils(
    college: World, client: SchoolClient, django_assert_max_num_queries: Any
) -> None:
    made = a_collection(college)
    for number in range(300):
        pupil = Person.objects.create(family_name=f"Martin {number}", given_name="Ana")
        Holding.objects.create(
            person=pupil, role=Role.PUPIL, school=college.school, starts=college.year.starts
        )
        Dossier.objects.create(collection=made, pupil=pupil, asked_at=NOW)
    client.sit(college.people["secretary"])
    with django_assert_max_num_queries(14):
        page = client.get(reverse("paperwork:collection", kwargs={"pk": made.pk}))
    assert len(page.content) < 60_000
