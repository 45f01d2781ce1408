"""The puzzle of a week: nothing overlaps, what cannot be placed is left out, the same week comes back."""

from datetime import time

from preau.domains.timetable.seeds.puzzle import Bells, Piece, solve

BELLS = Bells(
    hours=[(time(hour), time(hour, 55)) for hour in (8, 9, 12, 13)],
    pairs=[(0, 1)],
    on_wednesday=2,
    lunch=(2, 3),
)
SLOTS = BELLS.slots()


def piece(teacher: str, pupils: int, label: str = "A", length: int = 1) -> Piece:
    return Piece((label, teacher), frozenset([teacher]), pupils, (label,), length)


def test_a_class_and_a_teacher_are_in_one_place_at_a_time() -> None:
    pieces = [piece(teacher, 1, length=2) for teacher in "abcde"] + [piece("a", 2, "B") for _ in range(8)]
    found = solve(BELLS, pieces, {}, 1)
    assert len(found) == len(pieces)
    for one in range(len(pieces)):
        for other in range(one):
            if pieces[one].teachers & pieces[other].teachers or pieces[one].pupils & pieces[other].pupils:
                assert not set(found[one]) & set(found[other])


def test_everyone_has_lunch() -> None:
    found = solve(BELLS, [piece("a", 1) for _ in range(14)], {}, 1)
    hours = [SLOTS[span[0]] for span in found.values()]
    assert len(found) == 14 == len(set(hours))
    for day in range(5):
        assert len({hour for today, hour in hours if today == day and hour in BELLS.lunch}) <= 1


def test_a_teacher_is_not_called_away_from_another_school() -> None:
    elsewhere = {number for number, (day, _) in enumerate(SLOTS) if day != 4}
    found = solve(BELLS, [piece("a", 1), piece("a", 2, "B")], {"a": elsewhere}, 1)
    assert {SLOTS[span[0]][0] for span in found.values()} == {4}


def test_what_fits_nowhere_is_left_and_the_rest_is_placed() -> None:
    nowhere = set(range(len(SLOTS)))
    found = solve(BELLS, [piece("a", 1), piece("b", 1)], {"a": nowhere}, 1)
    assert set(found) == {1}


def test_the_same_seed_gives_the_same_week() -> None:
    pieces = [
        piece(teacher, 1 << number % 3, "ABC"[number % 3]) for number, teacher in enumerate("abcdefghi" * 4)
    ]
    assert solve(BELLS, pieces, {}, 7) == solve(BELLS, pieces, {}, 7)
