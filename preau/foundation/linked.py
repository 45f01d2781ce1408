"""Records that other catalogues read in a page (JSON-LD)."""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup


def as_script(data: Mapping[str, Any]) -> Markup:
    """JSON that may stand in a page: nothing in it closes the element that holds it. It is data, which no browser runs."""
    text = json.dumps(data, ensure_ascii=False)
    escaped = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(escaped)  # nosec B704  # noqa: S704 - no sign of HTML is left in it
