"""The end of a school year, of an authority and of a collection; what came twice; whom a refusal and a reminder reach."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.notifications.models import Item
from preau.directory.models import Group, Guardianship, Holding, Person, SchoolYear
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.paperwork import rules, tasks
from preau.domains.paperwork.actions import bundles, checking, collecting, erasing, sending, telling
from preau.domains.paperwork.forms import CollectionForm
from preau.domains.paperwork.models import Bundle, Collection, Dossier, Piece, Submission
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

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def of_cast(collection: Collection, college: World) -> Dossier:
    return dossier_of(collection, college.people["pupil"])


def piece_seen(viewer: Any, dossier: Dossier, kind: str = Kind.INSURANCE) -> states.PieceState:
    whole = Dossier.objects.select_related("collection__year", "pupil").get(pk=dossier.pk)
    return next(one for one in states.dossier_states(viewer, whole) if one.piece.kind == kind)


def messages_of(answer: Any) -> str:
    return str(answer.content.decode())


def next_year(college: World) -> SchoolYear:
    ends = college.year.ends
    made: SchoolYear = SchoolYear.objects.create(
        school=college.school,
        name="2030-2031",
        starts=ends + timedelta(days=40),
        ends=ends + timedelta(days=340),
    )
    return made


# The end of the year


def test_a_collection_is_of_the_year_of_its_last_day(college: World, seat_of: Any) -> None:
    draft, secretary = a_draft(college), seat_of("secretary")
    draft.last_day = college.year.ends + timedelta(days=60)
    draft.save()
    with pytest.raises(collecting.Beyond):
        collecting.open_to_families(secretary, draft)
    assert not draft.dossiers.exists()
    after = next_year(college)
    assert collecting.open_to_families(secretary, draft)
    draft.refresh_from_db()
    assert draft.year == after


def test_a_draft_of_last_year_asks_the_classes_of_this_one(college: World, seat_of: Any) -> None:
    draft, group = a_draft(college), own_class(college)
    draft.groups.clear()
    draft.levels = [group.level]
    draft.year = SchoolYear.objects.create(
        school=college.school, name="2020-2021", starts=date(2020, 9, 1), ends=date(2021, 7, 6)
    )
    draft.save()
    assert collecting.open_to_families(seat_of("secretary"), draft)
    draft.refresh_from_db()
    assert draft.year == college.year


def test_a_last_day_stays_within_a_year_that_is_prepared(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    secretary, made = seat_of("secretary"), a_collection(college)
    late = college.year.ends + timedelta(days=60)
    typed = {"title": "Rentrée", "last_day": late.isoformat(), "groups": [own_class(college).pk]}
    assert "last_day" in CollectionForm(secretary, typed).errors
    next_year(college)
    assert CollectionForm(secretary, typed).is_valid()
    with pytest.raises(collecting.Beyond):
        collecting.put_off(secretary, made, late)
    client.sit(college.people["secretary"])
    answer = client.post(reverse("paperwork:put_off", kwargs={"pk": made.pk}), {"last_day": late.isoformat()})
    assert answer.status_code == 422 and "fin de cette année scolaire" in answer.content.decode()


def test_nothing_is_erased_while_a_family_may_send(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    sending.send(mother, of_cast(made, college), piece_of(made), a_file(mother, college))
    after = college.year.ends + timedelta(days=1)
    assert erasing.erase_ended(NOW, after) == 0
    assert not collecting.close_ended(made.pk, college.year.ends)
    with time_machine.travel(NOW.replace(year=after.year, month=after.month, day=after.day), tick=False):
        assert tasks.erase.call() == 1
        assert tasks.erase.call() == 0
    made.refresh_from_db()
    assert made.state == Collection.State.CLOSED
    with pytest.raises(sending.NotAwaited):
        sending.send(mother, of_cast(made, college), piece_of(made), a_file(mother, college, "b.jpg"))
    # Nobody is asked to check a document that is gone.
    assert not Submission.objects.to_check().exists()


def test_what_was_refused_and_what_was_never_sent_go_after_a_month(college: World, seat_of: Any) -> None:
    made, mother, secretary = a_collection(college), seat_of("guardian"), seat_of("secretary")
    dossier = of_cast(made, college)
    sending.send(mother, dossier, piece_of(made), a_file(mother, college))
    sending.keep_for_later(
        mother, dossier, piece_of(made, Kind.OTHER), a_file(mother, college, "b.jpg", (90, 60))
    )
    checking.refuse(secretary, Submission.objects.current().get(dossier=dossier), "somebody_else", "")
    collecting.close(secretary, made)
    month = NOW + timedelta(days=31)
    assert erasing.erase_ended(NOW, TODAY) == 0
    assert erasing.erase_ended(month, month.date()) == 2
    assert not Submission.objects.exclude(file=None).exists()
    assert not Submission.objects.filter(state="draft").exists()


def test_one_lets_go_of_what_was_kept_once_nothing_may_be_sent(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier, piece = of_cast(made, college), piece_of(made)
    sending.keep_for_later(mother, dossier, piece, a_file(mother, college))
    collecting.close(seat_of("secretary"), made)
    pupil = college.people["pupil"]
    pupil.birth_date = TODAY.replace(year=TODAY.year - 18)
    pupil.save()
    client.sit(college.people["guardian"])
    page = client.get(reverse("paperwork:dossier", kwargs={"pk": dossier.pk})).content.decode()
    address = reverse("paperwork:drop_kept", kwargs={"pk": dossier.pk})
    assert address in page and "Envoyer maintenant" not in page
    assert "au plus tard après le" not in page
    assert client.post(address, {"piece": piece.pk}).status_code == 302
    assert not Submission.objects.filter(state="draft").exists()


def test_the_family_reads_until_when_an_unchecked_document_stays(
    college: World, client: SchoolClient
) -> None:
    made = a_collection(college)
    made.pieces.update(keep=Piece.Keep.CHECKED)
    client.sit(college.people["guardian"])
    page = client.get(reverse("paperwork:dossier", kwargs={"pk": of_cast(made, college).pk})).content.decode()
    assert "Effacée trente jours après sa vérification, au plus tard après le" in page


def test_an_archive_goes_with_a_pupil_who_is_forgotten(college: World, seat_of: Any) -> None:
    made, mother, secretary = a_collection(college), seat_of("guardian"), seat_of("secretary")
    dossier = of_cast(made, college)
    sending.send(mother, dossier, piece_of(made), a_file(mother, college))
    ready, making = bundles.ask_bundle(secretary, made, None), None
    tasks.make_bundle.call(ready.pk)
    making = bundles.ask_bundle(secretary, made, None)
    assert ready.pk != making.pk
    erasing.forget_dossiers(dossier.pupil_id)
    assert not Bundle.objects.exists()
    tasks.make_bundle.call(making.pk)
    assert not Bundle.objects.exists()


# What came twice


def test_what_was_kept_stays_where_the_piece_had_come(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made, mother, father = a_collection(college), seat_of("guardian"), seat_of("other_guardian")
    dossier = of_cast(made, college)
    sending.keep_for_later(mother, dossier, piece_of(made), a_file(mother, college))
    sending.keep_for_later(
        mother, dossier, piece_of(made, Kind.OTHER), a_file(mother, college, "b.jpg", (90, 60))
    )
    sending.send(father, dossier, piece_of(made), a_file(father, college, "c.jpg", (70, 60)))
    client.sit(college.people["guardian"])
    answer = client.post(reverse("paperwork:send_kept", kwargs={"pk": dossier.pk}), follow=True)
    assert "1 pièce est envoyée." in messages_of(answer) and "Assurance" in messages_of(answer)
    kept = Submission.objects.get(state="draft")
    assert kept.piece == piece_of(made) and kept.file is not None
    page = answer.content.decode()
    assert reverse("paperwork:drop_kept", kwargs={"pk": dossier.pk}) in page
    assert "Envoyer maintenant" not in page


# Refusals


def test_whoever_may_send_today_learns_that_a_piece_misses_again(college: World, seat_of: Any) -> None:
    made, mother = a_collection(college), seat_of("guardian")
    dossier = of_cast(made, college)
    row = a_row(college, dossier, piece_of(made))
    Guardianship.objects.filter(guardian=mother.person).update(ends=TODAY)
    checking.refuse(seat_of("secretary"), row, "unreadable", "Floue.")
    notices = Item.objects.filter(kind=telling.REFUSED)
    assert [one.person_id for one in notices] == [college.people["other_guardian"].pk]
    paper = a_row(college, dossier, piece_of(made, Kind.OTHER), by=None, way="paper")
    checking.refuse(seat_of("secretary"), paper, "outdated", "")
    assert notices.all().count() == 2


def test_the_office_reads_who_is_told_of_a_refusal(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made = a_collection(college)
    dossier = of_cast(made, college)
    client.sit(college.people["secretary"])

    def refused(row: Submission) -> str:
        address = reverse("paperwork:refuse", kwargs={"pk": row.pk})
        return messages_of(client.post(address, {"why": "unreadable"}, follow=True))

    assert "lit pourquoi" in refused(a_row(college, dossier, piece_of(made)))
    paper = a_row(college, dossier, piece_of(made, Kind.OTHER), by=None, way="paper")
    assert "sans la raison" in refused(paper)
    alone = Dossier.objects.create(
        collection=made, pupil=Person.objects.create(family_name="Seul", given_name="Ana"), asked_at=NOW
    )
    assert "Personne ne peut en être prévenu" in refused(a_row(college, alone, piece_of(made), by=None))
    collecting.close(seat_of("head"), made)
    last = a_row(college, alone, piece_of(made, Kind.OTHER), by=None)
    assert "personne n’en est prévenu" in refused(last)


def test_a_refusal_typed_for_one_document_is_never_shown_under_another(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made = a_collection(college)
    first, second = made.dossiers.order_by("pk")[:2]
    gone, other = (a_row(college, one, piece_of(made), by=None) for one in (first, second))
    Submission.objects.filter(pk=gone.pk).update(state="checked")
    client.sit(college.people["secretary"])
    address = reverse("paperwork:refuse", kwargs={"pk": gone.pk})
    answer = client.post(address, {"why": "", "detail": "Au nom de M. Untel."}, follow=True)
    page = answer.content.decode()
    assert other.dossier.pupil.list_name in page and "M. Untel" not in page
    assert "regardez de nouveau" in messages_of(answer)


# Later days


def test_a_second_later_day_takes_the_place_of_the_first(college: World, seat_of: Any) -> None:
    made, head = a_collection(college), seat_of("head")
    keys = [one.pk for one in made.dossiers.all()]
    first, second = made.last_day + timedelta(days=3), made.last_day + timedelta(days=6)
    collecting.put_off(head, made, first)
    tasks.tell.call(made.pk, keys, telling.PUT_OFF, first.isoformat())
    collecting.put_off(head, made, second)
    unread = Item.objects.filter(kind=telling.PUT_OFF, person=college.people["guardian"]).unread()
    assert not unread.exists()
    # The task of the first day, run late, tells nothing.
    tasks.tell.call(made.pk, keys, telling.PUT_OFF, first.isoformat())
    assert not unread.exists()
    tasks.tell.call(made.pk, keys, telling.PUT_OFF, second.isoformat())
    assert unread.count() == 1


# The following, lists and reminders


def test_who_left_is_counted_apart(college: World, seat_of: Any, client: SchoolClient) -> None:
    made, pupil = a_collection(college), college.people["pupil"]
    all_of_them = made.dossiers.count()
    Holding.objects.filter(person=pupil, school=college.school).update(ends=TODAY)
    found = states.following(made, TODAY)
    assert (len(found.rows), found.left) == (all_of_them - 1, 1)
    assert found.number("manque") == len(collections.missing_in(made, TODAY))
    (row,) = collections.rows_of_collections(collections.collections_of(seat_of("secretary")))
    assert row.dossiers == all_of_them - 1
    client.sit(college.people["secretary"])
    page = client.get(reverse("paperwork:collection", kwargs={"pk": made.pk})).content.decode()
    assert pupil.list_name not in page and "a quitté l’établissement" in page
    sheet = client.get(reverse("paperwork:export", kwargs={"pk": made.pk}))
    if sheet.status_code == 200:
        assert pupil.family_name not in b"".join(sheet.streaming_content).decode()


def test_what_the_antivirus_holds_is_counted_nowhere(college: World, seat_of: Any) -> None:
    made, mother, secretary = a_collection(college), seat_of("guardian"), seat_of("secretary")
    sending.send(mother, of_cast(made, college), piece_of(made), a_file(mother, college))
    (row,) = collections.rows_of_collections(collections.collections_of(secretary))
    assert row.to_check == 1
    StoredFile.objects.update(state=StoredFile.State.HELD)
    (row,) = collections.rows_of_collections(collections.collections_of(secretary))
    assert row.to_check == 0 == papers.to_check(secretary, made, None, None).count()
    # What is ticked on paper has no file, and is counted.
    a_row(college, of_cast(made, college), piece_of(made, Kind.OTHER), by=None, way="paper")
    (row,) = collections.rows_of_collections(collections.collections_of(secretary))
    assert row.to_check == 1


def test_drafts_are_first(college: World, seat_of: Any) -> None:
    old = a_collection(college, "Ancienne", opened_at=NOW - timedelta(days=9))
    new, draft = a_collection(college, "Nouvelle"), a_draft(college, "Brouillon")
    assert list(collections.collections_of(seat_of("secretary"))) == [draft, new, old]


def test_all_who_are_asked_are_said(college: World, seat_of: Any) -> None:
    draft = a_draft(college)

    def said() -> str:
        (row,) = collections.rows_of_collections(collections.collections_of(seat_of("secretary")))
        return row.whom

    group = own_class(college)
    assert said() == group.name
    draft.pupils.set([college.people["pupil"]])
    assert said() == f"{group.name} et 1 élève choisi"
    for letter in "ABCDEF":
        draft.groups.add(
            Group.objects.create(
                school=college.school, year=college.year, kind=Group.Kind.GROUP, name=f"Groupe {letter}"
            )
        )
    assert "2 autres" in said() and said().endswith("et 1 élève choisi")
    assert "Et aussi ces élèves" in str(CollectionForm(seat_of("secretary")).fields["pupils"].label)


def test_a_reminder_says_for_how_many_pupils_and_whom_nothing_reaches(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made = a_collection(college)
    alone = Person.objects.create(family_name="Seul", given_name="Ana")
    Holding.objects.create(person=alone, role="pupil", school=college.school, starts=college.year.starts)
    Dossier.objects.create(collection=made, pupil=alone, asked_at=NOW)
    reach = collections.reminder_of(made, TODAY)
    assert reach.beyond >= 1 and of_cast(made, college).pk in reach.told
    assert len(reach.told) + reach.beyond == len(collections.missing_in(made, TODAY))
    client.sit(college.people["secretary"])
    page = client.get(reverse("paperwork:collection", kwargs={"pk": made.pk})).content.decode()
    assert f"Relancer pour {len(reach.told)} élève" in page and "personne n’est joint" in page
    # Before the gesture, how many people are reached by what.
    ways = collections.ways_left(made, TODAY)
    assert "sur Préau" in ways and ways not in page and "?comment=oui" in page
    asked = client.get(reverse("paperwork:collection", kwargs={"pk": made.pk}), {"comment": "oui"})
    assert ways in asked.content.decode()
    assert collecting.remind(seat_of("secretary"), made).number == len(reach.told)


# In any seat


def test_a_former_guardian_reads_nothing_of_the_child_at_work(college: World, seat_of: Any) -> None:
    made, secretary = a_collection(college), seat_of("secretary")
    row = a_row(college, of_cast(made, college), piece_of(made))
    Guardianship.objects.create(
        pupil=college.people["pupil"],
        guardian=college.people["secretary"],
        authority="legal",
        kinship="father",
        starts=college.year.starts,
        ends=TODAY,
    )
    assert row not in Submission.objects.visible_to(secretary)
    assert not rules.decides(secretary, row) and not rules.notes_papers(secretary, row.dossier)
    assert papers.weight_of(made, None, TODAY, secretary.person.pk) == 0


def test_the_office_takes_back_a_paper_of_health_ticked_by_mistake(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    made, secretary = a_collection(college), seat_of("secretary")
    dossier, health = of_cast(made, college), piece_of(made, Kind.HEALTH)
    sending.note_paper(secretary, dossier, health)
    assert piece_seen(secretary, dossier, Kind.HEALTH).is_ticked
    assert not piece_seen(seat_of("guardian"), dossier, Kind.HEALTH).is_ticked
    client.sit(college.people["secretary"])
    page = client.get(reverse("paperwork:pupil", kwargs={"pk": dossier.pk})).content.decode()
    assert "Annuler la réception sur papier" in page
    address = reverse("paperwork:note_paper", kwargs={"pk": dossier.pk})
    gesture = {"piece": health.pk, "geste": "annuler"}
    assert "annulé" in messages_of(client.post(address, gesture, follow=True))
    assert "plus rien à annuler" in messages_of(client.post(address, gesture, follow=True))
    assert piece_seen(secretary, dossier, Kind.HEALTH).state == states.State.MISSING
    # What a family has sent is not a paper.
    mother = seat_of("guardian")
    sending.send(mother, dossier, health, a_file(mother, college))
    assert not sending.untick_paper(secretary, dossier, health)
    assert not piece_seen(secretary, dossier, Kind.HEALTH).is_ticked
