"""What the isolation matrix is told: who sees which object, who opens which route, what each parameter names.

Each house tells it of its own (tests/declared.py). A route, a model or a parameter of which nobody told fails the matrix:
nobody forgets to say what a new page may show. Refused means 404 for what one does not see, 403 for what one sees but may
not open, the sign-in page for a visitor.
"""

from dataclasses import dataclass, field

from django.db.models import Model

from tests.declared import Named, gathered
from tests.net.matrix_cast import NOBODY, OWN, SIGNED_IN, Near, near

__all__ = [
    "ASKS_THE_JOURNAL",
    "NAMES",
    "NAMES_TWO",
    "NOT_HERE",
    "NUMBERED",
    "OPENS",
    "PLAIN",
    "REST_OF_ADDRESS",
    "SEES",
    "SHOWS",
    "SIGNED_IN",
    "Named",
    "Near",
    "Told",
    "near",
]

SEES: dict[type[Model], Near] = gathered().sees
OPENS: dict[str, Near | set[str]] = gathered().opens
NAMES: dict[str, Named] = gathered().names
NUMBERED: dict[str, Named] = gathered().numbered
PLAIN: dict[str, tuple[str, ...]] = gathered().plain
SHOWS: dict[str, dict[str, set[str]]] = gathered().shows
REST_OF_ADDRESS = gathered().rest_of_address
NOT_HERE = gathered().not_here
NAMES_TWO = gathered().names_two
ASKS_THE_JOURNAL = gathered().asks_the_journal


@dataclass
class Told:
    """The tables together, so that a test may plant something in a copy."""

    opens: dict[str, Near | set[str]] = field(default_factory=lambda: dict(OPENS))
    sees: dict[type[Model], Near] = field(default_factory=lambda: dict(SEES))
    names: dict[str, Named] = field(default_factory=lambda: dict(NAMES))
    shows: dict[str, dict[str, set[str]]] = field(default_factory=lambda: dict(SHOWS))

    def may_open(self, route: str, scope: str | None, role: str) -> bool:
        opened = self.opens[route]
        return role in (opened if isinstance(opened, set) else opened.get(scope or OWN, set()))

    def sees_object(self, model: type[Model], scope: str, role: str) -> bool:
        return scope != NOBODY and role in self.sees[model].get(scope, set())
