"""Feeds, tables and maps of sites, read from real servers of this machine; and the links that lead nowhere any more."""

import gzip
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.catalogue import tasks
from preau.domains.catalogue.actions import harvesting
from preau.domains.catalogue.actions.links import note_answer
from preau.domains.catalogue.imports.harvest import links, reading, sites
from preau.domains.catalogue.models import Harvest, Outside, Resource, Source
from preau.domains.catalogue.tests.sites import Site, answer, dc, listed, site
from preau.domains.catalogue.tests.test_harvest import keys, made, read, serve

pytestmark = pytest.mark.django_db
State = Harvest.State


@pytest.fixture(autouse=True)
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIGNON_LOOPBACK = True
    monkeypatch.setattr(reading, "PAUSE", 0)
    monkeypatch.setattr(links, "PAUSE", 0)


@pytest.fixture
def there() -> Iterator[Site]:
    with site() as found:
        yield found


def resource(source: Source, title: str) -> Resource:
    return Resource.objects.get(sightings__source=source, title=title)


# Feeds

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title><language>fr-FR</language>
<item><title>Le volcan &amp;amp; ses roches</title><link>https://blog.example/volcan</link><guid isPermaLink="false">n1</guid>
<description><![CDATA[<p>Un dossier sur <b>les roches</b>.</p><script>alert(1)</script>]]></description><category>SVT</category><category>4e</category>
<dc:creator>Équipe d'essai</dc:creator><pubDate>Mon, 02 Mar 2026 10:00:00 +0100</pubDate></item>
<item><title>Sans adresse</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry><title type="html">A &lt;i&gt;story&lt;/i&gt;</title><id>urn:x:1</id>
<link rel="enclosure" href="https://blog.example/story.mp3"/><link href="https://blog.example/story"/>
<link rel="license" href="https://creativecommons.org/licenses/by/4.0/"/><category term="anglais" label="Anglais"/>
<summary>For beginners</summary><author><name>A team</name></author><published>2026-01-05T00:00:00Z</published></entry></feed>"""


def test_an_rss_feed(college: World, there: Site) -> None:
    there.pages["/flux"], there.headers = (
        RSS,
        {"ETag": '"un"', "Last-Modified": "Mon, 02 Mar 2026 10:00:00 GMT"},
    )
    source = made(there, kind="flux", path="/flux")
    run = read(source)
    assert (run.state, run.created, run.refused) == (State.DONE, 1, 1)
    row = resource(source, "Le volcan & ses roches")
    assert row.abstract == "Un dossier sur les roches."
    assert ({node.key for node in row.nodes.all()}, row.published.isoformat(), row.language) == (
        {"svt", "4e"},
        "2026-03-02",
        "fr",
    )
    assert "entrée 2" in run.problems[0]["where"]
    seen: list[Any] = []

    def not_modified(handler: Any) -> None:
        seen.append((handler.headers["If-None-Match"], handler.headers["If-Modified-Since"]))
        answer(handler, b"", 304)

    there.pages["/flux"] = not_modified
    run = read(source)
    assert seen == [('"un"', "Mon, 02 Mar 2026 10:00:00 GMT")]
    assert (run.state, run.found, run.withdrawn) == (State.DONE, 0, 0)
    assert keys(source) == {"Le volcan & ses roches"}


def test_what_has_left_a_feed_has_not_been_withdrawn(college: World, there: Site) -> None:
    there.pages["/flux"] = ATOM
    source = made(there, kind="flux", path="/flux")
    read(source)
    row = resource(source, "A story")
    assert (row.outside.address, row.licence, row.language) == ("https://blog.example/story", "cc-by", "en")
    assert {node.key for node in row.nodes.all()} == {"anglais"}
    there.pages["/flux"] = '<feed xmlns="http://www.w3.org/2005/Atom"/>'
    run = read(source)
    assert (run.state, run.withdrawn, keys(source)) == (State.DONE, 0, {"A story"})


def test_our_own_feed_is_read(college: World, there: Site, settings: Any) -> None:
    settings.PUBLIC_URL = "https://autre.example"
    feed = Client().get("/ressources/recherche/flux.atom").content
    settings.PUBLIC_URL = "https://ent.example.org"
    there.pages["/flux"] = feed
    run = read(made(there, kind="flux", path="/flux"))
    assert (run.state, run.refused) == (State.DONE, 0)
    assert run.created == 30


# Tables

CSV = (
    "Identifiant;Titre;URL;Résumé;Auteurs;Niveaux;Matières;Licence;Date;Durée;Mots-clés\r\n"
    "a1;Les cités;https://atlas.example/cites;Un atlas;Une équipe;5e, 4e;Histoire;CC BY-SA;12/03/2024;50;ville;campagne\r\n"
    "a2;Sans adresse;;;;;;;;;\r\n"
    "a3;=cmd|'/C calc'!A0;https://atlas.example/formule;;;CP;Français;;;;\r\n"
)


def test_a_csv_is_the_whole_source(college: World, there: Site) -> None:
    there.pages["/table.csv"] = CSV.replace(";campagne", "").encode("cp1252")
    source = made(there, kind="tableau", path="/table.csv")
    run = read(source)
    assert (run.state, run.created, run.refused) == (State.DONE, 2, 1), run.problems
    assert run.problems[0]["where"] == "ligne 3"
    row = resource(source, "Les cités")
    assert [node.key for node in row.levels] == ["5e", "4e"]
    assert (row.licence, row.published.isoformat(), row.duration, row.keywords) == (
        "cc-by-sa",
        "2024-03-12",
        50,
        ["ville"],
    )
    there.pages["/table.csv"] = CSV.replace(";campagne", "").replace("a3;=cmd", "a4;Autre").encode()
    run = read(source)
    assert (run.created, run.merged, run.same, run.withdrawn) == (0, 1, 1, 0)


def test_a_row_that_has_left_the_table_is_withdrawn(college: World, there: Site) -> None:
    rows = [f"n{n};Titre {n};https://atlas.example/{n}" for n in range(5)]
    there.pages["/table.csv"] = "\n".join(["id;titre;url", *rows, ""])
    source = made(there, kind="tableau", path="/table.csv")
    read(source)
    there.pages["/table.csv"] = "\n".join(["id;titre;url", *rows[:3], ""])
    assert read(source).withdrawn == 2
    there.pages["/table.csv"] = "\n".join(["id;titre;url", rows[0], ""])
    assert read(source).state == State.WAITING
    there.pages["/table.csv"] = "id;titre\n1;x\n"
    run = read(source)
    assert (run.state, "adresse" in run.reason) == (State.FAILED, True)
    assert len(keys(source)) == 3


def test_a_workbook_is_read_like_a_table(college: World, there: Site) -> None:
    book, file = Workbook(), io.BytesIO()
    for row in (
        ["Titre", "Lien", "Niveau"],
        ["Mesurer", "https://atlas.example/mesurer", "CE1"],
        [None, None, None],
    ):
        book.active.append(row)
    book.save(file)
    there.pages["/table.xlsx"] = file.getvalue()
    source = made(there, kind="tableau", path="/table.xlsx")
    run = read(source)
    assert (run.state, run.created) == (State.DONE, 1), run.reason
    assert [node.key for node in resource(source, "Mesurer").levels] == ["ce1"]
    there.pages["/table.xlsx"] = b"PK\x03\x04 not a workbook"
    assert read(source).state == State.FAILED
    there.pages["/table.xlsx"] = "<!DOCTYPE html><html></html>"
    assert "page web" in read(source).reason


# Maps of sites


def described(name: str, **more: Any) -> str:
    fields = {"@context": "https://schema.org", "@type": "LearningResource", "name": name} | more
    return f'<!DOCTYPE html><html><head><script type="application/ld+json">{json.dumps(fields)}</script></head><body></body></html>'


def mapped(there: Site, *paths: str) -> str:
    inside = "".join(f"<url><loc>{there.address}{path}</loc></url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</urlset>'


def test_a_map_and_its_pages(college: World, there: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "AT_ONCE", 2)
    there.pages["/plan.xml"] = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{there.address}/a.xml.gz</loc></sitemap><sitemap><loc>https://elsewhere.example/b.xml</loc></sitemap></sitemapindex>"
    )
    there.pages["/a.xml.gz"] = gzip.compress(
        mapped(there, "/un", "/deux", "/interdit", "/blog", "/perdu", "/casse", "/trois").encode()
    )
    there.pages["/robots.txt"] = "User-agent: *\nDisallow: /interdit"
    there.pages["/un"] = described(
        "La cellule",
        educationalLevel=[{"@type": "DefinedTerm", "name": "Sixième"}],
        about="SVT",
        inLanguage="fr",
        timeRequired="PT20M",
        license="https://creativecommons.org/licenses/by-nc/4.0/",
        author={"@type": "Organization", "name": "Un musée"},
        url="https://elsewhere.example/cellule",
        audience=[{"@type": "EducationalAudience", "educationalRole": "student"}],
    )
    there.pages["/deux"] = described("Le jardin", **{"@id": "urn:jardin"})
    there.pages["/interdit"] = described("Interdit")
    there.pages["/casse"] = "<![inconnu[<html>"
    there.pages["/blog"] = described("Un billet", **{"@type": "Article"})
    there.pages["/trois"] = '<script type="application/ld+json">{not json</script>' + described(
        "Le lac", **{"@graph": "x"}
    )
    source = made(there, kind="site", path="/plan.xml")
    run = read(source)
    assert (run.state, run.created, run.refused) == (State.DONE, 3, 1), run.problems
    assert keys(source) == {"La cellule", "Le jardin", "Le lac"}
    assert "/interdit" not in there.asked
    row = resource(source, "La cellule")
    # A page that speaks for another site leads to itself.
    assert row.outside.address == f"{there.address}/un"
    assert ([node.key for node in row.levels], row.licence, row.duration, row.authors) == (
        ["6e"],
        "cc-by-nc",
        20,
        ["Un musée"],
    )
    there.pages["/a.xml.gz"] = gzip.compress(mapped(there, "/un", "/deux").encode())
    assert read(source).withdrawn == 1


def test_a_map_that_unfolds_without_end_is_left(
    college: World, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    there.pages["/plan.xml"] = gzip.compress(b" " * 30_000_000)
    run = read(made(there, kind="site", path="/plan.xml"))
    assert (run.state, "trop longue" in run.reason) == (State.FAILED, True)


def test_what_our_own_pages_say_is_read(college: World, there: Site, settings: Any) -> None:
    settings.PUBLIC_URL = "https://autre.example"
    path = "/ressources/nombres-et-calculs/les-fractions-et-la-tablette/"
    there.pages[path] = Client().get(path).content
    there.pages["/plan.xml"] = mapped(there, path)
    settings.PUBLIC_URL = "https://ent.example.org"
    source = made(there, kind="site", path="/plan.xml")
    run = read(source)
    assert (run.created, run.refused) == (1, 0)
    row = Resource.objects.get(sightings__source=source)
    own = Resource.objects.get(key="nombres-et-calculs/les-fractions-et-la-tablette")
    assert ([node.key for node in row.levels], row.licence, row.duration) == (
        [node.key for node in own.levels],
        own.licence,
        own.duration,
    )


# Links


def linked(there: Site, path: str = "/r/1") -> Outside:
    serve(there, listed(dc(1, address=f"{there.address}{path}"), dc(2), dc(3)))
    source = made(there)
    read(source)
    Outside.objects.exclude(address__startswith=there.address).update(checked_on=NOW.date())
    return Outside.objects.get(address=f"{there.address}{path}")


def test_a_link_is_dead_after_several_days_and_comes_back(college: World, there: Site, clock: Any) -> None:
    row = linked(there)
    key = row.resource.key
    edition = row.resource.edition
    for day in range(3):
        assert Outside.objects.dead().count() == 0
        assert links.check() == 1
        # The same day, nothing is asked again.
        assert links.check() == 0
        clock.shift(timedelta(days=1))
        row.refresh_from_db()
        assert row.failed_days == day + 1
    assert row.dead_since == NOW.date()
    assert row.trouble == "erreur 404"
    assert Resource.objects.get(key=key).edition > edition
    page = Client().get(f"/ressources/{key}/")
    assert page.status_code == 200
    assert "Lien mort depuis le" in page.content.decode()
    there.pages["/r/1"] = "bonjour"
    assert links.check() == 1
    row.refresh_from_db()
    assert (row.dead_since, row.failed_days, row.trouble) == (None, 0, "")
    assert "Lien mort" not in Client().get(f"/ressources/{key}/").content.decode()
    assert links.check() == 0


@pytest.mark.parametrize(
    ("said", "trouble"),
    [
        (lambda handler: answer(handler, b"", 403), ""),
        (lambda handler: answer(handler, b"", 500), "erreur 500"),
        (lambda handler: answer(handler, b"", 405 if handler.command == "HEAD" else 200), ""),
        (lambda handler: answer(handler, b"", 404 if handler.command == "HEAD" else 200), ""),
        (lambda handler: answer(handler, b"x" * 300_000), ""),
        (lambda handler: answer(handler, b"", 302, headers={"Location": "http://10.0.0.1/"}), None),
        (lambda handler: answer(handler, b"", 302, headers={"Location": "/la"}), "erreur 404"),
        (lambda handler: handler.connection.close(), "pas de réponse"),
    ],
)
def test_what_an_address_answers(said: Any, trouble: str | None, there: Site) -> None:
    there.pages["/r/1"] = said
    assert links.trouble_at(f"{there.address}/r/1") == trouble


def test_one_answer_a_day_counts(college: World, there: Site) -> None:
    row = linked(there)
    day = NOW.date()
    assert not note_answer(row.pk, day, "erreur 404")
    assert not note_answer(row.pk, day, "erreur 404")
    row.refresh_from_db()
    assert row.failed_days == 1
    assert not note_answer(row.pk, day + timedelta(days=1), "erreur 404")
    assert note_answer(row.pk, day + timedelta(days=2), "erreur 404")
    assert note_answer(row.pk, day + timedelta(days=3), "")


def test_a_night_goes_on_while_something_is_left(
    college: World, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked(there)
    sent: list[int] = []
    monkeypatch.setattr(type(tasks.check_links), "enqueue", lambda self, left: sent.append(left))
    assert tasks.check_links.func(left=5) == 1
    assert tasks.check_links.func(left=4) == 0
    assert sent == [4]


def test_a_new_address_is_not_known_to_be_dead(college: World, there: Site) -> None:
    row = linked(there)
    Outside.objects.filter(pk=row.pk).update(dead_since=NOW.date(), failed_days=3)
    serve(there, listed(dc(1, address="https://lycee.example/ailleurs")))
    read(Source.objects.get(slug="essai"))
    row.refresh_from_db()
    assert (row.address, row.dead_since, row.failed_days) == ("https://lycee.example/ailleurs", None, 0)
    assert harvesting.mark_of("http://www.lycee.example/ailleurs/#x") == row.plain
