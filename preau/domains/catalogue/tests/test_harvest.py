"""Harvesting OAI-PMH from real servers of this machine: what is taken in, what goes, what is kept when a source goes wrong."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from conftest import PATIENCE
from preau.directory.seeds.world import World
from preau.domains.catalogue import tasks
from preau.domains.catalogue.actions import harvesting
from preau.domains.catalogue.exports import oai as provider
from preau.domains.catalogue.imports.harvest import mapping, reading, running
from preau.domains.catalogue.models import (
    Collection,
    Harvest,
    Institution,
    Node,
    Outside,
    Resource,
    Sighting,
    Source,
)
from preau.domains.catalogue.queries import index, search
from preau.domains.catalogue.tests.sites import (
    Site,
    answer,
    dc,
    fault,
    gone,
    identity,
    listed,
    site,
)
from preau.foundation import outward
from preau.foundation import outward_reading as away

pytestmark = pytest.mark.django_db
State = Harvest.State


@pytest.fixture(autouse=True)
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sites of the tests are on this machine; nobody waits between two pages."""
    settings.SIGNON_LOOPBACK = True
    monkeypatch.setattr(reading, "PAUSE", 0)


@pytest.fixture
def there() -> Iterator[Site]:
    with site() as found:
        yield found


def made(there: Site, kind: str = "oai", slug: str = "essai", path: str = "/oai", **facts: Any) -> Source:
    shelf = Collection.objects.create(slug=slug, title="Essai", abstract="…")
    house, _new = Institution.objects.get_or_create(slug=f"maison-{slug}", defaults={"name": "Lycée d’essai"})
    return Source.objects.create(
        slug=slug,
        name=f"Source {slug}",
        kind=kind,
        address=f"{there.address}{path}",
        institution=house,
        collection=shelf,
        audiences=["eleve"],
        **facts,
    )


def serve(there: Site, *pages: str, deleted: str = "persistent") -> None:
    """Identify, then these pages one after the other, by the tokens t1, t2…"""

    def oai(handler: Any) -> None:
        query = handler.path.partition("?")[2]
        if "verb=Identify" in query:
            return answer(handler, identity(deleted))
        token = query.partition("resumptionToken=")[2]
        return answer(handler, pages[int(token.removeprefix("t")) if token else 0])

    there.pages["/oai"] = oai


def read(source: Source, **how: Any) -> Harvest:
    run = harvesting.begin(source, by_hand=True, **how)
    running.go_on(run)
    run.refresh_from_db()
    source.refresh_from_db()
    return run


def keys(source: Source) -> set[str]:
    return set(Resource.objects.published().filter(sightings__source=source).values_list("title", flat=True))


def test_records_come_in_with_their_places_and_their_licence(college: World, there: Site) -> None:
    more = (
        "<dc:description>&lt;p&gt;Des &lt;b&gt;fractions&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt; à partager.&lt;/p&gt;</dc:description>"
        "<dc:creator>Réseau d’essai</dc:creator><dc:subject>Mathématiques</dc:subject><dc:coverage>CM1</dc:coverage>"
        "<dc:type>Exercice</dc:type><dc:rights>https://creativecommons.org/licenses/by-sa/4.0/</dc:rights><dc:language>fre</dc:language><dc:date>2024-03-02</dc:date>"
    )
    serve(there, listed(dc(1, "Partager une tarte étoilée", more)))
    source = made(there)
    run = read(source)
    assert (run.state, run.created, run.refused) == (State.DONE, 1, 0)
    row = Resource.objects.get(sightings__source=source)
    assert row.key.startswith("essai/partager-une-tarte-etoilee-")
    assert (row.title, row.abstract) == ("Partager une tarte étoilée", "Des fractions à partager.")
    assert (row.type, row.licence, row.language, row.published.isoformat()) == (
        "exercice",
        "cc-by-sa",
        "fr",
        "2024-03-02",
    )
    assert {node.key for node in row.nodes.all()} == {"cm1", "mathematiques"}
    assert row.parts == []
    page = Client().get(f"/ressources/{row.key}/").content.decode()
    assert 'href="https://lycee.example/r/1"' in page
    assert 'rel="noopener"' in page
    assert "Elle s’ouvre sur le site de lycee.example." in page
    assert "Signalée par" in page
    assert Client().get(f"/ressources/{row.key}/papier/").status_code == 404
    index.engine(wait=True)
    found = search.results(search.Search(typed="tarte étoilée"))
    assert found.rows[0].pk == row.pk
    house = search.results(search.Search(typed="tarte", chosen={"institution": ["maison-essai"]}))
    assert [row.pk for row in house.rows] == [row.pk]


