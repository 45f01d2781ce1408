"""What the words of a primary school's files mean, in the codes of the AAF (second degree, codes of after 2018)."""

import re
from datetime import date

from preau.directory.imports.onde.columns import GUESTS, TEACHERS, Line
from preau.foundation.text import fold

KINSHIP = {
    "mere": "10",
    "pere": "20",
    "fratrie": "37",
    "ascendant": "38",
    "autre membre de la famille": "39",
    "educateur": "41",
    "assistant familial": "42",
    "tuteur": "50",
    "tutrice": "50",
    "aide sociale a l enfance": "51",
    "eleve": "70",
}
OTHER_KINSHIP = "90"
LEGAL, CONTACT = "1", "3"
# The beginning of a function as people write it → the code of ENTPersonFonctions.
FUNCTIONS = {
    "direct": "DIR",
    "chef": "DIR",
    "principal": "DIR",
    "proviseur": "DIR",
    "secret": "ADF",
    "gestion": "ADF",
    "infirm": "MDS",
    "medecin": "MDS",
    "cpe": "EDU",
    "conseiller principal": "EDU",
    "aed": "AED",
    "assistant d education": "AED",
    "surveill": "SUR",
    "aesh": "AEH",
    "avs": "AVS",
    "accompagn": "AEH",
    "document": "DOC",
    "psy": "PSY",
}
INE = re.compile(r"[0-9A-Z]{10,11}")
YES = {"oui", "o", "1", "x", "vrai", "true"}


def day_written(text: str) -> str:
    """yyyy-mm-dd as dd/mm/yyyy; anything else as it is, for the staging to judge."""
    try:
        return f"{date.fromisoformat(text[:10]):%d/%m/%Y}" if text[4:5] == "-" else text
    except ValueError:
        return text


def ine_of(text: str) -> str:
    """Nothing for what has not the shape of an INE."""
    ine = "".join(text.upper().split())
    return ine if INE.fullmatch(ine) else ""


def kinship_of(text: str) -> str:
    return KINSHIP.get(fold(text), OTHER_KINSHIP)


def authority_of(text: str) -> str:
    """Legal when the file says so; else a person to contact (docs/decisions/0012)."""
    return LEGAL if fold(text) in YES else CONTACT


def function_of(row: Line, uai: str) -> str:
    """`structure$code$label$discipline$name`; nothing for a guest, who is « autre personnel »."""
    function = row.told["function"].replace("$", " ")
    if row.kind == TEACHERS and fold(row.told["head"]) in YES:
        return f"{uai}$ENS$ENSEIGNEMENT$D0000$DIRECTION"
    if row.kind == TEACHERS:
        # A teacher's function is what they teach.
        return f"{uai}$ENS$ENSEIGNEMENT$ONDE${function}" if function else f"{uai}$ENS$$-$"
    if row.kind == GUESTS or not function:
        return ""
    code = next((code for mark, code in FUNCTIONS.items() if fold(function).startswith(mark)), "AUTRE")
    return f"{uai}${code}${function}$-$"
