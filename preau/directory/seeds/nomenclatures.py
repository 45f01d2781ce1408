"""The few national codes that our invented academies use: levels, subjects, disciplines, functions, kinship.

Codes of MEF, subjects and disciplines are the ministry's (BCN). AAF writes their labels in capitals, without accents.
"""

from typing import NamedTuple


class Level(NamedTuple):
    """A year of study; `age` is what most of its pupils turn in the civil year in which it starts."""

    short: str
    code: str
    label: str
    stat: str
    age: int
    cycle: str


PRIMARY = {
    level.short: level
    for level in (
        Level("PS", "1111", "PS", "", 3, "1$CYCLE I"),
        Level("MS", "1112", "MS", "", 4, "1$CYCLE I"),
        Level("GS", "1113", "GS", "", 5, "1$CYCLE I"),
        Level("CP", "1121", "CP", "", 6, "2$CYCLE II"),
        Level("CE1", "1122", "CE1", "", 7, "2$CYCLE II"),
        Level("CE2", "1123", "CE2", "", 8, "2$CYCLE II"),
        Level("CM1", "1124", "CM1", "", 9, "3$CYCLE III"),
        Level("CM2", "1125", "CM2", "", 10, "3$CYCLE III"),
    )
}
COLLEGE = {
    level.short: level
    for level in (
        Level("6e", "10010012110", "6EME", "21110010012", 11, "COLLEGE"),
        Level("5e", "10110001110", "5EME", "21120010001", 12, "COLLEGE"),
        Level("4e", "10210001110", "4EME", "21150010001", 13, "COLLEGE"),
        Level("3e", "10310019110", "3EME", "21160010019", 14, "COLLEGE"),
    )
}
LYCEE = {
    level.short: level
    for level in (
        Level("2de", "20010018110", "2NDE GENERALE ET TECHNOLOGIQUE", "22111410018", 15, "SECONDE GENERALE"),
        Level("1re", "20110019110", "PREMIERE GENERALE", "22121810019", 16, "PREMIERE GENERALE"),
        Level("Tle", "20210019110", "TERMINALE GENERALE", "22131810019", 17, "TERMINALE GENERALE"),
    )
}


class Discipline(NamedTuple):
    """What a teacher is recruited for."""

    code: str
    label: str


DISCIPLINES = {
    discipline.code: discipline
    for discipline in (
        Discipline("L1300", "MATHEMATIQUES"),
        Discipline("L0202", "LETTRES MODERNES"),
        Discipline("L0201", "LETTRES CLASSIQUES"),
        Discipline("L1000", "HISTOIRE GEOGRAPHIE"),
        Discipline("L0422", "ANGLAIS"),
        Discipline("L0426", "ESPAGNOL"),
        Discipline("L0421", "ALLEMAND"),
        Discipline("L1600", "SCIENCES DE LA VIE ET DE LA TERRE"),
        Discipline("L1500", "SCIENCES PHYSIQUES ET CHIMIQUES"),
        Discipline("L1400", "TECHNOLOGIE"),
        Discipline("L1900", "EDUCATION PHYSIQUE ET SPORTIVE"),
        Discipline("L1800", "ARTS PLASTIQUES"),
        Discipline("L1700", "EDUCATION MUSICALE"),
        Discipline("L0100", "PHILOSOPHIE"),
        Discipline("L1100", "SCIENCES ECONOMIQUES ET SOCIALES"),
    )
}


class Subject(NamedTuple):
    """A subject of the national list and the discipline of those who teach it."""

    code: str
    label: str
    short: str
    discipline: str


