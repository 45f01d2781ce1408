"""Figures of the year, without names."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.domains.conduct import rules
from preau.domains.conduct.queries import figures as queries
from preau.domains.conduct.views.incidents import parts_open_to
from preau.foundation.access import opens


@opens(to=rules.follows_incidents)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """By month, by kind and by class: counts under five are not shown."""
    context = {"tables": queries.figures_of(request.viewer)}
    return render(request, "conduct/figures.html", context | parts_open_to(request))
