"""Who comes from outside: let in until a day, shown out, never doubled; the lists of an agent; the review of a quarter."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory import tasks
from preau.directory.actions import departures, guests, powers, reviews
from preau.directory.actions.guests import AlreadyHere, Invitation
from preau.directory.exports.gar import records
from preau.directory.exports.scope import Scope
from preau.directory.models import (
    AccessDoubt,
    AccessReview,
    Group,
    Guardianship,
    Guest,
    Holding,
    Leaver,
    Person,
    Territory,
)
from preau.directory.queries import school_lists
from preau.directory.queries.reviews import access_of, access_rows
from preau.directory.rules.powers import reads_lists, review_due_on
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab
from preau.directory.tests.test_import_aaf import bring
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import DIRECTORY, LISTS, Authority, Kinship, Role
from preau.foundation import boards, journal
from preau.identity.models import Account
from preau.identity.rules import can_give_code

__all__ = ["bring"]
pytestmark = pytest.mark.django_db
TODAY = NOW.date()
DAY = timedelta(days=1)
UNTIL = TODAY + 30 * DAY
GUESTS, INVITE, LISTED = (reverse(f"directory:{name}") for name in ("guests", "invite", "lists"))
REVIEW, FINISH = reverse("directory:review"), reverse("directory:finish_review")
TYPED = {
    "kind": "agent",
    "civility": "mme",
    "given_name": "Nadège",
    "family_name": "Prigent",
    "powers": [LISTS],
    "email": "nadege.prigent@mairie.example",
    "title": "service périscolaire",
    "reason": "Cantine",
    "until": UNTIL.isoformat(),
}


def invitation(role: Role = Role.AGENT, **other: Any) -> Invitation:
    sent: dict[str, Any] = {
        "role": role,
        "civility": "mme",
        "given_name": "Nadège",
        "family_name": "Prigent",
        "reason": "Cantine",
        "email": "nadege.prigent@mairie.example",
        "title": "service périscolaire",
        "until": UNTIL,
        "powers": (LISTS,) if role == Role.AGENT else (),
    }
    return Invitation(**(sent | other))


@pytest.fixture
def guest(college: World, seat_of: Any) -> Guest:
    """An agent of the commune, to whom the head gave the lists for a month, with an account."""
    found = guests.invite(seat_of("head"), invitation())
    Account(login="nadege.prigent", person=found.holding.person, password="!").save()
    return found


def seat(guest: Guest, days: int = 0) -> Viewer | None:
    return viewer_for(guest.holding.person, 0, NOW + days * DAY)


# Letting in


def test_the_head_lets_an_agent_in_and_helps_her_to_her_account(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    assert "Personne n’est invité" in client.get(GUESTS).content.decode()
    page = client.post(INVITE, TYPED, follow=True).content.decode()
    found = Guest.objects.get()
    person, holding = found.holding.person, found.holding
    assert "Nadège Prigent" in page and "Lire les listes" in page and "24 décembre 2026" in page
    assert (holding.role, holding.ends, holding.source, holding.given_by) == (
        Role.AGENT,
        UNTIL + DAY,
        "",
        college.people["head"],
    )
    code = reverse("identity:person", kwargs={"public_id": person.public_id})
    assert code in page and client.get(code).status_code == 200
    line = Line.objects.get(verb="directory.guest_invited")
    assert (line.subject, line.details) == (person, {"until": UNTIL.isoformat()})
    assert "PRIGENT Nadège" in client.get(GUESTS).content.decode()
    for key in ("secretary", "teacher", "guardian"):
        other = SchoolClient().sit(college.people[key])
        assert other.get(GUESTS).status_code == 403 and other.post(INVITE, TYPED).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": ""}, "obligatoire"),
        ({"until": "2026-11-23"}, "entre aujourd’hui et dans un an"),
        ({"until": "2027-12-25"}, "entre aujourd’hui et dans un an"),
        ({"powers": []}, "Cochez au moins une chose"),
        ({"kind": "intervenant"}, "qu’à un agent de la collectivité"),
        ({"kind": ""}, "Dites qui est cette personne"),
        ({"powers": [DIRECTORY]}, "Ce choix n’est plus proposé"),
    ],
)
def test_what_may_not_be_typed_is_said_and_the_rest_stays(
    college: World, client: SchoolClient, change: dict[str, Any], said: str
) -> None:
    response = client.sit(college.people["head"]).post(INVITE, TYPED | change)
    page = response.content.decode()
    assert response.status_code == 422 and said in page and "Prigent" in page
    assert not Guest.objects.exists()


def test_the_same_invitation_twice_is_one_and_whoever_works_here_is_not_invited(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["head"])
    for _ in range(2):
        client.post(INVITE, TYPED)
    assert Guest.objects.count() == 1 and Person.objects.filter(family_name="Prigent").count() == 1
    response = client.post(INVITE, TYPED | {"title": "autre chose"})
    assert response.status_code == 422 and "travaille déjà" in response.content.decode()
    teacher = college.people["teacher"]
    with pytest.raises(AlreadyHere):
        guests.invite(
            seat_of("head"),
            invitation(given_name="Claire", family_name="moreau", email=teacher.email.upper()),
        )


def test_whoever_the_school_or_its_commune_knows_keeps_one_row(
    college: World, twin: World, seat_of: Any
) -> None:
    mother = college.people["guardian"]
    sent = invitation(Role.OTHER, given_name="Julie", family_name=mother.family_name, email=mother.email)
    assert guests.invite(seat_of("head"), sent).holding.person == mother
    town = Territory.objects.create(kind=Territory.Kind.COMMUNE, code="35238", name="Rennes")
    college.school.territory = town
    college.school.save()
    agent = Person.objects.create(
        given_name="Nadège", family_name="Prigent", email="nadege.prigent@mairie.example"
    )
    Holding.objects.create(person=agent, role=Role.AGENT, territory=town)
    found = guests.invite(seat_of("head"), invitation())
    assert found.holding.person == agent
    # Where she was invited comes first, whatever the engine makes of « no school ».
    assert seat(found).key == f"agent-{college.school.pk}"
    # Of another school, nobody is recognised: the answer would say who is there.
    stranger = twin.people["guardian"]
    other = invitation(
        Role.OTHER, given_name=stranger.given_name, family_name=stranger.family_name, email=stranger.email
    )
    assert guests.invite(seat_of("head"), other).holding.person != stranger


def test_a_guest_ends_on_their_day_and_may_be_prolonged_or_shown_out(
    college: World, guest: Guest, client: SchoolClient, seat_of: Any
) -> None:
    assert reads_lists(seat(guest, 30)) and seat(guest, 31) is None
    client.sit(college.people["head"])
    page = reverse("directory:guest", kwargs={"pk": guest.pk})
    client.post(page, {"until": (UNTIL + DAY).isoformat()})
    assert reads_lists(seat(guest, 31)) and seat(guest, 32) is None
    assert client.post(page, {"until": "2035-01-01"}).status_code == 422
    town = SchoolClient().sit(guest.holding.person)
    assert town.get(LISTED).status_code == 200
    for _ in range(2):
        client.post(reverse("directory:end_guest", kwargs={"pk": guest.pk}))
    # Taken back: the next request is refused, the session that was open too.
    assert town.get(LISTED).status_code == 302
    assert Line.objects.filter(verb="directory.guest_ended").count() == 1
    assert "Terminé" in client.get(GUESTS).content.decode()
    # Whoever is gone is invited again, not prolonged; it is the same person.
    guest.refresh_from_db()
    assert not guests.prolong(seat_of("head"), guest, UNTIL)
    assert (
        guests.invite(seat_of("head"), invitation(until=UNTIL + 2 * DAY)).holding.person_id
        == guest.holding.person_id
    )


def test_a_guest_of_another_school_does_not_exist(guest: Guest, twin: World) -> None:
    client = SchoolClient().sit(twin.people["head"])
    for name in ("guest", "end_guest"):
        assert client.post(reverse(f"directory:{name}", kwargs={"pk": guest.pk})).status_code == 404


def test_a_visitor_sees_colleagues_and_no_child(college: World, seat_of: Any) -> None:
    found = guests.invite(seat_of("head"), invitation(Role.OTHER))
    viewer = seat(found)
    assert viewer.is_staff and not reads_lists(viewer)
    people = Person.objects.visible_to(viewer)
    assert college.people["teacher"] in people and college.people["pupil"] not in people


def test_no_file_ends_nor_doubles_a_guest(college: World, guest: Guest, tmp_path: Path, bring: Any) -> None:
    bring(deliver(tmp_path, etab(uai=college.uai), eleve("81", "Petit", "Noé")))
    guest.holding.refresh_from_db()
    assert guest.holding.ends == UNTIL + DAY
    assert Person.objects.filter(family_name="Prigent").count() == 1


def test_a_guest_is_nobody_of_the_gar(college: World, guest: Guest) -> None:
    text = str(list(records.staff(Scope([college.school], TODAY))))
    assert college.people["teacher"].public_id in text and guest.holding.person.public_id not in text


def test_a_guest_who_left_is_erased_at_term_with_the_reason(college: World, guest: Guest, clock: Any) -> None:
    """An agent whom a school let in is the school's own, unlike one of a territory."""
    clock.move_to(NOW + 150 * DAY)
    today = (NOW + 150 * DAY).date()
    assert Leaver.objects.departed(today).filter(pk=guest.holding.person_id).exists()
    assert departures.tell_of_erasures(today) >= 1
    later = today + 8 * DAY
    assert Leaver.objects.past_term(later).filter(pk=guest.holding.person_id).exists()
    entry = next(one for one in boards.personal_data if one.model == "directory.Guest")
    assert entry.forget(guest.holding.person_id) == 1 and not Guest.objects.exists()


