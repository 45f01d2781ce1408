"""The attendance of the demonstration: a few days by real actions in a small school, weeks in bulk in an imported one."""

from typing import Any

from preau.domains.attendance.seeds import arrangements, following, known, seating, small, weeks


def plant(world: Any) -> None:
    if world.imported:
        weeks.plant(world)
    else:
        small.plant(world)
    following.plant(world)
    arrangements.plant(world)
    known.plant(world)
    seating.plant(world)


refresh = weeks.catch_up
