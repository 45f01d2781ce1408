"""Reading CSV files that others wrote: streamed, in the encoding they are in, and a sentence for what is not taken."""

import csv
import re
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import IO, NamedTuple

from django.utils.translation import gettext as _

from preau.foundation.reading import CHUNK, LONGEST_RECORD, LONGEST_VALUE, EncodingWatch, Unreadable
from preau.foundation.text import fold

UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Bytes that are letters in windows-1252 and nothing in ISO-8859-15.
ONLY_WINDOWS = bytes(range(0x80, 0xA0))
DELIMITERS = ";,\t"
NO_LETTER = re.compile("[\udc80-\udcff]")
MOST_COLUMNS = 1_000
TOO_SHORT, TOO_LONG = "short", "long"

Open = Callable[[], IO[bytes]]


class Row(NamedTuple):
    """`line` is where it begins in the file. `odd`: it was shorter than the headings and is filled, or longer and is cut."""

    line: int
    cells: list[str]
    odd: str = ""


class Sheet:
    """A CSV file: its headings folded (lower case, no accent, no star), which may come several times, and its rows."""

    def __init__(self, opened: Open, name: str) -> None:
        self.opened, self.name = opened, name
        self.encoding = self._encoding()
        self.delimiter = self._delimiter()
        first = next((row.cells for row in self._records()), [])
        self.headings = self._folded(first)
        if not any(self.headings):
            raise Unreadable(name, None, _("Le fichier ne contient pas de titres de colonnes."))
        self.width = len(self.headings)
        # As they are written, to be shown.
        self.titles = [" ".join(cell.replace("\ufeff", "").split()) for cell in first[: self.width]]

    def rows(self, *, longer: bool = False) -> Iterator[Row]:
        """Rows that hold something. `longer`: cells beyond the headings are given too, and are nothing odd."""
        records = self._records()
        next(records)
        for line, values, cut in records:
            cells = [" ".join(cell.split()) for cell in values]
            if cut and len(cells) < self.width:
                raise Unreadable(self.name, line, _("Le fichier s’arrête au milieu."))
            if any(cells):
                yield self._row(line, cells, longer=longer)

    def _row(self, line: int, cells: list[str], *, longer: bool) -> Row:
        if len(cells) < self.width:
            return Row(line, cells + [""] * (self.width - len(cells)), TOO_SHORT)
        if longer:
            return Row(line, cells)
        return Row(line, cells[: self.width], TOO_LONG if any(cells[self.width :]) else "")

    def _folded(self, cells: list[str]) -> list[str]:
        folded = [fold(cell.replace("*", " ").replace("\ufeff", "")) for cell in cells]
        while folded and not folded[-1]:
            folded.pop()
        return folded

    # What the bytes are

    def _encoding(self) -> str:
        """UTF-8 when all of it is; else the one-byte encoding that its letters are in."""
        watch, windows = EncodingWatch(), False
        with self.opened() as file:
            while chunk := file.read(CHUNK):
                if chunk.startswith(UTF_16) or b"\0" in chunk:
                    raise Unreadable(
                        self.name,
                        None,
                        _("Ce n’est pas un CSV en UTF-8 ou en ISO-8859-15 : il contient des octets nuls."),
                    )
                watch.see(chunk)
                windows = windows or not set(ONLY_WINDOWS).isdisjoint(chunk)
        if not watch.seen:
            raise Unreadable(self.name, None, _("Le fichier est vide."))
        if not watch.is_not_utf8 and not watch.is_cut:
            return "utf-8-sig"
        return "cp1252" if windows else "iso-8859-15"

    def _delimiter(self) -> str:
        """The one that the line of headings uses most."""
        for _number, line in self._lines():
            return max(DELIMITERS, key=line.count)
        raise Unreadable(self.name, None, _("Le fichier est vide."))

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Lines that are not blank before the first, then every line, with their numbers; none endless."""
        begun = False
        with self.opened() as raw:
            lines = _Lines(raw, self.encoding)
            for number, line in enumerate(iter(lambda: lines.next(self.name), ""), 1):
                begun = begun or bool(line.strip())
                if begun:
                    yield number, line

    def _records(self) -> Iterator["Record"]:
        feed = _Feed(self._lines(), self.name)
        reader = csv.reader(feed, delimiter=self.delimiter, strict=True)
        while True:
            feed.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Unreadable(self.name, feed.began, _sentence(error)) from None
            self._bound(cells, feed.began)
            yield Record(feed.began, cells, feed.is_cut)

    def _bound(self, cells: list[str], line: int) -> None:
        if any(len(cell) > LONGEST_VALUE for cell in cells):
            raise Unreadable(self.name, line, _("Une valeur dépasse 100 000 caractères."))
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(self.name, line, _("Une ligne a plus de mille cellules."))


class Record(NamedTuple):
    """A row as it was cut; `cut` says that the file ends there without the end of a line."""

    line: int
    cells: list[str]
    cut: bool


class _Lines:
    """Lines of a binary file with their ends, of a bounded length."""

    def __init__(self, raw: IO[bytes], encoding: str) -> None:
        # A byte that is no letter is kept apart until its line is known.
        self.text = TextIOWrapper(raw, encoding, errors="surrogateescape", newline="")
        self.number = 0

    def next(self, name: str) -> str:
        self.number += 1
        line = self.text.readline(LONGEST_RECORD + 1)
        if len(line) > LONGEST_RECORD:
            raise Unreadable(name, self.number, _("Une ligne dépasse un million de caractères."))
        if NO_LETTER.search(line):
            raise Unreadable(name, self.number, _("Un caractère ne se lit pas."))
        return line


class _Feed:
    """Gives lines to the `csv` module, and remembers where the record being read began and how long it is."""

    def __init__(self, lines: Iterator[tuple[int, str]], name: str) -> None:
        self.lines, self.name = lines, name
        self.began = self._size = 0
        self.is_cut = False

    def begin(self) -> None:
        self.began = self._size = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        number, line = next(self.lines)
        self.began = self.began or number
        self._size += len(line)
        if self._size > LONGEST_RECORD:
            raise Unreadable(self.name, self.began, _never_closed())
        self.is_cut = not line.endswith(("\n", "\r"))
        return line


def _never_closed() -> str:
    return _("Un guillemet ouvert n’est jamais refermé.")


def _sentence(error: csv.Error) -> str:
    message = str(error)
    if "unexpected end" in message:
        return _never_closed()
    if "field larger" in message:
        return _("Une valeur dépasse 100 000 caractères : un guillemet n’est peut-être pas refermé.")
    return _("Des guillemets sont mal placés : la ligne ne se découpe pas.")
