"""Observing without a network: what a device sends later is written once, at the moment of the gesture; what proves it comes after."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files.tests import samples
from preau.directory.seeds.world import World
from preau.domains.competences.actions import levels
from preau.domains.competences.models import Level
from preau.domains.competences.rules.typing import Typed
from preau.domains.competences.tests.scene import (
    class_of,
    column_of,
    competences_of,
    give,
    period_of,
    published,
    sheet,
)
from preau.domains.gradebook.models import PeriodSeal

pytestmark = pytest.mark.django_db
EARLIER = NOW - timedelta(hours=2)


@pytest.fixture
def teacher(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["teacher"])


def sent(college: World, at: Any = EARLIER, level: str = "3", **more: str) -> dict[str, str]:
    return {
        "competence": str(competences_of(college)[0].pk),
        "eleve": college.people["pupil"].public_id,
        "level": level,
        "note": "Seul au tableau",
        "made_at": str(int(at.timestamp())),
    } | more


def send(client: SchoolClient, college: World, data: dict[str, str]) -> Any:
    return client.post(reverse("competences:send", kwargs={"pk": class_of(college).pk}), data)


def seen(college: World) -> list[Level]:
    rows = Level.objects.filter(pupil=college.people["pupil"], column__sheet__kind="observed")
    return list(rows.select_related("column__sheet").order_by("column__sheet__day"))


def test_an_observation_keeps_the_moment_of_its_gesture_and_its_day(
    college: World, teacher: SchoolClient
) -> None:
    yesterday = NOW - timedelta(days=1)
    answer = send(teacher, college, sent(college, yesterday))
    (level,) = seen(college)
    assert answer.status_code == 200
    assert answer.json() == {"proof": f"/competences/niveaux/{level.pk}/preuve/"}
    assert (level.value, level.note, level.changed_at) == (3, "Seul au tableau", yesterday)
    assert level.column.sheet.day == yesterday.date()


def test_sent_twice_it_is_written_once_and_what_was_written_since_stands(
    college: World, teacher: SchoolClient, seat_of: Any
) -> None:
    for _ in range(2):
        assert send(teacher, college, sent(college)).status_code == 200
    one = levels.Seen(college.people["pupil"], competences_of(college)[0], Typed(value=4))
    levels.observe(seat_of("teacher"), class_of(college), period_of(college), one)
    assert send(teacher, college, sent(college)).status_code == 200
    assert [level.value for level in seen(college)] == [4]


def test_two_gestures_without_a_network_leave_the_second(college: World, teacher: SchoolClient) -> None:
    send(teacher, college, sent(college, EARLIER, "2"))
    send(teacher, college, sent(college, EARLIER + timedelta(minutes=5), "4"))
    assert [level.value for level in seen(college)] == [4]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"made_at": "?"}, "plus d’une semaine"),
        ({"made_at": str(int((NOW - timedelta(days=8)).timestamp()))}, "plus d’une semaine"),
        ({"eleve": "nobody"}, "Choisissez un élève"),
        ({"competence": "0"}, "Choisissez une compétence"),
        ({"level": "9"}, "Choisissez un niveau"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is(
    college: World, teacher: SchoolClient, changed: dict[str, str], said: str
) -> None:
    answer = send(teacher, college, sent(college, **changed))
    assert answer.status_code == 422 and said in answer.json()["sentence"]
    assert seen(college) == []


def test_a_period_sealed_meanwhile_refuses_it(college: World, teacher: SchoolClient) -> None:
    PeriodSeal.objects.create(school=college.school, period=period_of(college), by=college.people["head"])
    answer = send(teacher, college, sent(college))
    assert answer.status_code == 423 and "arrêtée" in answer.json()["sentence"]
    assert seen(college) == []


def test_a_photo_is_added_afterwards_by_who_writes_the_level_alone(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    one = published(college, seat_of("teacher"), pupil, "3")
    level = Level.objects.get(column=column_of(one), pupil=pupil)
    address = reverse("competences:prove", kwargs={"pk": level.pk})
    photo = samples.sent("saut.png", samples.picture("PNG"))
    for key, status in [("cpe", 403), ("pupil", 403), ("secretary", 404)]:
        client.sit(college.people[key])
        assert client.post(address, {"note": "Non"}).status_code == status, key
    client.sit(college.people["teacher"])
    assert client.post(address, {"proof": photo, "note": "Seule"}).status_code == 302
    level.refresh_from_db()
    assert level.proof is not None and level.note == "Seule" and level.value == 3


def test_no_proof_is_added_in_a_sealed_period(college: World, teacher: SchoolClient, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    (level,) = give(seat_of("teacher"), sheet(college, seat_of("teacher")), pupil, "3")
    assert level is not None
    PeriodSeal.objects.create(school=college.school, period=period_of(college), by=college.people["head"])
    page = teacher.post(reverse("competences:prove", kwargs={"pk": level.pk}), {"note": "Tard"})
    level.refresh_from_db()
    assert page.status_code == 422 and level.note == ""
