"""Real processes are killed while people write: what was acknowledged is there, once. `make faults` does it at length."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_kills_lose_no_acknowledged_write_and_a_lie_in_the_ledger_is_found(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "bench.faults.alone", "sqlite", "--once", f"--json={report}"]
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        command, cwd=ROOT, env=kept, capture_output=True, text=True, check=False, timeout=300
    )
    assert report.exists(), done.stdout + done.stderr
    found = json.loads(report.read_text())
    assert [row["fault"] for row in found["rows"]] == ["page", "pages", "worker"]
    for row in found["rows"]:
        assert (row["lost"], row["doubled"], row["broken"], row["changed_by_replay"]) == (0, 0, 0, 0), row
        assert row["words"] == [] and row["slowest_back"] <= 30 and row["acknowledged"] > 0, row
    assert all(found["planted"].values())
    assert done.returncode == 0
