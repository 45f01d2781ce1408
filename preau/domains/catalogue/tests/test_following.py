"""Searches that people follow: what they are told, once, and that they are nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.seeds.world import World
from preau.domains.catalogue import rules
from preau.domains.catalogue.actions.following import TooMany, follow, tell_followers
from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.actions.using import settle_uses
from preau.domains.catalogue.models import FollowedSearch, Resource, UseInClass
from preau.domains.catalogue.queries import index
from preau.domains.catalogue.queries.search import Search
from preau.domains.catalogue.tasks import tell_followers as job

FRACTIONS = "nombres-et-calculs/les-fractions-et-la-tablette"
SEARCH, FOLLOW, OWN = "/ressources/recherche/", "/ressources/suivies/suivre/", "/ressources/suivies/"


@pytest.fixture(autouse=True)
def own_index(college: World, settings: Any, tmp_path: Path) -> Path:
    """An index of the test alone."""
    settings.VAR_DIR = tmp_path
    return tmp_path / "catalogue"


def publish_another(title: str) -> Resource:
    """A resource like that of fractions, under another title, published now."""
    row = Resource.objects.get(key=FRACTIONS)
    nodes = list(row.nodes.all())
    row.pk, row.key, row.title, row.version = None, f"nombres-et-calculs/{title.lower()}", title, 1
    row.edition = next_edition()
    row.save()
    row.nodes.set(nodes)
    return row


def notified_addresses(world: World, key: str) -> list[str]:
    return list(
        Item.objects.filter(kind="catalogue.found", person=world.people[key]).values_list("url", flat=True)
    )


def test_who_follows_a_search_is_told_once_of_what_comes(college: World, seat_of: Any) -> None:
    follow(seat_of("guardian"), Search(typed="fractions"))
    follow(seat_of("teacher"), Search(typed="fractions"))
    follow(seat_of("pupil"), Search(typed="volcans"))
    assert tell_followers() == 0
    publish_another("Fractions-encore")
    publish_another("Fractions-toujours")
    assert tell_followers() == 2
    assert tell_followers() == 0
    assert notified_addresses(college, "guardian") == [f"{SEARCH}?q=fractions&tri=recentes"]
    assert len(notified_addresses(college, "teacher")) == 1
    assert notified_addresses(college, "pupil") == notified_addresses(college, "head") == []
    news = Item.objects.get(kind="catalogue.found", person=college.people["guardian"])
    assert news.facts["found"] == "2 nouvelles ressources"
    publish_another("Fractions-enfin")
    assert tell_followers() == 2
    assert len(notified_addresses(college, "guardian")) == 2


def test_what_changes_is_not_new_and_what_was_there_is_not_told(college: World, seat_of: Any) -> None:
    publish_another("Fractions-avant")
    follow(seat_of("guardian"), Search(typed="fractions"))
    changed = Resource.objects.get(key=FRACTIONS)
    changed.version, changed.edition = 2, next_edition()
    changed.save()
    # Nor what is used in class since, nor a link that died: they are written in the index again, and that is all.
    used = Resource.objects.get(key="nombres-et-calculs/fractions-avant")
    UseInClass.objects.create(resource=used, month=timezone.localdate().replace(day=1))
    assert settle_uses() == 1
    assert tell_followers() == 0
    assert notified_addresses(college, "guardian") == []
    assert FollowedSearch.objects.get().seen == index.edition().number


def test_without_an_index_nobody_is_counted_as_told(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(seat_of("guardian"), Search(typed="fractions"))
    publish_another("Fractions-encore")

    def none_yet(**_: Any) -> Any:
        raise index.BeingBuilt

    with monkeypatch.context() as without:
        without.setattr(index, "engine", none_yet)
        assert job.call() == 0
    assert tell_followers() == 1


def test_a_search_is_followed_once_and_not_more_than_the_limit(college: World, seat_of: Any) -> None:
    viewer = seat_of("guardian")
    assert follow(viewer, Search(typed="fractions"))
    assert not follow(viewer, Search(typed="fractions", sort="recentes", page=3))
    for number in range(1, rules.MOST_FOLLOWED):
        follow(viewer, Search(typed=f"mot{number}"))
    with pytest.raises(TooMany):
        follow(viewer, Search(typed="encore"))
    assert FollowedSearch.objects.count() == rules.MOST_FOLLOWED


def test_the_page_of_a_search_offers_to_follow_it(college: World, client: SchoolClient) -> None:
    assert FOLLOW not in Client().get(SEARCH, {"q": "fractions"}).content.decode()
    client.sit(college.people["guardian"])
    assert FOLLOW not in client.get(SEARCH).content.decode()
    assert FOLLOW in client.get(SEARCH, {"q": "fractions"}).content.decode()
    answer = client.post(FOLLOW, {"recherche": "q=fractions&niveau=cm1&next=//ailleurs.exemple"}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[0][0] == f"{SEARCH}?q=fractions&niveau=cm1"
    assert "Vous suivez cette recherche" in page
    assert FOLLOW not in page
    own = client.get(OWN).content.decode()
    assert "« fractions », CM1" in own.replace("\u202f", " ")
    # Nothing asked for: nothing to follow.
    client.post(FOLLOW, {"recherche": ""})
    assert FollowedSearch.objects.count() == 1


def test_nobody_stops_the_search_of_another(college: World, client: SchoolClient, seat_of: Any) -> None:
    follow(seat_of("guardian"), Search(typed="secret-de-maman"))
    row = FollowedSearch.objects.get()
    client.sit(college.people["pupil"])
    assert "secret-de-maman" not in client.get(OWN).content.decode()
    stop = reverse("catalogue:unfollow", kwargs={"pk": row.pk})
    assert client.post(stop).status_code == 404
    assert FollowedSearch.objects.exists()
    client.sit(college.people["guardian"])
    assert client.post(stop).url == OWN  # type: ignore[attr-defined]
    assert client.post(stop).url == OWN  # type: ignore[attr-defined]
    assert not FollowedSearch.objects.exists()
