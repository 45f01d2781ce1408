"""What the samples of a page come down to."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, median, quantiles
from typing import Any

Sample = tuple[float, float, float]  # web, database and wall milliseconds


@dataclass(frozen=True)
class Costs:
    """Medians in milliseconds of CPU (`cost`: web and database together) and of waiting; requests a second."""

    web: float
    database: float
    cost: float
    p50: float
    p95: float
    per_second: float

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> "Costs":
        web, database, wall = zip(*samples, strict=True)
        return cls(
            web=median(web),
            database=median(database),
            cost=median(a + b for a, b in zip(web, database, strict=True)),
            p50=median(wall),
            p95=quantiles(wall, n=20)[-1],
            per_second=1000 / mean(wall),
        )

    @classmethod
    def of_all(cls, samples: Mapping[str, Sequence[Sample]]) -> "dict[str, Costs]":
        return {key: cls.of(found) for key, found in samples.items()}


@dataclass(frozen=True)
class World:
    """The pages of one world on one engine, and a profile of its slowest page."""

    engine: str
    schools: int
    rounds: int
    described: dict[str, Any]
    costs: dict[str, Costs]
    slowest: str
    profile: str

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "World":
        return cls(**{**plain, "costs": {key: Costs(**costs) for key, costs in plain["costs"].items()}})
