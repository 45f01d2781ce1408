"""One's own profile: how one reads, one's picture, and who sees it."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Holding, Person, School
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.identity import reading
from preau.identity.actions import accounts
from preau.identity.models import Account

READING = "/profil/affichage/"
DEFAULTS = {choice.name: choice.default for choice in reading.CHOICES}
ALL = {"text": "200", "spacing": "wide", "font": "dyslexic", "color-scheme": "dark", "contrast": "more"}
ALL |= {"motion": "less", "simple": "on"}


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def html_tag(page: str) -> str:
    return page.split("<html")[1].split(">", maxsplit=1)[0]


def test_reading_follows_the_account_on_every_page(client: SchoolClient, college: World) -> None:
    client.sit(college.people["guardian"])
    client.post(READING, DEFAULTS | ALL)
    again = SchoolClient().sit(college.people["guardian"])
    for address in ("/", reverse("timetable:week"), READING, "/rien/"):
        tag = html_tag(again.get(address).content.decode())
        for name, value in ALL.items():
            assert f'data-{name}="{value}"' in tag, (address, name)
    # Another person, and a visitor, have their own.
    for other in (SchoolClient().sit(college.people["pupil"]), SchoolClient()):
        assert "data-text" not in html_tag(other.get("/").content.decode())


def test_what_everybody_has_is_not_kept(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"])
    client.post(READING, DEFAULTS | {"text": "150"})
    account = Account.objects.get(person=college.people["pupil"])
    assert account.preferences == {"text": "150"}
    client.post(READING, DEFAULTS)
    account.refresh_from_db()
    assert account.preferences == {}


def test_the_journal_does_not_say_how_somebody_reads(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"]).post(READING, DEFAULTS | {"font": "dyslexic"})
    line = Line.objects.get(verb="identity.reading_changed")
    assert line.details == {}


@pytest.mark.parametrize("typed", [{"text": "900"}, {"text": ""}, {"color-scheme": '"><script>'}])
def test_what_is_no_choice_is_refused(client: SchoolClient, college: World, typed: dict[str, str]) -> None:
    client.sit(college.people["pupil"])
    assert client.post(READING, DEFAULTS | typed).status_code == 422
    Account.objects.filter(person=college.people["pupil"]).update(preferences=typed)
    assert "<script>" not in html_tag(client.get("/").content.decode())


def test_simple_mode_shows_few_choices_and_hides_none(client: SchoolClient, college: World) -> None:
    client.sit(college.people["head"])
    before = client.get("/").content.decode()
    client.post(READING, DEFAULTS | {"simple": "on"})
    page = client.get("/").content.decode()
    header = page.split('<div class="header-menu')[1].split("</nav>")[0]
    # Home, two services, and « Menu », which opens the others.
    assert header.split("<details")[0].count("<li>") == 4
    for name in ("directory:people", "identity:accounts", "directory:settings"):
        assert f'href="{reverse(name)}"' in header
    assert page.count('<section class="ds-card card"') <= min(
        2, before.count('<section class="ds-card card"')
    )


def test_a_closed_account_forgets_how_its_person_read(
    client: SchoolClient, college: World, shelf: Path, django_capture_on_commit_callbacks: Any
) -> None:
    person = college.people["guardian"]
    client.sit(person)
    client.post(READING, DEFAULTS | ALL)
    client.post(reverse("identity:take_picture"), {"picture": picture()})
    assert list(shelf.rglob("*.png"))
    with django_capture_on_commit_callbacks(execute=True):
        accounts.close_account(person.pk)
    account = Account.objects.get(person=person)
    assert (account.preferences, account.picture.name) == ({}, "")
    assert not list(shelf.rglob("*.png"))


# Picture


def picture() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (900, 600), "green").save(drawn, "JPEG")
    return SimpleUploadedFile("moi.jpg", drawn.getvalue())


def address_of(person: Person) -> str:
    return reverse("identity:picture", kwargs={"public_id": person.public_id})


def test_a_picture_is_seen_by_those_who_see_the_person(
    client: SchoolClient, college: World, twin: World
) -> None:
    person = college.people["guardian"]
    client.sit(person)
    client.post(reverse("identity:take_picture"), {"picture": picture()})
    assert f'<img src="{address_of(person)}?v=' in client.get("/").content.decode()
    answer = client.get(address_of(person))
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert SchoolClient().sit(college.people["head"]).get(address_of(person)).status_code == 200
    for other in (college.people["other_guardian"], college.people["pupil"], twin.people["head"]):
        assert SchoolClient().sit(other).get(address_of(person)).status_code == 404
    client.post(reverse("identity:remove_picture"))
    assert client.get(address_of(person)).status_code == 404


def test_before_fifteen_there_is_no_picture(client: SchoolClient, college: World) -> None:
    pupil = college.people["pupil"]
    client.sit(pupil)
    assert "Avant quinze ans" in client.get(reverse("identity:profile")).content.decode()
    assert client.post(reverse("identity:take_picture"), {"picture": picture()}).status_code == 403
    Person.objects.filter(pk=pupil.pk).update(birth_date="2011-11-24")
    assert client.post(reverse("identity:take_picture"), {"picture": picture()}).status_code == 302
    assert client.get(address_of(pupil)).status_code == 200


def test_a_picture_that_is_none_is_said_beside_its_field(client: SchoolClient, college: World) -> None:
    client.sit(college.people["cpe"])
    response = client.post(
        reverse("identity:take_picture"), {"picture": SimpleUploadedFile("moi.svg", b"<svg/>")}
    )
    assert response.status_code == 422
    assert "SVG" in response.content.decode()


def test_a_profile_says_where_contacts_come_from(client: SchoolClient, college: World, twin: World) -> None:
    teacher = college.people["teacher"]
    Holding.objects.create(
        person=teacher, role=Role.LIBRARIAN, school=School.objects.create(uai="0359904D", name="Lycée")
    )
    page = client.sit(teacher).get(reverse("identity:profile")).content.decode()
    assert teacher.email in page
    assert "Lycée" in page
    assert "donnés par l’établissement" in page
    teacher.external_ids.create(source="aaf", authority="RENNES", kind="person", value="12")
    page = client.get(reverse("identity:profile")).content.decode()
    assert "annuaire officiel de l’académie" in page
