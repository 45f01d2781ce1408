"""`make test-deployed`: the alert rules, on planted faults, by Prometheus's own tool."""

import subprocess

import pytest

from tests.site_apart import ROOT

HERE = ROOT / "deploy" / "prometheus"


@pytest.mark.parametrize(
    "words",
    [
        ["check", "rules", "preau.rules.yml"],
        ["test", "rules", "preau.test.yml"],
        ["check", "config", "--syntax-only", "prometheus.yml"],
    ],
)
def test_prometheus_takes_them(words: list[str]) -> None:
    done = subprocess.run(["promtool", *words], cwd=HERE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
