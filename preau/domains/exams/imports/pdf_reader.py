"""Reads the words of one PDF, alone in a process of its own: what is in the file is not trusted.

Run by `imports.pdfs` as a script, with nothing of Préau: bytes on its input, one JSON object on its output. The system holds it to
a memory and a time; it says what it refuses by a word.
"""

import json
import resource
import sys
from io import BytesIO
from typing import Any

# What may run, open or hide something when the file is opened.
ACTS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/GoToE", "/GoToR"}
KEYS = {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/XFA"}
DEEPEST = 12


class Refuse(Exception):
    """The word that says why."""


def main(most_pages: int, most_signs: int, memory: int, seconds: int) -> dict[str, Any]:
    """The text of each page. Raises Refuse."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from pypdf import PdfReader  # noqa: PLC0415 - once the limits are set

    reader = PdfReader(BytesIO(sys.stdin.buffer.read()), strict=False)
    if reader.is_encrypted:
        raise Refuse("encrypted")
    if len(reader.pages) > most_pages:
        raise Refuse("pages")
    if not len(reader.pages):
        raise Refuse("unreadable")
    if _acts(reader):
        raise Refuse("dangerous")
    pages, left = [], most_signs
    for page in reader.pages:
        text = page.extract_text()[:left]
        left -= len(text)
        pages.append(_clean(text))
    return {"pages": pages}


def _acts(reader: Any) -> bool:
    """Does any object of the file do something?"""
    from pypdf.generic import IndirectObject  # noqa: PLC0415

    numbers = {number for objects in reader.xref.values() for number in objects} | set(reader.xref_objStm)
    return _does(reader.trailer, 0) or any(
        _does(reader.get_object(IndirectObject(number, 0, reader)), 0) for number in sorted(numbers) if number
    )


def _does(found: Any, depth: int) -> bool:
    """One object and what stands in it; what it points at is looked at by its own number."""
    if depth > DEEPEST:
        raise Refuse("unreadable")
    if isinstance(found, dict):
        items = [(str(key), dict.__getitem__(found, key)) for key in found]
        return any(
            key in KEYS or (key == "/S" and str(value) in ACTS) or _does(value, depth + 1)
            for key, value in items
        )
    return isinstance(found, list) and any(_does(one, depth + 1) for one in list.__iter__(found))


def _clean(text: str) -> str:
    """Letters that a database and a page may hold."""
    kept = "".join(
        sign for sign in text if sign in "\n\t" or (sign.isprintable() and not 0xD800 <= ord(sign) <= 0xDFFF)
    )
    return "\n".join(" ".join(line.split()) for line in kept.splitlines()).strip()


if __name__ == "__main__":
    try:
        told = main(*(int(one) for one in sys.argv[1:5]))
    except Refuse as refused:
        told = {"refused": str(refused)}
    except (MemoryError, RecursionError):
        told = {"refused": "heavy"}
    except Exception:  # noqa: BLE001 - whatever a broken file makes a reader of files do
        told = {"refused": "unreadable"}
    sys.stdout.write(json.dumps(told))