def test_read_again_it_writes_nothing_and_asks_only_for_what_changed(college: World, there: Site) -> None:
    serve(there, listed(dc(1), dc(2)))
    source = made(there)
    read(source)
    before = list(Resource.objects.order_by("pk").values_list("pk", "edition", "version"))
    run = read(source)
    assert (run.state, run.same, run.created, run.changed, run.withdrawn) == (State.DONE, 2, 0, 0, 0)
    assert list(Resource.objects.order_by("pk").values_list("pk", "edition", "version")) == before
    assert "from=2026-11-24T08%3A00%3A00Z" in there.asked[-1]
    serve(there, listed(dc(2, "Un autre titre")))
    run = read(source)
    assert (run.changed, run.withdrawn) == (1, 0)
    assert keys(source) == {"Notice 1", "Un autre titre"}


def test_what_a_source_deletes_is_withdrawn_and_its_address_says_so(college: World, there: Site) -> None:
    serve(there, listed(dc(1), dc(2), dc(3)))
    source = made(there)
    read(source)
    key = Resource.objects.get(title="Notice 2").key
    serve(there, listed(gone(2)))
    run = read(source)
    assert (run.state, run.withdrawn) == (State.DONE, 1)
    page = Client().get(f"/ressources/{key}/")
    assert page.status_code == 410
    assert "a été retirée" in page.content.decode()
    serve(there, listed(dc(2)))
    run = read(source)
    assert run.changed == 1
    assert Resource.objects.get(title="Notice 2").key == key
    assert Client().get(f"/ressources/{key}/").status_code == 200


def test_a_source_that_does_not_tell_what_it_deletes_is_read_whole(college: World, there: Site) -> None:
    serve(there, listed(dc(1), dc(2), dc(3)), deleted="no")
    source = made(there)
    read(source)
    serve(there, listed(dc(1), dc(3)), deleted="no")
    run = read(source)
    assert run.withdrawn == 1
    assert "from=" not in "".join(there.asked)
    assert keys(source) == {"Notice 1", "Notice 3"}


def test_losing_more_than_half_waits_for_somebody(college: World, there: Site, seat_of: Any) -> None:
    serve(there, listed(dc(1), dc(2), dc(3)), deleted="no")
    source = made(there)
    read(source)
    serve(there, fault("noRecordsMatch"), deleted="no")
    run = read(source)
    assert (run.state, run.leaving, run.withdrawn) == (State.WAITING, 3, 0)
    assert len(keys(source)) == 3
    harvesting.keep(seat_of("head"), run)
    with pytest.raises(harvesting.NotNow):
        harvesting.agree(seat_of("head"), run)
    assert len(keys(source)) == 3
    run = read(source)
    assert run.state == State.WAITING
    assert harvesting.agree(seat_of("head"), run) == 3
    assert keys(source) == set()


def test_deletions_that_wait_are_told_again(college: World, there: Site) -> None:
    """The hour from which the next reading asks is kept until somebody has agreed."""
    serve(there, listed(dc(1), dc(2), dc(3)))
    source = made(there)
    read(source)
    marks = dict(source.marks)
    serve(there, listed(gone(1), gone(2), at="2026-12-01T00:00:00Z"))
    assert read(source).state == State.WAITING
    assert source.marks == marks
    assert read(source).state == State.WAITING


def test_the_same_resource_in_two_sources_is_one_row_that_both_name(
    college: World, there: Site, seat_of: Any
) -> None:
    serve(
        there, listed(dc(1, "Le texte de la première", address="https://www.lycee.example/r/1/?utm_source=x"))
    )
    one = made(there)
    read(one)
    serve(there, listed(dc("a", "Le texte de la seconde", address="http://lycee.example/r/1#haut")))
    two = made(there, slug="second")
    run = read(two)
    assert (run.created, run.merged) == (0, 1)
    row = Resource.objects.get(sightings__source=two)
    assert row.title == "Le texte de la première"
    page = Client().get(f"/ressources/{row.key}/").content.decode()
    assert "Source essai, Source second" in page
    # The first one loses it: the row stays, in the words of the other.
    serve(there, listed(gone(1)))
    run = read(one)
    assert run.state == State.WAITING
    harvesting.agree(seat_of("head"), run)
    row.refresh_from_db()
    assert row.status == Resource.Status.PUBLISHED
    serve(there, listed(dc("a", "Le texte de la seconde", address="http://lycee.example/r/1")))
    read(two)
    row.refresh_from_db()
    assert row.title == "Le texte de la seconde"
    assert Outside.objects.filter(resource=row).count() == 1
    serve(there, listed(gone("a")))
    assert harvesting.agree(seat_of("head"), read(two)) == 1


