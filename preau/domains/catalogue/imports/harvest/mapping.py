"""From the words of others to ours: text without markup, places in the programmes, licences, types, dates, languages."""

import html
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.catalogue.actions.harvesting import HarvestedRecord
from preau.domains.catalogue.models import Audience, Licence, Node, Source, Type
from preau.foundation.text import fold
from preau.foundation.xmltext import sayable

LONGEST_TITLE, LONGEST_ABSTRACT, LONGEST_TEXT, LONGEST_ADDRESS = 200, 400, 5_000, 1_000
LONGEST_WORD, MOST_WORDS, MOST_AUTHORS = 80, 15, 10
# What a record may say in all: longer ones are mistakes, or worse.
LONGEST_RECORD = 200_000
CONCEPT = re.compile(r"scolomfr-voc-((?:015|022)-num-\d+)")
BLOCKS = re.compile(r"</?(?:p|div|br|li|ul|ol|h[1-6]|tr|td|table|section|article)\b[^>]*>", re.IGNORECASE)
NO_ADDRESS = re.compile(r"[\s\"<>\\^`{|}\x00-\x1f]")
BLANKS = re.compile(r"[ \t\r\n\f\v]+")
FIRST_DAY = date(1900, 1, 1)
DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
DURATION = re.compile(r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:[\d.]{1,8}S)?)?", re.IGNORECASE)
LANGUAGES = {
    "fra": "fr",
    "fre": "fr",
    "eng": "en",
    "deu": "de",
    "ger": "de",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "oci": "oc",
    "bre": "br",
    "lat": "la",
    "ara": "ar",
    "francais": "fr",
    "anglais": "en",
}
TYPES = (
    (
        Type.EXERCISE,
        (
            "exercice",
            "exercise",
            "quiz",
            "questionnaire",
            "qcm",
            "exam",
            "assessment",
            "annales",
            "probleme",
            "problem",
        ),
    ),
    (Type.GAME, ("jeu", "game", "010 num 013")),
    (Type.EXPERIMENT, ("experience", "experiment", "simulation", "demonstration")),
    (Type.ANIMATION, ("animation", "video", "film", "movingimage", "010 num 001")),
    (Type.TIMELINE, ("frise", "timeline")),
    (Type.LESSON, ("cours", "lecon", "lecture", "lesson", "tutoriel", "tutorial")),
    (Type.ACTIVITY, ("activite", "activity", "scenario", "sequence", "010 num 027", "cyberquete")),
    (Type.STORY, ("recit", "conte", "story", "album")),
    (Type.SHEET, ("fiche", "sheet", "010 num 028", "worksheet")),
)
# Words by which texts say a licence, the narrowest first.
CREATIVE = re.compile(
    r"(?:creativecommons\.org/licenses/|\bcc[\s_-]*|creative commons[^a-z]*)by((?:[\s_/-]*(?:nc|nd|sa))*)(?![a-z])"
)
# The versions that exist, and the country (or the organisations between governments) whose text it is: after the name, or
# somewhere in a long one.
CREATIVE_VERSION = r"(1\.0|2\.[015]|3\.0|4\.0)(?![\d])(?:/(igo|[a-z]{2})(?![a-z])|[\s(-]+(igo|fr|france)\b)?"
VERSION = re.compile(rf"(?:[\s_/,(:\u2013-]|version|v)*{CREATIVE_VERSION}")
ANY_VERSION = re.compile(rf"(?<![\d.]){CREATIVE_VERSION}(?!\s*[mkg]o\b)")
LANDS = {"france": "fr"}
OPEN_VERSION = re.compile(
    r"(?:etalab|licence[ _]ouverte|open[ _]licence)[^\d]{0,30}?(?:([12])\.0|v(?:ersion)?\s?([12]))(?!\d)"
)
SAID = (
    (Licence.CC0, ("publicdomain/zero", "publicdomain/mark", "cc0", "domaine public", "public domain")),
    (Licence.OPEN, ("etalab", "licence ouverte", "open licence")),
)
PARTS = {
    frozenset(): Licence.BY,
    frozenset({"sa"}): Licence.BY_SA,
    frozenset({"nc"}): Licence.BY_NC,
    frozenset({"nc", "sa"}): Licence.BY_NC_SA,
    frozenset({"nd"}): Licence.BY_ND,
    frozenset({"nc", "nd"}): Licence.BY_NC_ND,
}
# The same parts in full.
LONG = {
    "nc": ("non commercial", "noncommercial", "utilisation commerciale"),
    "nd": ("noderiv", "no deriv", "pas de modification"),
    "sa": ("share alike", "sharealike", "memes conditions", "a l identique"),
}


