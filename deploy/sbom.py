"""`python deploy/sbom.py`: writes deploy/sbom.json, what runs beneath Préau, as CycloneDX 1.5, from the locked files alone."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "deploy" / "sbom.json"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;.*)?\s*\\?$", re.MULTILINE)


def python_packages(root: Path) -> list[dict[str, Any]]:
    """Those of requirements/prod.txt; what the extras add is said optional."""
    always = locked_in(root / "requirements" / "prod.txt")
    found = []
    for name, version in locked_in(root / "requirements" / "extras.txt").items():
        purl = f"pkg:pypi/{name}@{version}"
        one = {"type": "library", "name": name, "version": version, "bom-ref": purl, "purl": purl}
        found.append(one if name in always else one | {"scope": "optional"})
    return found


def locked_in(file: Path) -> dict[str, str]:
    return {name.lower(): version for name, version in LOCKED.findall(file.read_text())}


def node_packages(root: Path) -> list[dict[str, Any]]:
    """What the front end is built from and with; programs of one kind of machine alone are left out."""
    lock, found = json.loads((root / "package-lock.json").read_text()), []
    for path, package in sorted(lock["packages"].items()):
        if path and not package.get("optional"):
            name = path.rpartition("node_modules/")[2]
            purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
            one = {
                "type": "library",
                "name": name,
                "version": package["version"],
                "bom-ref": purl,
                "purl": purl,
            }
            if package.get("license"):
                one["licenses"] = [{"expression": package["license"]}]
            found.append(one)
    return list({one["bom-ref"]: one for one in found}.values())


def version(root: Path) -> str:
    (found,) = re.findall(r'^version = "(.+)"$', (root / "pyproject.toml").read_text(), re.MULTILINE)
    return str(found)


def written(root: Path = ROOT) -> str:
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "preau", "version": version(root), "bom-ref": "preau",
                "licenses": [{"license": {"id": "AGPL-3.0-or-later"}}],
            }
        },
        "components": [*python_packages(root), *node_packages(root)],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    OUT.write_text(written())
