"""Photos of pupils: off by default, shown only as long as those who must agree do, erased with the agreement."""

import errno
import stat
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from conftest import NOW, TWIN, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.actions import merging
from preau.directory.actions import photos as actions
from preau.directory.models import (
    Assignment,
    Enrolment,
    Group,
    Guardianship,
    Holding,
    Person,
    PhotoConsent,
    PupilPhoto,
    SchoolYear,
)
from preau.directory.queries import photos as queries
from preau.directory.rules import photos as rules
from preau.directory.seeds.photos import plant_photos
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship, Role
from preau.foundation import boards

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
YES, NO = PhotoConsent.Answer.YES, PhotoConsent.Answer.NO


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def picture(side: int = 900, *, exif: bool = False) -> SimpleUploadedFile:
    drawn, image = BytesIO(), Image.new("RGB", (side, side), "green")
    metadata = Image.Exif()
    metadata[0x010F] = "Appareil de Zoé"
    image.save(drawn, "JPEG", **({"exif": metadata} if exif else {}))
    return SimpleUploadedFile("nina.jpg", drawn.getvalue(), "image/jpeg")


def say(client: SchoolClient, college: World, key: str, answer: str, status: int = 302) -> Any:
    client.sit(college.people[key])
    response = client.post(consent_of(college), {"answer": answer})
    assert response.status_code == status
    return response


def consent_of(college: World) -> str:
    return f"/annuaire/personnes/{college.people['pupil'].public_id}/photo-de-classe/"


def photo_of(college: World) -> str:
    return f"/annuaire/personnes/{college.people['pupil'].public_id}/photo.png"


def put(client: SchoolClient, college: World, key: str = "cpe", **sent: Any) -> Any:
    client.sit(college.people[key])
    address = f"/annuaire/personnes/{college.people['pupil'].public_id}/photo/"
    return client.post(address, sent or {"picture": picture()})


def agreed(client: SchoolClient, college: World) -> None:
    for key in ("pupil", "guardian"):
        say(client, college, key, "yes")


def shown(college: World) -> bool:
    pupil = Person.objects.get(pk=college.people["pupil"].pk)
    return bool(queries.allowed([pupil], college.year.pk, TODAY))


# Whose agreement


@pytest.mark.parametrize(
    ("own", "guardians", "needs_guardian", "is_shown"),
    [
        ("", [], True, False),
        (YES, [], True, False),
        (YES, [""], True, False),
        (YES, [YES], True, True),
        (YES, [YES, ""], True, True),
        (YES, [YES, NO], True, False),
        (NO, [YES], True, False),
        ("", [YES, YES], True, False),
        (YES, [], False, True),
        (YES, [NO], False, True),
        (NO, [YES], False, False),
        ("", [], False, False),
    ],
)
def test_silence_is_a_refusal_and_one_refusal_is_enough(
    own: str, guardians: list[str], needs_guardian: bool, is_shown: bool
) -> None:
    assert rules.may_be_shown(own, guardians, needs_guardian=needs_guardian) is is_shown


