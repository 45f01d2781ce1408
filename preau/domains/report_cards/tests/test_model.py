"""The model of a school's bulletin: the order of its subjects, its columns, who signs; what is made keeps the model of its day."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from conftest import SchoolClient
from preau.directory.models import Group, Period, Subject
from preau.directory.seeds.world import World
from preau.domains.report_cards import tasks
from preau.domains.report_cards.actions import cards, councils
from preau.domains.report_cards.actions.settings import remove_signature, settle, take_signature
from preau.domains.report_cards.models import CardPolicy, ReportCard
from preau.domains.report_cards.queries.cards import Content, gathered, subjects_of
from preau.domains.report_cards.tests.props import content_named
from preau.domains.report_cards.tests.scene import clean, passage_of, write
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
Held = tuple[Group, Period]


@pytest.fixture
def held(college: World, seat_of: Any, monkeypatch: Any) -> Held:
    monkeypatch.setattr(pdf, "is_possible", lambda: False)
    ReportCard.objects.all().delete()
    CardPolicy.objects.filter(school=college.school).delete()
    group, period = clean(college)
    write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], "De bons calculs.")
    councils.close(seat_of("head"), group, period)
    return group, period


def content_of(college: World, seat_of: Any, held: Held) -> Content:
    made = gathered(seat_of("head"), *held, [held[1]])
    seat = made.room.seat_of(college.people["pupil"].public_id)
    assert seat
    return made.content_of(seat)


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "navy").save(made, "PNG")
    return made.getvalue()


def test_subjects_come_in_the_order_of_the_school(college: World, held: Held, seat_of: Any) -> None:
    names = [one["name"] for one in content_of(college, seat_of, held)["subjects"]]
    assert len(names) > 1
    last = Subject.objects.get(school=college.school, name=names[-1])
    settle(seat_of("head"), {"subject_order": [last.pk]})
    after = [one["name"] for one in content_of(college, seat_of, held)["subjects"]]
    assert after == [names[-1], *names[:-1]]


def test_a_column_that_is_not_chosen_is_not_in_the_bulletin(college: World, held: Held, seat_of: Any) -> None:
    usual = content_of(college, seat_of, held)
    assert any(one["class"] for one in usual["subjects"]) and usual["class_general"]
    assert not any(one["range"] for one in usual["subjects"])
    settle(seat_of("head"), {"columns": ["range"]})
    other = content_of(college, seat_of, held)
    assert not any(one["class"] or one["levels"] for one in other["subjects"])
    assert other["class_general"] == "" and other["columns"] == ["range"]
    ends = [one["range"] for one in other["subjects"] if one["range"]]
    assert ends and all(float(low.replace(",", ".")) <= float(most.replace(",", ".")) for low, most in ends)


def test_what_is_made_keeps_the_model_of_its_day(college: World, held: Held, seat_of: Any) -> None:
    head = seat_of("head")

    def make() -> int:
        batch = cards.ask_cards(head, *held)
        tasks.make_batch.func(batch.pk)
        batch.refresh_from_db()
        return int(batch.made)

    pupils = make()
    settle(head, {"signatory": "Mme Carpentier, principale", "columns": ["mean"]})
    versions = ReportCard.objects.filter(pupil=college.people["pupil"]).order_by("number")
    assert versions.count() == 1 and versions[0].content["signatory"] == ""
    assert make() == pupils
    first, second = versions
    assert (first.content["columns"], second.content["columns"]) == (["mean", "levels"], ["mean"])
    assert second.content["signatory"] == "Mme Carpentier, principale"
    # Nothing settled since: nothing made.
    assert make() == 0


def test_a_bulletin_of_the_former_form_is_still_read(college: World) -> None:
    old = content_named(college.people["pupil"])
    old["subjects"] = [
        {
            "name": "Français",
            "code": "",
            "teachers": [],
            "average": "12",
            "value": 12,
            "class": [10, 14, 12, "La moitié de la classe va de 10 à 14."],
            "text": "Bien.",
            "levels": [],
        }
    ]
    (line,) = subjects_of(old)
    assert line.ends == () and line.spread and line.spread.mean == 12


def test_a_signature_is_printed_and_its_digest_kept(college: World, held: Held, seat_of: Any) -> None:
    head = seat_of("head")
    assert not remove_signature(head)
    assert content_of(college, seat_of, held)["signature"] == ""
    take_signature(head, ContentFile(png()))
    first = content_of(college, seat_of, held)["signature"]
    assert len(first) == 64
    assert remove_signature(head)
    assert content_of(college, seat_of, held)["signature"] == ""


# Pages


def test_the_model_is_seen_before_it_is_kept(college: World, held: Held, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    page = reverse("report_cards:model")
    data = {"columns": ["range"], "signatory": "Mme Zénith, principale", "geste": "voir"}
    shown = client.post(page, data)
    text = shown.content.decode()
    assert shown.status_code == 200 and "4,5 à 18" in text and text.count("Mme Zénith, principale") > 1
    assert not CardPolicy.objects.filter(school=college.school, signatory="Mme Zénith, principale").exists()
    assert client.post(page, data | {"geste": ""}).status_code == 302
    assert CardPolicy.objects.get(school=college.school).columns == ["range"]
    assert client.post(page, {"columns": ["autre"]}).status_code == 422
    assert client.post(page, {"signatory": "a" * 121}).status_code == 422


def test_two_subjects_of_one_rank_come_by_name(college: World, held: Held, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    first, second, third = Subject.objects.filter(school=college.school).order_by("name")[:3]
    ranks = {f"rang-{third.pk}": "1", f"rang-{second.pk}": "5", f"rang-{first.pk}": "5"}
    assert client.post(reverse("report_cards:model"), ranks).status_code == 302
    order = CardPolicy.objects.get(school=college.school).subject_order
    assert order == [third.pk, first.pk, second.pk]
    assert client.post(reverse("report_cards:model"), {f"rang-{first.pk}": "0"}).status_code == 422


def test_a_signature_is_seen_by_who_settles_and_by_nobody_else(
    college: World, held: Held, client: SchoolClient, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    client.sit(college.people["head"])
    picture = reverse("report_cards:signature")
    assert client.get(picture).status_code == 404
    sent = SimpleUploadedFile("a.png", png(), content_type="image/png")
    assert client.post(reverse("report_cards:take_signature"), {"picture": sent}).status_code == 302
    assert client.get(picture).status_code == 200
    wrong = SimpleUploadedFile("a.svg", b"<svg/>", content_type="image/svg+xml")
    assert client.post(reverse("report_cards:take_signature"), {"picture": wrong}).status_code == 422
    for key in ("teacher", "cpe", "guardian"):
        client.sit(college.people[key])
        assert client.get(picture).status_code == 403, key
        assert client.post(reverse("report_cards:take_signature")).status_code == 403, key
