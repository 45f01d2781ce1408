"""What the codes of the AAF mean: functions, kinship, levels of responsibility, kinds of structure.

Sources: SDET « Annexe 4 bis », SIECLE nomenclatures « liens de parenté » 1.7 (codes 1 to 7) and 4.0 (10 to 90),
« niveaux de responsabilité ». See docs/decisions/0012.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from preau.directory.models import School
from preau.directory.words import Authority, Kinship, Role
from preau.foundation.text import fold

OLD_KINSHIP = {
    "1": Kinship.FATHER,
    "2": Kinship.MOTHER,
    "3": Kinship.GUARDIAN,
    "4": Kinship.OTHER_FAMILY,
    "5": Kinship.CHILD_WELFARE,
    "6": Kinship.OTHER,
    "7": Kinship.SELF,
}
NEW_KINSHIP = {
    "10": Kinship.MOTHER,
    "20": Kinship.FATHER,
    "37": Kinship.SIBLING,
    "38": Kinship.GRANDPARENT,
    "39": Kinship.OTHER_FAMILY,
    "41": Kinship.EDUCATOR,
    "42": Kinship.FOSTER,
    "50": Kinship.GUARDIAN,
    "51": Kinship.CHILD_WELFARE,
    "70": Kinship.SELF,
    "90": Kinship.OTHER,
    # Of formats that say « parent » and no more.
    "P": Kinship.PARENT,
}
# Old RESP_LEGAL 1 and 2 are both legal guardians; new NIVEAU_RESPONSABILITE tells three levels.
OLD_LEVELS = {"1": Authority.LEGAL, "2": Authority.LEGAL, "0": Authority.CONTACT}
NEW_LEVELS = {
    "1": Authority.LEGAL,
    "2": Authority.IN_CHARGE,
    "3": Authority.CONTACT,
    "0": Authority.CONTACT,
}
# Deliveries of before 2018 say AAF-VE13…: the tables changed between the two.
FIRST_NEW_VERSION = 1800


class Meaning(NamedTuple):
    """`doubt` is empty, or why the codes were read the careful way."""

    kinship: Kinship
    authority: Authority
    doubt: str


def generation_of(versions: Iterable[str]) -> bool | None:
    """Do the declared versions (« AAF-VE2407 ») use the new tables? None when they say nothing, or not the same."""
    digits = ("".join(sign for sign in version if sign in "0123456789") for version in versions)
    generations = {int(number[:4]) >= FIRST_NEW_VERSION for number in digits if len(number) >= 4}
    return generations.pop() if len(generations) == 1 else None


def meaning_of(kinship: str, level: str, *, new: bool | None) -> Meaning:
    """What a link means, by the declared generation, else by its kinship code (the two tables have no code in common).

    A code that nobody knows gives the least: « autre », and a person to contact.
    """
    kinship = kinship.lstrip("0") or "0"
    is_new, doubt = new, ""
    by_code = True if kinship in NEW_KINSHIP else False if kinship in OLD_KINSHIP else None
    if by_code is not None and by_code != is_new:
        doubt = "version" if is_new is None else "generation"
        is_new = by_code
    if by_code is None:
        doubt = "kinship"
    kin = (NEW_KINSHIP if by_code else OLD_KINSHIP).get(kinship, Kinship.OTHER)
    authority = (OLD_LEVELS if is_new is False else NEW_LEVELS).get(level.strip())
    if is_new is None and level.strip() == "2":
        # Legal in one generation, in charge in the other: in charge is the lesser.
        doubt = "level"
    return Meaning(kin, authority or Authority.CONTACT, doubt if authority else "level")


# Function codes of ENTPersonFonctions. A code that is not here gives the role « autre personnel », which opens nothing.
FUNCTIONS = {
    "ENS": Role.TEACHER,
    "DIR": Role.HEAD,
    "EDU": Role.SCHOOL_LIFE,
    "AED": Role.SCHOOL_LIFE,
    "SUR": Role.SCHOOL_LIFE,
    "ADF": Role.SECRETARY,
    "DOC": Role.LIBRARIAN,
    "MDS": Role.NURSE,
    "AEH": Role.ASSISTANT,
    "AES": Role.ASSISTANT,
    "AVS": Role.ASSISTANT,
}
# Known, and given no role of their own yet.
OTHER_FUNCTIONS = {"ORI", "PSY", "CTR", "LAB", "APP", "OUV", "ALB", "TEC", "CFC", "FIJ", "ACP", "ASE"}
OF_TRUST = {"DIR", "ADF", "MDS"}
NO_FUNCTION = {"", "-"}
DIRECTION_OF_A_PRIMARY_SCHOOL = "D0000"


def kind_of_school(label: str) -> str:
    """School.Kind from ENTStructureTypeStruct."""
    words = fold(label)
    for mark, kind in [
        ("colleg", School.Kind.COLLEGE),
        ("lyce", School.Kind.LYCEE),
        ("ecole", School.Kind.ECOLE),
        ("maternelle", School.Kind.ECOLE),
    ]:
        if mark in words:
            return kind
    return School.Kind.OTHER


CIVILITIES = {"m": "m", "mr": "m", "monsieur": "m", "mme": "mme", "mlle": "mme", "madame": "mme"}


def civility_of(title: str) -> str:
    return CIVILITIES.get(fold(title).replace(".", "").strip(), "")


# How words are written in French; the official files have capitals without accents.
ACCENTED = {
    fold(word): word
    for word in (
        "Terre accompagné activité activités adapté antiquité appliquée appliquées bâtiment bâtiments "
        "bibliothèque chargé cinéma communautés conférence contrôle créateur création découverte défense "
        "développement éco économie économique économiques éducateur éducatif éducation élève élèves "
        "enquête énergie énergies équipe équipement espéranto établissement étrangère étrangères étude "
        "études européen européenne européennes expérimentale expérimentales français française général "
        "générale générales généraux génie géographie géopolitique gérontologie hébreu hôtellerie "
        "ingénierie ingénieur infirmière intégrée langagière littéraire littéraires littérature "
        "mathématique mathématiques matériaux matière mécanique média médias médico méthode méthodes "
        "métier métiers numérique numériques œuvre œuvres opérations particulière personnalisé "
        "personnalisée pédagogie pédagogique poésie prévention procédés qualité référent régionale "
        "régionales réseau réseaux santé schéma sécurité secrétaire secrétariat société spécialisé "
        "spécialisée spécialité spécialités stratégie système systèmes tâches télécommunications théâtre "
        "théorie thérapie vêtement vidéo visibilité"
    ).split()
}
ACRONYMS = re.compile(
    r"LV\w|[A-Z]*\d+[A-Z]*|CPE|CDI|SVT|EPS|EMC|AED|AESH|SES|NSI|SNT|CFC|SEGPA|ULIS|EREA|TICE|CDO"
)


def written(label: str) -> str:
    """A label in capitals as one writes it: « MATHEMATIQUES » → « mathématiques », « ANGLAIS LV1 » → « anglais LV1 »."""
    if not label.isupper():
        return label
    return re.sub(r"\w+", lambda found: _written(found[0]), label).replace("'", "’")


def _written(word: str) -> str:
    return word if ACRONYMS.fullmatch(word) else ACCENTED.get(fold(word), word.lower())


# Overseas clocks by the first three digits of a UAI (département).
OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
# Zones A, B and C of the ministry's school calendar, by académie.
ZONES = {
    "A": "besancon bordeaux clermont-ferrand dijon grenoble limoges lyon poitiers",
    "B": "aix-marseille amiens caen lille nancy-metz nantes nice normandie orleans-tours reims rennes rouen strasbourg",
    "C": "creteil montpellier paris toulouse versailles",
}


def zone_of(academy: str) -> str:
    name = fold(academy).strip().replace(" ", "-")
    return next((zone for zone, names in ZONES.items() if name in names.split()), "")
