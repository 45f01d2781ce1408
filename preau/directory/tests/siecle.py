"""SIECLE and STSWEB files for tests, as short as a test needs them."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

UAI = "0350001A"
HEAD = '<?xml version="1.0" encoding="ISO-8859-15"?>\n'


def bee(
    root: str, *data: str, version: str = "2.1", uai: str = UAI, year: str = "2026", day: str = "20/11/2026"
) -> bytes:
    """A whole export: `BEE_ELEVES` and its data."""
    heading = f"<UAJ>{uai}</UAJ><ANNEE_SCOLAIRE>{year}</ANNEE_SCOLAIRE><DATE_EXPORT>{day}</DATE_EXPORT>"
    text = (
        f'{HEAD}<{root} VERSION="{version}">\n<PARAMETRES>{heading}</PARAMETRES>\n'
        f"<DONNEES>\n{''.join(data)}</DONNEES>\n</{root}>\n"
    )
    return text.encode("iso-8859-15")


def around(name: str, *inside: str) -> str:
    return f"<{name}>\n{''.join(inside)}</{name}>\n"


def elements(**values: str) -> str:
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def eleve(number: str, name: str = "Durand", given: str = "Léa", **more: str) -> str:
    fields = {
        "NOM_DE_FAMILLE": name,
        "PRENOM": given,
        "DATE_NAISS": "02/03/2012",
        "CODE_SEXE": "2",
        "CODE_REGIME": "0 ",
        "CODE_MEF": "10310019110",
    }
    return f'<ELEVE ELEVE_ID="{number}">{elements(**fields | more)}</ELEVE>\n'


def place(number: str, *codes: str) -> str:
    """In these structures: `3A` a class, `G:LATIN` a group."""
    inside = "".join(
        around(
            "STRUCTURE",
            elements(CODE_STRUCTURE=code.removeprefix("G:"), TYPE_STRUCTURE="G" if code[:2] == "G:" else "D"),
        )
        for code in codes
    )
    return f'<STRUCTURES_ELEVE ELEVE_ID="{number}">{inside}</STRUCTURES_ELEVE>\n'


def eleves(*pupils: str, places: tuple[str, ...] = (), **more: str) -> bytes:
    return bee(
        "BEE_ELEVES", around("ELEVES", *pupils), around("STRUCTURES", *places), **{"version": "3.0"} | more
    )


def personne(number: str, name: str = "Durand", given: str = "Anne", **more: str) -> str:
    fields = {"LC_CIVILITE": "MME", "NOM_DE_FAMILLE": name, "PRENOM": given}
    return f'<PERSONNE PERSONNE_ID="{number}">{elements(**fields | more)}</PERSONNE>\n'


def lien(pupil: str, guardian: str, kinship: str = "10", **more: str) -> str:
    """Of the new generation, unless RESP_LEGAL is told."""
    level = {} if "RESP_LEGAL" in more else {"NIVEAU_RESPONSABILITE": "1"}
    fields = {"ELEVE_ID": pupil, "PERSONNE_ID": guardian, "CODE_PARENTE": kinship} | level | more
    return around("RESPONSABLE_ELEVE", elements(**fields))


def responsables(*people: str, links: tuple[str, ...] = (), **more: str) -> bytes:
    return bee("BEE_RESPONSABLES", around("PERSONNES", *people), around("RESPONSABLES", *links), **more)


def structures(classes: tuple[str, ...] = ("3A", "3B"), groups: tuple[str, ...] = ()) -> bytes:
    mefs = around("MEFS_APPARTENANCE", around("MEF_APPARTENANCE", elements(CODE_MEF="10310019110")))
    return bee(
        "BEE_STRUCTURES",
        around("DIVISIONS", *(f'<DIVISION CODE_STRUCTURE="{code}">{mefs}</DIVISION>\n' for code in classes)),
        around("GROUPES", *(f'<GROUPE CODE_STRUCTURE="{code}"></GROUPE>\n' for code in groups)),
    )


def nomenclature() -> bytes:
    mef = f'<MEF CODE_MEF="10310019110">{elements(LIBELLE_LONG="3EME", CODE_MEFSTAT="21160010019")}</MEF>\n'
    subject = f'<MATIERE CODE_MATIERE="061300">{elements(LIBELLE_LONG="MATHEMATIQUES")}</MATIERE>\n'
    return bee("BEE_NOMENCLATURES", around("MEFS", mef), around("MATIERES", subject))


def communs(name: str = "COLLEGE", rest: str = "JEAN TEST") -> bytes:
    return bee(
        "BEE_COMMUN", around("UAJ", elements(DENOM_PRINC=name, DENOM_COMPL=rest, CODE_TYPE_ETAB="CLG"))
    )


def individu(number: str, name: str = "Martin", given: str = "Paul", *inside: str, **more: str) -> str:
    fields = {
        "SEXE": "1",
        "NOM_USAGE": name,
        "PRENOM": given,
        "DATE_NAISSANCE": "1980-01-01",
        "FONCTION": "ENS",
    }
    return f'<INDIVIDU ID="{number}" TYPE="epp">{elements(**fields | more)}{"".join(inside)}</INDIVIDU>\n'


def division(code: str, *services: tuple[str, str], tag: str = "DIVISION") -> str:
    """A class with its services: (subject, number of the teacher)."""
    taught = "".join(
        f'<SERVICE CODE_MATIERE="{subject}" CODE_MOD_COURS="CG"><ENSEIGNANTS>'
        f'<ENSEIGNANT ID="{teacher}" TYPE="epp"/></ENSEIGNANTS></SERVICE>\n'
        for subject, teacher in services
    )
    return f'<{tag} CODE="{code}">{around("SERVICES", taught)}</{tag}>\n'


def sts(*people: str, classes: tuple[str, ...] = (), groups: tuple[str, ...] = (), uai: str = UAI) -> bytes:
    school = f'<UAJ CODE="{uai}">{elements(DENOM_PRINC="COLLEGE", DENOM_COMPL="JEAN TEST", CODE_NATURE="340")}</UAJ>'
    return (
        f'{HEAD}<STS_EDT>\n<PARAMETRES>{school}<ANNEE_SCOLAIRE ANNEE="2026"/></PARAMETRES>\n'
        f"<DONNEES>\n{around('INDIVIDUS', *people)}"
        f"{around('STRUCTURE', around('DIVISIONS', *classes), around('GROUPES', *groups))}</DONNEES>\n</STS_EDT>\n"
    ).encode("iso-8859-15")


def deliver(folder: Path, *files: bytes) -> Path:
    """Files of no particular name, in an emptied folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for number, content in enumerate(files, 1):
        (folder / f"{number}.xml").write_bytes(content)
    return folder


def archive(path: Path, **files: bytes) -> Path:
    """An archive; `__` in a name stands for a folder."""
    with ZipFile(path, "w", ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name.replace("__", "/") + ".xml", content)
    return path
