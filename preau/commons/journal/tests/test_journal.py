"""Lines are kept with what they tell, sealed, and a seal that was tampered with shows."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from preau.commons.journal import actions, rules, tasks
from preau.commons.journal.models import Line, Seal
from preau.commons.journal.queries import broken_seals
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import journal

# Of which the seeds write none.
VERB = "works.stopped"


def lines(college: World, count: int = 3) -> None:
    for number in range(count):
        journal.write(journal.Line(VERB, school_id=college.school.pk, details={"n": number}))


@pytest.fixture
def sealed(college: World, clock: Any) -> Seal:
    """A batch of the school, sealed once its lines are settled."""
    lines(college)
    clock.shift(timedelta(minutes=3))
    actions.seal_all()
    return Seal.objects.filter(school=college.school).latest("number")


def test_a_line_goes_with_the_change_it_tells(college: World) -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            lines(college)
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        change_that_fails()
    assert not Line.objects.filter(verb=VERB).exists()


def test_a_journal_that_nobody_keeps_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_keepers", [])
    with pytest.raises(LookupError, match="No journal keeper"):
        journal.write(journal.Line(VERB))


def test_a_verb_without_words_is_an_error(college: World) -> None:
    with pytest.raises(LookupError, match="no JournalWord"):
        journal.write(journal.Line("works.done_silently"))


def test_only_settled_lines_are_sealed(college: World, clock: Any) -> None:
    lines(college)
    assert tasks.seal_journal.call() == 0
    clock.shift(timedelta(minutes=3))
    assert tasks.seal_journal.call() > 0
    assert not Line.objects.unsealed().filter(school=college.school).exists()
    assert tasks.seal_journal.call() == 0


def test_each_school_has_its_own_chain(college: World, twin: World, sealed: Seal) -> None:
    assert Seal.objects.filter(school=college.school).count() == 1
    assert Seal.objects.filter(school=twin.school).count() == 1


def test_whole_seals_are_said_whole(sealed: Seal) -> None:
    output = StringIO()
    call_command("verify_journal", stdout=output)
    assert "all whole" in output.getvalue()
    assert sealed.digest in output.getvalue()


@pytest.mark.parametrize(
    "tamper",
    [
        lambda seal: seal.lines.filter(verb=VERB).update(details={"n": 99}),
        lambda seal: seal.lines.filter(verb=VERB).first().delete(),
        lambda seal: Seal.objects.filter(pk=seal.pk).update(digest="0" * 64),
    ],
    ids=["a line changed", "a line removed", "a digest changed"],
)
def test_what_was_tampered_with_shows(sealed: Seal, tamper: Any) -> None:
    tamper(sealed)
    assert sealed in broken_seals()
    with pytest.raises(CommandError, match="broken seals"):
        call_command("verify_journal", stderr=StringIO())


def test_a_seal_removed_from_the_middle_shows(college: World, sealed: Seal, clock: Any) -> None:
    lines(college)
    clock.shift(timedelta(minutes=3))
    actions.seal_all()
    sealed.lines.all().delete()
    sealed.delete()
    assert [seal.number for seal in broken_seals()] == [2]


def test_the_head_alone_reads_the_journal(holder: Any, seat_of: Any) -> None:
    assert {role for role in Role if rules.reads_journal(holder(role))} == {Role.HEAD}
    assert not rules.reads_journal(seat_of("guardian"))
