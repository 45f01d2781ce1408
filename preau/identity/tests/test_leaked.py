"""The operator's list of leaked passwords: found in a large sorted file, or in a small plain one."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from preau.identity.leaked import is_leaked
from preau.identity.passwords import faults_of

LEAKED = "grenouille tabouret violet"
words = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), min_size=1
)


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def listed(tmp_path: Path, settings: Any) -> Any:
    """`listed("…")`: the operator's list says this."""

    def write(text: str) -> None:
        settings.LEAKED_PASSWORDS = tmp_path / "list.txt"
        settings.LEAKED_PASSWORDS.write_bytes(text.encode())

    return write


@settings(max_examples=60)
@given(
    known=st.sets(words, min_size=1),
    others=st.sets(words),
    end=st.sampled_from(["\n", "\r\n"]),
    counted=st.booleans(),
    last=st.booleans(),
    lower=st.booleans(),
)
def test_every_digest_of_a_sorted_file_is_found_and_no_other(
    listed: Any, known: set[str], others: set[str], end: str, counted: bool, last: bool, lower: bool
) -> None:
    lines = [f"{one}:{len(one) * 7}" if counted else one for one in sorted(map(digest, known))]
    text = end.join(lines) + (end if last else "")
    listed(text.lower() if lower else text)
    assert all(map(is_leaked, known))
    assert [other for other in others - known if is_leaked(other)] == []


def test_a_plain_file_is_read_again_when_it_changes(listed: Any) -> None:
    listed(f"autre chose\r\n{LEAKED}\n")
    assert is_leaked(LEAKED) and is_leaked("autre chose")
    assert not is_leaked(LEAKED.upper())
    listed("autre chose encore\n")
    assert not is_leaked(LEAKED)


def test_an_empty_file_holds_nothing(listed: Any) -> None:
    listed("")
    assert not is_leaked(LEAKED)


def test_no_list_no_question(settings: Any) -> None:
    assert settings.LEAKED_PASSWORDS is None
    assert not is_leaked(LEAKED)


def test_a_list_that_went_away_stops_nobody_and_is_said(settings: Any, tmp_path: Path) -> None:
    settings.LEAKED_PASSWORDS = tmp_path / "gone.txt"
    with capture_logs() as logs:
        assert not is_leaked(LEAKED)
    assert [line["event"] for line in logs] == ["leaked_passwords_unreadable"]
    assert LEAKED not in str(logs)


def test_whoever_chooses_one_is_told_why(listed: Any) -> None:
    assert list(faults_of(LEAKED, shortest=12, own_words=["claire.moreau"])) == []
    listed(f"{digest(LEAKED)}:3\n")
    [fault] = faults_of(LEAKED, shortest=12, own_words=["claire.moreau"])
    assert "déjà été volé sur un autre site" in fault
