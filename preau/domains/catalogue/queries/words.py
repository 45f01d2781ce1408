"""Words as people type them in a search of resources: what they ask for, what means the same, how they sound."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from preau.foundation.text import fold

LONGEST, MOST_UNITS = 200, 12
SYNONYMS = Path(__file__).parent.parent / "data" / "synonyms.txt"
# Words that tell little of what is looked for, and those that tell nothing where there is any other. The index has them
# all: « on » and « ont » are lessons of their own.
EMPTY = frozenset("d de des du l la le les un une the of".split())
STOP = frozenset(
    "a ai au aux avec c ce ces cet cette comment d dans de des du elle en est et eux il ils j je l la le les leur lui m ma mais "
    "me mes mon n ne nos notre nous on ou par pas pour qu quand que quel quelle quelles quels qui quoi s sa se ses son sont sur t "
    "ta te tes ton tu un une vos votre vous y the of and".split()
)
# Words that say how one would like it, not what it is about: they order what is found, they never leave anything out.
SOFT = frozenset(
    "activite activites aide aider aller apprendre classe comprendre connaitre cours definition document ecole eleve eleves enfant "
    "enfants etudier evaluation exemple exercice exercices exo exos explication expliquer facile faire fiche fiches fils fille "
    "gratuit gratuite imprimer jeu jeux lecon lecons niveau pdf petit petits petite petites primaire quiz regle ressource ressources "
    "reviser revision savoir seance travailler trouver video".split()
)
ASKED = re.compile(r'(-?)(?:"([^"]+)"|«([^»]+)»|(\S+))')
# The French stemmer knows « mangée » by its accent, which people leave out: both are brought to « mange » before it.
FEMININE = re.compile(r"(?<=\w\w)ees?\b")
SOUNDS = (
    (r"ph", "f"),
    (r"th", "t"),
    (r"ch", "x"),
    (r"qu", "k"),
    (r"gu(?=[eiy])", "g"),
    (r"ge(?=[ao])", "j"),
    (r"g(?=[eiy])", "j"),
    (r"c(?=[eiy])", "s"),
    (r"[cq]", "k"),
    (r"y", "i"),
    (r"(?<=[aeiou])s(?=[aeiou])", "z"),
    (r"eau|au", "o"),
    (r"ai|ei", "e"),
    (r"(?:en|em)(?=[^aeiou]|$)", "an"),
    (r"am(?=[pb])", "an"),
    (r"h|w", ""),
    (r"tion", "sion"),
    (r"(.)\1+", r"\1"),
    (r"(?<=an)p(?=s?$)", ""),
    (r"(?<=..)(?:e|s|t|x|d|es|ent)$", ""),
)
COMPILED = [(re.compile(pattern), said) for pattern, said in SOUNDS]

Words = tuple[str, ...]


def normal(text: str) -> str:
    """What the index and the asked words are both brought to before they are cut and stemmed."""
    return FEMININE.sub("e", fold(text).replace("’", " "))


def split(text: str) -> list[str]:
    """The words of a text, brought to their normal form, in order."""
    return re.findall(r"\w+", normal(text))


@cache
def sound(word: str) -> str:
    """How a folded word is heard, roughly: « fotosintaise » is heard like « photosynthèse »."""
    for pattern, said in COMPILED:
        word = pattern.sub(said, word)
    return word


@dataclass(frozen=True)
class Unit:
    """One thing asked for: what was typed, and each way of saying it (`ways`), the typed one first. `quoted`: in these words."""

    typed: str
    ways: tuple[Words, ...]
    quoted: bool = False

    @property
    def is_soft(self) -> bool:
        return not self.quoted and all(word in SOFT or word in STOP for word in self.ways[0])


@dataclass(frozen=True)
class SearchTerms:
    """What somebody looks for, and what they do not want."""

    units: tuple[Unit, ...] = ()
    without: tuple[Words, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.units)


def wanted(text: str) -> SearchTerms:
    """Read « "système solaire" planètes -jeu »: quotes keep words together, minus leaves out, synonyms are added."""
    plain: list[str] = []
    units: list[Unit] = []
    without: list[Words] = []
    for minus, quoted, french, word in ASKED.findall(text.replace("\0", " ")[:LONGEST]):
        found = tuple(split(quoted or french or word))
        if minus and found:
            without.append(found)
        elif (quoted or french) and found:
            units.append(Unit((quoted or french).strip(), (found,), quoted=True))
        else:
            plain.extend(found)
    units += _plain_units(plain)
    return SearchTerms(tuple(units[:MOST_UNITS]), tuple(without[:MOST_UNITS]))


def _plain_units(plain: Sequence[str]) -> Iterator[Unit]:
    """The longest groups of words that have synonyms, then the words one by one, those that say nothing left out if others do."""
    says_nothing = all(word in EMPTY for word in plain)
    known, at = synonyms(), 0
    longest = max(map(len, known), default=1)
    while at < len(plain):
        for length in range(min(longest, len(plain) - at), 0, -1):
            group = tuple(plain[at : at + length])
            if group in known:
                yield Unit(" ".join(group), (group, *known[group]))
                at += length
                break
        else:
            if says_nothing or plain[at] not in EMPTY:
                yield Unit(plain[at], ((plain[at],),))
            at += 1


@cache
def synonyms() -> dict[Words, tuple[Words, ...]]:
    """For each group of words of `data/synonyms.txt`, what is also looked for. Singular and plural are one."""
    found: dict[Words, list[Words]] = {}
    for line in SYNONYMS.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if ">" in line:
            one, _, others = line.partition(">")
            _add(found, tuple(split(one)), [tuple(split(other)) for other in others.split(",")])
        else:
            group = [tuple(split(said)) for said in line.split("=")]
            for words in group:
                _add(found, words, [other for other in group if other != words])
    return {words: tuple(dict.fromkeys(others)) for words, others in found.items()}


def _add(found: dict[Words, list[Words]], words: Words, others: list[Words]) -> None:
    for form in {words, (*words[:-1], _plural(words[-1]))}:
        found.setdefault(form, []).extend(others)


def _plural(word: str) -> str:
    return word if word[-1] in "sxz" else f"{word}s"
