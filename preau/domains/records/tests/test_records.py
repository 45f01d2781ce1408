"""Confidential records: who reads, what is kept of a reading, and what no table, file, news or log ever holds."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files import queries as files_queries
from preau.commons.files.models import StoredFile
from preau.commons.journal.models import Line
from preau.commons.journal.queries import LineQuery, asked_of, lines_in_words
from preau.commons.notifications.models import Item
from preau.directory.models import Group, Guardianship, Holding, Person
from preau.directory.rules.authority import Verdict as Agreed
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Role
from preau.domains.attendance.models import Arrangement
from preau.domains.records import seeds
from preau.domains.records.actions import access, handing, hanging, keeping, writing
from preau.domains.records.models import (
    Agreement,
    Orphan,
    Paper,
    Protocol,
    Reader,
    Record,
    Version,
    Words,
)
from preau.domains.records.queries import audit, choices
from preau.domains.records.tests.conftest import CANARY, TODAY, WORDS, staff, written
from preau.foundation import antivirus, boards, dates, kept, sealed, stamp, vault
from preau.foundation.antivirus import Verdict
from preau.foundation.uploads import UploadRefused
from preau.identity.models import Account

DAY = timedelta(days=1)


def address(name: str, record: Record) -> str:
    return reverse(f"records:{name}", kwargs={"public_id": record.public_id})


def sent(name: str = "compte-rendu.txt", content: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (content or f"Bilan {CANARY}").encode())


# Who sees


def test_no_function_opens_a_record(college: World, seat_of: Any, pai: Record, notes: Record) -> None:
    for record in (pai, notes):
        seen = {
            key
            for key in ("head", "cpe", "teacher", "nurse")
            if record in Record.objects.visible_to(seat_of(key))
        }
        assert seen == {"nurse"}


def test_a_family_reads_plans_and_no_notes(college: World, seat_of: Any, pai: Record, notes: Record) -> None:
    for key in ("guardian", "pupil"):
        assert set(Record.objects.visible_to(seat_of(key))) == {pai}


@pytest.mark.parametrize(
    "change",
    [{"authority": "contact"}, {"authority": "in_charge"}, {"may_not_be_informed": True}, {"ends": TODAY}],
)
def test_a_guardian_without_that_right_reads_nothing(
    college: World, seat_of: Any, pai: Record, client: SchoolClient, change: dict[str, Any]
) -> None:
    mother = college.people["guardian"]
    client.sit(mother)
    assert client.get(address("own_record", pai)).status_code == 200
    Guardianship.objects.filter(guardian=mother, pupil=pai.pupil).update(**change)
    assert client.get(address("own_record", pai)).status_code in {302, 404}
    assert client.get(address("readings", pai)).status_code in {302, 404}


def test_from_eighteen_the_pupil_alone_reads(college: World, seat_of: Any, pai: Record) -> None:
    Person.objects.filter(pk=pai.pupil_id).update(birth_date=date(2008, 11, 24))
    college.people["pupil"].refresh_from_db()
    assert pai in Record.objects.visible_to(seat_of("pupil"))
    assert pai.is_read_whole_by(seat_of("pupil"))
    assert pai not in Record.objects.visible_to(seat_of("guardian"))
    Person.objects.filter(pk=pai.pupil_id).update(birth_date=date(2008, 11, 25))
    assert pai in Record.objects.visible_to(seat_of("guardian"))


def test_a_minor_reads_plain_words_alone(college: World, client: SchoolClient, pai: Record) -> None:
    page = client.sit(college.people["pupil"]).get(address("own_record", pai)).content.decode()
    assert WORDS.plain in page
    assert CANARY not in page
    page = client.sit(college.people["guardian"]).get(address("own_record", pai)).content.decode()
    assert page.count(CANARY) == 3


def test_another_school_and_a_leaver_open_nothing(
    college: World, twin: World, seat_of: Any, client: SchoolClient, pai: Record, nurse: Person, clock: Any
) -> None:
    for key in ("head", "cpe", "teacher", "guardian", "pupil"):
        assert pai not in Record.objects.visible_to(seat_of(key, world=twin)), key
    Holding.objects.create(person=nurse, role=Role.NURSE, school=twin.school)
    assert pai not in Record.objects.visible_to(viewer_for(nurse, 0, NOW, f"staff-{twin.school.pk}"))
    Holding.objects.filter(person=nurse).update(ends=TODAY)
    assert client.sit(nurse).get(address("record", pai)).status_code == 302
    assert not Record.objects.filter(pk=pai.pk, readers__ended_at__isnull=False).exists()


def test_a_teacher_of_the_pupil_meets_measures_and_no_record(
    college: World, client: SchoolClient, seat_of: Any, pai: Record
) -> None:
    hanging.add_measure(seat_of("nurse"), pai, "Trousse en salle 12", TODAY, None)
    page = client.sit(college.people["teacher"]).get(reverse("records:around")).content.decode()
    assert "Trousse en salle 12" in page
    assert CANARY not in page and "PAI" not in page
    assert client.get(address("record", pai)).status_code == 404
    assert client.get(address("emergency", pai)).content.decode().count(CANARY) == 1
    # A colleague of another class.
    other = staff(college, Role.TEACHER, "Eva")
    client.sit(other)
    assert "Trousse en salle 12" not in client.get(reverse("records:around")).content.decode()
    assert client.get(address("emergency", pai)).status_code == 404


def test_an_emergency_is_two_taps_away_only_where_its_owner_decided(
    college: World, client: SchoolClient, seat_of: Any, pai: Record
) -> None:
    client.sit(college.people["cpe"])
    first = client.get(reverse("records:around") + "?voir=urgences").content.decode()
    assert address("emergency", pai) in first
    assert client.get(address("emergency", pai)).status_code == 200
    writing.revise(seat_of("nurse"), pai, written(shows=False), 1)
    assert client.get(address("emergency", pai)).status_code == 404
    assert address("emergency", pai) not in client.get(reverse("records:around")).content.decode()


def test_an_access_ends_at_midnight_where_the_school_is(
    college: World, client: SchoolClient, seat_of: Any, pai: Record, clock: Any
) -> None:
    cpe = college.people["cpe"]
    access.add_reader(seat_of("nurse"), pai, cpe, Reader.Reason.TEAM, TODAY)
    clock.move_to(NOW.replace(hour=22, minute=59))
    client.sit(cpe)
    assert client.get(address("record", pai)).status_code == 200
    # 23:30 in Paris is still the day; a minute after midnight it is not.
    late = seat_of("cpe", at=NOW.replace(hour=0, minute=1) + DAY)
    assert pai not in Record.objects.visible_to(late)


def test_the_last_reader_stays_and_another_may_go(college: World, seat_of: Any, pai: Record) -> None:
    nurse = seat_of("nurse")
    with pytest.raises(access.LastOne):
        access.end_reader(nurse, pai.readers.get())
    added = access.add_reader(nurse, pai, college.people["cpe"], Reader.Reason.TEAM, None)
    assert access.end_reader(nurse, added)
    assert not access.end_reader(nurse, added)
    assert pai not in Record.objects.visible_to(seat_of("cpe"))
    assert pai.readers.count() == 2


def test_whoever_only_reads_writes_nothing(
    college: World, client: SchoolClient, seat_of: Any, pai: Record
) -> None:
    cpe = college.people["cpe"]
    access.add_reader(seat_of("nurse"), pai, cpe, Reader.Reason.TEAM, None)
    client.sit(cpe)
    assert client.get(address("record", pai)).status_code == 200
    for name in ("revise", "measures", "papers", "hand_over"):
        assert client.get(address(name, pai)).status_code == 403, name
    for name in ("close", "readers"):
        client.post(address(name, pai), {"person": college.people["teacher"].pk, "reason": "team"})
    assert pai.readers.count() == 2
    assert Record.objects.get(pk=pai.pk).is_open


# What is kept of a reading


def lines(record: Record, verb: str) -> Any:
    return Line.objects.filter(target="records.record", target_id=record.pk, verb=verb)


def test_each_opening_leaves_one_line(
    college: World, client: SchoolClient, pai: Record, notes: Record, nurse: Person
) -> None:
    client.sit(nurse)
    listed = client.get(reverse("records:records")).content.decode()
    assert address("record", pai) in listed and address("record", notes) in listed and CANARY not in listed
    narrowed = client.get(reverse("records:records"), {"nature": "health", "etat": "open"}).content.decode()
    assert address("record", pai) not in narrowed and address("record", notes) in narrowed
    for record, verb in ((pai, "records.read"), (notes, "records.read")):
        for count in (1, 2):
            assert client.get(address("record", record)).status_code == 200
            assert lines(record, verb).count() == count
    client.sit(college.people["guardian"]).get(address("own_record", pai))
    assert lines(pai, "records.read").filter(actor=college.people["guardian"]).count() == 1
    client.sit(college.people["head"])
    assert client.get(address("record", pai)).status_code == 404
    assert lines(pai, "records.read").count() == 3
    client.get(address("emergency", pai))
    assert lines(pai, "records.emergency_read").count() == 1


def test_a_proof_that_is_old_is_asked_again_and_reads_nothing(
    college: World, client: SchoolClient, pai: Record, nurse: Person, clock: Any
) -> None:
    client.sit(nurse)
    clock.shift(timedelta(minutes=11))
    answer = client.get(address("record", pai))
    assert answer.status_code == 302 and "/confirmer/" in answer.url
    assert CANARY not in answer.content.decode()
    assert not lines(pai, "records.read").exists()
    # An emergency does not wait for a password.
    assert client.get(address("emergency", pai)).status_code == 200


def test_a_family_reads_who_opened_it_in_which_role(
    college: World, client: SchoolClient, pai: Record, nurse: Person
) -> None:
    client.sit(nurse).get(address("record", pai))
    father = Person.objects.create(family_name="Autre", given_name="Père")
    Account.objects.create(person=father, login="autre.pere")
    Guardianship.objects.create(guardian=father, pupil=pai.pupil, authority="legal", kinship="father")
    client.sit(college.people["guardian"]).get(address("own_record", pai))
    page = client.get(address("readings", pai)).content.decode()
    assert "Infirmerie" in page and nurse.family_name not in page and "Vous" in page
    seen = client.sit(father).get(address("readings", pai)).content.decode()
    assert "Un responsable" not in seen and "Vous" not in seen
    assert nurse.family_name in client.sit(nurse).get(address("readings", pai)).content.decode()


def test_the_notes_of_a_professional_tell_a_parent_nothing(
    college: World, client: SchoolClient, notes: Record, nurse: Person
) -> None:
    client.sit(nurse).get(address("record", notes))
    mother = client.sit(college.people["guardian"])
    for page in (reverse("records:own_records"), "/mes-donnees/", "/notifications/"):
        shown = mother.get(page, follow=True).content.decode()
        assert notes.public_id not in shown and "confidentiel lu" not in shown, page
    assert not Item.objects.filter(person=college.people["guardian"], kind__startswith="records.").exists()


def test_the_journal_does_not_tell_notes_from_plans(
    college: World, client: SchoolClient, pai: Record, notes: Record, nurse: Person
) -> None:
    """The head reads that a record was opened: no filter, no code and no extract says of which kind."""
    client.sit(nurse)
    for record in (pai, notes):
        client.get(address("record", record))
    head = client.sit(college.people["head"])
    shown = head.get(reverse("journal:lines")).content.decode()
    (choice,) = re.findall(r'<option value="([^"]+)"[^>]*>Dossier confidentiel lu<', shown)
    asked = LineQuery(TODAY, TODAY, verb=choice)
    found = list(asked_of(college.school, asked))
    assert {line.target_id for line in found} == {pai.pk, notes.pk}
    assert len({(line.verb, line.target, str(line.details)) for line in found}) == 1


def test_a_line_that_was_sealed_under_a_former_verb_is_read_with_the_others(
    college: World, notes: Record, nurse: Person
) -> None:
    facts = {"school": college.school, "actor": nurse, "target": "records.record", "target_id": notes.pk}
    former = Line.objects.create(verb="records.private_read", is_read=True, subject=notes.pupil, **facts)
    asked = LineQuery(TODAY, TODAY, verb="records.read")
    assert former in asked_of(college.school, asked)
    assert lines_in_words([former])[0].label == "Dossier confidentiel lu"


# Writing


def test_versions_are_added_and_say_what_changed(college: World, seat_of: Any, pai: Record) -> None:
    nurse = seat_of("nurse")
    again = Words(WORDS.needs, "Autre", WORDS.plain, WORDS.emergency)
    assert writing.revise(nurse, pai, written(again, shows=True), 1)
    assert not writing.revise(nurse, pai, written(again, shows=True), 1), "a second click"
    pai.refresh_from_db()
    assert pai.revision == 2
    assert list(pai.versions.values_list("number", "changed")) == [(1, ""), (2, "plan")]
    assert [pai.open(version).plan for version in pai.versions.all()] == [WORDS.plan, "Autre"]


def test_two_who_write_get_both_texts(
    college: World, client: SchoolClient, seat_of: Any, pai: Record
) -> None:
    head = college.people["head"]
    access.add_reader(seat_of("nurse"), pai, head, Reader.Reason.SCHOOLING, None)
    writing.revise(seat_of("nurse"), pai, written(Words("De l’infirmière", "P")), 1)
    client.sit(head)
    body = {"needs": "De la direction", "plan": "P", "review_on": "2027-09-01", "seen": "1"}
    answer = client.post(address("revise", pai), body)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "De l’infirmière" in page and "De la direction" in page
    assert pai.versions.count() == 2
    assert client.post(address("revise", pai), body | {"seen": "2"}).status_code == 302
    assert pai.versions.count() == 3


def test_the_same_form_twice_opens_one_record(college: World, client: SchoolClient, nurse: Person) -> None:
    pupil = college.people["pupil"]
    group = pupil.enrolments.filter(group__kind="class").first().group
    body = {
        "nature": "pai",
        "classe": group.pk,
        "pupil": pupil.pk,
        "needs": "N",
        "review_on": "2027-09-01",
        "sent_as": "0123456789abcdef" * 2,
    }
    client.sit(nurse)
    for _ in range(2):
        assert client.post(reverse("records:open_record"), body).status_code == 302
    assert Record.objects.count() == 1
    wrong = client.post(reverse("records:open_record"), body | {"shows_emergency": "on", "plan": "Gardé"})
    assert wrong.status_code == 422 and "Gardé" in wrong.content.decode()
    # Somebody whose work does not open this kind.
    client.sit(college.people["teacher"]).post(reverse("records:open_record"), body | {"sent_as": "f" * 32})
    assert not Record.objects.exclude(kind="pap").filter(opened_by=college.people["teacher"]).exists()


def test_closing_ends_the_measures(college: World, seat_of: Any, pai: Record) -> None:
    nurse = seat_of("nurse")
    assert hanging.add_measure(nurse, pai, "Tiers-temps", TODAY, None)
    assert not hanging.add_measure(nurse, pai, "Tiers-temps", TODAY, None)
    assert writing.close(nurse, pai) and not writing.close(nurse, pai)
    assert not Arrangement.objects.active(TODAY).exists()
    assert not Protocol.objects.visible_to(seat_of("head")).exists()
    with pytest.raises(writing.RecordClosed):
        writing.revise(nurse, pai, written(Words("x")), 1)
    assert writing.reopen(nurse, pai) and not writing.reopen(nurse, pai)


def test_a_review_is_reminded_once(college: World, seat_of: Any, pai: Record) -> None:
    Item.objects.all().delete()
    Record.objects.filter(pk=pai.pk).update(review_on=TODAY + 31 * DAY)
    assert writing.remind_of_reviews(college.school, TODAY) == 0
    for _ in range(2):
        writing.remind_of_reviews(college.school, TODAY + DAY)
    item = Item.objects.get(kind="records.review_due")
    assert item.person == college.people["nurse"]
    pai.refresh_from_db()
    writing.revise(seat_of("nurse"), pai, written(review=date(2028, 1, 1)), pai.revision)
    assert writing.remind_of_reviews(college.school, TODAY + DAY) == 0


# Nobody opens it any more


def test_the_head_hands_on_what_nobody_opens(
    college: World, client: SchoolClient, seat_of: Any, notes: Record, nurse: Person
) -> None:
    assert not Orphan.objects.visible_to(seat_of("head")).exists()
    Holding.objects.filter(person=nurse).update(ends=TODAY)
    [orphan] = Orphan.objects.visible_to(seat_of("head"))
    assert not Orphan.objects.visible_to(seat_of("cpe")).exists()
    heir = staff(college, Role.NURSE, "Eva")
    client.sit(college.people["head"])
    page = client.get(reverse("records:audit")).content.decode()
    assert "Infirmerie" in page and notes.pupil.family_name not in page.split("<main")[-1]
    where = reverse("records:entrust", kwargs={"public_id": orphan.public_id})
    for wrong in (college.people["teacher"].pk, college.people["head"].pk):
        assert client.post(where, {"person": wrong}).status_code == 422
    assert client.post(where, {"person": heir.pk}).status_code == 302
    assert client.post(where, {"person": heir.pk}).status_code == 302, "a second click"
    college.people["heir"] = heir
    assert notes in Record.objects.visible_to(seat_of("heir"))
    assert notes not in Record.objects.visible_to(seat_of("head"))
    with pytest.raises(access.ReadAlready):
        access.entrust(seat_of("head"), notes, heir)


# The next school


def test_nothing_goes_without_everyone_who_decides(
    college: World, twin: World, seat_of: Any, pai: Record
) -> None:
    nurse, mother, pupil = seat_of("nurse"), seat_of("guardian"), pai.pupil
    Guardianship.objects.filter(pupil=pupil).exclude(guardian=mother.person).delete()
    father = Person.objects.create(family_name="Autre", given_name="Père")
    Guardianship.objects.create(guardian=father, pupil=pupil, authority="legal", kinship="father")
    hanging.add_paper(nurse, pai, sent())
    with pytest.raises(handing.NotThere):
        handing.hand_over(nurse, pai, twin.school)
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=twin.school)
    with pytest.raises(handing.NotAgreed):
        handing.hand_over(nurse, pai, twin.school)
    assert handing.agree(mother, pai) and not handing.agree(mother, pai)
    with pytest.raises(handing.NotAgreed):
        handing.hand_over(nurse, pai, twin.school)
    Agreement.objects.create(school=college.school, record=pai, by=father, at=NOW)
    copy, is_new = handing.hand_over(nurse, pai, twin.school)
    assert is_new and handing.hand_over(nurse, pai, twin.school) == (copy, False)
    assert copy.open(copy.versions.get()) == WORDS
    assert hanging.opened(copy.papers.get()).decode() == f"Bilan {CANARY}"
    assert copy in Orphan.objects.visible_to(seat_of("head", world=twin))
    assert copy not in Record.objects.visible_to(seat_of("head", world=twin))
    again = Words("Deux bouffées au lieu d’une", "P", "", "")
    writing.revise(nurse, pai, written(again, shows=True), 1)
    newer, is_new = handing.hand_over(nurse, pai, twin.school)
    assert is_new and newer != copy, "what has changed since goes too"
    assert newer.open(newer.versions.get()) == again
    assert handing.take_back(mother, pai) and not handing.take_back(mother, pai)


def test_a_school_without_room_takes_no_papers(
    college: World, twin: World, client: SchoolClient, seat_of: Any, pai: Record, monkeypatch: Any
) -> None:
    nurse = seat_of("nurse")
    hanging.add_paper(nurse, pai, sent())
    Holding.objects.create(person=pai.pupil, role=Role.PUPIL, school=twin.school)
    monkeypatch.setattr(handing, "is_agreed", lambda viewer, record: Agreed.AGREED)
    monkeypatch.setattr(files_queries, "room_left", lambda school: -1)
    client.sit(nurse.person)
    # The school where the pupil goes on is named to whoever hands over.
    client.may_see_twin = True
    full = client.post(address("hand_over", pai), {"school": twin.school.pk})
    assert full.status_code == 422 and "plus de place" in full.content.decode()
    assert not Record.objects.filter(school=twin.school).exists()


def test_the_head_entrusts_a_plan_to_somebody_else(
    college: World, seat_of: Any, pai: Record, nurse: Person
) -> None:
    Holding.objects.filter(person=nurse).update(ends=TODAY)
    head, heir = seat_of("head"), staff(college, Role.NURSE, "Eva")
    [orphan] = Orphan.objects.visible_to(head)
    assert list(audit.staff_to_entrust(head, orphan)) == [heir]
    Holding.objects.filter(person=heir).update(ends=TODAY)
    assert list(audit.staff_to_entrust(head, orphan)) == [head.person], "alone in their school"


def test_nobody_opens_the_record_of_a_child_of_theirs(college: World, seat_of: Any) -> None:
    own_class = Group.objects.get(enrolments__pupil=college.people["pupil"], kind=Group.Kind.CLASS)
    head, pupil = seat_of("head"), college.people["pupil"]
    assert pupil in choices.pupils_of(head, own_class)
    Guardianship.objects.create(guardian=head.person, pupil=pupil, authority="none", kinship="other")
    assert pupil not in choices.pupils_of(head, own_class)


# Sealed


def everything() -> Iterator[tuple[str, str]]:
    """Every cell of every table, and every file, as they lie."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            for row in model._base_manager.values():
                yield model._meta.label, json.dumps(row, default=str, ensure_ascii=False)
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes().decode("latin-1")


