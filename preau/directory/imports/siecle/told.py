"""What the files of one delivery say of one school, before it is put into the names of the AAF."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _

from preau.directory.imports.siecle import files
from preau.directory.imports.siecle.files import Reader
from preau.directory.imports.spool import Record
from preau.directory.imports.staging.staged import Staged, Tell
from preau.directory.imports.staging.values import day_of
from preau.foundation import uploads
from preau.foundation.reading import Unreadable
from preau.foundation.xmlrecords import Node

# Of one school, which is held in memory: so many files in an archive, so many elements in all its files.
LIMITS = uploads.Limits(files=50)
MOST = 2_000_000
# Roots that speak of one year: two years are two deliveries. Nomenclatures outlive years.
OF_A_YEAR = {files.PUPILS, files.GUARDIANS, files.STRUCTURES, files.STS}
YEAR = re.compile(r"(?:19|20)[0-9]{2}", re.ASCII)


class FoundElement(NamedTuple):
    """An element, where it stands, and the root of its file."""

    node: Node
    file: int
    root: str

    @property
    def line(self) -> int:
        return self.node.line


@dataclass
class SiecleFiles:
    """`elements`: tag → elements, in the order of the files. `headings`: one a file. `new`: generations of kinship seen."""

    uai: str = ""
    roots: set[str] = field(default_factory=set)
    elements: dict[str, list[FoundElement]] = field(default_factory=dict)
    headings: list[FoundElement] = field(default_factory=list)
    years: set[int] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    new: set[bool] = field(default_factory=set)
    count: int = 0

    def of(self, tag: str, *roots: str) -> list[FoundElement]:
        """Elements of this tag; of files of these roots alone, when some are given."""
        found = self.elements.get(tag, [])
        return [element for element in found if element.root in roots] if roots else found


def read(paths: Iterable[Path], staged: Staged, tell: Tell) -> SiecleFiles:
    """Every file, and every file of every archive. Raises Unreadable."""
    siecle_files = SiecleFiles()
    for path in paths:
        tell(path.name)
        with path.open("rb") as source:
            start = source.read(4)
            source.seek(0)
            if not start.startswith(uploads.ZIP_MARK):
                _read_file(Reader(source, path.name), staged, siecle_files)
                continue
            try:
                with uploads.opened_xml(source, LIMITS) as inside:
                    for name, member in inside:
                        _read_file(Reader(member, f"{path.name}, {name}"), staged, siecle_files)
            except uploads.UploadRefused as refusal:
                raise Unreadable(path.name, None, str(refusal)) from None
    return siecle_files


def _read_file(reader: Reader, staged: Staged, siecle_files: SiecleFiles) -> None:
    number = staged.open(reader.name)
    for node in reader:
        found = FoundElement(node, number, reader.root_tag)
        if node.tag == "PARAMETRES":
            _head(found, reader, siecle_files)
        else:
            siecle_files.elements.setdefault(node.tag, []).append(found)
        if siecle_files.count + reader.nodes > MOST:
            raise reader.unreadable(_("Il y a trop d’enregistrements pour un seul établissement."))
    siecle_files.count += reader.nodes
    if reader.root_tag == files.PLACES:
        return
    if not siecle_files.headings or siecle_files.headings[-1].file != number:
        raise reader.unreadable(_("Le fichier ne dit pas de quel établissement il vient (UAJ)."))
    siecle_files.roots.add(reader.root_tag)
    if reader.root_tag == files.GUARDIANS:
        _date_kinship(reader, siecle_files)
    for line in reader.dollars:
        place = Record(0, "", "", number, line, {})
        staged.spool.warn(
            _("Le signe « $ » n’a pas sa place dans un code ou un libellé : il est remplacé."),
            place,
            school=siecle_files.uai,
        )


def _head(found: FoundElement, reader: Reader, siecle_files: SiecleFiles) -> None:
    """The school, the year and the day of a file; a second school is refused."""
    node = found.node
    uai = next((one.attributes.get("CODE") or one.text for one in node.each("UAJ")), "").strip().upper()
    if not uai:
        raise reader.unreadable(_("Le fichier ne dit pas de quel établissement il vient (UAJ)."))
    if siecle_files.uai and uai != siecle_files.uai:
        sentence = _(
            "Les fichiers viennent de deux établissements, %(first)s et %(second)s : livrez-les séparément."
        )
        raise reader.unreadable(sentence % {"first": siecle_files.uai, "second": uai})
    siecle_files.uai = uai
    siecle_files.headings.append(found)
    if day := day_of(node.said("DATE_EXPORT"), lambda _reason: None):
        siecle_files.days.add(day)
    year = next((one.attributes.get("ANNEE") or one.text for one in node.each("ANNEE_SCOLAIRE")), "")
    if reader.root_tag not in OF_A_YEAR or not YEAR.fullmatch(year):
        return
    siecle_files.years.add(int(year))
    if len(siecle_files.years) > 1:
        raise reader.unreadable(_("Les fichiers sont de plusieurs années scolaires : livrez-les séparément."))


def _date_kinship(reader: Reader, siecle_files: SiecleFiles) -> None:
    """Version 2.0 of the guardians' export changed the tables of kinship and of levels."""
    major = reader.version.partition(".")[0]
    if major.isascii() and major.isdigit():
        siecle_files.new.add(int(major) >= 2)


def day_of_delivery(siecle_files: SiecleFiles, today: date, name: str) -> date | None:
    """The day of the exports, kept inside their school year; raises Unreadable when that year has not begun."""
    day = max(siecle_files.days, default=None)
    if not siecle_files.years:
        return day
    year = min(siecle_files.years)
    first, last = date(year, 8, 1), date(year + 1, 7, 31)
    if first > today:
        sentence = _(
            "Ces fichiers sont ceux de l’année %(year)s, qui n’a pas commencé : livrez-les à la rentrée."
        )
        raise Unreadable(name, None, sentence % {"year": f"{year}-{year + 1}"})
    return min(max(day or today, first), last)
