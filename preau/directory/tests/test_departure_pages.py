"""The pages of those who have left: who reads them, what they say, who is kept longer and how it is taken back."""

from datetime import date
from typing import Any

import pytest

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import departures, leaving
from preau.directory.models import (
    Enrolment,
    Group,
    Hold,
    Holding,
    Leaver,
    Person,
)
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.tests.test_departures import DAY, LIST, TODAY, hold, leaver_of, link, new
from preau.directory.words import Role
from preau.foundation.text import ordinals

pytestmark = pytest.mark.django_db


def page(client: SchoolClient, kind: str = "eleves", **typed: str) -> str:
    response = client.post(LIST, {"qui": kind} | typed) if typed else client.get(LIST, {"qui": kind})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def family(college: World) -> dict[str, Person]:
    """A pupil of the school who has left ten days ago, their mother, and a teacher who has left."""
    people = {key: new(given=key.capitalize()) for key in ("pupil", "mother", "teacher")}
    hold(people["pupil"], college.school, ends=TODAY - 10 * DAY)
    link(people["pupil"], people["mother"])
    hold(people["teacher"], college.school, Role.TEACHER, ends=TODAY - 20 * DAY)
    return people


def test_the_page_says_who_left_and_what_becomes_of_them(
    college: World, twin: World, family: dict[str, Person], client: SchoolClient
) -> None:
    group = Group.objects.filter(year=college.year, kind=Group.Kind.CLASS)[0]
    dates = {"starts": date(2026, 9, 1), "ends": TODAY - 10 * DAY}
    Enrolment.objects.create(school=college.school, group=group, pupil=family["pupil"], **dates)
    client.sit(college.people["secretary"])
    html = page(client)
    assert "ZÉPHYRIN Pupil" in html and "14 novembre 2026" in html and "Effacé le 14 février 2027" in html
    assert str(ordinals(group.name)) in html
    assert "Teacher" not in html and "Mother" not in html
    assert "Responsable de Pupil Zéphyrin" in page(client, "responsables")
    staff = page(client, "personnels")
    assert "ZÉPHYRIN Teacher" in staff and "Enseignant" in staff and "4 février 2027" in staff
    assert page(client, "personnels", nom="zéphyrin TEA").count("<tr") == 2
    assert "Personne ne correspond" in page(client, "personnels", nom="absent")
    # A name is never read in an address.
    assert "ZÉPHYRIN Teacher" in client.get(LIST, {"qui": "personnels", "nom": "absent"}).content.decode()
    assert "Élèves" in client.get(LIST, {"qui": "n’importe", "page": "9"}).content.decode()
    assert LIST in client.get("/annuaire/livraisons/").content.decode()


