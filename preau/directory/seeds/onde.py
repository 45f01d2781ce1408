"""Writes a primary school as the CSV files that its head exports: the old extraction of BE1D, and ONDE's own."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from unicodedata import normalize

from preau.directory.seeds.plans import GuardianPlan, PupilPlan, SchoolPlan, StaffPlan

LATIN_9 = "ISO-8859-15"
OLD_PUPILS = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;Pays2;"
    "Cycle;Niveau;Libellé classe;Attestation fournie;Autorisation associations;Autorisation photo;Décision de passage"
)
PUPILS = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;"
    "Pays2; Cycle;Niveau;Libellé classe;Identifiant classe;Attestation fournie;Autorisation associations;Autorisation photo;"
    "Décision de passage"
)
PARENTS = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;"
    "Commune responsable;Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable"
)
CHILD = ";Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
TEACHERS = "Civilité;Nom usage;Nom;Prénom;Adresse;CP;Commune;Pays;Courriel;Téléphone domicile;Téléphone portable;Directeur;Classe"
BLOCKS = 3


def write_onde(folder: Path, school: SchoolPlan, *, old: bool = False) -> dict[str, int]:
    """Pupils, parents and teachers in three files; answers how many people each holds.

    `old`: the extraction of BE1D, in ISO-8859-15, without INE nor class identifiers, its dates as yyyy-mm-dd.
    """
    folder.mkdir(parents=True, exist_ok=True)
    children: dict[str, list[PupilPlan]] = defaultdict(list)
    guardians: dict[str, GuardianPlan] = {}
    for pupil in school.pupils:
        for link in school.links_of(pupil.kin):
            guardians[link.guardian.key] = link.guardian
            children[link.guardian.key].append(pupil)
    encoding = LATIN_9 if old else "utf-8-sig"
    tables = {
        "CSVExtraction-eleves.csv": (
            OLD_PUPILS if old else PUPILS,
            [_pupil(pupil, old=old) for pupil in school.pupils],
        ),
        "CSVExtraction-responsables.csv": (
            PARENTS + CHILD * BLOCKS,
            [row for key, person in guardians.items() for row in _guardian(person, children[key])],
        ),
        "CSVExtraction-enseignants.csv": (
            TEACHERS,
            [_teacher(person) for person in school.staff if person.teaches],
        ),
    }
    for name, (heading, rows) in tables.items():
        _write(folder / name, heading, rows, encoding)
    teachers = sum(person.teaches for person in school.staff)
    return {"Eleve": len(school.pupils), "PersRelEleve": len(guardians), "PersEducNat": teachers}


def _write(path: Path, heading: str, rows: Iterable[list[str]], encoding: str) -> None:
    """The heading as it is, with its stray spaces; rows end with a cell that no heading has, as ONDE writes them."""
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(heading + "\r\n")
        csv.writer(file, delimiter=";").writerows(
            [*(_writable(cell, encoding) for cell in row), "", ""] for row in rows
        )


def _writable(text: str, encoding: str) -> str:
    """A letter that the encoding does not have is written without its accent."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return normalize("NFKD", text).encode(encoding, "ignore").decode(encoding)
    return text


def _pupil(pupil: PupilPlan, *, old: bool) -> list[str]:
    family = pupil.birth_name or pupil.family
    names = [family, pupil.family if pupil.family != family else "", pupil.given]
    born = pupil.birth_date
    day = "" if born is None else f"{born:%Y-%m-%d}" if old else f"{born:%d/%m/%Y}"
    home = pupil.kin.lives_with.home
    where = [home.line, home.postcode, home.town, "FRANCE", "", "", "", ""]
    level = [pupil.level.cycle.rpartition("$")[2], pupil.level.label, pupil.division.label]
    rest = ["Oui", "Oui", "Non", ""]
    sex = "F" if pupil.civility == "Mme" else "M"
    if old:
        return [*names, day, sex, *where, *level, *rest]
    return [*names, day, sex, pupil.ine, *where, *level, pupil.division.key, *rest]


def _guardian(person: GuardianPlan, children: list[PupilPlan]) -> Iterable[list[str]]:
    """One row for three children; a fourth needs another row."""
    family = person.birth_name or person.family
    cells = [
        person.civility,
        person.family if person.family != family else "",
        family,
        person.given,
        person.home.line,
        person.home.postcode,
        person.home.town,
        "FRANCE",
        person.mail,
        person.home_phone,
        "",
        person.mobile,
    ]
    for start in range(0, len(children), BLOCKS):
        some = children[start : start + BLOCKS]
        blocks = [cell for child in some for cell in _child(child)]
        yield cells + blocks + [""] * 4 * (BLOCKS - len(some))


def _child(pupil: PupilPlan) -> list[str]:
    family = pupil.birth_name or pupil.family
    return [pupil.family if pupil.family != family else "", family, pupil.given, pupil.division.label]


def _teacher(person: StaffPlan) -> list[str]:
    directs = any(function.discipline == "D0000" for _school, function in person.functions)
    home = ["", "", "", "FRANCE"]
    return [
        person.civility,
        "",
        person.family,
        person.given,
        *home,
        person.mail,
        "",
        "",
        "oui" if directs else "non",
        "",
    ]
