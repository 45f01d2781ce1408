"""One person at a time: the office finds, writes down, corrects, moves and lets go; and what a delivery makes of it."""

import html
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import corrections, enrolling, leaving
from preau.directory.models import (
    Address,
    ContactRequest,
    Correction,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Guest,
    Holding,
    Person,
    School,
)
from preau.directory.queries import office as queries
from preau.directory.rules import office as rules
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab, parent, personnel
from preau.directory.tests.props import own_class
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Authority, Kinship, Role
from preau.foundation.awaited import awaited_of
from preau.foundation.text import french

pytestmark = pytest.mark.django_db
SEARCH, ENROL, ENGAGE = "/annuaire/", "/annuaire/inscrire/", "/annuaire/inscrire/personnel/"
LIST = "/annuaire/corrections/"


def body(college: World, **more: str) -> dict[str, str]:
    """A pupil and their mother, as the office types them."""
    return {
        "family_name": "Le Gall",
        "given_name": "Maïwenn",
        "birth_date": "2014-03-02",
        "group": str(own_class(college).pk),
        "first_day": "2026-11-24",
        "r1_given_name": "Soizic",
        "r1_kinship": "mother",
        "r1_phone": "06 11 22 33 44",
        "r1_lives_with": "on",
        "r1_lines": "3 rue du Puits, Rennes",
        "r1_is_protected": "on",
    } | more


def found(client: SchoolClient, **typed: str) -> str:
    response = client.post(SEARCH, typed)
    assert response.status_code == 200
    return response.content.decode()


def pupil_of(college: World) -> Person:
    return Person.objects.get(family_name="Le Gall", given_name="Maïwenn")


# Finding


def test_the_office_finds_by_name_telephone_or_class(
    college: World, twin: World, client: SchoolClient
) -> None:
    mother, stranger = college.people["guardian"], twin.people["guardian"]
    Person.objects.filter(pk__in=[mother.pk, stranger.pk]).update(phone="+33 6 11 22 33 44")
    client.sit(college.people["secretary"])
    pupil = college.people["pupil"]
    assert pupil.list_name in found(client, mots=pupil.family_name)
    content = found(client, mots="06 11 22 33 44")
    assert mother.list_name in content and f"/personnes/{stranger.public_id}/" not in content
    assert pupil.list_name in found(client, classe=str(own_class(college).pk), qui="eleves")
    assert "Personne ne correspond" in found(client, mots="zzzzzzzz")
    # A name is never read in an address.
    assert pupil.list_name not in client.get(SEARCH, {"mots": pupil.family_name}).content.decode()


@pytest.mark.parametrize("who", ["teacher", "cpe", "guardian", "pupil"])
def test_nobody_else_acts(college: World, client: SchoolClient, who: str) -> None:
    client.sit(college.people[who])
    pupil = college.people["pupil"].public_id
    for address in [
        SEARCH,
        ENROL,
        ENGAGE,
        LIST,
        *(f"/annuaire/personnes/{pupil}/{act}/" for act in ("corriger", "depart", "classe")),
    ]:
        assert client.get(address).status_code in {403, 404}, address


# Enrolling


