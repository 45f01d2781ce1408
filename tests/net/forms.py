"""The forms of a page: what they would send as they are, and what a hurried person would send."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit


@dataclass(frozen=True)
class Form:
    """Where a form goes, and what it sends: as the page drew it, and filled in or emptied by somebody."""

    action: str
    method: str
    given: tuple[tuple[str, str], ...]
    other: tuple[tuple[str, str], ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.given)

    def questions(self) -> Iterator[str]:
        """The addresses of a form that asks."""
        for values in (self.given, self.other):
            yield f"{self.action}?{urlencode(values)}"


def forms_of(tree: Any, address: str) -> Iterator[Form]:
    for form in tree.iterfind(".//form"):
        action = urljoin(address, form.get("action") or urlsplit(address).path)
        change = _filled if form.method == "GET" else _emptied
        other = tuple((name, change(form, name, value)) for name, value in form.form_values())
        yield Form(action, form.method, tuple(form.form_values()), other)


def _filled(form: Any, name: str, value: str) -> str:
    """A choice that the page did not make: the last of a list; a name that finds; a day in the year."""
    box = form.inputs[name]
    choices = getattr(box, "value_options", None)
    if choices:
        return list(choices)[-1]
    return "2026-11-23" if getattr(box, "type", "") == "date" else value or "Abadie"


def _emptied(form: Any, name: str, value: str) -> str:
    """Nothing typed, nothing chosen; what the page hides is sent as it is."""
    return value if getattr(form.inputs[name], "type", "") == "hidden" else ""
