"""How a subject looks, the same everywhere: its colours (frontend/subjects.json), a few letters and a drawing.

Colours come close for those who see few of them: the letters or the drawing are never left out.
"""

from dataclasses import dataclass
from functools import lru_cache

from preau.foundation.text import fold


@dataclass(frozen=True)
class Look:
    """`key` names the colours; a subject that no family knows has none, and the first letters of its name."""

    key: str
    letters: str
    icon: str


FRENCH = Look("francais", "Fr", icon="feather")
MATHS = Look("maths", "Ma", icon="calculator")
HISTORY = Look("histoire", "HG", icon="map-2")
CIVICS = Look("emc", "EMC", icon="scale")
ENGLISH = Look("anglais", "An", icon="language")
LANGUAGES = Look("langues", "LV", icon="world")
LIFE = Look("svt", "SVT", icon="leaf")
PHYSICS = Look("physique", "PC", icon="flask")
TECHNOLOGY = Look("technologie", "Te", icon="robot")
ARTS = Look("arts", "AP", icon="palette")
MUSIC = Look("musique", "Mu", icon="music")
SPORT = Look("eps", "EPS", icon="run")
LOOKS = (FRENCH, MATHS, HISTORY, CIVICS, ENGLISH, LANGUAGES, LIFE, PHYSICS, TECHNOLOGY, ARTS, MUSIC, SPORT)

# The national list (nomenclature des matières), from the longest beginning of a code to the shortest.
CODES = {
    "0203": LANGUAGES,
    "0105": FRENCH,
    "0103": FRENCH,
    "02": FRENCH,
    "0302": ENGLISH,
    "03": LANGUAGES,
    "0438": CIVICS,
    "04": HISTORY,
    "05": HISTORY,
    "0613": MATHS,
    "0629": LIFE,
    "0653": LIFE,
    "0623": PHYSICS,
    "07": TECHNOLOGY,
    "0813": MUSIC,
    "0901": ARTS,
    "1001": SPORT,
}

# What a school calls it, where its code is its own. The first that is found: « enseignement moral » before « langue », etc.
WORDS = (
    ("enseignement moral", CIVICS),
    ("civique", CIVICS),
    ("anglais", ENGLISH),
    ("latin", LANGUAGES),
    ("grec", LANGUAGES),
    ("allemand", LANGUAGES),
    ("espagnol", LANGUAGES),
    ("italien", LANGUAGES),
    ("langue vivante", LANGUAGES),
    ("langues", LANGUAGES),
    ("mathemati", MATHS),
    ("nombres", MATHS),
    ("education musicale", MUSIC),
    ("musique", MUSIC),
    ("chant", MUSIC),
    ("arts plastiques", ARTS),
    ("artistique", ARTS),
    ("physique et sportive", SPORT),
    ("activite physique", SPORT),
    ("sport", SPORT),
    ("eps", SPORT),
    ("vie et de la terre", LIFE),
    ("svt", LIFE),
    ("biologie", LIFE),
    ("questionner le monde", LIFE),
    ("explorer le monde", LIFE),
    ("physique", PHYSICS),
    ("chimie", PHYSICS),
    ("informatique", TECHNOLOGY),
    ("numerique", TECHNOLOGY),
    ("technologie", TECHNOLOGY),
    ("histoire", HISTORY),
    ("geographie", HISTORY),
    ("economi", HISTORY),
    ("francais", FRENCH),
    ("langage", FRENCH),
    ("lettres", FRENCH),
    ("litterature", FRENCH),
    ("philosophie", FRENCH),
)


def _look_of(code: str, name: str) -> Look:
    """The look of a subject: by its national code, else by what the school calls it."""
    if code.isdigit() and len(code) == 6:
        for length in (4, 2):
            if code[:length] in CODES:
                return CODES[code[:length]]
    folded = fold(name)
    found = next((look for word, look in WORDS if word in folded), None)
    return found or Look("", name[:2].capitalize(), icon="book")


look_of = lru_cache(maxsize=1_024)(_look_of)
