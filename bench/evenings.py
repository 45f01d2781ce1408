"""`python -m bench.evenings`: the plan of a large evening beside a plan of first come, first served, in one run.

Thirty people receive three hundred families in twenty-four slots: one family in ten is apart from another, each cannot come in a
seventh of the slots, those who receive in a tenth. `--wishes 8`: at most so many for each family.
"""

import argparse
import os
import random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")

import django

django.setup()

from preau.domains.appointments.queries.planning import (  # noqa: E402 - once Django is ready
    Family,
    Plan,
    Problem,
    faults,
    greedy,
    plan,
    worth_of,
)

TEACHERS, FAMILIES, SLOTS = 30, 300, 24


def drawn(seed: int, wishes: int) -> Problem:
    """The same evening for a seed."""
    chance = random.Random(seed)
    names = [f"t{number}" for number in range(TEACHERS)]

    def away(share: float) -> frozenset[int]:
        return frozenset(slot for slot in range(SLOTS) if chance.random() < share)

    return Problem(
        SLOTS,
        {name: away(1 / 10) for name in names},
        tuple(
            Family(
                f"f{number}",
                tuple(chance.sample(names, chance.randint(1, wishes))),
                away(1 / 7),
                frozenset({f"f{number + 1}"}) if number % 20 == 0 and number + 1 < FAMILIES else frozenset(),
            )
            for number in range(FAMILIES)
        ),
    )


def line_of(name: str, problem: Problem, found: Plan) -> str:
    worth = worth_of(problem, found.meetings)
    wished = sum(len(family.wants) for family in problem.families)
    return (
        f"{name:>7}: {found.seconds:5.1f} s, first wishes {worth.first}/{len(problem.families)}, "
        f"wishes {worth.met}/{wished}, empty slots {worth.empty}, faults {len(faults(problem, found.meetings))}"
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=2)
    asked.add_argument("--wishes", type=int, nargs="*", default=[3, 8])
    options = asked.parse_args()
    for wishes in options.wishes:
        for seed in range(1, options.seeds + 1):
            problem = drawn(seed, wishes)
            print(f"seed {seed}, one to {wishes} wishes a family")
            print(line_of("greedy", problem, greedy(problem)))
            print(line_of("plan", problem, plan(problem)))


if __name__ == "__main__":
    main()
