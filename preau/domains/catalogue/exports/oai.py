"""OAI-PMH 2.0: what other catalogues ask of ours, and how it is said. Nothing is kept of who asks: a token says where to go on.

http://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.utils import timezone
from lxml import etree

from preau.domains.catalogue.exports import lom
from preau.domains.catalogue.exports.records import permalink
from preau.domains.catalogue.models import Resource, Type
from preau.domains.catalogue.models.resources import label_of
from preau.domains.catalogue.queries import provided
from preau.domains.catalogue.queries.provided import Selection
from preau.foundation.xmltext import sayable

OAI, XSI = "http://www.openarchives.org/OAI/2.0/", lom.XSI
DC, OAI_DC = "http://purl.org/dc/elements/1.1/", "http://www.openarchives.org/OAI/2.0/oai_dc/"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
# Each format: its schema, its namespace.
FORMATS = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    "lom": ("http://www.lom-fr.fr/xsd/SCOLOMFR/scolomfr.xsd", lom.LOM),
}
A_PAGE = 100
SALT, KEPT = "preau.catalogue.oai", timedelta(days=2)
MOMENT, DAY = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"
LONGEST = 2_000
# Each verb: what it must be told, and what it may be. A token, where there is one, is told alone.
ARGUMENTS: Mapping[str, tuple[frozenset[str], frozenset[str], bool]] = {
    "Identify": (frozenset(), frozenset(), False),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"}), False),
    "ListSets": (frozenset(), frozenset(), True),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), True),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"}), True),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset(), False),
}
Element = Any


class Fault(Exception):
    """An error of the protocol: one of its codes, and a sentence for whoever reads it."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def answer(given: Sequence[tuple[str, str]]) -> bytes:
    """The whole answer to these arguments, as they came, repeated ones included."""
    arguments: dict[str, str] = {}
    try:
        arguments = _read(given)
        verb = arguments.pop("verb")
        made = VERBS[verb](arguments)
        asked = {"verb": verb} | arguments
    except Fault as fault:
        made = _element("error", fault.why, code=fault.code)
        # The protocol: no argument is said again where they themselves are at fault.
        bad = fault.code in {"badVerb", "badArgument"}
        asked = {} if bad else {name: value for name, value in given if name in arguments or name == "verb"}
    root = etree.Element(f"{{{OAI}}}OAI-PMH", nsmap={None: OAI, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd")
    root.append(_element("responseDate", _moment(timezone.now())))
    root.append(_element("request", f"{settings.PUBLIC_URL}/ressources/oai", **asked))
    root.append(made)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _read(given: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The arguments, checked against their verb."""
    times = Counter(name for name, _value in given)
    arguments = dict(given)
    verb = arguments.get("verb", "")
    if times["verb"] != 1 or verb not in ARGUMENTS:
        raise Fault("badVerb", "One verb is needed, one of those of OAI-PMH 2.0.")
    needed, optional, goes_on = ARGUMENTS[verb]
    names = set(arguments) - {"verb"}
    if twice := [name for name, count in times.items() if count > 1]:
        raise Fault("badArgument", sayable(f"Given twice: {', '.join(twice)[:200]}."))
    if any(len(value) > LONGEST or sayable(value) != value for value in arguments.values()):
        raise Fault("badArgument", "A value is too long, or holds a sign that no argument has.")
    if goes_on and "resumptionToken" in names:
        if names != {"resumptionToken"}:
            raise Fault("badArgument", "A resumptionToken is given alone.")
        return arguments
    if unknown := names - needed - optional:
        raise Fault("badArgument", sayable(f"Not an argument of {verb}: {', '.join(sorted(unknown))[:200]}."))
    if missing := needed - names:
        raise Fault("badArgument", f"{verb} needs {', '.join(sorted(missing))}.")
    return arguments


# The six verbs


def _identify(arguments: Mapping[str, str]) -> Element:
    made = _element("Identify")
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    contact = settings.OPERATOR.get("OPERATOR_CONTACT", "")
    for name, value in (
        ("repositoryName", "Préau - Ressources"),
        ("baseURL", f"{settings.PUBLIC_URL}/ressources/oai"),
        ("protocolVersion", "2.0"),
        ("adminEmail", contact if "@" in contact and " " not in contact else f"contact@{host}"),
        ("earliestDatestamp", _moment(provided.earliest())),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        made.append(_element(name, value))
    if "." in host:
        made.append(_oai_identifier(host))
    return made


def _oai_identifier(host: str) -> Element:
    """How identifiers are made here; its schema wants the name of a domain."""
    description = _element("description")
    inside = etree.SubElement(description, f"{{{IDENTIFIER}}}oai-identifier", nsmap={None: IDENTIFIER})
    inside.set(
        f"{{{XSI}}}schemaLocation", f"{IDENTIFIER} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
    )
    for name, value in (
        ("scheme", "oai"),
        ("repositoryIdentifier", host),
        ("delimiter", ":"),
        ("sampleIdentifier", f"oai:{host}:nombres-et-calculs/la-division"),
    ):
        etree.SubElement(inside, f"{{{IDENTIFIER}}}{name}").text = value
    return description


def _formats(arguments: Mapping[str, str]) -> Element:
    if "identifier" in arguments:
        _found(arguments["identifier"])
    made = _element("ListMetadataFormats")
    for prefix, (schema, namespace) in FORMATS.items():
        one = _element("metadataFormat")
        for name, value in (
            ("metadataPrefix", prefix),
            ("schema", schema),
            ("metadataNamespace", namespace),
        ):
            one.append(_element(name, value))
        made.append(one)
    return made


def _sets(arguments: Mapping[str, str]) -> Element:
    if "resumptionToken" in arguments:
        # All of them fit in one answer: we never gave such a token.
        raise Fault("badResumptionToken", "This list is given whole.")
    made = _element("ListSets")
    for spec, name in (("collection", "Collections"), ("niveau", "Niveaux"), *provided.sets()):
        one = _element("set")
        one.append(_element("setSpec", spec))
        one.append(_element("setName", name))
        made.append(one)
    return made


def _record(arguments: Mapping[str, str]) -> Element:
    _format(arguments["metadataPrefix"])
    resource = _found(arguments["identifier"])
    made = _element("GetRecord")
    made.append(_whole(resource, arguments["metadataPrefix"]))
    return made


def _identifiers(arguments: Mapping[str, str]) -> Element:
    return _list("ListIdentifiers", arguments, lambda resource, prefix: _header(resource))


def _records(arguments: Mapping[str, str]) -> Element:
    return _list("ListRecords", arguments, _whole)


VERBS: Mapping[str, Callable[[Mapping[str, str]], Element]] = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "ListIdentifiers": _identifiers,
    "ListRecords": _records,
    "GetRecord": _record,
}


# Lists and their tokens


def _list(verb: str, arguments: Mapping[str, str], write: Callable[[Resource, str], Element]) -> Element:
    if "resumptionToken" in arguments:
        prefix, wanted, given, total = _resumed(verb, arguments["resumptionToken"])
    else:
        prefix, wanted = arguments["metadataPrefix"], _wanted(arguments)
        _format(prefix)
        given, total = 0, provided.selected(wanted).count()
    rows = list(provided.with_all(provided.selected(wanted))[: A_PAGE + 1])
    if not rows and not given:
        raise Fault("noRecordsMatch", "Nothing changed there in that time.")
    made = _element(verb)
    for row in rows[:A_PAGE]:
        made.append(write(row, prefix))
    if given or len(rows) > A_PAGE:
        # The last page of a list that was cut ends it by an empty token.
        token = (
            _token(verb, prefix, wanted, rows[A_PAGE - 1], given + A_PAGE, total)
            if len(rows) > A_PAGE
            else ""
        )
        element = _element(
            "resumptionToken", token, cursor=str(given), completeListSize=str(max(total, given + len(rows)))
        )
        if token:
            element.set("expirationDate", _moment(timezone.now() + KEPT))
        made.append(element)
    return made


def _wanted(arguments: Mapping[str, str]) -> Selection:
    since, until = arguments.get("from", ""), arguments.get("until", "")
    if since and until and len(since) != len(until):
        raise Fault("badArgument", "from and until are written in the same granularity.")
    wanted = Selection(arguments.get("set", ""), _read_moment(since), _read_moment(until, last=True))
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise Fault("badArgument", "from comes after until.")
    return wanted


def _read_moment(text: str, *, last: bool = False) -> datetime | None:
    """A day or a second, UTC. `last`: of a day, its last second."""
    if not text:
        return None
    is_day = len(text) == len("2026-11-24")
    try:
        read = datetime.strptime(text, DAY if is_day else MOMENT).replace(tzinfo=UTC)
    except ValueError:
        raise Fault("badArgument", "A date is written 2026-11-24, or 2026-11-24T10:30:00Z.") from None
    if not text.isascii() or read.strftime(DAY if is_day else MOMENT) != text:
        raise Fault("badArgument", "A date is written 2026-11-24, or 2026-11-24T10:30:00Z.")
    return read + timedelta(hours=23, minutes=59, seconds=59) if is_day and last else read


def _token(verb: str, prefix: str, wanted: Selection, last: Resource, given: int, total: int) -> str:
    """Where to go on, signed: nobody else can say it, and nothing of it is kept."""
    moments = [_moment(one) if one else "" for one in (wanted.since, wanted.until)]
    values = [verb, prefix, wanted.part, *moments, _moment(last.noted_at), last.pk, given, total]
    return signing.dumps(values, salt=SALT, compress=True)


def _resumed(verb: str, token: str) -> tuple[str, Selection, int, int]:
    try:
        values = signing.loads(token, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        raise Fault("badResumptionToken", "This token is not one of ours, or is too old.") from None
    if values[0] != verb:
        raise Fault("badResumptionToken", "This token was given for another verb.")
    _verb, prefix, part, since, until, moment, pk, given, total = values
    at = _read_moment(moment)
    wanted = Selection(part, _read_moment(since), _read_moment(until), (at, pk) if at else None)
    return prefix, wanted, given, total


# A record


def _format(prefix: str) -> None:
    if prefix not in FORMATS:
        raise Fault("cannotDisseminateFormat", f"Records are given as {' or '.join(FORMATS)}.")


def identifier_of(resource: Resource) -> str:
    return f"oai:{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}:{resource.key}"


def _found(identifier: str) -> Resource:
    start = identifier_of(Resource(key=""))
    resource = provided.one(identifier.removeprefix(start)) if identifier.startswith(start) else None
    if resource is None:
        raise Fault("idDoesNotExist", "No record of ours has this identifier.")
    return resource


def _header(resource: Resource) -> Element:
    made = _element("header")
    if resource.status == Resource.Status.WITHDRAWN:
        made.set("status", "deleted")
    made.append(_element("identifier", identifier_of(resource)))
    made.append(_element("datestamp", _moment(resource.noted_at)))
    for spec in provided.sets_of(resource):
        made.append(_element("setSpec", spec))
    return made


def _whole(resource: Resource, prefix: str) -> Element:
    made = _element("record")
    made.append(_header(resource))
    if resource.status == Resource.Status.PUBLISHED:
        inside = _element("metadata")
        inside.append(lom.record(resource) if prefix == "lom" else dublin_core(resource))
        made.append(inside)
    return made


def dublin_core(resource: Resource) -> Element:
    """The fifteen words that every catalogue reads."""
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
    subjects = [*resource.subjects, *resource.notions]
    words = dict.fromkeys([*(node.label for node in subjects), *resource.keywords])
    elements = [
        ("title", resource.title),
        *(("creator", name) for name in resource.authors),
        *(("subject", word) for word in words),
        ("description", resource.abstract),
        ("publisher", resource.institution.name),
        ("date", resource.published.isoformat()),
        ("type", label_of(Type, resource.type)),
        ("format", "text/html"),
        ("identifier", permalink(resource)),
        *([("source", permalink(resource.adapted_from))] if resource.adapted_from else []),
        ("language", resource.language),
        *(("coverage", node.label) for node in resource.levels),
        ("rights", str(resource.get_licence_display())),
        ("rights", resource.deed),
    ]
    for name, text in elements:
        if text:
            etree.SubElement(root, f"{{{DC}}}{name}").text = sayable(text)
    return root


def _element(name: str, text: str = "", **attributes: str) -> Element:
    made = etree.Element(f"{{{OAI}}}{name}", nsmap={None: OAI})
    if text:
        made.text = sayable(text)
    for key, value in attributes.items():
        made.set(key, value)
    return made


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(MOMENT)
