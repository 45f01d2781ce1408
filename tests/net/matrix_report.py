"""The line that says what the isolation matrix did, at the end of the tests; the same figures in build/net/matrix.json."""

import json
from pathlib import Path
from typing import Any

FIGURES = ("requests", "refused", "substituted", "leaks", "writes", "answers")
REPORT = Path(__file__).parents[2] / "build" / "net" / "matrix.json"


def summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "roles": len(rows),
        "routes": max(row["routes"] for row in rows),
        **{name: sum(row[name] for row in rows) for name in FIGURES},
        "by_role": sorted(rows, key=lambda row: str(row["role"])),
    }


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    found = [
        value for one in reports for name, value in getattr(one, "user_properties", ()) if name == "matrix"
    ]
    # A test reports when it is set up, called and taken down: each role once.
    rows = list({row["role"]: row for row in found}.values())
    if not rows:
        return
    total = summed(rows)
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(total, indent=1) + "\n")
    said = ", ".join(f"{total[name]} {name}" for name in ("routes", "roles", *FIGURES[:5]))
    terminalreporter.write_line(f"Isolation matrix: {said}; {total['answers']} wrong answers.")
