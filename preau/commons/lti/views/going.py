"""The page between a click here and the service: it goes on by itself."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables

from preau.commons.lti.actions import passing
from preau.commons.lti.models import Tool


@sensitive_variables("address")
def go(request: HttpRequest, tool: Tool, **where: Any) -> HttpResponse:
    """After a form, browsers hold redirections to `form-action`, which stays « self »: a page in between is a navigation of
    its own."""
    address = passing.begin(request.viewer, tool, request.session.session_key or "", **where)
    response = render(request, "signon/going.html", {"address": address, "service": tool.service})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