def test_what_is_written_lies_nowhere_in_plain_words(
    college: World,
    client: SchoolClient,
    pai: Record,
    nurse: Person,
    clock: Any,
    caplog: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    caplog.set_level(logging.DEBUG)
    access.add_reader(_seat(college, nurse), pai, college.people["cpe"], Reader.Reason.TEAM, TODAY + 9 * DAY)
    client.sit(nurse)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address("papers", pai), {"file": sent(f"{CANARY}.txt")})
    body = {
        "needs": f"Nouveau {CANARY}",
        "plan": f"P {CANARY}",
        "emergency": f"E {CANARY}",
        "plain": "p",
        "review_on": "2027-09-01",
        "seen": "1",
    }
    assert client.post(address("revise", pai), body).status_code == 302
    assert pai.papers.get().name == f"{CANARY}.txt"
    read = Line.objects.filter(verb="records.read", target_id=pai.pk)
    before = read.count()
    client.get(address("papers", pai))
    assert read.count() == before + 1, "the names of papers are words of the record"
    for name in ("record", "revise", "readers", "readings", "measures", "papers", "printed"):
        assert client.get(address(name, pai)).status_code == 200, name
    download = client.get(reverse("records:paper", kwargs={"pk": pai.papers.get().pk}))
    assert download.content.decode() == f"Bilan {CANARY}"
    assert download.headers["Cache-Control"] == "private, no-store"
    # A form put aside while its person proves who they are waits sealed too.
    page = client.get(address("revise", pai)).content.decode()
    context = page.split(f'name="{stamp.FIELD}" value="')[1].split('"')[0]
    clock.shift(timedelta(minutes=11))
    client.post(address("revise", pai), body | {stamp.FIELD: context, "seen": "2", "plain": "q"})
    assert CANARY in str(kept.take_back(client.session, nurse.account.pk))
    assert not [where for where, text in everything() if CANARY in text]
    assert CANARY not in caplog.text
    assert not Item.objects.filter(facts__icontains=CANARY).exists()


