"""Harvesters that others wrote (Sickle, oaipmh-scythe) read our provider through our real server; ours reads a provider of pyoai."""

import importlib
import sys
import types
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest

from preau.directory.seeds.world import World
from preau.domains.catalogue.actions import harvesting
from preau.domains.catalogue.exports import oai
from preau.domains.catalogue.imports.harvest import reading
from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.tests.sites import Site, answer, site
from preau.domains.catalogue.tests.test_harvest import keys, made, read
from tests.foreign.test_cas_clients import foreign

sickle, scythe, common = foreign("sickle"), foreign("oaipmh_scythe"), foreign("oaipmh.common")
KEY = "nombres-et-calculs/les-fractions-et-la-tablette"


@pytest.fixture(autouse=True)
def ours(planted: dict[str, World], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    settings.SIGNON_LOOPBACK = True
    monkeypatch.setattr(oai, "A_PAGE", 30)
    monkeypatch.setattr(reading, "PAUSE", 0)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sickle_reads_everything(live_server: Any, method: str) -> None:
    reader = sickle.Sickle(f"{live_server.url}/ressources/oai", http_method=method)
    identity = reader.Identify()
    assert (identity.protocolVersion, identity.deletedRecord) == ("2.0", "persistent")
    assert {listmetadataformat.metadataPrefix for listmetadataformat in reader.ListMetadataFormats()} == {
        "oai_dc",
        "lom",
    }
    assert "collection:nombres-et-calculs" in {listset.setSpec for listset in reader.ListSets()}
    Resource.objects.filter(key=KEY).update(status="withdrawn")
    records = list(reader.ListRecords(metadataPrefix="oai_dc"))
    assert len(records) == Resource.objects.count() > 100
    assert [record.header.identifier for record in records if record.deleted] == [
        f"oai:ent.example.org:{KEY}"
    ]
    assert all(record.metadata["title"] for record in records if not record.deleted)
    inside = list(reader.ListIdentifiers(metadataPrefix="lom", set="niveau:cm1"))
    assert 0 < len(inside) < len(records)
    one = reader.GetRecord(metadataPrefix="oai_dc", identifier=inside[0].identifier)
    assert one.header.identifier == inside[0].identifier
    with pytest.raises(sickle.oaiexceptions.NoRecordsMatch):
        reader.ListRecords(metadataPrefix="oai_dc", until="1999-01-01")
    with pytest.raises(sickle.oaiexceptions.CannotDisseminateFormat):
        reader.ListRecords(metadataPrefix="marc21")
    with pytest.raises(sickle.oaiexceptions.IdDoesNotExist):
        reader.GetRecord(metadataPrefix="oai_dc", identifier="oai:x:y")


def test_scythe_reads_everything(live_server: Any) -> None:
    with scythe.Scythe(f"{live_server.url}/ressources/oai") as reader:
        assert reader.identify().granularity == "YYYY-MM-DDThh:mm:ssZ"
        records = list(reader.list_records(metadata_prefix="lom"))
        assert len(records) == Resource.objects.count() > 100
        assert len(list(reader.list_identifiers(metadata_prefix="oai_dc", from_="2000-01-01"))) == len(
            records
        )
        assert len(list(reader.list_sets())) > 10
        one = reader.get_record(identifier=records[0].header.identifier, metadata_prefix="oai_dc")
        assert one.metadata["title"]


class Shelf:
    """Twenty-five records, as pyoai's server asks for them."""

    gone: set[int] = set()

    def identify(self) -> Any:
        return common.Identify(
            "Un entrepôt",
            "http://x",
            "2.0",
            ["contact@entrepot.example"],
            datetime(2020, 1, 1),  # noqa: DTZ001, pyoai wants naive moments of UTC
            "persistent",
            "YYYY-MM-DDThh:mm:ssZ",
            ["identity"],
        )

    def listRecords(self, cursor: int = 0, batch_size: int = 10, **asked: Any) -> Any:  # noqa: N802 - its name for it
        for number in list(range(25))[cursor : cursor + batch_size]:
            fields = {
                "title": [f"Œuvre n° {number}"],
                "identifier": [f"https://entrepot.example/{number}"],
                "rights": ["CC BY-SA"],
                "subject": ["Histoire"],
                "coverage": ["5e"],
            }
            deleted = number in self.gone
            header = common.Header(None, f"oai:entrepot:{number}", datetime(2026, 1, 1), [], deleted)  # noqa: DTZ001
            yield header, None if deleted else common.Metadata(None, fields), None


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Its server, behind a real address."""
    # It asks `cgi` for one function, which left it long before `cgi` itself left Python.
    older = types.ModuleType("cgi")
    older.parse_qs = parse_qs  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cgi", older)
    server, metadata = importlib.import_module("oaipmh.server"), importlib.import_module("oaipmh.metadata")
    known = metadata.MetadataRegistry()
    known.registerWriter("oai_dc", server.oai_dc_writer)
    made = server.BatchingServer(Shelf(), known, resumption_batch_size=10)
    with site() as found:
        found.pages["/oai"] = lambda handler: answer(
            handler, made.handleRequest(dict(parse_qsl(handler.path.partition("?")[2])))
        )
        yield found


def test_we_read_a_provider_of_pyoai(planted: dict[str, World], provider: Site, seat_of: Any) -> None:
    source = made(provider)
    run = read(source)
    assert (run.state, run.created, run.pages, run.refused) == ("done", 25, 3, 0), (run.reason, run.problems)
    row = Resource.objects.get(title="Œuvre n° 7")
    assert (row.licence, [node.key for node in row.levels], [node.key for node in row.subjects]) == (
        "cc-by-sa",
        ["5e"],
        ["histoire"],
    )
    Shelf.gone = {3, 4}
    try:
        run = read(source)
    finally:
        Shelf.gone = set()
    assert (run.state, run.withdrawn, run.same) == ("done", 2, 23)
    assert len(keys(source)) == 23
    assert harvesting.plain("https://entrepot.example/3") == "entrepot.example/3?"