def test_a_pupil_is_enrolled_with_their_mother_on_one_page(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    response = client.post(ENROL, body(college))
    pupil = pupil_of(college)
    assert response.status_code == 302 and response["Location"] == f"/comptes/familles/{pupil.public_id}/"
    assert Holding.objects.filter(person=pupil, role=Role.PUPIL, school=college.school).count() == 1
    assert Enrolment.objects.get(pupil=pupil).group == own_class(college)
    link = Guardianship.objects.get(pupil=pupil)
    assert (link.guardian.full_name, link.authority, link.kinship) == (
        "Soizic Le Gall",
        Authority.LEGAL,
        Kinship.MOTHER,
    )
    assert link.lives_with and Address.objects.get(person=pupil).is_protected
    page = client.get(response["Location"]).content.decode()
    assert "L’inscription de Maïwenn Le Gall est enregistrée." in page
    assert "LE GALL Soizic" in page and "LE GALL Maïwenn" in page
    letters = client.post(response["Location"], {"vu": "0"}).content.decode()
    assert letters.count('class="letter') == 2 or "Soizic" in letters
    assert Line.objects.filter(verb="directory.pupil_enrolled", subject_id=pupil.pk).count() == 1
    # The second of two clicks.
    assert client.post(ENROL, body(college)).status_code in {302, 422}
    assert Person.objects.filter(family_name="Le Gall", given_name="Maïwenn").count() == 1


def test_whoever_looks_like_the_pupil_is_shown_before(
    college: World, twin: World, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    Person.objects.filter(pk=twin.people["pupil"].pk).update(
        family_name=pupil.family_name, given_name=pupil.given_name, birth_date=pupil.birth_date
    )
    twin.people["pupil"].refresh_from_db()
    twin.people["pupil"].save()
    client.sit(college.people["secretary"])
    typed = body(
        college,
        family_name=pupil.family_name,
        given_name=pupil.given_name,
        birth_date=str(pupil.birth_date or date(2014, 1, 1)),
    )
    response = client.post(ENROL, typed)
    content = response.content.decode()
    assert response.status_code == 422 and pupil.public_id in content
    assert twin.people["pupil"].public_id not in content
    before = Person.objects.count()
    # The same pupil: nothing is written twice, and it is said that the mother typed is not written.
    assert client.post(ENROL, typed | {"same": pupil.public_id}).status_code == 422
    assert Person.objects.count() == before and Enrolment.objects.filter(pupil=pupil, ends=None).count() >= 1
    # Somebody else: the office says so.
    assert client.post(ENROL, typed | {"same": "autre"}).status_code == 302
    assert Person.objects.count() == before + 2


def test_a_search_is_wiped_not_opened_to_everybody(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    page = client.post(SEARCH, {"mots": college.people["pupil"].family_name}).content.decode()
    assert "Effacer" in page and "Tout montrer" not in page


def test_an_age_that_is_odd_in_a_class_is_asked_once(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    level = own_class(college).level
    asked = client.post(ENROL, body(college, birth_date="1999-01-01"))
    shown = asked.content.decode()
    assert asked.status_code == 422 and f"27 ans en {own_class(college).name}" in shown.replace(
        "<sup>e</sup>", "e"
    )
    assert not Person.objects.filter(given_name="Maïwenn").exists() and level
    assert client.post(ENROL, body(college, birth_date="1999-01-01", sure="on")).status_code == 302
    assert pupil_of(college).birth_date == date(1999, 1, 1)


@pytest.mark.parametrize(
    ("born", "rank", "odd"),
    [
        (2015, 9, False),
        (2012, 9, False),
        (2011, 9, True),
        (2018, 9, False),
        (2019, 9, True),
        (1999, 16, False),
    ],
)
def test_which_ages_are_odd(born: int, rank: int, odd: bool) -> None:
    """Sixième is eleven years; three years around are of every school; of a level that nobody knows, none is odd."""
    assert rules.is_odd_age(date(born, 6, 1), rank, 2026) is odd


ALONE = dict.fromkeys(("r1_given_name", "r1_kinship", "r1_phone", "r1_lines"), "")
NOBODY = "Personne ne répond pour cet élève : l’inscrire quand même ?"


def test_a_child_for_whom_nobody_answers_is_asked_once_then_said(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["secretary"])
    page = client.post(ENROL, body(college, **ALONE))
    text = html.unescape(page.content.decode())
    assert page.status_code == 422 and french(NOBODY) in text and 'value="Maïwenn"' in text
    assert not Person.objects.filter(family_name="Le Gall", given_name="Maïwenn").exists()
    assert client.post(ENROL, body(college, **ALONE, alone="on")).status_code == 302
    pupil = pupil_of(college)
    record = f"/annuaire/personnes/{pupil.public_id}/"
    text = client.get(record).content.decode()
    assert "Personne à appeler" in text and "Écrire aux responsables" not in text
    # It waits for the office, and for nobody else.
    waits = [one for one in awaited_of(seat_of("secretary")) if one.title == "Aucun responsable noté"]
    assert [(one.whose, one.url) for one in waits] == [("Maïwenn Le Gall", f"{record}responsable/")]
    assert not [one for one in awaited_of(seat_of("cpe")) if one.title == "Aucun responsable noté"]
    typed = {name: value for name, value in body(college).items() if name.startswith("r1_")}
    assert client.post(waits[0].url, typed).status_code == 302
    link = Guardianship.objects.get(pupil=pupil)
    assert (link.guardian.full_name, link.contact_priority) == ("Soizic Le Gall", 1)
    assert Address.objects.get(person=link.guardian).is_protected
    assert "Écrire aux responsables" in client.get(record).content.decode()
    assert not [one for one in awaited_of(seat_of("secretary")) if one.about == pupil.pk]


def test_a_guardian_added_is_found_or_made_once(college: World, client: SchoolClient, seat_of: Any) -> None:
    pupil, works = college.people["pupil"], college.people["teacher"]
    client.sit(college.people["secretary"])
    address = f"/annuaire/personnes/{pupil.public_id}/responsable/"
    assert client.post(address, {"r1_phone": "0611223344"}).status_code == 422
    sent = {
        "r1_given_name": works.given_name,
        "r1_family_name": works.family_name,
        "r1_kinship": "other",
    }
    assert client.post(address, sent).status_code == 422
    before = Person.objects.count()
    assert client.post(address, sent | {"r1_same": works.public_id}).status_code == 302
    assert Person.objects.count() == before
    assert Guardianship.objects.filter(pupil=pupil, guardian=works).count() == 1
    # The second of two clicks, of somebody whom nobody knew.
    aunt = enrolling.WrittenGuardian(
        enrolling.Written("Kergoat", "Rozenn"), Kinship.OTHER, Authority.LEGAL, lives_with=False
    )
    assert [enrolling.add_guardian(seat_of("secretary"), pupil, aunt) for _click in range(2)] == [True, False]


def test_whoever_is_of_age_answers_alone(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    page = client.post(ENROL, body(college, **ALONE, birth_date="2008-03-02", sure="on"))
    assert page.status_code == 302


def test_two_people_enrol_the_same_pupil(college: World, seat_of: Any) -> None:
    who = enrolling.Written("Le Gall", "Maïwenn", birth_date=date(2014, 3, 2))
    sent = enrolling.WrittenPupil(who, own_class(college), date(2026, 11, 24))
    first = enrolling.enrol(seat_of("secretary"), sent)
    with pytest.raises(enrolling.LooksLike) as error:
        enrolling.enrol(seat_of("head"), sent)
    assert error.value.people == [first]
    assert enrolling.enrol(seat_of("secretary"), sent) == first
    assert Enrolment.objects.filter(pupil=first).count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"birth_date": "2062-03-02"}, "Cette date de naissance est à venir : vérifiez l’année."),
        ({"birth_date": "1890-03-02"}, "Cette date de naissance est trop ancienne"),
        ({"birth_date": "2026-03-02"}, "moins de deux ans"),
        ({"family_name": "123"}, "Un nom s’écrit avec des lettres."),
        ({"r1_kinship": ""}, "Dites le lien avec l’élève."),
        ({"r1_phone": "06"}, "Ce numéro de téléphone n’est pas complet."),
        ({"first_day": "2031-01-01"}, "Choisissez un jour de cette année scolaire."),
    ],
)
def test_a_mistake_is_said_and_nothing_typed_is_lost(
    college: World, client: SchoolClient, typed: dict[str, str], said: str
) -> None:
    client.sit(college.people["secretary"])
    before = Person.objects.count()
    response = client.post(ENROL, body(college, **typed))
    page = response.content.decode()
    assert response.status_code == 422 and french(said) in page and "3 rue du Puits, Rennes" in page
    assert Person.objects.count() == before


def test_a_guardian_who_works_here_is_offered(college: World, client: SchoolClient) -> None:
    teacher = college.people["teacher"]
    client.sit(college.people["secretary"])
    typed = body(college, r1_given_name=teacher.given_name, r1_family_name=teacher.family_name)
    assert teacher.public_id in client.post(ENROL, typed).content.decode()
    assert client.post(ENROL, typed | {"r1_same": teacher.public_id}).status_code == 302
    assert Guardianship.objects.get(pupil=pupil_of(college)).guardian == teacher


def test_the_office_opens_no_door(college: World, client: SchoolClient, seat_of: Any) -> None:
    typed = {
        "role": "secretary",
        "family_name": "Prigent",
        "given_name": "Nadège",
        "title": "",
        "birth_date": "",
    }
    client.sit(college.people["secretary"])
    assert client.post(ENGAGE, typed).status_code == 422
    assert client.post(ENGAGE, typed | {"role": "school_life"}).status_code == 422
    stays = typed | {"role": "teacher", "last_day": "2026-12-18", "reason": "Remplacement de M. Le Bihan"}
    assert client.post(ENGAGE, stays).status_code == 302
    holding = Holding.objects.get(person__family_name="Prigent")
    assert (holding.role, holding.ends) == (Role.TEACHER, date(2026, 12, 19))
    assert Guest.objects.get(holding=holding).reason == "Remplacement de M. Le Bihan"
    assert client.post(ENGAGE, stays).status_code in {302, 422}
    assert Holding.objects.filter(person__family_name="Prigent").count() == 1
    assert client.post(ENGAGE, stays | {"reason": "", "family_name": "Autre"}).status_code == 422


def test_a_substitute_who_never_comes_is_shown_out(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    typed = {"role": "teacher", "family_name": "Prigent", "given_name": "Nadège"}
    client.post(ENGAGE, typed | {"last_day": "2026-12-18", "reason": "Remplacement"})
    person = Person.objects.get(family_name="Prigent")
    page = f"/annuaire/personnes/{person.public_id}/"
    assert "Mettre fin à sa fonction ici" in client.get(page).content.decode()
    assert client.post(f"{page}fin/").status_code == 302
    assert Holding.objects.get(person=person).ends == NOW.date() and not Correction.objects.exists()
    assert client.get(page).status_code == 404
    # What a file gave, the file ends.
    Holding.objects.filter(person=college.people["teacher"]).update(source="aaf")
    assert client.post(f"/annuaire/personnes/{college.people['teacher'].public_id}/fin/").status_code == 302
    assert not Holding.objects.filter(person=college.people["teacher"], ends=NOW.date()).exists()


# Papers


def test_a_certificate_is_printed_and_an_exeat_for_whoever_leaves(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("preau.foundation.pdf.made", lambda page, style: drawn.append(page) or b"%PDF-")
    monkeypatch.setattr("preau.foundation.pdf.is_possible", lambda: True)
    pupil = college.people["pupil"]
    address = f"/annuaire/personnes/{pupil.public_id}/certificats/"
    client.sit(college.people["secretary"])
    assert (
        client.post(address, {"papier": "exeat"})["Content-Disposition"]
        == 'attachment; filename="scolarite.pdf"'
    )
    assert pupil.list_name in drawn[0] and "Certificat de scolarité" in drawn[0]
    assert leaving.depart(seat_of("secretary"), pupil, date(2026, 12, 18))
    assert (
        client.post(address, {"papier": "exeat"})["Content-Disposition"] == 'attachment; filename="exeat.pdf"'
    )
    assert "quitte l’établissement" in drawn[1] and french("18 décembre 2026") in drawn[1]
    assert "régulièrement inscrit" in drawn[0] and "régulièrement inscrit" not in drawn[1]
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    assert "Certificat de radiation" in client.get(address).content.decode()
    client.post(address, {"papier": "exeat"})
    assert "Certificat de radiation" in drawn[2] and "Exeat" not in drawn[2]
    assert Line.objects.filter(verb="directory.certificate_printed", subject_id=pupil.pk).count() == 3
    client.sit(college.people["cpe"])
    assert client.post(address, {"papier": "scolarite"}).status_code == 403


# Correcting


def correct(client: SchoolClient, person: Person, **typed: str) -> Any:
    address = f"/annuaire/personnes/{person.public_id}/corriger/"
    page = client.get(address).content.decode()
    seen = re.search(r'name="avant" value="([^"]*)"', page)
    assert seen
    shown = {
        name: getattr(person, name) or ""
        for name in ("family_name", "given_name", "birth_name", "birth_date", "phone", "email")
    }
    return client.post(address, {**shown, **typed, "avant": html.unescape(seen[1])})


def test_a_telephone_is_corrected_beside_what_the_file_says(college: World, client: SchoolClient) -> None:
    mother = college.people["guardian"]
    Person.objects.filter(pk=mother.pk).update(phone="02 99 00 00 01")
    mother.refresh_from_db()
    key(mother)
    client.sit(college.people["secretary"])
    assert correct(client, mother, phone="06 11 22 33 44").status_code == 302
    row = Correction.objects.get(person=mother)
    assert (row.field, row.value, row.told) == ("phone", "06 11 22 33 44", "02 99 00 00 01")
    page = client.get(f"/annuaire/personnes/{mother.public_id}/").content.decode()
    assert "le fichier dit" in page
    assert mother.list_name in client.get(LIST).content.decode()
    line = Line.objects.filter(verb="directory.person_corrected").get()
    assert line.details == {"fields": "phone"}
    client.sit(college.people["cpe"])
    assert "le fichier dit" not in client.get(f"/annuaire/personnes/{mother.public_id}/").content.decode()


def key(person: Person) -> None:
    ExternalId.objects.create(
        source="aaf", authority="14", kind="person", value=f"K{person.pk}", person=person
    )


def test_the_office_never_corrects_itself_nor_who_opens_doors(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["secretary"])
    for who in ("secretary", "head"):
        address = f"/annuaire/personnes/{college.people[who].public_id}/corriger/"
        assert client.get(address).status_code == 403
    pupil, secretary = college.people["pupil"], college.people["secretary"]
    Guardianship.objects.create(pupil=pupil, guardian=secretary, authority=Authority.LEGAL)
    for person in (pupil, college.people["guardian"]):
        assert client.get(f"/annuaire/personnes/{person.public_id}/corriger/").status_code == 403


def test_a_protected_address_is_for_the_office_alone(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    secretary = seat_of("secretary")
    corrections.live(secretary, pupil, "3 rue du Puits", protected=True)
    corrections.live(secretary, college.people["guardian"], "3 rue du Puits", protected=True)
    page = f"/annuaire/personnes/{pupil.public_id}/"
    for who, reads in [
        ("secretary", True),
        ("head", True),
        ("cpe", False),
        ("teacher", False),
        ("other_guardian", False),
    ]:
        client.sit(college.people[who])
        assert ("3 rue du Puits" in client.get(page).content.decode()) == reads, who
    corrections.live(secretary, pupil, "3 rue du Puits", protected=False)
    client.sit(college.people["cpe"])
    assert "3 rue du Puits" in client.get(page).content.decode()


def test_an_address_that_becomes_protected_is_so_on_the_child_too(college: World, seat_of: Any) -> None:
    pupil, mother, secretary = college.people["pupil"], college.people["guardian"], seat_of("secretary")
    corrections.live(secretary, mother, "3 rue du Puits", protected=False)
    corrections.live(secretary, pupil, "3 rue du Puits", protected=False)
    corrections.live(secretary, college.people["other_guardian"], "3 rue du Puits", protected=False)
    corrections.live(secretary, mother, "3 rue du Puits", protected=True)
    assert not Address.objects.visible_to(seat_of("cpe")).filter(person__in=[mother, pupil]).exists()
    assert not Address.objects.get(person=college.people["other_guardian"]).is_protected


def test_two_people_do_not_write_over_each_other(college: World, client: SchoolClient) -> None:
    mother = college.people["guardian"]
    client.sit(college.people["secretary"])
    address = f"/annuaire/personnes/{mother.public_id}/corriger/"
    typed = {
        "family_name": mother.family_name,
        "given_name": mother.given_name,
        "phone": "06 11 22 33 44",
        "avant": "ancien",
    }
    response = client.post(address, typed)
    assert response.status_code == 409 and "06 11 22 33 44" in response.content.decode()


# A family asks


def test_a_family_asks_and_the_office_answers(college: World, twin: World, client: SchoolClient) -> None:
    mother, page = college.people["guardian"], "/annuaire/mes-coordonnees/"
    client.sit(mother)
    typed = {"phone": "06 11 22 33 44", "email": mother.email, "lines": "5 rue du Puits"}
    assert client.post(page, typed).status_code == 302
    assert client.post(page, typed).status_code == 302
    asked = list(ContactRequest.objects.order_by("field").values_list("field", "value", "state"))
    assert asked == [("lines", "5 rue du Puits", "asked"), ("phone", "06 11 22 33 44", "asked")]
    assert "5 rue du Puits" in client.get(page).content.decode()
    client.sit(college.people["other_guardian"])
    assert "5 rue du Puits" not in client.get(page).content.decode()
    lines, number = ContactRequest.objects.order_by("field")
    assert client.post(f"{page}{lines.pk}/retirer/").status_code == 404
    client.sit(college.people["cpe"])
    assert client.get("/annuaire/demandes/").status_code == 403
    assert client.get(f"/annuaire/demandes/{lines.pk}/").status_code == 404
    client.sit(college.people["secretary"])
    queue = client.get("/annuaire/demandes/").content.decode()
    assert "5 rue du Puits" in queue and mother.list_name in queue
    answer = f"/annuaire/demandes/{lines.pk}/"
    assert client.post(answer, {"choix": "refuser", "word": ""}).status_code == 422
    assert client.post(answer, {"choix": "refuser", "word": "Apportez un justificatif."}).status_code == 302
    assert client.post(answer, {"choix": "accepter"}).status_code == 302
    assert client.post(f"/annuaire/demandes/{number.pk}/", {"choix": "accepter"}).status_code == 302
    mother.refresh_from_db()
    assert mother.phone == "06 11 22 33 44" and not Address.objects.filter(person=mother).exists()
    assert Line.objects.filter(verb="directory.contact_accepted", subject_id=mother.pk).count() == 1
    client.sit(mother)
    assert "Apportez un justificatif." in client.get(page).content.decode()


def test_a_request_taken_back_is_answered_by_nobody(college: World, client: SchoolClient) -> None:
    client.sit(college.people["guardian"])
    page = "/annuaire/mes-coordonnees/"
    client.post(page, {"phone": "06 11 22 33 44", "email": "", "lines": ""})
    row = ContactRequest.objects.get()
    assert client.post(f"{page}{row.pk}/retirer/").status_code == 302
    client.sit(college.people["secretary"])
    assert client.post(f"/annuaire/demandes/{row.pk}/", {"choix": "accepter"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "withdrawn"
    assert Person.objects.get(pk=row.person_id).phone != "06 11 22 33 44"


# What a delivery makes of it


@pytest.fixture
def place(db: None, tmp_path: Path) -> Any:
    """A school that an official file keeps: a pupil in 3A, their mother."""

    def bring(*pupils: str, phone: str = "0299000001") -> None:
        listed = pupils or (known(),)
        mother = parent("20", homePhone=phone)
        call_command("import_aaf", str(deliver(tmp_path / "d", etab(), *listed, mother)))

    bring()
    return bring


def known(label: str = "3A", key: str = "10", **more: Any) -> str:
    return eleve(key, label=label, ENTElevePersRelEleve=["20$10$1$1$0$1"], **more)


def bearer(value: str) -> Person:
    return Person.objects.get(
        external_ids__source="aaf", external_ids__kind="person", external_ids__value=value
    )


@pytest.fixture
def office(place: Any) -> Viewer:
    """The secretary of the school of the file."""
    school = School.objects.get(uai="0350001A")
    person = Person.objects.create(family_name="Secrétaire", given_name="Une")
    Holding.objects.create(person=person, role=Role.SECRETARY, school=school)
    viewer = viewer_for(person, 0, NOW)
    assert viewer is not None
    return viewer


def fix(office: Viewer, person: Person, **values: Any) -> None:
    seen = corrections.mark_of(person, Address.objects.filter(person=person).first())
    assert corrections.correct(office, person, values, seen)


def kept() -> list[tuple[str, str, str, int]]:
    return list(Correction.objects.order_by("field").values_list("field", "value", "told", "contradicted"))


def learns(pupil: Person) -> list[str]:
    rows = Enrolment.objects.filter(pupil=pupil).active(NOW.date())
    return sorted(rows.values_list("group__name", flat=True))


def test_a_correction_outlives_deliveries_until_the_source_agrees(place: Any, office: Viewer) -> None:
    mother, pupil, people = bearer("20"), bearer("10"), Person.objects.count()
    fix(office, mother, phone="06 11 22 33 44")
    fix(office, pupil, given_name="Léha", birth_date=date(2012, 3, 20))
    place()
    place(phone="0299000009")
    mother.refresh_from_db()
    pupil.refresh_from_db()
    assert (mother.phone, pupil.given_name, pupil.birth_date) == ("06 11 22 33 44", "Léha", date(2012, 3, 20))
    assert kept() == [
        ("birth_date", "2012-03-20", "2012-03-02", 2),
        ("given_name", "Léha", "Léa", 2),
        ("phone", "06 11 22 33 44", "0299000009", 2),
    ]
    assert all(row.is_contradicted for row in Correction.objects.all())
    # The source says the same, in its own way of writing it: the local mark falls, and the next one is the file's again.
    place(known(given="Léha", ENTPersonDateNaissance="20/03/2012"), phone="+33 6 11 22 33 44")
    assert kept() == []
    assert Line.objects.filter(verb="directory.correction_agreed").count() == 3
    place(known(given="Léha", ENTPersonDateNaissance="20/03/2012"), phone="0299000010")
    mother.refresh_from_db()
    assert mother.phone == "0299000010"
    assert Person.objects.count() == people


def test_a_correction_taken_back_follows_the_file(place: Any, office: Viewer) -> None:
    mother = bearer("20")
    fix(office, mother, phone="06 11 22 33 44")
    place(phone="0299000009")
    assert corrections.withdraw(office, Correction.objects.get())
    mother.refresh_from_db()
    assert mother.phone == "0299000009" and kept() == []
    assert not corrections.withdraw(office, Correction(pk=1))


def test_what_is_typed_as_the_file_says_leaves_no_mark(place: Any, office: Viewer) -> None:
    mother = bearer("20")
    fix(office, mother, phone="06 11 22 33 44")
    mother.refresh_from_db()
    fix(office, mother, phone="0299000001")
    assert kept() == []


def test_a_pupil_enrolled_by_hand_is_the_files_when_it_lists_them(place: Any, office: Viewer) -> None:
    group = Group.objects.get(name="3B")
    born = date(2013, 5, 6)
    guardian = enrolling.WrittenGuardian(
        enrolling.Written("Le Gall", "Soizic", phone="06 11 22 33 44"),
        Kinship.MOTHER,
        Authority.LEGAL,
        lives_with=True,
    )
    who = enrolling.Written("Le Gall", "Maïwenn", birth_date=born)
    pupil = enrolling.enrol(office, enrolling.WrittenPupil(who, group, NOW.date(), (guardian,)))
    people = Person.objects.count()
    # A delivery that does not list them yet ends nothing.
    place()
    assert learns(pupil) == ["3B"] and Correction.objects.filter(field="enrolment").count() == 2
    listed = eleve(
        "30",
        "LE GALL",
        "Maiwenn",
        label="3A",
        ENTPersonDateNaissance="06/05/2013",
        ENTElevePersRelEleve=["40$10$1$1$0$1"],
    )
    place(known(), listed, parent("40", "Le Gall", "Soizic"))
    assert Person.objects.count() == people
    assert bearer("30") == pupil and bearer("40").phone == "06 11 22 33 44"
    assert learns(pupil) == ["3A"]
    assert Holding.objects.get(person=pupil).source == "aaf"
    assert Guardianship.objects.get(pupil=pupil).source == "aaf"
    assert kept() == []
    # From here on the file ends what it gave.
    place()
    assert Holding.objects.active(NOW.date()).filter(person=pupil).count() == 0


def test_a_namesake_born_another_day_is_somebody_else(place: Any, office: Viewer) -> None:
    who = enrolling.Written("Le Gall", "Maïwenn", birth_date=date(2013, 5, 6))
    pupil = enrolling.enrol(office, enrolling.WrittenPupil(who, Group.objects.get(name="3B"), NOW.date()))
    place(known(), eleve("30", "Le Gall", "Maïwenn", ENTPersonDateNaissance="07/05/2013"))
    assert bearer("30") != pupil and learns(pupil) == ["3B"]


def test_a_departure_stands_against_a_file_that_holds_the_pupil(place: Any, office: Viewer) -> None:
    pupil, last = bearer("10"), NOW.date() + timedelta(days=3)
    assert leaving.depart(office, pupil, last)
    assert not leaving.depart(office, pupil, last)
    place()
    assert Holding.objects.get(person=pupil).ends == last + timedelta(days=1)
    assert learns(pupil) == ["3A"]
    assert [row[:1] + row[3:] for row in kept()] == [("departure", 1)]
    # Not in the file before the day: access lasts until then all the same.
    place(eleve("11", "Autre", "Ana"))
    assert Holding.objects.get(person=pupil).ends == last + timedelta(days=1)
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        place()
        assert Holding.objects.filter(person=pupil).count() == 1 and kept()[0][3] == 2
        place(eleve("11", "Autre", "Ana"))
        assert kept() == [] and Holding.objects.filter(person=pupil).count() == 1


def rows() -> list[Any]:
    """Each function and each class, in an order of their own: a database gives them in none."""
    return [*Holding.objects.order_by("pk").values(), *Enrolment.objects.order_by("pk").values()]


def test_a_departure_taken_back_leaves_everything_as_it_was(place: Any, office: Viewer) -> None:
    pupil = bearer("10")
    before = rows()
    leaving.depart(office, pupil, NOW.date() + timedelta(days=3))
    leaving.depart(office, pupil, NOW.date() + timedelta(days=5))
    assert corrections.withdraw(office, Correction.objects.get())
    assert rows() == before


def test_a_class_stands_against_the_file_until_it_agrees(place: Any, office: Viewer) -> None:
    pupil, group = bearer("10"), Group.objects.get(name="3B")
    assert leaving.move(office, pupil, group, NOW.date())
    assert not leaving.move(office, pupil, group, NOW.date())
    place()
    place()
    assert learns(pupil) == ["3B"] and kept() == [("class", "3B", "3A", 2)]
    place(known("3B"))
    assert learns(pupil) == ["3B"] and kept() == []
    place(known("3A"))
    assert learns(pupil) == ["3A"]


def test_a_class_taken_back_the_same_day_leaves_nothing(place: Any, office: Viewer) -> None:
    pupil = bearer("10")
    leaving.move(office, pupil, Group.objects.get(name="3B"), NOW.date())
    assert corrections.withdraw(office, Correction.objects.get())
    assert learns(pupil) == ["3A"] and Enrolment.objects.filter(pupil=pupil).count() == 1
    place()
    assert learns(pupil) == ["3A"] and Enrolment.objects.filter(pupil=pupil).count() == 1


def test_a_class_moved_back_to_the_files_is_the_files_to_end(place: Any, office: Viewer) -> None:
    pupil = bearer("10")
    leaving.move(office, pupil, Group.objects.get(name="3B"), NOW.date())
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        leaving.move(office, pupil, Group.objects.get(name="3A"), NOW.date() + timedelta(days=7))
        assert kept() == []
        place(known("3B"))
    open_rows = Enrolment.objects.filter(pupil=pupil, ends=None)
    assert list(open_rows.values_list("group__name", flat=True)) == ["3B"]


def test_a_second_move_taken_back_leaves_one_class(place: Any, office: Viewer) -> None:
    pupil = bearer("10")
    third = Group.objects.get(name="3B")
    other = Group.objects.create(school=third.school, year=third.year, kind=third.kind, name="3C")
    leaving.move(office, pupil, third, NOW.date())
    leaving.move(office, pupil, other, NOW.date())
    assert learns(pupil) == ["3C"]
    assert corrections.withdraw(office, Correction.objects.get())
    assert learns(pupil) == ["3A"]


def test_a_departure_keeps_what_ends_by_itself(place: Any, office: Viewer) -> None:
    """A group that ends sooner, one that ends later, and a second day further than the first."""
    pupil, soon, late = bearer("10"), NOW.date() + timedelta(days=3), NOW.date() + timedelta(days=60)
    group = Group.objects.get(name="3B")
    for ends in (soon, late):
        Enrolment.objects.create(pupil=pupil, school=group.school, group=group, ends=ends)
    held, learnt = Holding.objects.order_by("pk"), Enrolment.objects.filter(pupil=pupil).order_by("pk")
    before = list(held.values()), list(learnt.values())
    leaving.depart(office, pupil, NOW.date())
    assert set(learnt.values_list("ends", flat=True)) == {NOW.date() + timedelta(days=1)}
    leaving.depart(office, pupil, NOW.date() + timedelta(days=9))
    ends = sorted(Enrolment.objects.filter(group=group).values_list("ends", flat=True))
    assert ends == [soon, NOW.date() + timedelta(days=10)]
    assert corrections.withdraw(office, Correction.objects.get())
    assert (list(held.values()), list(learnt.values())) == before


def test_a_function_given_by_hand_is_not_the_files_to_end(place: Any, office: Viewer, tmp_path: Path) -> None:
    def bring(*staff: str) -> None:
        files = deliver(tmp_path / "s", etab(), known(), parent("20"), *staff)
        call_command("import_aaf", str(files))

    bring(personnel("50"))
    teacher = bearer("50")
    who = enrolling.Written(teacher.family_name, teacher.given_name, known=teacher)
    enrolling.engage(office, enrolling.WrittenStaff(who, Role.OTHER, "chorale", NOW.date()))
    # Somebody whom no file knows yet, with a function that none will ever tell.
    new = enrolling.Written("Prigent", "Nadège", birth_date=date(1980, 1, 1))
    person = enrolling.engage(office, enrolling.WrittenStaff(new, Role.TEACHER, "", NOW.date()))
    sent = enrolling.Written("Prigent", "Nadège", known=person)
    enrolling.engage(office, enrolling.WrittenStaff(sent, Role.OTHER, "chorale", NOW.date()))
    listed = personnel("50"), personnel("51", "Prigent", "Nadège")
    bring(*listed)
    bring(*listed)
    assert bearer("51") == person
    for one in (teacher, person):
        held = Holding.objects.active(NOW.date()).filter(person=one).order_by("role")
        assert list(held.values_list("role", "source")) == [("other", ""), ("teacher", "aaf")], one
    assert not Correction.objects.filter(field="enrolment").exists()


def test_the_list_for_whoever_keys_the_file(place: Any, office: Viewer) -> None:
    fix(office, bearer("20"), phone="06 11 22 33 44")
    leaving.move(office, bearer("10"), Group.objects.get(name="3B"), NOW.date())
    lines = [line[0:2] + line[3:6] for line in queries.correction_lines(office)]
    assert sorted(lines) == [
        [
            "Durand",
            "Anne",
            "Téléphone",
            "06\u00a011\u00a022\u00a033\u00a044",
            "02\u00a099\u00a000\u00a000\u00a001",
        ],
        ["Durand", "Léa", "Classe", "3B", "3A"],
    ]
