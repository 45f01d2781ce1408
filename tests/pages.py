"""What a house says of its pages, in the words of the cast of the schools; and what is looked at in each of them."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from typing import Any

import html5lib
from django.db import connection
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.foundation.text import french
from tests.statements import Statements

STAFF = {"teacher", "teacher_1", "cpe", "head", "secretary"}
FAMILY = {"guardian", "other_guardian", "pupil"}
EVERYONE = STAFF | FAMILY
# Of no school; `tests/net/` brings them, and « town », an agent whom the head let in.
ABROAD = {"agent", "operator"}
SCHOOL_LIFE = {"cpe", "head"}
TEACHERS = {"teacher", "teacher_1"}
OFFICE = {"head", "secretary"}
KEEPERS = SCHOOL_LIFE | OFFICE
MOST_BYTES = 60_000
# What elements are without being told (HTML-AAM), among those that people tell again.
OWN_ROLES = {
    "a": "link",
    "aside": "complementary",
    "article": "article",
    "button": "button",
    "details": "group",
    "dialog": "dialog",
    "fieldset": "group",
    "hr": "separator",
    "li": "listitem",
    "main": "main",
    "nav": "navigation",
    "ol": "list",
    "output": "status",
    "progress": "progressbar",
    "select": "combobox",
    "textarea": "textbox",
    "ul": "list",
} | dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading")
LANDMARKS = {"complementary", "main", "navigation", "search"}
# What ARIA lets bear no name of its own.
NAMELESS = {"div", "span", "p", "strong", "em", "b", "i", "small", "code", "caption", "dt", "dd"}


@dataclass(frozen=True)
class Page:
    """A route, the arguments found in the cast's school, who opens it, and what the others are told."""

    name: str
    open_to: Set[str]
    otherwise: int = 403
    model: Callable[[World], Any] | None = None
    by: str = "pk"
    beside: Callable[[World], dict[str, Any]] | None = None

    def address(self, college: World) -> str:
        if self.model is None:
            return reverse(self.name)
        rest = self.beside(college) if self.beside else {}
        if not self.by:
            # The page has no object of its own, but one must be there.
            self.model(college)
            return reverse(self.name, kwargs=rest)
        return reverse(self.name, kwargs={self.by: getattr(self.model(college), self.by)} | rest)


def counted(client: SchoolClient, address: str) -> tuple[Any, int]:
    """The answer and how many statements it took, transactions aside (docs/decisions/0027)."""
    with Statements(connection) as asked:
        response = client.get(address)
    return response, asked.count


def faults(page: str) -> Iterator[str]:
    """What is wrong with a page's HTML: syntax, headings, ids, labels, tables, inline code."""
    parser = html5lib.HTMLParser(strict=False, namespaceHTMLElements=False)
    tree = parser.parse(page)
    for _, code, data in parser.errors:
        yield f"{code} {data}"
    if len(list(tree.iter("h1"))) != 1:
        yield "one h1 is expected"
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    yield from (f"id {name} twice" for name in {name for name in ids if ids.count(name) > 1})
    drawings = [element.get("data-art") for element in tree.iter() if element.get("data-art")]
    yield from (f"drawing {name} twice" for name in {name for name in drawings if drawings.count(name) > 1})
    labelled = {label.get("for") for label in tree.iter("label")}
    for field in [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]:
        if field.get("type") not in {"hidden", "submit"} and field.get("id") not in labelled:
            yield f"no label for {field.get('name')}"
    yield from ("a token would stand in an address" for form in tree.iter("form") if shows_token(form))
    yield from ("table without a caption" for table in tree.iter("table") if table.find("caption") is None)
    for element in tree.iter():
        if element.get("style") or any(str(name).startswith("on") for name in element.keys()):  # noqa: SIM118
            yield f"inline code on {element.tag}"
    yield from misused_roles(tree)
    yield from (f"a sign may leave its word: {words}" for words in loose_signs(tree))


def misused_roles(tree: Any) -> Iterator[str]:
    """A role that its element has already, a name where no name is heard, two landmarks of one kind that bear one name.

    Tables keep theirs: on a phone rows are drawn as cards, and some browsers then forget them (`tests/net/reviewed.py`).
    """
    landmarks: list[tuple[str, str]] = []
    for element in tree.iter():
        role, name = element.get("role"), element.get("aria-label") or element.get("aria-labelledby") or ""
        if role and role == OWN_ROLES.get(element.tag):
            yield f"role {role} on {element.tag}, which has it"
        if name and not role and element.tag in NAMELESS:
            yield f"a name on {element.tag}, where none is heard: {name}"
        kind = role or OWN_ROLES.get(element.tag, "")
        if kind in LANDMARKS:
            landmarks.append((kind, name))
    twice = {landmark for landmark in landmarks if landmarks.count(landmark) > 1}
    yield from (f"two landmarks {kind} named « {name} »" for kind, name in sorted(twice))


def shows_token(form: Any) -> bool:
    """It leads to an address, and sends what belongs to a session."""
    names = {field.get("name") for field in form.iter("input")}
    leads = form.get("action") is not None and (form.get("method") or "get").lower() == "get"
    return leads and "csrfmiddlewaretoken" in names


def loose_signs(element: Any) -> Iterator[str]:
    """The texts of a page where a plain space stands before « : » and its like: a line may break there."""
    if element.tag in {"script", "style", "pre", "code", "textarea"} or not isinstance(element.tag, str):
        return
    texts = [element.text, *(child.tail for child in element)]
    texts += [element.get(name) for name in ("aria-label", "title", "placeholder", "data-title")]
    yield from (words.strip() for words in texts if words and words != french(words))
    for child in element:
        yield from loose_signs(child)
