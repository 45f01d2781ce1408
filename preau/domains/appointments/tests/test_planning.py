"""The plan: valid whatever the evening, its aims in their order, the command that strangers recompute."""

import json
import random
from io import StringIO
from itertools import product
from pathlib import Path

import pytest
from django.core.management import call_command

from preau.domains.appointments import imports
from preau.domains.appointments.queries import planning
from preau.domains.appointments.queries.planning import Family, Problem, faults, greedy, plan, worth_of


def drawn(
    seed: int, *, teachers: int = 5, families: int = 10, slots: int = 8, walks: bool = False
) -> Problem:
    """An evening that nobody chose: absences, wishes, families apart."""
    chance = random.Random(seed)
    names = [f"t{number}" for number in range(chance.randint(1, teachers))]
    count = chance.randint(1, families)

    def away(share: float) -> frozenset[int]:
        return frozenset(slot for slot in range(slots) if chance.random() < share)

    return Problem(
        slots,
        {name: away(0.2) for name in names},
        tuple(
            Family(
                f"f{number}",
                tuple(chance.sample(names, chance.randint(0, len(names)))),
                away(0.2),
                frozenset({f"f{(number + 1) % count}"})
                if chance.random() < 0.2 and count > 1
                else frozenset(),
            )
            for number in range(count)
        ),
        {
            (one, other): 1
            for one, other in product(names, names)
            if walks and chance.random() < 0.3 and one != other
        },
    )


def best_by_trying(problem: Problem) -> tuple[int, int, int]:
    """Every plan of a very small evening, tried one after the other."""
    pairs = [(family, teacher) for family in problem.families for teacher in family.wants]
    best = (0, 0, 0)
    for chosen in product([None, *range(problem.slots)], repeat=len(pairs)):
        made = [
            (family.key, teacher, slot)
            for (family, teacher), slot in zip(pairs, chosen, strict=True)
            if slot is not None
        ]
        if not faults(problem, made):
            best = max(best, worth_of(problem, made).rank)
    return best


@pytest.mark.parametrize("seed", range(8))
def test_a_small_evening_is_planned_as_well_as_can_be(seed: int) -> None:
    problem = drawn(seed, teachers=2, families=3, slots=3, walks=seed % 2 == 1)
    found = plan(problem, patience=4)
    assert found.is_best
    assert worth_of(problem, found.meetings).rank == best_by_trying(problem)


@pytest.mark.parametrize("seed", range(100, 120))
def test_a_plan_is_valid_and_says_all_that_it_leaves_out(seed: int) -> None:
    _is_right(seed, 2)


@pytest.mark.net
@pytest.mark.long
@pytest.mark.parametrize("share", range(5))
def test_five_hundred_evenings_are_valid(share: int) -> None:
    for seed in range(1000 + 100 * share, 1100 + 100 * share):
        _is_right(seed, 0.3)


def _is_right(seed: int, patience: float) -> None:
    problem = drawn(seed, walks=seed % 2 == 1)
    found, first_come = plan(problem, patience=patience), greedy(problem)
    assert not faults(problem, found.meetings), seed
    assert not faults(problem, first_come.meetings), seed
    assert worth_of(problem, found.meetings).rank >= worth_of(problem, first_come.meetings).rank
    wished = {(family.key, teacher) for family in problem.families for teacher in family.wants}
    assert {one[:2] for one in found.meetings} | set(found.unmet) == wished
    assert not {one[:2] for one in found.meetings} & set(found.unmet)


def test_what_is_fixed_by_hand_stays() -> None:
    families = (Family("f1", ("t1", "t2")), Family("f2", ("t1",)))
    problem = Problem(3, {"t1": frozenset(), "t2": frozenset()}, families, fixed=frozenset({("f2", "t1", 1)}))
    assert ("f2", "t1", 1) in plan(problem, patience=2).meetings


def test_two_fixed_meetings_that_hinder_each_other_make_no_plan() -> None:
    families = (Family("f1", ("t1",)), Family("f2", ("t1",)))
    fixed = frozenset({("f1", "t1", 0), ("f2", "t1", 0)})
    with pytest.raises(planning.Unplannable):
        plan(Problem(2, {"t1": frozenset()}, families, fixed=fixed))


