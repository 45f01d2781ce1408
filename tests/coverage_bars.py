"""`make coverage`: the share of lines that the tests run, for the whole and for what must never be wrong.

`BARS`: a pattern of files, and the least percentage of their lines. A bar only ever rises.
"""

import json
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

BARS = {
    "preau/*": 95.0,
    "preau/*/rules*": 100.0,
    "preau/identity/*": 100.0,
    "preau/directory/imports/*": 100.0,
}
NOT_COUNTED = ("*/tests/*", "*/migrations/*")


def shares(report: dict[str, Any]) -> dict[str, tuple[float, list[str]]]:
    """For each bar: the share of its lines that ran, and « file: lines » of those that did not."""
    found = {}
    files = {
        name: coverage
        for name, coverage in report["files"].items()
        if not any(fnmatch(name, pattern) for pattern in NOT_COUNTED)
    }
    for pattern in BARS:
        mine = {name: coverage for name, coverage in files.items() if fnmatch(name, pattern)}
        lines = sum(coverage["summary"]["num_statements"] for coverage in mine.values())
        ran = sum(coverage["summary"]["covered_lines"] for coverage in mine.values())
        missing = [
            f"{name}: {coverage['missing_lines']}"
            for name, coverage in mine.items()
            if coverage["missing_lines"]
        ]
        found[pattern] = (100 * ran / lines if lines else 0.0, missing)
    return found


def main(report: Path) -> int:
    low = False
    for pattern, (share, missing) in shares(json.loads(report.read_text())).items():
        print(f"{pattern}: {share:.2f} % of lines, at least {BARS[pattern]:.0f} %")
        if share < BARS[pattern]:
            low = True
            print("\n".join(f"    {line}" for line in missing))
    return int(low)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
