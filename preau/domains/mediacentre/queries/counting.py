"""How many people have each resource, counted in the database: one statement, however many rules, people and resources."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from preau.directory.models import Holding
from preau.domains.mediacentre.models import branches


def counted(found: "Sequence[QuerySet[Holding]]", by: str = "resource") -> dict[int, Counter[str]]:
    """For each resource (or rule), how many different people of each public these branches mean."""
    first, *rest = (branch.values_list(by, "person_id", "public") for branch in found)
    try:
        inside, values = first.union(*rest).query.sql_with_params()
    except EmptyResultSet:
        return {}
    # A union names its columns by its first part; it removes who is meant twice, and the outer query counts who is left.
    outside = f'SELECT t."{by}", t."public", COUNT(*) FROM ({inside}) t GROUP BY t."{by}", t."public"'  # noqa: S608 # nosec B608 - both parts are ours, values stay apart
    counts: dict[int, Counter[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(outside, values)
        for key, public, number in cursor.fetchall():
            counts.setdefault(key, Counter())[public] = number
    return counts


def used(day: date, school: int, resources: Any = None) -> dict[int, Counter[str]]:
    """For each resource, who has it by its rules: what licences are counted for."""
    return counted(branches(day, Q(school=school), resources))


def meant_by_rules(day: date, school: int) -> dict[int, int]:
    """For each rule in force, how many people it means today, exceptions apart."""
    return {key: sum(of.values()) for key, of in counted(branches(day, Q(school=school)), "rule").items()}
