"""The routes of journal, as it tells the tests of them (tests/declared.py)."""

from preau.commons.journal.tests.props import many_extracts, many_readings, many_settings_changed
from preau.directory.models import Person
from tests.declared import Body, Named
from tests.net.matrix_cast import (
    NEIGHBOURING,
    Near,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("journal:changes", {"head"}),
    Page("journal:lines", {"head"}),
    Page("journal:extracts", {"head"}),
]
ELSEWHERE = {"journal:extract"}
LISTS = [
    ("head", "journal:changes", many_settings_changed),
    ("head", "journal:lines", many_readings),
    ("head", "journal:extracts", many_extracts),
]

# The isolation matrix

OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        ["journal:changes", "journal:lines", "journal:extracts", "journal:extract"], {"head"} | NEIGHBOURING
    ),
}
ASKS_THE_JOURNAL = {"journal:lines", "journal:extract"}
NAMES = {
    "personne": Named(Person, "public_id"),
}
PLAIN = dict.fromkeys(["du", "au", "sens", "action", "genre"], ())

# Forms and files

BODIES = {
    "journal:lines": Body(
        "head",
        lambda stage: {
            "nom": "",
            "sens": "",
            "action": "",
            "genre": "",
            "du": "2026-11-24",
            "au": "2026-11-24",
        },
        writes=False,
    ),
    "journal:extract": Body(
        "head",
        lambda stage: {
            "personne": "",
            "sens": "",
            "action": "",
            "genre": "",
            "du": "2026-11-24",
            "au": "2026-11-24",
            "forme": "csv",
        },
    ),
}
# What a file is called for who asked.
READ_BY: dict[str, set[str]] = {"journal:extract": set()}
CONFIRMED = {"journal:extract"}