def test_pages_follow_each_other_and_a_killed_reading_goes_on(
    college: World, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [
        listed(*(dc(10 * page + n) for n in range(10)), token=f"t{page + 1}" if page < 3 else "")
        for page in range(4)
    ]
    serve(there, *pages)
    source = made(there)
    run = harvesting.begin(source)

    class Killed(BaseException):
        """What no code of ours catches."""

    kept = harvesting.take_in

    def dies(harvest: Harvest, *rest: Any) -> Harvest:
        if harvest.pages == 2:
            raise Killed
        return kept(harvest, *rest)

    monkeypatch.setattr(harvesting, "take_in", dies)
    with pytest.raises(Killed):
        running.go_on(run)
    monkeypatch.setattr(harvesting, "take_in", kept)
    run.refresh_from_db()
    assert (run.state, run.pages, run.created) == (State.RUNNING, 2, 20)
    # Whoever comes at once finds it held; later, it goes on from the third page.
    assert running.go_on(run) is False
    assert Resource.objects.filter(sightings__source=source).count() == 20
    Harvest.objects.update(held_until=timezone.now())
    there.asked.clear()
    running.go_on(run)
    run.refresh_from_db()
    assert (run.state, run.pages, run.created, run.same) == (State.DONE, 4, 40, 0)
    assert len(there.asked) == 2
    assert len(keys(source)) == 40


def test_a_slice_ends_and_another_goes_on(college: World, there: Site) -> None:
    serve(there, listed(dc(1), token="t1"), listed(dc(2)))
    run = harvesting.begin(made(there))
    assert running.go_on(run, seconds=0) is True
    assert running.go_on(run, seconds=0) is False
    run.refresh_from_db()
    assert (run.state, run.created) == (State.DONE, 2)


def test_a_trial_changes_nothing(college: World, there: Site) -> None:
    serve(there, listed(dc(1), dc(2, address="pas une adresse"), token="t1"), listed(dc(3)))
    before = Resource.objects.count()
    source = made(there)
    run = read(source, is_trial=True)
    assert (run.state, run.found, run.refused) == (State.DONE, 1, 1)
    assert [one["title"] for one in run.sample] == ["Notice 1"]
    assert "adresse web" in run.problems[0]["why"]
    assert (Resource.objects.count(), source.marks, source.read_at) == (before, {}, None)


def test_two_readings_of_a_source_are_not_at_once(college: World, there: Site) -> None:
    source = made(there)
    harvesting.begin(source)
    with pytest.raises(harvesting.NotNow):
        harvesting.begin(source, by_hand=True)


# Sources that go wrong: each ends by itself, says why, and what was known stays.


def drip(handler: Any) -> None:
    """A sign, then another, until whoever reads has had enough."""
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        for _sign in range(20 * PATIENCE):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)


