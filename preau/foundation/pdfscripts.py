"""Does a PDF run something as soon as it is opened? Looked at in its bytes: nothing here opens the file.

A script behind a field of a form stays: official forms count with it, and it waits for a hand. One that the catalogue names
at opening, or in its list of scripts, is run by readers before anybody has read a word.
"""

import re
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import IO

# What is looked at: a heavier file is told by its beginning and its end, where its catalogue stands.
MOST_READ, MOST_UNFOLDED = 40 << 20, 16 << 20
# A file made to be long to look at is looked at so far.
MOST_FOLDED, MOST_OF_ONE, MOST_OPENINGS = 2_000, 512 << 10, 50
RUNS = rb"/S\s*/(?:JavaScript|Launch)\b"
# The list of scripts of a document: a key with a value, where an action has it for a value.
LISTED = re.compile(rb"/JavaScript\s*(?:<<|\d+\s+\d+\s+R)")
OPENING = re.compile(rb"/OpenAction\s*(?:(?P<here><<.{0,600})|(?P<number>\d+)\s+\d+\s+R)", re.DOTALL)
# Nobody writes these names by the codes of their letters but to hide them.
HIDDEN = re.compile(rb"/[A-Za-z]*#[0-9A-Fa-f]{2}[A-Za-z#0-9]*")
TELLING = {b"/JavaScript", b"/OpenAction", b"/Launch"}
CODE = re.compile(rb"#([0-9A-Fa-f]{2})")
HEADING = re.compile(rb"\s*(?:\d+\s+\d+\s+)+")
FOLDED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)


def runs_at_opening(file: IO[bytes]) -> bool:
    content = _read(file)
    parts = list(_unfolded(content))
    return any(_is_hidden(part) or LISTED.search(part) for part in (content, *parts)) or any(
        _runs(opening, content, parts)
        for part in (content, *parts)
        for opening in islice(OPENING.finditer(part), MOST_OPENINGS)
    )


def _read(file: IO[bytes]) -> bytes:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size <= MOST_READ:
        return file.read()
    start = file.read(MOST_READ // 2)
    file.seek(size - MOST_READ // 2)
    return start + file.read()


def _unfolded(content: bytes) -> Iterator[bytes]:
    """The objects that newer files keep folded together, as far as a measure."""
    left = MOST_UNFOLDED
    for found in islice(FOLDED.finditer(content), MOST_FOLDED):
        try:
            part = zlib.decompressobj().decompress(content[found.end() : found.end() + MOST_OF_ONE], left)
        except zlib.error:
            continue
        left -= len(part)
        yield part
        if left <= 0:
            return


def _is_hidden(part: bytes) -> bool:
    return any(
        CODE.sub(lambda code: bytes([int(code[1], 16)]), found[0]) in TELLING
        for found in HIDDEN.finditer(part)
    )


def _runs(opening: re.Match[bytes], content: bytes, parts: Sequence[bytes]) -> bool:
    """What the catalogue opens with: an action written there, or the object of a number."""
    if opening["here"]:
        return bool(re.search(RUNS, opening["here"]))
    begins = re.search(rb"(?<!\d)" + opening["number"] + rb"\s+\d+\s+obj(.{0,600})", content, re.DOTALL)
    if begins:
        return bool(re.search(RUNS, begins[1].partition(b"endobj")[0]))
    return any(re.search(RUNS, _folded_object(int(opening["number"]), part)) for part in parts)


def _folded_object(number: int, part: bytes) -> bytes:
    """An object kept folded, b"" where it is not: before them stand the number and the place of each (ISO 32000-1, 7.5.7)."""
    heading = HEADING.match(part)
    if not heading:
        return b""
    told = [int(one) for one in heading[0].split()]
    places = dict(zip(told[::2], told[1::2], strict=False))
    if number not in places:
        return b""
    starts = places[number]
    ends = min((place for place in places.values() if place > starts), default=len(part))
    return part[heading.end() + starts : heading.end() + ends]