def test_the_nearest_term_comes_first_and_who_went_elsewhere_last(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    late, soon, kept, moved = (new(given=given) for given in ("Late", "Soon", "Kept", "Moved"))
    for person, days in ((late, 10), (soon, 60), (kept, 80), (moved, 70)):
        hold(person, college.school, ends=TODAY - days * DAY)
    hold(moved, twin.school)
    head = seat_of("head")
    departures.keep_longer(
        head, leaver_of(head, kept), last_day=date(2027, 5, 1), reason="Recours en cours", seen=""
    )
    client.sit(college.people["head"])
    html = page(client)
    places = [html.index(f"ZÉPHYRIN {given}") for given in ("Soon", "Late", "Kept", "Moved")]
    assert places == sorted(places)
    assert "Parti vers un autre établissement" in html
    assert "Gardé, effacé le 2 mai 2027" in html
    assert "Recours" not in html
    # Whoever belongs to another school is not this one's to keep.
    assert client.get(f"{LIST}{moved.public_id}/").status_code == 403
    # Three months later, their name is nothing to this school any more.
    Holding.objects.filter(person=moved, school=college.school).update(ends=TODAY - 100 * DAY)
    assert "Moved" not in page(client)


def test_who_stays_in_the_school_in_another_way_has_not_left(
    college: World, family: dict[str, Person], client: SchoolClient
) -> None:
    child = new(given="Child")
    hold(child, college.school)
    link(child, family["mother"])
    link(child, family["teacher"])
    client.sit(college.people["secretary"])
    assert "Mother" not in page(client, "responsables")
    assert "Teacher" not in page(client, "personnels")


def test_a_school_without_leavers_says_so(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    assert "Personne n’est parti ces trois derniers mois" in page(client)


def test_whoever_does_not_keep_the_directory_sees_nothing_of_it(
    college: World, twin: World, family: dict[str, Person], client: SchoolClient
) -> None:
    one = f"{LIST}{family['pupil'].public_id}/"
    for key in ("teacher", "cpe", "pupil", "guardian"):
        client.sit(college.people[key])
        assert client.get(LIST).status_code == 403, key
        assert client.post(f"{LIST}exporter/", {"qui": "eleves"}).status_code == 403
        assert client.get(one).status_code == 404
        assert client.post(f"{one}ne-plus-garder/").status_code == 404
    client.sit(twin.people["head"])
    assert client.get(one).status_code == 404
    assert "Zéphyrin" not in page(client)
    # Their page is closed, even to those who kept it.
    client.sit(college.people["head"])
    assert client.get(f"/annuaire/personnes/{family['pupil'].public_id}/").status_code == 404


def test_leavers_of_the_twin_never_show(college: World, twin: World, client: SchoolClient) -> None:
    for role in (Role.PUPIL, Role.TEACHER):
        hold(new(TWIN, TWIN), twin.school, role, ends=TODAY - 10 * DAY)
    gone = Leaver.objects.get(family_name=TWIN, holdings__role=Role.PUPIL)
    link(gone, new(TWIN, TWIN))
    client.sit(twin.people["head"])
    assert all(TWIN.upper() in page(client, kind) for kind in ("eleves", "personnels", "responsables"))
    client.sit(college.people["head"])
    for kind in ("eleves", "personnels", "responsables"):
        assert TWIN.upper() not in page(client, kind)
        body = client.post(f"{LIST}exporter/", {"qui": kind})
        assert TWIN not in b"".join(body.streaming_content).decode()
    assert client.get(f"{LIST}{gone.public_id}/").status_code == 404


def test_an_export_holds_the_list_and_leaves_a_line(
    college: World, family: dict[str, Person], client: SchoolClient
) -> None:
    Person.objects.filter(pk=family["pupil"].pk).update(given_name="=1+1")
    client.sit(college.people["secretary"])
    response = client.post(f"{LIST}exporter/", {"qui": "eleves"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert lines[1] == "Zéphyrin;'=1+1;;2026-11-14;Effacé le 14 février 2027"
    assert response["Content-Disposition"] == 'attachment; filename="departs-eleves-2026-11-24.csv"'
    line = Line.objects.get(verb="directory.departures_exported")
    assert line.details == {"table": "eleves", "rows": 1}


def kept(client: SchoolClient, person: Person, **typed: str) -> Any:
    known = Hold.objects.filter(person=person).first()
    payload = {"last_day": "2027-06-01", "reason": "Recours en cours", "avant": departures.mark_of(known)}
    return client.post(f"{LIST}{person.public_id}/", payload | typed)


def test_a_secretary_keeps_somebody_longer_and_takes_it_back(
    college: World, family: dict[str, Person], client: SchoolClient
) -> None:
    pupil = family["pupil"]
    client.sit(college.people["secretary"])
    for _click in range(2):
        assert kept(client, pupil, avant="").status_code == 302
    assert Hold.objects.get().held_by == college.people["secretary"]
    html = client.get(f"{LIST}{pupil.public_id}/").content.decode()
    assert "Recours en cours" in html and "2 juin 2027" in html and "1er juin 2027 compris" in html
    assert "Voir ce qui est demandé" in page(client)
    mark = departures.mark_of(Hold.objects.get())
    for _click in range(2):
        response = client.post(f"{LIST}{pupil.public_id}/ne-plus-garder/", {"avant": mark})
        assert (response.status_code, response.url) == (302, LIST)
    assert not Hold.objects.exists()
    assert Line.objects.filter(verb__startswith="directory.leaver_").count() == 2
    assert not Line.objects.filter(details__icontains="Recours").exists()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"reason": ""}, "obligatoire"),
        ({"last_day": ""}, "obligatoire"),
        ({"last_day": "2027-02-01"}, "C’est trop tôt : choisissez le 14 février 2027 ou après."),
        ({"last_day": "2027-11-25"}, "C’est trop loin : un an au plus."),
        ({"last_day": "demain"}, "date"),
        ({"reason": "x" * 301}, "300"),
    ],
)
def test_what_is_typed_wrong_is_told_and_kept(
    typed: dict[str, str], says: str, college: World, family: dict[str, Person], client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    response = kept(client, family["pupil"], **typed)
    assert response.status_code == 422
    assert says in response.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert not Hold.objects.exists()


def test_two_people_do_not_write_over_each_other(
    college: World, family: dict[str, Person], client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    kept(client, family["pupil"])
    client.sit(college.people["head"])
    response = kept(client, family["pupil"], avant="", reason="Autre chose")
    assert response.status_code == 409 and "Autre chose" in response.content.decode()
    assert Hold.objects.get().reason == "Recours en cours"
    response = client.post(f"{LIST}{family['pupil'].public_id}/ne-plus-garder/", {"avant": "hier"})
    assert response.url == f"{LIST}{family['pupil'].public_id}/"
    assert Hold.objects.exists()


def test_who_was_erased_meanwhile_is_not_kept(
    college: World, family: dict[str, Person], seat_of: Any
) -> None:
    head = seat_of("head")
    leaver = leaver_of(head, family["pupil"])
    Person.objects.filter(pk=leaver.pk).update(erased_at=NOW)
    with pytest.raises(departures.MovedOn):
        departures.keep_longer(head, leaver, last_day=date(2027, 6, 1), reason="Recours", seen="")


def test_a_departure_to_come_is_said_to_the_staff(college: World, client: SchoolClient, seat_of: Any) -> None:
    pupil, leaves = college.people["pupil"], "Part le vendredi 4 décembre"
    assert leaving.depart(seat_of("secretary"), pupil, date(2026, 12, 4))
    record, group = f"/annuaire/personnes/{pupil.public_id}/", f"/annuaire/classes/{own_class(college).pk}/"
    for key in ("secretary", "teacher", "cpe"):
        client.sit(college.people[key])
        assert leaves in client.get(record).content.decode(), key
        assert leaves in client.get(group).content.decode(), key
    client.sit(college.people["guardian"])
    assert leaves not in client.get(record).content.decode()
    client.sit(college.people["secretary"])
    text = client.get("/annuaire/departs/").content.decode()
    assert leaves in text and pupil.list_name in text
    assert leaves not in client.get("/annuaire/departs/", {"qui": "personnels"}).content.decode()
