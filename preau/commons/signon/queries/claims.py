"""What OpenID Connect says of somebody: what the school agreed to, in the names of the standard where there are some."""

from collections.abc import Iterable, Sequence

from preau.commons.signon.models import Opening
from preau.commons.signon.queries.facts import facts_of
from preau.commons.signon.words import ATTRIBUTES
from preau.directory.viewer import Viewer

OPENID = "openid"
# Of one value; the others are lists, even of one.
SINGLE = {"first_name", "last_name", "email", "profile"}


def scopes_offered() -> list[str]:
    return [OPENID, *dict.fromkeys(attribute.scope for attribute in ATTRIBUTES.values())]


def claims_of(
    viewer: Viewer, openings: Sequence[Opening], scopes: Iterable[str]
) -> dict[str, str | list[str]]:
    """The claims of these scopes that leave from here; the least that every school by which they come agreed to."""
    asked = set(scopes)
    return {
        ATTRIBUTES[key].claim: values[0] if key in SINGLE else values
        for key, values in facts_of(viewer, openings).items()
        if ATTRIBUTES[key].scope in asked
    }
