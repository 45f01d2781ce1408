"""Writes what changed between two complete deliveries, as a rectorat does each night: additions, modifications, deletions."""

import marshal
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from preau.directory.imports.aaf.files import Reader
from preau.directory.imports.formats import AAF
from preau.directory.imports.records import Raw

Values = dict[str, list[str]]
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n<ficAlimMENESR>\n'
KINDS = {"EtabEducNat": "categorieStructure", "MefEducNat": "categorieMef", "MatEducNat": "categorieMatiere"}


def write_delta(before: Path, after: Path, folder: Path, *, day: date) -> dict[str, int]:
    """One file a category; returns how many records of each action were written.

    What `before` told is kept packed: a department fits in some hundred megabytes.
    """
    headers: dict[str, str] = {}
    known = {(raw.category, raw.id): marshal.dumps(raw.attributes) for raw in _records(before, headers)}
    written: dict[str, list[str]] = {}
    counts = {"add": 0, "modify": 0, "delete": 0}
    for raw in _records(after, headers):
        old = known.pop((raw.category, raw.id), None)
        was: Values = marshal.loads(old) if old else {}  # nosec B302  # noqa: S302 - written above
        changed = {name: values for name, values in raw.attributes.items() if was.get(name) != values}
        changed |= {name: [] for name in was if name not in raw.attributes}
        if old is None or changed:
            action = "add" if old is None else "modify"
            counts[action] += 1
            written.setdefault(raw.category, []).append(request(raw.category, raw.id, action, changed))
    for category, key in known:
        counts["delete"] += 1
        written.setdefault(category, []).append(request(category, key, "delete", {}))
    _write(folder, headers, written, day)
    return counts


def write_changes(before: Path, folder: Path, *, day: date, one_in: int) -> dict[str, int]:
    """A delta of a night: of the people of a complete delivery, one in so many has changed.

    A guardian has another address, a pupil goes to the class of the pupil before them, and one pupil in ten of those leaves.
    """
    headers: dict[str, str] = {}
    written: dict[str, list[str]] = {}
    counts = {"add": 0, "modify": 0, "delete": 0}
    seen, former = 0, dict[str, list[str]]()
    for raw in _records(before, headers):
        if raw.category not in {"Eleve", "PersRelEleve"}:
            continue
        seen += 1
        here = raw.attributes.get("ENTPersonStructRattach", [""])[0] if raw.category == "Eleve" else ""
        if seen % one_in == 0:
            changed: Values = {"mail": [f"changed.{raw.id}@example.org"]}
            action = "modify"
            if raw.category == "Eleve":
                action = "delete" if seen % (10 * one_in) == 0 else "modify"
                changed = {"ENTEleveClasses": former.get(here, raw.attributes.get("ENTEleveClasses", []))}
            counts[action] += 1
            written.setdefault(raw.category, []).append(request(raw.category, raw.id, action, changed))
        if here:
            former[here] = raw.attributes.get("ENTEleveClasses", [])
    _write(folder, headers, written, day)
    return counts


def _write(folder: Path, headers: dict[str, str], written: dict[str, list[str]], day: date) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    head = HEAD + "".join(f'<!-- {name}="{value}" -->\n' for name, value in headers.items())
    for category, requests in written.items():
        text = head + "".join(requests) + "</ficAlimMENESR>\n"
        (folder / f"PREAU_Delta_{day:%Y%m%d}_{category}_0000.xml").write_text(text, encoding="utf-8")


def request(category: str, key: str, action: str, attributes: Values) -> str:
    """One <addRequest>, <modifyRequest> or <deleteRequest>."""
    outer, inner = {"add": ("attributes", "attr"), "modify": ("modifications", "modification")}.get(
        action, ("", "")
    )
    kind = KINDS.get(category, "categoriePersonne")
    lines = [
        f"<{action}Request>",
        f'<operationalAttributes><attr name="{kind}"><value>{category}</value></attr></operationalAttributes>',
        f"<identifier><id>{escape(key)}</id></identifier>",
    ]
    if outer:
        operation = ' operation="replace"' if action == "modify" else ""
        lines.append(f"<{outer}>")
        for name, values in attributes.items():
            elements = "".join(f"<value>{escape(value)}</value>" for value in values) or "<value/>"
            lines.append(f'<{inner} name="{name}"{operation}>{elements}</{inner}>')
        lines.append(f"</{outer}>")
    lines.append(f"</{action}Request>\n")
    return "\n".join(lines)


def _records(folder: Path, headers: dict[str, str]) -> Iterator[Raw]:
    for path in AAF.files_in(folder):
        with path.open("rb") as file:
            reader = Reader(file, path.name)
            yield from reader
            headers |= reader.header