def _seat(world: World, person: Person) -> Any:
    return viewer_for(person, 0, NOW, f"staff-{world.school.pk}")


def test_no_search_finds_a_record(college: World, client: SchoolClient, pai: Record, nurse: Person) -> None:
    assert not [one for one in boards.search if "record" in str((one.find or one.titles).__module__)]
    page = client.sit(nurse).get(f"/recherche/?q={CANARY}").content.decode()
    assert pai.public_id not in page
    page = client.get(f"/recherche/?q={pai.pupil.family_name}").content.decode()
    assert pai.public_id not in page and "PAI" not in page


def test_the_store_of_files_shows_the_bytes_to_nobody(
    college: World, client: SchoolClient, seat_of: Any, pai: Record, nurse: Person
) -> None:
    paper = hanging.add_paper(seat_of("nurse"), pai, sent())
    assert hanging.add_paper(seat_of("nurse"), pai, sent()) == paper, "a second click"
    assert paper.file.name == "document.bin"
    for key in ("nurse", "head", "guardian"):
        client.sit(college.people[key])
        assert client.get(f"/fichiers/{paper.file.public_id}/").status_code == 404
    path = vault.path_of(paper.file.public_id)
    assert path.is_file()


def test_a_removed_paper_takes_its_bytes_along(
    college: World, seat_of: Any, pai: Record, django_capture_on_commit_callbacks: Any
) -> None:
    paper = hanging.add_paper(seat_of("nurse"), pai, sent())
    path = vault.path_of(paper.file.public_id)
    with django_capture_on_commit_callbacks(execute=True):
        assert hanging.remove_paper(seat_of("nurse"), paper)
    assert not hanging.remove_paper(seat_of("nurse"), paper)
    assert not path.exists() and not StoredFile.objects.filter(pk=paper.file_id).exists()


