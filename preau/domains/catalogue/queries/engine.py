"""The engine of the search, and all that is known of it: tantivy, an index in a folder of this machine (docs/decisions/0121).

Nothing else imports it. It is given documents and asked for keys of rows: what a page shows is read from the database.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil, log
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from preau.domains.catalogue.queries.words import (
    STOP,
    SearchTerms,
    Unit,
    Words,
    bones,
    normal,
    root,
    sound,
    split,
    unglued,
)
from preau.foundation.lookup import slips_allowed, slips_between
from preau.foundation.text import fold

# Changes when the fields below do: an index of another form is built anew.
FORM = 3
FRENCH = "francais"
# What each text of a record weighs when a word is found in it.
WEIGHTS = {"title": 5.0, "heads": 4.0, "abstract": 2.5, "labels": 2.0, "body": 1.5}
FACETS = (
    "level",
    "subject",
    "type",
    "audience",
    "licence",
    "accessibility",
    "institution",
    "duration",
    "access",
)
A_SYNONYM, A_FREE_LICENCE, IN_THE_TITLE, SOFT_WEIGHT = 0.7, 0.5, 3.0, 0.5
# How much more what is read on our own pages weighs than a record of what is read elsewhere.
READ_HERE = 0.4
# What holds every word comes before what holds one of them in its title, where both are shown.
EVERY_WORD = 16.0
# An unknown word read as another of its family (« débatteurs » as « débat ») is trusted so much.
OF_A_FAMILY = 0.7
# Two words of so many consonants or more, the same ones, that differ by one vowel are one slip apart; of fewer, « baleines » would be « ballons ».
FEWEST_BONES = 4
# What is of the type that was typed (« jeu de maths ») comes before the rest, words being equal.
OF_THE_TYPE = 4.0
# Fewer results than this, and those that hold fewer of the words are shown after them.
ENOUGH = 5
WRITER_BYTES = 50_000_000
MOST_VALUES, MOST_CORRECTIONS = 200, 3
LONGEST_TERM = 60
# Of what matters in the words, the share that the first answer must hold to be shown as an answer. A word of its text alone, or read
# otherwise than it was typed (by so many slips), is worth less than one of its title.
SURE, IN_THE_TEXT, UNKNOWN = 0.5, 0.5, 1.0
READ_OTHERWISE = (1.0, 0.7, 0.4)
# Words that one beginning may stand for: two letters begin some hundreds.
MOST_BEGUN = 1_000
SEPARATOR = "|"
FEW_LETTERS, MOST_PHRASES = 2, 20
# Bits that the number of a day takes, until the year 2800.
DAYS = 20


@dataclass(frozen=True)
class Doc:
    """What the engine is told of one row. `pk`: what it answers; `key`, `title` and `beside`: what a line made without the database shows."""

    pk: int
    key: str
    title: str
    heads: Sequence[str]
    abstract: str
    labels: Sequence[str]
    body: str
    facets: Mapping[str, Sequence[str]]
    is_free: bool
    day: int
    beside: str = ""
    used: int = 0
    is_here: bool = False


@dataclass(frozen=True)
class EngineQuery:
    """A search as the engine reads it. `filters`: for each facet, the values of which one at least must be there."""

    wanted: SearchTerms = field(default_factory=SearchTerms)
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    offset: int = 0
    limit: int = 20
    as_one_types: bool = False


@dataclass(frozen=True)
class Answer:
    """The rows found, best first; how many in all; for each facet, how many have each value; what was read otherwise.

    `is_sure`: the first one holds what matters of the words. `levels`: those typed, to which the answer is narrowed;
    `elsewhere`: a level typed at which nothing holds the words.
    """

    pks: Sequence[int]
    total: int
    counts: Mapping[str, Mapping[str, int]]
    without: Mapping[str, int]
    read_as: Mapping[str, str]
    unknown: Sequence[str]
    is_sure: bool = True
    levels: Sequence[str] = ()
    elsewhere: str = ""


def analyzer() -> tantivy.TextAnalyzer:
    """No word is left out: « le son ou » and « a ou à » are lessons."""
    cut = (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(LONGEST_TERM))
        .filter(Filter.lowercase())
    )
    return cut.filter(Filter.ascii_fold()).filter(Filter.stemmer("french")).build()


def schema(facets: Sequence[str] = FACETS) -> tantivy.Schema:
    made = tantivy.SchemaBuilder()
    made.add_unsigned_field("pk", stored=True, indexed=True, fast=True)
    for name in ("key", "shown", "beside"):
        made.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    for name in WEIGHTS:
        made.add_text_field(name, tokenizer_name=FRENCH)
    # « photosynthese|photosynthèse »: each word as it is compared and as it is written; and each subject that one may type.
    for name in ("forms", "phrases"):
        made.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in facets:
        made.add_text_field(name, tokenizer_name="raw", fast=True, index_option="basic")
    for name in ("free", "here"):
        made.add_unsigned_field(name, indexed=True, fast=True)
    made.add_unsigned_field("day", fast=True)
    made.add_unsigned_field("used", fast=True)
    return made.build()


class Engine:
    """One index, open. Several threads may ask it; one writer at a time, which the caller makes sure of.

    `facets`: what its documents are counted by, those of resources unless told otherwise.
    """

    def __init__(self, folder: Path, facets: Sequence[str] = FACETS) -> None:
        self.folder, self.facets, self.schema, self.analyzer = folder, facets, schema(facets), analyzer()
        folder.mkdir(parents=True, exist_ok=True)
        self.index = tantivy.Index(self.schema, path=str(folder))
        self.index.register_tokenizer(FRENCH, self.analyzer)
        self.index.config_reader("manual")
        self.index.reload()
        self.searcher = self.index.searcher()

    # Writing

    def write(self, docs: Iterable[Doc], gone: Iterable[int] = ()) -> int:
        """Put these documents in the place of those of the same row, and take away those `gone`, in one commit."""
        writer, written = self.index.writer(WRITER_BYTES, 1), 0
        had = self.searcher.num_docs > 0
        for pk in gone:
            self._take_away(writer, pk)
        for doc in docs:
            if had:
                self._take_away(writer, doc.pk)
            writer.add_document(self._document(doc))
            written += 1
        writer.commit()
        writer.wait_merging_threads()
        self.reload()
        return written

    def _take_away(self, writer: tantivy.IndexWriter, pk: int) -> None:
        # By a query, which knows that the field has no sign; a term made of a number does not, and would find nothing.
        writer.delete_documents_by_query(Query.term_query(self.schema, "pk", pk))

    def reload(self) -> None:
        self.index.reload()
        self.searcher = self.index.searcher()
        for of_this_state in ("_known", "_families", "_begun"):
            self.__dict__.pop(of_this_state, None)

    def _document(self, doc: Doc) -> tantivy.Document:
        heads = [doc.title, *doc.heads, doc.abstract, *doc.labels]
        phrases = {f"{fold(one)}{SEPARATOR}{one}" for one in (doc.title, *doc.heads, *doc.labels)}
        return tantivy.Document.from_dict(
            {
                "pk": doc.pk,
                "key": doc.key,
                "shown": doc.title,
                "beside": doc.beside,
                "title": normal(doc.title),
                "heads": [normal(head) for head in doc.heads],
                "abstract": normal(doc.abstract),
                "labels": [normal(label) for label in doc.labels],
                "body": normal(doc.body),
                "forms": sorted(_forms([*heads, doc.body])),
                "phrases": sorted(phrases),
                "free": int(doc.is_free),
                "here": int(doc.is_here),
                "day": doc.day,
                # Of two that are used as much, the newest first.
                "used": (doc.used << DAYS) + doc.day,
                **{name: list(doc.facets.get(name, ())) for name in self.facets},
            },
            self.schema,
        )

    # Asking

    def ask(self, asked: EngineQuery) -> Answer:
        """The answer to a search, its counts included."""
        read = _Reading(self, asked)
        chosen = ({"level": read.levels} if read.levels else {}) | dict(asked.filters)
        filters = {name: self.one_of(name, values) for name, values in chosen.items() if values}
        query = _both(read.query, filters.values())
        found = self._ranked(query, asked)
        counts, without = self._counts(read.query, query, filters)
        total = found.count or 0
        pks = self._keys(found)
        is_sure = read.is_sure(self._nearest(query, asked, pks)) if pks else not read.unknown
        return Answer(
            pks, total, counts, without, read.read_as, read.unknown, is_sure, read.levels, read.elsewhere
        )

    def ask_lines(self, asked: EngineQuery) -> list[tuple[str, str, str]]:
        """The best answers as (key, title, what is beside it), from the index alone; of a sentence, none where nothing answers it."""
        read = _Reading(self, asked)
        if asked.as_one_types:
            found = self.searcher.search(read.query, limit=asked.limit)
        else:
            levels = [self.one_of("level", read.levels)] if read.levels else []
            query = _both(read.query, levels)
            found = self._ranked(query, asked)
            pks = self._keys(found)
            if not pks or not read.is_sure(self._nearest(query, asked, pks)):
                return []
        docs = [self.searcher.doc(at) for _, at in found.hits]
        return [(doc["key"][0], doc["shown"][0], doc["beside"][0]) for doc in docs]

    def ask_any(self, asked: EngineQuery) -> list[int]:
        """The rows that hold any of the words, those that hold most of them first: what resembles something."""
        units = [stems for unit in asked.wanted.units if (stems := self.stems(unit.ways[0]))]
        each = [(Occur.Should, self.way(stems)) for stems in units]
        if not each:
            return []
        filters = [self.one_of(name, values) for name, values in asked.filters.items() if values]
        found = self.searcher.search(_both(Query.boolean_query(each), filters), limit=asked.limit)
        return [
            int(pk)
            for pk in self.searcher.fast_field_values("pk", [at for _, at in found.hits])
            if pk is not None
        ]

    def _keys(self, found: Any) -> list[int]:
        values = self.searcher.fast_field_values("pk", [at for _, at in found.hits])
        return [int(pk) for pk in values if pk is not None]

    def _nearest(self, query: Query, asked: EngineQuery, pks: Sequence[int]) -> int:
        """The row that is nearest to the words, whatever the page and its order begin with."""
        if not asked.offset and asked.sort == "relevance":
            return pks[0]
        return self._keys(self._ranked(query, replace(asked, sort="relevance", offset=0, limit=1)))[0]

    def _ranked(self, query: Query, asked: EngineQuery) -> Any:
        most, offset = max(asked.limit, 1), max(asked.offset, 0)
        if asked.sort == "used":
            return self.searcher.search(query, limit=most, offset=offset, order_by_field="used")
        if asked.sort == "newest" or (asked.sort == "relevance" and not asked.wanted):
            return self.searcher.search(query, limit=most, offset=offset, order_by_field="day")
        boost = 1_000.0 if asked.sort == "free" else A_FREE_LICENCE
        free = Query.const_score_query(Query.term_query(self.schema, "free", 1), boost)
        # What is read here, whole, before what is only told of: a share more of its own score, so that words still decide.
        here = [(Occur.Must, query), (Occur.Must, Query.term_query(self.schema, "here", 1))]
        whole = Query.boost_query(Query.boolean_query(here), READ_HERE)
        liked = Query.boolean_query([(Occur.Must, query), (Occur.Should, free), (Occur.Should, whole)])
        return self.searcher.search(liked, limit=most, offset=offset)

    def _counts(
        self, words: Query, query: Query, filters: Mapping[str, Query]
    ) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
        """For each facet, how many have each value, as if nothing was chosen in it; and how many there are without it."""
        counts, without = self._aggregated(query, [name for name in self.facets if name not in filters]), {}
        for name in filters:
            rest = _both(words, [one for other, one in filters.items() if other != name])
            counts |= self._aggregated(rest, [name])
            without[name] = self.searcher.search(rest, limit=1).count or 0  # type: ignore[attr-defined]
        return counts, without

    def _aggregated(self, query: Query, names: Sequence[str]) -> dict[str, dict[str, int]]:
        asked = {name: {"terms": {"field": name, "size": MOST_VALUES}} for name in names}
        found = self.searcher.aggregate(query, asked) if asked else {}
        return {
            name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in found[name]["buckets"]}
            for name in names
        }

    def one_of(self, name: str, values: Sequence[str]) -> Query:
        each = [(Occur.Should, Query.term_query(self.schema, name, value)) for value in values]
        return Query.const_score_query(Query.boolean_query(each), 0.0)

    def stems(self, words: Iterable[str]) -> list[tuple[int, str]]:
        """The terms of these words and the place of each among them."""
        return [(token.position, token.text) for token in self.analyzer.pre_tokenize(" ".join(words)).tokens]

    def holds(self, stem: str) -> bool:
        return any(self.searcher.doc_freq(name, stem) for name in WEIGHTS)

    def way(self, stems: Sequence[tuple[int, str]]) -> Query:
        """Documents that hold these terms together in one of their texts, the heaviest text first."""
        return Query.disjunction_max_query(
            [Query.boost_query(self._in(name, stems), weight) for name, weight in WEIGHTS.items()], 0.2
        )

    def about(self, stems: Sequence[tuple[int, str]]) -> Query:
        """Documents that hold these terms in what says what they are about: all but their body."""
        return Query.boolean_query(
            [(Occur.Should, self._in(name, stems)) for name in WEIGHTS if name != "body"]
        )

    def count(self, query: Query) -> int:
        return self.searcher.search(query, limit=1).count or 0  # type: ignore[attr-defined]

    def _in(self, name: str, stems: Sequence[tuple[int, str]]) -> Query:
        if len(stems) == 1:
            return Query.term_query(self.schema, name, stems[0][1])
        return Query.phrase_query(self.schema, name, list(stems))

    def beginning(self, word: str) -> Query:
        """Documents that hold a word that begins so."""
        # An automaton of this pattern takes longer to make than the terms to read.
        terms = [term for term, _ in self.searcher.terms_with_prefix("forms", word, limit=MOST_BEGUN)]
        return Query.const_score_query(Query.term_set_query(self.schema, "forms", terms), 1.0)

    # Words that the index holds

    @cached_property
    def _known(self) -> dict[str, list[tuple[str, str, int]]]:
        """The words of the index by the first letter of their sound: (compared, written, how many documents)."""
        found: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
        for term, count in self.searcher.terms_with_prefix("forms", ""):
            folded, _, written = term.partition(SEPARATOR)
            known = found[sound(folded)[:1]].get(folded)
            if known is None or count > known[1]:
                found[sound(folded)[:1]][folded] = (written, count)
        return {
            first: [(folded, written, count) for folded, (written, count) in words.items()]
            for first, words in found.items()
        }

    @cached_property
    def _families(self) -> dict[str, set[str]]:
        """The known words of each root."""
        found: dict[str, set[str]] = defaultdict(set)
        for words in self._known.values():
            for folded, *_ in words:
                if of := root(folded):
                    found[of].add(folded)
        return found

    def family(self, word: str) -> list[list[tuple[int, str]]]:
        """The terms of the known words of its family: « débat » of « débatteurs »."""
        others = [self.stems([other]) for other in sorted(self._families.get(root(word), ()))]
        return list({stems[0][1]: stems for stems in others if len(stems) == 1}.values())

    def nearest(self, typed: str) -> list[tuple[str, str, int]]:
        """The known words that may have been meant: as it is compared, as it is written, how many slips away (0: it sounds the same)."""
        heard, slack = sound(typed), slips_allowed(typed)
        ranked = []
        for folded, written, count in self._known.get(heard[:1], ()):
            if abs(len(folded) - len(typed)) > 3:
                continue
            said = sound(folded)
            near = 0 if said == heard else slips_between(typed, folded, slack, of_beginning=False)
            if near > 1 and len(bones(heard)) >= FEWEST_BONES and bones(heard) == bones(said):
                near = min(near, slips_between(heard, said, 1, of_beginning=False))
            if near <= slack:
                ranked.append((near, abs(len(folded) - len(typed)), -count, folded, written))
        best = sorted(ranked)[:MOST_CORRECTIONS]
        return [(folded, written, near) for near, _, _, folded, written in best if near == best[0][0]]

    def phrases(self, typed: str, most: int) -> list[str]:
        """Subjects and titles that begin with what is being typed, those that most resources share first."""
        start = fold(typed)[:LONGEST_TERM]
        if len(start) > FEW_LETTERS:
            return self._phrases(start)[:most]
        if start not in self._begun:
            self._begun[start] = self._phrases(start)
        return self._begun[start][:most]

    @cached_property
    def _begun(self) -> dict[str, list[str]]:
        """What one or two letters begin: thousands of terms to go through, for some hundreds of beginnings."""
        return {}

    def _phrases(self, start: str) -> list[str]:
        found = self.searcher.terms_with_prefix("phrases", start, limit=200) if start else []
        phrases: dict[str, tuple[int, str]] = {}
        for term, count in found:
            folded, _, written = term.partition(SEPARATOR)
            phrases.setdefault(folded, (-count, written))
        return [written for _, written in sorted(phrases.values())[:MOST_PHRASES]]


@dataclass(frozen=True)
class _Said:
    """One unit as a query. `about`: the same where it says what a document is about; `trust`: less where it was read otherwise."""

    query: Query
    about: Query
    trust: float = 1.0


class _Reading:
    """How the words of a search become a query: each unit in all its ways, and what was not spelt as we know it."""

    def __init__(self, engine: Engine, asked: EngineQuery) -> None:
        self.engine, self.asked = engine, asked
        self.read_as: dict[str, str] = {}
        self.unknown: list[str] = []
        self.levels: tuple[str, ...] = ()
        self.elsewhere = ""
        self.matters: list[_Said] = []
        self.query = self._query()

    def _query(self) -> Query:
        units = self.asked.wanted.units
        named = self._level_units()
        read = [(unit, self._unit(unit, is_last=unit is units[-1])) for unit in units if unit not in named]
        known = [(unit, clause) for unit, clause in read if clause is not None]
        if not known:
            return Query.empty_query() if units else self._without(Query.all_query())
        strict = self.asked.as_one_types
        bound = [clause.query for unit, clause in known if unit.quoted or strict]
        soft = [] if strict else [clause.query for unit, clause in known if unit.is_soft]
        free = (
            [] if strict else [clause.query for unit, clause in known if not unit.quoted and not unit.is_soft]
        )
        self.matters = [clause for unit, clause in known if unit.quoted or not unit.is_soft]
        if not bound and not free:
            free, soft = soft, []
        if named:
            self._narrow(named)
        return self._without(self._joined(bound, free, soft))

    def _level_units(self) -> list[Unit]:
        """The units that name a level, beside others that say what is looked for, where nobody has chosen one."""
        units = self.asked.wanted.units
        if self.asked.as_one_types or "level" not in self.engine.facets or self.asked.filters.get("level"):
            return []
        named = [unit for unit in units if unit.levels]
        return named if any(not unit.levels and not unit.is_soft for unit in units) else []

    def _narrow(self, named: Sequence[Unit]) -> None:
        """A level that was typed leaves out the others, unless what is about every word is for others alone."""
        keys = tuple(key for unit in named for key in unit.levels)
        about = [(Occur.Must, clause.about) for clause in self.matters]
        within = (Occur.Must, self.engine.one_of("level", keys))
        if self.engine.count(Query.boolean_query([*about, within])) or not self.engine.count(
            Query.boolean_query(about)
        ):
            self.levels = keys
        else:
            self.elsewhere = named[0].typed

    def is_sure(self, pk: int) -> bool:
        """Does this row hold what matters of the words, the rarer the more?"""
        documents = self.engine.searcher.num_docs
        row = Query.term_query(self.engine.schema, "pk", pk)
        total = len(self.unknown) * log(1 + documents) * UNKNOWN
        held = 0.0
        for clause in self.matters:
            weight = log(1 + documents / max(self.engine.count(clause.query), 1))
            total += weight
            if self.engine.count(_both(row, [clause.about])):
                held += weight * clause.trust
            elif self.engine.count(_both(row, [clause.query])):
                held += weight * clause.trust * IN_THE_TEXT
        return held >= total * SURE

    def _joined(self, bound: list[Query], free: list[Query], soft: list[Query]) -> Query:
        must = [(Occur.Must, query) for query in bound]
        if free:
            must.append((Occur.Must, self._most_of(free)))
        liked = [Query.boost_query(query, SOFT_WEIGHT) for query in soft]
        liked += [Query.const_score_query(self.engine.one_of("type", self._types()), OF_THE_TYPE)]
        return Query.boolean_query([*must, *((Occur.Should, one) for one in (*liked, *self._close()))])

    def _types(self) -> list[str]:
        """The types of resource that the words name: they come first."""
        return [unit.type for unit in self.asked.wanted.units if unit.type and "type" in self.engine.facets]

    def _most_of(self, units: list[Query]) -> Query:
        """All of one or two units, most of more; fewer where next to nothing holds as many: the order tells them apart."""
        each = [(Occur.Should, unit) for unit in units]
        wanted = len(units) if len(units) <= 2 else max(2, ceil(len(units) * 0.6))
        # In the order of time a far result would come first: it is shown only instead of nothing.
        enough = ENOUGH if self.asked.sort == "relevance" else 1
        while wanted > 1 and self._count(each, wanted) < enough:
            wanted -= 1
        found = Query.boolean_query(each, minimum_number_should_match=wanted)
        if wanted == len(units):
            return found
        every = Query.boolean_query(each, minimum_number_should_match=len(each))
        return Query.boolean_query(
            [(Occur.Must, found), (Occur.Should, Query.const_score_query(every, EVERY_WORD))]
        )

    def _count(self, each: list[tuple[Occur, Query]], wanted: int) -> int:
        return self.engine.count(Query.boolean_query(each, minimum_number_should_match=wanted))

    def _close(self) -> list[Query]:
        """The words of a title one after the other are more than the same words here and there."""
        stems = self.engine.stems(
            word for unit in self.asked.wanted.units if not unit.quoted for word in unit.ways[0]
        )
        if len(stems) < 2:
            return []
        together = Query.phrase_query(self.engine.schema, "title", list(stems), slop=2)
        return [Query.boost_query(together, IN_THE_TITLE)]

    def _unit(self, unit: Unit, *, is_last: bool) -> _Said | None:
        ways = [stems for words in unit.ways if (stems := self.engine.stems(words))]
        if not ways:
            return None
        pairs = [
            (self._way(stems, first=rank == 0), self.engine.about(stems))
            for rank, stems in enumerate(ways)
            if self._is_known(stems)
        ]
        if is_last and self.asked.as_one_types:
            begun = self.engine.beginning(unit.ways[0][-1])
            pairs.append((begun, begun))
        if pairs:
            return _any_of(pairs)
        if unit.quoted or self.asked.as_one_types:
            self.unknown.append(unit.typed)
            return _any_of([(Query.empty_query(), Query.empty_query())])
        if unit.is_soft or unit.sounds_soft:
            return None
        found = self._corrected(unit)
        if found is None:
            self.unknown.append(unit.typed)
        return found

    def _way(self, stems: Sequence[tuple[int, str]], *, first: bool) -> Query:
        query = self.engine.way(stems)
        return query if first else Query.boost_query(query, A_SYNONYM)

    def _is_known(self, stems: Sequence[tuple[int, str]]) -> bool:
        return all(self.engine.holds(stem) for _, stem in stems)

    def _corrected(self, unit: Unit) -> _Said | None:
        """The nearest known words, trusted less where they do not even sound alike."""
        if len(unit.ways[0]) > 1:
            return None
        typed, bare = unit.ways[0][0], unglued(unit.ways[0][0])
        stems = self.engine.stems([bare]) if bare else []
        if stems and self._is_known(stems):
            return _any_of([(self.engine.way(stems), self.engine.about(stems))])
        if family := self.engine.family(typed):
            return _any_of(
                [(self.engine.way(stems), self.engine.about(stems)) for stems in family], OF_A_FAMILY
            )
        near = self.engine.nearest(typed) or (self.engine.nearest(bare) if bare else [])
        stemmed = [stems for folded, *_ in near if (stems := self.engine.stems([folded]))]
        if not stemmed:
            return None
        _, written, slips = near[0]
        self.read_as[unit.typed] = written
        trust = READ_OTHERWISE[slips]
        return _any_of([(self.engine.way(stems), self.engine.about(stems)) for stems in stemmed], trust)

    def _without(self, query: Query) -> Query:
        left_out = [
            (Occur.MustNot, self._out(words))
            for words in self.asked.wanted.without
            if self.engine.stems(words)
        ]
        return Query.boolean_query([(Occur.Must, query), *left_out]) if left_out else query

    def _out(self, words: Words) -> Query:
        return self.engine.way(self.engine.stems(words))


def _any_of(pairs: Sequence[tuple[Query, Query]], trust: float = 1.0) -> _Said:
    """One unit, in any of these ways: each as a query, and where it says what a document is about."""
    queries, about = [query for query, _ in pairs], [query for _, query in pairs]
    if len(pairs) == 1:
        return _Said(queries[0], about[0], trust)
    return _Said(Query.disjunction_max_query(queries, 0.1), Query.disjunction_max_query(about, 0.1), trust)


def _both(query: Query, others: Iterable[Query]) -> Query:
    every = [(Occur.Must, query), *((Occur.Must, other) for other in others)]
    return Query.boolean_query(every) if len(every) > 1 else query


def _forms(texts: Iterable[str]) -> set[str]:
    """« photosynthese|photosynthèse »: the words of these texts that a slip could be measured against."""
    found = set()
    for text in texts:
        for word in re.findall(r"[^\W\d_]{3,}", text.lower()):
            compared = split(word)
            if len(compared) == 1 and compared[0] not in STOP and len(word) <= LONGEST_TERM:
                found.add(f"{compared[0]}{SEPARATOR}{word}")
    return found
