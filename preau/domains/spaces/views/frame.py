"""What every page of a space shares: its band, its side menu, what waits."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from preau.domains.spaces import rules
from preau.domains.spaces.models import Space
from preau.domains.spaces.queries import talk
from preau.domains.spaces.queries.papers import pages_of


def framed(
    request: HttpRequest,
    template: str,
    space: Space,
    here: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of a space, `here` in its side menu."""
    viewer = request.viewer
    counts = talk.counts_of(viewer, space)
    shared = {
        "space": space,
        "here": here,
        "counts": counts,
        "pages": pages_of(viewer, space, counts),
        "runs": rules.runs(viewer, space),
        "is_over": space.is_over(viewer.today),
        "writes": rules.writes(viewer, space),
    }
    return render(request, template, shared | dict(context), status=status)
