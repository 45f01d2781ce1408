"""A provider that stands in for a real one has no place in production, said before it hurts."""

from typing import Any

from django.core import checks
from django.db import connection

from preau.commons.federation.models import Provider
from preau.commons.federation.standin import is_allowed


@checks.register(checks.Tags.database)
def no_provider_stands_in(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Asked of the database: `manage.py check --database default`. An address without a certificate is that of a stand-in."""
    if is_allowed() or not databases or Provider._meta.db_table not in connection.introspection.table_names():
        # `migrate` asks before there is any table.
        return []
    found = list(Provider.objects.filter(issuer__startswith="http://").values_list("public_id", flat=True))
    for public_id, settled in Provider.objects.exclude(saml={}).values_list("public_id", "saml"):
        places = settled.get("described", {}).get("sign_on", {}).values()
        found += [public_id] if any(place.startswith("http://") for place in places) else []
    hint = "It lets anybody in as whom they choose: switch it off on its page, or delete it."
    return [checks.Error(f"The provider {row} is a stand-in.", hint=hint, id="preau.E005") for row in found]
