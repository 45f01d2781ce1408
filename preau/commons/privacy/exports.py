"""One's data as an archive: a page to read and a file for another program, with the same content."""

import json
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.template import engines

from preau.commons.privacy import queries
from preau.commons.privacy.queries import Fact, Held, Subject


def archive_of(subject: Subject, now: datetime) -> bytes:
    """donnees.html and donnees.json, zipped. Rows are read once and never all in memory: both files take each as it comes."""
    pages: Any = engines["pages"]
    template = pages.env.get_template("privacy/archive.html")
    zipped = BytesIO()
    with TemporaryFile() as data, ZipFile(zipped, "w", ZIP_DEFLATED) as archive:
        with archive.open("donnees.html", "w") as page:
            for text in _pieces(template.stream(told=_told(subject, now, data))):
                page.write(text.encode())
        data.seek(0)
        with archive.open("donnees.json", "w") as file:
            copyfileobj(data, file)
    return zipped.getvalue()


def _pieces(stream: Any) -> Iterator[str]:
    stream.enable_buffering(500)
    return iter(stream)


def _told(subject: Subject, now: datetime, data: IO[bytes]) -> dict[str, Any]:
    """Everything that is held about a person, for the page; what the page has read is written to `data` as JSON."""
    held = queries.held_about(subject)
    said = {
        "person": subject.person.full_name,
        "made_at": now.isoformat(),
        "nothing_in": [str(one.entry.label) for one in held if not one.count],
    }
    return said | {"tables": _tables([one for one in held if one.count], subject, said, data)}


def _tables(
    held: list[Held], subject: Subject, said: dict[str, Any], data: IO[bytes]
) -> Iterator[dict[str, Any]]:
    """Each table with its rows, to be read in this order."""
    data.write(_json(said)[:-1] + b', "tables": [')
    for number, one in enumerate(held):
        table = {
            "table": one.entry.model,
            "label": str(one.entry.label),
            "purpose": str(one.entry.purpose),
            "legal_basis": str(one.entry.legal_basis),
            "recipients": str(one.entry.recipients),
            "retention": str(one.entry.keep.said),
        }
        data.write((b",\n" if number else b"\n") + _json(table)[:-1] + b', "rows": [')
        yield table | {"rows": _rows(one, subject, data)}
        data.write(b"]}")
    data.write(b"]}\n")


def _rows(held: Held, subject: Subject, data: IO[bytes]) -> Iterator[list[Fact]]:
    rows = queries.facts_of(held.entry, subject, queries.rows_of(held.entry, subject))
    for number, facts in enumerate(rows):
        told = [{"field": one.name, "label": one.label, "value": one.value} for one in facts]
        data.write((b",\n" if number else b"\n") + _json(told))
        yield facts


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
