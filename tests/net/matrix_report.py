"""The line that says what each layer of the isolation matrix did, at the end of the tests; the same figures in build/net/matrix.json."""

import json
from pathlib import Path
from typing import Any

REPORT = Path(__file__).parents[2] / "build" / "net" / "matrix.json"
# What tells one item from another, and is not counted.
NAMES = ("layer", "house", "role")


def summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of the items of one layer together."""
    figures = [name for name in rows[0] if name not in NAMES]
    return {
        "items": len(rows),
        "roles": len({row["role"] for row in rows if "role" in row}),
        **{name: sum(row[name] for row in rows) for name in figures},
        "by_item": sorted(rows, key=lambda row: (row["house"], row.get("role", ""))),
    }


def line(layer: int, total: dict[str, Any]) -> str:
    figures = ", ".join(
        f"{value} {name}" for name, value in total.items() if isinstance(value, int) and value
    )
    return f"Isolation matrix, layer {layer}: {figures}."


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [stat for kind in ("passed", "failed") for stat in terminalreporter.stats.get(kind, [])]
    found = [
        value
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "matrix"
    ]
    # A test reports when it is set up, called and taken down: each item once.
    rows = {tuple(row.get(name) for name in NAMES): row for row in found}.values()
    if not rows:
        return
    totals = {
        layer: summed([row for row in rows if row["layer"] == layer])
        for layer in sorted({row["layer"] for row in rows})
    }
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(totals, indent=1) + "\n")
    for layer, total in totals.items():
        terminalreporter.write_line(line(layer, total))
