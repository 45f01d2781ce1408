"""The public pages of the resources, and what they leave to robots, to other catalogues and to the front page."""

import json
import re
from typing import Any

import html5lib
import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.queries import index
from preau.domains.catalogue.queries.pages import home
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

KEY = "nombres-et-calculs/les-fractions-et-la-tablette"


def test_every_resource_is_a_sound_page(college: World, client: SchoolClient) -> None:
    """Each of them: they are written by hand, and each may hold what no other does."""
    index.engine(wait=True)
    for row in Resource.objects.published():
        for query in ("", "?r1=1&r2=zzz&r3=2&r4=1&r5=1&r6=1"):
            answer, queries = counted(client, reverse("catalogue:resource", kwargs=row.place) + query)
            assert answer.status_code == 200, row.key
            assert queries <= MOST_QUERIES, row.key
            assert len(answer.content) <= MOST_BYTES, row.key
            assert list(faults(answer.content.decode())) == [], row.key


def test_every_collection_is_a_sound_page(college: World, client: SchoolClient) -> None:
    for shelf in home().collections:
        answer, queries = counted(client, reverse("catalogue:collection", args=[shelf.slug]))
        assert answer.status_code == 200
        assert queries <= MOST_QUERIES
        assert list(faults(answer.content.decode())) == []
        assert f"/ressources/{shelf.slug}/" in answer.content.decode()


def test_levels_and_collections_keep_their_order(college: World) -> None:
    levels = [level.key for _cycle, inside in home().cycles for level in inside]
    known = ["ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2", "6e", "5e", "4e", "3e", "2de", "1re", "tle"]
    assert levels == [key for key in known if key in levels]
    assert len(levels) > 10
    orders = [shelf.order for shelf in home().collections]
    assert orders == sorted(orders)
    assert orders[0] < orders[-1]


def test_three_clicks_from_the_front_page_to_a_reading_of_ce1(college: World) -> None:
    """A mother, without an account: the front page, the level, a resource."""
    client = Client()
    front = client.get("/").content.decode()
    assert 'href="/ressources/"' in front
    assert 'href="/ressources/recherche/?niveau=ce1"' in client.get("/ressources/").content.decode()
    found = client.get("/ressources/recherche/", {"niveau": "ce1", "q": "lecture"}).content.decode()
    link = re.search(r'href="(/ressources/lire-au-ce1/[^"]+)"', found)
    assert link
    assert client.get(link[1]).status_code == 200
    assert not client.cookies


def test_a_record_says_its_licence_its_address_and_how_to_cite_it(college: World, settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    page = Client().get(f"/ressources/{KEY}/").content.decode()
    assert page.count("CC BY 4.0") >= 2
    assert 'rel="license"' in page
    assert f"https://ent.example.org/ressources/{KEY}/" in page
    assert f'<link rel="canonical" href="https://ent.example.org/ressources/{KEY}/">' in page


def test_the_record_is_there_for_other_catalogues_and_runs_nothing(college: World, settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    Resource.objects.filter(key=KEY).update(title="</script><script>alert(1)</script>")
    answer = Client().get(f"/ressources/{KEY}/")
    page = answer.content.decode()
    block = re.search(r'<script type="application/ld\+json" nonce="([^"]+)">(.*?)</script>', page)
    assert block
    assert f"'nonce-{block[1]}'" in answer["Content-Security-Policy"]
    record = json.loads(block[2])
    assert record["@type"] == "LearningResource"
    assert record["name"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in page
    assert record["license"].startswith("https://creativecommons.org/licenses/by/4.0/")
    assert {
        "@type": "DefinedTerm",
        "name": "CM1",
        "@id": "http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-022-num-014",
    } in record["educationalLevel"]


def test_every_paper_is_valid_html_with_one_title_and_described_drawings(college: World) -> None:
    """It is opened from a disk, where the walk of the site does not go."""
    for key in Resource.objects.order_by("pk").values_list("key", flat=True)[:40]:
        page = Client().get(f"/ressources/{key}/papier/").content.decode()
        parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
        tree = parser.parse(page)
        assert [code for _, code, _ in parser.errors] == [], key
        assert len(list(tree.iter("h1"))) == 1
        assert all(image.get("alt") for image in tree.iter("img"))


def test_the_paper_is_one_file_with_its_drawings_and_the_answers_last(college: World) -> None:
    answer = Client().get(f"/ressources/{KEY}/papier/")
    page = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="les-fractions-et-la-tablette.html"'
    assert 'src="data:image/svg+xml;base64,' in page
    for outside in ("<script", "<link", 'src="/', 'src="http'):
        assert outside not in page
    assert page.index("Les réponses") > page.rindex('class="question"')


@pytest.mark.parametrize(
    "address",
    [
        "/ressources/rien/",
        f"/ressources/{KEY}x/",
        f"/ressources/{KEY}x/papier/",
        f"/ressources/{KEY}/x.svg",
        "/ressources/rien/x/",
    ],
)
def test_what_is_not_there_is_not_found(college: World, address: str) -> None:
    assert Client().get(address).status_code == 404


def test_robots_find_every_resource_and_no_search(college: World, settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    tree = etree.fromstring(Client().get("/sitemap.xml").content)
    listed = {one.text for one in tree.iter("{*}loc")}
    for key in Resource.objects.published().values_list("key", flat=True):
        assert f"https://ent.example.org/ressources/{key}/" in listed
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert "Allow: /ressources/$" in lines
    assert "Allow: /ressources/nombres-et-calculs/" in lines
    assert not [line for line in lines if "recherche" in line]


def test_the_menu_has_it_for_each_profile(client: SchoolClient, college: World) -> None:
    for key in ("teacher", "pupil", "guardian", "head"):
        client.sit(college.people[key])
        assert 'href="/ressources/"' in client.get("/").content.decode(), key