def endless(handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        for _piece in range(2_000):
            handler.wfile.write(b"<x>" * 4_000)


def leads_to(place: str) -> Any:
    def redirect(handler: Any) -> None:
        answer(handler, b"", 302, headers={"Location": place})

    return redirect


def looped(handler: Any) -> None:
    return leads_to("/oai")(handler)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><OAI-PMH>&j;</OAI-PMH>"
)
OUTWARD = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><OAI-PMH>&x;</OAI-PMH>'
HOSTILE = {
    "html": ("<!DOCTYPE html><html><body>Maintenance</body></html>", "page web"),
    "not-xml": ("<OAI-PMH><Identify>", "XML lisible"),
    "empty": (b"", "XML lisible"),
    "bomb": (BOMB, "DTD"),
    "entity": (OUTWARD, "DTD"),
    "charset": (
        '<?xml version="1.0" encoding="utf-8"?><OAI-PMH>é</OAI-PMH>'.encode("latin-1"),
        "XML lisible",
    ),
    "unknown-charset": (b'<?xml version="1.0" encoding="x-nowhere"?><OAI-PMH/>', "codage inconnu"),
    "other-xml": ("<rss/>", "OAI-PMH"),
    "private": (leads_to("http://10.0.0.1/oai"), "publiques"),
    "metadata": (leads_to("http://169.254.169.254/latest/meta-data/"), "publiques"),
    "mapped": (leads_to("http://[::ffff:192.168.0.1]/"), "publiques"),
    "file": (leads_to("file:///etc/passwd"), "publiques"),
    "round": (looped, "publiques"),
    "endless": (endless, "trop longue"),
    "drip": (drip, "lentement"),
    "gone": (lambda handler: answer(handler, b"no", 410), "410"),
    "busy": (lambda handler: answer(handler, b"no", 503), "503"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_source_that_goes_wrong_ends_by_itself_and_loses_nothing(
    kind: str, college: World, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(there, listed(dc(1), dc(2)))
    source = made(there)
    read(source)
    # All have the time that they need, but the one that would take it all.
    limits = away.Limits(longest=200_000, seconds=0.7 if kind == "drip" else PATIENCE)
    monkeypatch.setattr(reading, "PAGE", limits)
    monkeypatch.setattr(running, "MOST_TRIES", 1)
    monkeypatch.setattr(reading.fetch, "__kwdefaults__", {"limits": reading.PAGE, "statuses": ()})
    there.pages["/oai"], why = HOSTILE[kind]
    run = harvesting.begin(source, by_hand=True)
    running.go_on(run)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert why in run.reason
    assert keys(source) == {"Notice 1", "Notice 2"}
    assert not Resource.objects.filter(text__contains="root:").exists()


def test_a_redirect_to_this_machine_is_refused_in_production(
    college: World, there: Site, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public name first, then ourselves: each step is looked at."""
    settings.SIGNON_LOOPBACK = False
    with pytest.raises(outward.ForbiddenAddress):
        away.read(f"{there.address}/oai", away.Limits(1_000, PATIENCE, plain=True))
    looked = outward.places_of

    def places(host: str, port: int) -> list[tuple[str, int]]:
        return (
            [("127.0.0.1", int(there.address.rpartition(":")[2]))]
            if host == "public.example"
            else looked(host, port)
        )

    monkeypatch.setattr(outward, "places_of", places)
    there.pages["/oai"] = leads_to(f"{there.address}/secret")
    there.pages["/secret"] = "secret"
    with pytest.raises(outward.ForbiddenAddress):
        away.read("http://public.example/oai", away.Limits(1_000, PATIENCE, plain=True))
    assert there.asked == ["/oai"]


def test_a_token_that_leads_back_ends_the_reading(college: World, there: Site) -> None:
    serve(there, listed(dc(1), token="t1"), listed(dc(2), token="t1"))
    run = read(made(there))
    assert (run.state, run.pages) == (State.FAILED, 1)
    assert "tourne en rond" in run.reason


def test_other_tokens_for_the_same_page_end_it_too(college: World, there: Site) -> None:
    def oai(handler: Any) -> None:
        if "Identify" in handler.path:
            return answer(handler, identity())
        return answer(handler, listed(dc(1), dc(2), token=f"t{len(there.asked)}"))

    there.pages["/oai"] = oai
    run = read(made(there))
    assert run.state == State.FAILED
    assert "tourne en rond" in run.reason
    assert run.pages < 3


def test_a_source_without_end_is_stopped(
    college: World, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def oai(handler: Any) -> None:
        if "Identify" in handler.path:
            return answer(handler, identity())
        number = len(there.asked)
        return answer(handler, listed(dc(number), token=f"t{number}"))

    there.pages["/oai"] = oai
    monkeypatch.setattr(reading, "MOST_PAGES", 5)
    source = made(there)
    run = read(source)
    assert (run.state, run.pages, len(keys(source))) == (State.FAILED, 5, 5)
    assert "trop grande" in run.reason


def test_a_huge_record_is_left_out_and_its_neighbours_are_not(college: World, there: Site) -> None:
    huge = f"<dc:description>{'mot ' * 60_000}</dc:description>"
    serve(there, listed(dc(1), dc(2, more=huge), dc(3)))
    source = made(there)
    run = read(source)
    assert (run.state, run.created, run.refused) == (State.DONE, 2, 1)
    assert "oai:test:2" in run.problems[0]["where"]


def test_a_source_that_is_away_for_a_moment_is_asked_again(college: World, there: Site) -> None:
    times = []

    def oai(handler: Any) -> None:
        times.append(1)
        if len(times) == 1:
            return answer(handler, b"", 503, headers={"Retry-After": "7"})
        return answer(handler, identity() if "Identify" in handler.path else listed(dc(1)))

    there.pages["/oai"] = oai
    run = harvesting.begin(made(there))
    assert running.go_on(run) is True
    run.refresh_from_db()
    assert run.state == State.RUNNING
    assert run.held_until and (run.held_until - timezone.now()).total_seconds() == pytest.approx(7, abs=1)
    Harvest.objects.update(held_until=None)
    running.go_on(run)
    run.refresh_from_db()
    assert (run.state, run.created) == (State.DONE, 1)


# Words of others


def test_an_older_licence_is_kept_as_its_source_says_it_until_it_says_another(there: Site) -> None:
    rights = "<dc:rights>https://creativecommons.org/licenses/by-sa/{}/</dc:rights>"
    serve(there, listed(dc(1, "Partager une tarte étoilée", rights.format("3.0/fr"))))
    source = made(there)
    read(source)
    row = Resource.objects.get(sightings__source=source)
    assert (row.licence, row.licence_version) == ("cc-by-sa", "3.0/fr")
    serve(there, listed(dc(1, "Partager une tarte étoilée", rights.format("4.0"))))
    assert read(source).changed == 1
    row.refresh_from_db()
    assert (row.licence, row.licence_version) == ("cc-by-sa", "")


@pytest.mark.parametrize(
    ("said", "licence", "version"),
    [
        ("http://creativecommons.org/licenses/by/3.0/fr/", "cc-by", "3.0/fr"),
        ("http://creativecommons.org/licenses/by-sa/3.0/", "cc-by-sa", "3.0"),
        ("https://creativecommons.org/licenses/by-sa/2.5/deed.fr", "cc-by-sa", "2.5"),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "cc-by-nc-sa", ""),
        ("CC-BY-NC-ND", "cc-by-nc-nd", ""),
        ("cc by sa 4.0", "cc-by-sa", ""),
        ("CC BY-SA 3.0 FR", "cc-by-sa", "3.0/fr"),
        ("CC BY-SA (https://creativecommons.org/licenses/by-sa/3.0/fr/)", "cc-by-sa", "3.0/fr"),
        ("CC BY-SA version 3.0", "cc-by-sa", "3.0"),
        ("CC BY-SA (3.0)", "cc-by-sa", "3.0"),
        ("CC BY \u2013 3.0", "cc-by", "3.0"),
        ("CC BY 3.0 de la maison", "cc-by", "3.0"),
        ("Creative Commons 3.0 BY", "cc-by", "3.0"),
        ("https://creativecommons.org/licenses/by/3.0/igo/", "cc-by", "3.0/igo"),
        ("Sous https://creativecommons.org/licenses/by/3.0/fr.", "cc-by", "3.0/fr"),
        ("Creative Commons Attribution v3.0", "cc-by", "3.0"),
        ("Creative Commons Attribution, 1.25 Mo", "cc-by", ""),
        ("RGAA 4.1. Licence Ouverte 2.0", "etalab", ""),
        ("Licence Ouverte v1", "etalab", "1.0"),
        ("Creative Commons Attribution - Pas d’Utilisation Commerciale", "cc-by-nc", ""),
        ("Creative Commons Attribution 2.0 France", "cc-by", "2.0/fr"),
        ("Licence Ouverte / Open Licence 2.0", "etalab", ""),
        ("Licence Ouverte version 1.0", "etalab", "1.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "cc0", ""),
        ("Domaine public", "cc0", ""),
        ("© Éditions d’essai, tous droits réservés", "", ""),
        ("Reproduction interdite by sa maison", "", ""),
        ("", "", ""),
    ],
)
def test_licences_are_known_by_their_address_or_their_name(said: str, licence: str, version: str) -> None:
    assert mapping.licence_of([said]) == (licence, version)


def test_a_version_may_be_said_beside_the_name_of_the_licence_and_not_by_another_one() -> None:
    address = "https://creativecommons.org/licenses/by-sa/3.0/fr/"
    assert mapping.licence_of(["CC BY-SA", address]) == ("cc-by-sa", "3.0/fr")
    assert mapping.licence_of(["CC BY", address]) == ("cc-by", "")


@pytest.mark.parametrize(
    ("licence", "version", "name", "deed"),
    [
        ("cc-by-sa", "", "CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/deed.fr"),
        (
            "cc-by-sa",
            "3.0/fr",
            "CC BY-SA 3.0 FR",
            "https://creativecommons.org/licenses/by-sa/3.0/fr/deed.fr",
        ),
        ("etalab", "1.0", "Licence Ouverte 1.0", ""),
        ("reserve", "", "Tous droits réservés", ""),
    ],
)
def test_a_licence_is_said_in_the_version_that_its_author_chose(
    licence: str, version: str, name: str, deed: str
) -> None:
    row = Resource(licence=licence, licence_version=version)
    assert (row.get_licence_display(), row.deed) == (name, deed)


@pytest.mark.parametrize(
    "said",
    [
        "javascript:alert(1)",
        "https://x.example:99999/",
        "https://[::1/",
        "https://moi:mot@x.example/",
        "https://x.example/\ud800",
        "data:x",
        "x.example",
        "https://x.example/a b",
    ],
)
def test_what_is_no_address_of_the_web_is_refused(said: str) -> None:
    with pytest.raises(mapping.Unfit):
        mapping.address_of([said])
    assert mapping.address_of([said, "https://x.example/"]) == "https://x.example/"


def test_words_keep_no_markup() -> None:
    assert (
        mapping.text_of("<p>Un</p><p>deux &lt;img src=x onerror=alert(1)&gt; &amp;amp; trois</p>\x00")
        == "Un deux & trois"
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("PT1H30M", 90),
        ("PT45M", 45),
        ("PT2H", 120),
        ("P1D", 1440),
        ("PT0S", None),
        ("2 h", None),
        ("PT99999999H", None),
    ],
)
def test_durations(said: str, expected: int | None) -> None:
    assert mapping.minutes_of(said) == expected


def test_places_by_concept_and_by_name_the_narrowest_first(college: World) -> None:
    places = mapping.Places()

    def named(*paths: list[str]) -> list[str]:
        return sorted(Node.objects.filter(pk__in=places.of(paths)).values_list("key", flat=True))

    concept = "http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-"
    assert named(["collège", f"{concept}022-num-016", "3e", f"{concept}022-num-023"]) == ["3e"]
    assert named(["Collège"]) == ["3e", "4e", "5e", "6e"]
    assert named([f"{concept}022-num-619"]) == ["ce1", "ce2", "cp"]
    assert named(["Maths"]) == ["mathematiques"]
    assert named(["sciences"]) == []
    assert named(["rien"]) == []


def test_the_defaults_of_a_source_fill_what_records_do_not_say(college: World, there: Site) -> None:
    serve(
        there,
        listed(
            dc(1), dc(2, more="<dc:coverage>CM2</dc:coverage><dc:rights>Tous droits réservés</dc:rights>")
        ),
    )
    source = made(there, levels=["cm1"], subjects=["svt"], licence="etalab", type="fiche")
    read(source)
    one, two = Resource.objects.filter(sightings__source=source).order_by("title")
    assert ({node.key for node in one.nodes.all()}, one.licence, one.type) == (
        {"cm1", "svt"},
        "etalab",
        "fiche",
    )
    assert ({node.key for node in two.nodes.all()}, two.licence) == ({"cm2", "svt"}, "reserve")


SAMPLE = Path(os.environ.get("SCOLOMFR", "nowhere")) / "samples/ExempleManuelReferenceScoLOMFRv3-1.xml"


@pytest.mark.skipif(not SAMPLE.exists(), reason="SCOLOMFR names no folder with its sample")
def test_the_sample_of_the_manual_of_scolomfr(college: World, there: Site) -> None:
    record = SAMPLE.read_text().partition("?>")[2]
    serve(
        there,
        listed(
            f"<record><header><identifier>oai:test:lom</identifier></header><metadata>{record}</metadata></record>"
        ),
    )
    source = made(there, prefix="lom")
    run = read(source)
    assert (run.created, run.refused) == (1, 0), run.problems
    row = Resource.objects.get(sightings__source=source)
    assert row.title == "La bataille de Verdun"
    assert [node.key for node in row.levels] == ["3e"]
    assert row.outside.host == "ac-clermont.fr"
    assert (row.type, row.duration, row.audiences, row.licence) == (
        "image-animee",
        120,
        ["enseignant"],
        "reserve",
    )
    assert "Première Guerre mondiale" in row.keywords
    assert not any("@" in name for name in row.authors)


def test_we_harvest_ourselves_and_find_our_own_rows(
    transactional_db: None,
    planted: dict[str, World],
    live_server: Any,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Our provider, read by our harvester through a real server: nothing is doubled."""
    settings.PUBLIC_URL = live_server.url
    monkeypatch.setattr(provider, "A_PAGE", 30)
    before = Resource.objects.count()
    with site() as nowhere:
        source = made(nowhere, prefix="lom", path="/")
    Source.objects.update(address=f"{live_server.url}/ressources/oai")
    source.refresh_from_db()
    run = read(source)
    assert (run.state, run.refused, run.created) == (State.DONE, 0, 0), run.problems
    assert run.merged == before > 100
    assert run.pages > 4
    assert Resource.objects.count() == before
    run = read(source)
    assert (run.state, run.withdrawn) == (State.DONE, 0)


@pytest.mark.parametrize("prefix", ["oai_dc", "lom"])
def test_another_house_like_ours_is_harvested_whole(
    college: World, there: Site, settings: Any, prefix: str
) -> None:
    """What our provider says under another name: every record finds its places, its licence and its kind again."""
    settings.PUBLIC_URL = "https://autre.example"
    client = Client()
    pages = [client.get("/ressources/oai", {"verb": "ListRecords", "metadataPrefix": prefix}).content]
    while b"expirationDate" in pages[-1]:
        token = pages[-1].decode().partition("<resumptionToken")[2].partition(">")[2].partition("<")[0]
        pages.append(client.get("/ressources/oai", {"verb": "ListRecords", "resumptionToken": token}).content)
    settings.PUBLIC_URL = "https://ent.example.org"

    def oai(handler: Any) -> None:
        if "Identify" in handler.path:
            return answer(handler, identity())
        return answer(handler, pages[1 if "resumptionToken" in handler.path else 0])

    there.pages["/oai"] = oai
    source = made(there, prefix=prefix)
    mine = {row.title: row for row in Resource.objects.published().with_record()}
    run = read(source)
    assert (run.state, run.refused, run.created) == (State.DONE, 0, len(mine)), run.problems
    for row in Resource.objects.filter(sightings__source=source).with_record():
        own = mine[row.title]
        assert row.licence == own.licence
        assert [node.key for node in row.levels] == [node.key for node in own.levels], row.title
        # Dublin Core does not say which of its words are subjects of the programmes: « histoire » may be a tale.
        assert {node.key for node in row.subjects} >= {node.key for node in own.subjects}
        if prefix == "lom":
            assert [node.key for node in row.subjects] == [node.key for node in own.subjects]
            assert row.duration == own.duration


def test_the_command_reads_a_source_or_says_why_not(college: World, there: Site, capsys: Any) -> None:
    serve(there, listed(dc(1)))
    made(there)
    call_command("harvest", "essai")
    assert "1 ajoutées" in capsys.readouterr().out
    call_command("harvest", "essai", "--essai")
    with pytest.raises(CommandError, match="Aucune source"):
        call_command("harvest", "rien")
    there.pages["/oai"] = "<html>"
    with pytest.raises(CommandError, match="page web"):
        call_command("harvest", "essai")


def test_what_is_due_begins_and_what_is_left_goes_on(
    college: World, there: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(type(tasks.harvest), "enqueue", lambda self, pk: sent.append(pk))
    now = timezone.now()
    due = made(there, due_at=now)
    made(there, slug="plus-tard", due_at=now + timedelta(days=1))
    made(there, slug="en-pause", due_at=now, is_paused=True)
    assert tasks.harvest_due.func() == 1
    run = Harvest.objects.get()
    assert (run.source, sent) == (due, [run.pk])
    due.refresh_from_db()
    assert due.due_at and due.due_at > now
    Harvest.objects.update(held_until=now + timedelta(minutes=1))
    assert tasks.harvest_due.func() == 0
    assert Sighting.objects.count() == 0
