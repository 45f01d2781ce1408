"""`make test-deployed`: deploy/compose.yaml as Compose reads it, with the environment as it is shipped. Nothing is started."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from deploy import elsewhere, example
from tests.site_apart import ROOT


def read(folder: Path, **others: str) -> "subprocess.CompletedProcess[str]":
    text = (ROOT / "deploy" / "compose.yaml").read_text()
    (folder / "compose.yaml").write_text(text.replace("/etc/preau.env", str(example.OUT)))
    return subprocess.run(
        ["docker-compose", "--file", folder / "compose.yaml", "config", "--format", "json"],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **others},
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_reads_it_and_its_environment(tmp_path: Path) -> None:
    done = read(tmp_path, SITE_NAME=elsewhere.NAME, PREAU_VERSION="v1")
    assert done.returncode == 0 and done.stderr == ""
    services: dict[str, Any] = json.loads(done.stdout)["services"]
    assert services["pages"]["environment"] == example.NEEDED
    assert services["proxy"]["environment"] == {"SITE_NAME": elsewhere.NAME}
    assert services["worker"]["image"] == "preau:v1" and services["proxy"]["image"] == "preau-proxy:v1"


def test_the_name_of_the_site_is_asked_for(tmp_path: Path) -> None:
    done = read(tmp_path)
    assert done.returncode != 0 and "the name of the site" in done.stderr
