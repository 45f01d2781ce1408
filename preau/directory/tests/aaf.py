"""AAF records for tests, as short as a test needs them: `eleve("1", …)` gives the XML of one record."""

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

HEAD = '<!-- versionAF="AAF-VE2407" -->\n<!-- codeAcademieExport="14" -->\n'


def attr(name: str, values: Any) -> str:
    listed = [values] if isinstance(values, str) else list(values)
    inside = "".join(f"<value>{escape(value)}</value>" for value in listed) or "<value/>"
    return f"<attr name={quoteattr(name)}>{inside}</attr>"


def record(kind: str, category: str, key: str, attributes: dict[str, Any]) -> str:
    inside = "".join(attr(name, values) for name, values in attributes.items())
    return (
        f"<addRequest>\n<operationalAttributes>{attr(kind, category)}</operationalAttributes>"
        f"<identifier><id>{escape(key)}</id></identifier>\n<attributes>{inside}</attributes>\n</addRequest>\n"
    )


def modify(category: str, key: str, **attributes: Any) -> str:
    """A `<modifyRequest>`: these attributes only."""
    inside = "".join(
        attr(name, values)
        .replace("<attr ", '<modification operation="replace" ')
        .replace("</attr>", "</modification>")
        for name, values in attributes.items()
    )
    return (
        f"<modifyRequest>\n<operationalAttributes>{attr(_kind(category), category)}</operationalAttributes>"
        f"<identifier><id>{escape(key)}</id></identifier>\n<modifications>{inside}</modifications>\n</modifyRequest>\n"
    )


def delete(category: str, key: str) -> str:
    """A `<deleteRequest>`."""
    return (
        f"<deleteRequest>\n<operationalAttributes>{attr(_kind(category), category)}</operationalAttributes>"
        f"<identifier><id>{escape(key)}</id></identifier>\n</deleteRequest>\n"
    )


def _kind(category: str) -> str:
    kinds = {
        "EtabEducNat": "categorieStructure",
        "MefEducNat": "categorieMef",
        "MatEducNat": "categorieMatiere",
    }
    return kinds.get(category, "categoriePersonne")


def etab(key: str = "1", uai: str = "0350001A", name: str = "Collège Test", **more: Any) -> str:
    fields = {
        "ENTStructureJointure": key,
        "ENTStructureUAI": uai,
        "ENTStructureNomCourant": name,
        "ENTStructureTypeStruct": "COLLEGE",
        "ENTStructureClasses": ["3A$3EME", "3B$3EME"],
    }
    return record("categorieStructure", "EtabEducNat", key, fields | more)


def eleve(
    key: str, name: str = "Durand", given: str = "Léa", school: str = "1", label: str = "3A", **more: Any
) -> str:
    fields = {
        "ENTPersonJointure": key,
        "ENTPersonDateNaissance": "02/03/2012",
        "ENTPersonNomPatro": name,
        "sn": name,
        "givenName": given,
        "ENTPersonStructRattach": school,
        "ENTEleveClasses": f"{school}${label}",
        "ENTElevePersRelEleve": [],
    }
    return record("categoriePersonne", "Eleve", key, fields | more)


def parent(key: str, name: str = "Durand", given: str = "Anne", **more: Any) -> str:
    fields = {
        "ENTPersonJointure": key,
        "sn": name,
        "ENTPersonNomPatro": name,
        "givenName": given,
        "personalTitle": "Mme",
    }
    return record("categoriePersonne", "PersRelEleve", key, fields | more)


def personnel(key: str, name: str = "Martin", given: str = "Paul", school: str = "1", **more: Any) -> str:
    fields = {
        "ENTPersonJointure": key,
        "ENTPersonDateNaissance": "01/01/1980",
        "sn": name,
        "ENTPersonNomPatro": name,
        "givenName": given,
        "personalTitle": "M.",
        "ENTPersonFonctions": f"{school}$ENS$ENSEIGNEMENT$L1300$MATHEMATIQUES",
    }
    return record("categoriePersonne", "PersEducNat", key, fields | more)


def matiere(code: str, label: str) -> str:
    return record(
        "categorieMatiere", "MatEducNat", code, {"ENTMatJointure": code, "ENTLibelleMatiere": label}
    )


def mef(code: str, label: str) -> str:
    return record("categorieMef", "MefEducNat", code, {"ENTMefJointure": code, "ENTLibelleMef": label})


def document(
    *records: str, encoding: str = "UTF-8", head: str = HEAD, dtd: str = "ficAlimMENESR.dtd"
) -> bytes:
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "{dtd}">\n<ficAlimMENESR>\n'
    return (text + head + "".join(records) + "</ficAlimMENESR>\n").encode(encoding)


def deliver(
    folder: Path, *records: str, name: str = "ENT_Complet_20261120_Tout_0000.xml", **more: Any
) -> Path:
    """One file in an emptied folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / name).write_bytes(document(*records, **more))
    return folder
