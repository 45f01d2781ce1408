"""Resources, the collections that hold them, and the tree of the programmes. These rows belong to no school."""

from preau.domains.catalogue.models.curriculum import Node, NodeQuerySet
from preau.domains.catalogue.models.federation import Harvest, Outside, Sighting, Source
from preau.domains.catalogue.models.following import FollowedSearch, FollowedSearchQuerySet
from preau.domains.catalogue.models.resources import (
    FREE,
    Access,
    Accessibility,
    Audience,
    Collection,
    Institution,
    Licence,
    Media,
    Resource,
    ResourceQuerySet,
    Type,
)
from preau.domains.catalogue.models.searching import Edition, Miss, UseInClass

__all__ = [
    "FREE",
    "Access",
    "Accessibility",
    "Audience",
    "Collection",
    "Edition",
    "FollowedSearch",
    "FollowedSearchQuerySet",
    "Harvest",
    "Institution",
    "Licence",
    "Media",
    "Miss",
    "Node",
    "NodeQuerySet",
    "Outside",
    "Resource",
    "ResourceQuerySet",
    "Sighting",
    "Source",
    "Type",
    "UseInClass",
]
