"""What leaves the catalogue: how to cite a resource, and its record as other catalogues read it (schema.org, LRMI)."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.domains.catalogue.models import Access, Audience, Node, Resource, Type
from preau.domains.catalogue.models.resources import label_of
from preau.foundation import dates

# schema.org's own words for who it is for, and for what makes it accessible.
ROLES = {Audience.PUPIL: "student", Audience.WITH_ADULT: "parent", Audience.TEACHER: "teacher"}
FEATURES = {
    "images-decrites": "alternativeText",
    "clavier": "keyboardControl",
    "sous-titres": "captions",
    "transcription": "transcript",
    "audiodescription": "audioDescription",
    "textes-seuls": "structuralNavigation",
}


def permalink(resource: Resource) -> str:
    """Its address, which does not change."""
    return f"{settings.PUBLIC_URL}{reverse('catalogue:resource', args=resource.key.split('/'))}"


def citation(resource: Resource) -> str:
    """One sentence to put under what is used again."""
    return _("%(authors)s, « %(title)s », %(institution)s, %(day)s. %(licence)s. %(address)s") % {
        "authors": ", ".join(resource.authors) or resource.institution.name,
        "title": resource.title,
        "institution": resource.institution.name,
        "day": dates.day(resource.published),
        "licence": label_of_licence(resource),
        "address": permalink(resource),
    }


def label_of_licence(resource: Resource) -> str:
    return str(resource.get_licence_display())


def record_of(resource: Resource) -> dict[str, Any]:
    """The record as schema.org describes a LearningResource, with the concepts of ScoLOMFR where there is one."""
    record: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": permalink(resource),
        "url": permalink(resource),
        "identifier": resource.key,
        "name": resource.title,
        "description": resource.abstract,
        "inLanguage": resource.language,
        "learningResourceType": label_of(Type, resource.type),
        "author": [{"@type": "Organization", "name": name} for name in resource.authors],
        "publisher": {"@type": "Organization", "name": resource.institution.name},
        "datePublished": resource.published.isoformat(),
        "dateModified": resource.changed.isoformat(),
        "version": str(resource.version),
        "isAccessibleForFree": resource.access == Access.OPEN and not resource.price,
        "educationalLevel": [_concept(node) for node in resource.levels],
        "about": [_concept(node) for node in (*resource.subjects, *resource.notions)],
        "keywords": resource.keywords,
        "audience": [
            {"@type": "EducationalAudience", "educationalRole": ROLES[Audience(audience)]}
            for audience in resource.audiences
        ],
        "accessibilityFeature": [FEATURES[one] for one in resource.accessibility],
        "isPartOf": {"@type": "Collection", "name": resource.collection.title},
    }
    if resource.deed:
        record["license"] = resource.deed
    outside = getattr(resource, "outside", None)
    if outside:
        # It is read there; our page only names it.
        record["url"] = outside.address
    if resource.duration:
        record["timeRequired"] = f"PT{resource.duration}M"
    if resource.adapted_from:
        record["isBasedOn"] = permalink(resource.adapted_from)
    return record


def _concept(node: Node) -> Mapping[str, str]:
    term = {"@type": "DefinedTerm", "name": node.label}
    return term | ({"@id": node.uri} if node.uri else {})


def deed_of(resource: Resource) -> str:
    """Where the text of its licence is, or ""."""
    return resource.deed


def embedded(drawing: str) -> str:
    """A drawing as an address that holds it: one file to keep or to print, without a network."""
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