# Her account


def test_the_head_alone_gives_a_way_in_to_what_the_head_gave(
    college: World, guest: Guest, seat_of: Any
) -> None:
    agent = guest.holding.person
    assert [key for key in ("head", "secretary", "cpe", "teacher") if can_give_code(seat_of(key), agent)] == [
        "head"
    ]
    teacher = college.people["teacher"]
    assert can_give_code(seat_of("secretary"), teacher)
    powers.give(seat_of("head"), Holding.objects.get(person=teacher, school=college.school), DIRECTORY, UNTIL)
    assert not can_give_code(seat_of("secretary"), teacher) and can_give_code(seat_of("head"), teacher)


def test_an_agent_of_two_places_is_no_schools_to_open(
    college: World, twin: World, guest: Guest, seat_of: Any
) -> None:
    Holding.objects.create(person=guest.holding.person, role=Role.AGENT, school=twin.school)
    assert not can_give_code(seat_of("head"), guest.holding.person)


# The lists


def test_the_agent_reads_the_lists_and_nothing_else(
    college: World, guest: Guest, client: SchoolClient
) -> None:
    client.sit(guest.holding.person)
    home = client.get("/").content.decode()
    assert "Ce qui vous est confié" in home and college.school.name in home and "Lire les listes" in home
    group = Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])
    assert group.name.split()[-1] in client.get(LISTED).content.decode()
    page = client.get(LISTED, {"classe": group.pk}).content.decode()
    assert "ABADIE Nina" in page and "Julie Abadie" in page
    refused = [
        "/annuaire/livraisons/",
        "/comptes/",
        "/etablissement/reglages/",
        "/etablissement/qui-peut-quoi/",
    ]
    refused += [
        reverse("attendance:board"),
        reverse("attendance:absences"),
        reverse("timetable:week"),
        GUESTS,
        REVIEW,
    ]
    for address in refused:
        assert client.get(address).status_code == 403, address
    person = reverse("directory:person", kwargs={"public_id": college.people["pupil"].public_id})
    assert client.get(person).status_code == 404