@pytest.mark.parametrize("said", [Verdict.INFECTED, Verdict.UNKNOWN])
def test_what_the_antivirus_does_not_clear_is_not_kept(
    seat_of: Any, pai: Record, monkeypatch: Any, said: Verdict
) -> None:
    monkeypatch.setattr(antivirus, "verdict_of", lambda file: said)
    with pytest.raises(UploadRefused):
        hanging.add_paper(seat_of("nurse"), pai, sent())
    assert not Paper.objects.exists()


def test_words_of_one_record_open_in_no_other(seat_of: Any, pai: Record, notes: Record) -> None:
    stolen = pai.versions.get()
    assert notes.open(stolen) is None
    Version.objects.filter(record=notes).update(sealed=stolen.sealed)
    assert notes.open(notes.versions.get()) is None


def test_a_lost_key_is_said_and_nothing_breaks(
    college: World, client: SchoolClient, pai: Record, nurse: Person
) -> None:
    Version.objects.update(sealed=sealed.seal("elsewhere", b"{}"))
    answer = client.sit(nurse).get(address("record", pai))
    assert answer.status_code == 200 and "ne s’ouvre plus" in answer.content.decode()
    assert client.get(address("revise", pai)).status_code == 302


def test_a_new_key_seals_everything_again(
    college: World, seat_of: Any, pai: Record, settings: Any, capsys: Any
) -> None:
    paper = hanging.add_paper(seat_of("nurse"), pai, sent())
    old, new = settings.SECRET_KEY, "une-autre-cle-tout-aussi-longue-pour-les-essais-0123456789"
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = new, [old]
    call_command("reseal", "--dry-run")
    assert "records: 0 under today's key, 4 only a former key opens, 0" in capsys.readouterr().out
    call_command("reseal")
    assert "records: 0 under today's key, 4 sealed again, 0" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    assert pai.open(pai.versions.get()) == WORDS
    paper = Paper.objects.select_related("file", "record").get(pk=paper.pk)
    assert hanging.opened(paper).decode() == f"Bilan {CANARY}"
    assert paper.name == "compte-rendu.txt"
    assert paper.file.size == vault.path_of(paper.file.public_id).stat().st_size
    assert keeping.reseal_all() == {"today": 4}


