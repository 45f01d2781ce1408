"""What each house declares of its routes to the tests, gathered: who opens them, what grows, a valid body, what is named.

A house declares in its `tests/routes.py`, or in the modules of a package of that name, under the names of `Declared` in
capitals; its functions keep their small letters. So a new page touches its house alone, and a house leaves with its folder.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from django.apps import apps
from django.db.models import Model

from preau.directory.seeds.world import World
from tests.net.matrix_cast import Near, Stage, place_of
from tests.pages import Page

Data = dict[str, Any]
# The number that a form carries, so that a second click does its gesture once.
FORM = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Body:
    """`by` sends `data(stage)`. `before` puts the object in the state in which its page shows the form.

    `wrong`: one mistake, with which the page must come back with all the rest. `writes`: False for what only shows.
    `again`: the tables to which the same form, sent twice, adds a second time, and why it must.
    `kept`: the tables in which what came with a mistake is kept all the same, and why.
    """

    by: str
    data: Callable[[Stage], Data] = lambda stage: {}
    before: Callable[[Stage], None] = lambda stage: None
    wrong: Callable[[Stage], Data] = lambda stage: {}
    writes: bool = True
    again: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Named:
    """A parameter that names an object: of `model`, by its field `by`; `says` writes it otherwise."""

    model: type[Model]
    by: str = "pk"
    says: Callable[[Stage, Any], str] | None = None

    def value(self, stage: Stage, scope: str) -> str:
        found = place_of(stage, self.model, scope)
        return self.says(stage, found) if self.says else str(getattr(found, self.by))


@dataclass(frozen=True)
class Fragment:
    """The block that a page answers to HTMX, who asks for it, and the addresses between which the page moves."""

    by: str
    block: str
    queries: tuple[str, ...] = ("",)
    before: Callable[[Stage], None] = lambda stage: None


@dataclass(frozen=True)
class Declared:
    """Everything that may be declared. Routes are named as `house:name`, but where something else is said."""

    # tests/test_every_page.py

    # Who of the cast opens each page, and where a visitor is let in too.
    pages: list[Page] = field(default_factory=list)
    public: set[str] = field(default_factory=set)
    # Not pages: what is sent, files, answers to programs; each has tests of its own.
    elsewhere: set[str] = field(default_factory=set)
    # Who opens a page that may hold one row or thirty, and what makes it long; « house:name?query » keeps its query.
    # A house lengthens the pages of those below it too.
    lists: list[tuple[str, str, Callable[[World, int], Any]]] = field(default_factory=list)
    # Lists that have a test of their own, and pages that show one thing, however large the school.
    lists_apart: set[str] = field(default_factory=set)
    one_thing: set[str] = field(default_factory=set)
    # What the address of a list holds, where no page of the table says it.
    arguments: dict[str, Callable[[World], dict[str, Any]]] = field(default_factory=dict)

    # tests/net/test_matrix.py

    # Who opens each route: by scope when its address names an object, else a set of roles.
    opens: dict[str, Near | set[str]] = field(default_factory=dict)
    # Who sees the objects of a model, by scope. What belongs to nobody (erased, or never there) is seen by nobody.
    sees: dict[type[Model], Near] = field(default_factory=dict)
    # What each parameter of a query or of a form names: `numbered` when a number stands in it, as in « status-12 ».
    names: dict[str, Named] = field(default_factory=dict)
    numbered: dict[str, Named] = field(default_factory=dict)
    # Parameters that name nothing of anybody's, and the values that show other sides of a page.
    plain: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # What an address holds besides its object.
    rest_of_address: dict[str, dict[str, Any]] = field(default_factory=dict)
    # Pages of the demonstration alone: elsewhere they do not exist, for anybody.
    not_here: set[str] = field(default_factory=set)
    # Addresses that name two people or things: 403 for whoever may not, 404 for whoever does not see both, or where one is not there.
    names_two: set[str] = field(default_factory=set)
    # The journal of a school knows who has left it: whoever reads it may ask about them, and that they asked is noted.
    asks_the_journal: set[str] = field(default_factory=set)
    # Names that the pages of a route show to people who meet them nowhere else: by route, the mark of the stage and who may read it.
    shows: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    # Puts on the stage the objects of the models of `sees`; the houses below have put theirs.
    plant: list[Callable[[Stage], None]] = field(default_factory=list)

    # tests/net/test_behaviour_forms.py

    # A valid body for every route that takes a POST: what a person who may would send from its page.
    bodies: dict[str, Body] = field(default_factory=dict)
    # Servers send these to ours, with a word that serves once: no form, no person.
    between_servers: set[str] = field(default_factory=set)
    # What a device signs for one request, which waits in the session.
    by_a_device: set[str] = field(default_factory=set)
    # A file sent in parts by a script, which asks again what was cut.
    in_parts: set[str] = field(default_factory=set)
    # Hold nothing typed, and are never asked again after the session.
    nothing_typed: set[str] = field(default_factory=set)
    with_secrets: set[str] = field(default_factory=set)
    # Files are not kept: the page asks for them again, and for what is said of them.
    files_alone: set[str] = field(default_factory=set)
    # A single button, or a page of single buttons: there is nothing in it to mistake.
    one_button: set[str] = field(default_factory=set)

    # tests/net/test_acting.py

    # Who may find the words typed in a form (« house:name »), or in one field of it (« house:name.field »), beside whoever
    # typed them; nobody, of what is looked for and never shown.
    read_by: dict[str, Set[str]] = field(default_factory=dict)
    # Forms in which what looks like words names or opens something.
    not_words: set[str] = field(default_factory=set)

    # tests/net/test_behaviour_pages.py

    fragments: dict[str, Fragment] = field(default_factory=dict)
    # Files for spreadsheets, and who takes them; those whose every cell is a text, and says so; other files.
    sheets: dict[str, str] = field(default_factory=dict)
    typed_sheets: set[str] = field(default_factory=set)
    other_files: set[str] = field(default_factory=set)
    # Everything that people or files may name begins as a formula does.
    plant_formulas: list[Callable[[str], None]] = field(default_factory=list)

    # tests/net/test_net.py

    # Lays in a school an object for each gesture that the seeds leave without one, so that the walk comes to it.
    lay: list[Callable[[World], None]] = field(default_factory=list)
    # Where servers, tools or scripts go, and no page leads.
    of_others: set[str] = field(default_factory=set)
    # Whoever shows no token is not known there, cookie or not.
    tokens_alone: set[str] = field(default_factory=set)
    # A form sent on the way takes its files away, which nothing takes back: the page then leads to another.
    leads_back: set[str] = field(default_factory=set)

    # tests/test_building.py

    # Gestures that are confirmed, besides the files that people take away; files that ask nothing, and why.
    confirmed: set[str] = field(default_factory=set)
    not_confirmed: dict[str, str] = field(default_factory=dict)


# A parameter has one name in several houses: each may say what it is, if they say the same.
OF_PARAMETERS = {"names", "numbered", "plain"}


class DeclaredTwice(AssertionError):
    """Two houses, or two modules of a house, declare the same thing."""


@cache
def gathered() -> Declared:
    """What every house declares, from the ground up."""
    houses = [house.name for house in apps.get_app_configs() if house.name.startswith("preau.")]
    return gather(module for house in houses for module in modules_of(house))


def modules_of(house: str) -> Iterator[ModuleType]:
    """`tests/routes.py` of a house, or the modules of its package `tests/routes/`; nothing where it has neither."""
    name = f"{house}.tests.routes"
    if find_spec(f"{house}.tests") is None or find_spec(name) is None:
        return
    module = import_module(name)
    yield module
    for inside in iter_modules(getattr(module, "__path__", ())):
        yield import_module(f"{name}.{inside.name}")


def gather(modules: Iterable[ModuleType]) -> Declared:
    found, told_by = Declared(), dict[tuple[str, Any], str]()
    for module in modules:
        for table in fields(Declared):
            for key, entry in entries(module, table.name):
                merged, known = getattr(found, table.name), told_by.get((table.name, key))
                agree = table.name in OF_PARAMETERS and merged.get(key, entry) == entry
                if known and not agree:
                    raise DeclaredTwice(f"{table.name}: « {key} », by {known} and by {module.__name__}")
                told_by[table.name, key] = module.__name__
                put(merged, key, entry)
    return found


def entries(module: ModuleType, table: str) -> Iterator[tuple[Any, Any]]:
    """What a module declares in a table: what it is about, and what is said of it."""
    declared = vars(module).get(table.upper(), ())
    if isinstance(declared, dict):
        yield from declared.items()
    else:
        yield from ((var.name if isinstance(var, Page) else var, var) for var in declared)
    function = vars(module).get(table)
    # Not one that it only borrows from another house.
    if callable(function) and function.__module__ == module.__name__:
        yield module.__name__, function


def put(table: Any, key: Any, entry: Any) -> None:
    if isinstance(table, dict):
        table[key] = entry
    elif isinstance(table, set):
        table.add(entry)
    else:
        table.append(entry)