SUBJECTS = {
    subject.code: subject
    for subject in (
        Subject("061300", "MATHEMATIQUES", "MATHS", "L1300"),
        Subject("020700", "FRANCAIS", "FRANC", "L0202"),
        Subject("043700", "HISTOIRE-GEOGRAPHIE", "HI-GE", "L1000"),
        Subject("043800", "ENSEIGNEMENT MORAL ET CIVIQUE", "EMC", "L1000"),
        Subject("030201", "ANGLAIS LV1", "AGL1", "L0422"),
        Subject("030602", "ESPAGNOL LV2", "ESP2", "L0426"),
        Subject("030102", "ALLEMAND LV2", "ALL2", "L0421"),
        Subject("020300", "LANGUES ET CULTURES DE L'ANTIQUITE LATIN", "LATIN", "L0201"),
        Subject("062900", "SCIENCES DE LA VIE ET DE LA TERRE", "SVT", "L1600"),
        Subject("062300", "PHYSIQUE-CHIMIE", "PH-CH", "L1500"),
        Subject("070800", "TECHNOLOGIE", "TECHN", "L1400"),
        Subject("100100", "EDUCATION PHYSIQUE ET SPORTIVE", "EPS", "L1900"),
        Subject("090100", "ARTS PLASTIQUES", "A-PLA", "L1800"),
        Subject("081300", "EDUCATION MUSICALE", "EDMUS", "L1700"),
        Subject("010300", "PHILOSOPHIE", "PHILO", "L0100"),
        Subject("010500", "HUMANITES, LITTERATURE ET PHILOSOPHIE", "HLPHI", "L0100"),
        Subject("050700", "SCIENCES ECONOMIQUES ET SOCIALES", "SES", "L1100"),
        Subject("065300", "ENSEIGNEMENT SCIENTIFIQUE", "G-SCI", "L1600"),
        Subject("074600", "SCIENCES NUMERIQUES ET TECHNOLOGIE", "SNTEC", "L1400"),
        Subject("074700", "NUMERIQUE ET SCIENCES INFORMATIQUES", "NSINF", "L1400"),
    )
}

# What a whole class learns together, by level; the options below are learnt in groups.
_ALWAYS = ["043700", "043800", "030201", "100100"]
_COLLEGE = ["061300", "020700", *_ALWAYS, "062900", "070800", "090100", "081300"]
COMMON = {
    "6e": _COLLEGE,
    **{level: [*_COLLEGE, "062300"] for level in ("5e", "4e", "3e")},
    "2de": ["061300", "020700", *_ALWAYS, "062900", "062300", "050700", "074600"],
    "1re": ["020700", *_ALWAYS, "065300"],
    "Tle": ["010300", *_ALWAYS, "065300"],
}
SECOND_LANGUAGES = ["030602", "030602", "030102"]  # two pupils in three learn Spanish
WITH_LANGUAGES = {"5e", "4e", "3e", "2de", "1re", "Tle"}
WITH_LATIN = {"5e", "4e", "3e", "2de"}
# In columns, as a lycée offers them: nobody takes two of one column. Half of the pupils take mathematics.
SPECIALITIES = [
    ["061300", "061300", "061300", "010500"],
    ["062300", "050700"],
    ["062900", "062900", "074700"],
]
SPECIALITIES_KEPT = {"1re": 3, "Tle": 2}


class Function(NamedTuple):
    """What somebody does in a school, as ENTPersonFonctions writes it after the structure."""

    code: str
    label: str
    discipline: str = "-"
    discipline_label: str = "SANS OBJET"


HEAD = Function("DIR", "DIRECTION", "D0010", "CHEF D'ETABLISSEMENT")
DEPUTY = Function("DIR", "DIRECTION", "D0011", "CHEF D'ETABLISSEMENT ADJOINT")
SCHOOL_LIFE = Function("EDU", "EDUCATION", "E0030", "EDUCATION (CPE)")
SECRETARY = Function("ADF", "PERSONNELS ADMINISTRATIFS")
LIBRARIAN = Function("DOC", "DOCUMENTATION", "L0080", "DOCUMENTATION")
NURSE = Function("MDS", "PERSONNELS MEDICO-SOCIAUX")
MONITOR = Function("AED", "ASSISTANT D'EDUCATION", "S0054", "ENCADRE. SUR. DES ELEVES (HORS INTERNAT)")
ASSISTANT = Function("AEH", "ACCOMPAGNEMENT", "D0021", "ACCOMPAGNEMENT ELEVES SITUATION HANDICAP")
PRIMARY_HEAD = Function("ENS", "ENSEIGNEMENT", "D0000", "DIRECTION")
PRIMARY_TEACHER = Function("ENS", "ENSEIGNEMENT", "G0000", "SANS SPECIALITE")


def teaching(discipline: Discipline) -> Function:
    """The function of those who teach a discipline."""
    return Function("ENS", "ENSEIGNEMENT", discipline.code, discipline.label)


MOTHER, FATHER, SIBLING, GRANDPARENT, OTHER_FAMILY = "10", "20", "37", "38", "39"
EDUCATOR, FOSTER, TUTOR, CHILD_WELFARE, ONESELF, OTHER = "41", "42", "50", "51", "70", "90"
LEGAL, IN_CHARGE, CONTACT, UNSAID = 1, 2, 3, 0
