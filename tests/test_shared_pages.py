"""Pages drawn once for many visitors: the same text, a policy of each one's own, and nothing of anybody."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.catalogue.models import Resource
from preau.foundation import shared_pages

KEY = "nombres-et-calculs/les-fractions-et-la-tablette"
PAGE, HOME = f"/ressources/{KEY}/", "/ressources/"


@pytest.fixture(autouse=True)
def now(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Pages are kept for a minute, by a clock that the test alone moves."""
    settings.SHARED_PAGES_SECONDS = 60
    stopped = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(shared_pages, "time", SimpleNamespace(monotonic=lambda: stopped.seconds))
    shared_pages.forget_all()
    yield stopped
    shared_pages.forget_all()


def rename(title: str) -> None:
    Resource.objects.filter(key=KEY).update(title=title)


def nonces(answer: Any) -> tuple[set[str], set[str]]:
    """Those of the page, and that of its policy."""
    policy_nonces = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    return set(re.findall(r'nonce="([^"]+)"', answer.content.decode())), set(policy_nonces)


def test_the_second_visitor_reads_the_page_of_the_first(
    college: World, django_assert_num_queries: Any
) -> None:
    first = Client().get(PAGE)
    rename("Tout autre chose")
    with django_assert_num_queries(0):
        second = Client().get(PAGE)
    assert "Tout autre chose" not in second.content.decode()
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert not first.cookies
    assert not second.cookies
    of_page, of_policy = nonces(second)
    assert of_page == of_policy
    assert of_policy.isdisjoint(nonces(first)[1])


@pytest.mark.parametrize(
    "address",
    [
        "/ressources/recherche/?q=fractions",
        "/annales/",
        "/annales/recherche/?q=probabilites",
        "/annales/bac-general/",
        "/annales/bac-general/entrainement-specialite-maths-2026-1/",
    ],
)
def test_a_page_of_the_world_is_drawn_once(
    address: str, college: World, django_assert_num_queries: Any
) -> None:
    first = Client().get(address)
    with django_assert_num_queries(0):
        second = Client().get(address)
    assert (first.status_code, second.status_code) == (200, 200)
    assert nonces(second)[0] == nonces(second)[1]


def test_each_address_has_its_own(college: World) -> None:
    asked = Client().get(f"{PAGE}?r1=1").content
    assert asked != Client().get(PAGE).content
    assert Client().get(f"{PAGE}?r1=1").content.count(b"<h1") == 1


def test_whoever_brings_a_cookie_has_a_page_of_their_own(college: World, client: SchoolClient) -> None:
    Client().get(PAGE)
    rename("Tout autre chose")
    client.sit(college.people["teacher"])
    assert "Tout autre chose" in client.get(PAGE).content.decode()
    visitor = Client()
    visitor.cookies["affichage"] = "grand"
    assert "Tout autre chose" in visitor.get(PAGE).content.decode()


def test_what_somebody_signed_in_reads_is_given_to_nobody(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    client.get(HOME)
    name = college.people["teacher"].family_name
    assert name not in Client().get(HOME).content.decode()
    assert "Mes recherches suivies" not in Client().get(HOME).content.decode()


def test_it_is_late_by_a_minute_at_most(college: World, now: SimpleNamespace) -> None:
    Client().get(PAGE)
    rename("Tout autre chose")
    now.seconds += 61
    assert "Tout autre chose" in Client().get(PAGE).content.decode()


def test_what_is_not_found_is_not_kept_and_few_are(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_pages, "MOST", 3)
    assert Client().get("/ressources/rien/du-tout/").status_code == 404
    for number in range(5):
        Client().get(f"{PAGE}?r1={number}")
    kept = list(shared_pages._shelf.pages)
    assert kept == [f"{PAGE}?r1={number}" for number in (2, 3, 4)]


def test_families_read_it_a_minute_late_and_teachers_at_once(college: World) -> None:
    mother, teacher = (
        SchoolClient().sit(college.people["guardian"]),
        SchoolClient().sit(college.people["teacher"]),
    )
    mother.get(PAGE)
    rename("Tout autre chose")
    read = mother.get(PAGE).content.decode()
    assert "Tout autre chose" not in read and college.people["guardian"].family_name in read
    assert "Tout autre chose" in teacher.get(PAGE).content.decode()


def test_each_answer_to_an_exercise_is_marked_for_whoever_gave_it(college: World) -> None:
    first, second = (SchoolClient().sit(college.people[key]) for key in ("pupil", "guardian"))
    plain = first.get(PAGE).content.count(b"answer-said")
    answered = first.get(f"{PAGE}?r1=1&verifier=1").content.count(b"answer-said")
    assert answered > plain == second.get(PAGE).content.count(b"answer-said")


def test_what_is_told_is_kept_a_minute_and_a_failure_is_not(now: SimpleNamespace) -> None:
    asked = []

    def make() -> int:
        asked.append(1)
        if len(asked) == 1:
            raise LookupError
        return len(asked)

    with pytest.raises(LookupError):
        shared_pages.shared_value("x", make)
    assert [shared_pages.shared_value("x", make) for _ in range(3)] == [2, 2, 2]
    now.seconds += 61
    assert shared_pages.shared_value("x", make) == 3
    for number in range(shared_pages.MOST_TOLD + 1):
        shared_pages.shared_value(f"y{number}", lambda: 0)
    assert shared_pages.shared_value("x", make) == 4, "the oldest goes"


def test_each_page_of_a_search_is_its_own_for_a_family_too(college: World) -> None:
    mother = SchoolClient().sit(college.people["guardian"])
    first, second = (mother.get(f"/ressources/recherche/?niveau=ce1&page={number}") for number in (1, 2))
    titles = [
        set(re.findall(r'<h3[^>]*>.*?href="([^"]+)"', one.content.decode(), re.DOTALL))
        for one in (first, second)
    ]
    assert titles[0] and titles[1] and titles[0].isdisjoint(titles[1])
