"""Who has an agenda."""

from typing import Any

from preau.commons.agenda import rules
from preau.directory.words import Role


def test_whoever_works_or_learns_in_a_school_has_an_agenda(holder: Any, seat_of: Any) -> None:
    assert {role for role in Role if rules.has_agenda(holder(role))} == set(Role) - {
        Role.AGENT,
        Role.OPERATOR,
    }
    assert rules.has_agenda(seat_of("guardian"))
