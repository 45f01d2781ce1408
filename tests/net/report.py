"""What a run saw: parts written by each test, one summary, one page to read. `docs/net.md` tells how to read it."""

import json
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from tests.net import audit, known_bad
from tests.net.plan import FOLDER, PLAN, run
from tests.net.reviewed import REVIEWED


class Part:
    """What one test saw, with the members of the cast that it followed."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = list(keys)
        self.pairs: set[tuple[str, str]] = set()
        self.objects: set[str] = set()
        self.addresses = 0
        self.links = 0
        self.faults: list[dict[str, str]] = []
        self.looks: list[dict[str, Any]] = []
        self.planted: dict[str, list[str]] = {}
        # What the validator reads, and where it came from; not written with the rest.
        self.files: dict[Path, Any] = {}

    @property
    def name(self) -> str:
        return "-".join(self.keys)

    def validate(self) -> None:
        """The bodies of the pages looked at, and of the known-bad one, through the Nu validator, all at once."""
        answer = audit.validated([known_bad.HERE / "known_bad.html", *self.files])
        if answer is None:
            return
        self.planted["vnu"] = answer[str(known_bad.HERE / "known_bad.html")]
        for file, visit in self.files.items():
            self._keep(visit, {"vnu": answer[str(file)]})

    def add_answer(self, visit: Any, found: dict[str, list[str]]) -> None:
        self.pairs.add((visit.route, visit.member))
        self.addresses += 1
        self.links += len(visit.links)
        self._keep(visit, found)

    def add_look(self, visit: Any, found: dict[str, list[str]], seconds: float, shot: Path) -> None:
        look = {
            "member": visit.member,
            "route": visit.route,
            "address": visit.address,
            "seconds": round(seconds, 2),
        }
        if PLAN.settings:
            file = shot.with_suffix(".html").absolute()
            file.write_text(visit.body)
            self.files[file] = visit
        picture = str(shot.relative_to(run())) if shot.exists() else ""
        self.looks.append(look | {"shot": picture, "faults": sum(map(len, found.values()))})
        self._keep(visit, found)

    def _keep(self, visit: Any, found: dict[str, list[str]]) -> None:
        where = {"member": visit.member, "route": visit.route, "address": visit.address}
        self.faults += [
            {"checker": name, **where, "told": one} for name, faults in found.items() for one in faults
        ]

    def write(self, seconds: float) -> None:
        folder = run() / "parts"
        folder.mkdir(parents=True, exist_ok=True)
        written = {name: value for name, value in vars(self).items() if name != "files"}
        kept = written | {"pairs": sorted(self.pairs), "objects": sorted(self.objects), "seconds": seconds}
        (folder / f"{self.name}.json").write_text(json.dumps(kept, ensure_ascii=False))


def fault_lines(faults: list[dict[str, str]]) -> str:
    """The faults as a failing test says them: each once, with where to look."""
    lines: dict[str, list[dict[str, str]]] = {}
    for fault in faults:
        lines.setdefault(f"[{fault['checker']}] {fault['route']} : {fault['told']}", []).append(fault)
    return "\n".join(
        f"{len(those)} × {line}  ({those[0]['member']}, {those[0]['address']})"
        for line, those in sorted(lines.items(), key=lambda pair: -len(pair[1]))
    )


def gathered() -> dict[str, Any]:
    """The parts of this run as one summary."""
    parts = [json.loads(path.read_text()) for path in sorted((run() / "parts").glob("*.json"))]
    pairs = {tuple(pair) for part in parts for pair in part["pairs"]}
    faults = [fault for part in parts for fault in part["faults"]]
    planted = parts[0]["planted"]
    counted = Counter(fault["checker"] for fault in faults)
    return {
        "plan": PLAN.name,
        "members": sorted({member for _, member in pairs}),
        "routes": len({route for route, _ in pairs}),
        "pairs": len(pairs),
        "objects": len({found for part in parts for found in part["objects"]}),
        "addresses": sum(part["addresses"] for part in parts),
        "links": sum(part["links"] for part in parts),
        "looks": [look for part in parts for look in part["looks"]],
        "violations": len(faults),
        "checkers": {
            name: {"violations": counted[name], "on_known_bad": len(planted[name])} for name in planted
        },
        "faults": faults,
        "planted": planted,
        "reviewed": [vars(line) for line in REVIEWED],
        "seconds": round(sum(part["seconds"] for part in parts), 1),
    }


def publish(summary: dict[str, Any]) -> None:
    """`report.json` for machines, `report.html` to read; the pictures of the former run make room."""
    shutil.rmtree(FOLDER / "shots", ignore_errors=True)
    # Closed eyes take no picture.
    (run() / "shots").mkdir(exist_ok=True)
    (run() / "shots").rename(FOLDER / "shots")
    shutil.rmtree(run())
    (FOLDER / "report.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1))
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = page.from_string((Path(__file__).parent / "report.html").read_text())
    (FOLDER / "report.html").write_text(template.render(summary))


def line(summary: dict[str, Any]) -> str:
    """The numbers of a run, for whoever reads the end of a log."""
    found = ", ".join(f"{name} {count['on_known_bad']}" for name, count in summary["checkers"].items())
    seen = f"{len(summary['looks'])} pages regardées" if PLAN.eyes else "yeux fermés"
    return (
        f"Filet ({summary['plan']}) : {summary['pairs']} couples ({summary['routes']} routes, {len(summary['members'])} personnes), "
        f"{summary['objects']} objets, {summary['addresses']} adresses, {summary['links']} liens, "
        f"{seen}, {summary['violations']} défauts, {summary['seconds']} s. "
        f"Sur la page fautive : {found}. {FOLDER / 'report.html'}"
    )