# What goes


def test_erased_with_the_pupil(
    college: World, seat_of: Any, pai: Record, notes: Record, django_capture_on_commit_callbacks: Any
) -> None:
    paper = hanging.add_paper(seat_of("nurse"), pai, sent())
    hanging.add_measure(seat_of("nurse"), pai, "Tiers-temps", TODAY, None)
    path = vault.path_of(paper.file.public_id)
    with django_capture_on_commit_callbacks(execute=True):
        assert keeping.forget_records(pai.pupil_id)
    assert not Record.objects.exists() and not Version.objects.exists() and not path.exists()


def test_the_paper_says_who_printed_it(
    college: World, client: SchoolClient, pai: Record, nurse: Person, monkeypatch: Any
) -> None:
    monkeypatch.setattr("preau.foundation.pdf.is_possible", lambda: False)
    page = client.sit(nurse).get(address("printed", pai)).content.decode()
    assert f"Imprimé par {nurse.full_name}" in page and CANARY in page
    assert lines(pai, "records.printed").count() == 1


def test_news_name_nobody(college: World, seat_of: Any, pai: Record) -> None:
    access.add_reader(seat_of("nurse"), pai, college.people["cpe"], Reader.Reason.TEAM, None)
    writing.revise(seat_of("nurse"), pai, written(Words("x")), 1)
    notices = Item.objects.filter(kind__startswith="records.")
    assert {item.person for item in notices} >= {college.people["cpe"], college.people["guardian"]}
    for item in notices:
        assert set(item.facts) <= {"school", "about", "since"}
        assert pai.pupil.family_name not in str(boards.notification_kinds.named(item.kind).subject)