def test_from_fifteen_the_pupil_alone(college: World, client: SchoolClient, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    for born, alone in ((date(2011, 11, 24), True), (date(2011, 11, 25), False), (None, False)):
        Person.objects.filter(pk=pupil.pk).update(birth_date=born)
        pupil.refresh_from_db()
        assert rules.needs_guardian(pupil, TODAY) is not alone
        assert rules.answers_for_photo(seat_of("pupil"), pupil)
        assert rules.answers_for_photo(seat_of("guardian"), pupil) is not alone
    Person.objects.filter(pk=pupil.pk).update(birth_date=date(2011, 1, 1))
    client.sit(college.people["guardian"])
    assert client.get(consent_of(college)).status_code == 403
    say(client, college, "pupil", "yes")
    assert shown(college)


def test_only_legal_guardians_who_may_follow_the_child_answer(college: World, client: SchoolClient) -> None:
    links = Guardianship.objects.filter(
        pupil=college.people["pupil"], guardian=college.people["other_guardian"]
    )
    links.update(authority=Authority.IN_CHARGE)
    client.sit(college.people["other_guardian"])
    assert client.get(consent_of(college)).status_code == 403
    links.update(authority=Authority.LEGAL)
    say(client, college, "other_guardian", "yes")
    say(client, college, "pupil", "yes")
    assert shown(college)
    # The right ends, and what was answered with it counts no more.
    for barred in ({"may_not_be_informed": True}, {"may_not_be_informed": False, "ends": TODAY}):
        links.update(**barred)
        assert not shown(college)
        client.sit(college.people["other_guardian"])
        assert client.get(consent_of(college)).status_code in {302, 404}


# Answering


def test_each_answers_for_themselves_and_the_page_says_what_for(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    html = client.get(consent_of(college)).content.decode()
    for text in ("trombinoscope", "Personne d’autre", "4 juillet 2027", "quinze ans", "Photo non autorisée"):
        assert text in html, text
    assert "checked" not in html, "nothing is chosen beforehand"
    assert consent_of(college) in client.get("/annuaire/classes/").content.decode()
    say(client, college, "pupil", "yes")
    assert "il en manque un autre" in client.get(consent_of(college)).content.decode()
    say(client, college, "guardian", "yes")
    assert "Photo autorisée, pas encore mise" in client.get(consent_of(college)).content.decode()
    # The other parent is not told who answered what.
    client.sit(college.people["other_guardian"])
    html = client.get(consent_of(college)).content.decode()
    assert "checked" not in html and "Julie" not in html
    rows = PhotoConsent.objects.filter(pupil=college.people["pupil"])
    assert {(row.giver_id, row.answer) for row in rows} == {
        (college.people[key].pk, "yes") for key in ("pupil", "guardian")
    }
    assert all(row.answered_at and row.year_id == college.year.pk for row in rows)
    assert Line.objects.filter(verb="directory.photo_agreed", subject=college.people["pupil"]).count() == 2


def test_a_second_click_and_a_wrong_answer_change_nothing(college: World, client: SchoolClient) -> None:
    say(client, college, "guardian", "yes")
    say(client, college, "guardian", "yes")
    assert Line.objects.filter(verb="directory.photo_agreed").count() == 1
    html = say(client, college, "guardian", "peut-être", 422).content.decode()
    assert "Choisissez l’une des deux réponses." in html
    assert PhotoConsent.objects.get().answer == YES


def test_nobody_answers_for_another(college: World, twin: World, client: SchoolClient) -> None:
    for key in ("head", "cpe", "teacher", "secretary"):
        say(client, college, key, "yes", 403)
    client.sit(twin.people["guardian"])
    assert client.post(consent_of(college), {"answer": "yes"}).status_code == 404
    assert not PhotoConsent.objects.exists()


def test_no_year_no_question(college: World, client: SchoolClient) -> None:
    college.school.current_year = None
    college.school.save()
    client.sit(college.people["pupil"])
    assert "Rien n’est demandé" in client.get(consent_of(college)).content.decode()
    assert client.post(consent_of(college), {"answer": "yes"}).status_code == 200
    assert not PhotoConsent.objects.exists()


# Asking


def test_a_school_asks_each_once(college: World, client: SchoolClient, own_class: Group) -> None:
    address = f"/annuaire/classes/{own_class.pk}/trombinoscope/"
    say(client, college, "guardian", "no")
    client.sit(college.people["cpe"])
    assert "Envoyer la demande" in client.get(address).content.decode()
    html = client.post(f"{address}demander/", follow=True).content.decode()
    news = Item.objects.filter(kind=actions.ASKED)
    asked = set(news.values_list("person_id", "about_id"))
    pupils = list(Person.objects.filter(enrolments__group=own_class))
    links = Guardianship.objects.filter(pupil__in=pupils)
    everyone = {(pupil.pk, pupil.pk) for pupil in pupils} | set(links.values_list("guardian_id", "pupil_id"))
    # Whoever has answered already is not asked.
    assert asked == everyone - {(college.people["guardian"].pk, college.people["pupil"].pk)}
    assert f"L’accord est demandé à {len(asked)} personnes." in html and "Envoyer la demande" not in html
    assert all(item.url.endswith("/photo-de-classe/") for item in news)
    client.post(f"{address}demander/")
    assert news.count() == len(asked)
    assert Line.objects.filter(verb=actions.ASKED).count() == 1
    client.sit(college.people["other_guardian"])
    html = client.get("/notifications/").content.decode()
    assert "demande votre accord" in html
    say(client, college, "other_guardian", "yes")
    mine = news.get(person=college.people["other_guardian"])
    assert mine.read_at


def test_a_class_of_another_year_asks_nobody(college: World, client: SchoolClient, own_class: Group) -> None:
    past = SchoolYear.objects.create(
        school=college.school, name="2025-2026", starts=date(2025, 9, 1), ends=date(2026, 7, 4)
    )
    Group.objects.filter(pk=own_class.pk).update(year=past)
    client.sit(college.people["cpe"])
    client.post(f"/annuaire/classes/{own_class.pk}/trombinoscope/demander/")
    assert not PhotoConsent.objects.exists() and not Line.objects.filter(verb=actions.ASKED).exists()


# Putting, showing, erasing


def test_a_photo_is_put_only_with_the_agreement(college: World, client: SchoolClient, shelf: Path) -> None:
    response = put(client, college)
    assert response.status_code == 409 and "Photo non autorisée" in response.content.decode()
    assert not PupilPhoto.objects.exists() and not list(shelf.rglob("*.png"))
    agreed(client, college)
    for key, status in (("teacher", 403), ("guardian", 403), ("pupil", 403), ("cpe", 302)):
        assert put(client, college, key).status_code == status, key
    assert put(client, college, picture=SimpleUploadedFile("x.jpg", b"<svg>")).status_code == 422
    assert put(client, college, picture="").status_code == 422
    kept = PupilPhoto.objects.get()
    assert kept.taken_by == college.people["cpe"] and "nina" not in kept.picture.name
    assert Line.objects.get(verb="directory.photo_put").subject == college.people["pupil"]


def test_a_photo_that_the_full_disk_refuses_leaves_nothing_and_keeps_the_former_one(
    college: World, client: SchoolClient, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed(client, college)
    assert put(client, college).status_code == 302
    before = {path for path in shelf.rglob("*") if path.is_file()}

    def full(self: Any, chunk_size: int | None = None) -> Any:
        yield b"the beginning"
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(ContentFile, "chunks", full)
    refused = put(client, college)
    assert "plus assez de place" in refused.content.decode() and refused.status_code == 422
    assert {path for path in shelf.rglob("*") if path.is_file()} == before and shown(college)
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o600}


def test_nothing_of_the_camera_is_kept(college: World, client: SchoolClient) -> None:
    agreed(client, college)
    put(client, college, picture=picture(exif=True))
    with PupilPhoto.objects.get().picture.open() as file:
        body = file.read()
    assert b"Appareil" not in body
    image = Image.open(BytesIO(body))
    assert (image.format, image.size) == ("PNG", (600, 600))


def test_who_sees_the_photo(college: World, twin: World, client: SchoolClient, own_class: Group) -> None:
    agreed(client, college)
    put(client, college)
    Assignment.objects.filter(group=own_class, teacher=college.people["teacher_1"]).delete()
    for key, status in (
        ("head", 200),
        ("cpe", 200),
        ("secretary", 200),
        ("teacher", 200),
        ("pupil", 200),
        ("guardian", 200),
        ("other_guardian", 200),
        ("teacher_1", 403),
    ):
        client.sit(college.people[key])
        response = client.get(photo_of(college))
        assert response.status_code == status, key
        if status == 200:
            assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert (
                "attachment" in response["Content-Disposition"]
                and response["Cache-Control"] == "private, no-store"
            )
        faces = client.get(f"/annuaire/classes/{own_class.pk}/trombinoscope/").status_code
        assert faces == (200 if key in {"head", "cpe", "secretary", "teacher"} else 403), key
    client.sit(twin.people["head"])
    assert client.get(photo_of(college)).status_code == 404


def test_an_agreement_taken_back_erases_the_photo_at_once(
    college: World, client: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    for key in ("pupil", "guardian", "other_guardian"):
        agreed(client, college)
        put(client, college)
        name = PupilPhoto.objects.get().picture.name
        assert default_storage.exists(name)
        with django_capture_on_commit_callbacks(execute=True):
            say(client, college, key, "no")
        assert not PupilPhoto.objects.exists() and not default_storage.exists(name), key
        client.sit(college.people["cpe"])
        assert client.get(photo_of(college)).status_code == 404
        PhotoConsent.objects.all().delete()


def test_a_photo_is_replaced_and_erased_by_the_school(
    college: World, client: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    agreed(client, college)
    put(client, college)
    first = PupilPhoto.objects.get().picture.name
    with django_capture_on_commit_callbacks(execute=True):
        put(client, college)
    second = PupilPhoto.objects.get().picture.name
    assert first != second and not default_storage.exists(first)
    address = f"/annuaire/personnes/{college.people['pupil'].public_id}/photo/effacer/"
    with django_capture_on_commit_callbacks(execute=True):
        assert "La photo est effacée." in client.post(address, follow=True).content.decode()
    assert not default_storage.exists(second)
    assert "C’était déjà fait." in client.post(address, follow=True).content.decode()
    assert Line.objects.filter(verb="directory.photo_removed").count() == 1


def test_the_trombinoscope_says_why_there_is_no_photo(
    college: World, client: SchoolClient, own_class: Group
) -> None:
    address = f"/annuaire/classes/{own_class.pk}/trombinoscope/"
    client.sit(college.people["teacher"])
    html = client.get(address).content.decode()
    assert html.count("Photo non autorisée") == 6 and "<img class" not in html
    assert "Mettre une photo" not in html and "Demander l’accord" not in html
    agreed(client, college)
    client.sit(college.people["cpe"])
    html = client.get(address).content.decode()
    assert (
        html.count("Photo non autorisée") == 5
        and "Pas encore de photo" in html
        and "Mettre une photo" in html
    )
    put(client, college)
    html = client.get(address).content.decode()
    assert f"{photo_of(college)}?v=" in html and "Pas encore de photo" not in html


# Time, departures, merges, erasure


def test_the_agreement_ends_with_the_year(
    college: World, client: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    agreed(client, college)
    put(client, college)
    name = PupilPhoto.objects.get().picture.name
    assert actions.drop_past_photos(TODAY) == 0
    later = SchoolYear.objects.create(
        school=college.school, name="2027-2028", starts=date(2027, 9, 1), ends=date(2028, 7, 4)
    )
    college.school.current_year = later
    college.school.save()
    client.sit(college.people["cpe"])
    assert client.get(photo_of(college)).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.drop_past_photos(TODAY) == 1
    assert not default_storage.exists(name) and actions.drop_past_photos(TODAY) == 0


def test_the_photo_of_who_has_left_goes(
    college: World, client: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    agreed(client, college)
    put(client, college)
    Holding.objects.filter(person=college.people["pupil"]).update(ends=TODAY + timedelta(days=1))
    assert actions.drop_past_photos(TODAY) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.drop_past_photos(TODAY + timedelta(days=1)) == 1
    assert not PupilPhoto.objects.exists()


def test_an_erased_person_leaves_no_photo_and_no_answer(
    college: World, client: SchoolClient, django_capture_on_commit_callbacks: Any
) -> None:
    agreed(client, college)
    put(client, college)
    name = PupilPhoto.objects.get().picture.name
    entries = [
        one for one in boards.personal_data if one.model in {"directory.PhotoConsent", "directory.PupilPhoto"}
    ]
    assert len(entries) == 2
    with django_capture_on_commit_callbacks(execute=True):
        for entry in entries:
            assert entry.forget is not None
            entry.forget(college.people["pupil"].pk)
    assert not PupilPhoto.objects.exists() and not PhotoConsent.objects.exists()
    assert not default_storage.exists(name)


def test_my_data_shows_a_guardian_their_own_answer(college: World, client: SchoolClient) -> None:
    say(client, college, "guardian", "yes")
    for key, count in (("guardian", 1), ("other_guardian", 0)):
        client.sit(college.people[key])
        address = "/mes-donnees/directory-photoconsent/"
        html = client.get(address, {"pour": college.people["pupil"].public_id}).content.decode()
        assert ("D’accord" in html) == bool(count), key


def test_two_rows_of_one_pupil_keep_the_refusal_and_one_photo(
    college: World, client: SchoolClient, seat_of: Any, django_capture_on_commit_callbacks: Any
) -> None:
    agreed(client, college)
    put(client, college)
    kept = college.people["pupil"]
    other = Person.objects.create(
        family_name=kept.family_name, given_name=kept.given_name, birth_date=kept.birth_date
    )
    Holding.objects.create(person=other, role=Role.PUPIL, school=college.school)
    PhotoConsent.objects.create(
        school=college.school, year=college.year, pupil=other, giver=other, answer=NO, answered_at=NOW
    )
    second = PupilPhoto(school=college.school, pupil=other, taken_at=NOW)
    second.picture.save("x.png", picture())
    with django_capture_on_commit_callbacks(execute=True):
        merging.merge(seat_of("secretary"), kept, other, merging.mark_of(kept, other))
    assert not default_storage.exists(second.picture.name)
    assert [photo.pupil for photo in PupilPhoto.objects.all()] == [kept]
    assert PhotoConsent.objects.get(pupil=kept, giver=kept).answer == NO
    assert not shown(college)


def test_the_demonstration_has_every_state(college: World, own_class: Group) -> None:
    plant_photos(college)
    assert not PhotoConsent.objects.exists(), "a school of the tests has none"
    many = [Person.objects.create(family_name=f"Élève {n}", birth_date=date(2014, 1, 1)) for n in range(20)]
    for pupil in many:
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Enrolment.objects.create(school=college.school, group=own_class, pupil=pupil)
        guardian = Person.objects.create(family_name="Parent")
        Guardianship.objects.create(
            pupil=pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.PARENT
        )
    college.imported = True
    plant_photos(college)
    pupils = list(Person.objects.filter(enrolments__group=own_class))
    allowed = queries.allowed(pupils, college.year.pk, TODAY)
    with_photo = set(PupilPhoto.objects.values_list("pupil_id", flat=True))
    assert with_photo and with_photo < allowed < {pupil.pk for pupil in pupils}
    assert PhotoConsent.objects.filter(answer=NO).exists()


def test_who_may(college: World, holder: Any, seat_of: Any, own_class: Group) -> None:
    keepers = {Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY}
    pupil = college.people["pupil"]
    assert {role for role in Role if rules.keeps_photos(holder(role))} == keepers
    assert {role for role in Role if rules.keeps_photo_of(holder(role), pupil)} == keepers
    assert {role for role in Role if rules.sees_faces(holder(role), own_class)} == keepers
    assert rules.sees_faces(seat_of("teacher"), own_class)
    Assignment.objects.filter(group=own_class, teacher=college.people["teacher"]).update(ends=TODAY)
    assert not rules.sees_faces(seat_of("teacher"), own_class)
    assert not rules.sees_photo(seat_of("teacher"), pupil)
    assert {role for role in Role if rules.may_be_asked(holder(role))} == {Role.PUPIL}
    assert rules.may_be_asked(seat_of("guardian"))
    staff = {role for role in Role if role.profile == "staff"}
    assert {role for role in staff if rules.sees_photo(holder(role), pupil)} == keepers


def test_nobody_answers_about_a_child_who_is_not_theirs(college: World, seat_of: Any) -> None:
    other = Person.objects.filter(enrolments__group__year=college.year).exclude(
        pk=college.people["pupil"].pk
    )[0]
    for key in ("pupil", "guardian"):
        assert not rules.answers_for_photo(seat_of(key), other), key
    # A teacher whose child it is answers as a parent, not from the staff room.
    Guardianship.objects.create(pupil=other, guardian=college.people["teacher"], authority=Authority.LEGAL)
    assert not rules.answers_for_photo(seat_of("teacher"), other)
    assert rules.answers_for_photo(seat_of("teacher", "guardian"), other)
    assert not rules.keeps_photo_of(seat_of("head"), college.people["teacher"])


def test_a_teacher_sees_the_pupils_of_today_in_their_own_school(
    college: World, twin: World, seat_of: Any, own_class: Group
) -> None:
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    other = Group.objects.filter(year=college.year).exclude(pk=own_class.pk)[0]
    Assignment.objects.filter(group=own_class, teacher=teacher).delete()
    assert not rules.sees_photo(seat_of("teacher"), pupil)
    place = Enrolment.objects.create(
        school=college.school, group=other, pupil=pupil, starts=college.year.starts, ends=TODAY
    )
    assert not rules.sees_photo(seat_of("teacher"), pupil), "they have left that class"
    Enrolment.objects.filter(pk=place.pk).update(ends=None)
    assert rules.sees_photo(seat_of("teacher"), pupil)
    Assignment.objects.filter(group=other, teacher=teacher).update(school=twin.school)
    assert not rules.sees_photo(seat_of("teacher"), pupil)


def test_the_school_beside_shows_nothing(college: World, twin: World, client: SchoolClient) -> None:
    theirs = Group.objects.get(year=twin.year, enrolments__pupil=twin.people["pupil"])
    client.sit(college.people["cpe"])
    for address in (
        f"/annuaire/classes/{theirs.pk}/trombinoscope/",
        f"/annuaire/personnes/{twin.people['pupil'].public_id}/photo/",
    ):
        assert client.get(address).status_code == 404
    assert TWIN not in client.get("/annuaire/classes/").content.decode()
