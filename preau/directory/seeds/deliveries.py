"""Writes an academy as the folder of files that a rectorat delivers: one degree, streamed school after school."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import date
from pathlib import Path
from typing import IO, Any

from preau.directory.seeds import aaf, aaf_1d, aaf_2d
from preau.directory.seeds import nomenclatures as codes
from preau.directory.seeds.plans import Academy, Degree, SchoolPlan

RECORDS_A_FILE = 5000
LATIN_9 = "ISO-8859-15"
# Category of the file name → operational attribute, its value, and the encoding in which rectorats write it.
CATEGORIES = {
    "EtabEducNat": ("categorieStructure", "EtabEducNat", "UTF-8"),
    "Eleve": ("categoriePersonne", "Eleve", LATIN_9),
    "PersRelEleve": ("categoriePersonne", "PersRelEleve", "UTF-8"),
    "PersEducNat": ("categoriePersonne", "PersEducNat", LATIN_9),
    "MefEducNat": ("categorieMef", "MefEducNat", "UTF-8"),
    "MatiereEducNat": ("categorieMatiere", "MatEducNat", "UTF-8"),
}
Entry = tuple[str, str, aaf.Attributes]  # category, key, attributes


def write_delivery(
    folder: Path,
    academy: Academy,
    *,
    day: date,
    degree: Degree = Degree.SECOND,
    records_a_file: int = RECORDS_A_FILE,
) -> dict[str, int]:
    """Write the complete delivery of one degree and answer how many records each category has."""
    folder.mkdir(parents=True, exist_ok=True)
    heading = _heading(academy, degree, day)
    with ExitStack() as stack:
        files = {
            category: stack.enter_context(_Files(folder, category, day, heading, records_a_file))
            for category in CATEGORIES
        }
        for category, key, attributes in _entries(academy, degree):
            files[category].add(key, attributes)
    return {category: kept.records for category, kept in files.items() if kept.records}


def _heading(academy: Academy, degree: Degree, day: date) -> str:
    facts = {
        "versionAF": "AAF-VE2407",
        "versionSDET": "Annexe 4bis version 6.4",
        "codeAcademieExport": academy.code,
        "degre": degree.value,
        "dateGenerationExport": f"{day:%d/%m/%Y}",
    }
    return "".join(f'<!-- {name}="{value}" -->\n' for name, value in facts.items())


class _Files(AbstractContextManager["_Files"]):
    """The numbered files of one category; none is opened before there is a record to write."""

    def __init__(self, folder: Path, category: str, day: date, heading: str, limit: int) -> None:
        self.records = 0
        self._name = f"{folder}/PREAU_Complet_{day:%Y%m%d}_{category}"
        name, value, self._encoding = CATEGORIES[category]
        self._category = (name, value)
        self._heading = heading
        self._limit = limit
        self._file: IO[str] | None = None

    def add(self, key: str, attributes: aaf.Attributes) -> None:
        if self.records % self._limit == 0:
            self._close()
            self._file = self._open()
        self.records += 1
        self._file.write(aaf.record(self._category, key, attributes))

    def _open(self) -> IO[str]:
        path = Path(f"{self._name}_{self.records // self._limit:04d}.xml")
        # A name outside Latin-9 is written by the numbers of its letters, which XML reads all the same.
        file = path.open("w", encoding=self._encoding, errors="xmlcharrefreplace", newline="\n")
        file.write(
            f'<?xml version="1.0" encoding="{self._encoding}"?>\n'
            f'<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n<ficAlimMENESR>\n{self._heading}\n'
        )
        return file

    def _close(self) -> None:
        if self._file:
            self._file.write("</ficAlimMENESR>\n")
            self._file.close()

    def __exit__(self, *error: Any) -> None:
        self._close()


def _entries(academy: Academy, degree: Degree) -> Iterator[Entry]:
    if degree == Degree.FIRST:
        for school in academy.schools(degree):
            yield from _entries_1d(school, academy)
        return
    levels, subjects = set(), set()
    for school in academy.schools(degree):
        levels |= {division.levels[0] for division in school.classes}
        subjects |= {service.subject for person in school.staff for service in person.services}
        yield from _entries_2d(school, academy)
    yield from (("MefEducNat", level.code, aaf_2d.level(level)) for level in sorted(levels))
    for code in sorted(subjects):
        yield "MatiereEducNat", code, aaf_2d.subject(codes.SUBJECTS[code])


def _entries_2d(school: SchoolPlan, academy: Academy) -> Iterator[Entry]:
    yield "EtabEducNat", school.key, aaf_2d.structure(school, academy)
    yield from (("Eleve", pupil.key, aaf_2d.pupil(pupil, school)) for pupil in school.pupils)
    yield from (("PersRelEleve", person.key, aaf_2d.guardian(person)) for person in school.guardians())
    yield from (("PersEducNat", person.key, aaf_2d.employee(person)) for person in school.staff)


def _entries_1d(school: SchoolPlan, academy: Academy) -> Iterator[Entry]:
    children: dict[str, list[str]] = defaultdict(list)
    for pupil in school.pupils:
        for link in school.links_of(pupil.kin):
            children[link.guardian.key].append(pupil.key)
    yield "EtabEducNat", school.key, aaf_1d.structure(school, academy)
    yield from (("Eleve", pupil.key, aaf_1d.pupil(pupil, school)) for pupil in school.pupils)
    for person in school.guardians():
        yield "PersRelEleve", person.key, aaf_1d.guardian(person, children[person.key])
    yield from (("PersEducNat", person.key, aaf_1d.employee(person)) for person in school.staff)
