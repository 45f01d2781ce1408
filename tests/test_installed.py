"""Préau installed: the description and the worker are right, and the page without a network names nobody."""

import json
from typing import Any

import pytest
from django.contrib.staticfiles import finders

from conftest import SchoolClient
from preau.directory.seeds.world import World


def test_the_description_names_icons_that_exist(college: World, client: SchoolClient) -> None:
    answer = client.get("/app.webmanifest")
    described = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert described["scope"] == described["start_url"] == "/"
    assert [icon["sizes"] for icon in described["icons"]] == ["192x192", "512x512", "512x512"]
    for icon in described["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_the_worker_is_asked_again_at_each_visit(college: World, client: SchoolClient) -> None:
    answer = client.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"] == "no-cache"
    configuration = json.loads(
        answer.content.decode().split("\n", 1)[0].removeprefix("self.PREAU=").removesuffix(";")
    )
    assert configuration["offline"] == "/hors-ligne/"
    assert configuration["name"].startswith("preau-")
    for address in configuration["files"]:
        assert finders.find(address.removeprefix(configuration["place"])), address


def test_every_page_may_load_the_worker(college: World, client: SchoolClient) -> None:
    page = client.get("/connexion/")
    assert "worker-src 'self'" in page.headers["Content-Security-Policy"]
    assert "manifest-src 'self'" in page.headers["Content-Security-Policy"]
    assert '<link rel="manifest" href="/app.webmanifest">' in page.content.decode()


def test_a_site_may_do_without(college: World, client: SchoolClient, settings: Any) -> None:
    settings.INSTALLABLE = False
    assert client.get("/sw.js").status_code == 404
    assert "rel=manifest" not in client.get("/connexion/").content.decode().replace('"', "")


@pytest.mark.parametrize("key", ["teacher", "guardian", "pupil"])
def test_the_page_without_a_network_names_nobody(college: World, client: SchoolClient, key: str) -> None:
    person = college.people[key]
    client.sit(person)
    page = client.get("/hors-ligne/").content.decode()
    assert person.family_name not in page
    assert college.school.name not in page
    assert "csrf" not in page