def test_a_first_wish_comes_before_two_others() -> None:
    """One slot: who has it as a first wish gets it, though the other order would meet as many."""
    families = (Family("f1", ("t2", "t1")), Family("f2", ("t1",)))
    problem = Problem(1, {"t1": frozenset(), "t2": frozenset()}, families)
    assert set(plan(problem, patience=2).meetings) == {("f1", "t2", 0), ("f2", "t1", 0)}


@pytest.mark.parametrize("gap", [0, 1])
def test_who_is_apart_never_crosses_nor_follows(gap: int) -> None:
    problem = Problem(
        2 + gap, {"t1": frozenset()}, (Family("f1", ("t1",), apart=frozenset({"f2"})), Family("f2", ("t1",)))
    )
    assert len(plan(problem, patience=2).meetings) == 1 + gap


EXAMPLE = {
    "slots": 12,
    "teachers": [{"id": "t1", "absent": [0, 1]}, {"id": "t2"}],
    "families": [
        {"id": "f1", "wants": ["t1", "t2"], "absent": [11], "apart": ["f2"]},
        {"id": "f2", "wants": ["t1"]},
    ],
}


def plans_of(tmp_path: Path, *files: object) -> list[dict[str, object]]:
    paths = []
    for number, content in enumerate(files):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(content))
    out = StringIO()
    call_command("plan_meetings", *map(str, paths), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_command_prints_a_line_for_each_file(tmp_path: Path) -> None:
    first, second = plans_of(tmp_path, EXAMPLE, {"slots": 0, "teachers": [], "families": []})
    assert set(first) == {"meetings", "unmet", "seconds"}
    problem = imports.read(json.dumps(EXAMPLE).encode())
    meetings = [(one[0], one[1], one[2]) for one in first["meetings"]]  # type: ignore[attr-defined]
    assert not faults(problem, meetings)
    assert worth_of(problem, meetings).rank == (2, 3, 0)
    assert (second["meetings"], second["unmet"]) == ([], [])


def test_the_example_of_the_checks_is_planned(tmp_path: Path) -> None:
    """It names a teacher and a family that it does not describe: the wish is not met, nobody is in the way."""
    given = {
        "slots": 12,
        "teachers": [{"id": "t1", "absent": [0, 1]}],
        "families": [{"id": "f1", "wants": ["t1", "t2"], "absent": [11], "apart": ["f2"]}],
    }
    (printed,) = plans_of(tmp_path, given)
    assert [one[:2] for one in printed["meetings"]] == [["f1", "t1"]]  # type: ignore[attr-defined]
    assert printed["unmet"] == [["f1", "t2"]]
    (first,) = plans_of(tmp_path, given | {"families": [{"id": "f1", "wants": ["t2", "t1"]}]})
    assert first["unmet"] == [["f1", "t2"]]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"slots": "12"}, "slots"),
        ({"slots": True}, "slots"),
        ({"teachers": [{"id": "t1", "absent": [12]}]}, "teachers[0].absent[0]"),
        ({"teachers": [{"id": "t1"}, {"id": "t1"}]}, "teachers[1].id"),
        ({"families": [{"id": "f1", "wants": [9]}]}, "families[0].wants[0]"),
        ({"families": [{"id": "f1", "wants": ["t1", "t1"]}]}, "families[0].wants[1]"),
        ({"families": [{"id": "f1", "wants": [], "apart": ["f1"]}]}, "families[0].apart[0]"),
        ({"families": [{"id": "f1"}]}, "families[0].wants"),
        ({"families": {}}, "families"),
    ],
)
def test_a_malformed_file_ends_it_with_the_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], path: str
) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps(EXAMPLE | change))
    with pytest.raises(SystemExit) as ended:
        call_command("plan_meetings", str(file))
    assert ended.value.code == 2
    assert f", {path}" in capsys.readouterr().err


def test_what_is_met_has_the_time_that_is_left_before_what_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve families who all want one teacher of eleven slots, three of whom come only in the last one."""
    given: list[float] = []

    def unproven(_model: object, hint: object, limit: object, seconds: float) -> tuple[tuple[()], bool]:
        given.append(seconds)
        return (), False

    monkeypatch.setattr(planning._Model, "most_wishes", unproven)
    late = frozenset(range(10))
    families = tuple(
        Family(f"f{number}", ("t0", "t1"), late if number < 3 else frozenset()) for number in range(12)
    )
    plan(Problem(11, {"t0": frozenset(), "t1": frozenset()}, families), patience=2.0)
    assert len(given) == 2
    assert given[1] > given[0]
    assert sum(given) > 2.0 * 0.6
