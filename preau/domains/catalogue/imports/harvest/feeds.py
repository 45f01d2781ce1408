"""RSS 0.91 to 2.0, RSS 1.0 and Atom: the last things published. What has left the feed has not been withdrawn."""

from typing import Any
from xml.etree.ElementTree import Element  # nosec B405 - the type; parsed by defusedxml

from django.utils.translation import gettext as _

from preau.domains.catalogue.imports.harvest import reading
from preau.domains.catalogue.imports.harvest.mapping import Mapper, SourceRecord
from preau.domains.catalogue.imports.harvest.reading import BadSource, Step, local, word_of, words_of
from preau.domains.catalogue.models import Source

ACCEPTED = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9"


def step(source: Source, cursor: dict[str, Any], mapper: Mapper, *, limits: Any = reading.PAGE) -> Step:
    """The whole feed. Raises Unchanged when the source says that it is the one of the last time."""
    answer = reading.fetch(
        source.address, {"Accept": ACCEPTED} | reading.conditions(source.marks), limits=limits
    )
    root = reading.tree(answer.body)
    made = Step(size=len(answer.body), marks=reading.marks_of(answer))
    language = word_of(root, "channel", "language") or root.get(
        "{http://www.w3.org/XML/1998/namespace}lang", ""
    )
    entries = [one for one in root.iter() if local(one) in {"item", "entry"}]
    if local(root) not in {"rss", "feed", "RDF"}:
        raise BadSource(_("Ce n’est pas un flux d’actualités (RSS ou Atom)."))
    for place, one in enumerate(entries[: reading.MOST_RECORDS], 1):
        where = _("entrée %(place)s") % {"place": place}
        record = atom(one, where) if local(one) == "entry" else rss(one, where)
        record.language = record.language or language
        reading.taken(made, mapper, record, reading.weight_of(one))
    return made


def rss(item: Element, where: str) -> SourceRecord:
    guid = next((one for one in item if local(one) == "guid"), None)
    known = (guid.text or "").strip() if guid is not None else ""
    # A guid is an address, unless it says that it is not.
    addresses = [
        *words_of(item, "link"),
        *([known] if guid is not None and guid.get("isPermaLink") != "false" else []),
    ]
    words = words_of(item, "category")
    return SourceRecord(
        known or next(iter(addresses), ""),
        where,
        word_of(item, "title"),
        word_of(item, "description"),
        addresses,
        words_of(item, "creator"),
        words,
        hints=words,
        rights=words_of(item, "rights") or words_of(item, "license"),
        language=word_of(item, "language"),
        date=word_of(item, "pubDate") or word_of(item, "date"),
    )


def atom(entry: Element, where: str) -> SourceRecord:
    links = [one for one in entry if local(one) == "link"]
    addresses = [link.get("href", "") for link in links if link.get("rel", "alternate") == "alternate"]
    licences = [link.get("href", "") for link in links if link.get("rel") == "license"]
    categories = [one for one in entry if local(one) == "category"]
    words = [category.get("label") or category.get("term") or "" for category in categories]
    return SourceRecord(
        word_of(entry, "id") or next(iter(addresses), ""),
        where,
        word_of(entry, "title"),
        word_of(entry, "summary") or word_of(entry, "content"),
        addresses,
        words_of(entry, "author", "name"),
        words,
        hints=[*words, *(category.get("term") or "" for category in categories)],
        rights=[*licences, *words_of(entry, "rights")],
        language=entry.get("{http://www.w3.org/XML/1998/namespace}lang", ""),
        date=word_of(entry, "published") or word_of(entry, "updated"),
    )
