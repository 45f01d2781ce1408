"""The counter of statements, which every limit stands on."""

from typing import Any

import pytest
from django.db import connection, transaction

from preau.directory.models import Person
from preau.foundation.prepared import Prepared
from tests.statements import Statements, counts

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("sql", "counted"),
    [
        ("SELECT 1", True),
        ("(SELECT 1) UNION ALL (SELECT 2)", True),
        ("((SELECT 1) UNION (SELECT 2)) LIMIT 1", True),
        (" \n select 1", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True),
        ('INSERT INTO "a" VALUES (1)', True),
        ('UPDATE "a" SET b = 1', True),
        ('DELETE FROM "a"', True),
        ("BEGIN IMMEDIATE", False),
        ("COMMIT", False),
        ('SAVEPOINT "s1"', False),
        ('RELEASE SAVEPOINT "s1"', False),
        ("SELECTED", False),
    ],
)
def test_what_counts(sql: str, counted: bool) -> None:
    assert counts(sql) is counted


def test_unions_and_prepared_statements_count_and_transactions_do_not(college: Any) -> None:
    """On PostgreSQL a union begins with a parenthesis."""
    names = Person.objects.order_by().values_list("given_name")
    union = Prepared(
        lambda name: names.filter(given_name=name).union(names.filter(family_name=name), all=True)
    )
    with Statements(connection) as asked, transaction.atomic():
        list(names.filter(pk=1).union(names.filter(pk=2), all=True))
        union("Nina")
        Person.objects.filter(pk=0).update(given_name="Nina")
    assert asked.count == 3, asked.made
