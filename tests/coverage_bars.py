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
        name: told
        for name, told in report["files"].items()
        if not any(fnmatch(name, pattern) for pattern in NOT_COUNTED)
    }
    for pattern in BARS:
        mine = {name: told for name, told in files.items() if fnmatch(name, pattern)}
        lines = sum(told["summary"]["num_statements"] for told in mine.values())
        ran = sum(told["summary"]["covered_lines"] for told in mine.values())
        missing = [f"{name}: {told['missing_lines']}" for name, told in mine.items() if told["missing_lines"]]
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
