"""The resources for programs, without a key: what is listed, how it is followed, and how mistakes are answered."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from preau.directory.seeds.world import World
from preau.domains.catalogue import rules
from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.queries import index
from preau.foundation import webapi

pytestmark = pytest.mark.django_db
LIST = "/api/v1/ressources"
KEY = "nombres-et-calculs/les-fractions-et-la-tablette"


@pytest.fixture(autouse=True)
def planted(college: World) -> None:
    index.engine(wait=True)


def ask(address: str = LIST, **query: Any) -> Any:
    client = Client()
    answer = client.get(address, query)
    assert not client.cookies
    assert answer["Access-Control-Allow-Origin"] == "*"
    return answer


def all_of(**query: Any) -> list[dict[str, Any]]:
    found, payload = [], ask(**query).json()
    while True:
        found += payload["elements"]
        if not payload["suivant"]:
            return found
        payload = ask(**query, suivant=payload["suivant"]).json()


def test_everything_is_read_page_after_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webapi, "PER_PAGE", 40)
    rows = all_of()
    assert {row["identifiant"] for row in rows} == set(
        Resource.objects.published().values_list("key", flat=True)
    )
    assert len(rows) == Resource.objects.published().count()
    monkeypatch.setattr(webapi, "PER_PAGE", 4)
    found = all_of(q="calcul")
    assert len(found) == len({row["identifiant"] for row in found}) == ask(q="calcul").json()["total"] > 8


def test_filters_narrow_and_a_withdrawn_resource_is_not_listed() -> None:
    assert {level["cle"] for row in all_of(niveau="cm1") for level in row["niveaux"]} >= {"cm1"}
    assert all("cm1" in [level["cle"] for level in row["niveaux"]] for row in all_of(niveau="cm1"))
    assert all(row["type"] == "lecon" for row in all_of(type="lecon"))
    assert all("enseignant" in row["publics"] for row in all_of(public="enseignant"))
    named = [row["identifiant"] for row in all_of(q="calcul")]
    of_one = [row["identifiant"] for row in all_of(q="calcul", collection="nombres-et-calculs")]
    assert of_one == [key for key in named if key.startswith("nombres-et-calculs/")] and len(of_one) < len(
        named
    )
    assert not all_of(q="fractions", depuis="2999-01-01")
    for odd in (f"{KEY}%00", f"{KEY}%0A", "a%00/b"):
        assert ask(f"{LIST}/{odd}").status_code == 404
    Resource.objects.filter(key=KEY).update(status="withdrawn")
    assert KEY not in {row["identifiant"] for row in all_of()}
    assert ask(f"{LIST}/{KEY}").status_code == 410
    assert ask(f"{LIST}/{KEY}x").status_code == 404


def test_one_resource_is_told_as_on_its_page() -> None:
    payload = ask(f"{LIST}/{KEY}").json()
    assert payload["licence"] == {
        "cle": "cc-by",
        "nom": "CC BY 4.0",
        "libre": True,
        "adresse": "https://creativecommons.org/licenses/by/4.0/deed.fr",
    }
    assert payload["ailleurs"] == ""
    assert payload["adresse"].endswith(f"/ressources/{KEY}/")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"niveau": "CM 1"}, "niveau"),
        ({"niveau": "\x00"}, "niveau"),
        ({"type": "film"}, "type"),
        ({"licence": "libre"}, "licence"),
        ({"depuis": "hier"}, "depuis"),
        ({"depuis": "0"}, "depuis"),
        ({"depuis": "2026-02-30"}, "depuis"),
        ({"suivant": "é"}, "suivant"),
        ({"q": "x" * 300}, "q"),
        ({"suivant": "x" * 600}, "suivant"),
    ],
)
def test_what_is_badly_written_is_said_beside_its_parameter(query: dict[str, str], parameter: str) -> None:
    answer = ask(**query)
    assert (answer.status_code, answer["Content-Type"]) == (422, webapi.PROBLEM)
    assert list(answer.json()["parametres"]) == [parameter]


def test_the_page_after_is_that_of_the_same_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webapi, "PER_PAGE", 5)
    token = ask(niveau="cm1").json()["suivant"]
    assert ask(niveau="cm1", suivant=token).status_code == 200
    for query in ({"niveau": "cm2", "suivant": token}, {"niveau": "cm1", "suivant": "x"}):
        answer = ask(**query)
        assert answer.status_code == 404 and list(answer.json()["parametres"]) == ["suivant"]


def test_nothing_is_written_and_nobody_asks_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete", "head", "options"):
        response = getattr(program, method)(LIST)
        assert (response.status_code, response["Allow"]) == (405, "GET"), method
    monkeypatch.setattr(rules, "MOST_ASKED", 6)
    stopped = Client().get(LIST)
    assert stopped.status_code == 429
    assert int(stopped["Retry-After"]) > 0


def test_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(7):
        ask()
    with django_assert_max_num_queries(7):
        ask(q="fractions")


def valid(value: Any, schema: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Is this what the description says? Only what our description uses of JSON Schema."""
    if "$ref" in schema:
        return valid(value, schemas[schema["$ref"].rsplit("/", 1)[-1]], schemas)
    if "anyOf" in schema:
        return any(valid(value, one, schemas) for one in schema["anyOf"])
    kinds: dict[str, Any] = {
        "string": str,
        "integer": int,
        "boolean": bool,
        "null": type(None),
        "array": list,
        "object": dict,
    }
    if not isinstance(value, kinds[schema["type"]]):
        return False
    if schema["type"] == "array":
        return all(valid(one, schema["items"], schemas) for one in value)
    if "properties" in schema:
        return set(value) <= set(schema["properties"]) and all(
            name in value and valid(value[name], one, schemas)
            for name, one in schema["properties"].items()
            if name in schema["required"]
        )
    return True


ODD = st.one_of(
    st.text(max_size=130),
    st.sampled_from(
        ["cm1", "lecon", "cc-by", "2026-11-24", "0", "-1", "eleve", "null", "[]", "'", "%", "\x00"]
    ),
)


def test_whatever_is_asked_is_answered_as_the_description_says() -> None:
    """From the OpenAPI: every parameter takes anything; the answer is one that is described, in the shape that is."""
    document = json.loads(Client().get("/api/v1/openapi.json").content)
    schemas, paths = (
        document["components"]["schemas"],
        {path: one["get"] for path, one in document["paths"].items() if path.startswith(LIST)},
    )
    assert set(paths) == {LIST, f"{LIST}/{{collection}}/{{nom}}"}
    assert all(path["security"] == [] for path in paths.values())
    names = [parameter["name"] for parameter in paths[LIST]["parameters"]]
    assert {"q", "niveau", "suivant", "depuis"} <= set(names)

    @bounds(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.dictionaries(st.sampled_from(names), ODD, max_size=4))
    def check(query: dict[str, str]) -> None:
        answer = Client().get(LIST, query)
        described = paths[LIST]["responses"][str(answer.status_code)]["content"]
        kind = answer["Content-Type"].split(";")[0]
        assert valid(answer.json(), described[kind]["schema"], schemas), query

    check()
