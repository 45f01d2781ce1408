"""The pages of the site are found by their names and by the words that people type, by whoever may open them."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.search.pages import find_pages
from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.foundation.lookup import LookupTerms


def pages(viewer: Any, typed: str) -> set[str]:
    return {hit.url for hit in find_pages(viewer, LookupTerms.typed(typed))}


@pytest.mark.parametrize(
    ("typed", "name", "readers"),
    [
        ("logo", "directory:look", {"head"}),
        ("mot de passe", "identity:change_password", {"head", "cpe", "teacher", "pupil", "guardian"}),
        ("appel", "attendance:board", {"head", "cpe"}),
        ("sanctions", "conduct:sanctions", {"head", "cpe"}),
        ("réglages", "directory:settings", {"head"}),
        ("cahier de textes", "homework:sessions", {"teacher"}),
        ("maladie", "attendance:announce", {"guardian"}),
        ("malade", "timetable:absences", {"teacher"}),
        ("absent", "attendance:calling", {"head", "cpe"}),
        ("exeat", "directory:departures", {"head"}),
        ("radiation", "directory:people", {"head"}),
        ("certificat de scolarité", "directory:people", {"head"}),
        ("inscription", "directory:enrol", {"head"}),
        ("inscrire", "directory:enrol", {"head"}),
        ("cantine", "directory:lists", {"head"}),
        ("cantine", "directory:groups", {"head", "cpe", "teacher"}),
        ("photo", "directory:groups", {"head", "cpe", "teacher"}),
        ("photo", "directory:consent_requests", {"head", "cpe"}),
        ("dyslexie", "identity:reading", {"head", "cpe", "teacher", "pupil", "guardian"}),
    ],
)
def test_a_page_is_found_by_those_who_may_open_it(
    seat_of: Any, typed: str, name: str, readers: set[str]
) -> None:
    everyone = {"head", "cpe", "teacher", "pupil", "guardian"}
    assert {key for key in everyone if reverse(name) in pages(seat_of(key), typed)} == readers


@pytest.mark.parametrize("key", ["head", "cpe", "teacher", "pupil", "guardian"])
def test_every_page_found_opens(client: SchoolClient, college: World, seat_of: Any, key: str) -> None:
    viewer = seat_of(key)
    found = {url for typed in "abcdefghijklmnoprstuv" for url in pages(viewer, typed)}
    assert len(found) > 8
    client.sit(college.people[key])
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)


def test_a_page_is_known_by_the_word_of_the_school(seat_of: Any, college: World) -> None:
    services = {"attendance": {"names": {"attendance:board": "Bureau CPE"}}}
    School.objects.filter(pk=college.school.pk).update(services=services)
    assert reverse("attendance:board") in pages(seat_of("cpe"), "bureau")


def test_no_slip_is_forgiven_to_a_page(seat_of: Any) -> None:
    assert pages(seat_of("teacher"), "motz") == set()
