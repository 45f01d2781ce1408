"""Words as people type them in a search of resources: what they ask for, what means the same, how they sound."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from preau.foundation.text import fold

LONGEST, MOST_UNITS = 200, 12
DATA = Path(__file__).parent.parent / "data"
SYNONYMS, CURRICULUM = DATA / "synonyms.txt", DATA / "curriculum-2026.toml"
# Words that tell little of what is looked for, and those that tell nothing where there is any other. The index has them
# all: « on » and « ont » are lessons of their own.
EMPTY = frozenset("d de des du l la le les un une the of".split())
STOP = frozenset(
    "a ai au aux avec c ce ces cet cette comment d dans de des du elle en est et eux il ils j je l la le les leur lui m ma mais "
    "me mes mon n ne nos notre nous on ou par pas pour qu quand que quel quelle quelles quels qui quoi s sa se ses son sont sur t "
    "ta te tes ton tu un une vos votre vous y the of and "
    "an ans aussi autre autres avoir avait besoin bien bonjour ca car cela cherche chercher combien comme comprend comprends compris "
    "confond confondent confondre connait connais deja demain demande demander dire dis dit dois doit donc donne donner entre es etes "
    "etre eu eux faut fais faites font fois ici jamais lorsque merci meme moi montre montrer ni parle parler peu peut peux plus pourquoi "
    "pouvoir quoi rappelle rien sais sait sans sert si soir sommes svp toi toujours tout toute toutes tous tres trop trouve truc veut "
    "veux voir vais va vont voudrais".split()
)
# Words that say how one would like it, not what it is about: they order what is found, they never leave anything out.
SOFT = frozenset(
    "activite activites aide aider aller apprendre classe comprendre connaitre cours definition document ecole eleve eleves enfant "
    "enfants etudier evaluation exemple exercice exercices exo exos explication expliquer facile faire fiche fiches fils fille "
    "gratuit gratuite imprimer jeu jeux lecon lecons niveau pdf petit petits petite petites primaire quiz regle ressource ressources "
    "reviser revision savoir seance travailler trouver video videos apprend apprends appris controle devoir devoirs explique fait ficher "
    "interro interrogation maitre maitresse neveu niece prof professeur revise scolaire site".split()
)
# Verbs and adverbs of everyday sentences: around the words that matter, they say little too.
EVERYDAY = frozenset(
    "arrive arriver arrivent arrives attend attends attendre beaucoup bouge bouger certain certains certaine certaines chose choses commence "
    "commencer contre croire croit devenir devient different differente differents differentes dedans dehors disparait disparaitre facilement fini "
    "finir finit genre gens jolie joli juste laisse laisser lequel laquelle marche marcher mal mettre met mets mieux moins oublie oublier "
    "parait part partir passe passer pendant perdu pense penser pk pq prend prends prendre rester reste restent seul seule simple simplement "
    "sortir tenir tient tombe tomber tombent truc trucs utilise utiliser venir vient viens vite vraiment".split()
)
# What a word asks for beside a subject: the type of resource, by the key of its facet.
TYPES = {
    "jeu": "jeu jeux",
    "exercice": "exercice exercices exo exos",
    "fiche": "fiche fiches",
    "lecon": "lecon lecons cours",
    "video": "video videos",
    "recit": "recit recits conte contes",
    "frise": "frise frises",
}
SAYS_LITTLE = STOP | SOFT | EVERYDAY
TYPE_OF = {word: key for key, words in TYPES.items() for word in words.split()}
# Names of levels that are other words too (« la première guerre mondiale »): levels at the end, or after one of these.
ORDINALS = frozenset("sixieme cinquieme quatrieme troisieme seconde premiere ms ps gs".split())
BEFORE_A_LEVEL = frozenset("classe de d en niveau pour".split())
ASKED = re.compile(r'(-?)(?:"([^"]+)"|«([^»]+)»|(\S+))')
# The French stemmer knows « mangée » by its accent, which people leave out: both are brought to « mange » before it.
FEMININE = re.compile(r"(?<=\w\w)ees?\b")
SOUNDS = (
    (r"x(?=[aeiouy])", "ks"),
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
    # The « e » that nobody hears: « harcel(e)ment » is written « arcelman ».
    (r"(?<=[^aeiou])e(?=m[ae]n)", ""),
    (r"(?:en|em)(?=[^aeiou]|$)", "an"),
    (r"am(?=[pb])", "an"),
    (r"im(?=[pb])", "in"),
    (r"om(?=[pb])", "on"),
    (r"h|w", ""),
    (r"tion", "sion"),
    (r"(.)\1+", r"\1"),
    (r"(?<=an)p(?=s?$)", ""),
    (r"(?<=..)(?:e|s|t|x|d|es|ent)$", ""),
)
# What makes one word of another: « proportionnel », « proportionnalité ». The longest first.
ENDINGS = (
    "alites alite ellement alement ements ement ations ation ateurs ateur atrices atrice iquement iques ique euses euse eurs eur "
    "ables able ages age ances ance elles elle els el ales ale aux al ismes isme istes iste ites ite ives ive ifs if ees ee er ent ant es e s"
).split()
SHORTEST_ROOT = 5
COMPILED = [(re.compile(pattern), said) for pattern, said in SOUNDS]

Words = tuple[str, ...]


def normal(text: str) -> str:
    """What the index and the asked words are both brought to before they are cut and stemmed."""
    return FEMININE.sub("e", fold(text).replace("’", " "))


def split(text: str) -> list[str]:
    """The words of a text, brought to their normal form, in order."""
    return re.findall(r"\w+", normal(text))


# Anybody may type anything: of the words that were heard, as many are remembered as the index may hold.
WORDS_KEPT = 100_000


@lru_cache(maxsize=WORDS_KEPT)
def sound(word: str) -> str:
    """How a folded word is heard, roughly: « fotosintaise » is heard like « photosynthèse »."""
    for pattern, replacement in COMPILED:
        word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=WORDS_KEPT)
def root(word: str) -> str:
    """What a folded word shares with those of its family, or "" where too little is left: « débatteurs » and « débat »."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_ROOT:
            word = word.removesuffix(ending)
            break
    return re.sub(r"(.)\1", r"\1", word) if len(word) >= SHORTEST_ROOT else ""