def test_a_list_says_whom_to_call_and_nothing_more(
    college: World, guest: Guest, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    pupil.birth_name, pupil.civil_given_names = "Naissance", "Ninon"
    pupil.save()
    father = college.people["other_guardian"]
    Guardianship.objects.filter(pupil=pupil, guardian=father).update(may_not_be_informed=True)
    aunt = Person.objects.create(given_name="Rose", family_name="Tante", phone="06 00 00 00 01")
    Guardianship.objects.create(
        pupil=pupil,
        guardian=aunt,
        authority=Authority.CONTACT,
        kinship=Kinship.OTHER_FAMILY,
        contact_priority=9,
    )
    group = Group.objects.get(year=college.year, enrolments__pupil=pupil)
    page = client.sit(guest.holding.person).get(LISTED, {"classe": group.pk}).content.decode()
    page = page.replace("\u00a0", " ")
    assert page.index("Julie Abadie") < page.index("Rose Tante") and "06 00 00 00 01" in page
    for hidden in (
        "Marc Abadie",
        "Naissance",
        "Ninon",
        pupil.birth_date.strftime("%d/%m/%Y"),
        "@famille.example",
    ):
        assert hidden not in page


def test_a_pupil_who_has_left_and_a_class_of_another_school_are_not_listed(
    college: World, twin: World, guest: Guest, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    group = Group.objects.get(year=college.year, enrolments__pupil=pupil)
    before = school_lists.classes_listed(seat(guest)).get(pk=group.pk).pupils
    Holding.objects.filter(person=pupil, role=Role.PUPIL).update(ends=TODAY)
    assert school_lists.classes_listed(seat(guest)).get(pk=group.pk).pupils == before - 1
    client.sit(guest.holding.person)
    assert "ABADIE Nina" not in client.get(LISTED, {"classe": group.pk}).content.decode()
    theirs = Group.objects.filter(year=twin.year)[0]
    for wrong in (theirs.pk, "x", 10**30):
        page = client.get(LISTED, {"classe": wrong}).content.decode()
        assert TWIN not in page and "Ni notes, ni absences" in page


def test_a_list_that_was_given_leaves_a_line_for_whoever_gave_it(
    college: World, guest: Guest, client: SchoolClient
) -> None:
    group = Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])
    client.sit(college.people["secretary"]).get(LISTED, {"classe": group.pk})
    assert not Line.objects.filter(verb="directory.list_read").exists()
    client.sit(guest.holding.person).get(LISTED, {"classe": group.pk})
    line = Line.objects.get(verb="directory.list_read")
    assert (line.actor, line.target_id) == (guest.holding.person, group.pk)
    assert line.details == {"rows": 6, journal.FOR: college.people["head"].pk}
    page = client.sit(college.people["head"]).get(reverse("journal:changes"), {"qui": "delegations"})
    assert "Nadège Prigent pour Hélène Carpentier" in " ".join(page.content.decode().split())


