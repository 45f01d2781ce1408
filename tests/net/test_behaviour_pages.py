"""Fragments equal pages; files for spreadsheets hold no formula. The routes are found, not listed: a new one must say."""

import ast
import csv
import inspect
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from textwrap import dedent
from typing import Any

import html5lib
import pytest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client
from django.urls import get_resolver

from preau.foundation import csvtext
from tests.building import routes
from tests.declared import gathered
from tests.net.matrix import Route, all_routes, close_files, papers_as_text
from tests.net.matrix_bodies import BODIES
from tests.net.matrix_stage import Stage

pytestmark = pytest.mark.django_db
ROUTES = {route.name: route for route in all_routes()}


def signed_in(stage: Stage, role: str) -> Client:
    client = Client()
    client.force_login(stage.people[role].account)
    return client


def address_of(stage: Stage, route: Route) -> str:
    return route.address(stage.own(route.model) if route.model else None)


# Fragments


FRAGMENTS = gathered().fragments


def answers_fragments(view: Any) -> bool:
    """Does the code of this view call `page_or_block`?"""
    code = ast.parse(dedent(inspect.getsource(inspect.unwrap(view))))
    return any(isinstance(node, ast.Name) and node.id == "page_or_block" for node in ast.walk(code))


def test_every_view_that_answers_fragments_is_here() -> None:
    found = {name for name, view in routes(get_resolver().url_patterns) if answers_fragments(view)}
    assert found == set(FRAGMENTS)


def tree_of(text: str) -> Any:
    return html5lib.parse(text, namespaceHTMLElements=False)


def fragment_of(text: str) -> Any:
    (element,) = list(html5lib.parseFragment(text, namespaceHTMLElements=False))
    return element


def found_by_id(tree: Any, name: str) -> tuple[Any, int]:
    """The parent of the element of that id, and its place there."""
    return next(
        (parent, place)
        for parent in tree.iter()
        for place, child in enumerate(parent)
        if child.get("id") == name
    )


def swapped(tree: Any, name: str, new: Any) -> Any:
    """What `hx-swap="outerHTML"` does."""
    parent, place = found_by_id(tree, name)
    new.tail = parent[place].tail
    parent[place] = new
    return tree


def bare_tree(tree: Any) -> list[tuple[Any, ...]]:
    """A page without what changes at each reading: tokens, nonces, and spaces between elements."""
    for element in tree.iter():
        element.attrib.pop("nonce", None)
        if element.get("name") in {"csrfmiddlewaretoken", "contexte"}:
            element.set("value", "")
    return [
        (
            str(one.tag),
            sorted(one.attrib.items()),
            " ".join((one.text or "").split()),
            " ".join((one.tail or "").split()),
        )
        for one in tree.iter()
    ]


@pytest.mark.parametrize("name", sorted(FRAGMENTS))
def test_a_fragment_put_in_the_page_is_the_page(stage: Stage, name: str) -> None:
    fragment, route = FRAGMENTS[name], ROUTES[name]
    fragment.before(stage)
    client, address = signed_in(stage, fragment.by), address_of(stage, route)
    headers = {"HX-Request": "true", "HX-Target": fragment.block}
    for there in fragment.queries:
        page = client.get(address + fragment.queries[0]).content.decode()
        asked = client.get(address + there, headers=headers).content.decode()
        whole = client.get(address + there).content.decode()
        assert len(asked) < len(whole)
        assert bare_tree(swapped(tree_of(page), fragment.block, fragment_of(asked))) == bare_tree(
            tree_of(whole)
        ), there


def test_a_fragment_that_differs_is_caught() -> None:
    page = "<main><h1>Lundi</h1>{}<p>fin</p></main>"
    monday, tuesday = '<div id="x"><b>3</b></div>', '<div id="x"><b>4</b></div>'
    assert bare_tree(swapped(tree_of(page.format(monday)), "x", fragment_of(tuesday))) == bare_tree(
        tree_of(page.format(tuesday))
    )
    assert bare_tree(swapped(tree_of(page.format(monday)), "x", fragment_of(tuesday))) != bare_tree(
        tree_of(page.format(tuesday).replace("Lundi", "Mardi"))
    )


# Files for spreadsheets

SHEETS, OTHER_FILES = gathered().sheets, gathered().other_files
SHEET_TYPES = ("text/csv", "text/tab-separated-values", "application/vnd.")


def is_sheet(response: Any) -> bool:
    return response["Content-Type"].startswith(SHEET_TYPES)


def files_of(stage: Stage) -> Iterator[tuple[str, Any]]:
    """Every answer that is a file, whoever may open it; what a form makes on the way is undone."""
    clients = {
        role: signed_in(stage, role)
        for role in ("head", "cpe", "secretary", "guardian", "teacher", "operator")
    }
    for name, route in ROUTES.items():
        address, body = address_of(stage, route), BODIES.get(name)
        asked = [client.get(address) for client in clients.values()] if "GET" in route.methods else []
        if body and body.by in clients:
            with transaction.atomic():
                body.before(stage)
                asked.append(signed_in(stage, body.by).post(address, body.data(stage)))
                transaction.set_rollback(True)
        for response in asked:
            close_files(response)
            if response.status_code == 200 and is_file(response):
                yield name, response


def is_file(response: Any) -> bool:
    return "attachment" in response.get("Content-Disposition", "") or is_sheet(response)


@pytest.mark.long
def test_every_file_is_here(stage: Stage, settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    with papers_as_text():
        found = dict(files_of(stage))
    sheets = set(SHEETS) | gathered().typed_sheets
    assert set(found) == sheets | OTHER_FILES
    assert {name for name, response in found.items() if is_sheet(response)} == sheets


def plant_formulas(stage: Stage, sign: str) -> None:
    """Everything that people or files may name begins as a formula does."""
    for plant in gathered().plant_formulas:
        plant(f"{sign}HYPERLINK(1)")


def cells_of(response: HttpResponse | StreamingHttpResponse) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return [
        cell
        for row in csv.reader(StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";")
        for cell in row
    ]


def formulas(cells: list[str]) -> list[str]:
    return [cell for cell in cells if cell.startswith(csvtext.RISKY)]


def sheet_of(stage: Stage, name: str) -> Any:
    """The file, as whoever may takes it: some are a link, some a form."""
    client, address = signed_in(stage, SHEETS[name]), address_of(stage, ROUTES[name])
    if "GET" in ROUTES[name].methods:
        return client.get(address)
    return client.post(address, BODIES[name].data(stage) if name in BODIES else {})


@pytest.mark.parametrize("sign", csvtext.RISKY, ids=repr)
@pytest.mark.parametrize("name", sorted(SHEETS))
def test_no_cell_is_a_formula(stage: Stage, name: str, sign: str) -> None:
    plant_formulas(stage, sign)
    cells = cells_of(sheet_of(stage, name))
    assert formulas(cells) == []
    assert any(cell.startswith("'" + sign) for cell in cells), "no formula was planted where it could be read"


def test_a_file_that_writes_formulas_is_caught(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    plant_formulas(stage, "=")
    monkeypatch.setattr(csvtext, "safe", str)
    assert formulas(cells_of(sheet_of(stage, "directory:export_departures")))
