"""A record as ScoLOMFR describes it, the French profile of LOM: concepts of its vocabularies where the catalogue knows them."""

from collections.abc import Sequence

from lxml import etree

from preau.domains.catalogue.exports.records import permalink
from preau.domains.catalogue.models import Audience, Node, Resource, Type
from preau.domains.catalogue.models.resources import label_of
from preau.foundation.xmltext import sayable

LOM = "http://ltsc.ieee.org/xsd/LOM"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PLACE = "http://www.lom-fr.fr/xsd/SCOLOMFR http://www.lom-fr.fr/xsd/SCOLOMFR/scolomfr.xsd"
CONCEPTS = "http://data.education.fr/voc/scolomfr/concept/"
FRENCH = "http://id.loc.gov/vocabulary/iso639-2/fre"
LANGUAGES = {"fr": "fre", "en": "eng", "de": "ger", "es": "spa", "it": "ita"}
PROFILE = "SCOLOMFRv3.1"
# In the name of a vocabulary, as the profile writes it.
BETWEEN = ";"
# Each kind of resource in the words of the profile, where one of them means the same (vocabulary 010).
TYPES = {
    Type.LESSON: ("cours / présentation", "lecture"),
    Type.EXERCISE: ("exercice", "exercise"),
    Type.ACTIVITY: ("activité pédagogique", "scolomfr-voc-010-num-027"),
    Type.ANIMATION: ("animation", "scolomfr-voc-010-num-001"),
    Type.GAME: ("jeu éducatif", "scolomfr-voc-010-num-013"),
    Type.EXPERIMENT: ("expérience", "experiment"),
}
ROLES = {
    Audience.PUPIL: ("apprenant", "learner"),
    Audience.TEACHER: ("enseignant", "teacher"),
}


def _tag(name: str) -> str:
    return f"{{{LOM}}}{name}"


def _put(above: "etree._Element", name: str, text: str = "") -> "etree._Element":
    made = etree.SubElement(above, _tag(name))
    if text:
        made.text = sayable(text)
    return made


def _said(above: "etree._Element", name: str, text: str) -> None:
    """Words in French."""
    inside = _put(_put(above, name), "string", text)
    inside.set("language", FRENCH)


def _term(above: "etree._Element", name: str, label: str, concept: str) -> None:
    """A word of a vocabulary of the profile."""
    made = _put(above, name)
    _put(made, "source", PROFILE)
    _put(made, "label", label)
    _put(made, "value", f"{CONCEPTS}{concept}")


def record(resource: Resource) -> "etree._Element":
    """The record, in the order of the standard."""
    root = etree.Element(_tag("lom"), nsmap={"lom": LOM, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", PLACE)
    language = f"http://id.loc.gov/vocabulary/iso639-2/{LANGUAGES.get(resource.language, 'fre')}"
    _general(root, resource, language)
    _life(root, resource)
    about = _put(root, "metaMetadata")
    _put(about, "metadataSchema", PROFILE)
    _put(about, "language", FRENCH)
    technical = _put(root, "technical")
    _put(technical, "format", "text/html")
    _put(technical, "location", permalink(resource))
    _teaching(root, resource, language)
    _rights(root, resource)
    if resource.adapted_from:
        _origin(root, resource.adapted_from)
    _places(root, "educational_level", "niveau éducatif détaillé", "scolomfr-voc-022", resource.levels)
    _places(root, "scolomfr-voc-028-num-003", "domaine d'enseignement", "scolomfr-voc-015", resource.subjects)
    return root


def _general(root: "etree._Element", resource: Resource, language: str) -> None:
    general = _put(root, "general")
    identifier = _put(general, "identifier")
    _put(identifier, "catalog", "URI")
    _put(identifier, "entry", permalink(resource))
    _said(general, "title", resource.title)
    _put(general, "language", language)
    _said(general, "description", resource.abstract)
    for word in dict.fromkeys([*(node.label for node in resource.notions), *resource.keywords]):
        _said(general, "keyword", word)


def _life(root: "etree._Element", resource: Resource) -> None:
    life = _put(root, "lifeCycle")
    _said(life, "version", str(resource.version))
    for name in resource.authors:
        _contribution(life, "auteur", "author", name, resource)
    _contribution(life, "éditeur", "publisher", resource.institution.name, resource)


def _contribution(life: "etree._Element", label: str, role: str, name: str, resource: Resource) -> None:
    made = _put(life, "contribute")
    _term(made, "role", label, role)
    known = name.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", " ")
    _put(made, "entity", f"BEGIN:VCARD\nVERSION:3.0\nFN:{known}\nN:{known};;;;\nORG:{known}\nEND:VCARD")
    _put(_put(made, "date"), "dateTime", resource.published.isoformat())


def _teaching(root: "etree._Element", resource: Resource, language: str) -> None:
    teaching = _put(root, "educational")
    if resource.type in TYPES:
        _term(teaching, "learningResourceType", *TYPES[Type(resource.type)])
    for audience in resource.audiences:
        if audience in ROLES:
            _term(teaching, "intendedEndUserRole", *ROLES[Audience(audience)])
    if resource.duration:
        _put(_put(teaching, "typicalLearningTime"), "duration", f"PT{resource.duration}M")
    if resource.type not in TYPES:
        _said(teaching, "description", label_of(Type, resource.type).capitalize())
    _put(teaching, "language", language)


def _rights(root: "etree._Element", resource: Resource) -> None:
    rights = _put(root, "rights")
    _term(rights, "cost", *(("oui", "yes") if resource.price else ("non", "no")))
    _term(rights, "copyrightAndOtherRestrictions", "oui", "yes_2")
    label = str(resource.get_licence_display())
    _said(rights, "description", f"{label} - {resource.deed}" if resource.deed else label)


def _origin(root: "etree._Element", origin: Resource) -> None:
    relation = _put(root, "relation")
    kind = _put(relation, "kind")
    _put(kind, "source", PROFILE)
    _put(kind, "label", "est une version de")
    _put(kind, "value", "http://purl.org/dc/terms/isVersionOf")
    identifier = _put(_put(relation, "resource"), "identifier")
    _put(identifier, "catalog", "URI")
    _put(identifier, "entry", permalink(origin))


def _places(root: "etree._Element", purpose: str, label: str, vocabulary: str, nodes: Sequence[Node]) -> None:
    """Its places in the programmes that the profile knows."""
    if not nodes:
        return
    made = _put(root, "classification")
    _term(made, "purpose", label, purpose)
    for node in nodes:
        path = _put(made, "taxonPath")
        # A place that the vocabulary does not have is ours, said by its name.
        _said(path, "source", f"{PROFILE} {BETWEEN} {vocabulary}" if node.uri else "Préau")
        for one in (node.parent, node):
            if one is not None and (one.uri or one is node):
                taxon = _put(path, "taxon")
                if one.uri:
                    _put(taxon, "id", one.uri)
                _said(taxon, "entry", one.label)
