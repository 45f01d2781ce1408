"""The pages of whoever runs the platform: sources, trials, readings, decisions; and that nobody else opens them."""

from typing import Any

import pytest
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Holding, Person, Territory
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.catalogue import tasks
from preau.domains.catalogue.actions import harvesting
from preau.domains.catalogue.actions.harvesting import HarvestedRecord
from preau.domains.catalogue.actions.publishing import count_miss
from preau.domains.catalogue.models import Harvest, Miss, Resource, Source
from preau.domains.catalogue.tests import props
from preau.identity.models import Account
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

pytestmark = pytest.mark.django_db
HERE = "/catalogue/sources/"
TYPED = {
    "name": "Manuels libres",
    "slug": "manuels-libres",
    "institution": "Maison d’essai",
    "kind": "oai",
    "address": "https://manuels.example/oai",
    "prefix": "lom",
    "part": "",
    "every_days": "7",
    "audiences": ["eleve"],
    "type": "lecon",
    "licence": "etalab",
    "access": "libre",
    "levels": ["cm1"],
    "subjects": ["mathematiques"],
}


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Readings asked for; no network is there."""
    sent: list[int] = []
    monkeypatch.setattr(type(tasks.harvest), "enqueue", lambda self, pk: sent.append(pk))
    return sent


def hired(territory: Territory | None = None) -> Person:
    person = Person.objects.create(family_name="Roussel", given_name="Inès")
    Holding.objects.create(person=person, role=Role.OPERATOR, territory=territory)
    Account.objects.create_account(f"ines.{person.pk}", person)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def operator(college: World, client: SchoolClient) -> SchoolClient:
    client.sit(hired())
    return client


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def filled(source: Source, count: int) -> Harvest:
    run = harvesting.begin(source, by_hand=True)
    found = [
        HarvestedRecord(
            f"n{n}",
            f"notice {n}",
            f"https://manuels.example/{n}",
            f"Manuel {n}",
            facts={"type": "lecon", "licence": "etalab", "authors": []},
        )
        for n in range(count)
    ]
    run = harvesting.take_in(run, found, [("notice 9", "Pas de titre.")], {}, 100, 60)
    return harvesting.finish(run, {}, is_whole=True)


def test_a_source_is_added_tried_read_and_put_on_hold(
    operator: SchoolClient, nobody_works: list[int]
) -> None:
    assert "Aucune source" in text(operator.get(HERE))
    assert operator.post(f"{HERE}ajouter/", TYPED).status_code == 302
    source = Source.objects.get()
    assert (source.institution.name, source.collection.title, source.levels, source.every_days) == (
        "Maison d’essai",
        "Manuels libres",
        ["cm1"],
        7,
    )
    page = f"{HERE}manuels-libres/"
    assert "Pas encore lue" in text(operator.get(page))
    answer = operator.post(f"{page}essayer/")
    run = Harvest.objects.get()
    assert (answer.url, run.is_trial, nobody_works) == (f"{HERE}moissons/{run.pk}/", True, [run.pk])
    # A second click finds the first one at work.
    assert operator.post(f"{page}moissonner/").url == page
    assert Harvest.objects.count() == 1
    assert operator.post(f"{HERE}moissons/{run.pk}/decider/", {"geste": "arreter"}).status_code == 302
    run.refresh_from_db()
    assert run.state == "stopped"
    operator.post(f"{page}moissonner/")
    assert Harvest.objects.filter(is_trial=False, by_hand=True).count() == 1
    operator.post(f"{page}pause/", {"state": "pause"})
    source.refresh_from_db()
    assert (source.is_paused, source.due_at) == (True, None)
    assert tasks.harvest_due.func() == 1
    operator.post(f"{page}pause/", {"state": "resume"})
    source.refresh_from_db()
    assert not source.is_paused
    verbs = set(Line.objects.filter(verb__startswith="catalogue.").values_list("verb", flat=True))
    assert verbs == {
        f"catalogue.{one}" for one in ("source_added", "tried", "harvested", "stopped", "paused", "resumed")
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("address", "ailleurs"),
        ("address", "http://manuels.example/oai"),
        ("address", "file:///etc/passwd"),
        ("address", "https://moi:secret@manuels.example/"),
        ("slug", "Manuels Libres"),
        ("slug", "recherche"),
        ("slug", "moissons"),
        ("slug", "nombres-et-calculs"),
        ("levels", ["licence"]),
        ("audiences", []),
        ("name", ""),
    ],
)
def test_a_mistake_is_said_and_the_rest_is_still_there(operator: SchoolClient, name: str, value: Any) -> None:
    answer = operator.post(f"{HERE}ajouter/", TYPED | {name: value})
    assert answer.status_code == 422
    assert "Maison d’essai" in text(answer)
    assert not Source.objects.exists()


def test_a_source_that_changes_is_read_whole_again(operator: SchoolClient) -> None:
    operator.post(f"{HERE}ajouter/", TYPED)
    Source.objects.update(marks={"from": "2026-01-01"})
    page = f"{HERE}manuels-libres/modifier/"
    same = {name: value for name, value in TYPED.items() if name != "slug"}
    operator.post(page, same)
    assert Source.objects.get().marks == {"from": "2026-01-01"}
    operator.post(page, same | {"licence": "cc-by"})
    source = Source.objects.get()
    assert (source.marks, source.licence, source.slug) == ({}, "cc-by", "manuels-libres")


def test_what_a_source_has_lost_waits_on_its_page(operator: SchoolClient) -> None:
    operator.post(f"{HERE}ajouter/", TYPED)
    source = Source.objects.get()
    filled(source, 4)
    run = filled(source, 1)
    assert run.state == "waiting"
    assert "Une décision vous attend" in text(operator.get(HERE))
    page = f"{HERE}moissons/{run.pk}/"
    shown = text(operator.get(page))
    assert "3 ressources ne s’y trouvent plus" in shown
    assert "Pas de titre." in shown
    operator.post(f"{page}decider/", {"geste": "retirer"})
    assert Resource.objects.published().filter(sightings__source=source).count() == 1
    # A second click, or another gesture, finds it decided.
    operator.post(f"{page}decider/", {"geste": "garder"})
    run.refresh_from_db()
    assert (run.state, run.withdrawn) == ("done", 3)
    assert Line.objects.filter(verb="catalogue.agreed").count() == 1
    assert Line.objects.filter(verb="catalogue.kept").count() == 0
    table = b"".join(operator.get(f"{page}exporter/").streaming_content).decode("utf-8-sig")
    assert "notice 9;Pas de titre." in table
    table = b"".join(operator.get(f"{HERE}manuels-libres/exporter/").streaming_content).decode("utf-8-sig")
    assert len(table.splitlines()) == 3


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_what_a_source_says_is_no_formula_in_a_spreadsheet(operator: SchoolClient, sign: str) -> None:
    operator.post(f"{HERE}ajouter/", TYPED)
    run = filled(Source.objects.get(), 1)
    run.problems = [{"where": f"{sign}1+1", "why": f"{sign}HYPERLINK(1)"}]
    run.save()
    table = b"".join(operator.get(f"{HERE}moissons/{run.pk}/exporter/").streaming_content).decode("utf-8-sig")
    assert f"'{sign}1+1;'{sign}HYPERLINK(1)" in table


@pytest.mark.parametrize(
    "path",
    ["", "ajouter/", "liens-morts/", "liens-morts/exporter/", "manuels-libres/", "manuels-libres/modifier/"],
)
def test_nobody_else_opens_them(path: str, college: World, client: SchoolClient) -> None:
    client.sit(hired())
    client.post(f"{HERE}ajouter/", TYPED)
    place = Territory.objects.create(kind="academie", code="14", name="14")
    for person in (
        college.people["head"],
        college.people["teacher"],
        college.people["guardian"],
        hired(place),
    ):
        client.sit(person)
        assert client.get(f"{HERE}{path}").status_code in {403, 404}
    assert client.post(f"{HERE}manuels-libres/pause/", {"state": "pause"}).status_code in {403, 404}
    assert not Source.objects.get().is_paused


def test_reports_of_a_year_ago_go_and_the_last_one_stays(operator: SchoolClient, clock: Any) -> None:
    operator.post(f"{HERE}ajouter/", TYPED)
    source = Source.objects.get()
    for _ in range(3):
        filled(source, 2)
    Harvest.objects.update(ended_at=timezone.now() - tasks.KEPT * 2)
    assert tasks.drop_old_harvests.func() == 2
    assert source.harvests.count() == 1


def test_thirty_rows_cost_the_queries_of_one(college: World, operator: SchoolClient) -> None:
    for address, more in (
        (HERE, props.many_sources),
        (f"{HERE}source-0/", props.many_harvests),
        (f"{HERE}liens-morts/", props.many_dead_links),
        ("/catalogue/manques/", props.many_misses),
    ):
        more(college, 1)
        operator.get(address)
        _answer, one = counted(operator, address)
        more(college, 29)
        answer, thirty = counted(operator, address)
        assert thirty == one <= MOST_QUERIES, address
        assert len(answer.content) <= MOST_BYTES
        assert list(faults(answer.content.decode())) == []


def test_each_state_of_a_reading_is_shown_everywhere(operator: SchoolClient) -> None:
    operator.post(f"{HERE}ajouter/", TYPED)
    source = Source.objects.get()
    for state, label in Harvest.State.choices:
        run = Harvest.objects.create(source=source, state=state, began_at=timezone.now(), reason="Un motif.")
        for address in (HERE, f"{HERE}manuels-libres/", f"{HERE}moissons/{run.pk}/"):
            assert str(label) in text(operator.get(address)), (state, address)


def test_what_people_do_not_find_is_read_exported_and_cleared(operator: SchoolClient, college: World) -> None:
    assert "Rien ne manque" in text(operator.get("/catalogue/manques/"))
    for words in ("Dragons", "dragons", "=volcans"):
        count_miss(words)
    page = text(operator.get("/catalogue/manques/"))
    assert page.index("dragons") < page.index("volcans")
    sheet = b"".join(operator.get("/catalogue/manques/exporter/").streaming_content).decode("utf-8-sig")
    assert sheet.splitlines()[1].startswith("dragons;2;")
    for _ in range(2):
        assert (
            operator.post("/catalogue/manques/retirer/", {"mots": "dragons"}, follow=True).status_code == 200
        )
    assert not Miss.objects.filter(words="dragons").exists()
    line = Line.objects.get(verb="catalogue.miss_cleared")
    assert "dragons" not in str(line.details)
    for key in ("head", "teacher", "guardian"):
        client = SchoolClient().sit(college.people[key])
        assert client.get("/catalogue/manques/").status_code == 403, key
        assert client.post("/catalogue/manques/retirer/", {"mots": "volcans"}).status_code == 403, key
    assert Miss.objects.get().words == "volcans"
