"""Messages on the pages of other houses: the agenda of whoever wrote one for later, the record of a pupil."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.messaging.actions import sending
from preau.domains.messaging.tests.props import key_to, written

pytestmark = pytest.mark.django_db


def test_what_will_leave_stands_in_the_agenda_of_its_author_alone(
    college: World, client: SchoolClient, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("preau.domains.messaging.tasks.leave", SimpleNamespace(enqueue=lambda pk: None))
    teacher = seat_of("teacher")
    message = sending.send(
        teacher,
        written(
            teacher, key_to(college, "guardian"), subject="Pour plus tard", asked_for=NOW + timedelta(hours=2)
        ),
    )
    for name, there in (("teacher", True), ("guardian", False), ("cpe", False)):
        client.sit(college.people[name])
        page = client.get("/agenda/").content.decode()
        assert ("Pour plus tard" in page) == there, name
    assert sending.call_back(teacher, message)
    client.sit(college.people["teacher"])
    assert "Pour plus tard" not in client.get("/agenda/").content.decode()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("teacher", "Écrire aux responsables"),
        ("cpe", "Écrire aux responsables"),
        ("guardian", "Écrire aux enseignants"),
    ],
)
def test_the_record_of_a_pupil_leads_to_writing_about_them(
    college: World, client: SchoolClient, name: str, said: str
) -> None:
    client.sit(college.people[name])
    pupil = college.people["pupil"]
    page = client.get(reverse("directory:person", kwargs={"public_id": pupil.public_id})).content.decode()
    assert said in page
    shown = client.get(f"/messages/ecrire/?eleve={pupil.public_id}").content.decode()
    assert pupil.full_name in shown and 'name="to"' in shown
