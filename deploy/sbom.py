"""`python deploy/sbom.py`: writes deploy/sbom.json, what runs beneath Préau, as CycloneDX 1.5, from the locked files alone."""

import json
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "deploy" / "sbom.json"
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?:\s*;.*)?\s*\\?$", re.MULTILINE)


def python_packages() -> list[dict[str, Any]]:
    """Those of requirements/prod.txt, each with the digests of its files."""
    text, found = (ROOT / "requirements" / "prod.txt").read_text(), []
    for part in re.split(r"\n(?=[A-Za-z0-9])", text):
        if told := LOCKED.match(part):
            name, version = told[1].lower(), told[2]
            purl = f"pkg:pypi/{name}@{version}"
            found.append({"type": "library", "name": name, "version": version, "bom-ref": purl, "purl": purl})
    return found


def node_packages() -> list[dict[str, Any]]:
    """What the front end is built from and with; programs of one kind of machine alone are left out."""
    told, found = json.loads((ROOT / "package-lock.json").read_text()), []
    for path, package in sorted(told["packages"].items()):
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


def version() -> str:
    (found,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    return str(found)


def written() -> str:
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "name": "preau", "version": version(), "bom-ref": "preau",
                "licenses": [{"license": {"id": "AGPL-3.0-or-later"}}],
            }
        },
        "components": [*python_packages(), *node_packages()],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    OUT.write_text(written())
