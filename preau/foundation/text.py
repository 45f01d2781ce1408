"""Words as people type them and as people read them."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from zlib import crc32

from markupsafe import Markup, escape

ORDINAL = re.compile(r"\b(\d+)(e|ère|re|er|ème)\b")
NARROW, NBSP = "\u202f", "\u00a0"
FRENCH_PHONE = re.compile(r"(?:\+33|0033|0)0?([1-9])(\d\d)(\d\d)(\d\d)(\d\d)")
LOOSE = re.compile(r"(?<=«) | (?=[:;?!»](?!\w))")
# « de Anaïs » is said « d’Anaïs »; an « h » or a « y » may be sounded: they stay as they are.
ELIDED = re.compile(r"\b([Dd])e (?=%\((\w+)\)s)")
SIGNS = re.compile("[^a-z0-9]+")
VOWELS = frozenset("aeiouœæ")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "’": "'", "-": " ", "'": " "})


def fold(text: str) -> str:
    """The searchable form of a text: lower case, no accents, one space between words.

    Stored beside names, so that a search needs no extension of the database.
    """
    lowered = text.lower().translate(LIGATURES).replace("'", " ")
    bare = "".join(char for char in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(char))
    return " ".join(bare.split())


def bare(text: str) -> str:
    """A heading or a name without accents, capitals nor signs: « N° 1 – Coef. » is « n 1 coef »."""
    return SIGNS.sub(" ", fold(text)).strip()


@lru_cache(maxsize=4_096)
def natural(text: str) -> tuple[tuple[str | int, ...], str]:
    """What to sort a name by: « 2nde 2 » before « 2nde 10 », « Éducation musicale » among the E. Texts that differ never tie."""
    parts = re.split(r"(\d+)", fold(text))
    return tuple(int(part) if rank % 2 else part for rank, part in enumerate(parts)), text


@lru_cache(maxsize=4_096, typed=True)  # typed: the same letters are to be escaped or not
def ordinals(text: object) -> Markup:
    """ "5e B" as people write it: the letters of an ordinal raised. Everything else is shown as given."""
    return Markup(ORDINAL.sub(r"\1<sup>\2</sup>", str(escape(text))))  # nosec B704  # noqa: S704 - escaped just before


def number(count: int) -> str:
    """2 589: thousands apart, by a space that does not break."""
    return f"{count:,}".replace(",", NARROW)


def decimal(number: Decimal) -> str:
    """A number as a school writes it: a comma, and no zero that says nothing."""
    whole, _point, cents = f"{number:f}".partition(".")
    cents = cents.rstrip("0")
    return f"{whole},{cents}" if cents else whole


def phone(number: str) -> str:
    """06 12 34 56 78: a French number as people here read it, never cut in two; any other is shown as given."""
    found = FRENCH_PHONE.fullmatch(re.sub(r"[\s.()/-]", "", number))
    return f"0{NBSP.join(found.groups())}" if found else number


def french(text: str) -> str:
    """French signs stay with their word, by a narrow space that does not break: the texts of the code are typed with plain ones."""
    return LOOSE.sub(NARROW, text)


def elided(pattern: str, values: Mapping[str, object]) -> str:
    """« Absences de %(name)s » becomes « Absences d’%(name)s » where the name begins with a vowel. The pattern may be lazy."""

    def said(found: re.Match[str]) -> str:
        first = unicodedata.normalize("NFKD", str(values[found[2]])[:1].lower())[:1]
        return f"{found[1]}’" if first in VOWELS else found[0]

    return ELIDED.sub(said, str(pattern))


def filled(pattern: str, **values: object) -> str:
    """The text with its values, « de » elided before those that ask for it."""
    return elided(pattern, values) % values


def initials(given: str, family: str) -> str:
    """Two capitals for an avatar: CLAIRE MOREAU → CM."""
    return (given[:1] + family[:1]).upper()


def weight(size: int) -> str:
    """« 1,2 Mo », « 640 ko », « 12 octets »: the weight of a file."""
    for unit, power in (("Go", 3), ("Mo", 2), ("ko", 1)):
        if size >= 0.95 * 1024**power:
            value = size / 1024**power
            digits = f"{value:.1f}" if value < 9.95 and power > 1 else f"{value:.0f}"
            return f"{digits.removesuffix('.0').replace('.', ',')}{NARROW}{unit}"
    return f"{size}{NARROW}octet{'s' if size > 1 else ''}"


TINTS = 6


def tint(initials: str) -> int:
    """Which of the tints of a portrait without a photo these initials have: always the same."""
    return crc32(str(initials).encode()) % TINTS