def test_the_head_counts_and_reads_nothing(
    college: World, client: SchoolClient, pai: Record, notes: Record, nurse: Person
) -> None:
    page = client.sit(college.people["head"]).get(reverse("records:audit")).content.decode()
    assert nurse.given_name in page
    assert pai.public_id not in page and notes.public_id not in page
    assert [row["records"] for row in audit.people_who_read(_seat(college, college.people["head"]))] == [2]


def test_the_demonstration_shows_an_emergency_and_a_plan(college: World, nurse: Person, seat_of: Any) -> None:
    college.imported = True
    seeds.plant(college)
    kinds = dict(Record.objects.values_list("kind", "shows_emergency"))
    assert kinds == {"pap": False, "pai": True, "health": False}
    assert Arrangement.objects.filter(measure__record__kind="pap", words="Tiers-temps").exists()
    plan = Record.objects.get(kind="pap")
    assert plan in Record.objects.visible_to(seat_of("cpe"))
    assert plan in Record.objects.visible_to(seat_of("pupil"))


def test_a_plan_that_changes_twice_leaves_one_thing_to_read(
    college: World, seat_of: Any, pai: Record
) -> None:
    mother = college.people["guardian"]
    Item.objects.all().delete()
    for words in ("Sortir deux minutes.", "Une place près de la porte."):
        hanging.add_measure(seat_of("nurse"), pai, words, TODAY, None)
    notices = Item.objects.filter(person=mother, kind="records.family_changed").order_by("pk")
    assert [one.read_at is None for one in notices] == [False, True]
    assert all(one.about_id == pai.pupil_id for one in notices)
    # The first, which the second replaces, is folded; the second says which plan, by its day and not by its nature.
    assert [one.settled_at is None for one in notices] == [False, True]
    assert notices[1].facts["since"] == dates.plain_day(dates.local(pai.opened_at).date())
    assert "PAI" not in str(notices[1].facts)