@dataclass
class SourceRecord:
    """A record in the words of its source, whatever its format."""

    identifier: str
    where: str
    title: str = ""
    description: str = ""
    addresses: Sequence[str] = ()
    authors: Sequence[str] = ()
    words: Sequence[str] = ()
    # Of each path in a vocabulary, from the largest to the narrowest: concepts or labels.
    places: Sequence[Sequence[str]] = ()
    types: Sequence[str] = ()
    roles: Sequence[str] = ()
    rights: Sequence[str] = ()
    language: str = ""
    date: str = ""
    duration: str = ""
    is_gone: bool = False
    # Free words, which may name a place and may not: « seconde » is a time too.
    hints: Sequence[str] = ()


class Unfit(ValueError):
    """Why a record is not taken, in a sentence."""


def text_of(text: str) -> str:
    """Words on one line: no markup is left, not even written as entities."""
    cut = sayable(text[:LONGEST_RECORD])
    for _round in range(2):
        # Feeds write HTML, and some write it twice.
        cut = html.unescape(
            nh3.clean(BLOCKS.sub(" ", cut), tags=set(), clean_content_tags={"script", "style"})
        )
    # The spaces of French typography stay.
    return BLANKS.sub(" ", cut).strip()


def cut(text: str, longest: int) -> str:
    """At a word, with « … » where something is left out."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:.")[: longest - 1] + "…"


def licence_of(texts: Iterable[str]) -> tuple[str, str]:
    """The licence that these words name, or "", and its version as `Resource.licence_version` holds it: "" for today's.

    The first that is named is the one; its version may be said by another of the words.
    """
    named = [licence for words in texts for licence in _licences_in(fold(words[:2_000]))]
    if not named:
        return "", ""
    licence = named[0][0]
    version = next((number for found, number in named if found == licence and number), "")
    today = "2.0" if licence == Licence.OPEN else "4.0"
    return licence, "" if version.startswith(today) else version


def _licences_in(text: str) -> Iterator[tuple[str, str]]:
    """Each licence that a text names, with the version that it says, or ""."""
    made = list(CREATIVE.finditer(text))
    for one in made:
        parts = frozenset(re.findall("nc|nd|sa", one[1]))
        yield PARTS.get(parts, ""), _version(VERSION.match(text, one.end()) or ANY_VERSION.search(one[0]))
    if made:
        return
    for licence, names in SAID:
        if any(name in text for name in names):
            number = OPEN_VERSION.search(text) if licence == Licence.OPEN else None
            yield licence, f"{number[1] or number[2]}.0" if number else ""
            return
    if "creative commons" in text and ("attribution" in text or "paternite" in text):
        parts = frozenset(part for part, names in LONG.items() if any(name in text for name in names))
        yield PARTS.get(parts, ""), _version(ANY_VERSION.search(text, text.index("creative commons")))


def _version(named: re.Match[str] | None) -> str:
    """« 3.0 », « 3.0/fr », « 3.0/igo »."""
    number, land = (named[1], named[2] or named[3]) if named else ("", "")
    return f"{number}/{LANDS.get(land, land)}" if land else number


def type_of(texts: Iterable[str]) -> str:
    for words in texts:
        text = fold(words[:500])
        for kind, names in TYPES:
            if any(name in text for name in names):
                return kind
    return ""


def day_of(text: str) -> date | None:
    """A day as ISO 8601 or as mails write it; None where it is none, or has not come yet."""
    found, written = None, text.strip()
    made = DAY.match(written)
    try:
        if made:
            found = date(int(made[1]), int(made[2] or 1), int(made[3] or 1))
        elif written:
            found = parsedate_to_datetime(written).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found and FIRST_DAY <= found <= timezone.localdate() else None


def language_of(text: str) -> str:
    code = next(iter(fold(text.rsplit("/", 1)[-1].replace("_", "-")).split()), "")
    if code in LANGUAGES:
        return LANGUAGES[code]
    return code if re.fullmatch("[a-z]{2}", code) else "fr"


def minutes_of(text: str) -> int | None:
    made = DURATION.fullmatch(text.strip())
    if not made or not any(made.groups()):
        return None
    days, hours, minutes = (int(group or 0) for group in made.groups())
    total = days * 1440 + hours * 60 + minutes
    return total if 0 < total <= 10_000 else None


def address_of(addresses: Iterable[str]) -> str:
    """The first address of the web. Raises Unfit when there is none."""
    for one in addresses:
        written = one.strip()
        if len(written) <= LONGEST_ADDRESS and _is_address(written):
            return written
    raise Unfit(_("Pas d’adresse web : la notice ne mène nulle part."))


def _is_address(written: str) -> bool:
    """Of the web, complete, and of signs that an address may hold."""
    if sayable(written) != written or NO_ADDRESS.search(written):
        return False
    try:
        parts = urlsplit(written)
        return (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.username is None
            and parts.port != 0
        )
    except ValueError:
        return False


class Places:
    """The programmes in force, by concept and by name."""

    def __init__(self) -> None:
        nodes = [node for node in Node.objects.in_force() if node.kind != Node.Kind.NOTION]
        self.by_pk = {node.pk: node for node in nodes}
        self.levels_of: dict[int, list[int]] = defaultdict(list)
        for node in nodes:
            if node.kind == Node.Kind.LEVEL and node.parent_id:
                self.levels_of[node.parent_id].append(node.pk)
        self.by_concept = {node.concept: node.pk for node in nodes if node.concept}
        self.by_key = {(node.kind, node.key): node.pk for node in nodes}
        named: dict[str, list[int]] = defaultdict(list)
        for node in nodes:
            for name in {fold(node.label), fold(node.key)}:
                named[name].append(node.pk)
        also: dict[str, list[int]] = defaultdict(list)
        for node in nodes:
            for name in {fold(one) for one in node.also}:
                also[name].append(node.pk)
        # « collège » is four levels; « sciences » may be three subjects, hence none.
        self.named = {
            name: pks for name, pks in also.items() if len(pks) == 1 or all(self._is_level(pk) for pk in pks)
        } | dict(named)
        self.hinted = {
            name: pks
            for name, pks in self.named.items()
            if name in named or not any(self._is_level(pk) for pk in pks)
        }

    def _is_level(self, pk: int) -> bool:
        return self.by_pk[pk].kind != Node.Kind.SUBJECT

    def of(self, paths: Iterable[Sequence[str]]) -> list[int]:
        """The nodes that these paths lead to: of each, the narrowest that is known. A cycle is all its levels."""
        found: list[int] = []
        for path in paths:
            known = next((pks for step in reversed(path) if (pks := self._known(step))), [])
            found += known
        return self._whole(found)

    def hinted_by(self, words: Iterable[str]) -> list[int]:
        """Those that free words name by their own name: a level by its short one, a subject by any."""
        return self._whole([pk for word in words for pk in self.hinted.get(fold(word), [])])

    def _whole(self, found: Sequence[int]) -> list[int]:
        """A cycle is all its levels."""
        return list(dict.fromkeys(level for pk in found for level in self.levels_of.get(pk, [pk])))

    def _known(self, step: str) -> list[int]:
        made = CONCEPT.search(step)
        if made:
            return [self.by_concept[made[1]]] if made[1] in self.by_concept else []
        return self.named.get(fold(step), [])

    def kept_by(self, source: Source) -> tuple[list[int], list[int]]:
        """What the source is said to be about where its records do not say it: levels, subjects."""
        levels = [
            self.by_key[Node.Kind.LEVEL, key]
            for key in source.levels
            if (Node.Kind.LEVEL, key) in self.by_key
        ]
        subjects = [
            self.by_key[Node.Kind.SUBJECT, key]
            for key in source.subjects
            if (Node.Kind.SUBJECT, key) in self.by_key
        ]
        return levels, subjects


class Mapper:
    """What a source says of one record, as the catalogue keeps it."""

    def __init__(self, source: Source) -> None:
        self.source, self.places = source, Places()
        self.levels, self.subjects = self.places.kept_by(source)

    def found(self, record: SourceRecord) -> HarvestedRecord:
        """Raises Unfit."""
        identifier = sayable(record.identifier.strip())[:500]
        if record.is_gone:
            return HarvestedRecord(identifier, record.where, is_gone=True)
        title = text_of(record.title)
        if not title:
            raise Unfit(_("Pas de titre."))
        address = address_of(record.addresses)
        described = text_of(record.description)
        nodes = self._nodes(record)
        return HarvestedRecord(
            identifier or address[:500],
            record.where,
            address,
            cut(title, LONGEST_TITLE),
            cut(described, LONGEST_ABSTRACT),
            cut(described, LONGEST_TEXT),
            self._facts(record),
            nodes,
            cut(text_of(" · ".join(record.rights)), 300),
        )

    def _nodes(self, record: SourceRecord) -> list[int]:
        keys = [*self.places.of(record.places), *self.places.hinted_by(record.hints)]
        nodes = self.places.by_pk
        levels = [pk for pk in keys if nodes[pk].kind == Node.Kind.LEVEL] or self.levels
        subjects = [pk for pk in keys if nodes[pk].kind == Node.Kind.SUBJECT] or self.subjects
        return sorted({*levels, *subjects})

    def _facts(self, record: SourceRecord) -> dict[str, Any]:
        source = self.source
        words = [cut(text_of(word), LONGEST_WORD) for word in record.words]
        authors = [cut(text_of(name), 120) for name in record.authors]
        # A licence that the source does not say of this record is the one it has for all; none is « all rights reserved ».
        has_rights = any(right.strip() for right in record.rights)
        licence, version = licence_of(record.rights) if has_rights else (source.licence, "")
        facts: dict[str, Any] = {
            "authors": [name for name in dict.fromkeys(authors) if name][:MOST_AUTHORS],
            "keywords": [word for word in dict.fromkeys(words) if word][:MOST_WORDS],
            "type": type_of(record.types) or source.type,
            "licence": licence or Licence.RESERVED,
            "audiences": audiences_of(record.roles) or list(source.audiences),
            "language": language_of(record.language),
            "duration": minutes_of(record.duration),
            "access": source.access,
        }
        day = day_of(record.date)
        return facts | ({"published": day} if day else {}) | ({"licence_version": version} if version else {})


def audiences_of(texts: Iterable[str]) -> list[str]:
    text = " ".join(fold(one[:200]) for one in texts)
    found = []
    if any(word in text for word in ("learner", "apprenant", "eleve", "student")):
        found.append(str(Audience.PUPIL))
    if any(word in text for word in ("teacher", "enseignant", "professeur", "instructor")):
        found.append(str(Audience.TEACHER))
    if any(word in text for word in ("parent", "famille")):
        found.append(str(Audience.WITH_ADULT))
    return found