# The review


def test_the_review_shows_whoever_has_more_than_an_ordinary_seat(
    college: World, guest: Guest, client: SchoolClient, seat_of: Any
) -> None:
    teacher = Holding.objects.get(person=college.people["teacher"], school=college.school)
    powers.give(seat_of("head"), teacher, DIRECTORY, UNTIL)
    Account.objects.filter(person=college.people["secretary"]).update(last_login=NOW - 40 * DAY)
    page = client.sit(college.people["head"]).get(REVIEW).content.decode()
    for words in ("Samia Haddad", "Paul Giraud", "Claire Moreau", "Nadège Prigent", "C’est vous", "Jamais"):
        assert words in page
    assert "15 octobre 2026" in page and "Tenir l’annuaire, jusqu’au 24 décembre 2026" in page
    assert "Thomas Lefèvre" not in page
    rows = access_rows(seat_of("head"), list(access_of(seat_of("head"))))
    assert len(rows) == 5
    # What was given until a day that is past is no access any more.
    teacher.refresh_from_db()
    teacher.scope[DIRECTORY]["until"] = (TODAY - DAY).isoformat()
    teacher.save()
    assert access_of(seat_of("head")).count() == 4


def test_what_is_taken_away_in_the_review_leads_back_to_it(
    college: World, guest: Guest, client: SchoolClient, seat_of: Any
) -> None:
    teacher = Holding.objects.get(person=college.people["teacher"], school=college.school)
    powers.give(seat_of("head"), teacher, DIRECTORY, UNTIL)
    client.sit(college.people["head"])
    for name, pk, sent in [("end_delegation", teacher.pk, {"power": DIRECTORY}), ("end_guest", guest.pk, {})]:
        response = client.post(reverse(f"directory:{name}", kwargs={"pk": pk}), sent | {"suite": "revue"})
        assert (response.status_code, response.url) == (302, REVIEW)
    page = client.get(REVIEW).content.decode()
    assert "Claire Moreau" not in page and "Nadège Prigent" not in page


