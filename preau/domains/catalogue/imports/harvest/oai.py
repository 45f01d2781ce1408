"""Harvesting OAI-PMH: what changed since the last time, page after page, in Dublin Core or in LOM (ScoLOMFR)."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree.ElementTree import Element  # nosec B405 - the type; parsed by defusedxml

from django.utils.translation import gettext as _

from preau.domains.catalogue.imports.harvest import reading
from preau.domains.catalogue.imports.harvest.mapping import Mapper, SourceRecord
from preau.domains.catalogue.imports.harvest.reading import BadSource, Step, local, word_of, words_of
from preau.domains.catalogue.models import Source

# What was being written when the source answered may bear an earlier hour: the next reading looks back a little.
OVERLAP = timedelta(hours=1)
LONGEST_TOKEN = 4_000
AUTHORS = ("author", "auteur", "creator", "createur", "créateur", "educational_validator")


def step(source: Source, cursor: dict[str, Any], mapper: Mapper, *, limits: Any = reading.PAGE) -> Step:
    """The first page, or the one after. What the source is comes first: does it tell what it deletes, to the second?"""
    if not cursor:
        cursor = _begun(source, limits)
        reading.breathe()
    root, size = _ask(source, _arguments(source, cursor), limits)
    made = Step(size=size, marks=cursor["marks"], is_whole=cursor["is_whole"])
    error = next((one for one in root if local(one) == "error"), None)
    if error is not None:
        return _at_fault(made, error)
    listed = next((one for one in root if local(one) == "ListRecords"), None)
    if listed is None:
        raise BadSource(_("La réponse n’est pas une liste de notices OAI-PMH."))
    for place, one in enumerate((one for one in listed if local(one) == "record"), 1):
        _take(made, mapper, one, f"page {cursor['page']}, notice {place}")
    token = word_of(listed, "resumptionToken")
    if len(token) > LONGEST_TOKEN:
        raise BadSource(_("Le jeton de reprise est trop long."))
    if token:
        made.onward = cursor | {"token": token, "page": cursor["page"] + 1}
    return made


def _begun(source: Source, limits: Any) -> dict[str, Any]:
    root, _size = _ask(source, {"verb": "Identify"}, limits)
    identity = next((one for one in root if local(one) == "Identify"), None)
    if identity is None:
        raise BadSource(_("Cette adresse n’est pas celle d’un entrepôt OAI-PMH."))
    response_date = word_of(root, "responseDate")
    # A source that does not tell what it deletes is read whole each time: what is missing has gone.
    tells = word_of(identity, "deletedRecord") in {"persistent", "transient"}
    since = str(source.marks.get("from", "")) if tells else ""
    marks = {"from": _since(response_date, word_of(identity, "granularity"))} if tells else {}
    return {"page": 1, "since": since, "marks": marks, "is_whole": not since}


def _since(response_date: str, granularity: str) -> str:
    """From when the next reading asks, in the grain of the source."""
    try:
        moment = datetime.strptime(response_date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) - OVERLAP
    except ValueError:
        return ""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ" if "hh" in granularity else "%Y-%m-%d")


def _arguments(source: Source, cursor: dict[str, Any]) -> dict[str, str]:
    if "token" in cursor:
        return {"verb": "ListRecords", "resumptionToken": cursor["token"]}
    arguments = {
        "verb": "ListRecords",
        "metadataPrefix": source.prefix or "oai_dc",
        "set": source.part,
        "from": cursor["since"],
    }
    return {name: value for name, value in arguments.items() if value}


def _ask(source: Source, arguments: dict[str, str], limits: Any) -> tuple[Element, int]:
    joint = "&" if urlsplit(source.address).query else "?"
    answer = reading.fetch(
        f"{source.address}{joint}{urlencode(arguments)}", {"Accept": "text/xml"}, limits=limits
    )
    root = reading.tree(answer.body)
    if local(root) != "OAI-PMH":
        raise BadSource(_("Cette adresse n’est pas celle d’un entrepôt OAI-PMH."))
    return root, len(answer.body)


def _at_fault(made: Step, error: Element) -> Step:
    code = error.get("code", "")
    if code == "noRecordsMatch":
        return made
    reason = " ".join((error.text or "").split())[:150]
    raise BadSource(
        _("La source refuse la demande : %(code)s. %(said)s") % {"code": code[:40], "said": reason}
    )


def _take(made: Step, mapper: Mapper, record: Element, where: str) -> None:
    header = next((one for one in record if local(one) == "header"), None)
    identifier = word_of(header, "identifier") if header is not None else ""
    if header is None or not identifier:
        made.problems.append((where, _("Notice sans identifiant.")))
        return
    where = f"{where} ({identifier})"
    if header.get("status") == "deleted":
        reading.taken(made, mapper, SourceRecord(identifier, where, is_gone=True))
        return
    metadata = next((one for one in record if local(one) == "metadata"), None)
    inside = next(iter(metadata), None) if metadata is not None else None
    if inside is None:
        made.problems.append((where, _("Notice vide.")))
        return
    source_record = (
        lom(inside, identifier, where) if local(inside) == "lom" else dublin_core(inside, identifier, where)
    )
    reading.taken(made, mapper, source_record, reading.weight_of(record))


def dublin_core(root: Element, identifier: str, where: str) -> SourceRecord:
    """oai_dc: fifteen words, all of them several times or not at all."""
    subjects = words_of(root, "subject")
    kept = [*words_of(root, "coverage"), *words_of(root, "audience"), *words_of(root, "educationLevel")]
    return SourceRecord(
        identifier,
        where,
        word_of(root, "title"),
        " ".join(words_of(root, "description")[:3]),
        words_of(root, "identifier"),
        words_of(root, "creator") or words_of(root, "contributor"),
        subjects,
        [[word] for word in kept],
        words_of(root, "type"),
        words_of(root, "audience"),
        words_of(root, "rights"),
        word_of(root, "language"),
        word_of(root, "date") or word_of(root, "issued"),
        hints=subjects,
    )


def lom(root: Element, identifier: str, where: str) -> SourceRecord:
    """LOM, LOMFR or ScoLOMFR: concepts of its vocabularies, else their labels."""
    addresses = [*words_of(root, "technical", "location"), *words_of(root, "general", "identifier", "entry")]
    names, day = _people(root)
    kinds = [
        *_terms(root, "educational", "learningResourceType"),
        *_terms(root, "general", "generalResourceType"),
    ]
    return SourceRecord(
        identifier,
        where,
        _first_string(root, "general", "title"),
        _first_string(root, "general", "description"),
        addresses,
        names,
        words_of(root, "general", "keyword", "string"),
        _paths(root),
        kinds,
        _terms(root, "educational", "intendedEndUserRole"),
        words_of(root, "rights", "description", "string"),
        word_of(root, "general", "language"),
        day,
        word_of(root, "educational", "typicalLearningTime", "duration"),
    )


def _first_string(root: Element, *path: str) -> str:
    """In French where there are several, else the first."""
    strings = [
        one
        for above in root
        if local(above) == path[0]
        for held in above
        if local(held) == path[1]
        for one in held
        if local(one) == "string"
    ]
    french = next(
        (string for string in strings if (string.get("language") or "").rsplit("/", 1)[-1].startswith("fr")),
        None,
    )
    chosen = french if french is not None else next(iter(strings), None)
    return "".join(chosen.itertext()) if chosen is not None else ""


def _terms(root: Element, *path: str) -> list[str]:
    return [*words_of(root, *path, "label"), *words_of(root, *path, "value")]


def _paths(root: Element) -> list[list[str]]:
    paths = [
        path for one in root if local(one) == "classification" for path in one if local(path) == "taxonPath"
    ]
    return [[step for taxon in path if local(taxon) == "taxon" for step in _taxon(taxon)] for path in paths]


def _taxon(taxon: Element) -> list[str]:
    """Its label, then its concept, which counts more."""
    return [*words_of(taxon, "entry", "string"), *words_of(taxon, "id")]


def _people(root: Element) -> tuple[list[str], str]:
    """Who wrote it, by name alone, and when: cards hold addresses that are nobody else's business."""
    names, houses, day = [], [], ""
    for life in root:
        if local(life) != "lifeCycle":
            continue
        for one in life:
            if local(one) != "contribute":
                continue
            day = day or word_of(one, "date", "dateTime")
            cards = [_card(card) for card in words_of(one, "entity")]
            role = " ".join(_terms(one, "role")).lower()
            (names if any(word in role for word in AUTHORS) else houses).extend(
                card for card in cards if card
            )
    return names or houses[:1], day


def _card(text: str) -> str:
    """The name on a vCard, or of its house."""
    lines = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            lines.setdefault(name.split(";")[0].strip().upper(), value.strip())
    return (lines.get("FN") or lines.get("ORG") or "").replace("\\,", ",").replace("\\;", ";")
