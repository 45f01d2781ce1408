"""What leaves the catalogue: citations, records for other catalogues, cards for other sites."""

from preau.domains.catalogue.exports.records import (
    citation,
    deed_of,
    embedded,
    permalink,
    record_of,
)

__all__ = ["citation", "deed_of", "embedded", "permalink", "record_of"]
