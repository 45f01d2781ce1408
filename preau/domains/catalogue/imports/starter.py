"""The starter collection: folders of HTML files under a few lines of TOML, and the tree of the programmes.

A file that is not as it should be stops the planting, and says why: they come with the code, and the tests read them all.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from preau.domains.catalogue.actions.publishing import Drawing, Place, Record, Report, Shelf, publish
from preau.domains.catalogue.imports import bodies, drawings
from preau.domains.catalogue.models import Accessibility, Audience, Licence, Node, Type
from preau.foundation.richtext import documents
from preau.foundation.text import french

HOUSE = Path(__file__).parent.parent
STARTER, PROGRAMMES = HOUSE / "starter", HOUSE / "data" / "curriculum-2026.toml"
SOURCE, INSTITUTION = "starter", ("preau", "Préau")
# Changes when what is made of a file does, so that every row is written again.
READING = 1
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Words of our own addresses, which no collection may take.
TAKEN = {"recherche", "institutions", "oai", "oembed"}
LONGEST = {"title": 200, "abstract": 400}
Fields = Mapping[str, Any]


class BadResource(ValueError):
    """The file, and what is wrong in it."""

    def __init__(self, where: str, why: object) -> None:
        super().__init__(f"{where}: {why}")


def plant(folder: Path = STARTER) -> Report:
    """Bring the catalogue to what the folder says. A second time writes nothing. Raises BadResource."""
    year, places = programmes()
    shelves, records, notions = read(folder, places)
    return publish(SOURCE, INSTITUTION, year, [*places, *notions], shelves, records)


def programmes() -> tuple[int, list[Place]]:
    """The year of the programmes, their cycles, levels and subjects in order."""
    curriculum = tomllib.loads(PROGRAMMES.read_text(encoding="utf-8"))
    found = []
    for cycle in curriculum["cycles"]:
        found.append(_place(Node.Kind.CYCLE, cycle))
        above = (str(Node.Kind.CYCLE), cycle["key"])
        found += [_place(Node.Kind.LEVEL, level, above) for level in cycle["levels"]]
    return curriculum["year"], found + [
        _place(Node.Kind.SUBJECT, subject) for subject in curriculum["subjects"]
    ]


def _place(kind: str, fields: Fields, parent: tuple[str, str] | None = None) -> Place:
    return Place(
        str(kind), fields["key"], fields["label"], fields.get("also", ()), fields.get("concept", ""), parent
    )


def read(folder: Path, places: Sequence[Place]) -> tuple[list[Shelf], list[Record], list[Place]]:
    """The collections, the resources and their notions, in a stable order. Raises BadResource."""
    shelves, records, notions = [], [], {}
    for inside in sorted(path for path in folder.iterdir() if path.is_dir()):
        shelves.append(_shelf(inside))
        for path in sorted(inside.glob("*.html")):
            record, own = _Reader(inside, path, places).read()
            records.append(record)
            notions |= {notion.key: notion for notion in own}
    keys = {record.key for record in records}
    for record in records:
        if missing := [key for key in record.related if key not in keys]:
            raise BadResource(record.key, f"related to what is not there: {', '.join(missing)}")
    return shelves, records, [notions[key] for key in sorted(notions)]


def _shelf(folder: Path) -> Shelf:
    where = f"{folder.name}/collection.toml"
    fields = _toml(where, (folder / "collection.toml").read_text(encoding="utf-8"))
    if not SLUG.fullmatch(folder.name) or folder.name in TAKEN:
        raise BadResource(where, "the name of the folder is no name of a collection")
    try:
        return Shelf(
            folder.name,
            french(fields["title"]),
            french(fields["abstract"]),
            documents.document(fields["editorial"]),
            fields["order"],
        )
    except KeyError as missing:
        raise BadResource(where, f"no {missing}") from missing


def _toml(where: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadResource(where, error) from error


class _Reader:
    """One file of a resource."""

    def __init__(self, folder: Path, path: Path, places: Sequence[Place]) -> None:
        self.folder, self.path, self.where = folder, path, f"{folder.name}/{path.stem}"
        self.places = {(place.kind, french(place.label).casefold()): place for place in places}
        self.raw = path.read_text(encoding="utf-8")

    def read(self) -> tuple[Record, list[Place]]:
        _, mark, rest = self.raw.partition("+++\n")
        head, end, body = rest.partition("\n+++\n")
        if not mark or not end:
            raise BadResource(self.where, "no lines of TOML between two lines of +++")
        fields = _toml(self.where, head)
        try:
            return self._record(fields, bodies.parts_of(body))
        except bodies.BadBody as error:
            raise BadResource(self.where, error) from error
        except KeyError as missing:
            raise BadResource(self.where, f"no {missing}") from missing

    def _record(self, fields: Fields, parts: list[bodies.Part]) -> tuple[Record, list[Place]]:
        if not SLUG.fullmatch(self.path.stem):
            raise BadResource(self.where, "the name of the file is no key")
        subjects = [self._node(Node.Kind.SUBJECT, name) for name in fields["subjects"]]
        notions = [
            Place(
                str(Node.Kind.NOTION),
                f"{subjects[0].key}/{slugify(word)}",
                french(word),
                (),
                "",
                (subjects[0].kind, subjects[0].key),
            )
            for word in fields.get("notions", ())
        ]
        levels = [self._node(Node.Kind.LEVEL, name) for name in fields["levels"]]
        media = dict(self._drawings(parts))
        texts = [self.raw, str(READING), *(drawing.digest for drawing in media.values())]
        digest = sha256("\0".join(texts).encode()).hexdigest()
        places = [(place.kind, place.key) for place in (*levels, *subjects, *notions)]
        related = fields.get("related", ())
        return Record(
            self.where, digest, self._facts(fields, parts), list(dict.fromkeys(places)), media, related
        ), notions

    def _facts(self, fields: Fields, parts: list[bodies.Part]) -> dict[str, Any]:
        return {
            "title": self._text("title", fields["title"]),
            "abstract": self._text("abstract", fields["abstract"]),
            "rank": fields.get("rank", 0),
            "authors": [french(name) for name in fields["authors"]],
            "type": self._one(Type, fields["type"]),
            "keywords": [french(word) for word in fields.get("keywords", ())],
            "audiences": [self._one(Audience, name) for name in fields["audiences"]],
            "duration": fields.get("duration"),
            "licence": Licence.BY,
            "accessibility": [self._one(Accessibility, name) for name in fields["accessibility"]],
            "published": self._day(fields["published"]),
            "parts": parts,
            "text": bodies.text_of(parts),
        }

    def _text(self, name: str, text: str) -> str:
        if not text.strip() or len(text) > LONGEST[name]:
            raise BadResource(self.where, f"a {name} of {len(text)} signs, {LONGEST[name]} at most")
        return french(text.strip())

    def _day(self, day: object) -> date:
        if not isinstance(day, date):
            raise BadResource(self.where, f"{day!r} is no date")
        return day

    def _one(self, choices: Any, name: str) -> str:
        known = {str(label).casefold(): value for value, label in choices.choices}
        if name.casefold() not in known:
            raise BadResource(self.where, f"{name!r} is not one of {', '.join(known)}")
        return str(known[name.casefold()])

    def _node(self, kind: str, name: str) -> Place:
        try:
            return self.places[str(kind), french(name).casefold()]
        except KeyError:
            raise BadResource(self.where, f"{name!r} is no {kind} of the programmes") from None

    def _drawings(self, parts: Sequence[bodies.Part]) -> Iterator[tuple[str, Drawing]]:
        for name in dict.fromkeys(bodies.pictures_of(parts)):
            path = self.folder / name
            if not path.is_file():
                raise BadResource(self.where, f"{name} is not beside it")
            try:
                content = drawings.checked(path.read_text(encoding="utf-8"))
            except drawings.NotADrawing as error:
                raise BadResource(f"{self.folder.name}/{name}", error) from error
            yield name, Drawing(content, sha256(content.encode()).hexdigest())