@lru_cache(maxsize=WORDS_KEPT)
def bones(heard: str) -> str:
    """The consonants of what is heard: by ear, vowels are what people miss."""
    return re.sub("[aeiou]", "", heard)


def unglued(word: str) -> str:
    """The word behind an article that was typed with it (« lécole », « dautrefois »), or ""."""
    return word[1:] if len(word) > 4 and word[0] in "cdjlmnst" and word[1] in "aeiouyh" else ""


@dataclass(frozen=True)
class Unit:
    """One thing asked for: what was typed, and each way of saying it (`ways`), the typed one first. `quoted`: in these words.

    `levels`: the keys of the levels that it names, if it names one.
    """

    typed: str
    ways: tuple[Words, ...]
    quoted: bool = False
    levels: tuple[str, ...] = ()

    @property
    def is_soft(self) -> bool:
        return not self.quoted and all(word in SAYS_LITTLE for word in self.ways[0])

    @property
    def sounds_soft(self) -> bool:
        """Is it written by ear, a word that says little: « koman », « fé »?"""
        return not self.quoted and len(self.ways[0]) == 1 and sound(self.ways[0][0]) in _soft_sounds()

    @property
    def type(self) -> str:
        """The key of the type of resource that it names, or ""."""
        return "" if self.quoted or len(self.ways[0]) > 1 else TYPE_OF.get(self.ways[0][0], "")


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
        named, keys = _level_at(plain, at)
        if keys:
            group = tuple(plain[at : at + named])
            yield Unit(" ".join(group), (group, *known.get(group, ())), levels=keys)
            at += named
            continue
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


def without_levels(text: str) -> str:
    """The same words but those that name a level."""
    typed = text.split()
    plain = ["".join(split(word)) for word in typed]
    kept, at = [], 0
    while at < len(typed):
        length, _ = _level_at(plain, at)
        kept += [] if length else [typed[at]]
        at += length or 1
    return " ".join(kept)


def _level_at(plain: Sequence[str], at: int) -> tuple[int, tuple[str, ...]]:
    """The level that these words name from here on: how many words, and its keys; none where they are other words."""
    for length in (3, 2, 1):
        group = tuple(plain[at : at + length])
        if len(group) == length and group in levels():
            is_last, before = at + length == len(plain), plain[at - 1] if at else ""
            if group[0] not in ORDINALS or (is_last and at) or before in BEFORE_A_LEVEL:
                return length, levels()[group]
    return 0, ()


@cache
def levels() -> dict[Words, tuple[str, ...]]:
    """For each name of a level or of a cycle, as it is compared, the keys of the programmes: « 6e », « 6ème », « sixième »."""
    found: dict[Words, tuple[str, ...]] = {}
    for cycle in tomllib.loads(CURRICULUM.read_text(encoding="utf-8"))["cycles"]:
        found[tuple(split(cycle["key"].replace("-", " ")))] = (cycle["key"],)
        for level in cycle["levels"]:
            written = [f"{level['label']}m", f"{level['label']}me"] if level["label"][0].isdigit() else []
            for name in (level["label"], *written, *level["also"]):
                words = tuple(split(name))
                found[words] = (*found.get(words, ()), level["key"])
    # Names that several levels share say a kind of school: they stay words, which order what is found.
    shared = {words for words, keys in found.items() if len(keys) > 1} | {("lycee",)}
    named = {words: keys for words, keys in found.items() if words not in shared}
    also = {synonym: named[words] for words in named for synonym in synonyms().get(words, ())}
    return also | named


@cache
def _soft_sounds() -> frozenset[str]:
    return frozenset(sound(word) for word in SAYS_LITTLE if len(word) > 2)


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
            group = [tuple(split(text)) for text in line.split("=")]
            for words in group:
                _add(found, words, [other for other in group if other != words])
    return {words: tuple(dict.fromkeys(others)) for words, others in found.items()}


def _add(found: dict[Words, list[Words]], words: Words, others: list[Words]) -> None:
    for form in {words, (*words[:-1], _plural(words[-1]))}:
        found.setdefault(form, []).extend(others)


def _plural(word: str) -> str:
    return word if word[-1] in "sxz" else f"{word}s"
