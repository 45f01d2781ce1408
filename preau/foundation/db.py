"""All that differs between SQLite and PostgreSQL, in one place."""

from typing import Any

SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"


def configure(database: dict[str, Any]) -> dict[str, Any]:
    """Complete a database read from DATABASE_URL with what each engine needs to be safe and quick."""
    options = dict(database.get("OPTIONS", {}))
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # IMMEDIATE takes the write lock when a transaction opens, so that two writers wait instead of failing.
        options |= {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": SQLITE_START}
        # Tests use a file too: several threads on one in-memory database do not behave like several connections.
        return database | {"OPTIONS": options, "TEST": {"NAME": f"{database['NAME']}.test"}}
    options.setdefault("pool", {"min_size": 1, "max_size": 8, "timeout": 10})
    # A pool keeps connections open by itself: Django must not keep them too.
    return database | {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}
