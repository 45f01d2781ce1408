"""`make faults`: every fault on both engines, then the report: `bench/faults.json` and `bench/faults.md`."""

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "faults"
REPORT = ROOT / "bench" / "faults.md"
COLUMNS = [
    ("runs", "runs"),
    ("acknowledged", "writes acknowledged"),
    ("lost", "lost"),
    ("doubled", "doubled"),
    ("broken", "half visible"),
    ("replayed", "forms sent again"),
    ("changed_by_replay", "runs where that changed something"),
    ("slowest_back", "back in at most (s)"),
    ("unanswered", "requests cut"),
    ("refused_kindly", "503 pages"),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--engines", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--once", action="store_true", help="each process killed once, and no report")
    options = parser.parse_args()
    BUILD.mkdir(parents=True, exist_ok=True)
    codes, found = [], []
    for engine in options.engines:
        file = BUILD / f"{engine}.json"
        file.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "bench.faults.alone",
            engine,
            f"--runs={options.runs}",
            f"--json={file}",
            *(["--once"] if options.once else []),
        ]
        codes.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
        if file.exists():
            found.append(json.loads(file.read_text()))
    if options.once:
        return max(codes, default=1)
    REPORT.with_suffix(".json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    REPORT.write_text(report(found, options.runs))
    print(REPORT.read_text())
    return max(codes, default=1)


def report(found: list[dict[str, Any]], runs: int) -> str:
    rows = [row for engine in found for row in engine["rows"]]
    lost = sum(row["lost"] for row in rows)
    lines = [
        "# Faults: what was acknowledged, and what was lost",
        "",
        f"`make faults ARGS=--runs={runs}`, on {datetime.now(UTC):%d %B %Y}. What each line does and checks: "
        "[docs/reliability.md](../docs/reliability.md).",
        "",
        f"**Acknowledged writes: {sum(row['acknowledged'] for row in rows)}; lost: {lost}.**",
        "",
        "| engine | fault | " + " | ".join(title for _, title in COLUMNS) + " |",
        "|---|---|" + "---:|" * len(COLUMNS),
        *[_line(row) for row in rows],
        "",
        *_letters(rows),
        "## Planted mistakes",
        "",
        "The same harness, on a site with a mistake made on purpose, must find losses.",
        "",
        "| engine | mistake | losses found |",
        "|---|---|---:|",
        *[
            f"| {engine['engine']} | {mistake} | {losses} |"
            for engine in found
            for mistake, losses in engine["planted"].items()
        ],
        "",
    ]
    return "\n".join(lines)


def _line(row: dict[str, Any]) -> str:
    if row["skipped"]:
        return f"| {row['engine']} | {row['label']} | skipped: {row['skipped']} |" + " |" * (len(COLUMNS) - 1)
    values = [f"{row[key]:.1f}" if isinstance(row[key], float) else str(row[key]) for key, _ in COLUMNS]
    return f"| {row['engine']} | {row['label']} | " + " | ".join(values) + " |"


def _letters(rows: list[dict[str, Any]]) -> list[str]:
    lines = [
        f"- {row['engine']}: {row['letters']} letters due after the worker was killed {row['runs']} times, none missing, "
        f"{row['letters_twice']} sent twice."
        for row in rows
        if row["letters"]
    ]
    return [*lines, ""] if lines else []


if __name__ == "__main__":
    sys.exit(main())
