"""Imports of any house: what is asked of one that nobody declares, and how lists are counted."""

import pytest

from preau.foundation.importers import tasks
from preau.foundation.importers.importer import Section
from preau.foundation.importers.reports import parts_of

ARRIVE, LEAVE = Section("arrivent", "created", "Arrivent", ""), Section("partent", "gone", "Partent", "")


def test_what_no_house_takes_in_is_an_error_and_not_a_silence() -> None:
    with pytest.raises(LookupError, match="lockers"):
        tasks.read_import.func("lockers.import", 1)


def test_a_list_says_how_many_there_are_and_how_many_more_than_those_shown() -> None:
    rows = {"created": [{"reason": "A"}] * 10, "gone": []}
    (part,) = parts_of([ARRIVE, LEAVE], rows)
    assert (part.slug, part.count, len(part.first), part.more, part.sentences) == ("arrivent", 10, 8, 2, None)
    (kept,) = parts_of([ARRIVE, LEAVE], rows, counts={"created": 900})
    assert (kept.count, kept.more) == (900, 892)


def test_reasons_are_told_with_their_first_places() -> None:
    rows = {"created": [{"reason": "A", "line": n} for n in range(5)] + [{"reason": "B", "line": 9}]}
    (part,) = parts_of([ARRIVE], rows, reasons={"created": [["A", 5], ["B", 1]]})
    reasons = [
        (sentence.reason, sentence.count, [row["line"] for row in sentence.places])
        for sentence in part.sentences or ()
    ]
    assert reasons == [("A", 5, [0, 1, 2]), ("B", 1, [9])]
