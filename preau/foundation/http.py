"""Pages, fragments and headers."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from preau.foundation import templating
from preau.foundation.access import Request

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
    "microphone=(), payment=(), publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}

LONGEST_ADDRESS = 500


def page_or_block(
    request: Request, template: str, *, block: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """The whole page; or only its `block`, when HTMX asks for what goes into the element of that id.

    One template and one context for both, so that they always agree.
    """
    if request.htmx.target != block:
        return render(request, template, dict(context), status=status)
    return HttpResponse(templating.render_block(request, template, block, context), status=status)


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks: behind our proxy, the last one it added to X-Forwarded-For (never the first, which
    anyone may write)."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUSTED_PROXY else ""
    return forwarded.split(",")[-1].strip() or request.META.get("REMOTE_ADDR", "")


def safe_next(request: HttpRequest, fallback: str, *, name: str = "suite") -> str:
    """Where to go afterwards: the parameter `name` when it is an address of ours, else `fallback`."""
    target = request.POST.get(name) or request.GET.get(name) or ""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours and target.startswith("/") and target.isprintable() else fallback


def page_at(address: str) -> ResolverMatch | None:
    """The page of this site that an address names, by its path or whole; None for any other, and for what no browser would
    read as a plain path of ours."""
    address = address.removeprefix(settings.PUBLIC_URL)
    plain = address.startswith("/") and address[1:2] not in {"/", "\\"} and address.isprintable()
    if not plain or len(address) > LONGEST_ADDRESS:
        return None
    try:
        return resolve(unquote(address.partition("?")[0].partition("#")[0]))
    except Resolver404:
        return None


class WrongMethodMiddleware:
    """A page for whoever opens the address of a form: Django's own answer to a wrong method is an empty screen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            page = render(request, "405.html", status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response


class UploadMiddleware:
    """An upload followed by `upload.js` is told where to go next, instead of being sent there: a script that follows a
    redirection fetches a page that nobody reads, and its messages are gone when the person arrives."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "X-Upload" in request.headers and isinstance(response, HttpResponseRedirectBase):
            answer = HttpResponse(headers={"X-Next-Page": response.url})
            answer.cookies = response.cookies
            return answer
        return response


class HeadersMiddleware:
    """The headers that neither Django nor the CSP middleware sets; named pages are kept by no cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
