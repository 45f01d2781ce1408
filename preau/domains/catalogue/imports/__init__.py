"""Resources from files: the starter collection that comes with Préau, and the tree of the programmes."""

from preau.domains.catalogue.imports.starter import STARTER, BadResource, plant, read

__all__ = ["STARTER", "BadResource", "plant", "read"]
