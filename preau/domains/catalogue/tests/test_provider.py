"""What other catalogues and other sites read of ours: OAI-PMH, oEmbed and the cards."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import html5lib
import pytest
from django.core import signing
from django.test import Client
from lxml import etree

from preau.directory.seeds.world import World
from preau.domains.catalogue import rules
from preau.domains.catalogue.actions.publishing import Report, _withdraw, next_edition
from preau.domains.catalogue.exports import lom, oai
from preau.domains.catalogue.models import Node, Resource
from preau.domains.catalogue.queries import provided

pytestmark = pytest.mark.django_db
NS = {"o": oai.OAI, "dc": oai.DC, "lom": "http://ltsc.ieee.org/xsd/LOM"}
KEY = "nombres-et-calculs/les-fractions-et-la-tablette"
SITE = "https://ent.example.org"


@pytest.fixture(autouse=True)
def site(college: World, settings: Any) -> None:
    settings.PUBLIC_URL = SITE


def ask(**arguments: str) -> Any:
    named = {name.rstrip("_"): value for name, value in arguments.items()}
    client = Client()
    answer = client.get("/ressources/oai", named)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert not client.cookies
    return etree.fromstring(answer.content)


def codes(tree: Any) -> list[str]:
    return [one.get("code") for one in tree.findall("o:error", NS)]


def test_it_says_what_it_is() -> None:
    tree = ask(verb="Identify")
    by_name = {etree.QName(one).localname: one.text for one in tree.find("o:Identify", NS)}
    assert by_name["baseURL"] == f"{SITE}/ressources/oai"
    assert by_name["protocolVersion"] == "2.0"
    assert by_name["deletedRecord"] == "persistent"
    assert by_name["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert "@" in by_name["adminEmail"]
    assert datetime.strptime(by_name["earliestDatestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert tree.find("o:request", NS).attrib == {"verb": "Identify"}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Nothing", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&set=x", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=lom", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-01&until=2026-11-02T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-11-02&until=2026-11-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=%00", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=nowhere:x", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=collection:x", "noRecordsMatch"),
        ("verb=ListIdentifiers&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:elsewhere:x", "idDoesNotExist"),
        (
            f"verb=GetRecord&metadataPrefix=marc&identifier=oai:ent.example.org:{KEY}",
            "cannotDisseminateFormat",
        ),
        ("verb=ListMetadataFormats&identifier=x", "idDoesNotExist"),
    ],
)
def test_each_fault_has_its_code(query: str, code: str) -> None:
    for answer in (
        Client().get(f"/ressources/oai?{query}"),
        Client(enforce_csrf_checks=True).post("/ressources/oai", query, "application/x-www-form-urlencoded"),
    ):
        assert answer.status_code == 200
        tree = etree.fromstring(answer.content)
        assert codes(tree) == [code]
        if code in {"badVerb", "badArgument"}:
            assert dict(tree.find("o:request", NS).attrib) == {}


def test_the_whole_list_is_read_page_after_page_without_a_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oai, "A_PAGE", 40)
    for verb, path in (
        ("ListRecords", "o:ListRecords/o:record/o:header"),
        ("ListIdentifiers", "o:ListIdentifiers/o:header"),
    ):
        tree, found, pages = ask(verb=verb, metadataPrefix="oai_dc"), [], 1
        while True:
            found += [one.findtext("o:identifier", namespaces=NS) for one in tree.findall(path, NS)]
            token = tree.find(f"o:{verb}/o:resumptionToken", NS)
            assert token.get("completeListSize") == str(Resource.objects.count())
            if not token.text:
                break
            tree, pages = ask(verb=verb, resumptionToken=token.text), pages + 1
        assert pages > 3
        assert len(found) == len(set(found)) == Resource.objects.count()


def test_a_token_serves_its_verb_alone_and_not_for_ever(monkeypatch: pytest.MonkeyPatch, clock: Any) -> None:
    monkeypatch.setattr(oai, "A_PAGE", 10)
    token = ask(verb="ListRecords", metadataPrefix="lom").findtext(
        "o:ListRecords/o:resumptionToken", namespaces=NS
    )
    assert codes(ask(verb="ListIdentifiers", resumptionToken=token)) == ["badResumptionToken"]
    assert codes(ask(verb="ListRecords", resumptionToken=token + "x")) == ["badResumptionToken"]
    forged = signing.dumps(["ListRecords"], salt="elsewhere")
    assert codes(ask(verb="ListRecords", resumptionToken=forged)) == ["badResumptionToken"]
    assert not codes(ask(verb="ListRecords", resumptionToken=token))
    assert ask(verb="ListRecords", resumptionToken=token).find(".//lom:lom", NS) is not None
    monkeypatch.setattr(oai, "KEPT", timedelta(seconds=-1))
    assert codes(ask(verb="ListRecords", resumptionToken=token)) == ["badResumptionToken"]


def test_a_withdrawn_record_is_told_as_deleted_and_only_since_then() -> None:
    row = Resource.objects.get(key=KEY)
    Resource.objects.update(noted_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert codes(ask(verb="ListRecords", metadataPrefix="oai_dc", from_="2026-06-01")) == ["noRecordsMatch"]
    _withdraw([row], next_edition(), Report())
    tree = ask(verb="ListRecords", metadataPrefix="oai_dc", from_="2026-06-01")
    (record,) = tree.findall("o:ListRecords/o:record", NS)
    assert record.find("o:header", NS).get("status") == "deleted"
    assert record.find("o:metadata", NS) is None
    one = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:ent.example.org:{KEY}")
    assert one.find(".//o:header", NS).get("status") == "deleted"


def test_sets_are_collections_and_levels(college: World) -> None:
    named = {
        one.findtext("o:setSpec", namespaces=NS) for one in ask(verb="ListSets").iter(f"{{{oai.OAI}}}set")
    }
    assert {"collection", "niveau", "collection:nombres-et-calculs", "niveau:cm1", "niveau:cycle-3"} <= named
    for part, expected in (
        (
            "collection:nombres-et-calculs",
            Resource.objects.filter(collection__slug="nombres-et-calculs").count(),
        ),
        ("niveau:cm1", Resource.objects.filter(nodes__kind=Node.Kind.LEVEL, nodes__key="cm1").count()),
    ):
        headers = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", set=part).findall(".//o:header", NS)
        assert len(headers) == expected > 0
        assert all(part in [one.text for one in header.findall("o:setSpec", NS)] for header in headers)


def test_a_record_in_both_formats() -> None:
    identifier = f"oai:ent.example.org:{KEY}"
    dc = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=identifier)
    assert dc.findtext(".//dc:identifier", namespaces=NS) == f"{SITE}/ressources/{KEY}/"
    assert "CC BY 4.0" in [one.text for one in dc.iter(f"{{{oai.DC}}}rights")]
    lom = ask(verb="GetRecord", metadataPrefix="lom", identifier=identifier)
    concepts = [one.text for one in lom.iter("{http://ltsc.ieee.org/xsd/LOM}id")]
    assert "http://data.education.fr/voc/scolomfr/concept/scolomfr-voc-022-num-014" in concepts
    assert lom.findtext(".//lom:technical/lom:location", namespaces=NS) == f"{SITE}/ressources/{KEY}/"


def test_signs_that_no_xml_holds_are_left_out() -> None:
    Resource.objects.filter(key=KEY).update(title="Un \x01 <b>titre</b> & \ufffe")
    tree = ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:ent.example.org:{KEY}")
    assert tree.findtext(".//dc:title", namespaces=NS) == "Un  <b>titre</b> & "


def test_whoever_asks_without_end_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_ASKED", 1)
    assert Client().get("/ressources/oai?verb=Identify").status_code == 200
    stopped = Client().get("/ressources/oai?verb=Identify")
    assert stopped.status_code == 503
    assert int(stopped["Retry-After"]) > 0
    assert Client().get("/ressources/oai?verb=Identify", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_a_site_is_told_how_to_show_a_resource() -> None:
    page = Client().get(f"/ressources/{KEY}/").content.decode()
    there = f"{SITE}/ressources/{KEY}/"
    assert f"/ressources/oembed?url={quote(there, safe='')}&amp;format=json" in page
    answer = Client().get("/ressources/oembed", {"url": there})
    payload = json.loads(answer.content)
    assert (payload["version"], payload["type"]) == ("1.0", "rich")
    assert f'src="{SITE}/ressources/{KEY}/carte/"' in payload["html"]
    assert "sandbox=" in payload["html"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    small = Client().get("/ressources/oembed", {"url": there, "maxwidth": "320", "maxheight": "100"}).json()
    assert (small["width"], small["height"]) == (320, 100)
    written = Client().get("/ressources/oembed", {"url": there, "format": "xml"})
    assert etree.fromstring(written.content).findtext("title") == payload["title"]


def test_a_title_stays_text_in_the_frame() -> None:
    Resource.objects.filter(key=KEY).update(title='"><script>alert(1)</script>')
    payload = Client().get("/ressources/oembed", {"url": f"{SITE}/ressources/{KEY}/"}).json()
    assert "<script" not in payload["html"]
    assert "<script" not in Client().get(f"/ressources/{KEY}/carte/").content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 404),
        ({"url": f"{SITE}/ressources/{KEY}/", "format": "yaml"}, 501),
        ({"url": f"{SITE}/ressources/{KEY}/", "maxwidth": "wide"}, 400),
        ({"url": "https://elsewhere.example/ressources/a/b/"}, 404),
        ({"url": f"{SITE}/ressources/{KEY}x/"}, 404),
        ({"url": f"{SITE}/profil/"}, 404),
        ({"url": "http://[::1"}, 404),
        ({"url": "\x00"}, 404),
    ],
)
def test_what_cannot_be_shown_is_said(query: dict[str, str], status: int) -> None:
    assert Client().get("/ressources/oembed", query).status_code == status


def test_a_card_stands_in_any_page_and_does_nothing_there() -> None:
    client = Client()
    answer = client.get(f"/ressources/{KEY}/carte/")
    assert answer.status_code == 200
    assert "X-Frame-Options" not in answer
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert not client.cookies
    page = answer.content.decode()
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    parser.parse(page)
    assert [code for _, code, _ in parser.errors] == []
    assert "<script" not in page
    assert client.get(f"/ressources/{KEY}x/carte/").status_code == 404
    assert "frame-ancestors 'none'" in client.get(f"/ressources/{KEY}/")["Content-Security-Policy"]


SCHEMA = Path(os.environ.get("SCOLOMFR", "nowhere")) / "xsd-3.1/scolomfr.xsd"


@pytest.mark.skipif(not SCHEMA.exists(), reason="SCOLOMFR names no folder with its schema")
def test_every_record_is_valid_by_the_schema_of_scolomfr() -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    for row in provided.with_all(provided.ours()):
        record = etree.fromstring(etree.tostring(lom.record(row)))
        assert schema.validate(record), (row.key, schema.error_log.last_error)