def test_an_official_function_is_noted_for_correction_and_kept(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    cpe, own = (
        Holding.objects.get(person=college.people[key], school=college.school) for key in ("cpe", "head")
    )
    address = reverse("directory:doubt", kwargs={"pk": cpe.pk})
    for _ in range(2):
        page = client.post(address, {"state": "fausse"}, follow=True).content.decode()
    assert "À corriger dans le fichier officiel" in page
    assert AccessDoubt.objects.get().noted_by == college.people["head"]
    assert Line.objects.filter(verb="directory.access_doubted").count() == 1
    assert SchoolClient().sit(college.people["cpe"]).get(reverse("attendance:board")).status_code == 200
    for _ in range(2):
        client.post(address, {"state": "juste"})
    assert not AccessDoubt.objects.exists()
    assert client.post(reverse("directory:doubt", kwargs={"pk": own.pk})).status_code == 403
    pupil = Holding.objects.get(person=college.people["pupil"], school=college.school)
    assert client.post(reverse("directory:doubt", kwargs={"pk": pupil.pk})).status_code == 403


def test_a_review_is_dated_counted_and_done_once(
    college: World, guest: Guest, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["head"])
    assert "Aucune pour l’instant" in client.get(REVIEW).content.decode()
    for _ in range(2):
        client.post(FINISH, {"avant": ""})
    done = AccessReview.objects.get()
    assert (done.done_by, done.done_at, done.people, done.given, done.guests, done.doubts) == (
        college.people["head"],
        NOW,
        4,
        1,
        1,
        0,
    )
    assert Line.objects.filter(verb="directory.access_reviewed").count() == 1
    page = client.get(REVIEW).content.decode()
    assert "Hélène Carpentier" in page and "4 personnes" in page and "24 février 2027" in page
    client.post(FINISH, {"avant": str(done.pk)})
    assert AccessReview.objects.count() == 2
    with pytest.raises(reviews.DoneMeanwhile):
        reviews.finish(seat_of("head"), seen=str(done.pk))


@pytest.mark.parametrize(
    ("last", "due"),
    [(date(2026, 11, 24), date(2027, 2, 24)), (date(2026, 11, 30), date(2027, 2, 28)), (None, None)],
)
def test_a_review_comes_back_every_three_months(last: date | None, due: date | None) -> None:
    assert review_due_on(last, None) == due


def test_the_heads_are_reminded_once_when_the_last_review_is_three_months_old(
    college: World, twin: World, clock: Any, seat_of: Any
) -> None:
    def told() -> int:
        return Item.objects.filter(kind="directory.review_due", person=college.people["head"]).count()

    # Never reviewed: three months after the start of the year, 1 December.
    tasks.remind_of_reviews.call()
    assert told() == 0
    clock.move_to(NOW + 7 * DAY)
    for _ in range(2):
        tasks.remind_of_reviews.call()
    assert told() == 1
    reviews.finish(seat_of("head", at=NOW + 7 * DAY), seen="")
    clock.move_to(NOW + 96 * DAY)
    tasks.remind_of_reviews.call()
    assert told() == 1
    clock.move_to(NOW + 97 * DAY)
    tasks.remind_of_reviews.call()
    assert told() == 2
    late = SchoolClient().sit(college.people["head"]).get(REVIEW).content.decode()
    assert "La revue est à faire" in late


def test_full_pages_stay_light(college: World, client: SchoolClient) -> None:
    """Fifty guests, fifty powers that were given: pages are cut, and none weighs more than another."""
    head = college.people["head"]
    until = {"until": UNTIL.isoformat(), "by": head.pk}
    for number in range(50):
        people = [
            Person.objects.create(family_name=f"Nombreuse {number}", given_name="Ada") for _ in range(2)
        ]
        Holding.objects.create(
            person=people[0], role=Role.TEACHER, school=college.school, scope={DIRECTORY: until}
        )
        holding = Holding.objects.create(
            person=people[1], role=Role.AGENT, school=college.school, ends=UNTIL, scope={LISTS: until}
        )
        Guest.objects.create(holding=holding, reason="Cantine", invited_at=NOW)
    client.sit(head)
    for name in ("administrators", "guests", "review", "powers"):
        page = client.get(reverse(f"directory:{name}"))
        assert "NOMBREUSE" in page.content.decode().upper() and len(page.content) <= 60_000, name
    assert "Page 2 sur 4" in client.get(REVIEW, {"page": 2}).content.decode()
