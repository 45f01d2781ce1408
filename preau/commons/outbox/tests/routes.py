"""The routes of outbox, as it tells the tests of them (tests/declared.py)."""

from preau.commons.outbox.tests.props import many_letters
from tests.net.matrix_cast import EVERYONE, Near

# Pages

ELSEWHERE = {"demo:outbox"}
LISTS = [
    ("guardian", "demo:outbox", many_letters),
]

# The isolation matrix

OPENS: dict[str, Near | set[str]] = {
    "demo:outbox": EVERYONE,
}
NOT_HERE = {"demo:outbox"}
